//! The telephones of agents: each belongs to one agent.

use super::super::driver::bind;
use crate::message;
use crate::store::{StoreError, Transaction};

impl Transaction<'_> {
    /// Gives an agent a further phone: an extension, or `SYSTEM/EXTENSION`. `false` when the agent has it already.
    ///
    /// # Errors
    /// Another agent has it, or there is no such agent.
    pub fn add_phone(&mut self, agent_code: &str, phone: &str) -> Result<bool, StoreError> {
        self.phone_is_free(agent_code, phone)?;
        let known = self
            .db
            .exists("SELECT 1 FROM agent WHERE agent_code = ?1 AND revoked_at IS NULL", bind![agent_code])?;
        if !known {
            return Err(StoreError::Conflict(message!(
                "オペレーター「{code}」は登録されていません",
                "there is no agent {code}",
                code = agent_code
            )));
        }
        let is_main = self.db.exists(
            "SELECT 1 FROM agent WHERE agent_code = ?1 AND extension = ?2",
            bind![agent_code, phone],
        )?;
        let added = !is_main
            && self.db.execute(
                "INSERT INTO agent_phone (phone, agent_code) VALUES (?1, ?2)
                 ON CONFLICT (phone) DO UPDATE SET agent_code = excluded.agent_code
                 WHERE agent_code <> excluded.agent_code",
                bind![phone, agent_code],
            )? > 0;
        Ok(added)
    }

    /// Takes a further phone away; `false` when the agent does not have it.
    pub fn remove_phone(&mut self, agent_code: &str, phone: &str) -> Result<bool, StoreError> {
        let removed = self.db.execute(
            "DELETE FROM agent_phone WHERE phone = ?1 AND agent_code = ?2",
            bind![phone, agent_code],
        )?;
        Ok(removed > 0)
    }

    /// Two agents on one phone would both get the pop-up of every call.
    pub(super) fn phone_is_free(&self, agent_code: &str, phone: &str) -> Result<(), StoreError> {
        let taken: Option<String> = self.db.one(
            "SELECT agent_code FROM agent WHERE extension = ?1 AND revoked_at IS NULL AND agent_code <> ?2
             UNION SELECT p.agent_code FROM agent_phone p JOIN agent a ON a.agent_code = p.agent_code
             WHERE p.phone = ?1 AND a.revoked_at IS NULL AND p.agent_code <> ?2",
            bind![phone, agent_code],
            |row| row.get(0),
        )?;
        match taken {
            Some(other) => Err(StoreError::Conflict(message!(
                "内線番号 {extension} はオペレーター {other} が使用しています。別の内線番号を指定するか、そのオペレーターを無効にしてください",
                "extension {extension} belongs to agent {other}; revoke that agent or choose another extension",
                extension = phone,
                other = other,
            ))),
            None => Ok(()),
        }
    }
}
