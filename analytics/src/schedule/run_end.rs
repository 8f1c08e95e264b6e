//! How `schedule due` and `schedule run` end: a word, an exit code, and why.

use shared::exit::{self, Failure};
use shared::message;
use shared::message::Message;

use crate::schedule::due_dates::State;

/// How it ended, for the scheduler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    Nothing(Message),
    Done,
    Warned(Message),
    Refused(Message),
}

impl End {
    /// The word in JSON.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Nothing(_) => "nothing_due",
            Self::Done => "done",
            Self::Warned(_) => "done_with_warnings",
            Self::Refused(_) => "refused",
        }
    }

    /// The exit code.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Nothing(_) => exit::NOTHING_DUE,
            Self::Done => exit::OK,
            Self::Warned(_) => exit::WARNED,
            Self::Refused(_) => exit::REFUSED,
        }
    }

    /// Why, for people.
    pub(crate) fn reason(&self) -> Option<&Message> {
        match self {
            Self::Done => None,
            Self::Nothing(reason) | Self::Warned(reason) | Self::Refused(reason) => Some(reason),
        }
    }

    /// Ends the command with the code.
    pub(crate) fn result(self) -> Result<(), Failure> {
        let code = self.code();
        match self {
            Self::Done => Ok(()),
            Self::Nothing(reason) | Self::Warned(reason) | Self::Refused(reason) => {
                Err(Failure::new(code, reason))
            }
        }
    }
}

/// Why there is nothing to do now, and what stays undone.
pub(crate) fn nothing(state: &State) -> Message {
    let overtaken = state.overtaken.last().filter(|_| state.owed.is_none());
    let overtaken = overtaken.map_or_else(
        || message!("", ""),
        |date| {
            message!(
                "。{date} の分は、より後の日付で更新済みのため実行できません",
                "; {date} was overtaken by a run of a later day",
                date = date,
            )
        },
    );
    message!(
        "次の実行予定は {next} です。今は実行するものがありません{overtaken}",
        "nothing is due before {next}{overtaken}",
        next = state.next.format("%Y-%m-%d %H:%M"),
        overtaken = overtaken,
    )
}
