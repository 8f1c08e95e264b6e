//! Legs that end, transfer their call or change their identity.

use super::headers::{dial_result, gone_cause, id};
use super::{EslMessage, EslTranslator};
use crate::call::{CallSignal, ChannelId, ChannelState, GoneCause};

impl EslTranslator {
    /// A leg hangs up. An outbound leg is gone with its `CHANNEL_HANGUP`; an incoming leg is gone with a later event, because
    /// only that one says who hung up.
    pub(super) fn ending(
        &mut self,
        event: &str,
        channel: ChannelId,
        message: &EslMessage,
        out: &mut Vec<CallSignal>,
    ) {
        let cause = message.get("Hangup-Cause").unwrap_or_default();
        let Some(leg) = self.legs.get(&channel).cloned() else {
            // The end may arrive before the beginning, or the leg was forgotten here but not by the call tracker.
            if event != "CHANNEL_HANGUP" {
                out.push(CallSignal::Gone { cause: gone_cause(cause), channel: channel.clone() });
            }
            self.depart(channel);
            return;
        };
        self.transferred(&channel, message, out);
        if !leg.is_outbound {
            let hung_up = message.get("variable_sip_hangup_disposition").unwrap_or_default();
            if hung_up.starts_with("recv_") || cause == "ORIGINATOR_CANCEL" {
                out.push(CallSignal::HungUp { channel: channel.clone(), cause: gone_cause(cause) });
            }
            if event == "CHANNEL_HANGUP" {
                return;
            }
        } else if leg.state != ChannelState::Up
            && let Some(result) = dial_result(cause)
        {
            out.push(CallSignal::DialEnd { destination: channel.clone(), result });
        }
        self.legs.remove(&channel);
        out.push(CallSignal::Gone { cause: gone_cause(cause), channel: channel.clone() });
        self.depart(channel);
    }

    /// Remembers a leg that ended while the list of live channels is awaited.
    fn depart(&mut self, channel: ChannelId) {
        if let Some(departed) = self.departed.as_mut().filter(|d| d.len() < self.channels_max) {
            departed.insert(channel);
        }
    }

    /// A leg that hangs up because it transferred its call.
    fn transferred(&self, channel: &ChannelId, message: &EslMessage, out: &mut Vec<CallSignal>) {
        let to = message.get("variable_transfer_to").unwrap_or_default();
        let disposition = message.get("variable_endpoint_disposition").unwrap_or_default();
        // Attended: the call goes to the leg of the consultation, which exists already.
        let consulted = to.strip_prefix("att:").filter(|leg| !leg.is_empty()).map(ChannelId::from);
        if let Some(linked) = consulted.as_ref().filter(|leg| self.legs.get(*leg).is_some()) {
            out.push(CallSignal::Linked { channel: channel.clone(), linked: linked.clone() });
        }
        let is_blind = to.starts_with("blind:") || disposition == "BLIND_TRANSFER";
        if is_blind || consulted.is_some() {
            out.push(CallSignal::Transferred { by: vec![channel.clone()] });
        }
    }

    /// A leg continues under another identity.
    pub(super) fn renamed(&mut self, message: &EslMessage, out: &mut Vec<CallSignal>) {
        let (Some(old), Some(new)) = (id(message, "Old-Unique-ID"), id(message, "Unique-ID")) else { return };
        let Some(leg) = self.legs.remove(&old) else { return };
        out.push(CallSignal::ChannelSeen {
            channel: new.clone(),
            linked: Some(old.clone()),
            party: leg.party.clone(),
            role: leg.role,
            state: leg.state,
            dialled: None,
            caller: None,
            uncertain: false,
        });
        out.push(CallSignal::Gone { channel: old, cause: GoneCause::Normal });
        self.legs.insert(&new, leg);
    }
}
