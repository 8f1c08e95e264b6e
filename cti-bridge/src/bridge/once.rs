//! A request with a key is carried out once. Its answer is stored in the same transaction as the write, and a repeated
//! request gets that answer, also when the bridge was restarted in between.

use serde_json::value::RawValue;
use shared::message;
use shared::store::{AnswerLimits, KeptAnswer, StoreError, Transaction};

use super::write::{Worker, Written};
use crate::protocol::WriteKey;

/// Does the work, unless the agent's key shows that it was done before.
pub(super) fn once(
    tx: &mut Transaction<'_>,
    key: &WriteKey,
    by: &Worker,
    limits: AnswerLimits,
    work: impl FnOnce(&mut Transaction<'_>) -> Result<Written, StoreError>,
) -> Result<Written, StoreError> {
    if let Some(kept) = tx.kept_answer(&by.agent_code, &key.key)? {
        return again(kept, key);
    }
    let written = work(tx)?;
    let kept = KeptAnswer { request: key.request.clone(), answer: written.answer.get().to_owned() };
    tx.keep_answer(&by.agent_code, &key.key, &kept, by.now, limits)?;
    Ok(written)
}

/// The screens were told when it was done; only the answer is given again.
fn again(kept: KeptAnswer, key: &WriteKey) -> Result<Written, StoreError> {
    if kept.request != key.request {
        return Err(StoreError::Conflict(message!(
            "この `key` は別の要求で使用済みです",
            "this `key` was used for another request"
        )));
    }
    let answer =
        RawValue::from_string(kept.answer).map_err(|error| StoreError::Database(error.to_string()))?;
    Ok(Written { answer, ..Written::default() })
}
