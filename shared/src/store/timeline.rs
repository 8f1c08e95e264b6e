//! A customer's timeline: calls, activities, inquiries, documents, what was done in the shop and changes of rank (by a run
//! or by hand) and representative, in one order.

mod cursor;

use std::cmp::Ordering;

use rust_decimal::Decimal;

pub use cursor::{CursorError, HistoryCursor};

use super::driver::{Connection, Row, bind};
use super::{Reader, StoreError};
use crate::call::CallDirection;
use crate::card::{Happened, Interaction, InteractionKind};
use crate::clock::japan_midnight;
use crate::dataset::{ACTIVITY_LOGS, DOCUMENT_DISPATCHES, Dataset};
use crate::sales::InteractionChannel;
use cursor::Bound;

/// Each source reads `limit` entries after the cursor; merged, the first `limit` are the page.
pub(super) fn entries(
    db: &Connection,
    customer_code: &str,
    after: Option<&HistoryCursor>,
    limit: usize,
) -> Result<Vec<Interaction>, StoreError> {
    let instant = |kind| Bound::instant(after, kind);
    let read = |sql: &str, bound: &Bound, read: fn(&Row<'_>) -> Result<Interaction, StoreError>| {
        db.all(sql, bind![customer_code, bound.at, bound.reference, limit], read)
    };
    let mut all = read(CALLS, &instant(InteractionKind::Call), call)?;
    all.extend(read(ACTIVITIES, &instant(InteractionKind::Activity), activity)?);
    all.extend(read(INQUIRIES, &instant(InteractionKind::Inquiry), inquiry)?);
    all.extend(rank_changes(db, customer_code, after, limit)?);
    all.extend(further_entries(db, customer_code, after, limit)?);
    all.sort_by(in_order);
    all.truncate(limit);
    Ok(all)
}

/// The order of a timeline: the newest first; at one instant by kind, and of one kind the highest reference first.
fn in_order(a: &Interaction, b: &Interaction) -> Ordering {
    let (kind, other) = (a.what.kind(), b.what.kind());
    let references = || match kind {
        // The numbers of runs.
        InteractionKind::Rank => run_id(&b.reference).cmp(&run_id(&a.reference)),
        _ => b.reference.cmp(&a.reference),
    };
    b.at.cmp(&a.at).then(kind.cmp(&other)).then_with(references)
}

fn run_id(reference: &str) -> i64 {
    reference.parse().unwrap_or_default()
}

/// The calls with the customer or lead of a column.
macro_rules! calls_with {
    ($whom:literal) => {
        concat!(
            "SELECT c.call_id, c.started_at, c.direction, c.outcome, coalesce(a.agent_name, c.agent_code),
                coalesce(d.label, c.category, c.queue), c.note
            FROM call c LEFT JOIN agent a ON a.agent_code = c.agent_code
            LEFT JOIN disposition d ON d.kind = 'category' AND d.code = c.category
            WHERE c.",
            $whom,
            " = ?1 AND c.started_at <= ?2 AND (c.started_at < ?2 OR c.call_id < ?3)
            ORDER BY c.started_at DESC, c.call_id DESC LIMIT ?4"
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
    let bound = Bound::instant(None, InteractionKind::Call);
    db.all(CALLS_OF_LEAD, bind![lead_code, bound.at, bound.reference, limit], call)
}

fn call(row: &Row<'_>) -> Result<Interaction, StoreError> {
    let direction: CallDirection = row.get(2)?;
    let channel = match direction {
        CallDirection::Outbound => InteractionChannel::PhoneOut,
        CallDirection::Inbound | CallDirection::Internal => InteractionChannel::PhoneIn,
    };
    Ok(Interaction {
        what: Happened::Call { channel, outcome: row.get(3)? },
        at: row.get(1)?,
        subject: row.get(5)?,
        body: row.get(6)?,
        by: row.get(4)?,
        reference: row.get(0)?,
    })
}

const ACTIVITIES: &str = "SELECT activity_no, happened_at, channel, subject, body, agent, result
    FROM activity WHERE customer_code = ?1 AND happened_at <= ?2 AND (happened_at < ?2 OR activity_no < ?3)
    ORDER BY happened_at DESC, activity_no DESC LIMIT ?4";

const INQUIRIES: &str = "SELECT inquiry_no, opened_at, kind, subject, body, assignee, status
    FROM inquiry WHERE customer_code = ?1 AND opened_at <= ?2 AND (opened_at < ?2 OR inquiry_no < ?3)
    ORDER BY opened_at DESC, inquiry_no DESC LIMIT ?4";

fn activity(row: &Row<'_>) -> Result<Interaction, StoreError> {
    contact(row, Happened::Activity { channel: row.get(2)?, result: row.get(6)? })
}

fn inquiry(row: &Row<'_>) -> Result<Interaction, StoreError> {
    contact(row, Happened::Inquiry { kind: row.get(2)?, status: row.get(6)? })
}

fn contact(row: &Row<'_>, what: Happened) -> Result<Interaction, StoreError> {
    Ok(Interaction {
        what,
        at: row.get(1)?,
        subject: row.get(3)?,
        body: row.get(4)?,
        by: row.get(5)?,
        reference: row.get(0)?,
    })
}

const RANKS: &str = "SELECT run_id, changed_on, rank_from, rank_to, direction, total
    FROM rank_change WHERE customer_code = ?1 AND changed_on <= ?2 AND (changed_on < ?2 OR run_id < ?3)
    ORDER BY changed_on DESC, run_id DESC LIMIT ?4";

/// A rank changes on a date; its instant is midnight in Japan.
fn rank_changes(
    db: &Connection,
    customer_code: &str,
    after: Option<&HistoryCursor>,
    limit: usize,
) -> Result<Vec<Interaction>, StoreError> {
    let bound = Bound::date(after, InteractionKind::Rank);
    let run_id = bound.reference.as_deref().map(|reference| reference.parse().unwrap_or(i64::MAX));
    db.all(RANKS, bind![customer_code, bound.at, run_id, limit], rank_change)
}

fn rank_change(row: &Row<'_>) -> Result<Interaction, StoreError> {
    let at = japan_midnight(row.get(1)?);
    let (from, to): (Option<String>, String) = (row.get(2)?, row.get(3)?);
    let run_id: i64 = row.get(0)?;
    Ok(Interaction {
        what: Happened::Rank { direction: row.get(4)? },
        at,
        // A reverted run may have left a customer without a rank.
        subject: Some(format!(
            "{} → {}",
            from.as_deref().unwrap_or("—"),
            if to.is_empty() { "—" } else { &to }
        )),
        body: Some(row.get::<Decimal>(5)?.to_string()),
        by: None,
        reference: run_id.to_string(),
    })
}

// Kinds of which most customers have nothing, in one statement: kind, when, number, who, word, further number, text,
// status. Each part follows its index, ties included, so that nothing is sorted, except the few edits of a customer's rank. Daily
// reports are dated like a rank change.
const FURTHER: &str = "
    SELECT * FROM (SELECT 'log', happened_at, log_no, actor, action, reference, detail, NULL FROM activity_log
        WHERE customer_code = ?1 AND happened_at <= ?2 AND (happened_at < ?2 OR log_no < ?3)
        ORDER BY happened_at DESC, log_no DESC LIMIT ?8)
    UNION ALL
    SELECT * FROM (SELECT 'document', sent_at, dispatch_no, sent_by, doc_kind, doc_no, sent_to, status
        FROM document_dispatch
        WHERE customer_code = ?1 AND sent_at <= ?2 AND (sent_at < ?2 OR dispatch_no < ?4)
        ORDER BY sent_at DESC, dispatch_no DESC LIMIT ?8)
    UNION ALL
    SELECT * FROM (SELECT 'report', reported_on, report_no, coalesce(author, member_code), title, NULL, body, NULL
        FROM daily_report
        WHERE customer_code = ?1 AND reported_on <= ?6 AND (reported_on < ?6 OR report_no < ?7)
        ORDER BY reported_on DESC, report_no DESC LIMIT ?8)
    UNION ALL
    SELECT * FROM (SELECT 'owner', changed_at, changed_at, NULL, owner_from, owner_to, NULL, NULL FROM owner_history
        WHERE customer_code = ?1 AND changed_at <= ?2 AND (changed_at < ?2 OR changed_at < ?5)
        ORDER BY changed_at DESC LIMIT ?8)
    UNION ALL
    SELECT * FROM (SELECT 'rank_edit', edited_at, printf('%012d', edit_id), actor, nullif(rank_from, ''),
        nullif(rank_to, ''), NULL, direction FROM rank_edit
        WHERE customer_code = ?1 AND edited_at <= ?2 AND (edited_at < ?2 OR printf('%012d', edit_id) < ?9)
        ORDER BY edited_at DESC, edit_id DESC LIMIT ?8)";

fn further_entries(
    db: &Connection,
    customer_code: &str,
    after: Option<&HistoryCursor>,
    limit: usize,
) -> Result<Vec<Interaction>, StoreError> {
    let log = Bound::instant(after, InteractionKind::Log);
    let document = Bound::instant(after, InteractionKind::Document);
    let owner = Bound::instant(after, InteractionKind::Owner);
    let report = Bound::date(after, InteractionKind::Report);
    let edit = Bound::instant(after, InteractionKind::RankEdit);
    let values = bind![
        customer_code,
        log.at,
        log.reference,
        document.reference,
        owner.reference,
        report.at,
        report.reference,
        limit,
        edit.reference,
    ];
    db.all(FURTHER, values, further)
}

fn further(row: &Row<'_>) -> Result<Interaction, StoreError> {
    let (word, number): (Option<String>, Option<String>) = (row.get(4)?, row.get(5)?);
    let dashed = |name: Option<String>| name.unwrap_or_else(|| "—".to_owned());
    let (what, at, subject) = match row.get(0)? {
        InteractionKind::Log => {
            let subject = titled(&ACTIVITY_LOGS, "action", word.as_deref(), number);
            (Happened::Log { action: row.get(4)? }, row.get(1)?, subject)
        }
        InteractionKind::Document => {
            let subject = titled(&DOCUMENT_DISPATCHES, "doc_kind", word.as_deref(), number);
            (Happened::Document { status: row.get(7)? }, row.get(1)?, subject)
        }
        InteractionKind::Report => (Happened::Report, japan_midnight(row.get(1)?), word),
        kind => {
            let subject = Some(format!("{} → {}", dashed(word), dashed(number)));
            let what = match kind {
                InteractionKind::RankEdit => Happened::RankEdit { direction: row.get(7)? },
                _ => Happened::Owner,
            };
            (what, row.get(1)?, subject)
        }
    };
    Ok(Interaction { what, at, subject, body: row.get(6)?, by: row.get(3)?, reference: row.get(2)? })
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
    /// A page of a customer's timeline, newest first: the entries after the cursor, or the first ones.
    pub fn history(
        &mut self,
        customer_code: &str,
        after: Option<&HistoryCursor>,
        limit: usize,
    ) -> Result<Vec<Interaction>, StoreError> {
        entries(&self.db, customer_code, after, limit)
    }
}
