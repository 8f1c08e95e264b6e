//! `simulate`: the simulated PBX alone, to try out the bridge or another AMI client.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use serde::Deserialize;
use shared::SystemClock;
use shared::exit::Failure;
use shared::message;
use shared::message::Message;
use shared::store::Store;
use tokio_util::sync::CancellationToken;

use super::demo::{CallBook, EndlessCalls, phones};
use super::output::say;
use super::process::{address_of, block_on, listen};
use crate::files::{read_text, toml_message};
use crate::lifecycle::Signals;
use crate::simulator::{CallScript, CallerPresentation, Ending, SimulatorOptions, run_simulator};
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

/// A file of calls.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    call: Vec<Call>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    caller_number: String,
    #[serde(default)]
    caller_name: String,
    #[serde(default)]
    withheld: bool,
    called: String,
    queue: Option<String>,
    ring: Vec<String>,
    ring_ms: u64,
    ending: CallEnding,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum CallEnding {
    Abandon {},
    Answer { by: String, talk_ms: u64, hold_ms: Option<u64> },
    NoAnswerThenNext { next: String, talk_ms: u64 },
    BlindTransfer { by: String, to: String, talk_ms: u64 },
    AttendedTransfer { by: String, to: String, talk_ms: u64 },
}

impl From<Call> for CallScript {
    fn from(call: Call) -> Self {
        let presentation =
            if call.withheld { CallerPresentation::Withheld } else { CallerPresentation::Allowed };
        Self {
            caller_number: call.caller_number,
            caller_name: call.caller_name,
            presentation,
            did: call.called,
            queue: call.queue,
            ring: call.ring,
            ring_ms: call.ring_ms,
            ending: match call.ending {
                CallEnding::Abandon {} => Ending::Abandon,
                CallEnding::Answer { by, talk_ms, hold_ms } => Ending::Answer { by, talk_ms, hold_ms },
                CallEnding::NoAnswerThenNext { next, talk_ms } => Ending::NoAnswerThenNext { next, talk_ms },
                CallEnding::BlindTransfer { by, to, talk_ms } => Ending::BlindTransfer { by, to, talk_ms },
                CallEnding::AttendedTransfer { by, to, talk_ms } => {
                    Ending::AttendedTransfer { by, to, talk_ms }
                }
            },
        }
    }
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
    say(&format!("{{\"listening\":\"{at}\"}}"))?;
    let work = async {
        run_simulator(listener, options, &SystemClock, calls, stopping.clone()).await;
        Ok(())
    };
    signals.run(&stopping, GRACE, work).await.map(|_| ())
}

fn read(path: &Path) -> Result<Vec<CallScript>, Failure> {
    let text = read_text(path, FILE_BYTES_MAX)?;
    parse(&text).map_err(|why| {
        Failure::data(message!("{path}: {why}", "{path}: {why}", path = path.display(), why = why))
    })
}

fn parse(text: &str) -> Result<Vec<CallScript>, Message> {
    let script: Script = toml::from_str(text).map_err(|e| toml_message(text, &e))?;
    Ok(script.call.into_iter().map(CallScript::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: &str = r#"
        [[call]]
        caller_number = "0312345678"
        called = "0120111111"
        queue = "support"
        ring = ["201", "202"]
        ring_ms = 2500
        ending = { answer = { by = "201", talk_ms = 3000 } }
    "#;

    #[test]
    fn a_script_is_read() {
        let calls = parse(CALL).unwrap();
        assert_eq!(calls.len(), 1);
        let answered = Ending::Answer { by: "201".to_owned(), talk_ms: 3_000, hold_ms: None };
        assert_eq!((calls[0].ring.len(), &calls[0].ending), (2, &answered));
        assert_eq!(calls[0].presentation, CallerPresentation::Allowed);
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line() {
        let error = parse(&CALL.replace("ring_ms", "ring_time")).unwrap_err();
        let error = error.text(shared::label::Lang::En);
        assert!(error.starts_with("line ") && error.contains("ring_time"), "{error}");
        assert!(!error.contains('\n'));
    }

    #[test]
    fn an_abandoned_call_needs_no_answer_fields() {
        let text = CALL.replace("answer = { by = \"201\", talk_ms = 3000 }", "abandon = {}");
        assert_eq!(parse(&text).unwrap()[0].ending, Ending::Abandon);
    }
}
