//! Click-to-call: `Originate` rings the agent's phone, and the dialplan dials the number when it is answered.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::AmiConfig;
use super::action::Action;
use crate::call::ChannelId;
use crate::source::DialError;
use crate::source::connection::requests::{is_dialled, is_extension};

/// Numbers that are being dialled at a time.
const DIALS_MAX: usize = 1_000;

/// Orders that the telephone system has not answered.
#[derive(Debug, Default)]
pub(super) struct Dials {
    waiting: VecDeque<Waiting>,
    next: u64,
}

#[derive(Debug)]
struct Waiting {
    id: String,
    deadline: Instant,
    reply: oneshot::Sender<Result<(), DialError>>,
}

impl Dials {
    /// Writes the order; gives the name that the agent's channel will have.
    pub(super) fn begin(
        &mut self,
        config: &AmiConfig,
        extension: &str,
        number: &str,
        reply: oneshot::Sender<Result<(), DialError>>,
        outbox: &mut Vec<u8>,
    ) -> Option<ChannelId> {
        if let Err(error) = check(config, extension, number, self.waiting.len()) {
            // Whoever asked may have gone.
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
            .write_to(outbox);
        let deadline = Instant::now() + Duration::from_millis(config.login_timeout_ms);
        self.waiting.push_back(Waiting { id, deadline, reply });
        Some(ChannelId::from(channel.as_str()))
    }

    /// The telephone system took the order, or refused it.
    pub(super) fn answer(&mut self, id: &str, response: &str, message: Option<&str>) {
        let Some(at) = self.waiting.iter().position(|waiting| waiting.id == id) else { return };
        let Some(waiting) = self.waiting.remove(at) else { return };
        let answer = match response {
            "Success" => Ok(()),
            _ => Err(DialError::Refused(message.unwrap_or("no reason given").chars().take(100).collect())),
        };
        let _ = waiting.reply.send(answer);
    }

    /// Until when the oldest order is waited for.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.waiting.front().map(|waiting| waiting.deadline)
    }

    /// Gives up what was not answered in time.
    pub(super) fn on_time(&mut self, now: Instant) {
        while let Some(late) = self.waiting.pop_front_if(|waiting| waiting.deadline <= now) {
            let _ = late.reply.send(Err(DialError::Timeout));
        }
    }
}

fn check(config: &AmiConfig, extension: &str, number: &str, waiting: usize) -> Result<(), DialError> {
    if config.dial_context.is_empty() {
        return Err(DialError::NotSupported(
            "set dial_context to the dialplan's context for outgoing calls".to_owned(),
        ));
    }
    if !is_extension(extension) || !is_dialled(number) {
        return Err(DialError::Refused(
            "the extension or the number has characters that are not dialled".to_owned(),
        ));
    }
    if waiting >= DIALS_MAX {
        return Err(DialError::Refused("too many numbers are being dialled".to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Secret;

    fn config() -> AmiConfig {
        let mut config = AmiConfig::new("pbx:5038", "chakuden", Secret::new("s"));
        config.dial_context = "outgoing".to_owned();
        config.dial_prefix = "0".to_owned();
        config
    }

    #[tokio::test(start_paused = true)]
    async fn an_order_says_whom_to_ring_and_what_to_dial_and_is_answered_once() {
        let (mut dials, mut outbox) = (Dials::default(), Vec::new());
        let (reply, answer) = oneshot::channel();
        let channel = dials.begin(&config(), "201", "0312345678", reply, &mut outbox).unwrap();
        let text = String::from_utf8(outbox).unwrap();
        for line in ["Channel: PJSIP/201", "Context: outgoing", "Exten: 00312345678", "Async: true"] {
            assert!(text.contains(&format!("{line}\r\n")), "{text}");
        }
        assert!(text.contains(&format!("ChannelId: {channel}\r\n")), "{text}");
        dials.answer("dial-1", "Error", Some("Originate failed"));
        assert_eq!(answer.await.unwrap(), Err(DialError::Refused("Originate failed".to_owned())));
        dials.answer("dial-1", "Success", None);
        assert_eq!(dials.deadline(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn an_order_without_an_answer_ends_in_time() {
        let (mut dials, mut outbox) = (Dials::default(), Vec::new());
        let (reply, mut answer) = oneshot::channel();
        dials.begin(&config(), "201", "0312345678", reply, &mut outbox).unwrap();
        let deadline = dials.deadline().unwrap();
        dials.on_time(deadline - Duration::from_millis(1));
        assert!(answer.try_recv().is_err());
        dials.on_time(deadline);
        assert_eq!(answer.try_recv().unwrap(), Err(DialError::Timeout));
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_else_gets_into_an_order() {
        let mut unset = config();
        unset.dial_context.clear();
        for (config, extension, number) in [
            (config(), "201\r\nAction: Command", "0312345678"),
            (config(), "201", "0312345678&SIP/evil"),
            (config(), "201", "${SHELL(rm)}"),
            (config(), "201", ""),
            (unset, "201", "0312345678"),
        ] {
            let (mut dials, mut outbox) = (Dials::default(), Vec::new());
            let (reply, mut answer) = oneshot::channel();
            assert!(dials.begin(&config, extension, number, reply, &mut outbox).is_none());
            assert!(answer.try_recv().unwrap().is_err() && outbox.is_empty(), "{number}");
        }
    }
}
