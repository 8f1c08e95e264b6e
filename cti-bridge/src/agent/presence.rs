//! What an agent is: ready, away, on a call, at after-call work.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::protocol::{self, Presence};
use crate::call::CallId;

/// An agent's presence, and what will become of it.
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
}

impl PresenceState {
    /// A presence without a reason or an end.
    #[must_use]
    pub fn new(presence: Presence, since: DateTime<Utc>) -> Self {
        Self { presence, reason: None, since, until: None, call_id: None }
    }

    /// `"presence":…,"reason":…,"since":…,"until":…,"call_id":…`, without braces.
    pub(crate) fn append_to(&self, out: &mut String) {
        let _ = write!(out, "\"presence\":\"{}\",\"reason\":", self.presence.word());
        protocol::push_json_opt(out, self.reason.as_deref());
        let _ = write!(out, ",\"since\":\"{}\",\"until\":", protocol::stamp(self.since));
        protocol::push_json_opt(out, self.until.map(protocol::stamp).as_deref());
        out.push_str(",\"call_id\":");
        protocol::push_json_opt(out, self.call_id.map(|id| id.to_string()).as_deref());
    }
}
