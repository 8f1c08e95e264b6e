//! Explains why a request could not be read, from its schema: which field is wrong, and what it must be.

use schemars::{JsonSchema, SchemaGenerator};
use serde_json::Value;
use serde_path_to_error::{Path, Segment};
use shared::message;
use shared::message::Message;
use shared::text::{code_point, not_enterable};

use super::fields::{LINES, ONE_LINE};
use super::{ErrorCode, Refusal};

/// The refusal of a request that could not be read at `path`.
pub(super) fn refusal<T: JsonSchema>(text: &str, path: &Path) -> Refusal {
    let root = SchemaGenerator::default().into_root_schema_for::<T>().to_value();
    let request: Value = serde_json::from_str(text).unwrap_or_default();
    let (mut schema, mut value, mut names) = (&root, &request, Vec::new());
    for segment in path {
        let Segment::Map { key } = segment else { break };
        schema = resolve(&root, &schema["properties"][key.as_str()]);
        value = &value[key.as_str()];
        names.push(key.as_str());
    }
    // A missing field is reported at the object that lacks it.
    if value.is_object()
        && let Some(missing) = missing_field(schema, value)
    {
        schema = resolve(&root, &schema["properties"][missing]);
        names.push(missing);
    }
    if names.is_empty() {
        let message =
            message!("要求の形式が正しくありません", "the request does not have the documented form");
        return Refusal::new(ErrorCode::BadRequest, message);
    }
    let name = names.join(".");
    match not_entered(schema, value) {
        Some(c) => Refusal::new(
            ErrorCode::BadRequest,
            message!(
                "`{name}` に使用できない文字 {character} が含まれています。削除してください",
                "`{name}` contains {character}, which cannot be used; remove it",
                name = name,
                character = code_point(c)
            ),
        ),
        None => Refusal::field(&name, &expectation(&root, schema)),
    }
}

/// The character of a text that may not be entered, if its length is not the reason as well.
fn not_entered(schema: &Value, value: &Value) -> Option<char> {
    let (text, pattern) = (value.as_str()?.trim(), schema["pattern"].as_str()?);
    let fits = schema["maxLength"].as_u64().is_none_or(|max| text.chars().count() as u64 <= max);
    not_enterable(text, pattern == LINES).filter(|_| fits)
}

/// The first required field that is absent or `null`.
fn missing_field<'a>(schema: &'a Value, value: &Value) -> Option<&'a str> {
    let required = schema["required"].as_array()?;
    required.iter().filter_map(Value::as_str).find(|name| value.get(name).is_none_or(Value::is_null))
}

/// The schema behind a reference, or behind the choice between it and `null`.
fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let choices = schema["anyOf"].as_array();
    if let Some(choice) = choices.and_then(|all| all.iter().find(|one| one["type"] != "null")) {
        return resolve(root, choice);
    }
    match schema["$ref"].as_str().and_then(|reference| reference.strip_prefix('#')) {
        Some(pointer) => root.pointer(pointer).unwrap_or(schema),
        None => schema,
    }
}

/// The values that a schema allows, as the end of a sentence.
fn expectation(root: &Value, schema: &Value) -> Message {
    if let Some(words) = words(root, schema) {
        let words = words.join(", ");
        return message!("次のいずれか: {words}", "one of {words}", words = words);
    }
    match kind(schema) {
        "boolean" => message!("true または false", "true or false"),
        "object" => message!("オブジェクト", "an object"),
        "integer" => whole_number(schema),
        _ => text(schema),
    }
}

/// The words of a closed set, however the schema lists them.
fn words<'a>(root: &'a Value, schema: &'a Value) -> Option<Vec<&'a str>> {
    if let Some(list) = schema["enum"].as_array() {
        return Some(list.iter().filter_map(Value::as_str).collect());
    }
    let list = schema["oneOf"].as_array()?;
    list.iter().map(|one| resolve(root, one)["const"].as_str()).collect()
}

/// The type that is not `null`.
fn kind(schema: &Value) -> &str {
    match &schema["type"] {
        Value::String(kind) => kind,
        Value::Array(kinds) => {
            kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("")
        }
        _ => "",
    }
}

fn whole_number(schema: &Value) -> Message {
    match (schema["minimum"].as_u64(), schema["maximum"].as_u64()) {
        (Some(min), Some(max)) => message!(
            "{min} から {max} までの整数",
            "a whole number from {min} to {max}",
            min = min,
            max = max
        ),
        _ => message!("0 以上の整数", "a whole number"),
    }
}

fn text(schema: &Value) -> Message {
    match schema["format"].as_str() {
        Some("date") => return message!("2026-11-21 のような日付", "a date such as 2026-11-21"),
        Some("date-time") => {
            return message!("2026-10-31T05:02:11Z のような日時", "an instant such as 2026-10-31T05:02:11Z");
        }
        _ => {}
    }
    let (min, max) = (schema["minLength"].as_u64().unwrap_or(0), schema["maxLength"].as_u64());
    let one_line = schema["pattern"] == ONE_LINE;
    match max {
        None => message!("文字列", "a string"),
        Some(max) if one_line => message!(
            "{min}〜{max} 文字の文字列(改行などの制御文字は使えません)",
            "a string of {min} to {max} characters without control characters",
            min = min,
            max = max
        ),
        Some(max) => message!(
            "{min}〜{max} 文字の文字列",
            "a string of {min} to {max} characters",
            min = min,
            max = max
        ),
    }
}
