//! The file of the schedule beside the store: `STORE.schedule.toml`.

use std::path::{Path, PathBuf};

use chrono::{NaiveDate, NaiveTime};
use shared::cause::Cause as _;
use shared::exit::Failure;
use shared::message;
use shared::message::{Label, Message};
use shared::settings_reader::{self, Mistake};

use crate::context::Context;
use crate::output::file::write_whole;
use crate::schedule::due_dates::Schedule;

/// The version of the layout.
const VERSION: u32 = 1;
/// The largest file, in bytes.
const FILE_BYTES_MAX: u64 = 64 * 1024;

const TIME: Label = Label::new("02:30 のような時刻を書いてください", "must be a time such as \"02:30\"");
const DATE: Label =
    Label::new("2026-10-31 のような日付を書いてください", "must be a date such as \"2026-10-31\"");

/// Where the schedule of the context's store is.
pub(crate) fn path(context: &Context) -> PathBuf {
    let mut name = context.store_path.as_os_str().to_owned();
    name.push(".schedule.toml");
    PathBuf::from(name)
}

/// Reads the schedule, which must be there.
pub(crate) fn load(context: &Context) -> Result<Schedule, Failure> {
    find(context)?.ok_or_else(|| {
        Failure::no_input(message!(
            "{path} がありません。analytics schedule install --day 日 で実行予定を作成してください",
            "there is no {path}; create it with: analytics schedule install --day DAY",
            path = path(context).display(),
        ))
    })
}

/// Reads the schedule, if there is one.
pub(crate) fn find(context: &Context) -> Result<Option<Schedule>, Failure> {
    let path = path(context);
    let unreadable = |error: std::io::Error| {
        let reason =
            message!("読み込めません({error})", "it cannot be read ({error})", error = error.cause());
        refused(&path, &reason)
    };
    match std::fs::metadata(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
        Ok(found) if found.len() > FILE_BYTES_MAX => {
            return Err(refused(&path, &message!("大きすぎます", "it is too large")));
        }
        Ok(_) => {}
    }
    let text = std::fs::read_to_string(&path).map_err(unreadable)?;
    let schedule = settings_reader::read(&text, |root| {
        root.only(&["version", "schedule"]);
        let needed = |key: &str| message!("{key} を書いてください", "{key} is missing", key = key);
        let version = root.required("version", needed("version"))?.whole(VERSION..=VERSION);
        let table = root.required("schedule", needed("[schedule]"))?.table()?;
        table.only(&["day", "closing_day", "time", "since"]);
        let day = table.required("day", needed("day")).and_then(|value| value.whole(1..=31));
        let time = table
            .required("time", needed("time"))
            .and_then(|value| value.parsed(TIME, |text| NaiveTime::parse_from_str(text, "%H:%M").ok()));
        let since = table
            .required("since", needed("since"))
            .and_then(|value| value.parsed(DATE, |text| text.parse::<NaiveDate>().ok()));
        let closing_day = match table.get("closing_day") {
            Some(value) => value.whole(1..=31).map(Some),
            None => Some(None),
        };
        version?;
        Some(Schedule { day: day?, closing_day: closing_day?, time: time?, since: since? })
    });
    schedule.map(Some).map_err(|mistakes| {
        let lines: Vec<Message> = mistakes.iter().map(Mistake::located).collect();
        let all = lines
            .into_iter()
            .reduce(|all, next| message!("{all}、{next}", "{all}; {next}", all = all, next = next));
        refused(&path, &all.unwrap_or_else(|| message!("", "")))
    })
}

fn refused(path: &Path, reason: &Message) -> Failure {
    Failure::config(message!(
        "{path}: {reason}。analytics schedule install で作り直してください",
        "{path}: {reason}; create it again with: analytics schedule install",
        path = path.display(),
        reason = *reason,
    ))
}

/// Writes the schedule.
pub(crate) fn save(context: &Context, schedule: &Schedule) -> Result<(), Failure> {
    let Schedule { day, closing_day, time, since } = schedule;
    let closing = closing_day.map_or_else(String::new, |day| {
        format!("closing_day = {day}    # the run is as of the last such day up to it\n")
    });
    let text = format!(
        "# When the monthly rank update is owed (Asia/Tokyo). Written by: analytics schedule install\n\
         version = {VERSION}\n[schedule]\nday = {day}            # in a shorter month the last day\n{closing}\
         time = \"{}\"\nsince = \"{since}\" # nothing before it is owed\n",
        time.format("%H:%M")
    );
    write_whole(&path(context), &text)
}
