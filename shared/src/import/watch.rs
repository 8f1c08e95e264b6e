//! What follows the rows of a file besides the rows themselves: the snapshot, the store's total after the file,
//! the quarantine that an accepted row settles.

use std::collections::{HashMap, HashSet};

use rust_decimal::Decimal;
use serde::Serialize;

use super::merged::Merged;
use super::report::Warning;
use super::snapshot::{Snapshot, SnapshotReport};
use super::{ImportError, ImportOptions};
use crate::dataset::Dataset;
use crate::money::from_scaled;
use crate::store::{AuditEntry, ControlTotal, RowOutcome, StoreError, Transaction, Value};

/// Keys of refused rows that are kept; `REFUSED_KEPT_MAX` rows are.
const REFUSED_KEYS_MAX: usize = super::REFUSED_KEPT_MAX;

/// What is in the store of a data set after a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InStore {
    /// Rows.
    pub rows: u64,
    /// The exact sum of `amount`, where the data set has amounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
}

/// What one run of an import remembers from file to file.
#[derive(Debug, Default)]
pub(super) struct Run {
    /// A data set's total after its last file, and the change number that the store then had.
    totals: HashMap<&'static str, (ControlTotal, u64)>,
}

impl Noticed {
    fn note(&mut self, at: u64, key: impl FnOnce() -> String) {
        self.rows += 1;
        self.first.get_or_insert_with(|| (at, key()));
    }
}

/// One file.
pub(super) struct Watch {
    dataset: &'static Dataset,
    snapshot: Option<Snapshot>,
    change_no: u64,
    /// Rows that are new, and the sum of their amounts in 1/10000.
    new: (u64, i128),
    changed: u64,
    accepted: u64,
    /// Open keys of the quarantine, and those of them that were met.
    open: HashSet<String>,
    settled: Vec<String>,
    refused: Vec<(u64, String)>,
    merged: Merged,
    moved: Noticed,
    /// Where the file has no numbers of lines and they are counted.
    counted: Option<Counted>,
}

/// Rows that are worth a look: how many, and the first by its line in the file and its key.
#[derive(Debug, Default)]
struct Noticed {
    rows: u64,
    first: Option<(u64, String)>,
}

/// The document whose lines are counted, and lines of such documents that the store has and the file does not.
#[derive(Debug, Default)]
struct Counted {
    document: String,
    line: i64,
    at: u64,
    beyond: Noticed,
}

/// What is said about a file besides the fate of its rows.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) in_store: Option<InStore>,
    pub(super) snapshot: Option<SnapshotReport>,
    pub(super) warnings: Vec<Warning>,
}

impl Run {
    /// A file begins, for one of the data sets that it feeds; of its `main` one it may be the whole.
    pub(super) fn begin(
        &self,
        tx: &mut Transaction<'_>,
        dataset: &'static Dataset,
        options: &ImportOptions,
        file: &str,
        main: bool,
    ) -> Result<Watch, ImportError> {
        let snapshot = match options.snapshot.filter(|_| main) {
            Some(snapshot) => Some(Snapshot::begin(snapshot, tx, dataset, file)?),
            None => None,
        };
        Ok(Watch {
            dataset,
            snapshot,
            change_no: tx.change_no()?,
            new: (0, 0),
            changed: 0,
            accepted: 0,
            open: tx.open_quarantine_keys(dataset.name)?,
            settled: Vec::new(),
            refused: Vec::new(),
            merged: Merged::new(dataset, tx.merged_codes()?, options.follow_merges),
            moved: Noticed::default(),
            counted: None,
        })
    }

    /// The data set's total with this file in it. Counted anew, unless the file only added rows to what an
    /// earlier file of the run left and nobody else has written since: a folder with a file for each month is
    /// not counted once for each.
    fn total(&mut self, tx: &mut Transaction<'_>, watch: &Watch, gone: u64) -> Result<InStore, StoreError> {
        let before = self.totals.get(watch.dataset.name);
        let known = before.filter(|(_, at)| *at == watch.change_no && watch.changed == 0 && gone == 0);
        let total = match known {
            Some((total, _)) => ControlTotal {
                rows: total.rows + watch.new.0,
                amount: total.amount.map(|amount| amount + scaled(watch.new.1)),
            },
            None => tx.control_total(watch.dataset)?,
        };
        let wrote = watch.new.0 + watch.changed + gone > 0;
        self.totals.insert(watch.dataset.name, (total, watch.change_no + u64::from(wrote)));
        let amount = total.amount.map(|amount| amount.normalize().to_string());
        Ok(InStore { rows: total.rows, amount })
    }

    /// The file is at its end and its batch is recorded.
    pub(super) fn finish(
        &mut self,
        tx: &mut Transaction<'_>,
        mut watch: Watch,
        batch: &Batch<'_>,
    ) -> Result<Outcome, ImportError> {
        let snapshot = match watch.snapshot.take() {
            Some(snapshot) => Some(snapshot.finish(tx, batch.refused, || batch.first_refused())?),
            None => None,
        };
        let gone = snapshot.as_ref().map_or(0, |report| report.vanished);
        if let Some(report) = &snapshot {
            tx.audit(&audit(watch.dataset, batch, report))?;
        }
        watch.settle(tx, batch)?;
        watch.end_document(tx)?;
        let warnings = watch.warnings(batch.file, snapshot.is_some());
        Ok(Outcome { in_store: Some(self.total(tx, &watch, gone)?), snapshot, warnings })
    }
}

/// A file's batch, as it was recorded.
pub(super) struct Batch<'a> {
    pub(super) id: i64,
    pub(super) options: &'a ImportOptions,
    pub(super) file: &'a str,
    pub(super) header: &'a str,
    pub(super) refused: u64,
    /// The first refused row, for a message.
    pub(super) first: Option<String>,
}

impl Batch<'_> {
    fn first_refused(&self) -> String {
        self.first.clone().unwrap_or_default()
    }
}

impl Watch {
    /// Before a row is written: what names a customer who was merged names the one who stands for that customer,
    /// if that is asked for. Says `false` for the merged customer's own record, which must not overwrite the
    /// other's: it is passed over.
    pub(super) fn route(&mut self, values: &mut [Option<Value>], line: u64) -> bool {
        self.merged.route(self.dataset, values, line)
    }

    /// The file has no numbers of lines: they are counted, and a shorter document leaves lines behind.
    pub(super) fn count_lines(&mut self) {
        self.counted = Some(Counted::default());
    }

    /// A row of this line of the file was written.
    pub(super) fn accepted(
        &mut self,
        tx: &mut Transaction<'_>,
        at: u64,
        values: &[Option<Value>],
        (outcome, amount): (RowOutcome, Option<i64>),
    ) -> Result<(), StoreError> {
        if outcome == RowOutcome::Changed && tx.moved() {
            self.moved.note(at, || key_text(self.dataset, values));
        }
        if self.counted.is_some() {
            self.count_line(tx, at, values)?;
        }
        self.accepted += 1;
        match outcome {
            RowOutcome::New => {
                self.new.0 += 1;
                self.new.1 += i128::from(amount.unwrap_or_default());
            }
            RowOutcome::Changed => self.changed += 1,
            RowOutcome::Unchanged => {}
        }
        if !self.open.is_empty() {
            let key = key_text(self.dataset, values);
            if self.open.remove(&key) {
                self.settled.push(key);
            }
        }
        match &mut self.snapshot {
            Some(snapshot) => snapshot.see(tx, values, outcome),
            None => Ok(()),
        }
    }

    fn count_line(
        &mut self,
        tx: &Transaction<'_>,
        at: u64,
        values: &[Option<Value>],
    ) -> Result<(), StoreError> {
        let key = self.dataset.key_indexes();
        let [document, line, ..] = key.as_slice() else { return Ok(()) };
        let (Some(Value::Text(document)), Some(Value::Integer(line))) = (&values[*document], &values[*line])
        else {
            return Ok(());
        };
        if self.counted.as_ref().is_some_and(|counted| counted.document != *document) {
            self.end_document(tx)?;
        }
        if let Some(counted) = &mut self.counted {
            counted.document.clone_from(document);
            counted.line = counted.line.max(*line);
            counted.at = at;
        }
        Ok(())
    }

    /// All lines of a document were read: does the store have more?
    fn end_document(&mut self, tx: &Transaction<'_>) -> Result<(), StoreError> {
        let Some(counted) = self.counted.as_mut().filter(|counted| counted.line > 0) else { return Ok(()) };
        let beyond = tx.lines_beyond(self.dataset, &counted.document, counted.line)?;
        for _ in 0..beyond {
            counted.beyond.note(counted.at, || counted.document.clone());
        }
        counted.line = 0;
        Ok(())
    }

    fn warnings(&self, file: &str, is_snapshot: bool) -> Vec<Warning> {
        let warning = |code: &str, noticed: &Noticed, message: &dyn Fn(&str) -> String| {
            let (line, first) = noticed.first.as_ref()?;
            let (file, code, message) = (file.to_owned(), code.to_owned(), message(first));
            Some(Warning { file, line: Some(*line), code, message, count: noticed.rows })
        };
        let moved = |first: &str| {
            format!(
                "rows are in another month than the store had them ({first}); if numbers begin again each year, \
                 make them differ: in a profile of your own with slip_no = {{ from = [DATE, NUMBER], join = \"-\" }}"
            )
        };
        let beyond = |first: &str| {
            format!(
                "lines are in the store that their documents in the file do not have any more ({first}); import \
                 whole months with --snapshot --snapshot-months to take such lines out"
            )
        };
        let left = self.counted.as_ref().filter(|_| !is_snapshot);
        [
            self.merged.warning(self.dataset, file),
            warning("moved_rows", &self.moved, &moved),
            left.and_then(|counted| warning("lines_left", &counted.beyond, &beyond)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// A row was refused, and its key could be read. A key that is refused for being there twice says nothing
    /// about which of the two rows is meant.
    pub(super) fn refused(&mut self, line: u64, code: &str, values: &[Option<Value>]) {
        if code != "duplicate_key" && self.refused.len() < REFUSED_KEYS_MAX {
            self.refused.push((line, key_text(self.dataset, values)));
        }
    }

    fn settle(&mut self, tx: &mut Transaction<'_>, batch: &Batch<'_>) -> Result<(), StoreError> {
        let at = batch.options.at;
        if batch.refused > 0 {
            tx.keep_header(batch.id, batch.header)?;
            for (line, key) in &self.refused {
                tx.keep_refused_key(batch.id, *line, key)?;
            }
            tx.settle_repeated(self.dataset.name, batch.id, at)?;
        }
        for key in &self.settled {
            tx.settle_key(self.dataset.name, key, batch.id, at)?;
        }
        if let Some(corrected) = batch.options.corrects.filter(|_| batch.refused == 0 && self.accepted > 0) {
            tx.settle_batch(corrected, batch.id, at)?;
        }
        Ok(())
    }
}

fn audit(dataset: &Dataset, batch: &Batch<'_>, report: &SnapshotReport) -> AuditEntry {
    AuditEntry {
        at: batch.options.at,
        actor: "analytics".to_owned(),
        action: "snapshot".to_owned(),
        subject: Some(dataset.name.to_owned()),
        detail: Some(format!(
            "{}: of {} rows {} vanished, {} stayed because they are referred to",
            batch.file, report.before, report.vanished, report.kept
        )),
    }
}

/// A row's key columns joined by `/`, empty ones as they are kept.
fn key_text(dataset: &Dataset, values: &[Option<Value>]) -> String {
    let mut text = String::new();
    for (position, at) in dataset.key_indexes().into_iter().enumerate() {
        if position > 0 {
            text.push('/');
        }
        let default;
        let value = match &values[at] {
            Some(Value::Null) | None => {
                default = dataset.columns[at].empty_value();
                &default
            }
            Some(value) => value,
        };
        match value {
            Value::Text(part) => text.push_str(part),
            Value::Integer(number) => text.push_str(&number.to_string()),
            Value::Null => {}
        }
    }
    text
}

/// A sum of 1/10000.
fn scaled(sum: i128) -> Decimal {
    match i64::try_from(sum) {
        Ok(sum) => from_scaled(sum),
        Err(_) => Decimal::try_from_i128_with_scale(sum, crate::money::SCALE).unwrap_or_default(),
    }
}
