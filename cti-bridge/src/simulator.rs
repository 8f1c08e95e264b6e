//! A simulated PBX: an AMI *server* that plays calls from scripts.
//!
//! The demo and the tests connect to it with the production client, so their calls take the production path. It sends the
//! events of a real Asterisk (names, headers and order follow `data/captures/ami`) except those that say nothing about
//! calls (`VarSet`, `Newexten`, device states).

mod call;
mod channel;
mod exchange;
mod outgoing;
mod play;
mod server;
mod text;
mod transfer;

use std::sync::Arc;
use std::time::Duration;

use shared::clock::Clock;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::source::Secret;
use exchange::Exchange;

/// One agent's phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimulatedAgent {
    /// The extension.
    pub extension: String,
    /// The name that the PBX shows.
    pub name: String,
}

/// How a simulated PBX behaves.
#[derive(Debug, Clone)]
pub struct SimulatorOptions {
    /// The manager user.
    pub user: String,
    /// The manager user's secret.
    pub secret: Secret,
    /// The phones. A script may name others; they then have no name.
    pub agents: Vec<SimulatedAgent>,
    /// Most connections; further ones are closed at once.
    pub clients_max: usize,
    /// Most messages that wait for one client; a client that reads more slowly is disconnected.
    pub client_queue_max: usize,
    /// Milliseconds from the start of one call to the start of the next.
    pub call_interval_ms: u64,
    /// Most calls at the same time; the next waits.
    pub calls_live_max: usize,
}

impl SimulatorOptions {
    /// One call at a time, every four seconds, to these agents.
    #[must_use]
    pub fn new(user: impl Into<String>, secret: Secret, agents: Vec<SimulatedAgent>) -> Self {
        Self {
            user: user.into(),
            secret,
            agents,
            clients_max: 64,
            client_queue_max: 10_000,
            call_interval_ms: 4_000,
            calls_live_max: 1,
        }
    }
}

/// Whether a simulated caller shows the number. The events carry it in either case, as Asterisk's do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallerPresentation {
    /// `allowed_not_screened`.
    Allowed,
    /// `prohib_not_screened`: 184 was dialled before the number.
    Withheld,
}

/// One call to play.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallScript {
    /// As the carrier sends it; `anonymous` for a payphone.
    pub caller_number: String,
    /// As the carrier sends it: empty, or `Coin line/payphone` and the like.
    pub caller_name: String,
    /// Whether the number may be shown.
    pub presentation: CallerPresentation,
    /// The number dialled.
    pub did: String,
    /// The queue that distributes the call; without one the phones ring directly.
    pub queue: Option<String>,
    /// The extensions that ring, all at once.
    pub ring: Vec<String>,
    /// How long a phone rings before what follows.
    pub ring_ms: u64,
    /// What follows.
    pub ending: Ending,
}

/// How a played call continues after the first ring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// One answers, talks, perhaps holds in between; then the caller hangs up.
    Answer {
        /// Who.
        by: String,
        /// Talking before and after the hold together.
        talk_ms: u64,
        /// The hold, if any.
        hold_ms: Option<u64>,
    },
    /// The caller gives up.
    Abandon,
    /// No answer; then another phone rings and answers.
    NoAnswerThenNext {
        /// Who answers.
        next: String,
        /// How long they talk.
        talk_ms: u64,
    },
    /// One answers and transfers the caller without asking.
    BlindTransfer {
        /// Who answers first.
        by: String,
        /// Who gets the call.
        to: String,
        /// How long each talks.
        talk_ms: u64,
    },
    /// One answers, consults another while the caller is on hold, and connects the two.
    AttendedTransfer {
        /// Who answers first.
        by: String,
        /// Who is consulted and gets the call.
        to: String,
        /// How long each talks, and how long they confer.
        talk_ms: u64,
    },
}

/// A simulated PBX. Clones share it.
#[derive(Debug, Clone)]
pub struct Simulator {
    exchange: Arc<Exchange>,
}

impl Simulator {
    /// A PBX without calls. Channel identities begin with the start time, which the clock gives.
    #[must_use]
    pub fn new(options: SimulatorOptions, clock: &dyn Clock) -> Self {
        Self { exchange: Arc::new(Exchange::new(options, clock.now())) }
    }

    /// Serves manager clients until `shutdown`.
    pub async fn run(&self, listener: TcpListener, shutdown: CancellationToken) {
        shutdown.run_until_cancelled(server::serve(listener, Arc::clone(&self.exchange))).await;
    }

    /// Serves one client over any kind of connection until it ends.
    pub async fn attend(&self, stream: impl AsyncRead + AsyncWrite + Unpin) {
        server::attend(stream, Arc::clone(&self.exchange)).await;
    }

    /// Plays a call to its end.
    pub async fn place(&self, script: &CallScript) {
        play::play(&self.exchange, script).await;
    }

    /// Plays calls one after the other at the configured pace, once the first client has signed in, until they run out or
    /// until `shutdown`.
    pub async fn place_all(
        &self,
        calls: impl Iterator<Item = CallScript> + Send,
        shutdown: &CancellationToken,
    ) {
        let options = &self.exchange.options;
        let free = Arc::new(Semaphore::new(options.calls_live_max.max(1)));
        let tasks = TaskTracker::new();
        let placing = async {
            self.exchange.client_signed_in().await;
            for script in calls {
                let Ok(permit) = Arc::clone(&free).acquire_owned().await else { return };
                let (simulator, shutdown) = (self.clone(), shutdown.clone());
                tasks.spawn(async move {
                    shutdown.run_until_cancelled(simulator.place(&script)).await;
                    drop(permit);
                });
                tokio::time::sleep(Duration::from_millis(options.call_interval_ms)).await;
            }
        };
        shutdown.run_until_cancelled(placing).await;
        tasks.close();
        tasks.wait().await;
    }

    /// Closes every client's connection, as a restart of the manager interface does. Calls continue.
    pub fn disconnect_clients(&self) {
        self.exchange.disconnect_clients();
    }

    /// Ends every call without an event, as a crash does.
    pub fn forget_channels(&self) {
        self.exchange.forget_channels();
    }
}

/// Serves manager clients and, once the first has signed in, plays the calls one after the other at the configured pace.
/// Ends at `shutdown`; it keeps serving when the calls run out.
pub async fn run_simulator(
    listener: TcpListener,
    options: SimulatorOptions,
    clock: &dyn Clock,
    calls: impl Iterator<Item = CallScript> + Send,
    shutdown: CancellationToken,
) {
    let simulator = Simulator::new(options, clock);
    tokio::join!(simulator.run(listener, shutdown.clone()), simulator.place_all(calls, &shutdown));
}
