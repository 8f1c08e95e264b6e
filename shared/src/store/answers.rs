//! Answers to writes, kept with the write so that a client may repeat it without doing it twice.

use chrono::{DateTime, TimeDelta, Utc};

use super::driver::bind;
use super::{StoreError, Transaction};

/// The answer to a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// A digest of the request.
    pub request: String,
    /// The answer, as JSON.
    pub answer: String,
}

/// How many answers are kept, and how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerLimits {
    /// Answers of one agent.
    pub per_agent_max: usize,
    /// Older answers are dropped.
    pub age: TimeDelta,
}

impl Transaction<'_> {
    /// The answer that an agent got for this key.
    pub fn kept_answer(&self, agent_code: &str, key: &str) -> Result<Option<KeptAnswer>, StoreError> {
        self.db.one(
            "SELECT request, answer FROM kept_answer WHERE agent_code = ?1 AND key = ?2",
            bind![agent_code, key],
            |row| Ok(KeptAnswer { request: row.get(0)?, answer: row.get(1)? }),
        )
    }

    /// Keeps an answer for this key, and drops the oldest ones beyond the limits.
    pub fn keep_answer(
        &mut self,
        agent_code: &str,
        key: &str,
        kept: &KeptAnswer,
        now: DateTime<Utc>,
        limits: AnswerLimits,
    ) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO kept_answer (agent_code, key, request, answer, at) VALUES (?1, ?2, ?3, ?4, ?5)",
            bind![agent_code, key, kept.request, kept.answer, now],
        )?;
        self.db.execute(
            "DELETE FROM kept_answer WHERE agent_code = ?1 AND answer_no <= (SELECT answer_no FROM
             kept_answer WHERE agent_code = ?1 ORDER BY answer_no DESC LIMIT 1 OFFSET ?2)",
            bind![agent_code, limits.per_agent_max],
        )?;
        self.db.execute("DELETE FROM kept_answer WHERE at < ?1", bind![now - limits.age]).map(|_| ())
    }
}
