//! The files with recordings of calls.

use super::CallRecord;
use crate::store::driver::bind;
use crate::store::{StoreError, Transaction};

impl Transaction<'_> {
    /// Keeps the names of a call's recordings. What an earlier run of the bridge kept stays.
    pub(super) fn keep_recordings(&mut self, call: &CallRecord) -> Result<(), StoreError> {
        for file in &call.recordings {
            self.db.execute(
                "INSERT INTO call_recording (call_id, file) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                bind![call.call_id, file],
            )?;
        }
        Ok(())
    }
}
