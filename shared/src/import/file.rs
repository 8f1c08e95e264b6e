//! One file: checked, written in one transaction, reported.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use super::cell::{amount, convert};
use super::decode::{Decoded, Detected, detect};
use super::duplicates::{Duplicates, Finder, hash};
use super::header::{Mapping, map, read_header};
use super::report::{Fault, FileReport, ImportReport, RunningSums, Warning};
use super::rows::{BadRow, COLUMNS_MAX, Found, ROW_BYTES_MAX, Rows};
use super::unknown::UnknownCustomers;
use super::{ImportError, ImportOptions, ImportProgress, REFUSED_KEPT_MAX, unreadable};
use crate::dataset::{ColumnKind, Dataset};
use crate::store::{ImportBatch, RefusedRow, RowOutcome, Store, StoreError, Transaction, Value};

/// Rows between two reports of progress.
const PROGRESS_ROWS: u64 = 4_096;

/// Characters of a refused row that are kept.
const RAW_CHARS_MAX: usize = 1_000;

/// What is known of the file before its rows are written.
struct Plan<'a> {
    path: &'a Path,
    name: &'a str,
    dataset: &'static Dataset,
    detected: Detected,
    mapping: Mapping,
    key: Vec<usize>,
    customers: Vec<usize>,
    amount: Option<usize>,
}

/// What became of the rows so far.
#[derive(Default)]
struct Tally {
    read: u64,
    new: u64,
    changed: u64,
    unchanged: u64,
    refused: u64,
    sums: RunningSums,
    faults: Vec<Fault>,
}

/// Imports one file. What cannot be made sense of as a whole becomes an error of the report.
#[expect(clippy::too_many_arguments, reason = "one call, from the loop over the files, with the run's state")]
pub(super) fn import(
    store: &Store,
    path: &Path,
    name: &str,
    dataset: &'static Dataset,
    options: &ImportOptions,
    unknown: &mut UnknownCustomers,
    report: &mut ImportReport,
    progress: &mut dyn FnMut(ImportProgress<'_>),
) -> Result<(), ImportError> {
    let prepared = prepare(path, name, dataset, progress).map_err(|error| unreadable(path, &error))?;
    let (plan, mut duplicates) = match prepared {
        Ok(prepared) => prepared,
        Err(fault) => {
            report.errors.push(fault.in_file(name));
            return Ok(());
        }
    };
    plan.warn(duplicates.overflow, report);
    if !plan.customers.is_empty() {
        unknown.begin(store, name)?;
    }
    let tally = store.write(|tx| -> Result<Tally, ImportError> {
        let tally = plan.write(tx, &mut duplicates, unknown, progress)?;
        tx.record_import(&plan.batch(options, &tally), &tally.refused_rows())?;
        Ok(tally)
    })?;
    plan.finish(tally, report);
    Ok(())
}

/// Reads the file twice: for its encoding, and for its header and keys.
fn prepare<'a>(
    path: &'a Path,
    name: &'a str,
    dataset: &'static Dataset,
    progress: &mut dyn FnMut(ImportProgress<'_>),
) -> io::Result<Result<(Plan<'a>, Duplicates), Fault>> {
    let bytes_total = std::fs::metadata(path)?.len().saturating_mul(2);
    let mut checking =
        |bytes_done| progress(ImportProgress::Checking { file: name, bytes_done, bytes_total });
    let detected = detect(path, &mut checking)?;
    let mut rows = Rows::new(Decoded::open(path, detected.encoding)?);
    let mapping = match read_header(&mut rows)?.and_then(|headers| map(dataset, &headers)) {
        Ok(mapping) => mapping,
        Err(fault) => return Ok(Err(fault)),
    };
    let plan = Plan {
        path,
        name,
        dataset,
        detected,
        mapping,
        key: dataset.key_indexes(),
        customers: dataset.customer_indexes(),
        amount: dataset.column_index("amount"),
    };
    let duplicates = plan.find_duplicates(&mut rows, &mut checking)?;
    Ok(Ok((plan, duplicates)))
}

impl Plan<'_> {
    fn find_duplicates(
        &self,
        rows: &mut Rows<Decoded>,
        checking: &mut dyn FnMut(u64),
    ) -> io::Result<Duplicates> {
        rows.expect_columns(self.mapping.width);
        let mut finder = Finder::new(self.detected.bytes);
        let mut values = self.empty_row();
        let mut count = 0_u64;
        loop {
            match rows.next()? {
                Found::End => return Ok(finder.finish()),
                Found::Bad(_) => continue,
                Found::Row => {}
            }
            count += 1;
            if count.is_multiple_of(PROGRESS_ROWS) {
                checking(self.detected.bytes + rows.source().bytes_done);
            }
            let convertible = self.key.iter().all(|&at| self.convert(rows, at, &mut values[at]).is_ok());
            if convertible {
                finder.add(hash(self.key.iter().map(|&at| &values[at])));
            }
        }
    }

    fn write(
        &self,
        tx: &mut Transaction<'_>,
        duplicates: &mut Duplicates,
        unknown: &mut UnknownCustomers,
        progress: &mut dyn FnMut(ImportProgress<'_>),
    ) -> Result<Tally, ImportError> {
        let broken = |error: io::Error| unreadable(self.path, &error);
        let mut rows = Rows::new(Decoded::open(self.path, self.detected.encoding).map_err(broken)?);
        // The header; it was read before.
        rows.next().map_err(broken)?;
        rows.expect_columns(self.mapping.width);
        let mut tally = Tally::default();
        let mut values = self.empty_row();
        loop {
            let found = rows.next().map_err(broken)?;
            if found == Found::End {
                return Ok(tally);
            }
            tally.read += 1;
            if tally.read.is_multiple_of(PROGRESS_ROWS) {
                let (file, bytes_done) = (self.name, rows.source().bytes_done);
                let bytes_total = self.detected.bytes;
                progress(ImportProgress::Writing { file, bytes_done, bytes_total, rows: tally.read });
            }
            let written = match found {
                Found::Bad(bad) => Ok(Err(structure_fault(bad, self.mapping.width))),
                _ => self.row(tx, &rows, &mut values, duplicates),
            };
            let scaled = self.amount_of(&rows, found);
            match written? {
                Ok(outcome) => {
                    tally.accept(outcome, scaled);
                    for &at in &self.customers {
                        unknown.refer(&values[at], rows.line());
                    }
                }
                Err((column, code, message)) => {
                    let raw = self.raw(&rows, found);
                    tally.refuse(Fault { line: rows.line(), column, code, message, raw }, scaled);
                }
            }
        }
    }

    /// Checks and writes one row.
    fn row(
        &self,
        tx: &mut Transaction<'_>,
        rows: &Rows<Decoded>,
        values: &mut [Option<Value>],
        duplicates: &mut Duplicates,
    ) -> Result<Result<RowOutcome, RowFault>, StoreError> {
        if let Err(fault) = self.check(rows, values) {
            return Ok(Err(fault));
        }
        let key = || self.key.iter().map(|&at| &values[at]);
        let hash = hash(key());
        if let Some(first) = duplicates.line_of(hash, key()) {
            let message = format!(
                "line {first} has the same key ({}); keep one of the two",
                self.dataset.key.join(", ")
            );
            return Ok(Err((None, "duplicate_key", message)));
        }
        match tx.upsert(self.dataset, values) {
            Ok(outcome) => {
                duplicates.accept(hash, key(), rows.line());
                Ok(Ok(outcome))
            }
            Err(StoreError::Conflict(reason)) => Ok(Err(self.conflict(&reason))),
            Err(error) => Err(error),
        }
    }

    fn check(&self, rows: &Rows<Decoded>, values: &mut [Option<Value>]) -> Result<(), RowFault> {
        if rows.cells().iter().any(|byte| *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r')) {
            let message = "the row holds a NUL or another control character".to_owned();
            return Err((None, "control_character", message));
        }
        for (at, value) in values.iter_mut().enumerate() {
            if self.mapping.sources[at].is_some() || value.is_some() {
                self.convert(rows, at, value)?;
            }
        }
        Ok(())
    }

    /// Converts the cell of one column, or what stands for it when the file does not have the column.
    fn convert(&self, rows: &Rows<Decoded>, at: usize, value: &mut Option<Value>) -> Result<(), RowFault> {
        let column = &self.dataset.columns[at];
        let cell = self.mapping.sources[at].map_or(&b""[..], |source| rows.cell(source));
        let text = std::str::from_utf8(cell)
            .ok()
            .filter(|text| !self.detected.damaged || !text.contains('\u{FFFD}'));
        let Some(text) = text else {
            let message =
                format!("bytes that are not {}; save the file anew", self.detected.encoding.as_str());
            return Err((Some(column.name), "encoding", message));
        };
        convert(column, text, value).map_err(|fault| (Some(column.name), fault.code, fault.message))
    }

    /// A place for each column that is given: those of the file, and the key's.
    fn empty_row(&self) -> Vec<Option<Value>> {
        let given = |at: usize| self.mapping.sources[at].is_some() || self.key.contains(&at);
        (0..self.dataset.columns.len()).map(|at| given(at).then_some(Value::Null)).collect()
    }

    /// The store's constraint that a row without one of the needed columns meets.
    fn conflict(&self, reason: &str) -> RowFault {
        let missing = self.dataset.columns.iter().zip(&self.mapping.sources);
        let missing =
            missing.filter(|(column, at)| column.required && at.is_none()).map(|(column, _)| column).next();
        match missing {
            Some(column) => {
                let message = format!(
                    "the row is new, and the file has no column {} ({})",
                    column.name, column.label_ja
                );
                (Some(column.name), "required", message)
            }
            None => (None, "conflict", reason.to_owned()),
        }
    }

    /// The row's amount for the control sums; `None` when there is none.
    fn amount_of(&self, rows: &Rows<Decoded>, found: Found) -> Option<i64> {
        let source = self.amount.and_then(|at| self.mapping.sources[at]).filter(|_| found == Found::Row)?;
        let text = std::str::from_utf8(rows.cell(source)).ok()?.trim();
        if text.is_empty() { None } else { amount(text).ok() }
    }

    /// The row as it was, but for secrets.
    fn raw(&self, rows: &Rows<Decoded>, found: Found) -> String {
        let text = if self.mapping.secret.is_empty() {
            String::from_utf8_lossy(rows.raw()).into_owned()
        } else if found == Found::Row {
            let shown = |at| match self.mapping.secret.contains(&at) {
                true => "***".to_owned(),
                false => String::from_utf8_lossy(rows.cell(at)).into_owned(),
            };
            (0..rows.len()).map(shown).collect::<Vec<_>>().join(",")
        } else {
            String::new()
        };
        match text.char_indices().nth(RAW_CHARS_MAX) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text,
        }
    }

    fn warn(&self, overflow: bool, report: &mut ImportReport) {
        let mut warn = |line, code: &str, message, count| {
            let (file, code) = (self.name.to_owned(), code.to_owned());
            report.warnings.push(Warning { file, line, code, message, count });
        };
        if !self.mapping.unknown.is_empty() {
            let names = self.mapping.unknown.join(", ");
            let message =
                format!("columns that {} does not have were passed over: {names}", self.dataset.name);
            warn(Some(1), "unknown_column", message, self.mapping.unknown.len() as u64);
        }
        if overflow {
            let message = "too many keys occur twice to name them all; of some, the later row won".to_owned();
            warn(None, "duplicates_unchecked", message, 1);
        }
    }

    fn batch(&self, options: &ImportOptions, tally: &Tally) -> ImportBatch {
        ImportBatch {
            at: options.at,
            file: self.name.to_owned(),
            dataset: self.dataset.name.to_owned(),
            rows_read: tally.read,
            rows_new: tally.new,
            rows_changed: tally.changed,
            rows_unchanged: tally.unchanged,
            rows_refused: tally.refused,
        }
    }

    fn finish(&self, tally: Tally, report: &mut ImportReport) {
        let has_amount = self.amount.is_some_and(|at| self.dataset.columns[at].kind == ColumnKind::Decimal);
        let sums = has_amount.then(|| ("amount".to_owned(), tally.sums.finish()));
        report.files.push(FileReport {
            file: self.name.to_owned(),
            dataset: self.dataset.name.to_owned(),
            profile: "native".to_owned(),
            encoding: self.detected.encoding.as_str().to_owned(),
            read: tally.read,
            new: tally.new,
            changed: tally.changed,
            unchanged: tally.unchanged,
            refused: tally.refused,
            sums: sums.into_iter().collect::<BTreeMap<_, _>>(),
        });
        let kept = tally.faults.len() as u64;
        if tally.refused > kept {
            report.warnings.push(Warning {
                file: self.name.to_owned(),
                line: None,
                code: "errors_cut".to_owned(),
                message: format!("of {} refused rows the first {kept} are listed", tally.refused),
                count: tally.refused - kept,
            });
        }
        report.errors.extend(tally.faults.into_iter().map(|fault| fault.in_file(self.name)));
    }
}

/// Column, code and message of what is wrong with a row.
type RowFault = (Option<&'static str>, &'static str, String);

fn structure_fault(bad: BadRow, width: usize) -> RowFault {
    match bad {
        BadRow::TooLarge => (
            None,
            "row_too_large",
            format!("the row is longer than {ROW_BYTES_MAX} bytes or {COLUMNS_MAX} columns"),
        ),
        BadRow::UnclosedQuote => (
            None,
            "unclosed_quote",
            "a quote is not closed before the end of the file; is it cut off?".to_owned(),
        ),
        BadRow::ColumnCount(found) => {
            (None, "column_count", format!("the row has {found} columns, the header has {width}"))
        }
    }
}

impl Tally {
    fn accept(&mut self, outcome: RowOutcome, amount: Option<i64>) {
        match outcome {
            RowOutcome::New => self.new += 1,
            RowOutcome::Changed => self.changed += 1,
            RowOutcome::Unchanged => self.unchanged += 1,
        }
        self.sums.accepted += i128::from(amount.unwrap_or_default());
    }

    fn refuse(&mut self, fault: Fault, amount: Option<i64>) {
        self.refused += 1;
        self.sums.refused += i128::from(amount.unwrap_or_default());
        if self.faults.len() < REFUSED_KEPT_MAX {
            self.faults.push(fault);
        }
    }

    fn refused_rows(&self) -> Vec<RefusedRow> {
        let row = |fault: &Fault| RefusedRow {
            line: fault.line,
            column: fault.column.map(str::to_owned),
            code: fault.code.to_owned(),
            message: fault.message.clone(),
            raw: fault.raw.clone(),
        };
        self.faults.iter().map(row).collect()
    }
}
