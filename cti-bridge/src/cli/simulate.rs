//! `simulate`: the simulated PBX alone, to try out the bridge or another AMI client.

mod script;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use serde_json::json;
use shared::SystemClock;
use shared::exit::{self, Failure};
use shared::store::Store;
use tokio_util::sync::CancellationToken;

use super::demo::{CallBook, EndlessCalls, phones};
use super::output::say_json;
use super::process::{address_of, block_on, listen};
use crate::files::read_text;
use crate::lifecycle::Signals;
use crate::simulator::{CallScript, SimulatorOptions, run_simulator};
use crate::source::Secret;

/// The largest script that is read, in bytes.
const FILE_BYTES_MAX: u64 = 1024 * 1024;
/// Time for a shutdown.
const GRACE: Duration = Duration::from_millis(1_800);

#[derive(Debug, Args)]
pub(crate) struct SimulateArgs {
    /// Address of the manager interface; port 0 takes any free one.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:5038")]
    listen: SocketAddr,
    /// Manager user; the secret is taken from CHAKUDEN_AMI_SECRET.
    #[arg(long, value_name = "NAME", default_value = "chakuden")]
    user: String,
    /// File of calls to play, one after the other (TOML); without it random calls, without end.
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// Store with the callers of the random calls; without it all callers are unknown.
    #[arg(long, env = "CHAKUDEN_STORE", value_name = "FILE")]
    store: Option<PathBuf>,
    /// Milliseconds between calls.
    #[arg(long, value_name = "MS", default_value_t = 6_000, value_parser = clap::value_parser!(u64).range(20..=3_600_000))]
    pace_ms: u64,
    /// Seed of the random calls; the same number gives the same calls.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

pub(super) fn run(args: &SimulateArgs) -> Result<(), Failure> {
    let calls: Box<dyn Iterator<Item = CallScript> + Send> = match &args.script {
        Some(path) => Box::new(read(path)?.into_iter()),
        None => {
            let book = match &args.store {
                Some(path) => CallBook::read(&Store::open(path)?)?,
                None => CallBook::default(),
            };
            Box::new(EndlessCalls::new(book, args.seed, args.pace_ms))
        }
    };
    let mut options = SimulatorOptions::new(&args.user, Secret::from_env("CHAKUDEN_AMI_SECRET")?, phones());
    options.call_interval_ms = args.pace_ms;
    options.calls_live_max = 2;
    block_on(simulate(args.listen, options, calls))
}

async fn simulate(
    address: SocketAddr,
    options: SimulatorOptions,
    calls: Box<dyn Iterator<Item = CallScript> + Send>,
) -> Result<(), Failure> {
    let mut signals = Signals::new()?;
    let stopping = CancellationToken::new();
    let listener = listen(address).await?;
    let at = address_of(&listener)?;
    say_json(&json!({"listening": at}))?;
    let work = async {
        run_simulator(listener, options, &SystemClock, calls, stopping.clone()).await;
        Ok(())
    };
    signals.run(&stopping, GRACE, work).await.map(|_| ())
}

fn read(path: &Path) -> Result<Vec<CallScript>, Failure> {
    let text = read_text(path, FILE_BYTES_MAX)?;
    script::parse(&text).map_err(|mistakes| Failure::mistakes(exit::DATA, path, &mistakes))
}
