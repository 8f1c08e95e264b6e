//! What is kept only for a time: details of calls, activities, and the log of the shop's visitors.
//!
//! Rows go in slices, so that other writers get their turn in between.

use chrono::{DateTime, Utc};

use super::driver::{Row, bind};
use super::{Reader, StoreError, Transaction};
use crate::dataset::{ACTIVITIES, ACTIVITY_LOGS, CALLS, Dataset};
use crate::label::labelled_enum;

labelled_enum! {
    /// What has a time of its own.
    pub enum Expiring {
        /// Numbers, notes and names of recordings of calls that have ended, of missed calls and callbacks that are done. The calls themselves
        /// stay for the reports.
        CallDetails = "call_details", "通話の電話番号とメモ", "numbers and notes of calls", [];
        /// Activities.
        Activities = "activities", "対応履歴", "activities", [];
        /// Events that other systems were not told of.
        EventsOut = "events_out", "他のシステムに届いていないイベント", "events that were not delivered", [];
        /// The log of what customers did in the shop.
        ActivityLogs = "activity_logs", "活動ログ", "activity logs", [];
    }
}

/// One statement that finds what is past its time, and one that removes it. Parameters: the instant; the key.
struct Rows {
    /// The data set whose mirror and cards change with it.
    dataset: Option<&'static Dataset>,
    /// Key, instant and customer of each row.
    find: &'static str,
    remove: &'static str,
}

const CALL_ROWS: Rows = Rows {
    dataset: Some(&CALLS),
    find: "SELECT call_id, started_at, customer_code FROM call WHERE started_at < ?1 AND ended_at IS NOT NULL
           AND (caller_e164 IS NOT NULL OR note IS NOT NULL)",
    remove: "UPDATE call SET caller_e164 = NULL, note = NULL WHERE call_id = ?1",
};
const RECORDING_ROWS: Rows = Rows {
    dataset: None,
    find: "SELECT DISTINCT r.call_id, c.started_at, c.customer_code FROM call_recording r
           JOIN call c ON c.call_id = r.call_id WHERE c.started_at < ?1 AND c.ended_at IS NOT NULL",
    remove: "DELETE FROM call_recording WHERE call_id = ?1",
};
const MISSED_ROWS: Rows = Rows {
    dataset: None,
    find: "SELECT CAST(missed_no AS TEXT), last_at, customer_code FROM missed_call WHERE last_at < ?1
           AND status IN ('done', 'no_need') AND (caller_e164 IS NOT NULL OR note IS NOT NULL)",
    remove: "UPDATE missed_call SET caller_e164 = NULL, note = NULL WHERE missed_no = CAST(?1 AS INTEGER)",
};
const CALLBACK_ROWS: Rows = Rows {
    dataset: None,
    find: "SELECT CAST(callback_no AS TEXT), done_at, customer_code FROM callback WHERE done_at < ?1
           AND status = 'done' AND (caller_e164 IS NOT NULL OR note IS NOT NULL)",
    remove: "UPDATE callback SET caller_e164 = NULL, note = NULL WHERE callback_no = CAST(?1 AS INTEGER)",
};
const ACTIVITY_ROWS: Rows = Rows {
    dataset: Some(&ACTIVITIES),
    find: "SELECT activity_no, happened_at, customer_code FROM activity WHERE happened_at < ?1",
    remove: "DELETE FROM activity WHERE activity_no = ?1",
};
const LOG_ROWS: Rows = Rows {
    dataset: Some(&ACTIVITY_LOGS),
    find: "SELECT log_no, happened_at, customer_code FROM activity_log WHERE happened_at < ?1",
    remove: "DELETE FROM activity_log WHERE log_no = ?1",
};

const EVENT_ROWS: Rows = Rows {
    dataset: None,
    find: "SELECT CAST(event_no AS TEXT), created_at, NULL FROM event_out WHERE created_at < ?1",
    remove: "DELETE FROM event_out WHERE event_no = CAST(?1 AS INTEGER)",
};

impl Expiring {
    fn rows(self) -> &'static [Rows] {
        match self {
            Self::CallDetails => &[CALL_ROWS, RECORDING_ROWS, MISSED_ROWS, CALLBACK_ROWS],
            Self::Activities => &[ACTIVITY_ROWS],
            Self::ActivityLogs => &[LOG_ROWS],
            Self::EventsOut => &[EVENT_ROWS],
        }
    }
}

impl Reader {
    /// How many rows are older than this instant.
    pub fn count_expired(&mut self, what: Expiring, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let count = |rows: &Rows| -> Result<u64, StoreError> {
            self.db.value(&format!("SELECT count(*) FROM ({})", rows.find), bind![before])
        };
        what.rows().iter().map(count).sum()
    }
}

impl Transaction<'_> {
    /// Removes at most `limit` rows that are older than this instant; returns how many. 0: none is left.
    pub fn remove_expired(
        &mut self,
        what: Expiring,
        before: DateTime<Utc>,
        limit: usize,
    ) -> Result<u64, StoreError> {
        let mut removed = 0;
        for rows in what.rows() {
            let left = limit.saturating_sub(removed);
            let sql = format!("{} LIMIT ?2", rows.find);
            let found = self.db.all(&sql, bind![before, left], key_month_customer)?;
            removed += found.len();
            for (key, at, customer_code) in found {
                self.db.execute(rows.remove, bind![key])?;
                let Some(dataset) = rows.dataset else { continue };
                self.touch(dataset.name, at.get(..7).unwrap_or_default());
                self.stale.extend(customer_code);
            }
        }
        Ok(removed as u64)
    }
}

fn key_month_customer(row: &Row<'_>) -> Result<(String, String, Option<String>), StoreError> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}
