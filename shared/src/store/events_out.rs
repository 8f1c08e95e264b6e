//! The outbox: events of calls that other systems are still to be told of.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::driver::{Row, bind};
use super::{Reader, StoreError, Transaction};

/// Given-up events of an endpoint that are kept: the newest.
const GIVEN_UP_MAX: i64 = 10_000;

/// An event for one endpoint, to be put into the outbox.
#[derive(Debug, Clone, Copy)]
pub struct NewEvent<'a> {
    /// The event's identity, the same however often it is sent.
    pub event_id: &'a str,
    /// The endpoint, by its name in the settings.
    pub endpoint: &'a str,
    /// What happened: `call.ended`.
    pub kind: &'a str,
    /// To which call.
    pub call_id: &'a str,
    /// What is sent.
    pub body: &'a str,
}

/// An event in the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the fields of docs/events.md")]
pub struct OutEvent {
    #[serde(skip)]
    pub event_no: i64,
    pub event_id: String,
    pub endpoint: String,
    pub kind: String,
    pub call_id: String,
    /// Only for who sends it.
    #[serde(skip)]
    pub body: String,
    pub created_at: DateTime<Utc>,
    pub attempts: u32,
    /// When it is tried next; `None`: it was given up.
    pub next_at: Option<DateTime<Utc>>,
    pub last_error: Option<String>,
}

/// The result of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// The endpoint has it.
    Delivered,
    /// It is tried again then, or given up.
    Failed {
        /// When.
        next_at: Option<DateTime<Utc>>,
        /// Why it failed.
        error: String,
    },
}

/// Events of an endpoint that may be sent now, and what else there is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DueEvents {
    /// Those that are due, the oldest first.
    pub events: Vec<OutEvent>,
    /// When the next one is due, which may have passed.
    pub next_at: Option<DateTime<Utc>>,
    /// How many wait, of all endpoints.
    pub waiting: u64,
}

/// Which events are meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Only this one.
    pub event_id: Option<String>,
    /// Only those of this endpoint.
    pub endpoint: Option<String>,
    /// Only those that were given up.
    pub given_up: bool,
}

const COLUMNS: &str =
    "event_no, event_id, endpoint, kind, call_id, body, created_at, attempts, next_at, last_error
    FROM event_out";
const MEANT: &str =
    "(?1 IS NULL OR event_id = ?1) AND (?2 IS NULL OR endpoint = ?2) AND (?3 = 0 OR next_at IS NULL)";

fn event_of(row: &Row<'_>) -> Result<OutEvent, StoreError> {
    Ok(OutEvent {
        event_no: row.get(0)?,
        event_id: row.get(1)?,
        endpoint: row.get(2)?,
        kind: row.get(3)?,
        call_id: row.get(4)?,
        body: row.get(5)?,
        created_at: row.get(6)?,
        attempts: u32::try_from(row.get::<i64>(7)?).unwrap_or(u32::MAX),
        next_at: row.get(8)?,
        last_error: row.get(9)?,
    })
}

impl Reader {
    /// The events of an endpoint that are due.
    pub fn due_events(
        &mut self,
        endpoint: &str,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Result<DueEvents, StoreError> {
        let events = self.db.all(
            &format!("SELECT {COLUMNS} WHERE endpoint = ?1 AND next_at <= ?2 ORDER BY event_no LIMIT ?3"),
            bind![endpoint, now, limit],
            event_of,
        )?;
        let next: Option<Option<DateTime<Utc>>> = self.db.one(
            "SELECT min(next_at) FROM event_out WHERE endpoint = ?1 AND next_at IS NOT NULL",
            bind![endpoint],
            |row| row.get(0),
        )?;
        let waiting = self.db.value("SELECT count(*) FROM event_out WHERE next_at IS NOT NULL", &[])?;
        Ok(DueEvents { events, next_at: next.flatten(), waiting })
    }

    /// The events that are meant, the oldest first.
    pub fn out_events(&mut self, filter: &EventFilter, limit: usize) -> Result<Vec<OutEvent>, StoreError> {
        self.db.all(
            &format!("SELECT {COLUMNS} WHERE {MEANT} ORDER BY event_no LIMIT ?4"),
            bind![filter.event_id, filter.endpoint, filter.given_up, limit],
            event_of,
        )
    }
}

impl Transaction<'_> {
    /// Puts an event into the outbox, unless it is there; `false` when so many events of its endpoint wait that no more
    /// are taken. Those that were given up do not count.
    pub fn send_event(
        &mut self,
        event: &NewEvent<'_>,
        now: DateTime<Utc>,
        most: usize,
    ) -> Result<bool, StoreError> {
        let there: i64 = self.db.value(
            "SELECT count(*) FROM (SELECT 1 FROM event_out WHERE endpoint = ?1 AND next_at IS NOT NULL LIMIT ?2)",
            bind![event.endpoint, most],
        )?;
        if usize::try_from(there).is_ok_and(|there| there >= most) {
            return Ok(false);
        }
        self.db.execute(
            "INSERT INTO event_out (event_id, endpoint, kind, call_id, body, created_at, next_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) ON CONFLICT (event_id, endpoint) DO NOTHING",
            bind![event.event_id, event.endpoint, event.kind, event.call_id, event.body, now],
        )?;
        Ok(true)
    }

    /// Keeps the result of an attempt.
    pub fn note_attempt(&mut self, event_no: i64, attempt: &Attempt) -> Result<(), StoreError> {
        match attempt {
            Attempt::Delivered => {
                self.db.execute("DELETE FROM event_out WHERE event_no = ?1", bind![event_no])?;
            }
            Attempt::Failed { next_at, error } => {
                self.db.execute(
                    "UPDATE event_out SET attempts = attempts + 1, next_at = ?2, last_error = ?3 WHERE event_no = ?1",
                    bind![event_no, *next_at, *error],
                )?;
                if next_at.is_none() {
                    self.drop_oldest_given_up(event_no)?;
                }
            }
        }
        Ok(())
    }

    /// Keeps only so many given-up events of the endpoint of one that was just given up.
    fn drop_oldest_given_up(&mut self, event_no: i64) -> Result<(), StoreError> {
        self.db.execute(
            "DELETE FROM event_out WHERE next_at IS NULL
             AND endpoint = (SELECT endpoint FROM event_out WHERE event_no = ?1)
             AND event_no <= (SELECT event_no FROM event_out WHERE next_at IS NULL
                 AND endpoint = (SELECT endpoint FROM event_out WHERE event_no = ?1)
                 ORDER BY event_no DESC LIMIT 1 OFFSET ?2)",
            bind![event_no, GIVEN_UP_MAX],
        )?;
        Ok(())
    }

    /// Has the events that are meant tried again at once, with all attempts before them; returns how many.
    pub fn retry_events(&mut self, filter: &EventFilter, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let changed = self.db.execute(
            &format!("UPDATE event_out SET attempts = 0, next_at = ?4 WHERE {MEANT}"),
            bind![filter.event_id, filter.endpoint, filter.given_up, now],
        )?;
        Ok(changed as u64)
    }
}
