//! Checks frames against the schema: every frame that a test's client gets comes through here.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::schema::Protocol;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| Protocol::of_the_code().document());

/// Panics unless a push or a refusal has the documented form, with no field that is not documented. The form of an
/// answer depends on its operation: [`check_answer`].
pub(crate) fn check(frame: &Value) {
    match (frame["ev"].as_str(), &frame["ok"]) {
        (Some(kind), _) => check_as(&format!("push:{kind}"), frame),
        (None, Value::Bool(true)) => {}
        (None, _) => check_as("Refused", frame),
    }
}

/// Panics unless this is the data of an answer to the operation.
pub(crate) fn check_answer(op: &str, data: &Value) {
    check_as(&format!("answer:{op}"), &json!({ "re": 1, "ok": true, "data": data }));
}

fn check_as(definition: &str, frame: &Value) {
    let schema = &DOCUMENT["$defs"][definition];
    assert!(schema.is_object(), "{definition} is not documented: {frame}");
    if let Err(reason) = valid(schema, frame, "") {
        panic!("a frame is not as documented ({definition}): {reason}\n{frame}");
    }
}

/// Whether a value matches a schema, for the keywords that our schemas use; fields that are not named are an error.
fn valid(schema: &Value, value: &Value, path: &str) -> Result<(), String> {
    if let Some(reference) = schema["$ref"].as_str() {
        return valid(DOCUMENT.pointer(&reference[1..]).expect("a definition"), value, path);
    }
    for choice in ["anyOf", "oneOf"] {
        if let Some(choices) = schema[choice].as_array() {
            let mut reasons = choices.iter().map(|one| valid(one, value, path));
            let mut last = String::new();
            return match reasons.all(|one| one.map_err(|reason| last = reason).is_err()) {
                false => Ok(()),
                true => Err(format!("{path}: none of {choice} fits; the last: {last}")),
            };
        }
    }
    if schema.get("const").is_some_and(|wanted| wanted != value) {
        return Err(format!("{path}: {value} is not {}", schema["const"]));
    }
    if schema["enum"].as_array().is_some_and(|words| !words.contains(value)) {
        return Err(format!("{path}: {value} is not one of {}", schema["enum"]));
    }
    let kinds = match &schema["type"] {
        Value::Array(kinds) => kinds.clone(),
        Value::Null => Vec::new(),
        kind => vec![kind.clone()],
    };
    if !kinds.is_empty() && !kinds.iter().any(|kind| is(kind.as_str().unwrap(), value)) {
        return Err(format!("{path}: {value} is not of the type {}", schema["type"]));
    }
    match value {
        Value::Object(fields) => valid_fields(schema, fields, path),
        Value::Array(entries) => {
            let mut entries = entries.iter().enumerate();
            entries.try_for_each(|(at, entry)| valid(&schema["items"], entry, &format!("{path}[{at}]")))
        }
        _ => Ok(()),
    }
}

fn valid_fields(schema: &Value, fields: &serde_json::Map<String, Value>, path: &str) -> Result<(), String> {
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !fields.contains_key(name) {
            return Err(format!("{path}: `{name}` is missing"));
        }
    }
    for (name, value) in fields {
        match schema["properties"].get(name) {
            Some(field) => valid(field, value, &format!("{path}.{name}"))?,
            None => return Err(format!("{path}: `{name}` is not documented")),
        }
    }
    Ok(())
}

fn is(kind: &str, value: &Value) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        other => panic!("{other} is no type"),
    }
}

#[test]
fn frames_that_break_the_schema_are_found() {
    let push =
        |data: Value| json!({ "ev": "ring.moved", "seq": 1, "at": "2026-01-01T00:00:00.000Z", "data": data });
    check(&push(json!({ "socket": 1 })));
    check(&push(json!({ "socket": null })));
    for wrong in [json!({}), json!({ "socket": "1" }), json!({ "socket": 1, "more": 1 }), json!(null)] {
        let schema = &DOCUMENT["$defs"]["push:ring.moved"];
        assert!(valid(schema, &push(wrong.clone()), "").is_err(), "{wrong}");
    }
    let refused = |code: &str| json!({ "re": null, "ok": false, "error": { "code": code, "message": "x" } });
    assert!(valid(&DOCUMENT["$defs"]["Refused"], &refused("busy"), "").is_ok());
    assert!(valid(&DOCUMENT["$defs"]["Refused"], &refused("tired"), "").is_err());
}
