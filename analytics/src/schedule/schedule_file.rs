//! The schedule's own small file beside the store: `STORE.schedule.toml`.

use std::path::PathBuf;

use chrono::{NaiveDate, NaiveTime};
use serde::Deserialize;

use crate::context::Context;
use crate::exit::{self, Failure};
use crate::output::file::write_whole;
use crate::schedule::due_dates::Schedule;

/// The layout that this program knows.
const VERSION: u32 = 1;
/// The largest file, in bytes.
const FILE_BYTES_MAX: u64 = 64 * 1024;

/// The file as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    schedule: Table,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    day: u32,
    time: String,
    since: String,
}

/// Where the schedule of the context's store is.
pub(crate) fn path(context: &Context) -> PathBuf {
    let mut name = context.store_path.as_os_str().to_owned();
    name.push(".schedule.toml");
    PathBuf::from(name)
}

/// Reads the schedule, which must be there.
pub(crate) fn load(context: &Context) -> anyhow::Result<Schedule> {
    find(context)?.ok_or_else(|| {
        Failure::error(
            exit::NO_INPUT,
            format!(
                "there is no {}; make one with: analytics schedule install --day DAY",
                path(context).display()
            ),
        )
    })
}

/// Reads the schedule, if there is one.
pub(crate) fn find(context: &Context) -> anyhow::Result<Option<Schedule>> {
    let path = path(context);
    let wrong = |reason: String| {
        Failure::error(
            exit::CONFIG,
            format!("{}: {reason}; write it anew with: analytics schedule install", path.display()),
        )
    };
    match std::fs::metadata(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(wrong(error.to_string())),
        Ok(found) if found.len() > FILE_BYTES_MAX => return Err(wrong("it is too large".to_owned())),
        Ok(_) => {}
    }
    let text = std::fs::read_to_string(&path).map_err(|error| wrong(error.to_string()))?;
    let document: Document = toml::from_str(&text).map_err(|error| wrong(error.message().to_owned()))?;
    if document.version != VERSION {
        return Err(wrong(format!(
            "version {} is not known, this program knows {VERSION}",
            document.version
        )));
    }
    let Table { day, time, since } = document.schedule;
    if !(1..=31).contains(&day) {
        return Err(wrong(format!("schedule.day = {day} is no day, 1 to 31")));
    }
    let time = NaiveTime::parse_from_str(&time, "%H:%M")
        .map_err(|_| wrong(format!("schedule.time = {time:?} is no time such as 02:30")))?;
    let since: NaiveDate = since
        .parse()
        .map_err(|_| wrong(format!("schedule.since = {since:?} is no date such as 2026-10-31")))?;
    Ok(Some(Schedule { day, time, since }))
}

/// Writes the schedule.
pub(crate) fn save(context: &Context, schedule: &Schedule) -> anyhow::Result<()> {
    let Schedule { day, time, since } = schedule;
    let text = format!(
        "# When the monthly rank update is owed (Asia/Tokyo). Written by: analytics schedule install\n\
         version = {VERSION}\n[schedule]\nday = {day}            # in a shorter month the last day\n\
         time = \"{}\"\nsince = \"{since}\" # nothing before it is owed\n",
        time.format("%H:%M")
    );
    Ok(write_whole(&path(context), &text)?)
}
