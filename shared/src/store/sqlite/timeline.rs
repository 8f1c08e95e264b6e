//! A customer's timeline: calls, activities, inquiries and rank changes in one order.

use std::cmp::Reverse;
use std::path::Path;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use rusqlite::{Connection, Row, params};

use super::reader::{SqliteReader, read_date, read_decimal, read_instant};
use super::transaction::{count, instant};
use super::{Explained, StoreError};
use crate::card::{Interaction, InteractionKind};

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
    all.sort_by(|a, b| (Reverse(a.at), a.kind, &a.reference).cmp(&(Reverse(b.at), b.kind, &b.reference)));
    all.truncate(limit);
    Ok(all)
}

const CALLS: &str = "SELECT c.call_id, c.started_at, c.direction, c.outcome, a.agent_name, c.queue
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
    // Midnight in Japan, which has no daylight saving time.
    let at = read_date(row, 1)?.and_time(NaiveTime::MIN).and_utc() - TimeDelta::hours(9);
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
