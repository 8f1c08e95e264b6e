//! Channels that are seen for the first time, and channels that change their name.

use super::headers::{Keys, role, state};
use super::known_channel::KnownChannel;
use super::{AmiMessage, AmiTranslator, PresentationQuestion};
use crate::call::{CallSignal, Caller, ChannelId, ChannelState, Party, Role};
use crate::source::caller;

impl AmiTranslator {
    /// Introduces the channel that these headers describe, if it is new; reports its link, if that changed.
    pub(super) fn introduce(
        &mut self,
        keys: &Keys,
        event: &str,
        message: &AmiMessage,
        out: &mut Vec<CallSignal>,
        questions: &mut Vec<PresentationQuestion>,
    ) {
        let Some(id) = message.known(keys.id) else { return };
        let linked = message.known(keys.linked);
        if let Some(known) = self.channels.get_mut(id)
            && event != "CoreShowChannel"
        {
            if let Some(linked) = linked
                && known.linked.as_ref().map(ChannelId::as_str) != Some(linked)
            {
                known.linked = Some(linked.into());
                out.push(CallSignal::Linked { channel: id.into(), linked: linked.into() });
            }
            return;
        }
        let ordered = self.expected.get(id).cloned();
        let state = state(message, keys.state);
        if ordered.is_some() && state != ChannelState::Up {
            // Click-to-call: until the agent's own phone is answered, there is no call.
            return;
        }
        let (channel, linked) = (ChannelId::from(id), linked.map(ChannelId::from));
        let party = self.parties.of(message.get(keys.channel).unwrap_or_default());
        let role = if ordered.is_some() { Role::Origin } else { role(keys, event, message) };
        let calls_in = role == Role::Origin && party == Party::Outside;
        let known = KnownChannel::new(message.get(keys.channel), linked.clone(), calls_in);
        self.channels.insert(&channel, known);
        let caller = calls_in.then(|| self.identify(&channel, keys, message, questions));
        let dialled = message.known(keys.exten).filter(|e| role == Role::Origin && !matches!(*e, "s" | "h"));
        let dialled = dialled.map(|exten| self.numbers.dialled(exten));
        if event == "CoreShowChannel" {
            // The call may have been picked up while the connection was down.
            out.push(CallSignal::PartyChanged { channel: channel.clone(), party: party.clone() });
        }
        let name = match &caller {
            Some(Caller::Known(caller)) => caller::name_beside(caller, message.known(keys.name)),
            _ => None,
        };
        let named = name.map(|name| CallSignal::CallerNamed { channel: channel.clone(), name });
        out.push(CallSignal::ChannelSeen {
            linked,
            party,
            role,
            state,
            uncertain: event != "Newchannel" && ordered.is_none(),
            dialled: ordered.or(dialled),
            caller,
            channel,
        });
        out.extend(named);
    }

    /// A channel has this name now, and perhaps another party: a picked-up call continues under the identity of the
    /// phone that rang. `…<MASQ>` is an intermediate step; the final name follows. Checked at every step of a call's
    /// progress too, so that a missed `Rename` does not matter.
    pub(super) fn named(&mut self, channel: &str, name: Option<&str>, out: &mut Vec<CallSignal>) {
        let Some(name) = name.filter(|name| !name.contains("<MASQ>")) else { return };
        if let Some(known) = self.channels.get_mut(channel)
            && known.name.as_deref() != Some(name)
        {
            known.name = Some(name.into());
            out.push(CallSignal::PartyChanged { channel: channel.into(), party: self.parties.of(name) });
        }
    }
}
