//! A place in a timeline where the next page starts.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Days, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::card::{Interaction, InteractionKind};
use crate::clock::{japan_date, japan_midnight};
use crate::label::Labelled;
use crate::lang::Lang;
use crate::message;
use crate::message::{Explain, Message};
use crate::store::driver::instant_text;

/// Sorts after every digit: "no bound" in the text order of instants.
const UNBOUNDED: &str = "~";
/// Sorts after every reference.
const LAST: &str = "\u{10FFFF}";

/// The last entry of a page: its instant, kind and reference, because many entries can share an instant. Its text is
/// `at/kind/reference`. A plain instant is a cursor too: the entries before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct HistoryCursor {
    at: DateTime<Utc>,
    entry: Option<(InteractionKind, String)>,
}

/// A text that is not a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{}", self.message().text(Lang::En))]
pub struct CursorError;

impl Explain for CursorError {
    fn message(&self) -> Message {
        message!(
            "続きの位置を読み取れません。最後の記録の at/kind/reference、または日時を指定してください",
            "not a place in a timeline; send `at/kind/reference` of the last entry, or a date and time",
        )
    }
}

impl HistoryCursor {
    /// The place after an entry.
    #[must_use]
    pub fn after(entry: &Interaction) -> Self {
        Self { at: entry.at, entry: Some((entry.what.kind(), entry.reference.clone())) }
    }

    /// The place before every entry of an instant.
    #[must_use]
    pub fn before(at: DateTime<Utc>) -> Self {
        Self { at, entry: None }
    }
}

impl fmt::Display for HistoryCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.at.to_rfc3339_opts(SecondsFormat::Millis, true))?;
        match &self.entry {
            Some((kind, reference)) => write!(f, "/{}/{reference}", kind.identifier()),
            None => Ok(()),
        }
    }
}

impl FromStr for HistoryCursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        let mut parts = text.splitn(3, '/');
        let at =
            parts.next().and_then(|at| DateTime::parse_from_rfc3339(at).ok()).ok_or(CursorError)?.to_utc();
        let entry = match (parts.next(), parts.next()) {
            (None, _) => None,
            (Some(kind), Some(reference)) => {
                Some((InteractionKind::from_identifier(kind).ok_or(CursorError)?, reference.to_owned()))
            }
            (Some(_), None) => return Err(CursorError),
        };
        Ok(Self { at, entry })
    }
}

impl TryFrom<String> for HistoryCursor {
    type Error = CursorError;

    fn try_from(text: String) -> Result<Self, CursorError> {
        text.parse()
    }
}

impl From<HistoryCursor> for String {
    fn from(cursor: HistoryCursor) -> Self {
        cursor.to_string()
    }
}

/// The cursor as a bound for the entries of one kind: those before `at`, and of those at `at` the ones with a lower
/// reference.
pub(super) struct Bound {
    pub(super) at: String,
    /// `None`: no entry at `at`.
    pub(super) reference: Option<String>,
}

impl Bound {
    /// For a kind whose entries are stored with their instant.
    pub(super) fn instant(after: Option<&HistoryCursor>, kind: InteractionKind) -> Self {
        let Some(cursor) = after else { return Self { at: UNBOUNDED.to_owned(), reference: None } };
        Self { at: instant_text(cursor.at), reference: cursor.reference(kind) }
    }

    /// For a kind whose entries are stored with a date, which stands for midnight in Japan.
    pub(super) fn date(after: Option<&HistoryCursor>, kind: InteractionKind) -> Self {
        let Some(cursor) = after else { return Self { at: UNBOUNDED.to_owned(), reference: None } };
        let date = japan_date(cursor.at);
        if cursor.at == japan_midnight(date) {
            return Self { at: date.to_string(), reference: cursor.reference(kind) };
        }
        // Midnight of that date lies before the cursor.
        let next = date.checked_add_days(Days::new(1)).unwrap_or(date);
        Self { at: next.to_string(), reference: None }
    }
}

impl HistoryCursor {
    /// The bound of the references of a kind at the cursor's instant.
    fn reference(&self, kind: InteractionKind) -> Option<String> {
        let (last, reference) = self.entry.as_ref()?;
        match kind.cmp(last) {
            std::cmp::Ordering::Less => None,
            std::cmp::Ordering::Equal => Some(reference.clone()),
            std::cmp::Ordering::Greater => Some(LAST.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_round_trips_and_may_be_an_instant() {
        let at: DateTime<Utc> = "2026-11-01T00:00:00.250Z".parse().unwrap();
        let entry = Some((InteractionKind::Activity, "A/1".to_owned()));
        let cursor = HistoryCursor { at, entry };
        assert_eq!(cursor.to_string(), "2026-11-01T00:00:00.250Z/activity/A/1");
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        assert_eq!("2026-11-01T09:00:00.250+09:00".parse(), Ok(HistoryCursor::before(at)));
        for wrong in
            ["", "yesterday", "2026-11-01", "2026-11-01T00:00:00Z/", "2026-11-01T00:00:00Z/nothing/1"]
        {
            assert_eq!(wrong.parse::<HistoryCursor>(), Err(CursorError), "{wrong}");
        }
    }
}
