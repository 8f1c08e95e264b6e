//! Asterisk as a source: its table in the settings file, its preparation and its start.

use std::sync::Arc;

use shared::clock::Clock;
use shared::exit::Failure;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::AmiConfig;
use crate::source::connection::{self, Channels};
use crate::source::settings::SourceKind;
use crate::source::{
    Connect, Connector, Secret, SourceContext, SourceEvent, SourceLink, SourceRequest, SourceSettings,
    StartSource, Tcp, Tls,
};

/// `[ami.NAME]` in the settings file.
pub(in crate::source) const KIND: SourceKind = SourceKind::of::<AmiConfig>("ami");

impl SourceSettings for AmiConfig {
    fn prepare(&self, place: &str) -> Result<StartSource, Failure> {
        self.check(place).map_err(Failure::config)?;
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

/// Stays connected over TCP or TLS until `shutdown`, or until Asterisk refuses the secret.
pub async fn run(
    config: AmiConfig,
    clock: Arc<dyn Clock>,
    events: mpsc::Sender<SourceEvent>,
    requests: mpsc::Receiver<SourceRequest>,
    shutdown: CancellationToken,
) {
    match config.connector.clone() {
        Some(connector) => run_over(Tls(connector), config, clock, events, requests, shutdown).await,
        None => run_over(Tcp, config, clock, events, requests, shutdown).await,
    }
}

/// Like [`run`], over another transport.
pub async fn run_over(
    connect: impl Connect,
    config: AmiConfig,
    clock: Arc<dyn Clock>,
    events: mpsc::Sender<SourceEvent>,
    requests: mpsc::Receiver<SourceRequest>,
    shutdown: CancellationToken,
) {
    connection::run(&config, &connect, Channels { clock, events, requests, shutdown }).await;
}
