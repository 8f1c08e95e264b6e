//! `audit`: the audit log, oldest first, printed while it is read: memory does not grow with its length.

use std::io::{BufWriter, Write};
use std::ops::ControlFlow;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use clap::{Args, ValueEnum};
use cli_kit::{BadValue, bad_value};
use serde::Serialize;
use shared::audit_log::{self, Trail};
use shared::clock::{japan_midnight, japan_time};
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;
use shared::message::{Label, Message, counted};
use shared::store::{AuditEntry, AuditFilter};
use shared::text::printable;
use unicode_width::UnicodeWidthStr;

use super::StoreArgs;
use super::output::printed;
use crate::protocol::stamp;

#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// From this day (Asia/Tokyo) or instant on, such as 2026-11-01 or 2026-11-01T09:00:00+09:00.
    #[arg(long, value_name = "TIME", value_parser = since)]
    since: Option<DateTime<Utc>>,
    /// Up to and including this day, or before this instant.
    #[arg(long, value_name = "TIME", value_parser = until)]
    until: Option<DateTime<Utc>>,
    /// Only by this agent.
    #[arg(long, value_name = "CODE")]
    actor: Option<String>,
    /// Only this action; `customer.` with its dot means every action that begins so.
    #[arg(long, value_name = "ACTION")]
    action: Option<String>,
    /// Only about this customer.
    #[arg(long, value_name = "CODE")]
    customer: Option<String>,
    /// Only the newest N entries.
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Output format.
    #[arg(long, value_enum, default_value_t)]
    format: AuditFormat,
}

/// How the audit log is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum AuditFormat {
    /// For people, in Japan time.
    #[default]
    Table,
    /// For programs: a list of objects.
    Json,
    /// For spreadsheets, with a header.
    Csv,
}

fn since(text: &str) -> Result<DateTime<Utc>, BadValue> {
    match text.parse::<NaiveDate>() {
        Ok(day) => Ok(japan_midnight(day)),
        Err(_) => instant(text),
    }
}

fn until(text: &str) -> Result<DateTime<Utc>, BadValue> {
    match text.parse::<NaiveDate>() {
        Ok(day) => Ok(japan_midnight(day) + TimeDelta::days(1)),
        Err(_) => instant(text),
    }
}

fn instant(text: &str) -> Result<DateTime<Utc>, BadValue> {
    DateTime::parse_from_rfc3339(text).map(|at| at.to_utc()).map_err(|_| {
        bad_value(message!(
            "2026-11-01 のような日付か、2026-11-01T09:00:00+09:00 のような日時を指定してください",
            "write a day such as 2026-11-01, or a date and time such as 2026-11-01T09:00:00+09:00",
        ))
    })
}

pub(super) fn run(args: &AuditArgs, lang: Lang) -> Result<(), Failure> {
    let filter = AuditFilter {
        since: args.since,
        until: args.until,
        actor: args.actor.clone(),
        action: args.action.clone(),
        subject: args.customer.clone(),
        limit: args.limit,
    };
    let mut out =
        Printer { out: BufWriter::new(std::io::stdout().lock()), format: args.format, lang, first: true };
    let mut so_far = out.begin();
    let mut each = |entry: AuditEntry| {
        if so_far.is_ok() {
            so_far = out.entry(&entry);
        }
        if so_far.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let Trail { damaged } = audit_log::trail(&args.store.open()?, &filter, &mut each)?;
    printed(so_far.and_then(|()| out.end()))?;
    if damaged > 0 {
        cli_kit::warn("cti-bridge", &damaged_lines(damaged), lang);
    }
    Ok(())
}

fn damaged_lines(count: u64) -> Message {
    message!(
        "監査ログに読み取れない行が {count} 行あり、表示していません。ブリッジの異常終了時に書きかけになった行なら問題ありません",
        "left out: {count} of the audit log that cannot be read; lines that a crash of the bridge cut off are expected",
        count = counted(count, "line", "lines"),
    )
}

/// The headings of the table.
const HEADINGS: [Label; 5] = [
    Label::new("日時", "Time"),
    Label::new("実行者", "Actor"),
    Label::new("操作", "Action"),
    Label::new("対象", "Subject"),
    Label::new("詳細", "Detail"),
];
/// Widths of all columns but the last, on a terminal.
const WIDTHS: [usize; 4] = [19, 14, 18, 12];

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
    lang: Lang,
    first: bool,
}

impl<W: Write> Printer<W> {
    fn begin(&mut self) -> std::io::Result<()> {
        match self.format {
            AuditFormat::Table => self.line(HEADINGS.map(|heading| heading.text(self.lang))),
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

    /// Columns of fixed width: entries are printed while they are read, before the widest is known.
    fn line(&mut self, cells: [&str; 5]) -> std::io::Result<()> {
        let mut line = String::new();
        for (at, cell) in cells.into_iter().enumerate() {
            let cell = printable(cell);
            let width = WIDTHS.get(at).copied().unwrap_or_default();
            let padding = width.saturating_sub(UnicodeWidthStr::width(cell.as_ref()));
            line.push_str(&format!("{cell}{}  ", " ".repeat(padding)));
        }
        writeln!(self.out, "{}", line.trim_end())
    }
}

/// A CSV cell (RFC 4180). A cell that a spreadsheet would take for a formula is written as text.
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
        let mut printer = Printer { out: &mut out, format, lang: Lang::En, first: true };
        printer.begin().unwrap();
        entries.iter().for_each(|entry| printer.entry(entry).unwrap());
        printer.end().unwrap();
        String::from_utf8(out).unwrap()
    }

    fn entry(actor: &str, subject: Option<&str>) -> AuditEntry {
        AuditEntry {
            at: instant("2026-11-22T00:00:01Z").unwrap(),
            actor: actor.to_owned(),
            action: "customer.lookup".to_owned().into(),
            subject: subject.map(str::to_owned),
            detail: None,
        }
    }

    #[test]
    fn each_format_is_printed_as_documented() {
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
    fn days_are_whole_days_in_japan() {
        assert_eq!(stamp(since("2026-11-01").unwrap()), "2026-10-31T15:00:00.000Z");
        assert_eq!(stamp(until("2026-11-01").unwrap()), "2026-11-01T15:00:00.000Z");
        assert_eq!(since("2026-11-01T09:00:00+09:00").unwrap(), until("2026-11-01T00:00:00Z").unwrap());
        assert!(since("yesterday").is_err() && until("11/01").is_err());
    }
}
