//! Orders about live calls: what agents may have done with a call through its PBX.

use std::collections::BTreeMap;

use shared::message;
use shared::message::Label;
use shared::settings_reader::{Table, Value};
use tokio::sync::oneshot;

use super::OrderError;
use super::connection::{is_dialled, is_extension};
use crate::call::ChannelId;

/// Longest name of a queue, in characters.
const QUEUE_CHARS_MAX: usize = 64;

const EXTENSION: Label = Label::new(
    "ダイヤルプランで着信グループを呼び出す内線番号を書いてください(例: \"7001\")",
    "must be the extension at which the dialplan has the queue, such as \"7001\"",
);

/// Which orders a PBX takes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Controls {
    /// Ending the agent's part.
    pub hangup: bool,
    /// Putting the other party on hold and taking it off.
    pub hold: bool,
    /// Transferring the other party, and picking up a call that rings a colleague.
    pub transfer: bool,
    /// The queues to which calls can be transferred, with their extension in the dialplan.
    pub queues: BTreeMap<String, String>,
}

/// An order about the call on an agent's phone, which is named by its channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// The agent hangs up.
    Hangup {
        /// The agent's channel.
        phone: ChannelId,
    },
    /// The other party is put on hold, or taken off.
    Hold {
        /// The agent's channel.
        phone: ChannelId,
        /// Which of the two.
        held: bool,
    },
    /// A caller for whom phones ring goes to the phone of an agent who picks the call up.
    PickUp {
        /// The caller's channel.
        caller: ChannelId,
        /// The agent's phone.
        to: Destination,
    },
    /// The other party goes to somebody else, and the agent's part ends.
    Transfer {
        /// The agent's channel.
        phone: ChannelId,
        /// To whom.
        to: Destination,
    },
}

impl Order {
    /// The channel that the order names.
    pub(super) fn channel(&self) -> &ChannelId {
        match self {
            Self::Hangup { phone } | Self::Hold { phone, .. } | Self::Transfer { phone, .. } => phone,
            Self::PickUp { caller, .. } => caller,
        }
    }

    /// The caller who is on the way to another phone, once the order is carried out.
    pub(super) fn redirected(&self) -> Option<ChannelId> {
        match self {
            Self::PickUp { caller, .. } => Some(caller.clone()),
            _ => None,
        }
    }
}

/// Where a call is dialled or transferred to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// An extension of the PBX: a colleague's or a queue's. It is dialled without a prefix.
    Extension(String),
    /// A number outside, as the PBX dials it behind its prefix for an outside line: digits, `+`, `*` and `#` only.
    Number(String),
}

impl Destination {
    /// What is dialled, without a prefix.
    #[must_use]
    pub fn digits(&self) -> &str {
        match self {
            Self::Extension(digits) | Self::Number(digits) => digits,
        }
    }

    /// Whether it contains nothing that a PBX could interpret.
    pub(super) fn is_safe(&self) -> bool {
        match self {
            Self::Extension(extension) => is_extension(extension),
            Self::Number(number) => is_dialled(number),
        }
    }

    /// # Errors
    /// It contains what a PBX could interpret.
    pub(super) fn check(&self) -> Result<(), OrderError> {
        match self.is_safe() {
            true => Ok(()),
            false => Err(OrderError::Refused(message!(
                "転送先に使えない文字があります",
                "the destination contains characters that cannot be dialled",
            ))),
        }
    }
}

/// Where the result of an order goes.
pub type OrderReply = oneshot::Sender<Result<(), OrderError>>;

/// Reads `transfer_queues`: the queues to which calls can be transferred, with their extension.
pub(super) fn queues(value: &Value<'_>) -> Option<BTreeMap<String, String>> {
    let table: Table<'_> = value.table()?;
    let mut queues = BTreeMap::new();
    for (name, value) in table.entries() {
        if name.chars().count() > QUEUE_CHARS_MAX || name.chars().any(char::is_control) {
            value.wrong_name(message!(
                "着信グループの名前は{max}文字以内で書いてください",
                "the name of a queue has at most {max} characters",
                max = QUEUE_CHARS_MAX
            ));
        }
        let extension = value.parsed(EXTENSION, |text| is_extension(text).then(|| text.to_owned()));
        queues.extend(extension.map(|extension| (name.to_owned(), extension)));
    }
    Some(queues)
}
