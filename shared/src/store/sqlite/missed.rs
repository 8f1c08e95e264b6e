//! Missed calls and callbacks: how they come to be, who takes them up, and what closes them.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rusqlite::{OptionalExtension, Row, params};

use super::reader::{SqliteReader, read_count, read_instant, read_optional_instant};
use super::transaction::{SqliteTransaction, count, instant};
use super::{Explained, StoreError};
use crate::store::{CallEffects, CallRecord, Callback, MissedCall};

const MISSED: &str =
    "SELECT m.missed_no, m.caller_kind, m.caller_e164, m.customer_code, cu.customer_name, cu.rank,
    m.called, m.queue, m.reason, m.first_at, m.last_at, m.count, m.due_at, m.status, m.assignee,
    coalesce(a.agent_name, m.assignee), m.closed_at, m.closed_by_call, m.note
    FROM missed_call m LEFT JOIN customer cu ON cu.customer_code = m.customer_code
    LEFT JOIN rank_master r ON r.rank = cu.rank LEFT JOIN agent a ON a.agent_code = m.assignee";

fn missed_of(row: &Row<'_>) -> rusqlite::Result<MissedCall> {
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
        first_at: read_instant(row, 9)?,
        last_at: read_instant(row, 10)?,
        count: row.get(11)?,
        due_at: read_instant(row, 12)?,
        status: row.get(13)?,
        assignee: row.get(14)?,
        assignee_name: row.get(15)?,
        closed_at: read_optional_instant(row, 16)?,
        closed_by_call: row.get(17)?,
        note: row.get(18)?,
    })
}

const CALLBACK: &str =
    "SELECT b.callback_no, b.call_id, b.customer_code, cu.customer_name, b.caller_e164, b.due_at,
    b.assignee, b.note, b.status
    FROM callback b LEFT JOIN customer cu ON cu.customer_code = b.customer_code";

fn callback_of(row: &Row<'_>) -> rusqlite::Result<Callback> {
    Ok(Callback {
        callback_no: row.get(0)?,
        call_id: row.get(1)?,
        customer_code: row.get(2)?,
        customer_name: row.get(3)?,
        caller_e164: row.get(4)?,
        due_at: read_instant(row, 5)?,
        assignee: row.get(6)?,
        note: row.get(7)?,
        status: row.get(8)?,
    })
}

impl SqliteReader {
    pub(in crate::store) fn missed_calls(
        &mut self,
        open_only: bool,
        limit: usize,
    ) -> Result<Vec<MissedCall>, StoreError> {
        let (condition, order) = if open_only {
            // A rank that the master does not have comes after those that it has.
            ("m.status IN ('open', 'in_progress')", "r.position IS NULL, r.position, m.first_at, m.missed_no")
        } else {
            ("1", "m.missed_no DESC")
        };
        self.connection
            .prepare_cached(&format!("{MISSED} WHERE {condition} ORDER BY {order} LIMIT ?1"))
            .at(&self.path)?
            .query_map([count(limit as u64)], missed_of)
            .at(&self.path)?
            .collect::<Result<_, _>>()
            .at(&self.path)
    }

    pub(in crate::store) fn missed_calls_open(&mut self) -> Result<u64, StoreError> {
        self.connection
            .prepare_cached("SELECT count(*) FROM missed_call WHERE status IN ('open', 'in_progress')")
            .at(&self.path)?
            .query_row([], |row| read_count(row, 0))
            .at(&self.path)
    }

    pub(in crate::store) fn callbacks(
        &mut self,
        assignee: Option<&str>,
        due_by: Option<DateTime<Utc>>,
        limit: usize,
    ) -> Result<Vec<Callback>, StoreError> {
        // '~' sorts after every instant.
        let due_by = due_by.map_or_else(|| "~".to_owned(), instant);
        self.connection
            .prepare_cached(&format!(
                "{CALLBACK} WHERE b.status = 'open' AND b.due_at <= ?1 AND (?2 IS NULL OR b.assignee = ?2)
                 ORDER BY b.due_at, b.callback_no LIMIT ?3"
            ))
            .at(&self.path)?
            .query_map(params![due_by, assignee, count(limit as u64)], callback_of)
            .at(&self.path)?
            .collect::<Result<_, _>>()
            .at(&self.path)
    }
}

/// Outcomes of an inbound call that somebody should call back. What nobody saw the end of is none.
const MISSED_OUTCOMES: [&str; 3] = ["abandoned", "no_answer", "busy"];

impl SqliteTransaction<'_> {
    /// What the end of a call means for the lists of who waits for us.
    pub(super) fn follow_up_on(
        &mut self,
        call: &CallRecord,
        today: NaiveDate,
        callback_within: TimeDelta,
    ) -> Result<CallEffects, StoreError> {
        let mut effects = CallEffects::default();
        let outcome = call.outcome.as_deref().unwrap_or_default();
        let (inbound, outbound) = (call.direction == "inbound", call.direction == "outbound");
        if inbound && call.answered_at.is_none() && MISSED_OUTCOMES.contains(&outcome) {
            let missed_no = self.miss(call, outcome, today, callback_within)?;
            effects.missed.extend(self.missed_call(missed_no)?);
        } else if let Some(e164) = call.caller_e164.as_deref().filter(|_| inbound || outbound) {
            if call.answered_at.is_some() {
                self.close_for(call, e164, &mut effects)?;
            } else if outbound {
                self.take_up_for(call, e164, &mut effects)?;
            }
        }
        Ok(effects)
    }

    /// Counts a missed call: with the others of its number and day, if that entry is open still. Callers without a
    /// number are strangers to each other: each is an entry of its own.
    fn miss(
        &self,
        call: &CallRecord,
        reason: &str,
        today: NaiveDate,
        callback_within: TimeDelta,
    ) -> Result<i64, StoreError> {
        let due_at = instant(call.started_at + callback_within);
        let counted = self
            .connection
            .prepare_cached(
                "UPDATE missed_call SET count = count + 1, last_at = max(last_at, ?3), last_call_id = ?4,
                    reason = ?5, called = ?6, queue = ?7, customer_code = coalesce(?8, customer_code)
                 WHERE missed_no = (SELECT missed_no FROM missed_call WHERE caller_e164 = ?1 AND day = ?2
                    AND status IN ('open', 'in_progress') ORDER BY missed_no DESC LIMIT 1)
                 RETURNING missed_no",
            )
            .at(&self.path)?
            .query_row(
                params![
                    call.caller_e164,
                    today.to_string(),
                    instant(call.started_at),
                    call.call_id,
                    reason,
                    call.called,
                    call.queue,
                    call.customer_code
                ],
                |row| row.get(0),
            )
            .optional()
            .at(&self.path)?;
        if let Some(missed_no) = counted {
            return Ok(missed_no);
        }
        self.connection
            .prepare_cached(
                "INSERT INTO missed_call (day, caller_kind, caller_e164, customer_code, called, queue, reason,
                    first_at, last_at, count, last_call_id, due_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, 1, ?9, ?10) RETURNING missed_no",
            )
            .at(&self.path)?
            .query_row(
                params![
                    today.to_string(),
                    call.caller_kind,
                    call.caller_e164,
                    call.customer_code,
                    call.called,
                    call.queue,
                    reason,
                    instant(call.started_at),
                    call.call_id,
                    due_at
                ],
                |row| row.get(0),
            )
            .at(&self.path)
    }

    /// Somebody of us has talked with this number since: nobody waits any more.
    fn close_for(&self, call: &CallRecord, e164: &str, effects: &mut CallEffects) -> Result<(), StoreError> {
        let at = call.ended_at.unwrap_or(call.started_at);
        let missed = self.numbers(
            "UPDATE missed_call SET status = 'done', closed_at = ?2, closed_by_call = ?3, closed_by = ?4,
                assignee = coalesce(assignee, ?4)
             WHERE caller_e164 = ?1 AND status IN ('open', 'in_progress') AND last_at <= ?2 RETURNING missed_no",
            params![e164, instant(at), call.call_id, call.agent_code],
        )?;
        for missed_no in missed {
            effects.missed.extend(self.missed_call(missed_no)?);
        }
        // A promise is kept by calling, or when the customer calls first and is answered.
        let callbacks = self.numbers(
            "UPDATE callback SET status = 'done', done_at = ?2, done_by_call = ?3
             WHERE caller_e164 = ?1 AND status = 'open' AND call_id <> ?3 AND created_at < ?2 RETURNING callback_no",
            params![e164, instant(at), call.call_id],
        )?;
        for callback_no in callbacks {
            effects.callbacks.extend(self.callback(callback_no)?);
        }
        Ok(())
    }

    /// We called back and nobody was there: it is somebody's now, and still open.
    fn take_up_for(
        &self,
        call: &CallRecord,
        e164: &str,
        effects: &mut CallEffects,
    ) -> Result<(), StoreError> {
        let missed = self.numbers(
            "UPDATE missed_call SET status = 'in_progress', assignee = coalesce(?2, assignee)
             WHERE caller_e164 = ?1 AND status = 'open' RETURNING missed_no",
            params![e164, call.agent_code],
        )?;
        for missed_no in missed {
            effects.missed.extend(self.missed_call(missed_no)?);
        }
        Ok(())
    }

    fn numbers(&self, sql: &str, given: impl rusqlite::Params) -> Result<Vec<i64>, StoreError> {
        self.connection
            .prepare_cached(sql)
            .at(&self.path)?
            .query_map(given, |row| row.get(0))
            .at(&self.path)?
            .collect::<Result<_, _>>()
            .at(&self.path)
    }

    fn missed_call(&self, missed_no: i64) -> Result<Option<MissedCall>, StoreError> {
        self.connection
            .prepare_cached(&format!("{MISSED} WHERE m.missed_no = ?1"))
            .at(&self.path)?
            .query_row([missed_no], missed_of)
            .optional()
            .at(&self.path)
    }

    fn callback(&self, callback_no: i64) -> Result<Option<Callback>, StoreError> {
        self.connection
            .prepare_cached(&format!("{CALLBACK} WHERE b.callback_no = ?1"))
            .at(&self.path)?
            .query_row([callback_no], callback_of)
            .optional()
            .at(&self.path)
    }

    fn missed_that_is(&self, missed_no: i64) -> Result<MissedCall, StoreError> {
        self.missed_call(missed_no)?
            .ok_or_else(|| StoreError::Conflict(format!("there is no missed call {missed_no}")))
    }

    pub(in crate::store) fn assign_missed(
        &mut self,
        missed_no: i64,
        agent_code: &str,
        take: bool,
    ) -> Result<MissedCall, StoreError> {
        let now = self.missed_that_is(missed_no)?;
        if now.closed_at.is_some() {
            return Err(StoreError::Conflict("it is closed already".to_owned()));
        }
        if now.assignee.as_deref().is_some_and(|other| other != agent_code) {
            return Err(StoreError::Conflict("somebody else has taken it up".to_owned()));
        }
        let (status, assignee) = if take { ("in_progress", Some(agent_code)) } else { ("open", None) };
        self.connection
            .prepare_cached("UPDATE missed_call SET status = ?2, assignee = ?3 WHERE missed_no = ?1")
            .at(&self.path)?
            .execute(params![missed_no, status, assignee])
            .at(&self.path)?;
        self.missed_that_is(missed_no)
    }

    pub(in crate::store) fn close_missed(
        &mut self,
        missed_no: i64,
        result: &str,
        note: Option<&str>,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<MissedCall, StoreError> {
        self.connection
            .prepare_cached(
                "UPDATE missed_call SET status = ?2, note = coalesce(?3, note), closed_at = ?4, closed_by = ?5,
                    assignee = coalesce(assignee, ?5) WHERE missed_no = ?1 AND closed_at IS NULL",
            )
            .at(&self.path)?
            .execute(params![missed_no, result, note, instant(now), by])
            .at(&self.path)?;
        self.missed_that_is(missed_no)
    }

    pub(in crate::store) fn finish_callback(
        &mut self,
        callback_no: i64,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let done = self
            .connection
            .prepare_cached(
                "UPDATE callback SET status = 'done', done_at = ?2 WHERE callback_no = ?1 AND status = 'open'",
            )
            .at(&self.path)?
            .execute(params![callback_no, instant(now)])
            .at(&self.path)?;
        Ok(done > 0)
    }
}
