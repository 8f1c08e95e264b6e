//! docs/protocol.md and docs/metrics.md list exactly the words of the code.

use cti_bridge::agent::ops::Op;
use cti_bridge::hub::push::PushKind;
use cti_bridge::popup::MatchKind;
use cti_bridge::protocol::{CloseCode, ErrorCode, Presence, SUBPROTOCOL};

use super::protocol_schema::schema::Protocol;

const PAGE: &str = include_str!("../../../docs/protocol.md");

fn words<T: Copy>(all: &[T], word: impl Fn(T) -> &'static str) -> Vec<String> {
    all.iter().map(|value| word(*value).to_owned()).collect()
}

/// The words in backticks in the first cells of a section's tables (numbers without).
fn first_cells(section: &str) -> Vec<String> {
    let at = PAGE.find(&format!("\n## {section}\n")).expect("the section is there");
    let body = PAGE[at + 4..].split("\n## ").next().expect("a first part");
    let rows = body
        .lines()
        .filter(|line| line.starts_with("| "))
        .map(|line| line.split('|').nth(1).unwrap_or_default());
    rows.flat_map(|cell| cell.split(','))
        .filter_map(|word| word.trim().strip_prefix('`')?.strip_suffix('`'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn ops_pushes_and_errors_are_those_of_the_code() {
    let (ops, pushes) = (words(Op::ALL, Op::word), words(PushKind::ALL, PushKind::word));
    let errors = words(ErrorCode::ALL, ErrorCode::word);
    assert_eq!(
        (first_cells("Requests"), first_cells("Pushes"), first_cells("Errors")),
        (ops, pushes, errors)
    );
    for kind in MatchKind::ALL {
        assert!(PAGE.contains(&format!("`{}` (", kind.word())), "{kind:?}");
    }
    for presence in Presence::ALL {
        assert!(PAGE.contains(&format!("`{}`", presence.word())), "{presence:?}");
    }
    assert!(PAGE.contains(SUBPROTOCOL));
}

#[test]
fn the_fields_of_requests_are_those_of_the_code() {
    let protocol = Protocol::of_the_code();
    for (op, request, _) in &protocol.operations {
        let start = format!("| `{}` |", op.word());
        let row = PAGE.lines().find(|line| line.starts_with(&start)).expect("the operation has a row");
        let cell = row.split('|').nth(2).unwrap();
        let documented: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
        let schema = &protocol.definitions[request["$ref"].as_str().unwrap().rsplit('/').next().unwrap()];
        let known = schema["properties"].as_object().cloned().unwrap_or_default();
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(|name| name.as_str()).collect();
        for name in known.keys() {
            let optional = format!("{name}?");
            let is_there = documented.contains(&name.as_str());
            let is_optional = documented.contains(&optional.as_str());
            assert!(is_there != is_optional, "`{name}` is not in the row, or twice:\n{row}");
            assert!(!(is_optional && required.contains(&name.as_str())), "`{name}` is required:\n{row}");
        }
        for name in documented.iter().filter_map(|word| word.strip_suffix('?')) {
            assert!(known.contains_key(name), "there is no `{name}`:\n{row}");
        }
    }
}

#[test]
fn close_codes_are_those_of_the_code() {
    let codes: Vec<String> = CloseCode::ALL.iter().map(|code| code.number().to_string()).collect();
    let rows = PAGE.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next());
    let documented: Vec<&str> =
        rows.filter(|cell| cell.len() == 4 && cell.bytes().all(|b| b.is_ascii_digit())).collect();
    assert_eq!(documented, codes);
}

#[test]
fn the_metrics_documented_are_those_registered() {
    // A family without a value is not encoded, so the list comes from the source.
    let source = include_str!("../../src/metrics.rs");
    let mut registered: Vec<&str> =
        source.split("r.register(").skip(1).filter_map(|call| call.split('"').nth(1)).collect();
    let documented = include_str!("../../../docs/metrics.md").lines();
    let mut documented: Vec<&str> =
        documented.filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    registered.sort_unstable();
    documented.sort_unstable();
    assert_eq!(documented, registered);
}
