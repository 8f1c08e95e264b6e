//! Rows that name customers who were merged into others (`docs/data-quality.md`).

use std::collections::{BTreeMap, HashMap};

use super::report::Warning;
use crate::dataset::{CUSTOMERS, Dataset, references_of};
use crate::store::Value;

/// Pairs of merged customers that are counted, and those that a warning names.
const PAIRS_MAX: usize = 10_000;
const PAIRS_NAMED_MAX: usize = 5;

/// Codes that were merged into other customers, and where the file still has them.
pub(super) struct Merged {
    /// Each with the customer that stands for it.
    codes: HashMap<String, String>,
    /// The columns that name customers: in the data set of the customers, the key.
    columns: Vec<usize>,
    /// Whether rows go to the customer that stands for the code.
    follow: bool,
    rows: u64,
    /// Of each pair that was met, the first line and the rows; one row may name several.
    met: BTreeMap<String, (u64, u64)>,
}

impl Merged {
    pub(super) fn new(dataset: &'static Dataset, codes: HashMap<String, String>, follow: bool) -> Self {
        Self { codes, columns: customer_columns(dataset), follow, rows: 0, met: BTreeMap::new() }
    }

    /// As [`super::watch::Watch::route`].
    pub(super) fn route(&mut self, dataset: &Dataset, values: &mut [Option<Value>], line: u64) -> bool {
        if self.codes.is_empty() {
            return true;
        }
        let mut met = false;
        for &at in &self.columns {
            let Some(Value::Text(code)) = &values[at] else { continue };
            let Some(kept) = self.codes.get(code) else { continue };
            met = true;
            let pair = format!("{code} → {kept}");
            if self.met.len() < PAIRS_MAX || self.met.contains_key(&pair) {
                self.met.entry(pair).or_insert((line, 0)).1 += 1;
            }
            if self.follow && dataset.name != CUSTOMERS.name {
                values[at] = Some(Value::Text(kept.clone()));
            }
        }
        self.rows += u64::from(met);
        !(met && self.follow && dataset.name == CUSTOMERS.name)
    }

    pub(super) fn warning(&self, dataset: &Dataset, file: &str) -> Option<Warning> {
        let line = self.met.values().map(|(line, _)| *line).min()?;
        let pairs: Vec<String> = self
            .met
            .iter()
            .take(PAIRS_NAMED_MAX)
            .map(|(pair, (_, rows))| format!("{pair}: {rows}"))
            .collect();
        let more = if self.met.len() > pairs.len() { ", …" } else { "" };
        let first = format!("{}{more}", pairs.join(", "));
        let message = match (self.follow, dataset.name == CUSTOMERS.name) {
            (true, true) => format!("records of customers who were merged were passed over ({first})"),
            (true, false) => format!("rows of customers who were merged went to those they became ({first})"),
            (false, _) => format!(
                "rows name customers who were merged into others ({first}); correct the codes where they come \
                 from, or import with --follow-merges"
            ),
        };
        let (file, code) = (file.to_owned(), "merged_customer".to_owned());
        Some(Warning { file, line: Some(line), code, message, count: self.rows })
    }
}

/// Positions of the columns that name customers.
fn customer_columns(dataset: &'static Dataset) -> Vec<usize> {
    if dataset.name == CUSTOMERS.name {
        return dataset.key_indexes();
    }
    references_of(dataset)
        .iter()
        .filter(|reference| reference.target.name == CUSTOMERS.name)
        .filter_map(|reference| dataset.column_index(reference.column))
        .collect()
}
