//! Rows that name customers who were merged into others (`docs/data-quality.md`).

use std::collections::{BTreeMap, HashMap};

use crate::dataset::{CUSTOMERS, Dataset, references_of};
use crate::import::report::Warning;
use crate::message;
use crate::store::Value;

/// Pairs of merged customers that are counted, and pairs that a warning names.
const PAIRS_MAX: usize = 10_000;
const PAIRS_NAMED_MAX: usize = 5;

/// Codes of merged customers, and where the file still has them.
pub(super) struct MergedCustomers {
    /// Each with the customer that it was merged into.
    codes: HashMap<String, String>,
    /// The columns that name customers: in the data set of customers, the key.
    columns: Vec<usize>,
    /// Whether rows go to the customer that the code was merged into.
    follow: bool,
    rows: u64,
    /// The first line and the rows of each pair; one row may name several.
    met: BTreeMap<String, (u64, u64)>,
}

impl MergedCustomers {
    pub(super) fn new(dataset: &'static Dataset, codes: HashMap<String, String>, follow: bool) -> Self {
        Self { codes, columns: customer_columns(dataset), follow, rows: 0, met: BTreeMap::new() }
    }

    /// Redirects a row; see [`super::follow_up::FollowUp::route`].
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
            (true, true) => message!(
                "統合済みの得意先の行は取り込みませんでした({first})",
                "records of merged customers were skipped ({first})",
                first = first,
            ),
            (true, false) => message!(
                "統合済みの得意先の行を、統合先の得意先に登録しました({first})",
                "rows of merged customers went to the customers that they were merged into ({first})",
                first = first,
            ),
            (false, _) => message!(
                "統合済みの得意先コードが使われています({first})。元のシステムでコードを修正するか、--follow-merges を指定して\
                 取り込んでください",
                "rows name customers that were merged into others ({first}); correct the codes at their source, or import \
                 with --follow-merges",
                first = first,
            ),
        };
        let (file, code) = (file.to_owned(), "merged_customer");
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
