//! Cloud PBXs: events posted to `/v1/events/NAME` (`docs/webhook.md`).
//!
//! body → signature → [`WebhookEvent`] (in Chakuden's own form, or read with a [`WebhookProfile`]) →
//! [`CallSignal`](crate::call::CallSignal)s. All of it is pure except the [`WebhookSource`], which keeps the order and
//! passes the signals to the bridge.

mod calls;
mod config;
mod event;
mod outcome;
mod profile;
mod signature;
mod translate;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use shared::clock::Clock;
use shared::exit::{self, Failure};
use shared::label::Lang;
use shared::message;
use shared::message::{Explain, Message};
use shared::settings_reader::{Mistake, Table};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub use calls::Silence;
pub use config::WebhookConfig;
pub use event::{EventKind, WebhookEvent};
pub use outcome::{Ignored, Outcome};
pub use profile::WebhookProfile;
pub use signature::{sign, verify};
pub use translate::WebhookTranslator;

use super::settings::SourceKind;
use super::{Secret, SourceContext, SourceEvent, SourceLink, SourceSettings, StartSource};
use crate::files::read_text;

/// `[webhook.NAME]` in the settings file.
pub(super) const KIND: SourceKind = SourceKind::of::<WebhookConfig>("webhook");

/// The largest profile. Bytes.
const PROFILE_BYTES_MAX: u64 = 256 * 1024;

/// How often idle calls are looked for.
const SWEEP: Duration = Duration::from_secs(15);

/// Why an event was not accepted. The text names the field and never quotes its value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message().text(Lang::En))]
pub enum WebhookError {
    /// The signature is missing, wrong or too old.
    Unauthorized,
    /// The body is not what it should be.
    BadRequest(Message),
    /// The bridge cannot accept it now; send it again.
    Busy,
}

impl Explain for WebhookError {
    fn message(&self) -> Message {
        match self {
            Self::Unauthorized => message!(
                "署名がないか、正しくないか、有効期限が切れています",
                "the signature is missing, wrong or too old",
            ),
            Self::BadRequest(reason) => reason.clone(),
            Self::Busy => message!(
                "処理が混み合っています。イベントをもう一度送信してください",
                "the bridge is busy; send the event again",
            ),
        }
    }
}

/// What happened to an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receipt {
    /// It was passed on.
    Accepted,
    /// It says nothing new; nothing was done.
    Ignored(Ignored),
}

impl SourceSettings for WebhookConfig {
    fn read(table: &Table<'_>) -> Self {
        Self::of(table)
    }

    fn prepare(&self) -> Result<StartSource, Failure> {
        let mut config = self.clone();
        config.secret = Secret::from_env(&config.secret_env)?;
        let profile = match &config.profile {
            Some(path) => {
                let text = read_text(path, PROFILE_BYTES_MAX)?;
                let wrong = |mistakes: Vec<Mistake>| Failure::mistakes(exit::CONFIG, path, &mistakes);
                Some(WebhookProfile::parse(&text).map_err(wrong)?)
            }
            None => None,
        };
        Ok(Box::new(|name, context| start(name, config, profile, context)))
    }
}

/// Starts a source that accepts posted events.
pub fn start(
    name: impl Into<String>,
    config: WebhookConfig,
    profile: Option<WebhookProfile>,
    context: &SourceContext,
) -> SourceLink {
    let (events_tx, events) = SourceContext::events();
    let (clock, stopping) = (context.clock.clone(), context.stopping.clone());
    let own_numbers = config.numbers.own.clone();
    let source = WebhookSource::start(config, profile, clock, events_tx, stopping);
    SourceLink { webhook: Some(source), own_numbers, ..SourceLink::listening(name, events) }
}

/// One sender of events.
pub struct WebhookSource {
    config: WebhookConfig,
    profile: Option<WebhookProfile>,
    clock: Arc<dyn Clock>,
    /// Held while an event is translated and queued, so that two requests cannot overtake each other.
    translator: Mutex<WebhookTranslator>,
    events: mpsc::Sender<SourceEvent>,
}

impl std::fmt::Debug for WebhookSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookSource").finish_non_exhaustive()
    }
}

impl WebhookSource {
    /// A source that is up at once, since a webhook cannot know whether the sender is running. It gives up calls without
    /// an event for `call_idle_max_minutes`, and those that ring for `ring_idle_max_minutes`.
    #[must_use]
    pub fn start(
        config: WebhookConfig,
        profile: Option<WebhookProfile>,
        clock: Arc<dyn Clock>,
        events: mpsc::Sender<SourceEvent>,
        stopping: CancellationToken,
    ) -> Arc<Self> {
        let late_max = TimeDelta::seconds(config.event_age_max_seconds.into());
        let translator = WebhookTranslator::new(config.calls_max, config.event_ids_max)
            .with(config.numbers.clone(), late_max);
        let translator = Mutex::new(translator);
        let source = Arc::new(Self { config, profile, clock, translator, events });
        tokio::spawn(sweep(source.clone(), stopping));
        source
    }

    /// Longest body, in bytes.
    #[must_use]
    pub fn body_bytes_max(&self) -> usize {
        self.config.body_bytes_max
    }

    /// The names of the headers with the signature and with the signed time.
    #[must_use]
    pub fn header_names(&self) -> (&str, &str) {
        (&self.config.signature_header, &self.config.timestamp_header)
    }

    /// Handles a body with its signature and signed time.
    ///
    /// # Errors
    /// See [`WebhookError`]. After an error nothing was kept, and the event may be sent again.
    pub fn receive(
        &self,
        body: &[u8],
        signature: Option<&str>,
        timestamp: Option<&str>,
    ) -> Result<Receipt, WebhookError> {
        let now = self.clock.moment();
        if !verify(&self.config, body, signature, timestamp, now.wall) {
            return Err(WebhookError::Unauthorized);
        }
        let event = match &self.profile {
            Some(profile) => profile.read(body),
            None => WebhookEvent::read(body),
        }
        .map_err(WebhookError::BadRequest)?;
        if self.is_late(&event, now.wall) {
            return Ok(Receipt::Ignored(Ignored::TooOld));
        }
        // Reserve the place in the queue first: an event whose id is remembered but that is not queued would be lost.
        let place = self.events.try_reserve().map_err(|_| WebhookError::Busy)?;
        let (mut signals, mut translator) = (Vec::new(), self.translator());
        let outcome = translator.translate(&event, now, &mut signals);
        if !signals.is_empty() {
            place.send(SourceEvent::Signals { at: event.at.map_or(now, Into::into), signals });
        }
        Ok(match outcome {
            Outcome::Translated => Receipt::Accepted,
            Outcome::Ignored(why) => Receipt::Ignored(why),
        })
    }

    /// A ring that was sent long ago is over, even if the sender delivers it only now.
    fn is_late(&self, event: &WebhookEvent, now: DateTime<Utc>) -> bool {
        let age = event.at.map_or(0, |at| (now - at).num_seconds());
        matches!(event.kind, EventKind::Ringing | EventKind::Dialing)
            && age > i64::from(self.config.event_age_max_seconds)
    }

    fn translator(&self) -> std::sync::MutexGuard<'_, WebhookTranslator> {
        self.translator.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives up calls that were silent for too long. Returns whether there may be more.
    fn give_up(&self, place: mpsc::Permit<'_, SourceEvent>) -> bool {
        let limits = Silence {
            ringing: TimeDelta::minutes(self.config.ring_idle_max_minutes.into()),
            talking: TimeDelta::minutes(self.config.call_idle_max_minutes.into()),
        };
        let mut translator = self.translator();
        let Some((at, signals)) = translator.give_up(self.clock.now(), limits) else { return false };
        place.send(SourceEvent::Signals { at, signals });
        true
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
        loop {
            let Ok(place) = source.events.reserve().await else { return };
            if !source.give_up(place) {
                break;
            }
        }
    }
}
