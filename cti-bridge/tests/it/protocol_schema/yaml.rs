//! JSON values as YAML in block style.

use serde_json::Value;

pub(crate) fn write(value: &Value) -> String {
    let mut out = String::new();
    block(value, 0, &mut out);
    out
}

fn block(value: &Value, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, value) in fields {
                out.push_str(&format!("{pad}{}:", scalar_text(name)));
                nested(value, indent, out);
            }
        }
        Value::Array(entries) if !entries.is_empty() => {
            for entry in entries {
                let mut inner = String::new();
                block(entry, indent + 2, &mut inner);
                // The first line of the entry follows its dash.
                out.push_str(&format!("{pad}- {}", inner.trim_start()));
            }
        }
        scalar => out.push_str(&format!("{pad}{}\n", self::scalar(scalar))),
    }
}

fn nested(value: &Value, indent: usize, out: &mut String) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            out.push('\n');
            block(value, indent + 2, out);
        }
        Value::Array(entries) if entries.iter().any(|e| e.is_object() || e.is_array()) => {
            out.push('\n');
            block(value, indent + 2, out);
        }
        scalar => out.push_str(&format!(" {}\n", self::scalar(scalar))),
    }
}

/// A value on one line.
fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => scalar_text(text),
        Value::Array(entries) => format!("[{}]", entries.iter().map(scalar).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

/// A text, quoted unless it is a plain word that cannot mean anything else.
fn scalar_text(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c))
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
            .contains(&text.to_ascii_lowercase().as_str());
    if plain { text.to_owned() } else { serde_json::to_string(text).unwrap() }
}

#[test]
fn text_that_yaml_would_misread_is_quoted() {
    let value = serde_json::json!({
        "on": "no", "a": ["x", "1.0", ""], "b": {"c": [{"d": 1, "e": [true]}, "f g"]}, "g": {}, "$ref": "#/a",
    });
    let wanted = concat!(
        "\"$ref\": \"#/a\"\na: [x, \"1.0\", \"\"]\nb:\n  c:\n    - d: 1\n      e: [true]\n    - \"f g\"\n",
        "g: {}\n\"on\": \"no\"\n"
    );
    assert_eq!(write(&value), wanted);
}
