//! What the store has of each data set after each file of an import.

use std::collections::HashMap;

use rust_decimal::Decimal;

use crate::dataset::Dataset;
use crate::import::report::InStore;
use crate::money::{SCALE, from_scaled};
use crate::store::{ControlTotal, Reader, StoreError, Transaction};

/// The totals so far.
#[derive(Debug, Default)]
pub(super) struct StoreTotals {
    /// A data set's total after its last file, and the change number that the store then had.
    totals: HashMap<&'static str, (ControlTotal, u64)>,
}

/// What a file wrote.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written {
    /// The store's change numbers before the file, and of the file itself.
    pub(super) change_no: u64,
    pub(super) changes: u64,
    /// New rows, and the sum of their amounts in 1/10000.
    pub(super) new: (u64, i128),
    pub(super) changed: u64,
    pub(super) removed: u64,
}

impl StoreTotals {
    /// The data set's total with a file in it. It is counted again, unless the file only added rows to what an earlier
    /// file of the import left and no one else has written since: a folder with a file for each month is not counted
    /// once for each.
    pub(super) fn after(
        &mut self,
        dataset: &'static Dataset,
        written: Written,
        store: &mut dyn Counted,
    ) -> Result<InStore, StoreError> {
        let Written { change_no, changes, new, changed, removed } = written;
        let now = store.change_no()?;
        let alone = now == change_no + changes;
        let before = self.totals.get(dataset.name);
        let known = before.filter(|(_, at)| *at == change_no && alone && changed == 0 && removed == 0);
        let total = match known {
            Some((total, _)) => ControlTotal {
                rows: total.rows + new.0,
                amount: total.amount.map(|amount| amount + scaled(new.1)),
            },
            None => store.control_total(dataset)?,
        };
        self.totals.insert(dataset.name, (total, now));
        let amount = total.amount.map(|amount| amount.normalize().to_string());
        Ok(InStore { rows: total.rows, amount })
    }
}

/// Where rows are counted: after a file that was kept, or within a trial.
pub(super) trait Counted {
    fn change_no(&mut self) -> Result<u64, StoreError>;
    fn control_total(&mut self, dataset: &Dataset) -> Result<ControlTotal, StoreError>;
}

impl Counted for Reader {
    fn change_no(&mut self) -> Result<u64, StoreError> {
        Self::change_no(self)
    }

    fn control_total(&mut self, dataset: &Dataset) -> Result<ControlTotal, StoreError> {
        Self::control_total(self, dataset, None)
    }
}

impl Counted for Transaction<'_> {
    fn change_no(&mut self) -> Result<u64, StoreError> {
        Self::change_no(self)
    }

    fn control_total(&mut self, dataset: &Dataset) -> Result<ControlTotal, StoreError> {
        Self::control_total(self, dataset)
    }
}

/// A sum of 1/10000.
fn scaled(sum: i128) -> Decimal {
    match i64::try_from(sum) {
        Ok(sum) => from_scaled(sum),
        Err(_) => Decimal::try_from_i128_with_scale(sum, SCALE).unwrap_or_default(),
    }
}
