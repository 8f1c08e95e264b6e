//! Keeps a connection to FreeSWITCH.
//!
//! What happened while it was down is not known, so a reconnect is never hidden: the bridge hears `Down` and `Up`,
//! and the list of live channels settles what is left of the calls.

use std::sync::Arc;

use shared::clock::Clock;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use shared::exit::Failure;
use shared::message;

use super::FreeSwitchConfig;
use super::connection::ConnectionError;
use super::session;
use crate::call::CallSignal;
use crate::source::connection::backoff::backoff;
use crate::source::connection::requests::Requests;
use crate::source::settings::SourceKind;
use crate::source::{
    Connect, Secret, SourceContext, SourceEvent, SourceLink, SourceRequest, SourceSettings, StartSource, Tcp,
};

/// `[freeswitch.NAME]` in the settings file.
pub(in crate::source) const KIND: SourceKind = SourceKind::of::<FreeSwitchConfig>("freeswitch");

impl SourceSettings for FreeSwitchConfig {
    fn prepare(&self) -> Result<StartSource, Failure> {
        let mut config = self.clone();
        config.secret = Secret::from_env(&config.secret_env)?;
        config
            .check()
            .map_err(|e| Failure::config(message!("[freeswitch]: {e}", "[freeswitch]: {e}", e = e)))?;
        Ok(Box::new(|name, context| start(name, config, context)))
    }
}

/// Starts a source that stays connected to a FreeSWITCH.
pub fn start(name: impl Into<String>, config: FreeSwitchConfig, context: &SourceContext) -> SourceLink {
    let (clock, stopping) = (context.clock.clone(), context.stopping.clone());
    context.spawn(name.into(), |events, requests| run(config, clock, events, requests, stopping))
}

/// Connects, and connects again after every loss, until `shutdown` or until trying again cannot help.
///
/// Only a refused password is fatal. Bytes of something else, an address that FreeSWITCH does not talk to and silence
/// count as a loss: they may be mended while a call centre must not stay deaf.
pub async fn run(
    config: FreeSwitchConfig,
    clock: Arc<dyn Clock>,
    out: mpsc::Sender<SourceEvent>,
    requests: mpsc::Receiver<SourceRequest>,
    shutdown: CancellationToken,
) {
    run_over(Tcp, config, clock, out, requests, shutdown).await;
}

/// Like [`run`], over another kind of connection.
pub async fn run_over(
    connect: impl Connect,
    config: FreeSwitchConfig,
    clock: Arc<dyn Clock>,
    out: mpsc::Sender<SourceEvent>,
    requests: mpsc::Receiver<SourceRequest>,
    shutdown: CancellationToken,
) {
    let connected = keep_connected(&connect, &config, clock.as_ref(), &out, Requests::new(requests));
    if let Some(ConnectionError::Fatal(error)) = shutdown.run_until_cancelled(connected).await {
        // If nobody listens any more, there is nobody to tell.
        let _ = out.send(SourceEvent::Fatal(error)).await;
    }
}

/// Gives the error that trying again cannot help against.
async fn keep_connected(
    connect: &impl Connect,
    config: &FreeSwitchConfig,
    clock: &dyn Clock,
    out: &mpsc::Sender<SourceEvent>,
    mut requests: Requests,
) -> ConnectionError {
    let mut attempts: u32 = 0;
    loop {
        let mut is_up = false;
        let Err(error) = session::run(connect, config, clock, out, &mut requests, &mut is_up).await;
        if matches!(error, ConnectionError::Fatal(_) | ConnectionError::Unheard) {
            return error;
        }
        if is_up {
            attempts = 0;
            let lost = SourceEvent::Signals { at: clock.now(), signals: vec![CallSignal::SourceLost] };
            if out.send(lost).await.is_err() {
                return ConnectionError::Unheard;
            }
        }
        if out.send(SourceEvent::Down { reason: error.to_string() }).await.is_err() {
            return ConnectionError::Unheard;
        }
        let chance = getrandom::u32().unwrap_or_default();
        let wait = backoff(config.reconnect_min_ms, config.reconnect_max_ms, attempts, chance);
        requests.refuse_during(tokio::time::sleep(wait)).await;
        attempts = attempts.saturating_add(1);
    }
}
