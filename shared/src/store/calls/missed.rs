//! Missed calls and callbacks: recorded, claimed and closed.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::{CallEffects, CallRecord};
use crate::call::{CallDirection, CallOutcome, CallbackStatus, MissedFilter, MissedResult, MissedStatus};
use crate::caller::CallerKind;
use crate::label::Open;
use crate::message;
use crate::store::driver::{Row, bind, instant_text};
use crate::store::{Reader, StoreError, Transaction};

/// The unanswered calls of one number on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "explained in docs/protocol.md")]
pub struct MissedCall {
    pub missed_no: i64,
    pub caller_kind: CallerKind,
    pub caller_e164: Option<String>,
    pub customer_code: Option<String>,
    pub customer_name: Option<String>,
    pub rank: Option<String>,
    pub called: Option<String>,
    pub queue: Option<String>,
    pub reason: CallOutcome,
    pub first_at: DateTime<Utc>,
    pub last_at: DateTime<Utc>,
    pub count: i64,
    pub due_at: DateTime<Utc>,
    pub status: MissedStatus,
    pub assignee: Option<String>,
    pub assignee_name: Option<String>,
    pub closed_at: Option<DateTime<Utc>>,
    pub closed_by_call: Option<String>,
    pub note: Option<String>,
    pub outside_hours: bool,
    pub nuisance: bool,
}

/// A promised callback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "explained in docs/protocol.md")]
pub struct Callback {
    pub callback_no: i64,
    pub call_id: String,
    pub customer_code: Option<String>,
    pub customer_name: Option<String>,
    pub caller_e164: Option<String>,
    pub due_at: DateTime<Utc>,
    pub assignee: Option<String>,
    pub note: Option<String>,
    pub status: CallbackStatus,
}

const MISSED: &str =
    "SELECT m.missed_no, m.caller_kind, m.caller_e164, m.customer_code, cu.customer_name, cu.rank,
    m.called, m.queue, m.reason, m.first_at, m.last_at, m.count, m.due_at, m.status, m.assignee,
    coalesce(a.agent_name, m.assignee), m.closed_at, m.closed_by_call, m.note, m.outside_hours,
    EXISTS (SELECT 1 FROM nuisance_number n WHERE n.e164 = m.caller_e164)
    FROM missed_call m LEFT JOIN customer cu ON cu.customer_code = m.customer_code
    LEFT JOIN rank_master r ON r.rank = cu.rank LEFT JOIN agent a ON a.agent_code = m.assignee";

fn missed_of(row: &Row<'_>) -> Result<MissedCall, StoreError> {
    Ok(MissedCall {
        missed_no: row.get(0)?,
        caller_kind: row.get(1)?,
        caller_e164: row.get(2)?,
        customer_code: row.get(3)?,
        customer_name: row.get(4)?,
        rank: row.get(5)?,
        called: row.get(6)?,
        queue: row.get(7)?,
        reason: row.get(8)?,
        first_at: row.get(9)?,
        last_at: row.get(10)?,
        count: row.get(11)?,
        due_at: row.get(12)?,
        status: row.get(13)?,
        assignee: row.get(14)?,
        assignee_name: row.get(15)?,
        closed_at: row.get(16)?,
        closed_by_call: row.get(17)?,
        note: row.get(18)?,
        outside_hours: row.get(19)?,
        nuisance: row.get(20)?,
    })
}

const CALLBACK: &str =
    "SELECT b.callback_no, b.call_id, b.customer_code, cu.customer_name, b.caller_e164, b.due_at,
    b.assignee, b.note, b.status
    FROM callback b LEFT JOIN customer cu ON cu.customer_code = b.customer_code";

fn callback_of(row: &Row<'_>) -> Result<Callback, StoreError> {
    Ok(Callback {
        callback_no: row.get(0)?,
        call_id: row.get(1)?,
        customer_code: row.get(2)?,
        customer_name: row.get(3)?,
        caller_e164: row.get(4)?,
        due_at: row.get(5)?,
        assignee: row.get(6)?,
        note: row.get(7)?,
        status: row.get(8)?,
    })
}

impl Reader {
    /// Missed calls: those not closed, the highest rank first, then the longest waiting; or all, the newest first.
    pub fn missed_calls(
        &mut self,
        filter: MissedFilter,
        limit: usize,
    ) -> Result<Vec<MissedCall>, StoreError> {
        let (condition, order) = match filter {
            // A rank that the master does not have comes after those that it has.
            MissedFilter::Open => (
                "m.status IN ('open', 'in_progress')",
                "r.position IS NULL, r.position, m.first_at, m.missed_no",
            ),
            MissedFilter::All => ("1", "m.missed_no DESC"),
        };
        self.db.all(&format!("{MISSED} WHERE {condition} ORDER BY {order} LIMIT ?1"), bind![limit], missed_of)
    }

    /// How many missed calls are not closed.
    pub fn missed_calls_open(&mut self) -> Result<u64, StoreError> {
        self.db.value("SELECT count(*) FROM missed_call WHERE status IN ('open', 'in_progress')", &[])
    }

    /// Open callbacks by due time: those that are due by `due_by`, of one agent or of all.
    pub fn callbacks(
        &mut self,
        assignee: Option<&str>,
        due_by: Option<DateTime<Utc>>,
        limit: usize,
    ) -> Result<Vec<Callback>, StoreError> {
        // '~' sorts after every instant.
        let due_by = due_by.map_or_else(|| "~".to_owned(), instant_text);
        self.db.all(
            &format!(
                "{CALLBACK} WHERE b.status = 'open' AND b.due_at <= ?1 AND (?2 IS NULL OR b.assignee = ?2)
                 ORDER BY b.due_at, b.callback_no LIMIT ?3"
            ),
            bind![due_by, assignee, limit],
            callback_of,
        )
    }
}

impl Transaction<'_> {
    /// The effect of a call's end on the missed calls and callbacks.
    pub(super) fn follow_up_on(
        &mut self,
        call: &CallRecord,
        today: NaiveDate,
        callback_within: TimeDelta,
    ) -> Result<CallEffects, StoreError> {
        let mut effects = CallEffects::default();
        let missed_as = call.outcome.as_ref().and_then(Open::known).filter(|outcome| outcome.is_missed());
        let inbound = call.direction == CallDirection::Inbound;
        let outbound = call.direction == CallDirection::Outbound;
        if let (true, None, Some(reason)) = (inbound, call.answered_at, missed_as) {
            let missed_no = self.miss(call, reason, today, callback_within)?;
            effects.missed.extend(self.missed_call(missed_no)?);
        } else if let Some(e164) = call.caller_e164.as_deref().filter(|_| inbound || outbound) {
            if call.answered_at.is_some() {
                self.close_for(call, e164, &mut effects)?;
            } else if outbound {
                self.claim_for(call, e164, &mut effects)?;
            }
        }
        Ok(effects)
    }

    /// Counts a missed call: in the entry of its number and day, if that is still open. Calls without a number are
    /// never counted together.
    fn miss(
        &self,
        call: &CallRecord,
        reason: CallOutcome,
        today: NaiveDate,
        callback_within: TimeDelta,
    ) -> Result<i64, StoreError> {
        // A call outside the opening hours is due once they have begun.
        let due_at = call.opens_at.unwrap_or(call.started_at) + callback_within;
        let counted = self.db.one(
            "UPDATE missed_call SET count = count + 1, last_at = max(last_at, ?3), last_call_id = ?4,
             reason = ?5, called = ?6, queue = ?7, customer_code = coalesce(?8, customer_code) WHERE
             missed_no = (SELECT missed_no FROM missed_call WHERE caller_e164 = ?1 AND day = ?2 AND
             status IN ('open', 'in_progress') ORDER BY missed_no DESC LIMIT 1) RETURNING missed_no",
            bind![
                call.caller_e164,
                today,
                call.started_at,
                call.call_id,
                reason,
                call.called,
                call.queue,
                call.customer_code
            ],
            |row| row.get(0),
        )?;
        if let Some(missed_no) = counted {
            return Ok(missed_no);
        }
        self.db.value(
            "INSERT INTO missed_call (day, caller_kind, caller_e164, customer_code, called, queue,
             reason, first_at, last_at, count, last_call_id, due_at, outside_hours) VALUES (?1, ?2, ?3, ?4, ?5, ?6,
             ?7, ?8, ?8, 1, ?9, ?10, ?11) RETURNING missed_no",
            bind![
                today,
                call.caller_kind,
                call.caller_e164,
                call.customer_code,
                call.called,
                call.queue,
                reason,
                call.started_at,
                call.call_id,
                due_at,
                call.opens_at.is_some()
            ],
        )
    }

    /// The number was talked to: its missed calls and callbacks are done.
    fn close_for(&self, call: &CallRecord, e164: &str, effects: &mut CallEffects) -> Result<(), StoreError> {
        let at = call.ended_at.unwrap_or(call.started_at);
        let missed = self.db.column::<i64>(
            "UPDATE missed_call SET status = 'done', closed_at = ?2, closed_by_call = ?3, closed_by = ?4,
                assignee = coalesce(assignee, ?4)
             WHERE caller_e164 = ?1 AND status IN ('open', 'in_progress') AND last_at <= ?2 RETURNING missed_no",
            bind![e164, at, call.call_id, call.agent_code],
        )?;
        for missed_no in missed {
            effects.missed.extend(self.missed_call(missed_no)?);
        }
        // A callback is done by calling, or when the customer calls first and is answered.
        let callbacks = self.db.column::<i64>(
            "UPDATE callback SET status = 'done', done_at = ?2, done_by_call = ?3
             WHERE caller_e164 = ?1 AND status = 'open' AND call_id <> ?3 AND created_at < ?2 RETURNING callback_no",
            bind![e164, at, call.call_id],
        )?;
        for callback_no in callbacks {
            effects.callbacks.extend(self.callback(callback_no)?);
        }
        Ok(())
    }

    /// An unanswered call back: the entry has an assignee now and stays open.
    fn claim_for(&self, call: &CallRecord, e164: &str, effects: &mut CallEffects) -> Result<(), StoreError> {
        let missed = self.db.column::<i64>(
            "UPDATE missed_call SET status = 'in_progress', assignee = coalesce(?2, assignee)
             WHERE caller_e164 = ?1 AND status = 'open' RETURNING missed_no",
            bind![e164, call.agent_code],
        )?;
        for missed_no in missed {
            effects.missed.extend(self.missed_call(missed_no)?);
        }
        Ok(())
    }

    fn missed_call(&self, missed_no: i64) -> Result<Option<MissedCall>, StoreError> {
        self.db.one(&format!("{MISSED} WHERE m.missed_no = ?1"), bind![missed_no], missed_of)
    }

    fn callback(&self, callback_no: i64) -> Result<Option<Callback>, StoreError> {
        self.db.one(&format!("{CALLBACK} WHERE b.callback_no = ?1"), bind![callback_no], callback_of)
    }

    fn missed_that_is(&self, missed_no: i64) -> Result<MissedCall, StoreError> {
        self.missed_call(missed_no)?.ok_or_else(|| {
            StoreError::Conflict(message!(
                "不在着信 {missed_no} はありません",
                "there is no missed call {missed_no}",
                missed_no = missed_no
            ))
        })
    }

    /// An agent claims a missed call (`take`) or gives it back; with `over` also one that another agent has. Returns the
    /// entry as it is now.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is no such entry, it is closed, or another agent has it.
    pub fn assign_missed(
        &mut self,
        missed_no: i64,
        agent_code: &str,
        take: bool,
        over: bool,
    ) -> Result<MissedCall, StoreError> {
        let now = self.missed_that_is(missed_no)?;
        if now.closed_at.is_some() {
            return Err(self.closed_already(missed_no)?);
        }
        if !over && now.assignee.as_deref().is_some_and(|other| other != agent_code) {
            return Err(StoreError::Conflict(message!(
                "この不在着信は他のオペレーターが対応中です",
                "another agent is already handling the missed call"
            )));
        }
        let (status, assignee) =
            if take { (MissedStatus::InProgress, Some(agent_code)) } else { (MissedStatus::Open, None) };
        self.db.execute(
            "UPDATE missed_call SET status = ?2, assignee = ?3 WHERE missed_no = ?1",
            bind![missed_no, status, assignee],
        )?;
        self.missed_that_is(missed_no)
    }

    /// The refusal of a change to a closed entry: who closed it.
    fn closed_already(&self, missed_no: i64) -> Result<StoreError, StoreError> {
        let closed_by: Option<Option<String>> = self.db.one(
            "SELECT coalesce(a.agent_name, m.closed_by) FROM missed_call m
             LEFT JOIN agent a ON a.agent_code = m.closed_by WHERE m.missed_no = ?1",
            bind![missed_no],
            |row| row.get(0),
        )?;
        Ok(StoreError::Conflict(match closed_by.flatten() {
            Some(name) => message!(
                "この不在着信は {name} が既に完了しています",
                "{name} has already closed the missed call",
                name = name
            ),
            None => message!("この不在着信は既に完了しています", "the missed call is already closed"),
        }))
    }

    /// Closes a missed call. Returns the entry as it is now. Closing it again with the same result changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is no such entry, or it was closed by somebody else or with another result.
    pub fn close_missed(
        &mut self,
        missed_no: i64,
        result: MissedResult,
        note: Option<&str>,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<MissedCall, StoreError> {
        let closed = self.db.execute(
            "UPDATE missed_call SET status = ?2, note = coalesce(?3, note), closed_at = ?4, closed_by =
             ?5, assignee = coalesce(assignee, ?5) WHERE missed_no = ?1 AND closed_at IS NULL",
            bind![missed_no, MissedStatus::from(result), note, now, by],
        )?;
        let entry = self.missed_that_is(missed_no)?;
        let same: bool = self.db.value(
            "SELECT EXISTS (SELECT 1 FROM missed_call WHERE missed_no = ?1 AND closed_by = ?2 AND status = ?3)",
            bind![missed_no, by, MissedStatus::from(result)],
        )?;
        if closed == 0 && !same {
            return Err(self.closed_already(missed_no)?);
        }
        Ok(entry)
    }

    /// Marks a callback as done; `false` when there is no such open callback.
    pub fn finish_callback(&mut self, callback_no: i64, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let done = self.db.execute(
            "UPDATE callback SET status = 'done', done_at = ?2 WHERE callback_no = ?1 AND status =
             'open'",
            bind![callback_no, now],
        )?;
        Ok(done > 0)
    }
}
