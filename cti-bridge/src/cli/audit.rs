//! `audit`: the trail, oldest first, as it is read: nothing is kept, however long it is.

use std::io::{BufWriter, Write};
use std::ops::ControlFlow;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use clap::{Args, ValueEnum};
use serde::Serialize;
use shared::clock::japan_midnight;
use shared::clock::japan_time;
use shared::store::{AuditEntry, AuditFilter};

use super::StoreArgs;
use crate::agent::protocol::stamp;
use crate::exit::Failure;

#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// From this day (Asia/Tokyo) or instant on: 2026-11-01, 2026-11-01T09:00:00+09:00.
    #[arg(long, value_name = "TIME", value_parser = since)]
    since: Option<DateTime<Utc>>,
    /// Up to and with this day, or before this instant.
    #[arg(long, value_name = "TIME", value_parser = until)]
    until: Option<DateTime<Utc>>,
    /// By whom: an agent's code.
    #[arg(long, value_name = "CODE")]
    actor: Option<String>,
    /// What was done; `customer.` with its dot means everything that begins so.
    #[arg(long, value_name = "ACTION")]
    action: Option<String>,
    /// About this customer.
    #[arg(long, value_name = "CODE")]
    customer: Option<String>,
    /// The newest so many.
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: AuditFormat,
}

/// How the trail is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum AuditFormat {
    /// For people, in Japan's time.
    #[default]
    Table,
    /// A list of objects.
    Json,
    /// With a header.
    Csv,
}

fn since(text: &str) -> Result<DateTime<Utc>, String> {
    match text.parse::<NaiveDate>() {
        Ok(day) => Ok(japan_midnight(day)),
        Err(_) => instant(text),
    }
}

fn until(text: &str) -> Result<DateTime<Utc>, String> {
    match text.parse::<NaiveDate>() {
        Ok(day) => Ok(japan_midnight(day) + TimeDelta::days(1)),
        Err(_) => instant(text),
    }
}

fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    DateTime::parse_from_rfc3339(text)
        .map(|at| at.to_utc())
        .map_err(|_| "a day such as 2026-11-01, or an instant such as 2026-11-01T09:00:00+09:00".to_owned())
}

pub(super) fn run(args: &AuditArgs) -> Result<(), Failure> {
    let filter = AuditFilter {
        since: args.since,
        until: args.until,
        actor: args.actor.clone(),
        action: args.action.clone(),
        subject: args.customer.clone(),
        limit: args.limit,
    };
    let mut out = Printer { out: BufWriter::new(std::io::stdout().lock()), format: args.format, first: true };
    let mut printed = out.begin();
    let mut each = |entry: AuditEntry| {
        if printed.is_ok() {
            printed = out.entry(&entry);
        }
        if printed.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    args.store.open()?.reader()?.audit_trail(&filter, &mut each)?;
    match printed.and_then(|()| out.end()) {
        // Whoever read has read enough (`… | head`).
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|e| Failure::io(format!("stdout cannot be written: {e}"))),
    }
}

/// An entry as JSON and CSV have it.
#[derive(Serialize)]
struct Row<'a> {
    at: String,
    actor: &'a str,
    action: &'a str,
    subject: Option<&'a str>,
    detail: Option<&'a str>,
}

struct Printer<W: Write> {
    out: W,
    format: AuditFormat,
    first: bool,
}

impl<W: Write> Printer<W> {
    fn begin(&mut self) -> std::io::Result<()> {
        match self.format {
            AuditFormat::Table => self.line(["AT", "ACTOR", "ACTION", "SUBJECT", "DETAIL"]),
            AuditFormat::Json => self.out.write_all(b"["),
            AuditFormat::Csv => self.out.write_all(b"at,actor,action,subject,detail\r\n"),
        }
    }

    fn entry(&mut self, entry: &AuditEntry) -> std::io::Result<()> {
        let (subject, detail) = (entry.subject.as_deref(), entry.detail.as_deref());
        let (actor, action) = (entry.actor.as_str(), entry.action.as_str());
        match self.format {
            AuditFormat::Table => {
                let at = japan_time(entry.at).format("%Y-%m-%d %H:%M:%S").to_string();
                self.line([&at, actor, action, subject.unwrap_or("–"), detail.unwrap_or_default()])
            }
            AuditFormat::Json => {
                let row = Row { at: stamp(entry.at), actor, action, subject, detail };
                let before: &[u8] = if std::mem::take(&mut self.first) { b"\n" } else { b",\n" };
                self.out.write_all(before)?;
                serde_json::to_writer(&mut self.out, &row).map_err(std::io::Error::from)
            }
            AuditFormat::Csv => {
                let cells = [&stamp(entry.at), actor, action, subject.unwrap_or(""), detail.unwrap_or("")];
                write!(self.out, "{}\r\n", cells.map(quoted).join(","))
            }
        }
    }

    fn end(mut self) -> std::io::Result<()> {
        if self.format == AuditFormat::Json {
            self.out.write_all(b"\n]\n")?;
        }
        self.out.flush()
    }

    /// Columns of fixed width: a trail is printed as it is read, and nobody knows what comes.
    fn line(&mut self, [at, actor, action, subject, detail]: [&str; 5]) -> std::io::Result<()> {
        let line = format!("{at:<19}  {actor:<14}  {action:<18}  {subject:<12}  {detail}");
        writeln!(self.out, "{}", line.trim_end())
    }
}

/// A CSV cell (RFC 4180). What a spreadsheet would take for a formula is made text.
fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if formula { format!("'{cell}") } else { cell.to_owned() };
    match cell.contains(['"', ',', '\n', '\r']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(format: AuditFormat, entries: &[AuditEntry]) -> String {
        let mut out = Vec::new();
        let mut printer = Printer { out: &mut out, format, first: true };
        printer.begin().unwrap();
        entries.iter().for_each(|entry| printer.entry(entry).unwrap());
        printer.end().unwrap();
        String::from_utf8(out).unwrap()
    }

    fn entry(actor: &str, subject: Option<&str>) -> AuditEntry {
        AuditEntry {
            at: instant("2026-11-22T00:00:01Z").unwrap(),
            actor: actor.to_owned(),
            action: "customer.lookup".to_owned(),
            subject: subject.map(str::to_owned),
            detail: None,
        }
    }

    #[test]
    fn each_format_is_what_it_says() {
        let entries = [entry("A201", Some("C1")), entry("=1+1,\"x\"", None)];
        let json: serde_json::Value = serde_json::from_str(&printed(AuditFormat::Json, &entries)).unwrap();
        assert_eq!((&json[0]["subject"], &json[1]["actor"]), (&"C1".into(), &"=1+1,\"x\"".into()));
        assert_eq!(json[0]["at"], "2026-11-22T00:00:01.000Z");
        assert_eq!(printed(AuditFormat::Json, &[]), "[\n]\n");
        let csv = printed(AuditFormat::Csv, &entries);
        assert_eq!(
            csv.lines().nth(2),
            Some("2026-11-22T00:00:01.000Z,\"'=1+1,\"\"x\"\"\",customer.lookup,,")
        );
        let table = printed(AuditFormat::Table, &entries);
        assert!(table.contains("2026-11-22 09:00:01  A201            customer.lookup     C1\n"), "{table}");
    }

    #[test]
    fn days_are_whole_and_japans() {
        assert_eq!(stamp(since("2026-11-01").unwrap()), "2026-10-31T15:00:00.000Z");
        assert_eq!(stamp(until("2026-11-01").unwrap()), "2026-11-01T15:00:00.000Z");
        assert_eq!(since("2026-11-01T09:00:00+09:00"), until("2026-11-01T00:00:00Z"));
        assert!(since("yesterday").is_err() && until("11/01").is_err());
    }
}
