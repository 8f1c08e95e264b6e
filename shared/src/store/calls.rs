//! Calls: recorded while they run and when they end, and read again.

mod dispositions;
mod earlier;
mod missed;
mod nuisance;
mod number_choice;
mod participants;
mod parts;
mod recordings;
mod registration;
mod said;
mod wrapup;

pub use dispositions::Disposition;
pub use earlier::EarlierCalls;
pub use missed::{Callback, MissedCall};
pub use nuisance::Nuisance;
pub use number_choice::NumberChoice;
pub use participants::Holder;
pub use parts::{PartRecord, VisitRecord};
pub use registration::{NewInquiry, NewParty, NewTask};
pub use said::{CallAnnotations, StoredChoice};
pub use wrapup::CallWork;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::driver::{Connection, Row, bind};
use super::{Reader, StoreError, Transaction};
use crate::call::{CallDirection, CallOutcome};
use crate::caller::CallerKind;
use crate::dataset::CALLS;
use crate::label::Open;

/// One call as it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[expect(missing_docs, reason = "the field names are those of the table, explained in docs/protocol.md")]
pub struct CallRecord {
    pub call_id: String,
    pub direction: CallDirection,
    pub caller_kind: CallerKind,
    /// Only when the caller did not withhold it.
    pub caller_e164: Option<String>,
    pub called: Option<String>,
    pub queue: Option<String>,
    pub customer_code: Option<String>,
    /// Filled by readers for lists; not stored with the call.
    pub customer_name: Option<String>,
    pub lead_code: Option<String>,
    /// Who answered, or whose phone rang last.
    pub agent_code: Option<String>,
    /// Everybody who takes part, by code, for the writer; readers leave it empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(skip)]
    pub agents: Vec<String>,
    /// Who took part, from when to when, for the writer; readers leave it empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(skip)]
    pub parts: Vec<PartRecord>,
    /// Where the caller waited, for the writer; readers leave it empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(skip)]
    pub visits: Vec<VisitRecord>,
    /// When the line's opening hours begin again, of a call that came outside them, for the writer; readers leave it empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(skip)]
    pub opens_at: Option<DateTime<Utc>>,
    pub extension: Option<String>,
    pub started_at: DateTime<Utc>,
    pub queued_at: Option<DateTime<Utc>>,
    pub answered_at: Option<DateTime<Utc>>,
    /// `None` while it is running.
    pub ended_at: Option<DateTime<Utc>>,
    /// Imported call logs may have words of their own.
    pub outcome: Option<Open<CallOutcome>>,
    pub ring_seconds: Option<i64>,
    pub talk_seconds: Option<i64>,
    pub hold_seconds: Option<i64>,
    pub uncertain: bool,
    /// The PBX, by its name in the settings.
    pub source: Option<String>,
    /// The PBX's own identity of the call: Asterisk's `Linkedid`, FreeSWITCH's leg.
    pub pbx_call_id: Option<String>,
    /// The files with recordings, as the PBX names them; for those who may listen.
    pub recordings: Vec<String>,
    pub shown_ms: Option<i64>,
    pub acw_seconds: Option<i64>,
    pub category: Option<String>,
    pub result: Option<String>,
    pub status: Option<String>,
    pub note: Option<String>,
    pub follow_up_at: Option<DateTime<Utc>>,
    pub wrapped_by: Option<String>,
    pub wrapped_at: Option<DateTime<Utc>>,
}

/// The changes of a call's record beyond the call itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallEffects {
    /// Missed calls that are new, counted again, claimed or closed.
    pub missed: Vec<MissedCall>,
    /// Callbacks that it completes.
    pub callbacks: Vec<Callback>,
}

/// What [`record_of`] reads.
const COLUMNS: &str = "c.call_id, c.direction, c.caller_kind, c.caller_e164, c.called, c.queue, c.customer_code,
    cu.customer_name, c.agent_code, c.extension, c.started_at, c.answered_at, c.ended_at, c.outcome,
    c.ring_seconds, c.talk_seconds, c.hold_seconds, c.uncertain, c.source, c.lead_code, c.queued_at, c.shown_ms,
    c.acw_seconds, c.category, c.result, c.status, c.note, c.follow_up_at, c.wrapped_by, c.wrapped_at,
    c.pbx_call_id, (SELECT group_concat(r.file, char(10)) FROM call_recording r WHERE r.call_id = c.call_id)
    FROM call c LEFT JOIN customer cu ON cu.customer_code = c.customer_code";

fn record_of(row: &Row<'_>) -> Result<CallRecord, StoreError> {
    Ok(CallRecord {
        call_id: row.get(0)?,
        direction: row.get(1)?,
        caller_kind: row.get(2)?,
        caller_e164: row.get(3)?,
        called: row.get(4)?,
        queue: row.get(5)?,
        customer_code: row.get(6)?,
        customer_name: row.get(7)?,
        agent_code: row.get(8)?,
        agents: Vec::new(),
        parts: Vec::new(),
        visits: Vec::new(),
        opens_at: None,
        extension: row.get(9)?,
        started_at: row.get(10)?,
        answered_at: row.get(11)?,
        ended_at: row.get(12)?,
        outcome: row.get(13)?,
        ring_seconds: row.get(14)?,
        talk_seconds: row.get(15)?,
        hold_seconds: row.get(16)?,
        uncertain: row.get(17)?,
        source: row.get(18)?,
        lead_code: row.get(19)?,
        queued_at: row.get(20)?,
        shown_ms: row.get(21)?,
        acw_seconds: row.get(22)?,
        category: row.get(23)?,
        result: row.get(24)?,
        status: row.get(25)?,
        note: row.get(26)?,
        follow_up_at: row.get(27)?,
        wrapped_by: row.get(28)?,
        wrapped_at: row.get(29)?,
        pbx_call_id: row.get(30)?,
        recordings: files(row.get::<Option<String>>(31)?.as_deref()),
    })
}

/// The names of files, one a line.
fn files(lines: Option<&str>) -> Vec<String> {
    lines.into_iter().flat_map(str::lines).map(str::to_owned).collect()
}

impl Reader {
    /// Calls in which the agent took part (answered or placed), or whose phone rang last, since then, newest first.
    pub fn calls_of_agent(
        &mut self,
        agent_code: &str,
        since: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<CallRecord>, StoreError> {
        self.db.all(
            &format!(
                "SELECT {COLUMNS} WHERE c.call_id IN (
                     SELECT call_id FROM call WHERE agent_code = ?1 AND started_at >= ?2
                     UNION SELECT call_id FROM call_part WHERE agent_code = ?1 AND began_at >= ?2
                         AND (answered_at IS NOT NULL OR placed = 1))
                 ORDER BY c.started_at DESC, c.call_id LIMIT ?3"
            ),
            bind![agent_code, since, limit],
            record_of,
        )
    }

    /// Everybody's calls that began then or later, newest first.
    pub fn calls_since(&mut self, since: DateTime<Utc>, limit: usize) -> Result<Vec<CallRecord>, StoreError> {
        self.db.all(
            &format!(
                "SELECT {COLUMNS} WHERE c.started_at >= ?1 ORDER BY c.started_at DESC, c.call_id LIMIT ?2"
            ),
            bind![since, limit],
            record_of,
        )
    }

    /// One call.
    pub fn call(&mut self, call_id: &str) -> Result<Option<CallRecord>, StoreError> {
        call(&self.db, call_id)
    }
}

fn call(db: &Connection, call_id: &str) -> Result<Option<CallRecord>, StoreError> {
    db.one(&format!("SELECT {COLUMNS} WHERE c.call_id = ?1"), bind![call_id], record_of)
}

impl Transaction<'_> {
    /// One call as this transaction sees it.
    pub fn call(&mut self, call_id: &str) -> Result<Option<CallRecord>, StoreError> {
        call(&self.db, call_id)
    }

    /// Records a call, which may still be running, and refreshes its customer's card. With its end, an inbound call that
    /// nobody answered becomes a missed call, to be called back within `callback_within`; one that was answered, or
    /// an outbound call, closes the missed calls and callbacks of its number. Recording it again changes nothing, and
    /// recording never changes what an agent said: who called, the note, the after-call work.
    pub fn record_call(
        &mut self,
        call: &CallRecord,
        today: NaiveDate,
        callback_within: TimeDelta,
    ) -> Result<CallEffects, StoreError> {
        let before = self.recorded_before(&call.call_id)?;
        let call = &with_earlier_answer(call, before.as_ref().and_then(|before| before.answered_at));
        let (customer_code, lead_code) = self.insert_call(call)?;
        let call = &CallRecord { customer_code, lead_code, ..call.clone() };
        self.note_agents(call)?;
        self.keep_parts(call)?;
        self.keep_recordings(call)?;
        self.touch(CALLS.name, &call.started_at.format("%Y-%m").to_string());
        // The call may have been another customer's until an agent said who it is.
        let customers = [before.as_ref().and_then(|b| b.customer_code.clone()), call.customer_code.clone()];
        for customer_code in customers.iter().flatten() {
            self.refresh_card(customer_code, today)?;
        }
        if call.ended_at.is_none() || before.is_some_and(|before| before.missed) {
            return Ok(CallEffects::default());
        }
        self.follow_up_on(call, today, callback_within)
    }

    fn recorded_before(&self, call_id: &str) -> Result<Option<Before>, StoreError> {
        self.db.one(
            "SELECT customer_code, ended_at IS NOT NULL AND answered_at IS NULL AND outcome <> 'unknown', answered_at
             FROM call WHERE call_id = ?1",
            bind![call_id],
            |row| Ok(Before { customer_code: row.get(0)?, missed: row.get(1)?, answered_at: row.get(2)? }),
        )
    }

    /// Writes the call's row and returns its customer and lead. An agent's word on who calls stays, and so does recorded
    /// after-call work: an agent may be quicker than the PBX, and what the loop knows may be older than the row. What is
    /// not known (now: the bridge was restarted) does not replace what is: the caller, who called whom, the agent, the
    /// answer.
    fn insert_call(&self, call: &CallRecord) -> Result<(Option<String>, Option<String>), StoreError> {
        self.db.only(
            &format!(
                "INSERT INTO call (call_id, direction, caller_kind, caller_e164, called, queue,
                 customer_code, agent_code, extension, started_at, answered_at, ended_at, outcome,
                 ring_seconds, talk_seconds, hold_seconds, uncertain, source, lead_code, queued_at,
                 shown_ms, pbx_call_id, origin) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
                 ?17, ?18, ?19, ?20, ?21, ?22, 'here') ON CONFLICT (call_id) DO UPDATE SET direction = CASE WHEN {LESS} THEN
                 direction ELSE excluded.direction END, caller_kind = CASE WHEN {LESS} THEN caller_kind ELSE
                 excluded.caller_kind END, caller_e164 = CASE WHEN {LESS} THEN caller_e164 ELSE
                 excluded.caller_e164 END, called = CASE WHEN {LESS} THEN called ELSE
                 coalesce(excluded.called, called) END, queue = coalesce(excluded.queue, queue), customer_code =
                 CASE WHEN chosen_at IS NULL AND NOT ({LESS}) THEN excluded.customer_code ELSE customer_code END,
                 lead_code = CASE WHEN chosen_at IS NULL AND NOT ({LESS}) THEN excluded.lead_code ELSE lead_code
                 END, agent_code = CASE WHEN excluded.uncertain = 1 THEN coalesce(excluded.agent_code, agent_code) ELSE
                 excluded.agent_code END, extension = CASE WHEN excluded.uncertain = 1 THEN
                 coalesce(excluded.extension, extension) ELSE excluded.extension END, answered_at =
                 coalesce(excluded.answered_at, answered_at), ended_at =
                 coalesce(excluded.ended_at, ended_at), outcome = coalesce(excluded.outcome, outcome),
                 ring_seconds = excluded.ring_seconds, talk_seconds = excluded.talk_seconds, hold_seconds =
                 excluded.hold_seconds, uncertain = excluded.uncertain, source = excluded.source, queued_at =
                 coalesce(excluded.queued_at, queued_at), shown_ms = coalesce(excluded.shown_ms, shown_ms),
                 pbx_call_id = coalesce(pbx_call_id, excluded.pbx_call_id)
                 RETURNING customer_code, lead_code"
            ),
            bind![
                call.call_id,
                call.direction,
                call.caller_kind,
                call.caller_e164,
                call.called,
                call.queue,
                call.customer_code,
                call.agent_code,
                call.extension,
                call.started_at,
                call.answered_at,
                call.ended_at,
                call.outcome,
                call.ring_seconds,
                call.talk_seconds,
                call.hold_seconds,
                call.uncertain,
                call.source,
                call.lead_code,
                call.queued_at,
                call.shown_ms,
                call.pbx_call_id
            ],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
    }

    /// Closes the calls that were running when the bridge stopped, with an unknown end; returns how many.
    pub fn close_unfinished_calls(&mut self, now: DateTime<Utc>) -> Result<usize, StoreError> {
        let closed: Vec<(Option<String>, String)> = self.db.all(
            // An imported log may have calls without an end; those are not ours to close.
            "UPDATE call SET ended_at = ?1, outcome = CASE WHEN answered_at IS NULL THEN 'unknown'
                    ELSE 'completed' END, uncertain = 1
                 WHERE ended_at IS NULL AND source IS NOT NULL RETURNING customer_code, started_at",
            bind![now],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        for (customer_code, started_at) in &closed {
            self.touch(CALLS.name, started_at.get(..7).unwrap_or_default());
            self.stale.extend(customer_code.clone());
        }
        Ok(closed.len())
    }
}

/// Whether a record (`excluded`) knows less of who called than the row does: after a restart the PBX's list of live
/// channels may not say what its events said.
const LESS: &str = "excluded.caller_kind = 'unknown' AND call.caller_kind <> 'unknown'
    OR excluded.uncertain = 1 AND excluded.direction = 'internal' AND call.direction <> 'internal'";

/// The record, answered when it was answered first: a bridge that was restarted found the call running, and counted from
/// then on.
fn with_earlier_answer(call: &CallRecord, before: Option<DateTime<Utc>>) -> CallRecord {
    let mut call = call.clone();
    let (Some(before), Some(answered_at)) = (before, call.answered_at) else { return call };
    let unseen = (answered_at - before).num_seconds();
    if unseen <= 0 || !call.uncertain {
        return call;
    }
    call.answered_at = Some(before);
    call.talk_seconds = call.talk_seconds.map(|talk| talk + unseen);
    if let Some(part) = call.parts.iter_mut().find(|part| part.answered_at == Some(answered_at)) {
        (part.answered_at, part.began_at) = (Some(before), before.min(part.began_at));
        part.talk_seconds += unseen;
    }
    call
}

/// A call as it was recorded before.
struct Before {
    customer_code: Option<String>,
    /// Its end was recorded: it is among the missed calls already.
    missed: bool,
    answered_at: Option<DateTime<Utc>>,
}
