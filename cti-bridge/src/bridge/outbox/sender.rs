//! Posts what is in the outbox to one endpoint: at least once, one event after the other, again after a while when it
//! fails, and not for ever.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use shared::Clock;
use shared::exit::Failure;
use shared::store::{Attempt, DueEvents, OutEvent};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::bridge::record::Recorder;
use crate::bridge::write::{Requester, Write, Written};
use crate::events_out::{Endpoint, EndpointConfig, EventsOut, sign};
use crate::lookup::{Asker, Lookups};
use crate::outgoing::Http;
use crate::popup::ProfileError;
use crate::source::Connector;

/// Events of one round.
const ROUND_MAX: usize = 20;
/// How often the outbox is looked at when nothing is known to be due: `events retry` runs in another process.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// The wait when the store does not answer.
const STORE_WAIT: Duration = Duration::from_secs(1);
/// The longest pause of an endpoint that fails, however many events wait for it.
const PAUSE_MAX: Duration = Duration::from_secs(60);
/// How much longer the wait becomes with each failed attempt.
const FACTOR: u64 = 3;
/// The longest reason that is kept, in characters.
const ERROR_CHARS_MAX: usize = 200;

/// The sender of an endpoint.
pub(crate) struct Sender {
    endpoint: Arc<Endpoint>,
    events: Arc<EventsOut>,
    http: Http,
    lookups: Lookups,
    recorder: Recorder,
    clock: Arc<dyn Clock>,
    /// Attempts that failed since the last one that did not.
    failures: u32,
}

impl Sender {
    /// Starts the senders of all endpoints.
    ///
    /// # Errors
    /// The authorities of an endpoint cannot be read.
    pub(crate) fn spawn_all(
        events: &Arc<EventsOut>,
        lookups: &Lookups,
        recorder: &Recorder,
        clock: &Arc<dyn Clock>,
        tasks: &TaskTracker,
        stopping: &CancellationToken,
    ) -> Result<(), Failure> {
        for endpoint in events.endpoints() {
            let config = &endpoint.config;
            let connector = Connector::new(config.ca.as_deref())?;
            let sender = Self {
                endpoint: endpoint.clone(),
                events: events.clone(),
                http: Http::new(connector, Duration::from_millis(config.timeout_ms)),
                lookups: lookups.clone(),
                recorder: recorder.clone(),
                clock: clock.clone(),
                failures: 0,
            };
            tasks.spawn(sender.run(stopping.clone()));
        }
        Ok(())
    }

    /// Posts until the stop.
    async fn run(mut self, stopping: CancellationToken) {
        let endpoint = self.endpoint.clone();
        // An event whose exchange is cut off is sent again by the next start.
        stopping
            .run_until_cancelled(async {
                loop {
                    let wait = self.round().await;
                    // A new event does not shorten the pause of an endpoint that fails.
                    match self.failures {
                        0 => drop(tokio::time::timeout(wait, endpoint.wake.notified()).await),
                        _ => tokio::time::sleep(wait).await,
                    }
                }
            })
            .await;
    }

    /// Posts what is due, until one fails. Returns how long to wait.
    async fn round(&mut self) -> Duration {
        let (name, now) = (self.endpoint.config.name.clone(), self.clock.now());
        let read = self.lookups.read(&Asker::Bridge, move |reader| {
            reader.due_events(&name, now, ROUND_MAX).map_err(ProfileError::from)
        });
        let Ok(DueEvents { events, next_at, waiting }) = read.await else { return STORE_WAIT };
        self.events.waiting(waiting);
        let next_in = next_at.map(|at| (at - now).to_std().unwrap_or_default());
        if events.is_empty() {
            return next_in.unwrap_or(LOOK_EVERY).min(LOOK_EVERY);
        }
        let mut attempts = Vec::new();
        for event in events {
            let attempt = self.attempt(&event).await;
            let delivered = attempt == Attempt::Delivered;
            attempts.push((event.event_no, attempt));
            if !delivered {
                break;
            }
        }
        self.keep(attempts).await;
        match self.failures {
            0 => Duration::ZERO,
            failures => pause(&self.endpoint.config, failures, getrandom::u32().unwrap_or_default()),
        }
    }

    async fn attempt(&mut self, event: &OutEvent) -> Attempt {
        let (config, now) = (&self.endpoint.config, self.clock.now());
        let timestamp = now.timestamp();
        let signature = sign(&self.endpoint.key, &event.event_id, timestamp, &event.body);
        let headers = [
            ("webhook-id", event.event_id.clone()),
            ("webhook-timestamp", timestamp.to_string()),
            ("webhook-signature", signature),
        ];
        let posted = self.http.post_json(&config.url, &headers, &event.body).await;
        let (endpoint, event_id) = (&config.name, &event.event_id);
        match posted {
            Ok(()) => {
                self.failures = 0;
                self.events.count("delivered");
                tracing::debug!(endpoint, event_id, "an event was delivered");
                Attempt::Delivered
            }
            Err(error) => {
                self.failures = self.failures.saturating_add(1);
                let error: String = error.chars().take(ERROR_CHARS_MAX).collect();
                let next_at =
                    next_attempt(config, event.attempts + 1, now, getrandom::u32().unwrap_or_default());
                self.events.count(if next_at.is_some() { "failed" } else { "given_up" });
                match next_at {
                    Some(_) => tracing::warn!(endpoint, event_id, error, "an event was not delivered"),
                    None => tracing::error!(endpoint, event_id, error, "an event is given up"),
                }
                Attempt::Failed { next_at, error }
            }
        }
    }

    /// Waits until the results are in the store: what is still there would be sent again.
    async fn keep(&self, attempts: Vec<(i64, Attempt)>) {
        loop {
            let attempts = attempts.clone();
            let write: Write = Box::new(move |tx, _| {
                attempts.iter().try_for_each(|(event_no, attempt)| tx.note_attempt(*event_no, attempt))?;
                Ok(Written::default())
            });
            let (kept, is_kept) = oneshot::channel();
            if self.recorder.write(write, Requester::Outbox(kept)).is_ok() && is_kept.await.is_ok() {
                return;
            }
            tokio::time::sleep(STORE_WAIT).await;
        }
    }
}

/// When an event is tried again after so many attempts; `None`: it is given up.
fn next_attempt(
    config: &EndpointConfig,
    attempts: u32,
    now: DateTime<Utc>,
    random: u32,
) -> Option<DateTime<Utc>> {
    if attempts >= config.attempts_max {
        return None;
    }
    let wait = backoff(config.retry_min_ms, config.retry_max_ms, attempts, random);
    Some(now + TimeDelta::milliseconds(i64::try_from(wait).unwrap_or(i64::MAX / 1_000)))
}

/// How long an endpoint rests that has failed so often in a row.
fn pause(config: &EndpointConfig, failures: u32, random: u32) -> Duration {
    let most = u64::try_from(PAUSE_MAX.as_millis()).unwrap_or(u64::MAX);
    let (least, most) = (config.retry_min_ms.min(1_000), most.min(config.retry_max_ms));
    Duration::from_millis(backoff(least, most, failures, random))
}

/// Three times as long each time, up to the longest, with a fifth more or less so that not all come at once.
fn backoff(least: u64, most: u64, attempts: u32, random: u32) -> u64 {
    let wait = least.saturating_mul(FACTOR.saturating_pow(attempts.saturating_sub(1))).min(most);
    let fifth = wait / 5;
    wait - fifth + u64::from(random) % (2 * fifth + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn config() -> EndpointConfig {
        let text = "[events_out.crm]\nurl = \"https://crm.example/hook\"\nsecret_env = \"KEY\"";
        Config::parse(text).unwrap().events_out.endpoints.remove(0)
    }

    #[test]
    fn waits_grow_to_the_longest_with_a_fifth_of_jitter_and_end_with_the_last_attempt() {
        let (config, now) = (config(), DateTime::UNIX_EPOCH);
        let seconds = |attempts, random| {
            next_attempt(&config, attempts, now, random).map(|at| (at - now).as_seconds_f64())
        };
        for (attempts, middle) in
            [(1, 5.0), (2, 15.0), (3, 45.0), (4, 135.0), (8, 10_935.0), (9, 21_600.0), (11, 21_600.0)]
        {
            for random in [0, 1, 777_777, u32::MAX] {
                let wait: f64 = seconds(attempts, random).unwrap();
                assert!((middle * 0.8..=middle * 1.2).contains(&wait), "{attempts}: {wait}");
            }
        }
        assert_eq!(seconds(12, 0), None, "attempts_max");
        assert!(pause(&config, 1, 0) >= Duration::from_millis(800));
        assert!(pause(&config, 99, u32::MAX) <= Duration::from_secs(72));
    }
}
