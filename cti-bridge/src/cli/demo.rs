//! `demo`: a simulated PBX, the real server, and calls without end.
//!
//! The calls take the same path as real ones: the simulator speaks AMI on a loopback port, and the bridge connects to it
//! as to an Asterisk.

mod calls;

use shared::agent::AgentRole;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;
use shared::store::{NewAgent, Store};
use shared::{Clock, SystemClock};
use tokio_util::sync::CancellationToken;

use super::StoreArgs;
use super::agent::add as add_agent;
use super::output::say;
use super::process::{address_of, block_on, listen};
use crate::config::Config;
use crate::lifecycle::Signals;
use crate::server::{Parts, Server};
use crate::simulator::{SimulatedAgent, SimulatorOptions, run_simulator};
use crate::source::ami::{self, AmiConfig};
use crate::source::{Secret, SourceContext};

pub(super) use calls::{CallBook, EndlessCalls};

/// The manager user of the simulated PBX.
const USER: &str = "demo";
/// Calls at a time.
const CALLS_LIVE_MAX: usize = 2;

/// The agents of the demo: code, name, extension.
const AGENTS: [(&str, &str, &str); 3] =
    [("A201", "佐藤 花子", "201"), ("A202", "鈴木 一郎", "202"), ("A203", "高橋 次郎", "203")];

/// Flags of `demo`.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// Address of the agent page; port 0 takes any free one.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Milliseconds between calls.
    #[arg(long, value_name = "MS", default_value_t = 6_000, value_parser = clap::value_parser!(u64).range(20..=3_600_000))]
    pace_ms: u64,
    /// Seed of the calls; the same number gives the same calls.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

/// Runs the demo until a signal.
pub(super) fn run(args: &DemoArgs, lang: Lang) -> Result<(), Failure> {
    let config = Config { listen: args.listen, ..Config::default() };
    config.check_listen()?;
    let store = args.store.open()?;
    let _claim = store.claim_for_bridge()?;
    let book = CallBook::read(&store)?;
    let token = agents(&store)?;
    let calls = EndlessCalls::new(book, args.seed, args.pace_ms);
    block_on(demo(store, &config, calls, &token, lang))
}

/// Adds the demo's agents where they are missing, and returns a new token of the first.
fn agents(store: &Store) -> Result<String, Failure> {
    let there = store.reader()?.agents()?;
    let mut first = None;
    for (code, name, extension) in AGENTS {
        let known = there.iter().find(|agent| agent.agent_code == code && agent.revoked_at.is_none());
        if first.is_some() && known.is_some() {
            continue;
        }
        let agent = NewAgent {
            agent_code: code.to_owned(),
            agent_name: known.map_or(name, |agent| &agent.agent_name).to_owned(),
            extension: known.map_or(Some(extension.to_owned()), |agent| agent.extension.clone()),
            role: known.map_or(AgentRole::Agent, |agent| agent.role),
            token_expires_at: None,
        };
        let token = add_agent(store, &agent)?;
        first.get_or_insert(token);
    }
    first.ok_or_else(|| system("no agents"))
}

/// The phones of the simulated PBX.
pub(super) fn phones() -> Vec<SimulatedAgent> {
    AGENTS
        .map(|(_, name, extension)| SimulatedAgent { extension: extension.to_owned(), name: name.to_owned() })
        .into()
}

async fn demo(
    store: Store,
    config: &Config,
    calls: EndlessCalls,
    token: &str,
    lang: Lang,
) -> Result<(), Failure> {
    let mut signals = Signals::new()?;
    let stopping = CancellationToken::new();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let page = listen(config.listen).await?;
    let telephone = listen(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    let address = address_of(&telephone)?;
    let secret = Secret::new(format!("{:016x}", getrandom::u64().map_err(system)?));
    let mut options = SimulatorOptions::new(USER, secret.clone(), phones());
    options.call_interval_ms = calls.pace_ms();
    options.calls_live_max = CALLS_LIVE_MAX;
    let simulated_stop = stopping.clone();
    let simulator = tokio::spawn(async move {
        run_simulator(telephone, options, &SystemClock, calls, simulated_stop).await;
    });
    let mut asterisk = AmiConfig::new(address.to_string(), USER, secret);
    asterisk.dial_context = "outgoing".to_owned();
    let context = SourceContext { clock: clock.clone(), stopping: stopping.clone() };
    let sources = vec![ami::start("demo", asterisk, &context)];
    let parts = Parts { store, listener: page, sources, clock, stopping: stopping.clone() };
    let mut server = Server::start(parts, config)?;
    let page = server.address();
    // A browser sends nothing after `#` to a server, so the token appears in no log.
    let welcome = message!(
        "画面       http://{page}/\nサインイン http://{page}/#token={token}\nCtrl-C で終了します",
        "Agent page http://{page}/\nSign in    http://{page}/#token={token}\nPress Ctrl-C to stop the demo",
        page = page,
        token = token,
    );
    say(welcome.text(lang))?;
    let grace = Duration::from_millis(config.limits.shutdown_timeout_ms);
    let writers = server.writers();
    let done = signals.run(&stopping, grace, server.wait()).await.map(|_| ());
    if let Some(writers) = writers {
        signals.last_writes(writers.ended()).await;
    }
    simulator.abort();
    done
}

fn system(cause: impl std::fmt::Display) -> Failure {
    Failure::software(message!(
        "デモを開始できません({cause})",
        "the demo cannot start: {cause}",
        cause = cause,
    ))
}
