//! A profile's TOML, checked as a whole: every mistake is reported with its line.

mod columns;
mod rows;
mod target;
mod words;

use self::columns::Columns;
use self::words::{DELIMITERS, EMPTY_CELLS, ENCODINGS, HEADERS, TIME_ZONES};
use super::{Detect, HeaderForm, Profile, ProfileError};
use crate::encoding::Encoding;
use crate::lang::Lang;
use crate::message;
use crate::message::Message;
use crate::settings_reader::{MistakeKind, Table, read};

/// Columns that a layout may have, and entries of every other list.
const ENTRIES_MAX: usize = 1_000;

/// The settings of a profile.
const SETTINGS: &[&str] = &[
    "name",
    "title",
    "about",
    "encoding",
    "delimiter",
    "empty",
    "header",
    "none",
    "time_zone",
    "columns",
    "aliases",
    "widths",
    "lead",
    "first_row",
    "detect",
    "skip",
    "fill",
    "record",
    "repeat",
    "dataset",
];

/// Reads a profile. `file` is for messages.
///
/// # Errors
/// [`ProfileError`] with every mistake and its line.
pub fn parse(file: &str, text: &str) -> Result<Profile, ProfileError> {
    read(text, |root| Some(profile(root)))
        .map_err(|mistakes| ProfileError { file: file.to_owned(), mistakes })
}

fn profile(root: &Table<'_>) -> Profile {
    root.only(SETTINGS);
    let text = |key: &str| {
        let text = root.get(key).and_then(|value| value.sentence());
        text.map_or_else(|| message!("", ""), |text| unwrapped(&text))
    };
    let named = || {
        let missing = message!("プロファイルの名前を書いてください", "the profile needs a name");
        root.required("name", missing).and_then(|value| value.name()).unwrap_or_default()
    };
    let columns = Columns::read(root);
    let number = |key: &str, least: usize| {
        root.get(key).and_then(|value| value.whole(least..=ENTRIES_MAX)).unwrap_or(least)
    };
    let (delimiter, blank_runs) = word(root, "delimiter", DELIMITERS, (b',', false));
    let profile = Profile {
        name: named(),
        title: text("title"),
        about: text("about"),
        encoding: word(root, "encoding", ENCODINGS, Encoding::Utf8),
        delimiter,
        blank_runs,
        keep_filled: word(root, "empty", EMPTY_CELLS, false),
        header: word(root, "header", HEADERS, HeaderForm::Names),
        none: root.get("none").map(|value| rows::texts(&value)).unwrap_or_default(),
        utc: word(root, "time_zone", TIME_ZONES, false),
        aliases: columns.pairs(root, "aliases", |value| rows::texts(&value)),
        widths: widths(root, columns.names().len()),
        lead: number("lead", 0),
        first_row: number("first_row", 1) as u64,
        detect: root.get("detect").map(|value| rows::detect(&value, &columns)).unwrap_or_default(),
        skip: rows::skips(root, &columns),
        fill: columns.pairs(root, "fill", |value| value.text().unwrap_or_default()),
        repeat: root.get("repeat").map(|value| columns.several(&value)).unwrap_or_default(),
        record: root.get("record").and_then(|value| rows::record(&value, &columns)),
        targets: target::targets(root, &columns),
        columns: columns.into_names(),
    };
    check_detect(root, &profile.header, &profile.detect);
    profile
}

/// A text on one line. Japanese has no blanks between words, so its lines are joined without one.
fn unwrapped(text: &Message) -> Message {
    let lines = |lang| text.text(lang).lines().map(str::trim).collect::<Vec<_>>();
    let (ja, en) = (lines(Lang::Ja), lines(Lang::En));
    let between = if ja == en { " " } else { "" };
    Message::new(ja.join(between), en.join(" "))
}

/// What one of the known words means; `default` when the key is not there.
fn word<T: Clone>(table: &Table<'_>, key: &str, known: &[(&str, T)], default: T) -> T {
    table.get(key).and_then(|value| value.one_of(known)).unwrap_or(default)
}

/// The widths that a file may have; by default the number of columns.
fn widths(root: &Table<'_>, columns: usize) -> Vec<usize> {
    let Some(value) = root.get("widths") else { return vec![columns] };
    value.items(ENTRIES_MAX).iter().filter_map(|width| width.whole(1..=columns.max(1))).collect()
}

/// A file must be recognizable: by headers, or without them by what its cells look like.
fn check_detect(root: &Table<'_>, header: &HeaderForm, detect: &Detect) {
    if *header == HeaderForm::None && detect.shape.is_empty() {
        let message = message!(
            "見出しのない様式では、ファイルを見分けるためのセルの形を [detect.shape] に書いてください",
            "a layout without headers needs [detect.shape], by which its files are recognized",
        );
        root.mistake(MistakeKind::Missing, "detect.shape", message);
    }
    if *header != HeaderForm::None && detect.headers.is_empty() {
        let message = message!(
            "ファイルを見分けるための見出しを [detect] の headers に書いてください",
            "[detect] needs the headers by which its files are recognized",
        );
        root.mistake(MistakeKind::Missing, "detect.headers", message);
    }
}
