//! `schedule install`: the file of the schedule, and the units for systemd and cron.

use std::path::{Path, PathBuf};

use chrono::NaiveTime;
use cli_kit::{BadValue, bad_value};
use serde_json::json;
use shared::cause::Cause as _;
use shared::exit::Failure;
use shared::message;

use crate::context::{Context, Format};
use crate::output::Sheet;
use crate::output::file::{unwritable, write_whole};
use crate::rank::run::output_files::OutputFiles;
use crate::schedule::due_dates::Schedule;
use crate::schedule::scheduler_units::{Job, Unit};
use crate::schedule::state_view::{lines, state, state_json};
use crate::schedule::{labels, schedule_file};

/// Default time: at night, before offices open.
const DEFAULT_TIME: NaiveTime = match NaiveTime::from_hms_opt(2, 30, 0) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

/// `analytics schedule install`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The day of the month; the last day of a shorter month.
    /// [default: unchanged, else 1]
    #[arg(long, value_name = "1..31", value_parser = clap::value_parser!(u32).range(1..=31))]
    day: Option<u32>,
    /// Run as of the last such day up to the day of the run: 31 for the end of the month, 20 for a closing day; `none` for the
    /// day of the run itself [default: unchanged, else none].
    #[arg(long, value_name = "1..31|none", value_parser = closing_day)]
    closing_day: Option<ClosingDay>,
    /// The time in Asia/Tokyo [default: unchanged, else 02:30].
    #[arg(long, value_name = "HH:MM", value_parser = time)]
    time: Option<NaiveTime>,
    /// Write the systemd units and the cron file into this folder [default: standard output].
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// The account that runs the update.
    #[arg(long, value_name = "NAME", value_parser = user)]
    user: Option<String>,
    #[command(flatten)]
    outputs: OutputFiles,
}

/// A day of the month, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ClosingDay(Option<u32>);

fn closing_day(text: &str) -> Result<ClosingDay, BadValue> {
    let wrong = || {
        bad_value(message!(
            "1から31までの日、または none を指定してください",
            "give a day from 1 to 31, or none"
        ))
    };
    match text {
        "none" => Ok(ClosingDay(None)),
        day => {
            let day = day.parse().ok().filter(|day| (1..=31).contains(day));
            day.map(|day| ClosingDay(Some(day))).ok_or_else(wrong)
        }
    }
}

fn time(text: &str) -> Result<NaiveTime, BadValue> {
    NaiveTime::parse_from_str(text, "%H:%M")
        .map_err(|_| bad_value(message!("02:30 のような時刻を指定してください", "give a time such as 02:30")))
}

fn user(text: &str) -> Result<String, BadValue> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    let is_fine = !text.is_empty() && text.len() <= 32 && !text.starts_with('-') && text.chars().all(is_name);
    if is_fine {
        Ok(text.to_owned())
    } else {
        Err(bad_value(message!("アカウント名を指定してください", "give the name of an account")))
    }
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    args.outputs.check()?;
    let mut reader = context.store()?.reader()?;
    if reader.rank_config(None)?.is_none() && reader.last_rank_run()?.is_none() {
        context.notice(&message!(
            "ランク設定がまだないため、更新は実行できません。analytics rank config save FILE で保存してください",
            "there are no rank settings yet, so no update can run; save some with: analytics rank config save FILE",
        ));
    }
    // A new schedule starts today; options that are not given keep their value.
    let old = schedule_file::find(context).ok().flatten();
    let old = old.unwrap_or(Schedule { day: 1, closing_day: None, time: DEFAULT_TIME, since: context.as_of });
    let (day, time) = (args.day.unwrap_or(old.day), args.time.unwrap_or(old.time));
    let closing_day = args.closing_day.map_or(old.closing_day, |ClosingDay(day)| day);
    let schedule = Schedule { day, closing_day, time, since: old.since };
    let units = Job { command: command(context, args)?, user: args.user.clone(), time }.units();
    let written = match &args.dir {
        Some(dir) => write(dir, &units)?,
        None => Vec::new(),
    };
    schedule_file::save(context, &schedule)?;
    let state = state(context, &schedule)?;
    let mut value = state_json(&state);
    value["command"] = json!("schedule install");
    value["file"] = json!(schedule_file::path(context).display().to_string());
    value["written"] = json!(written);
    value["units"] = units.iter().map(|(name, text)| json!({"name": name, "text": text})).collect();
    if args.dir.is_none() && context.format == Format::Table {
        let text: Vec<String> = units.iter().map(|(name, text)| format!("# --- {name}\n{text}")).collect();
        context.notice(&message!(
            "実行予定を {path} に保存しました",
            "the schedule was saved in {path}",
            path = schedule_file::path(context).display(),
        ));
        return context.write(&text.join("\n"));
    }
    let mut header = lines(context, &state);
    header.extend(written.iter().map(|path| (context.label(labels::INSTALLED).to_owned(), path.clone())));
    let title = context.label(labels::SCHEDULE).to_owned();
    context.emit(&Sheet { title, header, ..Sheet::default() }, &value)
}

/// The daily command, with absolute paths: a scheduler has another working directory and no environment.
fn command(context: &Context, args: &Args) -> Result<Vec<String>, Failure> {
    let program = std::env::current_exe().map_err(|error| {
        Failure::software(message!(
            "このプログラムのパスがわかりません({error})",
            "the path of this program is unknown: {error}",
            error = error.cause(),
        ))
    })?;
    let mut command = vec![
        whole(&program)?,
        "--store".to_owned(),
        whole(&context.store_path)?,
        "--mirror".to_owned(),
        whole(&context.mirror_path)?,
        "--format".to_owned(),
        "json".to_owned(),
        "schedule".to_owned(),
        "run".to_owned(),
    ];
    for (name, path) in [("--metrics-file", &args.outputs.metrics_file), ("--report", &args.outputs.report)] {
        if let Some(path) = path {
            command.extend([name.to_owned(), whole(path)?]);
        }
    }
    Ok(command)
}

/// An absolute path that fits into a line of a unit.
fn whole(path: &Path) -> Result<String, Failure> {
    let absolute = std::path::absolute(path).ok();
    let text = absolute.as_deref().and_then(Path::to_str).filter(|text| !text.chars().any(char::is_control));
    text.map(str::to_owned).ok_or_else(|| {
        Failure::usage(message!(
            "{path} には systemd や cron で使えない文字が含まれています。別のパスを指定してください",
            "{path} has characters that systemd or cron cannot handle; use another path",
            path = path.display(),
        ))
    })
}

fn write(dir: &Path, units: &[Unit]) -> Result<Vec<String>, Failure> {
    std::fs::create_dir_all(dir).map_err(|error| unwritable(dir, &error))?;
    let mut written = Vec::new();
    for (name, text) in units {
        let path = dir.join(name);
        write_whole(&path, text)?;
        written.push(path.display().to_string());
    }
    Ok(written)
}
