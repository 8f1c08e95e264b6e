//! Click-to-call: `Originate` rings the agent's phone, and the dialplan dials the number once it is answered.

use std::time::Duration;

use shared::message;
use shared::message::Message;
use tokio::time::Instant;

use super::AmiConfig;
use super::action::Action;
use crate::call::ChannelId;
use crate::source::DialError;
use crate::source::connection::{DialReply, PendingDials, is_dialled, is_extension};

/// Dial requests that may be pending at once.
const DIALS_MAX: usize = 1_000;
/// Longest reason that is passed on, in characters.
const REASON_CHARS_MAX: usize = 100;

/// Pending dial requests by action id.
#[derive(Debug)]
pub(super) struct Dials {
    pending: PendingDials,
    next: u64,
}

impl Default for Dials {
    fn default() -> Self {
        Self { pending: PendingDials::new(DIALS_MAX), next: 0 }
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
        let id = format!("dial-{}", self.next);
        let channel = format!("chakuden-{:016x}", getrandom::u64().unwrap_or(self.next));
        Action::new("Originate", &id)
            .with("Channel", &config.dial_channel.replace("{extension}", extension))
            .with("Context", &config.dial_context)
            .with("Exten", &format!("{}{number}", config.dial_prefix))
            .with("Priority", "1")
            .with("CallerID", number)
            .with("Timeout", &config.dial_ring_ms.to_string())
            .with("ChannelId", &channel)
            .with("Async", "true")
            .write_to(bytes);
        let deadline = Instant::now() + Duration::from_millis(config.login_timeout_ms);
        self.pending.insert(id, deadline, reply);
        Some(ChannelId::from(channel.as_str()))
    }

    /// Asterisk accepted or refused a request.
    pub(super) fn answer(&mut self, id: &str, response: &str, reason: Option<&str>) {
        let result = match response {
            "Success" => Ok(()),
            _ => Err(DialError::Refused(refusal(reason))),
        };
        self.pending.settle(id, result);
    }

    /// When the next request times out.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.pending.deadline()
    }

    /// Fails the requests that were not answered in time.
    pub(super) fn expire(&mut self, now: Instant) {
        self.pending.expire(now);
    }
}

fn refusal(reason: Option<&str>) -> Message {
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

    #[tokio::test(start_paused = true)]
    async fn a_dial_request_names_phone_and_number_and_is_answered_once() {
        let (mut dials, mut bytes) = (Dials::default(), Vec::new());
        let (reply, answer) = oneshot::channel();
        let channel = dials.originate(&config(), "201", "0312345678", reply, &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        for line in ["Channel: PJSIP/201", "Context: outgoing", "Exten: 00312345678", "Async: true"] {
            assert!(text.contains(&format!("{line}\r\n")), "{text}");
        }
        assert!(text.contains(&format!("ChannelId: {channel}\r\n")), "{text}");
        dials.answer("dial-1", "Error", Some("Originate failed"));
        let error = answer.await.unwrap().unwrap_err();
        assert_eq!(error.to_string(), "the PBX refused: Originate failed");
        dials.answer("dial-1", "Success", None);
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
