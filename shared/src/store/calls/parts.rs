//! Who took part in a call, and where its caller waited.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::CallRecord;
use crate::call::{PartEnd, PartKind, QueueEnd};
use crate::dataset::{CALL_PARTS, QUEUE_VISITS};
use crate::store::driver::bind;
use crate::store::{StoreError, Transaction};

/// One party's part in a call that is over (docs/datasets.md, `call_parts`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the field names are those of the table, explained in docs/datasets.md")]
pub struct PartRecord {
    pub kind: PartKind,
    pub agent_code: Option<String>,
    pub extension: Option<String>,
    pub placed: bool,
    pub began_at: DateTime<Utc>,
    pub answered_at: Option<DateTime<Utc>>,
    pub left_at: DateTime<Utc>,
    pub end: PartEnd,
    pub ring_seconds: i64,
    pub talk_seconds: i64,
    pub hold_seconds: i64,
}

/// A caller's wait in a queue (docs/datasets.md, `queue_visits`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the field names are those of the table, explained in docs/datasets.md")]
pub struct VisitRecord {
    pub queue: String,
    pub joined_at: DateTime<Utc>,
    pub left_at: DateTime<Utc>,
    pub wait_seconds: i64,
    pub end: QueueEnd,
}

impl Transaction<'_> {
    /// Keeps the parts and waits of a call that has ended. Kept again, nothing changes; what an earlier run of the bridge
    /// kept of the same call stays.
    pub(super) fn keep_parts(&mut self, call: &CallRecord) -> Result<(), StoreError> {
        for (n, part) in call.parts.iter().enumerate() {
            let began = part.began_at.timestamp_millis();
            self.db.execute(
                "INSERT INTO call_part (part_id, call_id, kind, agent_code, extension, placed, began_at, answered_at,
                     left_at, part_end, ring_seconds, talk_seconds, hold_seconds, origin)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 'here')
                 ON CONFLICT (part_id) DO UPDATE SET agent_code = excluded.agent_code",
                bind![
                    format!("{}/{began}/{n}", call.call_id),
                    call.call_id,
                    part.kind,
                    part.agent_code,
                    part.extension,
                    part.placed,
                    part.began_at,
                    part.answered_at,
                    part.left_at,
                    part.end,
                    part.ring_seconds,
                    part.talk_seconds,
                    part.hold_seconds
                ],
            )?;
            self.touch(CALL_PARTS.name, &part.began_at.format("%Y-%m").to_string());
        }
        for visit in &call.visits {
            self.db.execute(
                "INSERT INTO queue_visit (visit_id, call_id, queue, joined_at, left_at, wait_seconds, queue_end, origin)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'here') ON CONFLICT (visit_id) DO NOTHING",
                bind![
                    format!("{}/{}", call.call_id, visit.joined_at.timestamp_millis()),
                    call.call_id,
                    visit.queue,
                    visit.joined_at,
                    visit.left_at,
                    visit.wait_seconds,
                    visit.end
                ],
            )?;
            self.touch(QUEUE_VISITS.name, &visit.joined_at.format("%Y-%m").to_string());
        }
        let waiting: Vec<(String, i64)> = self.db.all(
            "DELETE FROM call_part_work WHERE call_id = ?1 AND EXISTS (SELECT 1 FROM call_part p WHERE
                 p.call_id = ?1 AND p.agent_code = call_part_work.agent_code) RETURNING agent_code, seconds",
            bind![call.call_id],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        for (agent_code, seconds) in waiting {
            self.add_work_to_part(&call.call_id, &agent_code, seconds)?;
        }
        Ok(())
    }

    /// Adds after-call work to the last part of this agent in a call; of a call that still runs, when it is recorded.
    pub(super) fn add_work_to_part(
        &mut self,
        call_id: &str,
        agent_code: &str,
        seconds: i64,
    ) -> Result<(), StoreError> {
        let began_at: Option<String> = self.db.one(
            "UPDATE call_part SET acw_seconds = coalesce(acw_seconds, 0) + ?3 WHERE part_id =
                 (SELECT part_id FROM call_part WHERE call_id = ?1 AND agent_code = ?2 AND answered_at IS NOT NULL
                  ORDER BY answered_at DESC, part_id LIMIT 1) RETURNING began_at",
            bind![call_id, agent_code, seconds],
            |row| row.get(0),
        )?;
        match began_at {
            Some(began_at) => self.touch(CALL_PARTS.name, began_at.get(..7).unwrap_or_default()),
            None => {
                self.db.execute(
                    "INSERT INTO call_part_work (call_id, agent_code, seconds) VALUES (?1, ?2, ?3)
                     ON CONFLICT DO UPDATE SET seconds = seconds + excluded.seconds",
                    bind![call_id, agent_code, seconds],
                )?;
            }
        }
        Ok(())
    }
}
