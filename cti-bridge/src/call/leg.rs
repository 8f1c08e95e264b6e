//! One agent's part in a call, from the first ring of the phone to the end of the pop-up.

use shared::Moment;

use super::{CallChange, CallInfo, ChannelId};

/// An agent's part in a call.
#[derive(Debug)]
pub(super) struct Leg {
    pub(super) extension: String,
    /// The agent's live channels in this call: more than one if several phones share an extension.
    pub(super) channels: Vec<ChannelId>,
    pub(super) rang_at: Moment,
    pub(super) answered_at: Option<Moment>,
    pub(super) held_since: Option<Moment>,
    pub(super) ringing_announced: bool,
    pub(super) answer_announced: bool,
    pub(super) hold_announced: bool,
    pub(super) uncertain: bool,
    /// The agent placed the call, so the phone did not ring.
    pub(super) placed: bool,
}

impl Leg {
    pub(super) fn new(extension: &str, channel: &ChannelId, now: Moment, uncertain: bool) -> Self {
        Self {
            extension: extension.to_owned(),
            channels: vec![channel.clone()],
            rang_at: now,
            answered_at: None,
            held_since: None,
            ringing_announced: false,
            answer_announced: false,
            hold_announced: false,
            uncertain,
            placed: false,
        }
    }

    /// Duration of the current hold, in milliseconds.
    pub(super) fn held_ms(&self, now: Moment) -> i64 {
        self.held_since.map_or(0, |since| now.milliseconds_since(since))
    }

    pub(super) fn announce_answer(&mut self, call: &CallInfo, out: &mut Vec<CallChange>) {
        if let Some(at) = self.answered_at
            && !std::mem::replace(&mut self.answer_announced, true)
        {
            out.push(CallChange::Answered {
                call: call.clone(),
                extension: self.extension.clone(),
                at: at.wall,
            });
        }
    }

    /// Whether something has not been announced yet.
    pub(super) fn has_news(&self) -> bool {
        !self.ringing_announced
            || (self.answered_at.is_some() && !self.answer_announced)
            || (self.held_since.is_some() && !self.hold_announced)
    }

    pub(super) fn announcement(&self, call: &CallInfo) -> CallChange {
        let (call, extension) = (call.clone(), self.extension.clone());
        let (at, uncertain) = (self.rang_at.wall, self.uncertain);
        if self.placed {
            CallChange::Placed { call, extension, at, uncertain }
        } else {
            CallChange::Ringing { call, extension, at, uncertain }
        }
    }

    /// The agent has left, but no one has taken over: the pop-up stays until the call ends or continues elsewhere.
    pub(super) fn has_left(&self) -> bool {
        self.channels.is_empty()
    }
}
