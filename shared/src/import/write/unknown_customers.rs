//! References to customers that are not in the store: imported, and reported at the end.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::ControlFlow;

use crate::dataset::{CUSTOMERS, Column, Dataset};
use crate::import::report::{ImportReport, Warning};
use crate::message;
use crate::message::Label;
use crate::store::{Store, StoreError, Value};

/// Unknown codes whose text is kept, so that a warning can name them; all are counted.
const TEXTS_MAX: usize = 10_000;

/// Codes that one warning names.
const NAMED_MAX: usize = 10;

/// Behind the named codes when there are more.
const MORE: Label = Label::new(" ほか", " …");

/// Only the codes of the customers, as a scan reads them.
static CODES: Dataset = Dataset { columns: CODE_COLUMN, ..CUSTOMERS };
const CODE_COLUMN: &[Column] = CUSTOMERS.columns.split_at(1).0;

/// Where a code was first, and how often, in one file.
#[derive(Debug)]
struct Met {
    line: u64,
    rows: u64,
    code: Option<Box<str>>,
}

/// The known customers, and the references to others.
#[derive(Debug, Default)]
pub(super) struct UnknownCustomers {
    /// Hashes of the codes in the store: 8 bytes a customer. The chance of a false hit is 1 in 10^13.
    known: HashSet<u64>,
    /// Codes that a dry run imported and that are not in the store.
    tried: HashSet<u64>,
    loaded: bool,
    /// For each file, the unknown codes by their hash.
    met: Vec<(String, HashMap<u64, Met>)>,
}

impl UnknownCustomers {
    /// Begins a file with references; the customers' codes are read once.
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

    /// A dry run would have imported this customer.
    pub(super) fn try_customer(&mut self, code: &Option<Value>) {
        if let Some(Value::Text(code)) = code {
            self.tried.insert(hash(code));
        }
    }

    /// An imported row refers to this customer.
    pub(super) fn refer(&mut self, code: &Option<Value>, line: u64) {
        let Some(Value::Text(code)) = code else { return };
        let hash = hash(code);
        if self.is_known(hash) {
            return;
        }
        let Some((_, met)) = self.met.last_mut() else { return };
        let texts_left = met.len() < TEXTS_MAX;
        let code = || texts_left.then(|| code.as_str().into());
        met.entry(hash).or_insert_with(|| Met { line, rows: 0, code: code() }).rows += 1;
    }

    fn is_known(&self, hash: u64) -> bool {
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
            let mut unknown: Vec<&Met> =
                met.iter().filter(|(hash, _)| !self.is_known(**hash)).map(|(_, met)| met).collect();
            unknown.sort_by_key(|met| met.line);
            let Some(first) = unknown.first() else { continue };
            let named: Vec<&str> =
                unknown.iter().filter_map(|met| met.code.as_deref()).take(NAMED_MAX).collect();
            report.warnings.push(Warning {
                file: file.clone(),
                line: Some(first.line),
                code: "unknown_customer",
                message: message!(
                    "得意先コード{count}件が元データにありません: {codes}{more}。得意先を先に取り込んでください",
                    "{count} customer codes are not in the store: {codes}{more}; import these customers first",
                    count = unknown.len(),
                    codes = named.join(", "),
                    more = if unknown.len() > named.len() { MORE } else { Label::new("", "") },
                ),
                count: unknown.iter().map(|met| met.rows).sum(),
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
