//! A file of calls for the simulated PBX.

use shared::message;
use shared::settings_reader::{Mistake, MistakeKind, Table, Value, read, texts, whole};

use crate::simulator::{CallScript, CallerPresentation, Ending};

/// Calls of a file.
const CALLS_MAX: usize = 100_000;
/// Phones that ring for a call.
const PHONES_MAX: usize = 1_000;
/// The longest wait: a day.
const WAIT_MS_MAX: u64 = 86_400_000;

/// Reads the settings of an ending.
type ReadEnding = fn(&Table<'_>) -> Option<Ending>;

/// How a call may end: the word, and what reads its settings.
const ENDINGS: [(&str, ReadEnding); 5] = [
    ("abandon", |table| table.fields(|_| Some(Ending::Abandon))),
    ("answer", answer),
    ("no_answer_then_next", no_answer_then_next),
    ("blind_transfer", |table| {
        let (by, to, talk_ms) = transfer(table)?;
        Some(Ending::BlindTransfer { by, to, talk_ms })
    }),
    ("attended_transfer", |table| {
        let (by, to, talk_ms) = transfer(table)?;
        Some(Ending::AttendedTransfer { by, to, talk_ms })
    }),
];

/// Reads the calls.
///
/// # Errors
/// Every mistake.
pub(super) fn parse(text: &str) -> Result<Vec<CallScript>, Vec<Mistake>> {
    read(text, |root| {
        root.fields(|script| {
            let calls = script.needed("call", |value| Some(value.tables(CALLS_MAX)))?;
            let calls: Vec<_> = calls.iter().map(call).collect();
            calls.into_iter().collect()
        })
    })
}

fn call(table: &Table<'_>) -> Option<CallScript> {
    table.fields(|call| {
        let (mut caller_name, mut withheld, mut queue) = (String::new(), false, None);
        let caller_number = call.needed("caller_number", Value::text);
        call.set("caller_name", &mut caller_name, Value::text);
        call.set("withheld", &mut withheld, Value::flag);
        let called = call.needed("called", Value::text);
        call.set("queue", &mut queue, |value| value.text().map(Some));
        let ring = call.needed("ring", texts(PHONES_MAX));
        let ring_ms = call.needed("ring_ms", whole(0..=WAIT_MS_MAX));
        let ending = call.needed("ending", |value| ending(&value.table()?));
        Some(CallScript {
            caller_number: caller_number?,
            caller_name,
            presentation: match withheld {
                true => CallerPresentation::Withheld,
                false => CallerPresentation::Allowed,
            },
            did: called?,
            queue,
            ring: ring?,
            ring_ms: ring_ms?,
            ending: ending?,
        })
    })
}

fn ending(table: &Table<'_>) -> Option<Ending> {
    let mut found = table.fields(|endings| {
        let given = ENDINGS.map(|(word, read)| endings.get(word).map(|value| (value, read)));
        given.into_iter().flatten().collect::<Vec<_>>()
    });
    if found.len() != 1 {
        let message = message!(
            "終わり方を1つだけ書いてください: {words}",
            "must have exactly one of: {words}",
            words = ENDINGS.map(|(word, _)| word).join(", "),
        );
        table.mistake(MistakeKind::Choice, "", message);
        return None;
    }
    let (value, read) = found.pop()?;
    read(&value.table()?)
}

fn answer(table: &Table<'_>) -> Option<Ending> {
    table.fields(|answer| {
        let mut hold_ms = None;
        let by = answer.needed("by", Value::text);
        let talk_ms = answer.needed("talk_ms", whole(0..=WAIT_MS_MAX));
        answer.set("hold_ms", &mut hold_ms, |value| value.whole(0..=WAIT_MS_MAX).map(Some));
        Some(Ending::Answer { by: by?, talk_ms: talk_ms?, hold_ms })
    })
}

fn no_answer_then_next(table: &Table<'_>) -> Option<Ending> {
    table.fields(|fields| {
        let next = fields.needed("next", Value::text);
        let talk_ms = fields.needed("talk_ms", whole(0..=WAIT_MS_MAX));
        Some(Ending::NoAnswerThenNext { next: next?, talk_ms: talk_ms? })
    })
}

fn transfer(table: &Table<'_>) -> Option<(String, String, u64)> {
    table.fields(|fields| {
        let by = fields.needed("by", Value::text);
        let to = fields.needed("to", Value::text);
        let talk_ms = fields.needed("talk_ms", whole(0..=WAIT_MS_MAX));
        Some((by?, to?, talk_ms?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: &str = r#"
        [[call]]
        caller_number = "0312345678"
        called = "0120111111"
        queue = "support"
        ring = ["201", "202"]
        ring_ms = 2500
        ending = { answer = { by = "201", talk_ms = 3000 } }
    "#;

    /// Line and setting of each mistake.
    fn mistakes(text: &str) -> Vec<(usize, String)> {
        let mistakes = parse(text).unwrap_err();
        mistakes.into_iter().map(|mistake| (mistake.line, mistake.key)).collect()
    }

    fn at(line: usize, key: &str) -> (usize, String) {
        (line, key.to_owned())
    }

    #[test]
    fn a_script_is_read() {
        let calls = parse(CALL).unwrap();
        assert_eq!(calls.len(), 1);
        let answered = Ending::Answer { by: "201".to_owned(), talk_ms: 3_000, hold_ms: None };
        assert_eq!((calls[0].ring.len(), &calls[0].ending), (2, &answered));
        assert_eq!(calls[0].presentation, CallerPresentation::Allowed);
    }

    #[test]
    fn every_mistake_is_named_with_its_line() {
        let text = CALL.replace("ring_ms", "ring_time").replace("talk_ms = 3000", "talk_ms = -1");
        let expected =
            [at(2, "call[0].ring_ms"), at(7, "call[0].ring_time"), at(8, "call[0].ending.answer.talk_ms")];
        assert_eq!(mistakes(&text), expected);
        assert_eq!(mistakes(""), [at(1, "call")]);
    }

    #[test]
    fn a_call_ends_in_one_way() {
        let ended = |ending: &str| CALL.replace("answer = { by = \"201\", talk_ms = 3000 }", ending);
        assert_eq!(parse(&ended("abandon = {}")).unwrap()[0].ending, Ending::Abandon);
        let transfer = "{ by = '201', to = '202', talk_ms = 1 }";
        let (by, to, talk_ms) = ("201".to_owned(), "202".to_owned(), 1);
        assert_eq!(
            parse(&ended(&format!("attended_transfer = {transfer}"))).unwrap()[0].ending,
            Ending::AttendedTransfer { by, to, talk_ms }
        );
        assert_eq!(mistakes(&ended("")), [at(8, "call[0].ending")]);
        let both = format!("abandon = {{}}, blind_transfer = {transfer}");
        assert_eq!(mistakes(&ended(&both)), [at(8, "call[0].ending")]);
    }
}
