//! Orders to dial that are under way.

use std::collections::HashMap;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::{EslMessage, FreeSwitchConfig, dial};
use crate::source::DialError;

/// Who waits for the outcome of an order.
type Reply = oneshot::Sender<Result<(), DialError>>;

/// Orders under way, by the identity of the leg and of the job, which is the same.
#[derive(Debug, Default)]
pub(super) struct Dialling {
    orders: HashMap<String, (Instant, Reply)>,
}

impl Dialling {
    /// Takes an order. Gives the command, and the identity that its answer is about; nothing if it is refused.
    pub(super) fn order(
        &mut self,
        (extension, number): (&str, &str),
        reply: Reply,
        config: &FreeSwitchConfig,
        now: Instant,
    ) -> Option<(String, String)> {
        let command = || {
            if self.orders.len() >= config.dials_max {
                return Err(DialError::Refused("too many calls are being dialled".to_owned()));
            }
            let leg = dial::new_leg()?;
            let command = dial::command(config, &leg, extension, number)?;
            Ok((leg, command))
        };
        match command() {
            Ok((leg, command)) => {
                let deadline = now + Duration::from_millis(config.dial_timeout_ms);
                self.orders.insert(leg.clone(), (deadline, reply));
                Some((leg, command))
            }
            Err(error) => {
                // Whoever asked may have gone.
                let _ = reply.send(Err(error));
                None
            }
        }
    }

    /// What FreeSWITCH said to the command itself, such as that `bgapi` is not allowed.
    pub(super) fn replied(&mut self, leg: &str, reply: &str) {
        if !reply.starts_with("+OK") {
            self.settle(leg, Err(DialError::Refused(dial::cause(reply))));
        }
    }

    /// An event: the phone of an order rings, or its job is done.
    pub(super) fn heed(&mut self, message: &EslMessage) {
        if self.orders.is_empty() {
            return;
        }
        match message.event() {
            Some("BACKGROUND_JOB") => {
                let result = message.body();
                let outcome = match result.starts_with("+OK") {
                    true => Ok(()),
                    false => Err(DialError::Refused(dial::cause(result))),
                };
                self.settle(message.get("Job-UUID").unwrap_or_default(), outcome);
            }
            Some("CHANNEL_PROGRESS" | "CHANNEL_PROGRESS_MEDIA" | "CHANNEL_ANSWER") => {
                self.settle(message.get("Unique-ID").unwrap_or_default(), Ok(()));
            }
            _ => {}
        }
    }

    fn settle(&mut self, leg: &str, outcome: Result<(), DialError>) {
        if let Some((_, reply)) = self.orders.remove(leg) {
            let _ = reply.send(outcome);
        }
    }

    /// When the first order is due to be given up.
    pub(super) fn wake_at(&self) -> Option<Instant> {
        self.orders.values().map(|(deadline, _)| *deadline).min()
    }

    /// Gives up what is overdue.
    pub(super) fn on_time(&mut self, now: Instant) {
        let overdue = self.orders.extract_if(|_, (deadline, _)| *deadline <= now);
        for (_, (_, reply)) in overdue {
            let _ = reply.send(Err(DialError::Timeout));
        }
    }
}

/// The connection is gone: nobody knows what becomes of the orders.
impl Drop for Dialling {
    fn drop(&mut self) {
        for (_, (_, reply)) in self.orders.drain() {
            let _ = reply.send(Err(DialError::Down));
        }
    }
}
