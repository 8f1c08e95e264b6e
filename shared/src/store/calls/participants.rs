//! Who took part in a call, and whose work a call, a missed call or a callback is.

use super::CallRecord;
use crate::store::driver::bind;
use crate::store::{StoreError, Transaction};

/// Who has a missed call or a callback that is still open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// It is closed, or there is none with this number.
    Closed,
    /// Nobody has it.
    Nobody,
    /// This agent has it.
    Agent {
        /// The agent's code.
        agent_code: String,
        /// The agent's name, or the code of somebody who is no agent.
        agent_name: String,
    },
}

impl Transaction<'_> {
    /// Keeps who takes part in a call, beside those who were kept before.
    pub(super) fn note_agents(&self, call: &CallRecord) -> Result<(), StoreError> {
        for agent_code in &call.agents {
            self.db.execute(
                "INSERT INTO call_participant (call_id, agent_code) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                bind![call.call_id, agent_code],
            )?;
        }
        Ok(())
    }

    /// Whether a stored call is this agent's work: the agent's phone rang, the agent answered, placed it or wrapped it
    /// up, or has its missed call or its callback.
    pub fn is_work_of(&self, call: &CallRecord, agent_code: &str) -> Result<bool, StoreError> {
        if [&call.agent_code, &call.wrapped_by].into_iter().flatten().any(|known| known == agent_code) {
            return Ok(true);
        }
        self.db.value(
            "SELECT EXISTS (SELECT 1 FROM call_participant WHERE call_id = ?1 AND agent_code = ?2)
                OR EXISTS (SELECT 1 FROM callback WHERE call_id = ?1 AND assignee = ?2)
                OR EXISTS (SELECT 1 FROM missed_call WHERE caller_e164 IS ?3 AND assignee = ?2 AND (last_call_id = ?1
                    OR (caller_e164 IS NOT NULL AND ?4 BETWEEN first_at AND last_at)))",
            bind![call.call_id, agent_code, call.caller_e164, call.started_at],
        )
    }

    /// Who has this missed call.
    pub fn missed_call_holder(&self, missed_no: i64) -> Result<Holder, StoreError> {
        self.holder(
            "SELECT m.assignee, coalesce(a.agent_name, m.assignee) FROM missed_call m
             LEFT JOIN agent a ON a.agent_code = m.assignee WHERE m.missed_no = ?1 AND m.closed_at IS NULL",
            missed_no,
        )
    }

    /// Who has this callback.
    pub fn callback_holder(&self, callback_no: i64) -> Result<Holder, StoreError> {
        self.holder(
            "SELECT b.assignee, coalesce(a.agent_name, b.assignee) FROM callback b
             LEFT JOIN agent a ON a.agent_code = b.assignee WHERE b.callback_no = ?1 AND b.status = 'open'",
            callback_no,
        )
    }

    fn holder(&self, sql: &str, no: i64) -> Result<Holder, StoreError> {
        let found: Option<(Option<String>, Option<String>)> =
            self.db.one(sql, bind![no], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(match found {
            None => Holder::Closed,
            Some((Some(agent_code), name)) => {
                Holder::Agent { agent_name: name.unwrap_or_else(|| agent_code.clone()), agent_code }
            }
            Some((None, _)) => Holder::Nobody,
        })
    }
}
