//! `serve`: PBXs on one side, agents on the other.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use serde_json::json;
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;
use shared::store::{Store, StoreError};
use shared::{Clock, SystemClock};
use tokio_util::sync::CancellationToken;

use super::output::say_json;
use super::process::{block_on, listen};
use crate::config::Config;
use crate::lifecycle::{Signals, notify_ready, open_files_warning, reload_on_hangup, start_watchdog};
use crate::server::{Parts, Server};
use crate::source::{PreparedSources, SourceContext, SourceFlags};
use crate::tls::TlsConfig;

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Settings file (TOML); flags override it.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The store's file.
    #[arg(long, env = "CHAKUDEN_STORE", value_name = "FILE")]
    store: Option<PathBuf>,
    /// Address to listen on; port 0 takes any free one.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    #[command(flatten)]
    sources: SourceFlags,
    /// Certificate of the listener with its intermediate ones (PEM). SIGHUP reloads it.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Private key of the certificate (PEM).
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Listen unencrypted on an address that other machines can reach.
    #[arg(long)]
    allow_plaintext_remote: bool,
}

pub(super) fn run(args: &ServeArgs, lang: Lang) -> Result<(), Failure> {
    let config = settings(args)?;
    config.check_listen()?;
    if let Some(warning) = open_files_warning(&config.limits) {
        cli_kit::warn("cti-bridge", &warning, lang);
    }
    let path = config.store.as_deref().ok_or_else(|| {
        Failure::usage(message!(
            "元データの指定がありません。--store ファイル を指定するか、設定ファイルに store を書いてください",
            "no store is named; give --store FILE, or `store` in the settings",
        ))
    })?;
    let sources = config.sources.prepare()?;
    let store = Store::open(path)?.for_small_writes()?;
    let _claim = store.claim_for_bridge()?;
    reserve_numbers(&store, &config)?;
    block_on(serve(store, sources, &config))
}

/// Numbers that are given here must be no imported ones.
fn reserve_numbers(store: &Store, config: &Config) -> Result<(), Failure> {
    let reserved = store.write(|tx| tx.reserve_numbers(config.number_prefix.as_deref()));
    reserved.map_err(|error| match error {
        StoreError::Conflict(reason) => Failure::config(reason),
        error => error.into(),
    })
}

fn settings(args: &ServeArgs) -> Result<Config, Failure> {
    let mut config = match &args.config {
        Some(path) => Config::read(path)?,
        None => Config::default(),
    };
    if let Some(store) = &args.store {
        config.store = Some(store.clone());
    }
    if let Some(listen) = args.listen {
        config.listen = listen;
    }
    config.allow_plaintext_remote |= args.allow_plaintext_remote;
    if let (Some(certificate), Some(key)) = (args.tls_cert.clone(), args.tls_key.clone()) {
        config.tls = Some(TlsConfig { certificate, key });
    }
    config.sources.apply(&args.sources)?;
    Ok(config)
}

async fn serve(store: Store, sources: PreparedSources, config: &Config) -> Result<(), Failure> {
    let mut signals = Signals::new()?;
    let stopping = CancellationToken::new();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let listener = listen(config.listen).await?;
    let context = SourceContext { clock: clock.clone(), stopping: stopping.clone() };
    let sources = sources.start(&context);
    let mut server =
        Server::start(Parts { store, listener, sources, clock, stopping: stopping.clone() }, config)?;
    reload_on_hangup(server.tls(), stopping.clone())?;
    say_json(&json!({"listening": server.address()}))?;
    notify_ready();
    start_watchdog(stopping.clone());
    let grace = Duration::from_millis(config.limits.shutdown_timeout_ms);
    let writers = server.writers();
    let ended = signals.run(&stopping, grace, server.wait()).await.map(|_| ());
    if let Some(writers) = writers {
        signals.last_writes(writers.ended()).await;
    }
    ended
}
