use serde_json::{Value, json};
use shared::lang::Lang;

use super::*;
use crate::protocol::fields::{Limit, OptionalName, SearchText};
use crate::protocol::{JSON_DEPTH_MAX, NAME_CHARS_MAX, NOTE_CHARS_MAX, SEARCH_CHARS_MAX};

fn example(op: Op) -> Value {
    serde_json::from_str(op.example()).unwrap()
}

fn parsed(op: &str, mut fields: Value) -> Result<Request, Refusal> {
    fields["id"] = json!(1);
    fields["op"] = json!(op);
    parse(&fields.to_string())?.request
}

/// The English sentence of a refusal.
fn refused(op: &str, fields: Value) -> String {
    parsed(op, fields).unwrap_err().message.text(Lang::En).to_owned()
}

/// The fields that the schema of a request names, and those that it requires.
fn fields(op: Op) -> (Vec<String>, Vec<String>) {
    let mut generator = SchemaGenerator::default();
    let reference = op.request_schema(&mut generator).to_value();
    let definitions = Value::Object(generator.take_definitions(true));
    let name = reference["$ref"].as_str().and_then(|path| path.rsplit('/').next()).unwrap();
    let schema = &definitions[name];
    let names = schema["properties"].as_object().map(|all| all.keys().cloned().collect()).unwrap_or_default();
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    (names, required.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect())
}

#[test]
fn every_op_is_read_with_all_fields_and_with_required_fields_only() {
    for op in Op::ALL {
        let whole = example(*op);
        assert_eq!(parsed(op.word(), whole.clone()).map(|request| request.op()), Ok(*op), "{whole}");
        let (known, required) = fields(*op);
        for name in whole.as_object().unwrap().keys() {
            assert!(known.contains(name), "{}: `{name}` is not in the schema", op.word());
        }
        let least: serde_json::Map<_, _> =
            required.iter().map(|name| (name.clone(), whole[name].clone())).collect();
        assert_eq!(parsed(op.word(), Value::Object(least)).map(|request| request.op()), Ok(*op));
    }
}

#[test]
fn a_required_field_that_is_missing_or_null_is_named_and_an_optional_one_may_be_null() {
    for op in Op::ALL {
        let (known, required) = fields(*op);
        for name in &known {
            let (mut without, mut null) = (example(*op), example(*op));
            without.as_object_mut().unwrap().remove(name);
            null[name] = Value::Null;
            for fields in [without, null] {
                let request = parsed(op.word(), fields.clone());
                match required.contains(name) {
                    true => {
                        let refusal = request.unwrap_err();
                        assert_eq!(refusal.code, ErrorCode::BadRequest);
                        let sentence = refusal.message.text(Lang::En);
                        assert!(sentence.starts_with(&format!("`{name}` must be ")), "{fields}: {sentence}");
                    }
                    false => assert_eq!(request.map(|request| request.op()), Ok(*op), "{fields}"),
                }
            }
        }
    }
}

#[test]
fn a_field_of_the_wrong_type_is_named_wherever_it_is() {
    for op in Op::ALL {
        for name in fields(*op).0 {
            let mut wrong = example(*op);
            wrong[&name] = json!([1]);
            let sentence = refused(op.word(), wrong);
            assert!(sentence.starts_with(&format!("`{name}` must be ")), "{}: {sentence}", op.word());
        }
    }
    let wrap_up = |part: Value| json!({"call_id": "c-1", "inquiry": part});
    for (fields, sentence) in [
        (
            wrap_up(json!({"kind": "x", "subject": "s"})),
            "`inquiry.kind` must be one of inquiry, complaint, request",
        ),
        (
            wrap_up(json!({"kind": "complaint"})),
            "`inquiry.subject` must be a string of 1 to 200 characters without control characters",
        ),
        (
            json!({"call_id": "c-1", "task": {"title": "t", "due_on": "soon"}}),
            "`task.due_on` must be a date such as 2026-11-21",
        ),
        (json!({"call_id": "c-1", "done": 1}), "`done` must be true or false"),
        (
            json!({"call_id": "c-1", "follow_up_at": "tomorrow"}),
            "`follow_up_at` must be an instant such as 2026-10-31T05:02:11Z",
        ),
    ] {
        assert_eq!(refused("call.wrapup", fields), sentence);
    }
    let refusal = parsed("calls", json!({"limit": 201})).unwrap_err();
    assert_eq!(refusal.message.text(Lang::Ja), "`limit` の値が正しくありません(1 から 200 までの整数)");
}

#[test]
fn a_refusal_lists_the_allowed_words_in_both_languages() {
    for (op, field, words) in [
        ("presence", "state", "ready, away, after_call_work"),
        ("inquiry.create", "kind", "inquiry, complaint, request"),
        ("inquiry.update", "status", "open, in_progress, done"),
        ("contact.attach", "purpose", "sales, billing, delivery"),
        ("missed", "status", "open, all"),
        ("missed.close", "result", "done, no_need"),
    ] {
        let known = Op::ALL.iter().find(|known| known.word() == op).unwrap();
        let mut wrong = example(*known);
        wrong[field] = json!("x");
        let refusal = parsed(op, wrong).unwrap_err().message;
        assert_eq!(refusal.text(Lang::En), format!("`{field}` must be one of {words}"));
        let ja = format!("`{field}` の値が正しくありません(次のいずれか: {words})");
        assert_eq!(refusal.text(Lang::Ja), ja);
    }
}

#[test]
fn values_are_read_as_documented() {
    let read = |op, fields| parsed(op, fields).unwrap();
    assert_eq!(
        read("search", json!({"q": " 赤木 "})),
        Request::Search(search::Search { q: SearchText("赤木".to_owned()), limit: Limit(20) })
    );
    let code = |text: &str| OptionalName(Some(text.to_owned()));
    let Request::CallChoose(choose) = read(
        "call.choose",
        json!({"call_id": " c-1 ", "customer_code": "C\"1", "lead_code": " ", "remember": null}),
    ) else {
        panic!("another request");
    };
    assert_eq!((choose.call_id.0.as_str(), choose.customer_code), ("c-1", code("C\"1")));
    assert_eq!(
        (choose.lead_code, choose.remember.0),
        (OptionalName(None), true),
        "blank and null count as absent"
    );
    let Request::CallNote(note) = read("call.note", json!({"call_id": "c-1", "text": "a\tb\r\n"})) else {
        panic!("another request");
    };
    assert_eq!(note.text.0, "a\tb\r\n");
    let escaped = parse(r#"{"id":1,"op":"\u0070ing","more":[1,{"x":null}]}"#).unwrap();
    assert_eq!(escaped.request, Ok(Request::Ping(ping::Ping {})));
}

#[test]
fn limits_hold_at_their_boundaries() {
    let fits = |op: &str, fields: Value| parsed(op, fields).is_ok();
    for (op, base, max) in [
        ("calls", json!({}), 200),
        ("search", json!({"q": "a"}), 50),
        ("history", json!({"customer_code": "a"}), 100),
        ("missed", json!({}), 200),
        ("callbacks", json!({}), 200),
    ] {
        for (limit, ok) in [(0, false), (1, true), (max, true), (max + 1, false)] {
            let mut fields = base.clone();
            fields["limit"] = json!(limit);
            assert_eq!(fits(op, fields), ok, "{op} {limit}");
        }
    }
    let search = |chars: usize| fits("search", json!({"q": "検".repeat(chars)}));
    assert_eq!([0, 1, SEARCH_CHARS_MAX, SEARCH_CHARS_MAX + 1].map(search), [false, true, true, false]);
    let name =
        |chars: usize| fits("task.create", json!({"customer_code": "C1", "title": "名".repeat(chars)}));
    assert_eq!([0, 1, NAME_CHARS_MAX, NAME_CHARS_MAX + 1].map(name), [false, true, true, false]);
    let note = |chars: usize| fits("call.note", json!({"call_id": "c-1", "text": "文".repeat(chars)}));
    assert_eq!([0, NOTE_CHARS_MAX, NOTE_CHARS_MAX + 1].map(note), [true, true, false]);
    for (no, ok) in [(json!(0), true), (json!(-1), false), (json!(1.5), false), (json!(u64::MAX), false)] {
        assert_eq!(fits("callback.done", json!({"callback_no": no})), ok, "{no}");
    }
    assert!(fits("ack", json!({"seq": u64::MAX})));
    assert!(!fits("task.create", json!({"customer_code": "C\n1", "title": "t"})), "one line");
    let deep =
        format!(r#"{{"id":1,"op":"ping","x":{}{}}}"#, "[".repeat(JSON_DEPTH_MAX), "]".repeat(JSON_DEPTH_MAX));
    assert_eq!(parse(&deep).unwrap_err().code, ErrorCode::BadRequest);
}

/// Every text of a value, by its path.
fn texts(value: &Value, path: &str, found: &mut Vec<(String, Value)>) {
    for (name, value) in value.as_object().into_iter().flatten() {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match value {
            Value::String(_) => found.push((path, value.clone())),
            other => texts(other, &path, found),
        }
    }
}

#[test]
fn a_character_that_acts_on_other_text_is_refused_and_named_in_every_text() {
    // Not kept and not shown: they only name what is looked up or shown already.
    let only_names = ["lookup.customer_code", "history.customer_code", "call.shown.call_id"];
    for op in Op::ALL.iter().filter(|op| **op != Op::Hello) {
        let whole = example(*op);
        let mut found = Vec::new();
        texts(&whole, "", &mut found);
        for (path, text) in found {
            if only_names.contains(&format!("{}.{path}", op.word()).as_str()) {
                continue;
            }
            for character in ['\u{1B}', '\u{9F}', '\u{200F}', '\u{202E}', '\u{2066}'] {
                let mut request = whole.clone();
                let text = text.as_str().unwrap();
                let (first, rest) = text.split_at(text.chars().next().unwrap().len_utf8());
                request[path.split('.').next().unwrap()] = match path.split_once('.') {
                    None => json!(format!("{first}{character}{rest}")),
                    Some((outer, inner)) => {
                        let mut part = whole[outer].clone();
                        part[inner] = json!(format!("{first}{character}{rest}"));
                        part
                    }
                };
                let refusal = parsed(op.word(), request).unwrap_err();
                assert_eq!(refusal.code, ErrorCode::BadRequest, "{} {path}", op.word());
                let sentence = refusal.message.text(Lang::En);
                let named = format!("`{path}` contains {}", shared::text::code_point(character));
                let chosen = sentence.starts_with(&format!("`{path}` must be "));
                assert!(sentence.starts_with(&named) || chosen, "{} {path}: {sentence}", op.word());
            }
        }
    }
}

#[test]
fn an_op_that_is_missing_or_unknown_is_refused_with_its_code() {
    assert_eq!(parsed("dance", json!({})).unwrap_err().code, ErrorCode::UnknownOp);
    for frame in [r#"{"id":1}"#, r#"{"id":1,"op":7}"#, r#"{"id":1,"op":null}"#] {
        assert_eq!(parse(frame).unwrap().request.unwrap_err().code, ErrorCode::BadRequest, "{frame}");
    }
}

#[test]
fn every_op_is_found_by_its_word() {
    for op in Op::ALL {
        assert_eq!(Op::from_word(op.word()), Some(*op));
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,200}") {
        let _ = parse(&text);
    }

    #[test]
    fn any_string_is_read_unchanged(text in proptest::prelude::any::<String>()) {
        let request = parsed("lookup", json!({ "number": text })).unwrap();
        let Request::Lookup(lookup) = request else { panic!("another request") };
        proptest::prop_assert_eq!(lookup.number, Some(text));
    }
}

/// A row of the table of `docs/security.md`: who may do this to whose.
fn access_row(op: Op) -> String {
    let mut request = example(op);
    request["id"] = json!(1);
    request["op"] = json!(op.word());
    let object = parse(&request.to_string()).unwrap().request.unwrap().object();
    let others = Relation::Others { agent_code: String::new(), agent_name: String::new() };
    let cell = |relation: &Relation| match (&object, relation, object.needs(relation)) {
        (Object::Own, Relation::Nobodys | Relation::Others { .. }, _) => "–".to_owned(),
        (_, _, None) => "yes".to_owned(),
        (_, _, Some(permission)) => format!("`{}`", permission.word()),
    };
    let needed = op.permission().map_or("–".to_owned(), |needed| format!("`{}`", needed.word()));
    let cells = [Relation::Own, Relation::Nobodys, others].map(|relation| cell(&relation));
    format!("| `{}` | {needed} | {} | {} |", op.word(), object.kind(), cells.join(" | "))
}

#[test]
fn the_table_of_whose_work_an_operation_touches_is_the_documented_one() {
    let page = include_str!("../../../../docs/security.md");
    let (_, table) = page.split_once("\n| operation |").expect("the page has the table");
    let shown: Vec<&str> = table.lines().skip(2).take_while(|line| line.starts_with('|')).collect();
    let coded: Vec<String> = Op::ALL.iter().copied().map(access_row).collect();
    assert_eq!(shown, coded, "docs/security.md should say:\n{}", coded.join("\n"));
}

#[test]
fn what_comes_back_with_a_card_counts_as_one() {
    let with_a_card = |op: &&Op| {
        let mut request = example(**op);
        request["id"] = json!(1);
        request["op"] = json!(op.word());
        parse(&request.to_string()).unwrap().request.unwrap().cost().card
    };
    let words: Vec<&str> = Op::ALL.iter().filter(with_a_card).map(|op| op.word()).collect();
    assert_eq!(
        words,
        [
            "lookup",
            "search",
            "history",
            "call.choose",
            "call.forget",
            "call.nuisance",
            "customer.create",
            "lead.create",
            "contact.attach",
            "call.wrapup"
        ]
    );
    let plain = parsed("call.wrapup", json!({"call_id": "c-1", "note": "x"})).unwrap();
    assert!(!plain.cost().card, "without a customer nobody is looked up");
}
