//! The pop-up: who has a number, and everything that an agent should know about them (`docs/protocol.md`).
//!
//! A lookup gives a [`Profile`]; what one agent sees of it is a [`Popup`]. A customer's card is kept in the store as
//! JSON. Its sections are named when it is read and go out as they are; none of them is parsed on the way.

mod call;
mod choice;
mod error;
mod find;
mod hours;
mod lead;
mod line;
mod profile;
mod seen;
mod stored;
mod who;

use schemars::JsonSchema;
use serde::Serialize;

pub use call::{CallView, CallerView, LegState};
pub use choice::Choice;
pub use error::ProfileError;
pub use find::{by_caller, by_number, by_subject};
pub use hours::{Hours, Opening};
pub use line::{Line, Lines};
pub use profile::Profile;
pub use seen::{Popup, SeenProfile};
pub use who::{Who, of_call};

/// Whom to look up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A number in any written form.
    Number(String),
    /// A customer's code.
    Customer(String),
    /// A lead's code.
    Lead(String),
}

/// How many have the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Match")]
pub enum MatchKind {
    /// Exactly one.
    One,
    /// Several: the agent chooses.
    Many,
    /// Nobody.
    None,
    /// There is no number to look up.
    Unidentified,
    /// Several, and an agent chose one: now or at an earlier call.
    Chosen,
    /// The store did not answer; the agent may look up by hand.
    Failed,
}

impl MatchKind {
    /// Every value, in the order of `docs/protocol.md`.
    pub const ALL: &'static [Self] =
        &[Self::One, Self::Many, Self::None, Self::Unidentified, Self::Chosen, Self::Failed];

    /// The word on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::Many => "many",
            Self::None => "none",
            Self::Unidentified => "unidentified",
            Self::Chosen => "chosen",
            Self::Failed => "failed",
        }
    }
}

/// By what a customer was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MatchBy {
    /// The number.
    Number,
    /// A code.
    Code,
    /// An agent's choice.
    Choice,
}

#[cfg(test)]
mod tests;
