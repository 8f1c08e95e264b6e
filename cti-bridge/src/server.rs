//! Everything put together: store, lookup threads, loop, recorder, web. Used by `serve`, the demo, tests and
//! benches alike.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use shared::Clock;
use shared::store::{Reader, Store};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::agent::Hub;
use crate::agent::permission::Policy;
use crate::agent::protocol::Refusal;
use crate::agent::socket::SocketLimits;
use crate::agent::watch::TokenWatch;
use crate::audit::Auditor;
use crate::bridge::command::Command;
use crate::bridge::record::Recorder;
use crate::bridge::{Bridge, Ears, Source};
use crate::call::{CallIds, CallTracker, TrackerLimits};
use crate::config::{Config, SignInSettings};
use crate::exit::Failure;
use crate::limit::{Rates, SignIns};
use crate::lookup::Lookups;
use crate::metrics::Metrics;
use crate::oidc::Oidc;
use crate::password::Passwords;
use crate::popup::ProfileError;
use crate::source::webhook::WebhookSource;
use crate::source::{SourceError, SourceLink};
use crate::tls::ServerTls;
use crate::web;

/// Commands of sockets that may wait for the loop; a socket waits when they are more.
const INBOX_MAX: usize = 1_024;
/// Agents whose rate of lookups is kept; more than there are.
const KEYS_MAX: usize = 10_000;

/// What every connection needs.
pub(crate) struct App {
    pub(crate) lookups: Lookups,
    pub(crate) inbox: mpsc::Sender<Command>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) limits: SocketLimits,
    pub(crate) metrics: Metrics,
    pub(crate) stopping: CancellationToken,
    pub(crate) tasks: TaskTracker,
    pub(crate) sockets: Arc<Semaphore>,
    pub(crate) allowed_origins: Vec<String>,
    pub(crate) policy: Policy,
    pub(crate) tls: Option<Arc<ServerTls>>,
    pub(crate) store: Store,
    pub(crate) sign_in: SignInSettings,
    pub(crate) passwords: Passwords,
    pub(crate) oidc: Option<Oidc>,
    pub(crate) watch: Arc<TokenWatch>,
    pub(crate) audit: Auditor,
    pub(crate) lookup_rates: LookupRates,
    pub(crate) failed_sign_ins: Mutex<SignIns>,
    pub(crate) has_source: bool,
    pub(crate) webhooks: BTreeMap<String, Arc<WebhookSource>>,
}

/// How often each agent may look customers up, over all sockets and HTTP.
#[derive(Clone)]
pub(crate) struct LookupRates(Arc<Mutex<Rates<String>>>);

impl LookupRates {
    /// Takes one lookup of this agent.
    ///
    /// # Errors
    /// `rate_limited`.
    pub(crate) fn take(&self, agent_code: &str, now: DateTime<Utc>) -> Result<(), Refusal> {
        // Nothing can panic while the lock is held.
        let mut rates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rates.take(&agent_code.to_owned(), now).map_err(Refusal::rate_limited)
    }
}

impl App {
    /// The failures so far.
    pub(crate) fn sign_ins(&self) -> MutexGuard<'_, SignIns> {
        self.failed_sign_ins.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the store on a lookup thread and waits for it.
    ///
    /// # Errors
    /// Busy, time-out, or what the work's error means to a client.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Reader) -> Result<T, ProfileError> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.lookups.read(work).await
    }
}

/// A telephone system with the tracker that follows its calls.
fn source(link: SourceLink) -> Result<Source, getrandom::Error> {
    let SourceLink { name, events, requests, .. } = link;
    let tracker = CallTracker::new(TrackerLimits::default(), CallIds::of_source(&name)?);
    Ok(Source { name, tracker, events: Some(events), requests, up: false })
}

/// A server that runs.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stopping: CancellationToken,
    tls: Option<Arc<ServerTls>>,
    bridge: JoinHandle<Result<(), SourceError>>,
    accepting: JoinHandle<()>,
    tasks: TaskTracker,
    recorded: oneshot::Receiver<()>,
    audited: oneshot::Receiver<()>,
}

/// What a server needs from outside.
pub struct Parts {
    /// The store.
    pub store: Store,
    /// Where to accept connections.
    pub listener: TcpListener,
    /// The telephone systems; none: lookups only.
    pub sources: Vec<SourceLink>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Cancelled to stop.
    pub stopping: CancellationToken,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts").field("store", &self.store.location()).finish_non_exhaustive()
    }
}

impl Server {
    /// Starts serving. Everything is ready when it returns.
    ///
    /// # Errors
    /// The store or the certificate cannot be read, or the system gives no thread or no randomness.
    pub fn start(parts: Parts, config: &Config) -> Result<Self, Failure> {
        let Parts { store, listener, sources, clock, stopping } = parts;
        let system = |e: &dyn std::fmt::Display| Failure::software(format!("the system refuses: {e}"));
        let address = listener.local_addr().map_err(|e| system(&e))?;
        let limits = &config.limits;
        let tls = config.tls.clone().map(ServerTls::load).transpose()?.map(Arc::new);
        let oidc = config.oidc.clone().map(Oidc::new).transpose()?;
        let metrics = Metrics::new();
        let lookups = Lookups::start(&store, limits.lookup(), &metrics)?;
        let policy = Policy::new(&config.permissions);
        let mut hub = Hub::new(limits.hub(), metrics.clone())
            .map_err(|e| system(&e))?
            .with_policy(policy)
            .begun_at(clock.now());
        hub.set_agents(store.reader()?.agents()?);
        let has_source = !sources.is_empty();
        let webhooks = sources.iter().filter_map(|link| Some((link.name.clone(), link.webhook.clone()?)));
        let webhooks = webhooks.collect();
        let sources = sources.into_iter().map(source).collect::<Result<_, _>>().map_err(|e| system(&e))?;
        let recording = Recorder::start(&store, clock.clone(), config.recorder(), metrics.clone())
            .map_err(|e| system(&e))?;
        let (audit, audited) =
            Auditor::start(&store, clock.clone(), limits.audit(), metrics.clone()).map_err(|e| system(&e))?;
        let (inbox_tx, inbox) = mpsc::channel(INBOX_MAX);
        let tasks = TaskTracker::new();
        let app = Arc::new(App {
            lookups: lookups.clone(),
            inbox: inbox_tx,
            clock: clock.clone(),
            limits: limits.socket(),
            metrics: metrics.clone(),
            stopping: stopping.clone(),
            tasks: tasks.clone(),
            sockets: Arc::new(Semaphore::new(limits.sockets_max)),
            allowed_origins: config.allowed_origins.clone(),
            policy,
            tls: tls.clone(),
            store,
            sign_in: config.sign_in.clone(),
            oidc,
            passwords: Passwords::new(lookups.timeout()),
            watch: Arc::default(),
            audit: audit.clone(),
            lookup_rates: LookupRates(Arc::new(Mutex::new(Rates::new(limits.lookup_rate(), KEYS_MAX)))),
            failed_sign_ins: Mutex::new(config.sign_in.limits()),
            has_source,
            webhooks,
        });
        let bridge = Bridge::new(sources, hub, lookups, recording.recorder, clock, metrics, config.bridge())
            .with_audit(audit);
        let ears = Ears { written: recording.done, inbox, stopping: stopping.clone() };
        let recorded = recording.ended;
        tasks.spawn(app.watch.clone().run(
            app.lookups.clone(),
            app.clock.clone(),
            Duration::from_millis(limits.agents_refresh_ms),
            stopping.clone(),
        ));
        let accepting = tokio::spawn(web::accept::accept(listener, app, limits.clone()));
        let bridge = tokio::spawn(bridge.run(ears));
        Ok(Self { address, stopping, tls, bridge, accepting, tasks, recorded, audited })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The listener's TLS, to load its certificate again; `None`: it speaks plain text.
    #[must_use]
    pub fn tls(&self) -> Option<Arc<ServerTls>> {
        self.tls.clone()
    }

    /// Waits until it has ended: sockets closed, call records written.
    ///
    /// # Errors
    /// The telephone system refused us for good, or a task of ours panicked.
    pub async fn wait(self) -> Result<(), Failure> {
        let ended = self.bridge.await;
        // The loop may have ended by itself; everything else follows it.
        self.stopping.cancel();
        let accepted = self.accepting.await;
        self.tasks.close();
        self.tasks.wait().await;
        // An error means that the thread has gone, which is what is waited for.
        let _ = self.recorded.await;
        let _ = self.audited.await;
        accepted.map_err(|e| Failure::software(format!("accepting connections ended: {e}")))?;
        ended.map_err(|e| Failure::software(format!("the loop ended: {e}")))?.map_err(Failure::from)
    }
}
