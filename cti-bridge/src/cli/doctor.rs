//! `doctor`: signs in to every PBX of the settings and says what it does not let the bridge see or do.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use serde::Serialize;
use shared::SystemClock;
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;
use shared::message::{Explain as _, Message};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::Format;
use super::output::{say, say_json};
use super::process::block_on;
use crate::config::Config;
use crate::source::problem::{Problem, Problems};
use crate::source::{PreparedSources, SourceContext, SourceEvent, SourceFlags, SourceLink};

/// Longest wait for a PBX to be reached and to answer the first questions.
const ANSWER_MAX: Duration = Duration::from_secs(20);
/// More may come right after the first answers.
const SETTLE: Duration = Duration::from_millis(500);
/// The longest time to watch, in seconds: an hour.
const WATCH_SECONDS_MAX: u64 = 3_600;

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Settings file (TOML) that names the PBXs; flags override it.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    sources: SourceFlags,
    /// Watch so long after signing in: that call events are missing shows only while there are calls.
    #[arg(long, value_name = "SECONDS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=WATCH_SECONDS_MAX))]
    watch: u64,
    /// How results are printed.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What was found out about one PBX.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Finding {
    /// The bridge sees and may do what it needs.
    Fine,
    /// It does not.
    Problems(Problems),
    /// Events are posted to the bridge: there is nothing to connect to.
    Posts,
    /// It cannot be reached, or refuses the sign-in.
    Unreachable(Message),
}

/// A finding as JSON.
#[derive(Debug, Serialize)]
struct Line<'a> {
    source: &'a str,
    state: &'static str,
    problem: Option<&'static str>,
    message: Option<String>,
    change: Option<&'static str>,
}

pub(super) fn run(args: &DoctorArgs, lang: Lang) -> Result<(), Failure> {
    let mut config = match &args.config {
        Some(path) => Config::read(path)?,
        None => Config::default(),
    };
    config.sources.apply(&args.sources)?;
    let sources = config.sources.prepare()?;
    block_on(examine(sources, args, lang))
}

async fn examine(sources: PreparedSources, args: &DoctorArgs, lang: Lang) -> Result<(), Failure> {
    let stopping = CancellationToken::new();
    let context = SourceContext { clock: Arc::new(SystemClock), stopping: stopping.clone() };
    let links = sources.start(&context);
    if links.is_empty() {
        return Err(Failure::usage(message!(
            "PBX の指定がありません。--config で設定ファイルを指定するか、--ami と --ami-user を指定してください",
            "no PBX is named; give --config FILE, or --ami and --ami-user",
        )));
    }
    let watch = Duration::from_secs(args.watch);
    let examined: Vec<_> = links.into_iter().map(|link| tokio::spawn(examine_one(link, watch))).collect();
    let mut found = Vec::new();
    for one in examined {
        if let Ok(one) = one.await {
            print(&one.0, &one.1, args.format, lang)?;
            found.push(one.1);
        }
    }
    stopping.cancel();
    verdict(&found)
}

/// Waits until a PBX has answered the first questions, then watches it.
async fn examine_one(mut link: SourceLink, watch: Duration) -> (String, Finding) {
    let mut finding = None;
    let mut until = Instant::now() + ANSWER_MAX;
    while let Ok(Some(event)) = timeout_at(until, link.events.recv()).await {
        match event {
            SourceEvent::Up if link.webhook.is_some() => finding = Some(Finding::Posts),
            SourceEvent::Checked(problems) => {
                if finding.is_none() {
                    until = Instant::now() + watch.max(SETTLE);
                }
                let is_fine = problems.is_empty();
                finding = Some(if is_fine { Finding::Fine } else { Finding::Problems(problems) });
            }
            SourceEvent::Down { reason } => {
                finding = Some(Finding::Unreachable(reason));
            }
            SourceEvent::Fatal(error) => finding = Some(Finding::Unreachable(error.message())),
            SourceEvent::Up | SourceEvent::Signals { .. } => {}
        }
        if matches!(finding, Some(Finding::Posts | Finding::Unreachable(_))) {
            break;
        }
    }
    let silent = || Finding::Unreachable(message!("応答がありません", "it does not answer"));
    (link.name, finding.unwrap_or_else(silent))
}

fn print(source: &str, finding: &Finding, format: Format, lang: Lang) -> Result<(), Failure> {
    let line = |state, problem: Option<Problem>, message: Option<String>| Line {
        source,
        state,
        problem: problem.map(Problem::word),
        message,
        change: problem.and_then(Problem::change),
    };
    let lines = match finding {
        Finding::Fine => vec![line("ok", None, None)],
        Finding::Posts => vec![line("webhook", None, None)],
        Finding::Unreachable(why) => vec![line("down", None, Some(why.text(lang).to_owned()))],
        Finding::Problems(problems) => problems
            .iter()
            .map(|problem| line("degraded", Some(*problem), Some(problem.message().text(lang).to_owned())))
            .collect(),
    };
    for line in lines {
        match format {
            Format::Json => say_json(&line)?,
            Format::Table => say(&sentence(&line, lang))?,
        }
    }
    Ok(())
}

fn sentence(line: &Line<'_>, lang: Lang) -> String {
    let sentence = match (line.state, &line.message) {
        ("ok", _) => message!(
            "{source}: 正常です。必要な権限はすべてあります",
            "{source}: fine, the bridge may see and do all that it needs",
            source = line.source,
        ),
        ("webhook", _) => message!(
            "{source}: Webhook です。イベントは /v1/events/{source} に送信されます(接続先の確認はありません)",
            "{source}: a webhook; events are posted to /v1/events/{source}, there is nothing to connect to",
            source = line.source,
        ),
        ("down", Some(why)) => message!(
            "{source}: 接続できません。{why}",
            "{source}: not connected: {why}",
            source = line.source,
            why = why,
        ),
        (_, why) => message!(
            "{source}: {why}",
            "{source}: {why}",
            source = line.source,
            why = why.as_deref().unwrap_or_default(),
        ),
    };
    let sentence = sentence.text(lang).to_owned();
    match line.change {
        Some(change) => format!("{sentence}\n    {change}"),
        None => sentence,
    }
}

/// 78 when a PBX must be set up otherwise, 69 when one cannot be reached.
fn verdict(found: &[Finding]) -> Result<(), Failure> {
    let degraded = found.iter().filter(|one| matches!(one, Finding::Problems(_))).count();
    let down = found.iter().filter(|one| matches!(one, Finding::Unreachable(_))).count();
    if degraded > 0 {
        return Err(Failure::config(message!(
            "{count} 台の PBX で設定の変更が必要です",
            "{count} of the PBXs must be set up otherwise",
            count = degraded,
        )));
    }
    if down > 0 {
        return Err(Failure::unavailable(message!(
            "{count} 台の PBX に接続できません",
            "{count} of the PBXs cannot be reached",
            count = down,
        )));
    }
    Ok(())
}
