//! FreeSWITCH as a source: its table in the settings file, its preparation and its start.

use shared::exit::Failure;
use shared::settings_reader::Table;

use super::FreeSwitchConfig;
use crate::source::connection;
use crate::source::settings::SourceKind;
use crate::source::{
    Connect, Secret, SourceChannels, SourceContext, SourceLink, SourceSettings, StartSource, Tcp,
};

/// `[freeswitch.NAME]` in the settings file.
pub(in crate::source) const KIND: SourceKind = SourceKind::of::<FreeSwitchConfig>("freeswitch");

impl SourceSettings for FreeSwitchConfig {
    fn read(table: &Table<'_>) -> Self {
        Self::of(table)
    }

    fn prepare(&self) -> Result<StartSource, Failure> {
        let mut config = self.clone();
        config.secret = Secret::from_env(&config.secret_env)?;
        config.check_secret().map_err(Failure::config)?;
        Ok(Box::new(|name, context| start(name, config, context)))
    }
}

/// Starts a source that stays connected to a FreeSWITCH.
pub fn start(name: impl Into<String>, config: FreeSwitchConfig, context: &SourceContext) -> SourceLink {
    let (controls, own_numbers) = (config.controls(), config.numbers.own.clone());
    let recording_url = config.recording_url.clone();
    SourceLink {
        controls,
        own_numbers,
        recording_url,
        ..context.spawn(name.into(), |channels| run_over(Tcp, config, channels))
    }
}

/// Stays connected over this transport until it is stopped, or until FreeSWITCH refuses the password.
pub async fn run_over(connect: impl Connect, config: FreeSwitchConfig, channels: SourceChannels) {
    connection::run(&config, &connect, channels).await;
}
