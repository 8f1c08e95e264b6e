//! An agent's presence: ready, away, on a call, doing after-call work.

use std::time::Duration;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::call::CallId;
use crate::protocol::{Presence, Stamp};

/// An agent's presence, with its reason and its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresenceState {
    /// What it is.
    pub presence: Presence,
    /// Why the agent is away: a code of the master, or free text.
    pub reason: Option<String>,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When after-call work ends by itself.
    pub until: Option<DateTime<Utc>>,
    /// The call that it is about.
    pub call_id: Option<CallId>,
    /// `since` on the steady clock: setting the wall clock makes after-call work neither longer nor shorter.
    pub steady_since: Duration,
    /// `until` on the steady clock.
    pub steady_until: Option<Duration>,
}

impl PresenceState {
    /// A presence without a reason or an end.
    #[must_use]
    pub fn new(presence: Presence, since: DateTime<Utc>) -> Self {
        Self {
            presence,
            reason: None,
            since,
            until: None,
            call_id: None,
            steady_since: Duration::ZERO,
            steady_until: None,
        }
    }
}

/// A presence as pushes and lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PresenceView {
    presence: Presence,
    reason: Option<String>,
    since: Stamp,
    until: Option<Stamp>,
    #[schemars(with = "Option<String>")]
    call_id: Option<CallId>,
}

impl From<&PresenceState> for PresenceView {
    fn from(state: &PresenceState) -> Self {
        let PresenceState { presence, reason, since, until, call_id, .. } = state.clone();
        Self { presence, reason, since: Stamp(since), until: until.map(Stamp), call_id }
    }
}

/// The answer to an agent who sets the presence.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PresenceAnswer {
    /// The presence now: `on_call` during a call.
    pub(crate) presence: Presence,
}
