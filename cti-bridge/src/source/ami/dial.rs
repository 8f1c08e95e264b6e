//! Click-to-call: `Originate` rings the agent's phone, and the dialplan dials the number once it is answered.

use std::collections::HashMap;
use std::time::Duration;

use shared::message;
use shared::message::Message;
use tokio::time::Instant;
use tracing::warn;

use super::action::Action;
use super::{AmiConfig, AmiMessage};
use crate::call::ChannelId;
use crate::source::connection::{DialReply, PendingDials, is_extension};
use crate::source::{Destination, DialError, PhoneFault};

/// How the action id of a request begins.
const ID_PREFIX: &str = "dial-";
/// The action id of the end of a phone that was given up.
pub(super) const END_ID: &str = "end-1";
/// Dial requests that may be pending at once.
const DIALS_MAX: usize = 1_000;
/// Longest reason that is passed on, in characters.
const REASON_CHARS_MAX: usize = 100;
/// How long after a failure Asterisk says what the phone did: the failure itself names no reason.
const CAUSE_WAIT: Duration = Duration::from_millis(300);

/// Pending dial requests by action id.
#[derive(Debug)]
pub(super) struct Dials {
    pending: PendingDials,
    /// The phones that are being rung, by the identity of their channel.
    phones: HashMap<ChannelId, Phone>,
    /// Channels of phones that must not ring any more.
    to_end: Vec<ChannelId>,
    next: u64,
}

/// A phone that is being rung for a request.
#[derive(Debug)]
struct Phone {
    request: String,
    /// Asterisk created its channel.
    seen: bool,
    /// Why it could not be rung, as far as that is known, and until when a reason is waited for.
    failed: Option<(Instant, PhoneFault)>,
    /// The agent was told that it did not respond: it must not ring any more.
    given_up: bool,
}

impl Default for Dials {
    fn default() -> Self {
        Self { pending: PendingDials::new(DIALS_MAX), phones: HashMap::new(), to_end: Vec::new(), next: 0 }
    }
}

impl Dials {
    /// Writes the action; returns the identity that the agent's channel will have. A refused request is answered at
    /// once.
    pub(super) fn originate(
        &mut self,
        config: &AmiConfig,
        extension: &str,
        to: &Destination,
        reply: DialReply,
        bytes: &mut Vec<u8>,
    ) -> Option<ChannelId> {
        if let Err(error) = check(config, extension, to).and_then(|()| self.check_room()) {
            // The requester may have disconnected.
            let _ = reply.send(Err(error));
            return None;
        }
        self.next += 1;
        let id = format!("{ID_PREFIX}{}", self.next);
        let (context, exten) = route(config, to);
        let channel = format!("chakuden-{:016x}", getrandom::u64().unwrap_or(self.next));
        // No `CallerID`: it would be the agent's own number towards the carrier too. What the agent's phone shows is the
        // connected line.
        Action::new("Originate", &id)
            .with("Channel", &config.dial_channel.replace("{extension}", extension))
            .with("Context", context)
            .with("Exten", &exten)
            .with("Priority", "1")
            .with("Variable", &format!("CONNECTEDLINE(num,i)={}", to.digits()))
            .with("Timeout", &config.dial_ring_ms.to_string())
            .with("ChannelId", &channel)
            .with("Async", "true")
            .write_to(bytes);
        let deadline = Instant::now() + Duration::from_millis(config.login_timeout_ms);
        self.pending.insert(id.clone(), deadline, reply);
        let channel = ChannelId::from(channel.as_str());
        self.phones
            .insert(channel.clone(), Phone { request: id, seen: false, failed: None, given_up: false });
        Some(channel)
    }

    /// Phones that were given up count too, until Asterisk has ended them.
    fn check_room(&self) -> Result<(), DialError> {
        self.pending.check_room_beside(self.phones.values().filter(|phone| phone.given_up).count())
    }

    /// Asterisk accepted or refused a request. Once it has accepted, the phone must ring.
    pub(super) fn answer(&mut self, id: &str, response: &str, reason: Option<&str>, dial_timeout_ms: u64) {
        if response == "Success" {
            let deadline = Instant::now() + Duration::from_millis(dial_timeout_ms);
            self.pending.accepted(id, Some(deadline));
        } else {
            self.pending.settle(id, Err(DialError::Refused(refusal(reason))));
            self.phones.retain(|_, phone| phone.request != id);
        }
    }

    /// An event: the phone rings, was answered, or could not be rung.
    pub(super) fn event(&mut self, message: &AmiMessage) {
        if self.phones.is_empty() {
            return;
        }
        let id = |key| message.known(key).map(ChannelId::from);
        match message.event().unwrap_or_default() {
            "Newchannel" => {
                let Some(channel) = id("Uniqueid") else { return };
                if let Some(phone) = self.phones.get_mut(&channel) {
                    phone.seen = true;
                    if phone.given_up {
                        self.to_end.push(channel);
                    }
                }
            }
            "Newstate" if matches!(message.get("ChannelState"), Some("5" | "6")) => {
                self.rings(id("Uniqueid"));
            }
            "DialState" if matches!(message.get("DialStatus"), Some("RINGING" | "PROGRESS")) => {
                self.rings(id("DestUniqueid"));
            }
            "OriginateResponse" => self.responded(message),
            "DialEnd" => {
                let fault = fault_of_status(message.get("DialStatus").unwrap_or_default());
                self.gone(id("DestUniqueid"), fault);
            }
            "Hangup" => {
                let fault = fault_of_cause(message.get("Cause").unwrap_or_default());
                self.gone(id("Uniqueid"), Some(fault));
            }
            _ => {}
        }
    }

    /// The phone rings or was answered: the request is done.
    fn rings(&mut self, channel: Option<ChannelId>) {
        if let Some(phone) = channel.and_then(|channel| self.phones.remove(&channel)) {
            self.pending.settle(&phone.request, Ok(()));
        }
    }

    /// The attempt has ended. If it failed, what the phone did follows when there was a channel.
    fn responded(&mut self, message: &AmiMessage) {
        let named = message.known("Uniqueid").map(ChannelId::from);
        let request = message.action_id().unwrap_or_default();
        let of_request =
            || self.phones.iter().find(|(_, phone)| phone.request == request).map(|(id, _)| id.clone());
        let Some(channel) = named.filter(|channel| self.phones.contains_key(channel)).or_else(of_request)
        else {
            return;
        };
        if message.get("Response") == Some("Success") {
            return self.rings(Some(channel));
        }
        let fault = fault_of_reason(message.get("Reason").unwrap_or_default());
        let Some(phone) = self.phones.get_mut(&channel) else { return };
        if phone.seen && phone.failed.is_none() {
            phone.failed = Some((Instant::now() + CAUSE_WAIT, fault));
        } else {
            self.fail(&channel, fault);
        }
    }

    fn gone(&mut self, channel: Option<ChannelId>, fault: Option<PhoneFault>) {
        if let (Some(channel), Some(fault)) = (channel, fault) {
            self.fail(&channel, fault);
        }
    }

    fn fail(&mut self, channel: &ChannelId, fault: PhoneFault) {
        if let Some(phone) = self.phones.remove(channel) {
            self.pending.settle(&phone.request, Err(DialError::Phone(fault)));
        }
    }

    /// When the next request times out.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let failed = self.phones.values().filter_map(|phone| phone.failed.map(|(until, _)| until));
        failed.chain(self.pending.deadline()).min()
    }

    /// Fails the requests that were not answered in time.
    pub(super) fn expire(&mut self, now: Instant) {
        let failed: Vec<(ChannelId, PhoneFault)> = self
            .phones
            .iter()
            .filter_map(|(id, phone)| {
                phone.failed.filter(|(until, _)| *until <= now).map(|(_, why)| (id.clone(), why))
            })
            .collect();
        for (channel, fault) in failed {
            self.fail(&channel, fault);
        }
        self.pending.expire(now);
        // The phone may still begin to ring, when the agent was told otherwise.
        for (channel, phone) in &mut self.phones {
            if !self.pending.has(&phone.request)
                && !std::mem::replace(&mut phone.given_up, true)
                && phone.seen
            {
                self.to_end.push(channel.clone());
            }
        }
    }

    /// Writes the ends of the channels that must not ring any more; `name_of` gives a channel's name.
    pub(super) fn end_given_up(
        &mut self,
        name_of: impl Fn(&ChannelId) -> Option<String>,
        bytes: &mut Vec<u8>,
    ) {
        for channel in self.to_end.drain(..) {
            let Some(name) = name_of(&channel).filter(|name| !name.starts_with('/')) else { continue };
            Action::new("Hangup", END_ID).with("Channel", &name).write_to(bytes);
        }
    }

    /// Asterisk ended a phone that was given up, or refused to.
    pub(super) fn ended(response: &str, reason: Option<&str>) {
        if response != "Success" && !reason.is_some_and(is_gone) {
            let reason = reason.unwrap_or_default();
            warn!(
                reason,
                "a phone that did not respond to click-to-call may still ring; it needs `write = call`"
            );
        }
    }
}

/// `Reason` of `OriginateResponse`: a control frame of Asterisk's (`frame.h`); 0 says that there was none.
fn fault_of_reason(reason: &str) -> PhoneFault {
    match reason {
        "5" => PhoneFault::Busy,
        "3" => PhoneFault::NoAnswer,
        _ => PhoneFault::Unreachable,
    }
}

/// `DialStatus` of `DialEnd`.
fn fault_of_status(status: &str) -> Option<PhoneFault> {
    match status {
        "BUSY" => Some(PhoneFault::Busy),
        "NOANSWER" | "CANCEL" => Some(PhoneFault::NoAnswer),
        "CONGESTION" | "CHANUNAVAIL" => Some(PhoneFault::Unreachable),
        _ => None,
    }
}

/// `Cause` of `Hangup` (ITU-T Q.850).
fn fault_of_cause(cause: &str) -> PhoneFault {
    match cause {
        "17" | "21" => PhoneFault::Busy,
        "16" | "18" | "19" => PhoneFault::NoAnswer,
        _ => PhoneFault::Unreachable,
    }
}

/// What Asterisk says of a refusal.
pub(super) fn refusal(reason: Option<&str>) -> Message {
    match reason {
        Some(reason) => {
            let reason: String = reason.chars().take(REASON_CHARS_MAX).collect();
            message!("{reason}", "{reason}", reason = reason)
        }
        None => message!("理由は示されていません", "no reason given"),
    }
}

/// Whether Asterisk says that there is no such channel.
pub(super) fn is_gone(reason: &str) -> bool {
    let reason = reason.to_ascii_lowercase();
    reason.contains("no such channel") || reason.contains("channel does not exist")
}

/// The context and the extension that are dialled: the prefix for an outside line is for numbers outside.
fn route<'c>(config: &'c AmiConfig, to: &Destination) -> (&'c str, String) {
    match to {
        Destination::Extension(extension) if config.transfer_context.is_empty() => {
            (&config.dial_context, extension.clone())
        }
        Destination::Extension(extension) => (&config.transfer_context, extension.clone()),
        Destination::Number(number) => (&config.dial_context, format!("{}{number}", config.dial_prefix)),
    }
}

fn check(config: &AmiConfig, extension: &str, to: &Destination) -> Result<(), DialError> {
    if config.dial_context.is_empty() {
        return Err(DialError::NotSupported(message!(
            "[ami] の dial_context に発信用コンテキストを設定してください",
            "set dial_context in [ami] to the dialplan's context for outgoing calls",
        )));
    }
    if !is_extension(extension) || !to.is_safe() {
        return Err(DialError::Refused(message!(
            "内線番号または電話番号に使えない文字があります",
            "the extension or the number contains characters that cannot be dialled",
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
