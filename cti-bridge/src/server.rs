//! Puts everything together: store, lookup threads, loop, recorder, web. `serve`, `demo`, tests and benches start it.

mod store_watch;

use std::fmt::{Debug, Display};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use shared::Clock;
use shared::exit::Failure;
use shared::message;
use shared::store::{Store, StoreError};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::places::Places;
use crate::app::refusals::Refusals;
use crate::app::{AgentRates, App};
use crate::audit::Auditor;
use crate::bridge::blindness::Blindness;
use crate::bridge::input::Results;
use crate::bridge::outbox::Sender;
use crate::bridge::record::Recorder;
use crate::bridge::{Bridge, LoopInputs, Source, Workers};
use crate::call::{CallIds, CallTracker, TrackerLimits};
use crate::config::Config;
use crate::events_out::EventsOut;
use crate::hub::Hub;
use crate::lookup::Lookups;
use crate::metrics::Metrics;
use crate::oidc::Oidc;
use crate::password::Passwords;
use crate::permission::Policy;
use crate::source::{SourceError, SourceLink};
use crate::tls::ServerTls;
use crate::web;

/// Commands of sockets that may wait for the loop; a socket waits when there are more.
const INBOX_MAX: usize = 1_024;

/// A running server.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stopping: CancellationToken,
    tls: Option<Arc<ServerTls>>,
    bridge: JoinHandle<Result<(), SourceError>>,
    accepting: JoinHandle<()>,
    tasks: TaskTracker,
    writers: Option<Writers>,
    watching: JoinHandle<Result<(), StoreError>>,
}

/// The threads that write to the store. They end by themselves once the server stops, when everything is written or in a
/// file beside the store.
#[derive(Debug)]
pub struct Writers {
    recorded: oneshot::Receiver<()>,
    audited: oneshot::Receiver<()>,
}

impl Writers {
    /// Waits until they have ended.
    pub async fn ended(self) {
        // An error means that the thread has ended, which is what is waited for.
        let _ = self.recorded.await;
        let _ = self.audited.await;
    }
}

/// What a server is made of.
pub struct Parts {
    /// The store.
    pub store: Store,
    /// Where to accept connections.
    pub listener: TcpListener,
    /// The PBXs; without any there are lookups only.
    pub sources: Vec<SourceLink>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Cancelled to stop.
    pub stopping: CancellationToken,
}

impl Debug for Parts {
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
        let address = listener.local_addr().map_err(system)?;
        let limits = &config.limits;
        let metrics = Metrics::new();
        let tls = config.tls.clone().map(ServerTls::load).transpose()?.map(Arc::new);
        let lookups = Lookups::start(&store, limits.lookup(), &metrics)?;
        let policy = Policy::new(&config.permissions);
        let hub = hub(&store, config, policy, clock.as_ref(), &metrics)?;
        let presence = store.reader()?.kept_presence()?;
        let (results_tx, results) = Results::channel();
        let events = Arc::new(EventsOut::prepare(&config.events_out, metrics.clone())?);
        let (recorder, recorded) = Recorder::start(
            &store,
            clock.clone(),
            config.recorder(),
            metrics.clone(),
            results_tx.clone(),
            events.clone(),
        )
        .map_err(system)?;
        let (audit, audited) =
            Auditor::start(&store, clock.clone(), limits.audit(), metrics.clone()).map_err(system)?;
        let (inbox_tx, inbox) = mpsc::channel(INBOX_MAX);
        let tasks = TaskTracker::new();
        Sender::spawn_all(&events, &lookups, &recorder, &clock, &tasks, &stopping)?;
        let watched = store.clone();
        let app = Arc::new(App {
            lookups: lookups.clone(),
            inbox: inbox_tx,
            clock: clock.clone(),
            limits: limits.socket(),
            metrics: metrics.clone(),
            health: recorder.health(),
            stopping: stopping.clone(),
            tasks: tasks.clone(),
            http: limits.http(),
            places: Places::new(limits.places()),
            refusals: Refusals::new(metrics.clone()),
            trusted_proxies: config.trusted_proxies.clone(),
            allowed_origins: config.allowed_origins.clone(),
            policy,
            tls: tls.clone(),
            store,
            sign_in: config.sign_in.rules(),
            oidc: config.oidc.clone().map(Oidc::new).transpose()?,
            passwords: Passwords::new(lookups.timeout()),
            watch: Arc::default(),
            audit: audit.clone(),
            lookup_rates: AgentRates::new(limits.lookup_rate()),
            write_rates: AgentRates::new(limits.write_rate()),
            failed_sign_ins: Mutex::new(config.sign_in.limits()),
            has_source: !sources.is_empty(),
            webhooks: sources.iter().filter_map(|s| Some((s.name.clone(), s.webhook.clone()?))).collect(),
        });
        let sources = sources.into_iter().map(source).collect::<Result<_, _>>().map_err(system)?;
        let workers = Workers { lookups, recorder, results: results_tx };
        let bridge = Bridge::new(sources, hub, workers, clock, metrics, config.bridge())
            .with_presence(presence)
            .with_audit(audit)
            .with_lines(config.lines.clone())
            .with_dialling(config.dialling());
        let inputs = LoopInputs { results, inbox, stopping: stopping.clone() };
        let every = Duration::from_millis(limits.agents_refresh_ms);
        let (lookups, clock) = (app.lookups.clone(), app.clock.clone());
        tasks.spawn(app.watch.clone().run(lookups, clock, every, stopping.clone()));
        let accepting = tokio::spawn(web::accept::accept(listener, app));
        let bridge = tokio::spawn(bridge.run(inputs));
        let watching = tokio::spawn(store_watch::watch(watched, every, stopping.clone()));
        let writers = Some(Writers { recorded, audited });
        Ok(Self { address, stopping, tls, bridge, accepting, tasks, writers, watching })
    }

    /// The address that it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The listener's TLS, whose certificate can be reloaded; `None` for plain text.
    #[must_use]
    pub fn tls(&self) -> Option<Arc<ServerTls>> {
        self.tls.clone()
    }

    /// The threads that write, to be waited for apart: a store that another program holds takes longer than sockets may.
    pub fn writers(&mut self) -> Option<Writers> {
        self.writers.take()
    }

    /// Waits until it has ended: sockets are closed, and call records and audit entries are written, unless the writers
    /// were taken.
    ///
    /// # Errors
    /// A PBX refused to let us sign in, the store's file is gone or another, or a task panicked.
    pub async fn wait(self) -> Result<(), Failure> {
        let ended = self.bridge.await;
        // The loop may have ended on its own; then everything else stops too.
        self.stopping.cancel();
        let accepted = self.accepting.await;
        self.tasks.close();
        self.tasks.wait().await;
        if let Some(writers) = self.writers {
            writers.ended().await;
        }
        accepted.map_err(system)?;
        self.watching.await.map_err(system)??;
        ended.map_err(system)?.map_err(Failure::from)
    }
}

/// A PBX with the tracker that follows its calls.
fn source(link: SourceLink) -> Result<Source, getrandom::Error> {
    let SourceLink { name, events, requests, controls, webhook, own_numbers, recording_url } = link;
    let tracker = CallTracker::new(TrackerLimits::default(), CallIds::of_source(&name)?);
    let tracker = tracker.with_own_numbers(own_numbers);
    Ok(Source {
        name,
        tracker,
        events: Some(events),
        requests,
        controls: Arc::new(controls),
        recording_url,
        up: false,
        blindness: Blindness::default(),
        lists_calls: webhook.is_none(),
    })
}

fn hub(
    store: &Store,
    config: &Config,
    policy: Policy,
    clock: &dyn Clock,
    metrics: &Metrics,
) -> Result<Hub, Failure> {
    let hub = Hub::new(config.limits.hub(), metrics.clone()).map_err(system)?;
    let mut hub = hub.with_policy(policy).begun_at(clock.now());
    hub.set_agents(store.reader()?.agents()?);
    Ok(hub)
}

fn system(cause: impl Display) -> Failure {
    Failure::software(message!("システムのエラー: {cause}", "system error: {cause}", cause = cause))
}
