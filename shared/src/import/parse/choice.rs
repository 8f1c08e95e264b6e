//! Flags, colours and choices.

use super::cell_text::put;
use crate::color::Color;
use crate::dataset::Choices;
use crate::import::report::fault::{CellFault, shown};
use crate::message;
use crate::message::Message;
use crate::store::Value;
use crate::text::search_key;

pub(super) fn flag(text: &str) -> Result<bool, CellFault> {
    const YES: &[&str] = &["1", "TRUE", "YES", "Y", "ON", "ハイ", "アリ", "有", "対象外", "除外", "スル"];
    const NO: &[&str] = &["0", "FALSE", "NO", "N", "OFF", "イイエ", "ナシ", "無", "対象", "シナイ"];
    match text {
        "○" | "◯" | "〇" | "✓" | "レ" => return Ok(true),
        "×" | "✕" | "-" | "－" => return Ok(false),
        _ => {}
    }
    let key = search_key(text);
    if YES.contains(&key.as_str()) {
        Ok(true)
    } else if NO.contains(&key.as_str()) {
        Ok(false)
    } else {
        let message = message!(
            "「{text}」は「はい」か「いいえ」として読み取れません。1 か 0(または ○ か ×)を入力してください",
            "{text} is neither yes nor no; write 1 or 0",
            text = shown(text),
        );
        Err(CellFault::new("not_a_flag", message))
    }
}

pub(super) fn color(text: &str, place: &mut Option<Value>) -> Result<(), CellFault> {
    match Color::parse(text) {
        Some(color) => {
            put(place, color.as_str());
            Ok(())
        }
        None => Err(CellFault::new("not_a_color", not_a_color(text))),
    }
}

fn not_a_color(text: &str) -> Message {
    message!(
        "「{text}」は色として読み取れません。#8a5a00 のように「#」と6桁の16進数で入力してください",
        "{text} is no colour; write # and six hexadecimal digits, such as #8a5a00",
        text = shown(text),
    )
}

/// The identifier of the choice that a text names: by identifier, by label, or by either in another spelling.
pub(super) fn choose(text: &str, choices: Choices) -> Option<&'static str> {
    if let Some((identifier, _)) = choices.iter().find(|(identifier, _)| *identifier == text) {
        return Some(identifier);
    }
    let exact = choices.iter().find(|(_, labels)| labels.contains(&text));
    if let Some((identifier, _)) = exact {
        return Some(identifier);
    }
    let key = search_key(text);
    let alike = |label: &&str| search_key(label) == key;
    choices.iter().find(|(id, labels)| alike(id) || labels.iter().any(&alike)).map(|(id, _)| *id)
}

pub(super) fn unknown_choice(text: &str, choices: Choices) -> CellFault {
    let labels = choices.iter().map(|(identifier, labels)| labels.first().unwrap_or(identifier));
    let known = choices.iter().map(|(identifier, labels)| match labels.first() {
        Some(label) => format!("{identifier} ({label})"),
        None => (*identifier).to_owned(),
    });
    let known =
        Message::new(labels.copied().collect::<Vec<_>>().join("、"), known.collect::<Vec<_>>().join(", "));
    let message = message!(
        "「{text}」は選択肢にありません。次のいずれかを入力してください: {known}",
        "{text} is not one of: {known}",
        text = shown(text),
        known = known,
    );
    CellFault::new("unknown_choice", message)
}
