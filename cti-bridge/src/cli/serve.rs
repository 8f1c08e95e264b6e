//! `serve`: telephone system on one side, agents on the other.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use shared::store::Store;
use shared::{Clock, SystemClock};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::say;
use crate::config::Config;
use crate::exit::Failure;
use crate::lifecycle::{Signals, reload_on_hangup};
use crate::server::{Parts, Server};
use crate::source::SourceLink;
use crate::source::ami::{self, AmiConfig, Secret};
use crate::source::freeswitch;
use crate::source::tls::Connector;
use crate::source::webhook::{WebhookProfile, WebhookSource};
use crate::tls::TlsConfig;

/// Events of the telephone system that may wait for the loop; the source waits when they are more.
const SOURCE_QUEUE_MAX: usize = 1_024;
/// The largest profile of a webhook. Bytes.
const PROFILE_BYTES_MAX: u64 = 256 * 1024;
/// Requests to a telephone system that may wait.
const REQUESTS_MAX: usize = 64;
/// The name of the telephone system that flags give.
const FLAG_SOURCE: &str = "pbx";

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
    /// The telephone system's manager interface. Without one there are lookups only.
    #[arg(long, value_name = "HOST:PORT", requires = "ami_user")]
    ami: Option<String>,
    /// The manager user; the secret is taken from CHAKUDEN_AMI_SECRET.
    #[arg(long, value_name = "NAME")]
    ami_user: Option<String>,
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
    let store = Store::open(path)?.for_small_writes()?;
    let runtime = runtime()?;
    let done = runtime.block_on(serve(store, &config));
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
    match (&args.ami, &args.ami_user) {
        (Some(address), Some(user)) => {
            let named = config.ami.entry(FLAG_SOURCE.to_owned());
            let ami = named.or_insert_with(|| AmiConfig::new(address, user, Secret::new("")));
            ami.address.clone_from(address);
            ami.user.clone_from(user);
        }
        (None, Some(_)) => return Err(Failure::usage("--ami-user is given without --ami")),
        _ => {}
    }
    for webhook in config.webhook.values_mut() {
        webhook.secret = secret(&webhook.secret_env)?;
    }
    for (name, freeswitch) in &mut config.freeswitch {
        freeswitch.secret = secret(&freeswitch.secret_env)?;
        freeswitch.check().map_err(|e| Failure::config(format!("freeswitch.{name}: {e}")))?;
    }
    for ami in config.ami.values_mut() {
        ami.secret = secret(&ami.secret_env)?;
        if ami.tls {
            ami.connector = Some(Connector::new(ami.tls_ca.as_deref())?);
        }
    }
    Ok(config)
}

/// A secret: from the environment, because a command line is everybody's to read.
pub(crate) fn secret(variable: &str) -> Result<Secret, Failure> {
    match std::env::var(variable) {
        Ok(secret) if !secret.is_empty() => Ok(Secret::new(secret)),
        _ => Err(Failure::config(format!("{variable} is not set; put the telephone system's secret there"))),
    }
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

/// Connects all telephone systems, as long as `stopping` is not cancelled.
fn connect(config: &Config, clock: &Arc<dyn Clock>, stopping: &CancellationToken) -> Vec<SourceLink> {
    let ami = config.ami.iter();
    let ami = ami.map(|(name, ami)| connect_ami(name.clone(), ami.clone(), clock.clone(), stopping));
    let freeswitch = config.freeswitch.iter().map(|(name, settings)| {
        let (events_tx, events) = mpsc::channel(SOURCE_QUEUE_MAX);
        let (requests, requests_rx) = mpsc::channel(REQUESTS_MAX);
        let (settings, clock) = (settings.clone(), clock.clone());
        tokio::spawn(freeswitch::run(settings, clock, events_tx, requests_rx, stopping.clone()));
        SourceLink { name: name.clone(), events, requests: Some(requests) }
    });
    ami.chain(freeswitch).collect()
}

/// Sets up what takes events over HTTP.
fn webhooks(
    config: &Config,
    clock: &Arc<dyn Clock>,
    stopping: &CancellationToken,
    sources: &mut Vec<SourceLink>,
) -> Result<BTreeMap<String, Arc<WebhookSource>>, Failure> {
    let mut all = BTreeMap::new();
    for (name, settings) in &config.webhook {
        let profile = match &settings.profile {
            Some(path) => {
                let text = crate::cli::read_text(path, PROFILE_BYTES_MAX)?;
                let read = WebhookProfile::parse(&text);
                Some(read.map_err(|e| Failure::config(format!("{}: {e}", path.display())))?)
            }
            None => None,
        };
        let (events_tx, events) = mpsc::channel(SOURCE_QUEUE_MAX);
        let source =
            WebhookSource::start(settings.clone(), profile, clock.clone(), events_tx, stopping.clone());
        sources.push(SourceLink::listening(name.clone(), events));
        all.insert(name.clone(), source);
    }
    Ok(all)
}

/// Connects an Asterisk.
pub(crate) fn connect_ami(
    name: String,
    ami: AmiConfig,
    clock: Arc<dyn Clock>,
    stopping: &CancellationToken,
) -> SourceLink {
    let (events_tx, events) = mpsc::channel(SOURCE_QUEUE_MAX);
    let (requests, requests_rx) = mpsc::channel(REQUESTS_MAX);
    tokio::spawn(ami::run(ami, clock, events_tx, requests_rx, stopping.clone()));
    SourceLink { name, events, requests: Some(requests) }
}

async fn serve(store: Store, config: &Config) -> Result<(), Failure> {
    let mut signals = Signals::new()?;
    let stopping = CancellationToken::new();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let listener = listen(config.listen).await?;
    let mut sources = connect(config, &clock, &stopping);
    let webhooks = webhooks(config, &clock, &stopping, &mut sources)?;
    let server = Server::start(
        Parts { store, listener, sources, webhooks, clock, stopping: stopping.clone() },
        config,
    )?;
    if let Some(tls) = server.tls() {
        reload_on_hangup(tls, stopping.clone())?;
    }
    say(&format!("{{\"listening\":\"{}\"}}", server.address()))?;
    let grace = Duration::from_millis(config.limits.shutdown_timeout_ms);
    signals.run(&stopping, grace, server.wait()).await.map(|_| ())
}
