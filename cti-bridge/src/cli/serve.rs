//! `serve`: telephone system on one side, agents on the other.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use shared::store::Store;
use shared::{Clock, SystemClock};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::say;
use crate::config::Config;
use crate::exit::Failure;
use crate::lifecycle::{Signals, reload_on_hangup};
use crate::server::{Parts, Server};
use crate::source::{PreparedSources, SourceContext, SourceFlags};
use crate::tls::TlsConfig;

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Settings as TOML; flags go before them.
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
    /// The certificate of the listener, with those up to the authority's (PEM). SIGHUP loads it again.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's private key (PEM).
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Listen on an address that other machines reach, although nothing is encrypted.
    #[arg(long)]
    allow_plaintext_remote: bool,
}

pub(super) fn run(args: &ServeArgs) -> Result<(), Failure> {
    let config = settings(args)?;
    config.check_listen()?;
    let path = config
        .store
        .as_deref()
        .ok_or_else(|| Failure::usage("no store is named; give --store FILE, or `store` in the settings"))?;
    let sources = config.sources.prepare()?;
    let store = Store::open(path)?.for_small_writes()?;
    let runtime = runtime()?;
    let done = runtime.block_on(serve(store, sources, &config));
    // What has not ended by now is cut off; its threads must not hold the program.
    runtime.shutdown_timeout(Duration::from_millis(50));
    done
}

/// A runtime with all cores.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| Failure::software(format!("no runtime could be made: {e}")))
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

/// Listens, or says why not.
pub(crate) async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|e| match e.kind() {
        std::io::ErrorKind::AddrInUse => Failure::unavailable(format!(
            "{address} is in use by another program; end it, or choose another with --listen"
        )),
        std::io::ErrorKind::PermissionDenied => Failure::no_permission(format!(
            "{address} may not be listened on ({e}); choose a port above 1023 with --listen"
        )),
        _ => Failure::unavailable(format!("{address} cannot be listened on ({e}); check --listen")),
    })
}

async fn serve(store: Store, sources: PreparedSources, config: &Config) -> Result<(), Failure> {
    let mut signals = Signals::new()?;
    let stopping = CancellationToken::new();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let listener = listen(config.listen).await?;
    let context = SourceContext { clock: clock.clone(), stopping: stopping.clone() };
    let sources = sources.start(&context);
    let server =
        Server::start(Parts { store, listener, sources, clock, stopping: stopping.clone() }, config)?;
    if let Some(tls) = server.tls() {
        reload_on_hangup(tls, stopping.clone())?;
    }
    say(&format!("{{\"listening\":\"{}\"}}", server.address()))?;
    let grace = Duration::from_millis(config.limits.shutdown_timeout_ms);
    signals.run(&stopping, grace, server.wait()).await.map(|_| ())
}
