//! The store: one truth for both programs. The only public database API.
//!
//! [`Store`] is an enum over the databases that can hold it; no caller sees SQL or a driver. Every write is a
//! [`Transaction`]; readers each have a connection of their own and scale over threads.

mod call_work;
mod error;
mod quality;
mod rank_config;
mod rank_history;
mod records;
mod sign_in;
pub(crate) mod sqlite;

pub use call_work::*;
pub use error::StoreError;
pub use quality::*;
pub use rank_config::*;
pub use rank_history::*;
pub use records::*;
pub use sign_in::*;

use std::ops::ControlFlow;
use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};

use crate::card::{Candidate, CandidateSite, CustomerCard, Interaction, LeadCard};
use crate::dataset::Dataset;
use crate::phone::PhoneNumber;
use crate::rank::RankMaster;

/// The company's store. Cheap to clone; all clones share one writer.
#[derive(Debug, Clone)]
pub enum Store {
    /// One file, for one machine.
    Sqlite(sqlite::SqliteStore),
}

/// A connection that reads. One for each thread.
#[derive(Debug)]
pub enum Reader {
    /// A read-only connection to the file.
    Sqlite(sqlite::SqliteReader),
}

/// One write transaction: all of it is kept, or none.
#[derive(Debug)]
pub enum Transaction<'a> {
    /// A transaction on the file's one writing connection.
    Sqlite(sqlite::SqliteTransaction<'a>),
}

impl Store {
    /// Makes a new store. An existing store at the location is left as it is and is an error.
    pub fn create(location: &Path) -> Result<Self, StoreError> {
        sqlite::SqliteStore::create(location).map(Self::Sqlite)
    }

    /// Opens a store, bringing it to the newest schema.
    pub fn open(location: &Path) -> Result<Self, StoreError> {
        sqlite::SqliteStore::open(location).map(Self::Sqlite)
    }

    /// For a process that writes little at a time and runs for months: it keeps few pages in memory to write to.
    /// An import wants many.
    ///
    /// # Errors
    /// What the database says.
    pub fn for_small_writes(self) -> Result<Self, StoreError> {
        match self {
            Self::Sqlite(store) => store.for_small_writes().map(Self::Sqlite),
        }
    }

    /// Where the store is, for messages.
    pub fn location(&self) -> &Path {
        match self {
            Self::Sqlite(store) => store.location(),
        }
    }

    /// A new reading connection.
    pub fn reader(&self) -> Result<Reader, StoreError> {
        match self {
            Self::Sqlite(store) => store.reader().map(Reader::Sqlite),
        }
    }

    /// Runs `work` in one write transaction: committed when it returns `Ok`, rolled back otherwise. Waits for
    /// another writer up to the busy time-out, then fails with [`StoreError::Busy`].
    pub fn write<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut tx = match self {
            Self::Sqlite(store) => Transaction::Sqlite(store.begin()?),
        };
        // A transaction that is dropped without a commit is rolled back.
        let done = work(&mut tx)?;
        tx.commit()?;
        Ok(done)
    }

    /// Rebuilds up to `limit` stale cards in one transaction and says how many it rebuilt; 0 means that none
    /// is stale.
    pub fn refresh_stale_cards(&self, today: NaiveDate, limit: usize) -> Result<usize, StoreError> {
        self.write(|tx| tx.refresh_stale_cards(today, limit))
    }
}

/// Hands a call through to whichever database it is.
macro_rules! each {
    ($self:ident, $inner:ident => $call:expr) => {
        match $self {
            Self::Sqlite($inner) => $call,
        }
    };
}

impl Reader {
    /// Runs several reads on one consistent state of the store.
    pub fn consistent<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        each!(self, r => r.begin())?;
        let done = work(self);
        each!(self, r => r.end())?;
        done
    }

    /// A customer's card as of `today`: one indexed read when it is fresh, rebuilt from the tables (not
    /// written) when it is stale or a date in it has passed. `None`: no such customer.
    pub fn card(&mut self, customer_code: &str, today: NaiveDate) -> Result<Option<CardRow>, StoreError> {
        each!(self, r => r.card(customer_code, today))
    }

    /// A lead's card; `None`: no such lead.
    pub fn lead_card(&mut self, lead_code: &str) -> Result<Option<LeadCard>, StoreError> {
        each!(self, r => r.lead_card(lead_code))
    }

    /// Everybody who has this number, customers before leads, each once, with the contact that matched. The
    /// whole E.164 number is compared, never a part.
    pub fn match_phone(&mut self, number: &PhoneNumber) -> Result<Vec<Candidate>, StoreError> {
        each!(self, r => r.match_phone(number))
    }

    /// The one contact that has this number and its customer's card, when nothing else has the number and the card
    /// is fresh as of `today`: one statement, for the way from a ring to a pop-up. `None`: nobody has the number, or
    /// `match_phone` and `card` must tell.
    pub fn sole_contact(
        &mut self,
        number: &PhoneNumber,
        today: NaiveDate,
    ) -> Result<Option<SoleContact>, StoreError> {
        each!(self, r => r.sole_contact(number, today))
    }

    /// A customer's places that have a name: its addresses, the head office first.
    pub fn sites(&mut self, customer_code: &str) -> Result<Vec<CandidateSite>, StoreError> {
        each!(self, r => r.sites(customer_code))
    }

    /// Customers whose code, name, short name or kana starts with or contains `q`, or whose whole number is
    /// `q`; best first.
    pub fn search(&mut self, q: &str, limit: usize) -> Result<Vec<Candidate>, StoreError> {
        each!(self, r => r.search(q, limit))
    }

    /// A customer's timeline, newest first, entries before the instant `before` (all when `None`).
    pub fn history(
        &mut self,
        customer_code: &str,
        before: Option<DateTime<Utc>>,
        limit: usize,
    ) -> Result<Vec<Interaction>, StoreError> {
        each!(self, r => r.history(customer_code, before, limit))
    }

    /// The agent whose token this is, when neither is revoked and the token has not expired at `now`.
    pub fn agent_by_token(&mut self, token: &str, now: DateTime<Utc>) -> Result<Option<Agent>, StoreError> {
        each!(self, r => r.agent_by_token(token, now))
    }

    /// All agents by code, revoked ones included.
    pub fn agents(&mut self) -> Result<Vec<Agent>, StoreError> {
        each!(self, r => r.agents())
    }

    /// The ordered ranks.
    pub fn rank_master(&mut self) -> Result<RankMaster, StoreError> {
        each!(self, r => r.rank_master())
    }

    /// The last committed rank run.
    pub fn last_rank_run(&mut self) -> Result<Option<RankRun>, StoreError> {
        each!(self, r => r.last_rank_run())
    }

    /// Up to `limit` committed rank runs, the newest first.
    pub fn rank_runs(&mut self, limit: usize) -> Result<Vec<RankRun>, StoreError> {
        each!(self, r => r.rank_runs(limit))
    }

    /// The rank changes of a run, by customer code.
    pub fn rank_changes(&mut self, run_id: i64) -> Result<Vec<RankChange>, StoreError> {
        each!(self, r => r.rank_changes(run_id))
    }

    /// Rows of a data set in key order (facts: in date order), all or those of one month (`YYYY-MM`). Values
    /// are borrowed; nothing is kept.
    pub fn scan(
        &mut self,
        dataset: &Dataset,
        month: Option<&str>,
        each_row: &mut dyn FnMut(&ScanRow<'_>) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        each!(self, r => r.scan(dataset, month, each_row))
    }

    /// The months that a fact data set has (`YYYY-MM`), in order.
    pub fn months(&mut self, dataset: &Dataset) -> Result<Vec<String>, StoreError> {
        each!(self, r => r.months(dataset))
    }

    /// Number of rows and, where the data set has an `amount` column, its exact sum; all or one month's.
    pub fn control_total(
        &mut self,
        dataset: &Dataset,
        month: Option<&str>,
    ) -> Result<ControlTotal, StoreError> {
        each!(self, r => r.control_total(dataset, month))
    }

    /// For every data set and month, the change number of the last write that touched it.
    pub fn dataset_changes(&mut self) -> Result<Vec<DatasetChange>, StoreError> {
        each!(self, r => r.dataset_changes())
    }

    /// The change number of the last write.
    pub fn change_no(&mut self) -> Result<u64, StoreError> {
        each!(self, r => r.change_no())
    }

    /// Recomputes every card that is not stale from the tables and reports those that differ. `progress` is
    /// called with the number of cards checked so far.
    pub fn verify_cards(&mut self, progress: &mut dyn FnMut(u64)) -> Result<CardVerification, StoreError> {
        each!(self, r => r.verify_cards(progress))
    }

    /// Computes a card from the tables, whatever is kept.
    pub fn build_card(
        &mut self,
        customer_code: &str,
        today: NaiveDate,
    ) -> Result<Option<CustomerCard>, StoreError> {
        each!(self, r => r.build_card(customer_code, today))
    }
}

impl Transaction<'_> {
    fn commit(self) -> Result<(), StoreError> {
        each!(self, tx => tx.commit())
    }

    /// Does a part of this transaction. When it fails, what it wrote is taken back and the rest stays.
    ///
    /// # Errors
    /// The part cannot be begun or ended: nothing of the transaction can be kept.
    pub fn part<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<Result<T, StoreError>, StoreError> {
        each!(self, tx => tx.begin_part())?;
        let done = work(self);
        each!(self, tx => tx.end_part(done.is_ok()))?;
        Ok(done)
    }

    /// Writes one row of a data set by its natural key: new, changed or unchanged. `values` are in the order
    /// of the data set's columns; `None` in place of a value leaves that column as it is (or at its default).
    /// Derived keys, the number index, change numbers and stale marks follow.
    pub fn upsert(&mut self, dataset: &Dataset, values: &[Option<Value>]) -> Result<RowOutcome, StoreError> {
        each!(self, tx => tx.upsert(dataset, values))
    }

    /// Adds an agent and gives the new token, which is not kept and cannot be read again. For an agent that is
    /// there already, a further token.
    pub fn add_agent(&mut self, agent: &NewAgent, now: DateTime<Utc>) -> Result<String, StoreError> {
        each!(self, tx => tx.add_agent(agent, now))
    }

    /// Revokes an agent and all tokens of the agent; `false` when there is no such agent.
    pub fn revoke_agent(&mut self, agent_code: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        each!(self, tx => tx.revoke_agent(agent_code, now))
    }

    /// Appends to the audit trail.
    pub fn audit(&mut self, entry: &AuditEntry) -> Result<(), StoreError> {
        each!(self, tx => tx.audit(entry))
    }

    /// Replaces the published figures of these customers; their cards become stale.
    pub fn publish_metrics(
        &mut self,
        metrics: &mut dyn Iterator<Item = CustomerMetrics>,
    ) -> Result<u64, StoreError> {
        each!(self, tx => tx.publish_metrics(metrics))
    }

    /// Writes a whole rank run: the run, every score, every change, the customers' ranks and the month's
    /// distribution; the cards of the changed become stale. Gives the run's id.
    pub fn publish_rank_run(
        &mut self,
        run: &RankRun,
        scores: &mut dyn Iterator<Item = RankScore>,
    ) -> Result<i64, StoreError> {
        each!(self, tx => tx.publish_rank_run(run, scores))
    }

    /// Writes what an import of one file did, with the rows it refused; gives the batch's id.
    pub fn record_import(&mut self, batch: &ImportBatch, refused: &[RefusedRow]) -> Result<i64, StoreError> {
        each!(self, tx => tx.record_import(batch, refused))
    }

    /// Rebuilds up to `limit` stale cards; says how many.
    pub fn refresh_stale_cards(&mut self, today: NaiveDate, limit: usize) -> Result<usize, StoreError> {
        each!(self, tx => tx.refresh_stale_cards(today, limit))
    }
}
