//! FreeSWITCH as a source: its table in the settings file, its preparation and its start.

use std::sync::Arc;

use shared::clock::Clock;
use shared::exit::Failure;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::FreeSwitchConfig;
use crate::source::connection::{self, Channels};
use crate::source::settings::SourceKind;
use crate::source::{
    Connect, Secret, SourceContext, SourceEvent, SourceLink, SourceRequest, SourceSettings, StartSource, Tcp,
};

/// `[freeswitch.NAME]` in the settings file.
pub(in crate::source) const KIND: SourceKind = SourceKind::of::<FreeSwitchConfig>("freeswitch");

impl SourceSettings for FreeSwitchConfig {
    fn prepare(&self, place: &str) -> Result<StartSource, Failure> {
        let mut config = self.clone();
        config.secret = Secret::from_env(&config.secret_env)?;
        config.check(place).map_err(Failure::config)?;
        Ok(Box::new(|name, context| start(name, config, context)))
    }
}

/// Starts a source that stays connected to a FreeSWITCH.
pub fn start(name: impl Into<String>, config: FreeSwitchConfig, context: &SourceContext) -> SourceLink {
    let (clock, stopping) = (context.clock.clone(), context.stopping.clone());
    context.spawn(name.into(), |events, requests| run(config, clock, events, requests, stopping))
}

/// Stays connected over TCP until `shutdown`, or until FreeSWITCH refuses the password.
pub async fn run(
    config: FreeSwitchConfig,
    clock: Arc<dyn Clock>,
    events: mpsc::Sender<SourceEvent>,
    requests: mpsc::Receiver<SourceRequest>,
    shutdown: CancellationToken,
) {
    run_over(Tcp, config, clock, events, requests, shutdown).await;
}

/// Like [`run`], over another transport.
pub async fn run_over(
    connect: impl Connect,
    config: FreeSwitchConfig,
    clock: Arc<dyn Clock>,
    events: mpsc::Sender<SourceEvent>,
    requests: mpsc::Receiver<SourceRequest>,
    shutdown: CancellationToken,
) {
    connection::run(&config, &connect, Channels { clock, events, requests, shutdown }).await;
}
