//! Keeps a connection to the telephone system.
//!
//! What happened while it was down is not known, so a reconnect is never hidden: the bridge hears `Down` and `Up`,
//! and the list of live channels settles what is left of the calls.

use std::sync::Arc;

use shared::clock::Clock;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use shared::exit::Failure;

use super::AmiConfig;
use super::connection::ConnectionError;
use super::session;
use crate::call::CallSignal;
use crate::source::connection::backoff::backoff;
use crate::source::connection::requests::Requests;
use crate::source::settings::SourceKind;
use crate::source::{
    Connect, Connector, Secret, SourceContext, SourceEvent, SourceLink, SourceRequest, SourceSettings,
    StartSource, Tcp, Tls,
};

/// `[ami.NAME]` in the settings file.
pub(in crate::source) const KIND: SourceKind = SourceKind::of::<AmiConfig>("ami");

impl SourceSettings for AmiConfig {
    fn prepare(&self) -> Result<StartSource, Failure> {
        let mut config = self.clone();
        config.secret = Secret::from_env(&config.secret_env)?;
        if config.tls {
            config.connector = Some(Connector::new(config.tls_ca.as_deref())?);
        }
        Ok(Box::new(|name, context| start(name, config, context)))
    }
}

/// Starts a source that stays connected to an Asterisk.
pub fn start(name: impl Into<String>, config: AmiConfig, context: &SourceContext) -> SourceLink {
    let (clock, stopping) = (context.clock.clone(), context.stopping.clone());
    context.spawn(name.into(), |events, requests| run(config, clock, events, requests, stopping))
}

/// Connects, and connects again after every loss, until `shutdown` or until trying again cannot help.
///
/// A first line that is not Asterisk's banner and unusable bytes count as a loss: something between may be at
/// fault, and a call centre must not stay deaf after it is mended. Only a refused secret is fatal.
pub async fn run(
    config: AmiConfig,
    clock: Arc<dyn Clock>,
    out: mpsc::Sender<SourceEvent>,
    requests: mpsc::Receiver<SourceRequest>,
    shutdown: CancellationToken,
) {
    match config.connector.clone() {
        Some(connector) => run_over(Tls(connector), config, clock, out, requests, shutdown).await,
        None => run_over(Tcp, config, clock, out, requests, shutdown).await,
    }
}

/// Like [`run`], over another kind of connection.
pub async fn run_over(
    connect: impl Connect,
    config: AmiConfig,
    clock: Arc<dyn Clock>,
    out: mpsc::Sender<SourceEvent>,
    requests: mpsc::Receiver<SourceRequest>,
    shutdown: CancellationToken,
) {
    let connected = keep_connected(&connect, &config, clock.as_ref(), &out, Requests::new(requests));
    let ended = shutdown.run_until_cancelled(connected).await;
    if let Some(ConnectionError::Fatal(error)) = ended {
        // If nobody listens any more, there is nobody to tell.
        let _ = out.send(SourceEvent::Fatal(error)).await;
    }
}

/// Gives the error that trying again cannot help against.
async fn keep_connected(
    connect: &impl Connect,
    config: &AmiConfig,
    clock: &dyn Clock,
    out: &mpsc::Sender<SourceEvent>,
    mut requests: Requests,
) -> ConnectionError {
    let mut attempts = 0;
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
