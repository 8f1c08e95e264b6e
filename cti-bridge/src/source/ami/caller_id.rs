//! Caller identification.
//!
//! **Withheld numbers.** Asterisk prints the number of a caller who withholds it in every event, and no event says that
//! it is withheld. Only the answer to `Getvar CALLERID(num-pres)` does. So a number goes from a message into memory, a
//! question goes out, and a signal carries the number only after the answer has permitted it. Without an answer the
//! caller is unknown.

use shared::caller::CallerNumber;

use super::headers::{Keys, SELF};
use super::known_channel::AskedNumber;
use super::{AmiMessage, AmiTranslator, Presentation, PresentationPolicy, PresentationQuestion};
use crate::call::{CallSignal, Caller, ChannelId};
use crate::source::caller;

impl AmiTranslator {
    /// The caller on a new incoming channel. `Pending` while a question about the number is open.
    pub(super) fn identify(
        &mut self,
        channel: &ChannelId,
        keys: &Keys,
        message: &AmiMessage,
        questions: &mut Vec<PresentationQuestion>,
    ) -> Caller {
        let name = message.known(keys.name);
        let Some(number) = message.known(keys.number).filter(|n| !caller::is_placeholder(n)) else {
            return Caller::Known(caller::without_number(message.get(keys.number), name));
        };
        if self.policy == PresentationPolicy::AssumeAllowed {
            return Caller::Known(self.numbers.caller(number, name));
        }
        self.next_serial += 1;
        let serial = self.next_serial;
        if let Some(known) = self.channels.get_mut(channel) {
            known.asked =
                Some(AskedNumber { number: number.to_owned(), name: name.map(str::to_owned), serial });
        }
        let channel_name = message.get(keys.channel).unwrap_or_default().to_owned();
        questions.push(PresentationQuestion { channel: channel.clone(), channel_name, serial });
        Caller::Pending
    }

    /// The dialplan changed a caller's number: the answer about the old number does not apply to the new one.
    pub(super) fn number_changed(
        &mut self,
        channel: &ChannelId,
        message: &AmiMessage,
        questions: &mut Vec<PresentationQuestion>,
    ) {
        let Some(known) = self.channels.get(channel).filter(|known| known.calls_in) else { return };
        let number = message.known(SELF.number);
        let is_same = match &known.asked {
            Some(asked) => number == Some(asked.number.as_str()),
            None => number == known.shown.as_deref(),
        };
        if !is_same && number.is_some_and(|n| !caller::is_placeholder(n)) {
            self.identify(channel, &SELF, message, questions);
        }
    }

    /// Applies the answer to a question. `Unanswered` makes the caller unknown, and the real answer may still follow. An
    /// answer to an earlier question about the channel is ignored.
    pub fn presentation(
        &mut self,
        question: &PresentationQuestion,
        answer: Presentation,
        out: &mut Vec<CallSignal>,
    ) {
        let Some(known) = self.channels.get_mut(&question.channel) else { return };
        if known.asked.as_ref().is_none_or(|asked| asked.serial != question.serial) {
            return;
        }
        if answer == Presentation::Unanswered {
            let caller = CallerNumber::Unknown;
            out.push(CallSignal::CallerKnown { channel: question.channel.clone(), caller });
            return;
        }
        self.known(&question.channel, answer, out);
    }

    /// A call may end before the question is answered (all phones are offline). With `channelvars =
    /// CALLERID(num-pres)` the channel's last event says whether the number may be shown; its first does not: there it is
    /// allowed for everybody.
    pub(super) fn known_at_the_end(
        &mut self,
        channel: &ChannelId,
        message: &AmiMessage,
        out: &mut Vec<CallSignal>,
    ) {
        let is_variable = |key: &str| key.eq_ignore_ascii_case("ChanVariable");
        let presentation = message
            .headers()
            .filter(|(key, _)| is_variable(key))
            .find_map(|(_, value)| value.strip_prefix("CALLERID(num-pres)="))
            .map_or(Presentation::Unanswered, Presentation::parse);
        if presentation != Presentation::Unanswered {
            self.known(channel, presentation, out);
        }
    }

    /// It is known now whether the number that was asked about may be shown.
    fn known(&mut self, channel: &ChannelId, answer: Presentation, out: &mut Vec<CallSignal>) {
        let Some(known) = self.channels.get_mut(channel) else { return };
        let Some(asked) = known.asked.take() else { return };
        let name = asked.name.as_deref();
        let caller = match answer {
            Presentation::Allowed => self.numbers.caller(&asked.number, name),
            Presentation::Prohibited => caller::withheld(name),
            Presentation::Unavailable => caller::unavailable(name),
            Presentation::Unanswered => CallerNumber::Unknown,
        };
        let named = caller::name_beside(&caller, name)
            .map(|name| CallSignal::CallerNamed { channel: channel.clone(), name });
        known.shown = (answer == Presentation::Allowed).then_some(asked.number);
        out.push(CallSignal::CallerKnown { channel: channel.clone(), caller });
        out.extend(named);
    }
}
