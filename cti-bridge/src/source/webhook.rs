//! Cloud telephony: events that somebody posts to `/v1/events/NAME` (`docs/webhook.md`).
//!
//! body → signature → [`WebhookEvent`] (our own form, or another's by a [`WebhookProfile`]) → [`CallSignal`]s. All
//! of it is pure but the [`WebhookSource`], which keeps the order and hands the signals to the bridge.

mod config;
mod event;
mod profile;
mod signature;
mod translate;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use shared::clock::Clock;
use shared::exit::Failure;
use shared::message;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub use config::WebhookConfig;
pub use event::{EventKind, WebhookEvent};
pub use profile::{ProfileError, WebhookProfile};
pub use signature::{sign, verify};
pub use translate::{Outcome, WebhookTranslator};

use super::settings::SourceKind;
use super::{Secret, SourceContext, SourceEvent, SourceLink, SourceSettings, StartSource};
use crate::call::CallSignal;
use crate::files::read_text;

/// `[webhook.NAME]` in the settings file.
pub(super) const KIND: SourceKind = SourceKind::of::<WebhookConfig>("webhook");

/// The largest profile. Bytes.
const PROFILE_BYTES_MAX: u64 = 256 * 1024;

/// How often calls are looked for whose end nobody told.
const SWEEP: Duration = Duration::from_secs(60);

/// Why an event was not taken. The text names the field and never quotes what was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// The signature is missing, wrong or too old.
    #[error("the signature is missing, wrong or too old")]
    Unauthorized,
    /// The body is not what it should be.
    #[error("{0}")]
    BadRequest(String),
    /// The bridge cannot take it now; send it again.
    #[error("the bridge is busy; send the event again")]
    Busy,
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is on its way.
    New,
    /// It came before, or too late; nothing was done.
    Ignored,
}

impl SourceSettings for WebhookConfig {
    fn prepare(&self) -> Result<StartSource, Failure> {
        let mut config = self.clone();
        config.secret = Secret::from_env(&config.secret_env)?;
        let profile = match &config.profile {
            Some(path) => {
                let text = read_text(path, PROFILE_BYTES_MAX)?;
                let wrong = |e| message!("{path}: {e}", "{path}: {e}", path = path.display(), e = e);
                Some(WebhookProfile::parse(&text).map_err(|e| Failure::config(wrong(e)))?)
            }
            None => None,
        };
        Ok(Box::new(|name, context| start(name, config, profile, context)))
    }
}

/// Starts a source that takes posted events.
pub fn start(
    name: impl Into<String>,
    config: WebhookConfig,
    profile: Option<WebhookProfile>,
    context: &SourceContext,
) -> SourceLink {
    let (events_tx, events) = SourceContext::events();
    let (clock, stopping) = (context.clock.clone(), context.stopping.clone());
    let source = WebhookSource::start(config, profile, clock, events_tx, stopping);
    SourceLink { webhook: Some(source), ..SourceLink::listening(name, events) }
}

/// One sender of events.
pub struct WebhookSource {
    config: WebhookConfig,
    profile: Option<WebhookProfile>,
    clock: Arc<dyn Clock>,
    /// Held while an event is translated and queued, so that two requests cannot change places in between.
    translator: Mutex<WebhookTranslator>,
    events: mpsc::Sender<SourceEvent>,
}

impl std::fmt::Debug for WebhookSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookSource").finish_non_exhaustive()
    }
}

impl WebhookSource {
    /// A source that is up at once: whether the sender lives cannot be known. It closes, by itself, calls of which
    /// nothing was heard for `call_idle_max_minutes`.
    #[must_use]
    pub fn start(
        config: WebhookConfig,
        profile: Option<WebhookProfile>,
        clock: Arc<dyn Clock>,
        events: mpsc::Sender<SourceEvent>,
        stopping: CancellationToken,
    ) -> Arc<Self> {
        let translator = Mutex::new(WebhookTranslator::new(config.calls_max, config.event_ids_max));
        let source = Arc::new(Self { config, profile, clock, translator, events });
        tokio::spawn(sweep(source.clone(), stopping));
        source
    }

    /// Bytes of a body at most.
    #[must_use]
    pub fn body_bytes_max(&self) -> usize {
        self.config.body_bytes_max
    }

    /// The headers' names: of the signature, and of the time that is signed with the body.
    #[must_use]
    pub fn header_names(&self) -> (&str, &str) {
        (&self.config.signature_header, &self.config.timestamp_header)
    }

    /// Takes a body with its signature and the time that was signed.
    ///
    /// # Errors
    /// See [`WebhookError`]. After an error nothing was kept, and the event may be sent again.
    pub fn take(
        &self,
        body: &[u8],
        signature: Option<&str>,
        timestamp: Option<&str>,
    ) -> Result<Taken, WebhookError> {
        let now = self.clock.now();
        if !verify(&self.config, body, signature, timestamp, now) {
            return Err(WebhookError::Unauthorized);
        }
        let event = match &self.profile {
            Some(profile) => profile.read(body),
            None => WebhookEvent::read(body),
        }
        .map_err(WebhookError::BadRequest)?;
        if self.is_late(&event, now) {
            return Ok(Taken::Ignored);
        }
        // The queue's place first: an event whose id is remembered but that is not queued would be lost.
        let place = self.events.try_reserve().map_err(|_| WebhookError::Busy)?;
        let mut signals = Vec::new();
        let outcome = self.translator().translate(&event, now, &mut signals);
        if outcome == Outcome::Known {
            return Ok(Taken::Ignored);
        }
        if !signals.is_empty() {
            place.send(SourceEvent::Signals { at: event.at.unwrap_or(now), signals });
        }
        Ok(Taken::New)
    }

    /// A phone that rang long ago does not ring now, whatever the sender's queue thinks.
    fn is_late(&self, event: &WebhookEvent, now: DateTime<Utc>) -> bool {
        let age = event.at.map_or(0, |at| (now - at).num_seconds());
        matches!(event.kind, EventKind::Ringing | EventKind::Dialing)
            && age > i64::from(self.config.event_age_max_seconds)
    }

    fn translator(&self) -> std::sync::MutexGuard<'_, WebhookTranslator> {
        self.translator.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn close_idle(&self) -> Vec<CallSignal> {
        let idle = chrono::TimeDelta::minutes(self.config.call_idle_max_minutes.into());
        self.translator().close_idle(self.clock.now() - idle)
    }
}

async fn sweep(source: Arc<WebhookSource>, stopping: CancellationToken) {
    if source.events.send(SourceEvent::Up).await.is_err() {
        return;
    }
    let mut tick = tokio::time::interval(SWEEP);
    loop {
        tokio::select! {
            () = stopping.cancelled() => return,
            _ = tick.tick() => {}
        }
        let signals = source.close_idle();
        let at = source.clock.now();
        if !signals.is_empty() && source.events.send(SourceEvent::Signals { at, signals }).await.is_err() {
            return;
        }
    }
}
