//! Click-to-call: `Originate` rings the agent's phone, and the dialplan dials the number once it is answered.

use std::collections::HashMap;
use std::time::Duration;

use shared::message;
use shared::message::Message;
use tokio::time::Instant;

use super::action::Action;
use super::{AmiConfig, AmiMessage};
use crate::call::ChannelId;
use crate::source::connection::{DialReply, PendingDials, is_dialled, is_extension};
use crate::source::{DialError, PhoneFault};

/// How the action id of a request begins.
const ID_PREFIX: &str = "dial-";
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
}

impl Default for Dials {
    fn default() -> Self {
        Self { pending: PendingDials::new(DIALS_MAX), phones: HashMap::new(), next: 0 }
    }
}

impl Dials {
    /// Writes the action; returns the identity that the agent's channel will have. A refused request is answered at
    /// once.
    pub(super) fn originate(
        &mut self,
        config: &AmiConfig,
        extension: &str,
        number: &str,
        reply: DialReply,
        bytes: &mut Vec<u8>,
    ) -> Option<ChannelId> {
        if let Err(error) = check(config, extension, number).and_then(|()| self.pending.check_room()) {
            // The requester may have disconnected.
            let _ = reply.send(Err(error));
            return None;
        }
        self.next += 1;
        let id = format!("{ID_PREFIX}{}", self.next);
        let channel = format!("chakuden-{:016x}", getrandom::u64().unwrap_or(self.next));
        // No `CallerID`: it would be the agent's own number towards the carrier too. What the agent's phone shows is the
        // connected line.
        Action::new("Originate", &id)
            .with("Channel", &config.dial_channel.replace("{extension}", extension))
            .with("Context", &config.dial_context)
            .with("Exten", &format!("{}{number}", config.dial_prefix))
            .with("Priority", "1")
            .with("Variable", &format!("CONNECTEDLINE(num,i)={number}"))
            .with("Timeout", &config.dial_ring_ms.to_string())
            .with("ChannelId", &channel)
            .with("Async", "true")
            .write_to(bytes);
        let deadline = Instant::now() + Duration::from_millis(config.login_timeout_ms);
        self.pending.insert(id.clone(), deadline, reply);
        let channel = ChannelId::from(channel.as_str());
        self.phones.insert(channel.clone(), Phone { request: id, seen: false, failed: None });
        Some(channel)
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
                if let Some(phone) = id("Uniqueid").and_then(|channel| self.phones.get_mut(&channel)) {
                    phone.seen = true;
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
        let pending = &self.pending;
        self.phones.retain(|_, phone| pending.has(&phone.request));
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

fn check(config: &AmiConfig, extension: &str, number: &str) -> Result<(), DialError> {
    if config.dial_context.is_empty() {
        return Err(DialError::NotSupported(message!(
            "[ami] の dial_context に発信用コンテキストを設定してください",
            "set dial_context in [ami] to the dialplan's context for outgoing calls",
        )));
    }
    if !is_extension(extension) || !is_dialled(number) {
        return Err(DialError::Refused(message!(
            "内線番号または電話番号に使えない文字があります",
            "the extension or the number contains characters that cannot be dialled",
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;
    use crate::source::Secret;

    fn config() -> AmiConfig {
        let mut config = AmiConfig::new("pbx:5038", "chakuden", Secret::new("s"));
        config.dial_context = "outgoing".to_owned();
        config.dial_prefix = "0".to_owned();
        config
    }

    fn event(text: &str) -> AmiMessage {
        AmiMessage::parse(text.replace('\n', "\r\n").as_bytes())
    }

    /// A request that Asterisk has accepted, with its answer and its channel.
    fn queued(dials: &mut Dials) -> (oneshot::Receiver<Result<(), DialError>>, ChannelId) {
        let (reply, answer) = oneshot::channel();
        let channel = dials.originate(&config(), "201", "0312345678", reply, &mut Vec::new()).unwrap();
        dials.answer("dial-1", "Success", Some("Originate successfully queued"), 8_000);
        (answer, channel)
    }

    #[tokio::test(start_paused = true)]
    async fn a_dial_request_names_phone_and_number_and_is_answered_once() {
        let (mut dials, mut bytes) = (Dials::default(), Vec::new());
        let (reply, answer) = oneshot::channel();
        let channel = dials.originate(&config(), "201", "0312345678", reply, &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        for line in [
            "Channel: PJSIP/201",
            "Context: outgoing",
            "Exten: 00312345678",
            "Async: true",
            "Variable: CONNECTEDLINE(num,i)=0312345678",
        ] {
            assert!(text.contains(&format!("{line}\r\n")), "{text}");
        }
        assert!(!text.contains("CallerID:"), "the carrier would get the customer's own number: {text}");
        assert!(text.contains(&format!("ChannelId: {channel}\r\n")), "{text}");
        dials.answer("dial-1", "Error", Some("Originate failed"), 8_000);
        let error = answer.await.unwrap().unwrap_err();
        assert_eq!(error.to_string(), "the PBX refused: Originate failed");
        dials.answer("dial-1", "Success", None, 8_000);
        assert_eq!(dials.deadline(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_without_an_answer_times_out() {
        let (mut dials, mut bytes) = (Dials::default(), Vec::new());
        let (reply, mut answer) = oneshot::channel();
        dials.originate(&config(), "201", "0312345678", reply, &mut bytes).unwrap();
        let deadline = dials.deadline().unwrap();
        dials.expire(deadline - Duration::from_millis(1));
        assert!(answer.try_recv().is_err());
        dials.expire(deadline);
        assert_eq!(answer.try_recv().unwrap(), Err(DialError::Timeout));
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_succeeds_when_the_phone_rings_and_fails_when_it_is_silent() {
        for ring in [
            "Event: Newstate\nUniqueid: CHANNEL\nChannelState: 5",
            "Event: Newstate\nUniqueid: CHANNEL\nChannelState: 6",
            "Event: DialState\nDestUniqueid: CHANNEL\nDialStatus: PROGRESS",
            "Event: OriginateResponse\nActionID: dial-1\nResponse: Success\nReason: 4",
        ] {
            let mut dials = Dials::default();
            let (mut answer, channel) = queued(&mut dials);
            dials.event(&event("Event: Newstate\nUniqueid: other\nChannelState: 5"));
            assert!(answer.try_recv().is_err());
            dials.event(&event(&ring.replace("CHANNEL", channel.as_str())));
            assert_eq!(answer.try_recv().unwrap(), Ok(()), "{ring}");
            assert_eq!(dials.deadline(), None);
        }
        let mut dials = Dials::default();
        let (mut answer, _) = queued(&mut dials);
        let deadline = dials.deadline().unwrap();
        assert_eq!(deadline - Instant::now(), Duration::from_millis(8_000));
        dials.expire(deadline);
        assert_eq!(answer.try_recv().unwrap(), Err(DialError::PhoneSilent));
        assert!(dials.phones.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_phone_that_cannot_be_rung_fails_the_request_with_the_reason() {
        let failure =
            "Event: OriginateResponse\nActionID: dial-1\nResponse: Failure\nReason: 0\nUniqueid: CHANNEL";
        let new = "Event: Newchannel\nUniqueid: CHANNEL\nChannelState: 0";
        for (events, fault) in [
            (vec![failure], PhoneFault::Unreachable),
            (vec![new, failure, "Event: DialEnd\nDestUniqueid: CHANNEL\nDialStatus: BUSY"], PhoneFault::Busy),
            (vec![new, failure, "Event: Hangup\nUniqueid: CHANNEL\nCause: 17"], PhoneFault::Busy),
            (vec![new, failure, "Event: Hangup\nUniqueid: CHANNEL\nCause: 21"], PhoneFault::Busy),
            (vec![new, "Event: Hangup\nUniqueid: CHANNEL\nCause: 20", failure], PhoneFault::Unreachable),
            (vec![new, "Event: DialEnd\nDestUniqueid: CHANNEL\nDialStatus: NOANSWER"], PhoneFault::NoAnswer),
        ] {
            let mut dials = Dials::default();
            let (mut answer, channel) = queued(&mut dials);
            for text in &events {
                dials.event(&event(&text.replace("CHANNEL", channel.as_str())));
            }
            assert_eq!(answer.try_recv().unwrap(), Err(DialError::Phone(fault)), "{events:?}");
            assert_eq!(dials.deadline(), None);
        }
        // Asterisk does not say what the phone did.
        let mut dials = Dials::default();
        let (mut answer, channel) = queued(&mut dials);
        for text in [new, failure] {
            dials.event(&event(&text.replace("CHANNEL", channel.as_str())));
        }
        assert!(answer.try_recv().is_err());
        dials.expire(dials.deadline().unwrap());
        assert_eq!(answer.try_recv().unwrap(), Err(DialError::Phone(PhoneFault::Unreachable)));
    }

    #[tokio::test(start_paused = true)]
    async fn injection_is_refused() {
        let mut unset = config();
        unset.dial_context.clear();
        for (config, extension, number) in [
            (config(), "201\r\nAction: Command", "0312345678"),
            (config(), "201", "0312345678&SIP/evil"),
            (config(), "201", "${SHELL(rm)}"),
            (config(), "201", ""),
            (unset, "201", "0312345678"),
        ] {
            let (mut dials, mut bytes) = (Dials::default(), Vec::new());
            let (reply, mut answer) = oneshot::channel();
            assert!(dials.originate(&config, extension, number, reply, &mut bytes).is_none());
            assert!(answer.try_recv().unwrap().is_err() && bytes.is_empty(), "{number}");
        }
    }
}
