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
    /// The handset was lifted; the agent is not joined with anybody yet.
    pub(super) lifted: bool,
    pub(super) answered_at: Option<Moment>,
    pub(super) held_since: Option<Moment>,
    pub(super) ringing_announced: bool,
    pub(super) answer_announced: bool,
    pub(super) hold_announced: bool,
    pub(super) uncertain: bool,
    /// The agent placed the call, so the phone did not ring.
    pub(super) placed: bool,
    /// The agent no longer talks, and the channel, if there is one, waits for something else.
    pub(super) left: bool,
}

impl Leg {
    pub(super) fn new(extension: &str, channel: &ChannelId, now: Moment, uncertain: bool) -> Self {
        Self {
            extension: extension.to_owned(),
            channels: vec![channel.clone()],
            rang_at: now,
            lifted: false,
            left: false,
            answered_at: None,
            held_since: None,
            ringing_announced: false,
            answer_announced: false,
            hold_announced: false,
            uncertain,
            placed: false,
        }
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
        self.left || self.channels.is_empty()
    }

    /// The agent has the call, or is about to.
    pub(super) fn has_taken(&self) -> bool {
        (self.lifted || self.answered_at.is_some()) && !self.has_left()
    }
}
