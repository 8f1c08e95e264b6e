//! Events of calls for other systems: which there are, who is told what of them, and how they are signed
//! (`docs/events.md`). `bridge/outbox.rs` sends them.

mod event;
mod settings;
mod signature;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};
use shared::exit::Failure;
use shared::store::{NewEvent, StoreError, Transaction};
use tokio::sync::Notify;

use crate::metrics::{Kind, Metrics};
pub use event::{CallEvent, EventCall, EventField, EventKind};
pub use settings::{EndpointConfig, EventsOutConfig};
pub use signature::{SigningKey, sign};

/// An endpoint as it is used.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) config: EndpointConfig,
    pub(crate) key: SigningKey,
    /// Something new may be in the outbox.
    pub(crate) wake: Notify,
    /// The outbox takes no more of its events; the log has said so.
    full: AtomicBool,
}

/// All endpoints, and the way into the outbox.
#[derive(Debug)]
pub(crate) struct EventsOut {
    endpoints: Vec<Arc<Endpoint>>,
    metrics: Metrics,
    /// Something was put into the outbox since the endpoints were woken.
    sent: AtomicBool,
}

impl EventsOut {
    /// Reads the endpoints' secrets.
    ///
    /// # Errors
    /// 78: a secret is not set, or too short.
    pub(crate) fn prepare(config: &EventsOutConfig, metrics: Metrics) -> Result<Self, Failure> {
        let endpoints = config
            .endpoints
            .iter()
            .map(|config| {
                let key = config.signing_key()?;
                let (config, full) = (config.clone(), AtomicBool::new(false));
                Ok(Arc::new(Endpoint { config, key, wake: Notify::new(), full }))
            })
            .collect::<Result<_, Failure>>()?;
        Ok(Self { endpoints, metrics, sent: AtomicBool::new(false) })
    }

    /// No endpoints.
    #[cfg(test)]
    pub(crate) fn none() -> Arc<Self> {
        let sent = AtomicBool::new(false);
        Arc::new(Self { endpoints: Vec::new(), metrics: Metrics::new(), sent })
    }

    pub(crate) fn endpoints(&self) -> &[Arc<Endpoint>] {
        &self.endpoints
    }

    /// Whether any endpoint is told of events of this kind.
    pub(crate) fn wants(&self, kind: EventKind) -> bool {
        self.endpoints.iter().any(|endpoint| endpoint.config.events.contains(&kind))
    }

    /// Puts an event into the outbox, for each endpoint that is told of its kind.
    pub(crate) fn send(
        &self,
        tx: &mut Transaction<'_>,
        event: &CallEvent,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let event_id = event.id();
        let told = self.endpoints.iter().filter(|endpoint| endpoint.config.events.contains(&event.kind));
        for endpoint in told {
            let config = &endpoint.config;
            let body = serde_json::to_string(&event.only(&config.fields));
            let body = body.map_err(|error| StoreError::Database(error.to_string()))?;
            let new = NewEvent {
                event_id: &event_id,
                endpoint: &config.name,
                kind: event.kind.as_str(),
                call_id: &event.data.call_id,
                body: &body,
            };
            let taken = tx.send_event(&new, now, config.outbox_max)?;
            self.count(if taken { "queued" } else { "lost" });
            if taken {
                self.sent.store(true, Ordering::Release);
                endpoint.full.store(false, Ordering::Relaxed);
            } else if !endpoint.full.swap(true, Ordering::Relaxed) {
                tracing::error!(endpoint = config.name, "the outbox is full (outbox_max); events are lost");
            }
        }
        Ok(())
    }

    /// What was put into the outbox is committed.
    pub(crate) fn committed(&self) {
        if self.sent.swap(false, Ordering::AcqRel) {
            self.endpoints.iter().for_each(|endpoint| endpoint.wake.notify_one());
        }
    }

    /// So many events wait.
    pub(crate) fn waiting(&self, events: u64) {
        self.metrics.events_out_waiting.set(i64::try_from(events).unwrap_or(i64::MAX));
    }

    /// Counts an event: `queued`, `delivered`, `failed`, `given_up` or `lost`.
    pub(crate) fn count(&self, kind: &'static str) {
        self.metrics.events_out.get_or_create(&Kind { kind }).inc();
    }
}
