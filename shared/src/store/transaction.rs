//! One write transaction.

mod slices;

use std::collections::{BTreeSet, HashSet};
use std::sync::{Arc, MutexGuard};

use chrono::{DateTime, Utc};

use super::driver::{Connection, bind};
use super::upsert::Plans;
use super::{StoreError, schema};
pub(super) use slices::Slices;

/// One write transaction: all of it is kept, or none, except the slices of an import. Dropped without a commit it is
/// rolled back.
#[derive(Debug)]
pub struct Transaction<'a> {
    pub(super) db: MutexGuard<'a, Connection>,
    pub(super) plans: Plans,
    actor: Arc<str>,
    /// Data sets and months that this transaction changed.
    changed: BTreeSet<(&'static str, String)>,
    /// Customers whose cards differ from the tables now.
    pub(super) stale: HashSet<String>,
    /// When the rank master changed.
    pub(super) ranks_changed: Option<DateTime<Utc>>,
    /// Whether the last changed row has another month than before.
    pub(super) moved: bool,
    /// The beginning of the numbers that are given here, once it was asked for.
    pub(super) number_prefix: String,
    /// The connection's count of changed rows when the transaction began.
    changes_before: u64,
    /// Change numbers of what was kept so far.
    numbers: u64,
    open: bool,
    /// When it may be kept in slices.
    slices: Option<Slices<'a>>,
}

impl<'a> Transaction<'a> {
    pub(super) fn begin(db: MutexGuard<'a, Connection>, actor: Arc<str>) -> Result<Self, StoreError> {
        db.script("BEGIN IMMEDIATE")?;
        let (plans, changed, stale) = (Plans::default(), BTreeSet::new(), HashSet::new());
        let changes_before = db.changes();
        Ok(Self {
            db,
            plans,
            actor,
            changed,
            stale,
            ranks_changed: None,
            moved: false,
            number_prefix: String::new(),
            changes_before,
            numbers: 0,
            open: true,
            slices: None,
        })
    }

    /// Who writes.
    #[must_use]
    pub fn actor(&self) -> &str {
        &self.actor
    }

    pub(super) fn commit(mut self) -> Result<(), StoreError> {
        self.keep()
    }

    /// Commits what was written since the transaction or its last slice began.
    fn keep(&mut self) -> Result<(), StoreError> {
        if let Some(now) = self.ranks_changed.take() {
            self.note_ranks(now)?;
        }
        self.mark_stale()?;
        self.number_changes()?;
        self.numbers = self.numbers_with_this();
        self.changed.clear();
        self.stale.clear();
        if self.db.changes() != self.changes_before {
            schema::number_write(&self.db)?;
        }
        self.db.script("COMMIT")?;
        self.open = false;
        Ok(())
    }

    /// Does a part of this transaction. When it fails, its writes are reverted and the rest stays.
    ///
    /// # Errors
    /// The part cannot be begun or ended: the transaction is lost.
    pub fn part<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<Result<T, StoreError>, StoreError> {
        self.db.script("SAVEPOINT part")?;
        let done = work(self);
        self.db.script(if done.is_ok() { "RELEASE part" } else { "ROLLBACK TO part; RELEASE part" })?;
        Ok(done)
    }

    fn mark_stale(&self) -> Result<(), StoreError> {
        let mut mark =
            self.db.statement("INSERT INTO stale_card (customer_code) VALUES (?1) ON CONFLICT DO NOTHING")?;
        for customer_code in &self.stale {
            mark.bind(1, customer_code)?;
            mark.execute()?;
        }
        Ok(())
    }

    /// Gives this write its number and puts it on the data sets and months that it changed.
    fn number_changes(&self) -> Result<(), StoreError> {
        if self.changed.is_empty() {
            return Ok(());
        }
        let number: i64 =
            self.db.value("UPDATE store_state SET change_no = change_no + 1 RETURNING change_no", &[])?;
        for (dataset, month) in &self.changed {
            self.db.execute(
                "INSERT INTO dataset_change (dataset, month, change_no) VALUES (?1, ?2, ?3) ON CONFLICT
                 (dataset, month) DO UPDATE SET change_no = excluded.change_no",
                bind![*dataset, month, number],
            )?;
        }
        Ok(())
    }

    /// How many change numbers this transaction will have taken once what was written so far is kept.
    #[must_use]
    pub fn numbers_with_this(&self) -> u64 {
        self.numbers + u64::from(!self.changed.is_empty())
    }

    /// Writes something that changes nothing: it fails as any write would.
    pub fn prove_writable(&mut self) -> Result<(), StoreError> {
        self.db.execute("UPDATE store_state SET change_no = change_no", &[]).map(|_| ())
    }

    /// Notes that a month of a data set changed; the month is empty for a data set without months.
    pub(super) fn touch(&mut self, dataset: &'static str, month: &str) {
        if !self.changed.contains(&(dataset, month.to_owned())) {
            self.changed.insert((dataset, month.to_owned()));
        }
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if self.open
            && let Err(error) = self.db.script("ROLLBACK")
        {
            // After a grave failure SQLite has already rolled the transaction back.
            tracing::debug!(%error, "rollback");
        }
    }
}
