//! What wakes the loop, and the one channel on which other threads report their results.

use std::time::Instant;

use chrono::NaiveDate;
use shared::store::{Agent, CallAnnotations, Callback};
use tokio::sync::mpsc;

use super::command::Command;
use super::write::Done;
use crate::call::CallId;
use crate::popup::{Profile, ProfileError, Who};
use crate::source::SourceEvent;

/// What wakes the loop.
pub(crate) enum Input {
    /// A PBX, by its place in the list of sources, reports something.
    Source(usize, SourceEvent),
    /// A socket asks for something.
    Command(Command),
    /// A write has ended.
    Written(Done),
    /// Missed calls and callbacks were read.
    Due(Due),
    /// The caller of a ringing phone was looked up.
    Found(Found),
    /// A caller was looked up before any phone rings.
    Prepared(Prepared),
    /// The caller of a live pop-up was looked up again.
    FoundAgain(Found),
    /// The list of agents was read.
    Agents(Vec<Agent>),
    /// The last rank run was read.
    Ranks(LastRun),
    /// Notes that changed quickly are to be pushed.
    NotesDue,
    /// Time has passed.
    Tick,
}

/// A caller was looked up.
#[derive(Debug)]
pub(crate) struct Found {
    pub(super) call_id: CallId,
    pub(super) generation: u32,
    pub(super) profile: Result<Profile, ProfileError>,
    /// What agents said about the call before the bridge began, if that was asked for.
    pub(super) said: Option<CallAnnotations>,
}

/// A caller was looked up before any phone rings.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(super) call_id: CallId,
    pub(super) who: Who,
    pub(super) asked_at: Instant,
    pub(super) profile: Profile,
}

/// Callbacks that are due and the number of open missed calls.
#[derive(Debug)]
pub(crate) struct Due {
    pub(super) callbacks: Vec<Callback>,
    pub(super) missed_open: u64,
}

/// The last rank run in the store: its number and its as-of date.
pub(crate) type LastRun = Option<(i64, NaiveDate)>;

/// Takes results for the loop.
///
/// The channel has no limit of its own and needs none: each result answers work that the loop handed over, and the
/// queues of that work are limited.
#[derive(Debug, Clone)]
pub(crate) struct Results(mpsc::UnboundedSender<Input>);

impl Results {
    /// The channel.
    pub(crate) fn channel() -> (Self, mpsc::UnboundedReceiver<Input>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self(sender), receiver)
    }

    /// Reports a result. After the loop has ended, the result is dropped.
    pub(crate) fn send(&self, result: Input) {
        let _ = self.0.send(result);
    }
}
