//! A customer's timeline: calls, activities, inquiries, documents, what was done in the shop and changes of rank
//! and representative, in one order.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};

use super::driver::{Connection, Row, bind, instant_text};
use super::{Reader, StoreError};
use crate::card::{Interaction, InteractionKind};
use crate::clock::japan_midnight;
use crate::dataset::{ACTIVITY_LOGS, DOCUMENT_DISPATCHES, Dataset};

/// Sorts after every digit: "no bound" in the text order of instants.
const UNBOUNDED: &str = "~";

/// Each source reads `limit` entries before an instant; merged, the newest `limit` are what is asked for.
pub(super) fn entries(
    db: &Connection,
    customer_code: &str,
    before: Option<DateTime<Utc>>,
    limit: usize,
) -> Result<Vec<Interaction>, StoreError> {
    let before = before.map_or_else(|| UNBOUNDED.to_owned(), instant_text);
    let read = |sql: &str, read: fn(&Row<'_>) -> Result<Interaction, StoreError>| {
        db.all(sql, bind![customer_code, before, limit], read)
    };
    let mut all = read(CALLS, call)?;
    all.extend(read(ACTIVITIES, activity)?);
    all.extend(read(INQUIRIES, inquiry)?);
    all.extend(read(RANKS, rank_change)?);
    all.extend(read(FURTHER, further)?);
    all.sort_by(|a, b| (Reverse(a.at), a.kind, &a.reference).cmp(&(Reverse(b.at), b.kind, &b.reference)));
    all.truncate(limit);
    Ok(all)
}

/// The calls with whoever is in a column.
macro_rules! calls_with {
    ($whom:literal) => {
        concat!(
            "SELECT c.call_id, c.started_at, c.direction, c.outcome, coalesce(a.agent_name, c.agent_code),
                coalesce(d.label, c.category, c.queue), c.note
            FROM call c LEFT JOIN agent a ON a.agent_code = c.agent_code
            LEFT JOIN disposition d ON d.kind = 'category' AND d.code = c.category
            WHERE c.",
            $whom,
            " = ?1 AND c.started_at < ?2 ORDER BY c.started_at DESC, c.call_id LIMIT ?3"
        )
    };
}

const CALLS: &str = calls_with!("customer_code");
const CALLS_OF_LEAD: &str = calls_with!("lead_code");

/// The last calls with a lead, newest first.
pub(super) fn calls_of_lead(
    db: &Connection,
    lead_code: &str,
    limit: usize,
) -> Result<Vec<Interaction>, StoreError> {
    db.all(CALLS_OF_LEAD, bind![lead_code, UNBOUNDED, limit], call)
}

fn call(row: &Row<'_>) -> Result<Interaction, StoreError> {
    let direction: String = row.get(2)?;
    let channel = if direction == "outbound" { "phone_out" } else { "phone_in" };
    Ok(Interaction {
        kind: InteractionKind::Call,
        at: row.get(1)?,
        channel: Some(channel.to_owned()),
        subject: row.get(5)?,
        body: row.get(6)?,
        by: row.get(4)?,
        status: row.get(3)?,
        reference: row.get(0)?,
    })
}

const ACTIVITIES: &str = "SELECT activity_no, happened_at, channel, subject, body, agent, result
    FROM activity WHERE customer_code = ?1 AND happened_at < ?2 ORDER BY happened_at DESC, activity_no LIMIT ?3";

fn activity(row: &Row<'_>) -> Result<Interaction, StoreError> {
    Ok(Interaction {
        kind: InteractionKind::Activity,
        at: row.get(1)?,
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

fn inquiry(row: &Row<'_>) -> Result<Interaction, StoreError> {
    Ok(Interaction {
        kind: InteractionKind::Inquiry,
        at: row.get(1)?,
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

fn rank_change(row: &Row<'_>) -> Result<Interaction, StoreError> {
    let at = japan_midnight(row.get(1)?);
    let (from, to): (Option<String>, String) = (row.get(2)?, row.get(3)?);
    let run_id: i64 = row.get(0)?;
    Ok(Interaction {
        kind: InteractionKind::Rank,
        at,
        channel: None,
        // A run that was taken back may have left a customer without a rank.
        subject: Some(format!(
            "{} → {}",
            from.as_deref().unwrap_or("—"),
            if to.is_empty() { "—" } else { &to }
        )),
        body: Some(row.get::<rust_decimal::Decimal>(5)?.to_string()),
        by: None,
        status: row.get(4)?,
        reference: run_id.to_string(),
    })
}

// What most customers have nothing of, in one statement: kind, when, number, who, word, further number, text,
// status. Each part goes along its index, ties included, so that nothing is sorted. Daily reports are dated like a
// rank change.
const FURTHER: &str = "
    SELECT * FROM (SELECT 'log', happened_at, log_no, actor, action, reference, detail, NULL FROM activity_log
        WHERE customer_code = ?1 AND happened_at < ?2 ORDER BY happened_at DESC, log_no DESC LIMIT ?3)
    UNION ALL
    SELECT * FROM (SELECT 'document', sent_at, dispatch_no, sent_by, doc_kind, doc_no, sent_to, status
        FROM document_dispatch
        WHERE customer_code = ?1 AND sent_at < ?2 ORDER BY sent_at DESC, dispatch_no DESC LIMIT ?3)
    UNION ALL
    SELECT * FROM (SELECT 'report', reported_on, report_no, coalesce(author, member_code), title, NULL, body, NULL
        FROM daily_report
        WHERE customer_code = ?1 AND reported_on < ?2 ORDER BY reported_on DESC, report_no DESC LIMIT ?3)
    UNION ALL
    SELECT * FROM (SELECT 'owner', changed_at, changed_at, NULL, owner_from, owner_to, NULL, NULL FROM owner_history
        WHERE customer_code = ?1 AND changed_at < ?2 ORDER BY changed_at DESC LIMIT ?3)";

fn further(row: &Row<'_>) -> Result<Interaction, StoreError> {
    let (word, number): (Option<String>, Option<String>) = (row.get(4)?, row.get(5)?);
    let entry = |kind,
                 channel: Option<&str>,
                 at: DateTime<Utc>,
                 subject,
                 status|
     -> Result<Interaction, StoreError> {
        Ok(Interaction {
            kind,
            at,
            channel: channel.map(str::to_owned),
            subject,
            body: row.get(6)?,
            by: row.get(3)?,
            status,
            reference: row.get(2)?,
        })
    };
    match row.text(0).unwrap_or_default() {
        "log" => {
            let subject = titled(&ACTIVITY_LOGS, "action", word.as_deref(), number);
            entry(InteractionKind::Log, Some("portal"), row.get(1)?, subject, word)
        }
        "document" => {
            let subject = titled(&DOCUMENT_DISPATCHES, "doc_kind", word.as_deref(), number);
            entry(InteractionKind::Document, Some("document"), row.get(1)?, subject, row.get(7)?)
        }
        "report" => entry(InteractionKind::Report, None, japan_midnight(row.get(1)?), word, None),
        _ => {
            let name = |name: Option<String>| name.unwrap_or_else(|| "—".to_owned());
            let subject = Some(format!("{} → {}", name(word), name(number)));
            entry(InteractionKind::Owner, None, row.get(1)?, subject, None)
        }
    }
}

/// The label of a choice with the number of what it is about: 見積書 Q-2231.
fn titled(dataset: &Dataset, column: &str, value: Option<&str>, number: Option<String>) -> Option<String> {
    let value = value?;
    let label = dataset.column(column).map_or(value, |column| column.choice_label_ja(value));
    Some(match number {
        Some(number) => format!("{label} {number}"),
        None => label.to_owned(),
    })
}

impl Reader {
    /// A customer's timeline, newest first, entries before the instant `before` (all when `None`).
    pub fn history(
        &mut self,
        customer_code: &str,
        before: Option<DateTime<Utc>>,
        limit: usize,
    ) -> Result<Vec<Interaction>, StoreError> {
        entries(&self.db, customer_code, before, limit)
    }
}
