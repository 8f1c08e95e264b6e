//! Who calls, as far as that may be said.
//!
//! **Withheld numbers.** Asterisk prints the number of a caller who withholds it in every event, and no event says
//! so. Only the answer to `Getvar CALLERID(num-pres)` does. So a number goes from a message into this file's own
//! memory, a question goes out, and a signal carries the number only after the answer allowed it. Without an
//! answer the caller is unknown.

use shared::caller::CallerNumber;

use super::translate::{AmiTranslator, Keys, SELF};
use super::{AmiMessage, Presentation, PresentationAsk, PresentationPolicy};
use crate::call::{CallSignal, Caller, ChannelId};
use crate::source::caller;

/// What is remembered of a channel.
pub(super) struct Known {
    /// The channel's name, which says whose it is.
    pub(super) name: Option<Box<str>>,
    pub(super) linked: Option<ChannelId>,
    /// A line from outside, whose number matters.
    calls_in: bool,
    /// The number shown last.
    shown: Option<String>,
    asked: Option<Asked>,
}

/// A number that must not leave this file before the answer.
struct Asked {
    number: String,
    name: Option<String>,
    serial: u64,
}

/// Hides the number.
impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Known").field("linked", &self.linked).finish_non_exhaustive()
    }
}

impl Known {
    pub(super) fn new(name: Option<&str>, linked: Option<ChannelId>, calls_in: bool) -> Self {
        Self { name: name.map(Into::into), linked, calls_in, shown: None, asked: None }
    }
}

impl AmiTranslator {
    /// Who calls, as far as that may be said now.
    pub(super) fn identify(
        &mut self,
        channel: &ChannelId,
        keys: &Keys,
        message: &AmiMessage,
        asks: &mut Vec<PresentationAsk>,
    ) -> Caller {
        let name = message.known(keys.name);
        let Some(number) = message.known(keys.number).filter(|n| !caller::is_placeholder(n)) else {
            return Caller::Known(caller::without_number(message.get(keys.number), name));
        };
        if self.policy == PresentationPolicy::AssumeAllowed {
            return Caller::Known(caller::shown(number, name));
        }
        self.next_serial += 1;
        let serial = self.next_serial;
        if let Some(known) = self.channels.get_mut(channel) {
            known.asked = Some(Asked { number: number.to_owned(), name: name.map(str::to_owned), serial });
        }
        let channel_name = message.get(keys.channel).unwrap_or_default().to_owned();
        asks.push(PresentationAsk { channel: channel.clone(), channel_name, serial });
        Caller::Pending
    }

    /// The dialplan gave a caller another number: what was answered about the old one does not hold for it.
    pub(super) fn number_changed(
        &mut self,
        channel: &ChannelId,
        message: &AmiMessage,
        asks: &mut Vec<PresentationAsk>,
    ) {
        let Some(known) = self.channels.get(channel).filter(|known| known.calls_in) else { return };
        let number = message.known(SELF.number);
        let is_same = match &known.asked {
            Some(asked) => number == Some(asked.number.as_str()),
            None => number == known.shown.as_deref(),
        };
        if !is_same && number.is_some_and(|n| !caller::is_placeholder(n)) {
            self.identify(channel, &SELF, message, asks);
        }
    }

    /// Takes the answer to a question and tells who calls. The missing answer is one too, and the real one may still
    /// follow. An answer to an earlier question about the channel tells nothing.
    pub fn presentation(&mut self, ask: &PresentationAsk, answer: Presentation, out: &mut Vec<CallSignal>) {
        let Some(known) = self.channels.get_mut(&ask.channel) else { return };
        if known.asked.as_ref().is_none_or(|asked| asked.serial != ask.serial) {
            return;
        }
        if answer == Presentation::Unanswered {
            let caller = CallerNumber::Unknown;
            out.push(CallSignal::CallerKnown { channel: ask.channel.clone(), caller });
            return;
        }
        let Some(asked) = known.asked.take() else { return };
        let name = asked.name.as_deref();
        let caller = match answer {
            Presentation::Allowed => caller::shown(&asked.number, name),
            Presentation::Prohibited => caller::withheld(name),
            Presentation::Unavailable => caller::unavailable(name),
            Presentation::Unanswered => CallerNumber::Unknown,
        };
        known.shown = (answer == Presentation::Allowed).then_some(asked.number);
        out.push(CallSignal::CallerKnown { channel: ask.channel.clone(), caller });
    }
}
