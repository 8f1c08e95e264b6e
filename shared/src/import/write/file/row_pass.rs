//! The pass over a file that writes its rows.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;

use chrono::{DateTime, Utc};

use super::super::follow_up::FollowUp;
use super::super::repeated_keys::{RepeatedKeys, hash};
use super::super::unknown_customers::UnknownCustomers;
use super::{FieldWriter, FileImport, PROGRESS_ROWS, Ready, Written};
use crate::dataset::CUSTOMERS;
use crate::import::error::ImportError;
use crate::import::input::Decoded;
use crate::import::input::rows::{Found, Rows};
use crate::import::layout::{Layout, Target};
use crate::import::options::ImportProgress;
use crate::import::parse::derived::Deriver;
use crate::import::parse::row_check::{Checker, structure_fault};
use crate::import::report::fault::RowFault;
use crate::import::report::row_counts::{MISSING_COLUMN, RowCounts};
use crate::message;
use crate::message::{Label, Message};
use crate::store::{RowOutcome, StoreError, Transaction, Value};
use crate::text::visible;

/// Why a row of a master is skipped that is in the file already.
const REPEATED: Label = Label::new("前の行と同じ内容", "they repeat an earlier row");

/// Why a row that repeats the headers is skipped: files were concatenated.
const HEADERS_AGAIN: Label = Label::new("見出しの繰り返し", "they repeat the headers");

/// Rows between two looks whether somebody waits to write.
const ROWS_BETWEEN: u64 = 32;

/// The headers as people see them: where files were concatenated they occur again, often behind a byte order mark.
#[derive(Debug, Default)]
struct Headers {
    cells: Vec<String>,
    /// The last one that is not empty, with which most rows are told apart from them.
    last: Option<usize>,
}

impl Headers {
    fn of(rows: &Rows<Decoded>) -> Self {
        let cells: Vec<String> = (0..rows.len()).map(|at| seen(rows.cell(at)).into_owned()).collect();
        Self { last: cells.iter().rposition(|cell| !cell.is_empty()), cells }
    }

    fn are(&self, rows: &Rows<Decoded>) -> bool {
        let is_header = |at: usize| self.cells.get(at).map_or("", String::as_str) == seen(rows.cell(at));
        self.last.is_some_and(is_header) && (0..self.cells.len().max(rows.len())).all(is_header)
    }
}

/// A cell as people see it.
fn seen(cell: &[u8]) -> Cow<'_, str> {
    match String::from_utf8_lossy(cell) {
        Cow::Borrowed(text) => match visible(text) {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
        },
        Cow::Owned(text) => Cow::Owned(text),
    }
}

/// Where a pass over the rows is, and what it keeps from row to row.
pub(super) struct Pass<'l> {
    pub(super) rows: Rows<Decoded>,
    pub(super) deriver: Deriver<'l>,
    /// For each data set a row of values, whose memory is reused.
    pub(super) values: Vec<Vec<Option<Value>>>,
}

impl FileImport<'_> {
    pub(super) fn pass(&self) -> io::Result<Pass<'_>> {
        let mut rows = self.source.rows(self.layout.form)?;
        rows.expect_columns(self.layout.width);
        let values = self.layout.targets.iter().map(Target::empty_values).collect();
        Ok(Pass { rows, deriver: Deriver::new(self.layout), values })
    }

    pub(super) fn write(
        &self,
        tx: &mut Transaction<'_>,
        ready: &mut Ready,
        follow_ups: &mut [FollowUp],
        unknown: &mut UnknownCustomers,
        progress: &mut dyn FnMut(ImportProgress<'_>),
    ) -> Result<Written, ImportError> {
        let checker = Checker::new(self.source, self.layout, self.settings);
        FieldWriter::define(tx, &self.layout.extensions, self.options.at)?;
        let mut pass = self.pass().map_err(|error| self.unreadable(&error))?;
        let targets = self.layout.targets.iter().map(|_| RowCounts::default()).collect();
        let mut written = Written { targets, ..Written::default() };
        let headers_again = Message::from(HEADERS_AGAIN);
        let (mut count, mut headers) = (0_u64, Headers::default());
        loop {
            let found = pass.rows.next().map_err(|error| self.unreadable(&error))?;
            if found == Found::End {
                written.repairs = checker.repairs();
                return Ok(written);
            }
            if pass.rows.line() <= self.layout.skip_through {
                checker.keep_head(&pass.rows, &mut written.header);
                headers = Headers::of(&pass.rows);
                continue;
            }
            count += 1;
            if count.is_multiple_of(ROWS_BETWEEN) && tx.is_slice_due()? {
                self.check_unchanged()?;
                tx.next_slice()?;
            }
            if count.is_multiple_of(PROGRESS_ROWS) {
                let (file, bytes_done) = (self.source.name.as_str(), pass.rows.source().bytes_done);
                let bytes_total = self.source.detected.bytes;
                progress(ImportProgress::Writing { file, bytes_done, bytes_total, rows: count });
            }
            let main = &mut written.targets[0];
            if let Found::Bad(bad) = found {
                let fault = structure_fault(bad, self.layout.width);
                pass.deriver.lose_record();
                main.read += 1;
                main.refuse(checker.fault(&pass.rows, found, fault), None);
            } else if headers.are(&pass.rows) {
                main.read += 1;
                main.skip(&headers_again, None);
            } else if !self.skips(&checker, &mut pass, &mut written) {
                self.row(tx, &checker, &mut pass, (ready, follow_ups), unknown, &mut written)?;
            }
        }
    }

    /// Begins a row; whether the layout skips it.
    fn skips(&self, checker: &Checker<'_>, pass: &mut Pass<'_>, written: &mut Written) -> bool {
        if pass.rows.rows_within(self.layout.width) > 0 {
            written.rows_within.0 += 1;
            written.rows_within.1.get_or_insert(pass.rows.line());
        }
        pass.deriver.begin(&pass.rows);
        let Some(reason) = pass.deriver.skipped(&pass.rows) else { return false };
        let amount = checker.amount(&self.layout.targets[0], &pass.deriver, &pass.rows);
        written.targets[0].read += 1;
        written.targets[0].skip(reason, amount);
        true
    }

    /// Checks and writes what one row of the file becomes. When its main row is refused, nothing is written; of a row with
    /// several groups, when all are.
    fn row(
        &self,
        tx: &mut Transaction<'_>,
        checker: &Checker<'_>,
        pass: &mut Pass<'_>,
        (ready, follow_ups): (&mut Ready, &mut [FollowUp]),
        unknown: &mut UnknownCustomers,
        written: &mut Written,
    ) -> Result<(), ImportError> {
        let mut is_refused = false;
        for (at, target) in self.layout.targets.iter().enumerate() {
            let mut is_kept = false;
            for part in 0..pass.deriver.rows_of(target, &pass.rows) {
                pass.deriver.select_part(part);
                written.targets[at].read += 1;
                let (line, values) = (pass.rows.line(), &mut pass.values[at]);
                let checked = checker.check(target, &pass.deriver, &pass.rows, values);
                let document = || target.key.first().and_then(|key| values[*key].as_ref());
                let checked = checked.and_then(|()| ready.partial[at].fault(document()).map_or(Ok(()), Err));
                let further = extension_cells(self.layout, &pass.rows);
                let done = match checked {
                    // A merged customer's own record is skipped: nothing changes in the store.
                    Ok(()) if !follow_ups[at].route(values, line) => Ok(Some(RowOutcome::Unchanged)),
                    Ok(()) => {
                        let row = (values.as_slice(), further);
                        upsert(tx, target, row, &mut ready.repeated[at], (line, self.options.at))?
                    }
                    Err(fault) => Err(fault),
                };
                let amount = checker.amount(target, &pass.deriver, &pass.rows);
                match done {
                    Ok(None) => written.targets[at].skip(&REPEATED.into(), amount),
                    Ok(Some(outcome)) => {
                        written.targets[at].accept(outcome, amount);
                        is_kept |= target.repeats;
                        if target.lacks_prefecture(values) && pass.deriver.has_address(target, &pass.rows) {
                            let (count, first) = written.unlocated;
                            written.unlocated = (count + 1, if count == 0 { line } else { first });
                        }
                        follow_ups[at].accepted(tx, line, values, (outcome, amount))?;
                        self.refer(target, values, line, unknown);
                    }
                    Err(fault) => {
                        if checker.reads_key(target, &pass.deriver, &pass.rows, values) {
                            follow_ups[at].refused(line, fault.code, values);
                        }
                        written.targets[at].refuse(checker.fault(&pass.rows, Found::Row, fault), amount);
                        is_refused |= at == 0;
                    }
                }
            }
            if is_refused && !is_kept {
                return Ok(());
            }
            is_refused = false;
        }
        match &mut ready.fields {
            Some(fields) => self.fields(tx, checker, pass, (fields, &mut follow_ups[0]), &mut written.fields),
            None => Ok(()),
        }
    }

    /// Notes the customers that an imported row names.
    fn refer(&self, target: &Target, values: &[Option<Value>], line: u64, unknown: &mut UnknownCustomers) {
        for &customer in &target.customers {
            unknown.refer(&values[customer], line);
        }
        if self.settings.dry_run && target.dataset.name == CUSTOMERS.name {
            unknown.try_customer(&values[0]);
        }
    }
}

/// A hash of the row's extension fields.
fn extension_cells(layout: &Layout, rows: &Rows<Decoded>) -> u64 {
    if layout.extensions.is_empty() {
        return 0;
    }
    let mut hasher = DefaultHasher::new();
    layout.extensions.iter().for_each(|column| rows.cell(column.cell).hash(&mut hasher));
    hasher.finish()
}

/// Writes one row, unless its key was on an earlier line; `None` when that line was the same row of a master.
fn upsert(
    tx: &mut Transaction<'_>,
    target: &Target,
    (values, further): (&[Option<Value>], u64),
    repeated: &mut RepeatedKeys,
    (line, now): (u64, DateTime<Utc>),
) -> Result<Result<Option<RowOutcome>, RowFault>, StoreError> {
    let key = || target.key.iter().map(|&at| &values[at]);
    let (hash, whole) = (hash(key()), || hash(values.iter()) ^ further);
    if let Some((first, row)) = repeated.line_of(hash, key()) {
        if target.dataset.month_column.is_none() && row == whole() {
            return Ok(Ok(None));
        }
        let columns = target.key.iter().map(|&at| target.dataset.columns[at].label);
        let message = message!(
            "{line}行目と同じキー({columns})です。{cure}",
            "line {line} has the same key ({columns}); {cure}",
            line = first,
            columns = Message::join(columns, Label::new("・", ", ")),
            cure = target.repeated_key_cure(),
        );
        return Ok(Err(RowFault::new("duplicate_key", message)));
    }
    match tx.upsert_from_file(target.dataset, values, now) {
        Ok(outcome) => {
            repeated.accept(hash, key(), || (line, whole()));
            Ok(Ok(Some(outcome)))
        }
        Err(StoreError::Conflict(reason)) => Ok(Err(conflict(target, reason))),
        Err(StoreError::MadeHere(reason)) => Ok(Err(made_here(target, reason))),
        Err(error) => Err(error),
    }
}

/// The fault of a row with the number of a record that was made here.
fn made_here(target: &Target, reason: Message) -> RowFault {
    let column = target.key.first().map(|at| &target.dataset.columns[*at]);
    RowFault { column, code: "made_here", message: reason }
}

/// The fault of a row that a constraint of the store refuses: a new row without one of the required columns.
fn conflict(target: &Target, reason: Message) -> RowFault {
    let missing = |at: &usize| target.dataset.columns[*at].required && !target.gives(*at);
    let Some(at) = (0..target.rules.len()).find(missing) else { return RowFault::new("conflict", reason) };
    let column = &target.dataset.columns[at];
    let message = message!(
        "新規の行ですが、ファイルに「{column}」の列がありません。列を追加してください",
        "the row is new, and the file has no column \"{column}\"; add it",
        column = column.label,
    );
    RowFault { column: Some(column), code: MISSING_COLUMN, message }
}
