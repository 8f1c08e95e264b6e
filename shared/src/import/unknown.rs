//! References to customers that are not in the store: taken in, and reported at the end.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::ControlFlow;

use super::report::{ImportReport, Warning};
use crate::dataset::{CUSTOMERS, Column, Dataset};
use crate::store::{Store, StoreError, Value};

/// Unknown codes that are kept by name; rows that refer to further ones are not counted.
const CODES_MAX: usize = 10_000;

/// Codes that one warning names.
const NAMED_MAX: usize = 10;

/// Only the codes of the customers, as a scan reads them.
static CODES: Dataset = Dataset { columns: CODE_COLUMN, ..CUSTOMERS };
const CODE_COLUMN: &[Column] = CUSTOMERS.columns.split_at(1).0;

/// Where a code was met first, and how often, in one file.
#[derive(Debug)]
struct Met {
    line: u64,
    rows: u64,
}

/// What is known of the customers, and which references were to none of them.
#[derive(Debug, Default)]
pub(super) struct UnknownCustomers {
    /// Hashes of the codes that are there: 8 bytes a customer. A wrong hit is one in 10^13.
    known: HashSet<u64>,
    /// Codes that a trial took in and that are not in the store.
    tried: HashSet<u64>,
    loaded: bool,
    met: Vec<(String, HashMap<String, Met>)>,
}

impl UnknownCustomers {
    /// A file with references begins; customers' codes are read once.
    pub(super) fn begin(&mut self, store: &Store, file: &str) -> Result<(), StoreError> {
        if !self.loaded {
            self.load(store)?;
        }
        self.met.push((file.to_owned(), HashMap::new()));
        Ok(())
    }

    fn load(&mut self, store: &Store) -> Result<(), StoreError> {
        self.known.clear();
        let known = &mut self.known;
        store.reader()?.scan(&CODES, None, &mut |row| {
            known.insert(hash(row.text(0).unwrap_or_default()));
            ControlFlow::Continue(())
        })?;
        self.loaded = true;
        Ok(())
    }

    /// A trial would have taken this customer in.
    pub(super) fn try_customer(&mut self, code: &Option<Value>) {
        if let Some(Value::Text(code)) = code {
            self.tried.insert(hash(code));
        }
    }

    /// An accepted row refers to this customer.
    pub(super) fn refer(&mut self, code: &Option<Value>, line: u64) {
        let Some(Value::Text(code)) = code else { return };
        let hash = hash(code);
        if self.known.contains(&hash) || self.tried.contains(&hash) {
            return;
        }
        let Some((_, met)) = self.met.last_mut() else { return };
        if let Some(before) = met.get_mut(code.as_str()) {
            before.rows += 1;
        } else if met.len() < CODES_MAX {
            met.insert(code.clone(), Met { line, rows: 1 });
        }
    }

    fn is_known(&self, code: &str) -> bool {
        let hash = hash(code);
        self.known.contains(&hash) || self.tried.contains(&hash)
    }

    /// One warning for each file that refers to customers who are still unknown after all files.
    pub(super) fn report(mut self, store: &Store, report: &mut ImportReport) -> Result<(), StoreError> {
        if self.met.iter().all(|(_, met)| met.is_empty()) {
            return Ok(());
        }
        // Customers may have come in a later file than what refers to them.
        self.load(store)?;
        for (file, met) in &self.met {
            let mut unknown: Vec<_> = met.iter().filter(|(code, _)| !self.is_known(code)).collect();
            unknown.sort_by_key(|(_, met)| met.line);
            let Some((_, first)) = unknown.first() else { continue };
            let named: Vec<&str> = unknown.iter().take(NAMED_MAX).map(|(code, _)| code.as_str()).collect();
            report.warnings.push(Warning {
                file: file.clone(),
                line: Some(first.line),
                code: "unknown_customer".to_owned(),
                message: format!(
                    "{} customer codes are not in the store: {}{}; import their master records",
                    unknown.len(),
                    named.join(", "),
                    if unknown.len() > NAMED_MAX { " …" } else { "" }
                ),
                count: unknown.iter().map(|(_, met)| met.rows).sum(),
            });
        }
        Ok(())
    }
}

fn hash(code: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    code.hash(&mut hasher);
    hasher.finish()
}
