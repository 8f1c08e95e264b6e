//! The company's lines: `[lines."0120-111-111"]`.

use shared::message;
use shared::settings_reader::{MistakeKind, Table, Value};

use super::hours::NamedHours;
use crate::popup::{Line, Lines};

/// Longest greeting, in characters: it has to fit beside the call.
const GREETING_CHARS_MAX: usize = 200;

pub(super) fn read(table: &Table<'_>, hours: &NamedHours) -> Lines {
    let mut lines = Lines::default();
    for (number, value) in table.entries() {
        let Some(entry) = value.table() else { continue };
        let (mut name, mut greeting, mut open) = (String::new(), None, None);
        entry.fields(|fields| {
            name = fields.needed("name", Value::name).unwrap_or_default();
            fields.set("greeting", &mut greeting, |value| greeting_of(value).map(Some));
            fields.set("hours", &mut open, |value| hours.named(value).map(Some));
        });
        if !lines.add(number, Line { name, greeting }, open) {
            value.mistake(
                MistakeKind::Rule("line"),
                message!("この番号の回線は既に設定されています", "this number has a line already"),
            );
        }
    }
    lines
}

fn greeting_of(value: &Value<'_>) -> Option<String> {
    let text = value.text()?;
    if text.chars().count() <= GREETING_CHARS_MAX {
        return Some(text);
    }
    value.mistake(
        MistakeKind::Range,
        message!(
            "{most}文字以内で書いてください",
            "must have at most {most} characters",
            most = GREETING_CHARS_MAX
        ),
    );
    None
}
