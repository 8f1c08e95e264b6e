//! Numbers as a PBX writes them: with the digit for an outside line before them, or the company's own.

use std::collections::BTreeSet;

use shared::caller::CallerNumber;
use shared::message::Label;
use shared::phone::PhoneNumber;
use shared::settings_reader::{Fields, Value};

/// Prefixes that may be listed.
const PREFIXES_MAX: usize = 100;
/// Longest prefix, in characters.
const PREFIX_CHARS_MAX: usize = 8;
/// The company's own numbers that may be listed.
const OWN_MAX: usize = 10_000;
/// International access over KDDI: it begins like an outside line's 0 and 010.
const CARRIER_ACCESS: &str = "001010";
/// What a caller dials to withhold the number, or to send it.
const PRESENTATION: [&str; 2] = ["184", "186"];

const PREFIX: Label = Label::new(
    "外線発信の番号を、数字・「*」・「#」で8文字以内で書いてください(例: \"0\"、\"9\")",
    "must be what is dialled for an outside line: 1 to 8 of 0–9, `*`, `#`, such as \"0\" or \"9\"",
);

const OWN: Label = Label::new(
    "自社の電話番号を市外局番から書いてください(例: \"03-1234-5678\")",
    "must be a telephone number of the company with its area code, such as \"03-1234-5678\"",
);

/// How one PBX writes numbers.
#[derive(Debug, Clone)]
pub struct LineNumbers {
    /// What is dialled for an outside line. Some PBXs put it before a caller's number too.
    pub outside_prefixes: Vec<String>,
    /// The company's own numbers, which are never a customer's.
    pub own: BTreeSet<PhoneNumber>,
}

impl Default for LineNumbers {
    /// 0 for an outside line (ゼロ発信): nobody in Japan dials `00` for anything else.
    fn default() -> Self {
        Self { outside_prefixes: vec!["0".to_owned()], own: BTreeSet::new() }
    }
}

impl LineNumbers {
    /// Reads `outside_prefixes` and `own_numbers`.
    pub(super) fn read(&mut self, fields: &mut Fields<'_>) {
        fields.set("outside_prefixes", &mut self.outside_prefixes, |value| {
            let read =
                |entry: &Value<'_>| entry.parsed(PREFIX, |text| is_prefix(text).then(|| text.to_owned()));
            value.list(PREFIXES_MAX)?.iter().map(read).collect()
        });
        fields.set("own_numbers", &mut self.own, |value| {
            let read = |entry: &Value<'_>| entry.parsed(OWN, |text| PhoneNumber::parse(text).ok());
            value.list(OWN_MAX)?.iter().map(read).collect()
        });
    }

    /// With another prefix, unless it is empty.
    #[must_use]
    pub(super) fn and_prefix(mut self, prefix: &str) -> Self {
        if !prefix.is_empty() {
            self.outside_prefixes.push(prefix.to_owned());
        }
        self
    }

    /// A number that somebody dialled, without the prefix for an outside line. Only a whole number is taken for one with
    /// a prefix: an extension, a code or an unusual number stays as it is.
    pub(super) fn dialled(&self, written: &str) -> String {
        self.without_prefix(written).unwrap_or_else(|| written.to_owned())
    }

    /// A caller whose number may be shown. The company's own numbers are lines of its own, not somebody's number.
    pub(super) fn caller(&self, written: &str, name: Option<&str>) -> CallerNumber {
        match CallerNumber::from_caller_id(&self.dialled(written), name.unwrap_or_default()) {
            // It came from outside: one that looks like an extension is nobody's of ours.
            CallerNumber::Internal(_) => CallerNumber::Unknown,
            caller => caller.or_own_line(&self.own),
        }
    }

    fn without_prefix(&self, written: &str) -> Option<String> {
        let text = without_scheme(written.trim());
        let presentation = PRESENTATION.iter().find(|code| text.starts_with(**code)).copied();
        let number = presentation.and_then(|code| text.strip_prefix(code)).unwrap_or(text);
        if number.starts_with(CARRIER_ACCESS) {
            return None;
        }
        let rests = self.outside_prefixes.iter().filter_map(|prefix| number.strip_prefix(prefix.as_str()));
        let rest = rests.map(|rest| rest.trim_start_matches(['-', ' ', ','])).find(|rest| is_whole(rest))?;
        Some(format!("{}{rest}", presentation.unwrap_or_default()))
    }
}

/// Whether this is a number as it is dialled over an outside line.
fn is_whole(text: &str) -> bool {
    let number = PRESENTATION.iter().find_map(|code| text.strip_prefix(code)).unwrap_or(text);
    number.starts_with(['0', '+']) && PhoneNumber::parse(number).is_ok()
}

fn without_scheme(text: &str) -> &str {
    let scheme = ["sips:", "sip:", "tel:"]
        .into_iter()
        .find(|scheme| text.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme)));
    scheme.and_then(|scheme| text.get(scheme.len()..)).unwrap_or(text)
}

fn is_prefix(text: &str) -> bool {
    (1..=PREFIX_CHARS_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'*' | b'#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(numbers: &LineNumbers, written: &str) -> Option<String> {
        numbers.caller(written, None).number().map(|number| number.e164().to_owned())
    }

    #[test]
    fn the_digit_for_an_outside_line_is_no_part_of_the_number() {
        let nine = LineNumbers::default().and_prefix("9").and_prefix("*0").and_prefix("");
        for (written, expected) in [
            ("00312345678", "+81312345678"),
            ("0-03-1234-5678", "+81312345678"),
            ("sip:00312345678@pbx.example;user=phone", "+81312345678"),
            ("00312345678;verstat=x", "+81312345678"),
            ("009012345678", "+819012345678"),
            ("00120444113", "+81120444113"),
            ("00570123456", "+81570123456"),
            ("0+81312345678", "+81312345678"),
            ("01840312345678", "+81312345678"),
            ("01860312345678", "+81312345678"),
            ("18400312345678", "+81312345678"),
            ("00442111222", "+81442111222"),
            ("00104420 7946 0958", "+442079460958"),
            ("0010 1 415 555 0123", "+14155550123"),
            ("90312345678", "+81312345678"),
            ("909012345678", "+819012345678"),
            ("9+14155550123", "+14155550123"),
            ("91840312345678", "+81312345678"),
            ("*00312345678", "+81312345678"),
            // Without a prefix.
            ("0312345678", "+81312345678"),
            ("09012345678", "+819012345678"),
            ("1840312345678", "+81312345678"),
            ("+81312345678", "+81312345678"),
            ("0081312345678", "+81312345678"),
            ("00442079460958", "+442079460958"),
            ("010442079460958", "+442079460958"),
            ("001010442079460958", "+442079460958"),
            ("0033010442079460958", "+442079460958"),
            ("+905012345678", "+905012345678"),
            ("902123456789", "+902123456789"),
        ] {
            assert_eq!(number(&nine, written).as_deref(), Some(expected), "{written}");
        }
        for written in ["201", "0110", "9110", "0201", "00", "0", "", "*8", "anonymous", "090123"] {
            assert_eq!(nine.dialled(written), written);
        }
    }

    #[test]
    fn without_prefixes_nothing_is_removed_and_other_digits_stay() {
        let none = LineNumbers { outside_prefixes: Vec::new(), ..LineNumbers::default() };
        assert_eq!(none.dialled("00312345678"), "00312345678");
        assert_eq!(LineNumbers::default().dialled("90312345678"), "90312345678");
    }

    #[test]
    fn the_companys_own_numbers_are_its_own_lines() {
        let mut numbers = LineNumbers::default();
        numbers.own.insert(PhoneNumber::parse("03-3111-2222").unwrap());
        for written in ["0331112222", "+81331112222", "00331112222", "+81331112222;verstat=x"] {
            assert_eq!(
                numbers.caller(written, None),
                CallerNumber::Internal("0331112222".to_owned()),
                "{written}"
            );
        }
        assert!(number(&numbers, "0331112223").is_some());
    }
}
