//! Asterisk as a source: its table in the settings file, its preparation and its start.

use shared::exit::Failure;
use shared::settings_reader::Table;

use super::AmiConfig;
use crate::source::connection;
use crate::source::settings::SourceKind;
use crate::source::{
    Connect, Connector, Secret, SourceChannels, SourceContext, SourceLink, SourceSettings, StartSource, Tcp,
    Tls,
};

/// `[ami.NAME]` in the settings file.
pub(in crate::source) const KIND: SourceKind = SourceKind::of::<AmiConfig>("ami");

impl SourceSettings for AmiConfig {
    fn read(table: &Table<'_>) -> Self {
        Self::of(table)
    }

    fn prepare(&self) -> Result<StartSource, Failure> {
        let mut config = self.clone();
        config.secret = Secret::from_env(&config.secret_env)?;
        if config.tls {
            config.connector = Some(Connector::to_pbx(config.tls_ca.as_deref(), config.tls_fingerprint)?);
        }
        Ok(Box::new(|name, context| start(name, config, context)))
    }
}

/// Starts a source that stays connected to an Asterisk.
pub fn start(name: impl Into<String>, config: AmiConfig, context: &SourceContext) -> SourceLink {
    let (controls, own_numbers) = (config.controls(), config.numbers.own.clone());
    let recording_url = config.recording_url.clone();
    SourceLink {
        controls,
        own_numbers,
        recording_url,
        ..context.spawn(name.into(), |channels| run(config, channels))
    }
}

/// Stays connected over TCP or TLS until it is stopped, or until Asterisk refuses the secret.
async fn run(config: AmiConfig, channels: SourceChannels) {
    match config.connector.clone() {
        Some(connector) => run_over(Tls(connector), config, channels).await,
        None => run_over(Tcp, config, channels).await,
    }
}

/// Stays connected over this transport until it is stopped, or until Asterisk refuses the secret.
pub async fn run_over(connect: impl Connect, config: AmiConfig, channels: SourceChannels) {
    connection::run(&config, &connect, channels).await;
}
