//! A customer's timeline: calls, activities, inquiries, documents, what was done in the shop and changes of rank
//! and representative, in one order.

use std::cmp::Reverse;
use std::path::Path;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use rusqlite::{Connection, Row, params};

use super::reader::{SqliteReader, read_date, read_decimal, read_instant};
use super::transaction::{count, instant};
use super::{Explained, StoreError};
use crate::card::{Interaction, InteractionKind};
use crate::dataset::{ACTIVITY_LOGS, DOCUMENT_DISPATCHES, Dataset};

/// Each source reads `limit` entries before an instant; merged, the newest `limit` are what is asked for.
pub(super) fn entries(
    path: &Path,
    connection: &Connection,
    customer_code: &str,
    before: Option<DateTime<Utc>>,
    limit: usize,
) -> Result<Vec<Interaction>, StoreError> {
    // '~' sorts after every digit, so that it stands for "no bound" in the text order of instants.
    let before = before.map_or_else(|| "~".to_owned(), instant);
    let rows = count(limit as u64);
    let read = |sql: &str, read: fn(&Row<'_>) -> rusqlite::Result<Interaction>| {
        connection
            .prepare_cached(sql)
            .at(path)?
            .query_map(params![customer_code, before, rows], read)
            .at(path)?
            .collect::<Result<Vec<_>, _>>()
            .at(path)
    };
    let mut all = read(CALLS, call)?;
    all.extend(read(ACTIVITIES, activity)?);
    all.extend(read(INQUIRIES, inquiry)?);
    all.extend(read(RANKS, rank_change)?);
    all.extend(read(LOGS, log)?);
    all.extend(read(DOCUMENTS, document)?);
    all.extend(read(REPORTS, report)?);
    all.extend(read(OWNERS, owner_change)?);
    all.sort_by(|a, b| (Reverse(a.at), a.kind, &a.reference).cmp(&(Reverse(b.at), b.kind, &b.reference)));
    all.truncate(limit);
    Ok(all)
}

const CALLS: &str =
    "SELECT c.call_id, c.started_at, c.direction, c.outcome, coalesce(a.agent_name, c.agent_code), c.queue
    FROM call c LEFT JOIN agent a ON a.agent_code = c.agent_code
    WHERE c.customer_code = ?1 AND c.started_at < ?2 ORDER BY c.started_at DESC, c.call_id LIMIT ?3";

fn call(row: &Row<'_>) -> rusqlite::Result<Interaction> {
    let direction: String = row.get(2)?;
    let channel = if direction == "outbound" { "phone_out" } else { "phone_in" };
    Ok(Interaction {
        kind: InteractionKind::Call,
        at: read_instant(row, 1)?,
        channel: Some(channel.to_owned()),
        subject: row.get(5)?,
        body: None,
        by: row.get(4)?,
        status: row.get(3)?,
        reference: row.get(0)?,
    })
}

const ACTIVITIES: &str = "SELECT activity_no, happened_at, channel, subject, body, agent, result
    FROM activity WHERE customer_code = ?1 AND happened_at < ?2 ORDER BY happened_at DESC, activity_no LIMIT ?3";

fn activity(row: &Row<'_>) -> rusqlite::Result<Interaction> {
    Ok(Interaction {
        kind: InteractionKind::Activity,
        at: read_instant(row, 1)?,
        channel: row.get(2)?,
        subject: row.get(3)?,
        body: row.get(4)?,
        by: row.get(5)?,
        status: row.get(6)?,
        reference: row.get(0)?,
    })
}

const INQUIRIES: &str = "SELECT inquiry_no, opened_at, kind, subject, body, assignee, status
    FROM inquiry WHERE customer_code = ?1 AND opened_at < ?2 ORDER BY opened_at DESC, inquiry_no LIMIT ?3";

fn inquiry(row: &Row<'_>) -> rusqlite::Result<Interaction> {
    Ok(Interaction {
        kind: InteractionKind::Inquiry,
        at: read_instant(row, 1)?,
        channel: row.get(2)?,
        subject: row.get(3)?,
        body: row.get(4)?,
        by: row.get(5)?,
        status: row.get(6)?,
        reference: row.get(0)?,
    })
}

// A rank changes on a date, which is compared as the first instant of that day in UTC text order; the exact
// instant (midnight in Japan) is at most nine hours earlier, so a page may begin with the day's change again.
const RANKS: &str = "SELECT run_id, changed_on, rank_from, rank_to, direction, total
    FROM rank_change WHERE customer_code = ?1 AND changed_on < ?2 ORDER BY changed_on DESC, run_id DESC LIMIT ?3";

fn rank_change(row: &Row<'_>) -> rusqlite::Result<Interaction> {
    let at = midnight(row, 1)?;
    let (from, to): (Option<String>, String) = (row.get(2)?, row.get(3)?);
    let run_id: i64 = row.get(0)?;
    Ok(Interaction {
        kind: InteractionKind::Rank,
        at,
        channel: None,
        subject: Some(format!("{} → {to}", from.as_deref().unwrap_or("—"))),
        body: Some(read_decimal(row, 5)?.to_string()),
        by: None,
        status: row.get(4)?,
        reference: run_id.to_string(),
    })
}

/// Midnight in Japan, which has no daylight saving time, of the date in a column.
fn midnight(row: &Row<'_>, column: usize) -> rusqlite::Result<DateTime<Utc>> {
    Ok(read_date(row, column)?.and_time(NaiveTime::MIN).and_utc() - TimeDelta::hours(9))
}

const LOGS: &str = "SELECT log_no, happened_at, actor, action, reference, detail FROM activity_log
    WHERE customer_code = ?1 AND happened_at < ?2 ORDER BY happened_at DESC, log_no LIMIT ?3";

fn log(row: &Row<'_>) -> rusqlite::Result<Interaction> {
    let action: String = row.get(3)?;
    Ok(Interaction {
        kind: InteractionKind::Log,
        at: read_instant(row, 1)?,
        channel: Some("portal".to_owned()),
        subject: Some(titled(&ACTIVITY_LOGS, "action", &action, row.get(4)?)),
        body: row.get(5)?,
        by: row.get(2)?,
        status: Some(action),
        reference: row.get(0)?,
    })
}

const DOCUMENTS: &str = "SELECT dispatch_no, sent_at, doc_kind, doc_no, sent_to, status, sent_by
    FROM document_dispatch WHERE customer_code = ?1 AND sent_at < ?2 ORDER BY sent_at DESC, dispatch_no LIMIT ?3";

fn document(row: &Row<'_>) -> rusqlite::Result<Interaction> {
    let kind: String = row.get(2)?;
    Ok(Interaction {
        kind: InteractionKind::Document,
        at: read_instant(row, 1)?,
        channel: Some("document".to_owned()),
        subject: Some(titled(&DOCUMENT_DISPATCHES, "doc_kind", &kind, row.get(3)?)),
        body: row.get(4)?,
        by: row.get(6)?,
        status: row.get(5)?,
        reference: row.get(0)?,
    })
}

/// The label of a choice with the number of what it is about: 見積書 Q-2231.
fn titled(dataset: &Dataset, column: &str, value: &str, number: Option<String>) -> String {
    let label = dataset.column(column).map_or(value, |column| column.choice_label_ja(value));
    match number {
        Some(number) => format!("{label} {number}"),
        None => label.to_owned(),
    }
}

// Dated like a rank change.
const REPORTS: &str =
    "SELECT report_no, reported_on, title, body, coalesce(author, member_code) FROM daily_report
    WHERE customer_code = ?1 AND reported_on < ?2 ORDER BY reported_on DESC, report_no LIMIT ?3";

fn report(row: &Row<'_>) -> rusqlite::Result<Interaction> {
    Ok(Interaction {
        kind: InteractionKind::Report,
        at: midnight(row, 1)?,
        channel: None,
        subject: row.get(2)?,
        body: row.get(3)?,
        by: row.get(4)?,
        status: None,
        reference: row.get(0)?,
    })
}

const OWNERS: &str = "SELECT changed_at, owner_from, owner_to FROM owner_history
    WHERE customer_code = ?1 AND changed_at < ?2 ORDER BY changed_at DESC LIMIT ?3";

fn owner_change(row: &Row<'_>) -> rusqlite::Result<Interaction> {
    let (from, to): (Option<String>, Option<String>) = (row.get(1)?, row.get(2)?);
    let name = |name: Option<String>| name.unwrap_or_else(|| "—".to_owned());
    Ok(Interaction {
        kind: InteractionKind::Owner,
        at: read_instant(row, 0)?,
        channel: None,
        subject: Some(format!("{} → {}", name(from), name(to))),
        body: None,
        by: None,
        status: None,
        reference: row.get(0)?,
    })
}

impl SqliteReader {
    pub(in crate::store) fn history(
        &mut self,
        customer_code: &str,
        before: Option<DateTime<Utc>>,
        limit: usize,
    ) -> Result<Vec<Interaction>, StoreError> {
        entries(&self.path, &self.connection, customer_code, before, limit)
    }
}
