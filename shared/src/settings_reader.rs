//! Settings in TOML, checked as a whole: every mistake is reported at once, each with its line.
//!
//! serde stops at the first mistake and reads `12.5` as a float. Here the document is walked through [`Table`] and
//! [`Value`], which note mistakes and return `None` for them, and every number keeps the digits of the file.
//!
//! ```
//! use shared::label::Lang;
//! use shared::settings_reader::read;
//!
//! let found = read("port = 99999\nprot = 1\n", |root| {
//!     root.only(&["port", "host"]);
//!     root.get("port")?.whole(1..=65_535_u16)
//! });
//! let mistakes: Vec<String> =
//!     found.unwrap_err().iter().map(|mistake| mistake.located().text(Lang::En).to_owned()).collect();
//! assert_eq!(
//!     mistakes,
//!     [
//!         "line 1: port = 99999: must be a whole number from 1 to 65535",
//!         "line 2: prot = 1: there is no such setting; did you mean port?",
//!     ]
//! );
//! ```

mod table;
mod value;

use std::cell::RefCell;
use std::ops::Range;

use toml::de::DeTable;

pub use table::{Fields, Table};
pub use value::{Value, texts, whole};

use crate::cause::toml_reason;
use crate::message;
use crate::message::Message;

/// The most bytes of a settings text.
const BYTES_MAX: usize = 1 << 20;

/// Characters of a value that a mistake repeats.
const SHOWN_CHARS_MAX: usize = 60;

/// What is shown instead of a value that could be a secret.
const HIDDEN: &str = "***";

/// Edits by which a misspelt word may differ from the one that is suggested.
const EDITS_MAX: usize = 2;

/// One mistake in a settings text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Line of the text, from 1.
    pub line: usize,
    /// The setting: `rank.points[2].min`. Empty for the text as a whole.
    pub key: String,
    /// The refused value as written, shortened; empty when there is none, or when it is not shown.
    pub value: String,
    /// What kind of mistake it is.
    pub kind: MistakeKind,
    /// What to write instead.
    pub message: Message,
}

/// Kinds of mistakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MistakeKind {
    /// The text is not TOML, or too long.
    Syntax,
    /// There is no such setting.
    UnknownKey,
    /// A required setting is missing.
    Missing,
    /// A value of another type, such as a text where a number is expected.
    Type,
    /// A number or a list outside its limits.
    Range,
    /// None of the words that are allowed.
    Choice,
    /// Against a rule of these settings alone, with the code of the rule.
    Rule(&'static str),
}

impl Mistake {
    /// The mistake with its setting and value: `rank.weight = -1: must be …`.
    #[must_use]
    pub fn explained(&self) -> Message {
        let (key, value, message) = (&self.key, &self.value, &self.message);
        match (key.is_empty(), value.is_empty()) {
            (true, _) => message.clone(),
            (false, true) => message!("{key}: {message}", "{key}: {message}", key = key, message = message),
            (false, false) => message!(
                "{key} = {value}: {message}",
                "{key} = {value}: {message}",
                key = key,
                value = value,
                message = message,
            ),
        }
    }

    /// The mistake with its line in front.
    #[must_use]
    pub fn located(&self) -> Message {
        message!("{line}行目: {what}", "line {line}: {what}", line = self.line, what = self.explained())
    }
}

/// Reads a text. `build` makes the settings of the document; it returns `None` only where it noted a mistake, and
/// after it has read everything: what is not read is not checked.
///
/// # Errors
/// Every [`Mistake`], in the order of the text.
pub fn read<T>(text: &str, build: impl FnOnce(&Table<'_>) -> Option<T>) -> Result<T, Vec<Mistake>> {
    read_as(text, false, build)
}

/// Like [`read`], for a text in which secrets may stand, also where they do not belong. No mistake shows the value of an
/// unknown setting, of a setting whose name could be a secret's, or of a whole table.
///
/// # Errors
/// As [`read`].
pub fn read_with_secrets<T>(
    text: &str,
    build: impl FnOnce(&Table<'_>) -> Option<T>,
) -> Result<T, Vec<Mistake>> {
    read_as(text, true, build)
}

fn read_as<T>(
    text: &str,
    hides: bool,
    build: impl FnOnce(&Table<'_>) -> Option<T>,
) -> Result<T, Vec<Mistake>> {
    let notes = Notes { text, hides, mistakes: RefCell::default() };
    let built = if text.len() > BYTES_MAX {
        let message = message!("設定は1MiB以内にしてください", "settings must not be longer than 1 MiB");
        notes.add(MistakeKind::Syntax, 0, String::new(), String::new(), message);
        None
    } else {
        notes.parsed(build)
    };
    let mut mistakes = notes.mistakes.into_inner();
    mistakes.sort_by_key(|mistake| mistake.line);
    match built {
        Some(built) if mistakes.is_empty() => Ok(built),
        _ => Err(mistakes),
    }
}

/// The word among `known` that a misspelt one was probably meant to be: it differs by few letters, or goes on after `_`,
/// as with a unit that was left out.
#[must_use]
pub fn near<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let letters = word.chars().count();
    let known: Vec<&str> = known.into_iter().collect();
    let goes_on = |known: &str| known.strip_prefix(word).is_some_and(|rest| rest.starts_with('_'));
    known
        .iter()
        .map(|known| (strsim::osa_distance(word, known), *known))
        .filter(|(edits, _)| *edits <= EDITS_MAX && *edits < letters)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, known)| known)
        .or_else(|| known.iter().copied().find(|known| letters > 0 && goes_on(known)))
}

/// The text and what was found wrong in it so far.
struct Notes<'t> {
    text: &'t str,
    /// Whether values that could be secrets are not shown.
    hides: bool,
    mistakes: RefCell<Vec<Mistake>>,
}

impl Notes<'_> {
    fn parsed<T>(&self, build: impl FnOnce(&Table<'_>) -> Option<T>) -> Option<T> {
        let (root, errors) = DeTable::parse_recoverable(self.text);
        for error in &errors {
            let reason = toml_reason(error.message());
            let message =
                message!("TOMLとして読めません({reason})", "this is not TOML: {reason}", reason = reason);
            let at = error.span().unwrap_or_default();
            let shown = if self.hides { String::new() } else { self.shown(at.clone()) };
            self.add(MistakeKind::Syntax, at.start, String::new(), shown, message);
        }
        if !errors.is_empty() {
            return None;
        }
        build(&Table::new(self, root.get_ref(), String::new(), 0))
    }

    /// Notes a mistake once, however often its place is read.
    fn add(&self, kind: MistakeKind, at: usize, key: String, value: String, message: Message) {
        let before = self.text.as_bytes().get(..at).unwrap_or_default();
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        let mistake = Mistake { line, key, value, kind, message };
        let mut mistakes = self.mistakes.borrow_mut();
        if !mistakes.contains(&mistake) {
            mistakes.push(mistake);
        }
    }

    /// The text of a span on one line, shortened.
    fn shown(&self, span: Range<usize>) -> String {
        let text = self.text.get(span).unwrap_or_default().trim();
        let line = text.lines().next().unwrap_or_default();
        match line.char_indices().nth(SHOWN_CHARS_MAX) {
            Some((end, _)) => format!("{}…", &line[..end]),
            None if line.len() < text.len() => format!("{line}…"),
            None => line.to_owned(),
        }
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}
