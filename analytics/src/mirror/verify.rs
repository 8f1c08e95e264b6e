//! `sync --verify`: every file's rows and sums against the store's.

use rust_decimal::Decimal;
use shared::store::Store;

use super::plan::datasets;
use super::writer::totals;
use super::{Mirror, MirrorError, Pin};
use crate::engine::{EngineLimits, connect};

/// A file, or a month without one, that does not agree with the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The data set's name.
    pub dataset: &'static str,
    /// `YYYY-MM`, or empty for a data set without months.
    pub month: String,
    /// Rows and amount in the store.
    pub store: (u64, Decimal),
    /// Rows and amount in the mirror.
    pub mirror: (u64, Decimal),
}

/// The result of comparing the mirror with the store.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verification {
    /// Months (and data sets without months) compared.
    pub checked: usize,
    /// Those that differ.
    pub different: Vec<Difference>,
}

impl Mirror {
    /// Compares rows and amounts of every month with the store, reading the files, not the
    /// manifest. A store that was written to after the sync differs.
    pub fn verify(&self, store: &Store, limits: &EngineLimits) -> Result<Verification, MirrorError> {
        let pin = Pin::newest(&self.folder)?;
        let connection = connect(limits)?;
        let mut found = Verification::default();
        store.reader()?.consistent(|reader| {
            for dataset in datasets() {
                let files = pin.manifest().datasets.get(dataset.name).map(|kept| &kept.files);
                let mut months = match dataset.month_column {
                    Some(_) => reader.months(dataset)?,
                    None => vec![String::new()],
                };
                months.extend(files.into_iter().flat_map(|files| files.keys().cloned()));
                months.sort();
                months.dedup();
                for month in months {
                    let total =
                        reader.control_total(dataset, (!month.is_empty()).then_some(month.as_str()))?;
                    let store = (total.rows, total.amount.unwrap_or_default().normalize());
                    let amount: Vec<String> = total.amount.map(|_| "amount".to_owned()).into_iter().collect();
                    let mirror = match files.and_then(|files| files.get(&month)) {
                        Some(file) => {
                            let (rows, sums) =
                                totals(&connection, &pin.folder().join(&file.path), amount.iter())?;
                            (rows, sums.get("amount").copied().unwrap_or_default())
                        }
                        None => (0, Decimal::ZERO),
                    };
                    found.checked += 1;
                    if store != mirror {
                        found.different.push(Difference { dataset: dataset.name, month, store, mirror });
                    }
                }
            }
            Ok::<(), MirrorError>(())
        })?;
        Ok(found)
    }
}
