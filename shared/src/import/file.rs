//! One file: checked, written in one transaction, reported.

mod doubles;
mod fields;

use std::collections::BTreeMap;
use std::io;

use chrono::{DateTime, Utc};

use super::check::{Checker, RowFault, structure_fault};
use super::decode::Decoded;
use super::derive::Deriver;
use super::duplicates::{Duplicates, hash};
use super::extend::FieldWriter;
use super::layout::{Layout, Target};
use super::report::{Fault, FileReport, ImportReport, Warning};
use super::rows::{Found, Rows};
use super::source::Source;
use super::tally::Tally;
use super::unknown::UnknownCustomers;
use super::watch::{Batch, Outcome, Run, Watch};
use super::{ImportError, ImportOptions, ImportProgress, ImportSettings, unreadable};
use crate::dataset::{CUSTOMERS, ColumnKind};
use crate::lang::Lang;
use crate::store::{ImportBatch, RowOutcome, Store, StoreError, Transaction, Value};

/// Rows between two reports of progress.
const PROGRESS_ROWS: u64 = 4_096;

/// One file and how it is read.
pub(super) struct Plan<'a> {
    pub(super) source: &'a Source,
    pub(super) layout: &'a Layout,
    pub(super) options: &'a ImportOptions,
    pub(super) settings: &'a ImportSettings,
}

/// What the file's rows became: a tally for each data set that it feeds, and one for extension fields.
struct Written {
    targets: Vec<Tally>,
    fields: Tally,
    /// The lines above the rows as they were.
    header: String,
    /// What else is said of each data set.
    outcomes: Vec<Outcome>,
    /// Addresses that do not say their prefecture, and the line of the first.
    unlocated: (u64, u64),
    /// Rows with a cell in which a line looks like a row, and the first one's line.
    rows_within: (u64, Option<u64>),
}

/// What is known of a file before its rows are written.
pub(super) struct Ready {
    duplicates: Vec<Duplicates>,
    fields: Option<FieldWriter>,
}

/// Where a pass over the rows is, and what it keeps from row to row.
struct Pass<'l> {
    rows: Rows<Decoded>,
    deriver: Deriver<'l>,
    /// For each data set a row of values, whose memory is used again.
    values: Vec<Vec<Option<Value>>>,
}

impl Plan<'_> {
    /// Reads the file for what its rows are compared with. Nothing is locked meanwhile.
    pub(super) fn prepare(
        &self,
        store: &Store,
        unknown: &mut UnknownCustomers,
        report: &mut ImportReport,
        progress: &mut dyn FnMut(ImportProgress<'_>),
    ) -> Result<Ready, ImportError> {
        let broken = |error: io::Error| unreadable(&self.source.path, &error);
        let duplicates = self.find_duplicates(progress).map_err(broken)?;
        self.warn(duplicates.iter().any(|found| found.overflow), report);
        if self.layout.targets.iter().any(|target| !target.customers.is_empty()) {
            unknown.begin(store, &self.source.name)?;
        }
        let fields = FieldWriter::new(&mut store.reader()?, &self.layout.extensions, self.options.at)?;
        Ok(Ready { duplicates, fields })
    }

    /// Imports the file. What cannot be made sense of as a whole becomes an error of the report.
    pub(super) fn import(
        &self,
        tx: &mut Transaction<'_>,
        mut ready: Ready,
        (run, unknown): (&mut Run, &mut UnknownCustomers),
        report: &mut ImportReport,
        progress: &mut dyn FnMut(ImportProgress<'_>),
    ) -> Result<(), ImportError> {
        let mut watches = self.watches(tx, run)?;
        let mut written = self.write(tx, &mut ready, &mut watches, unknown, progress)?;
        if self.source.has_changed() {
            return Err(ImportError::Changed(self.source.name.clone()));
        }
        for (at, watch) in watches.into_iter().enumerate() {
            let (target, tally) = (&self.layout.targets[at], &written.targets[at]);
            // A value that was refused is corrected in the row that it came with.
            let of_fields = Some(&written.fields).filter(|_| at == 0);
            let refused = tally.refused + of_fields.map_or(0, |fields| fields.refused);
            let mut rows = tally.refused_rows();
            rows.extend(of_fields.into_iter().flat_map(Tally::refused_rows));
            let id =
                tx.record_import(&ImportBatch { rows_refused: refused, ..self.batch(target, tally) }, &rows)?;
            let first = tally.first_refused();
            let batch = Batch {
                id,
                options: self.options,
                file: &self.source.name,
                header: &written.header,
                refused,
                first: first.or_else(|| of_fields.and_then(Tally::first_refused)),
            };
            let outcome = run.finish(tx, watch, &batch)?;
            written.outcomes.push(outcome);
        }
        self.finish(written, report);
        Ok(())
    }

    /// What is looked after for each data set that the file feeds.
    fn watches(&self, tx: &mut Transaction<'_>, run: &Run) -> Result<Vec<Watch>, ImportError> {
        let targets = self.layout.targets.iter().enumerate();
        let watch = |(at, target): (usize, &Target)| {
            let mut watch = run.begin(tx, target.dataset, self.options, &self.source.name, at == 0)?;
            if target.counts_lines() {
                watch.count_lines();
            }
            Ok(watch)
        };
        targets.map(watch).collect()
    }

    fn pass(&self) -> io::Result<Pass<'_>> {
        let mut rows = self.source.rows(self.layout.form)?;
        rows.expect_columns(self.layout.width);
        let empty = |target: &Target| {
            (0..target.rules.len()).map(|at| target.gives(at).then_some(Value::Null)).collect()
        };
        let values = self.layout.targets.iter().map(empty).collect();
        Ok(Pass { rows, deriver: Deriver::new(self.layout), values })
    }

    fn write(
        &self,
        tx: &mut Transaction<'_>,
        ready: &mut Ready,
        watches: &mut [Watch],
        unknown: &mut UnknownCustomers,
        progress: &mut dyn FnMut(ImportProgress<'_>),
    ) -> Result<Written, ImportError> {
        let broken = |error: io::Error| unreadable(&self.source.path, &error);
        let checker = Checker::new(self.source, self.layout, self.settings);
        FieldWriter::define(tx, &self.layout.extensions, self.options.at)?;
        let mut pass = self.pass().map_err(broken)?;
        let targets = self.layout.targets.iter().map(|_| Tally::default()).collect();
        let (fields_tally, header, outcomes) = (Tally::default(), String::new(), Vec::new());
        let mut written = Written {
            targets,
            fields: fields_tally,
            header,
            outcomes,
            unlocated: (0, 0),
            rows_within: (0, None),
        };
        let (mut count, mut headers) = (0_u64, Vec::new());
        loop {
            let found = pass.rows.next().map_err(broken)?;
            if found == Found::End {
                return Ok(written);
            }
            if pass.rows.line() <= self.layout.skip_through {
                checker.keep_head(&pass.rows, &mut written.header);
                headers = pass.rows.raw().to_vec();
                continue;
            }
            count += 1;
            if count.is_multiple_of(PROGRESS_ROWS) {
                let (file, bytes_done) = (self.source.name.as_str(), pass.rows.source().bytes_done);
                let bytes_total = self.source.detected.bytes;
                progress(ImportProgress::Writing { file, bytes_done, bytes_total, rows: count });
            }
            if let Found::Bad(bad) = found {
                let fault = structure_fault(bad, self.layout.width);
                written.targets[0].read += 1;
                written.targets[0].refuse(checker.fault(&pass.rows, found, fault), None);
                continue;
            }
            if !headers.is_empty() && pass.rows.raw() == headers {
                // Files that were put one behind the other.
                written.targets[0].read += 1;
                written.targets[0].skip("they are the headers again", None);
                continue;
            }
            if pass.rows.rows_within(self.layout.width) > 0 {
                written.rows_within.0 += 1;
                written.rows_within.1.get_or_insert(pass.rows.line());
            }
            pass.deriver.begin(&pass.rows);
            if let Some(reason) = pass.deriver.skipped(&pass.rows) {
                let amount = checker.amount(&self.layout.targets[0], &pass.deriver, &pass.rows);
                written.targets[0].read += 1;
                written.targets[0].skip(reason, amount);
                continue;
            }
            self.row(tx, &checker, &mut pass, (ready, watches), unknown, &mut written)?;
        }
    }

    /// Checks and writes what one row of the file makes. When its main row is refused, nothing of it goes in.
    fn row(
        &self,
        tx: &mut Transaction<'_>,
        checker: &Checker<'_>,
        pass: &mut Pass<'_>,
        (ready, watches): (&mut Ready, &mut [Watch]),
        unknown: &mut UnknownCustomers,
        written: &mut Written,
    ) -> Result<(), ImportError> {
        for (at, target) in self.layout.targets.iter().enumerate() {
            for part in 0..pass.deriver.rows_of(target, &pass.rows) {
                pass.deriver.take_part(part);
                let tally = &mut written.targets[at];
                tally.read += 1;
                let values = &mut pass.values[at];
                let done = checker.check(target, &pass.deriver, &pass.rows, values);
                let done = match done {
                    // The record of a customer who was merged is passed over: in the store nothing changes.
                    Ok(()) if !watches[at].route(values, pass.rows.line()) => Ok(RowOutcome::Unchanged),
                    Ok(()) => upsert(
                        tx,
                        target,
                        values,
                        &mut ready.duplicates[at],
                        (pass.rows.line(), self.options.at),
                    )?,
                    Err(fault) => Err(fault),
                };
                let amount = checker.amount(target, &pass.deriver, &pass.rows);
                match done {
                    Ok(outcome) => {
                        tally.accept(outcome, amount);
                        if target.lacks_prefecture(values) && pass.deriver.has_address(target, &pass.rows) {
                            let (count, first) = written.unlocated;
                            written.unlocated =
                                (count + 1, if count == 0 { pass.rows.line() } else { first });
                        }
                        watches[at].accepted(tx, pass.rows.line(), values, (outcome, amount))?;
                        for &customer in &target.customers {
                            unknown.refer(&values[customer], pass.rows.line());
                        }
                        if self.settings.dry_run && target.dataset.name == CUSTOMERS.name {
                            unknown.try_customer(&values[0]);
                        }
                    }
                    Err(fault) => {
                        if checker.reads_key(target, &pass.deriver, &pass.rows, values) {
                            watches[at].refused(pass.rows.line(), fault.1, values);
                        }
                        tally.refuse(checker.fault(&pass.rows, Found::Row, fault), amount);
                        if at == 0 {
                            return Ok(());
                        }
                    }
                }
            }
        }
        match &mut ready.fields {
            Some(fields) => self.fields(tx, checker, pass, (fields, &mut watches[0]), &mut written.fields),
            None => Ok(()),
        }
    }

    fn warn(&self, overflow: bool, report: &mut ImportReport) {
        let mut warn = |line, code: &str, message, count| {
            let (file, code) = (self.source.name.clone(), code.to_owned());
            report.warnings.push(Warning { file, line, code, message, count });
        };
        let layout = self.layout;
        if !layout.unknown.is_empty() {
            let names = layout.unknown.join(", ");
            let dataset = layout.targets.first().map_or("", |target| target.dataset.name);
            let message = format!(
                "columns that {dataset} does not have were passed over: {names}; name them with --map, or keep \
                 them as fields of your own with --extend"
            );
            warn(Some(layout.skip_through), "unknown_column", message, layout.unknown.len() as u64);
        }
        if let Some(also) = self.source.detected.also.filter(|_| self.settings.encoding.is_none()) {
            let taken = self.source.encoding();
            let message = format!(
                "every byte has a meaning in {taken} and in {also}; {taken} was taken: look at the names, and \
                 convert the file if they are wrong (--encoding {} silences this)",
                taken.to_lowercase()
            );
            warn(None, "ambiguous_encoding", message, 1);
        }
        if overflow {
            let message = "too many keys occur twice to name them all; of some, the later row won".to_owned();
            warn(None, "duplicates_unchecked", message, 1);
        }
    }

    fn batch(&self, target: &Target, tally: &Tally) -> ImportBatch {
        ImportBatch {
            at: self.options.at,
            file: self.source.name.clone(),
            dataset: target.dataset.name.to_owned(),
            rows_read: tally.read,
            rows_new: tally.new,
            rows_changed: tally.changed,
            rows_unchanged: tally.unchanged,
            rows_refused: tally.refused,
        }
    }

    fn finish(&self, written: Written, report: &mut ImportReport) {
        if let (count, Some(line)) = written.rows_within {
            let (file, code) = (self.source.name.clone(), "row_in_cell".to_owned());
            let message = "a quoted cell holds a line that looks like a row; if a quote is missing or too much, the row \
                           behind it was swallowed: look at this line"
                .to_owned();
            report.warnings.push(Warning { file, line: Some(line), code, message, count });
        }
        if let (count @ 1.., line) = written.unlocated {
            let (file, code) = (self.source.name.clone(), "no_prefecture".to_owned());
            let message =
                "addresses do not begin with a prefecture or a designated city: reports by prefecture \
                           have them under 不明; write the prefecture in front"
                    .to_owned();
            report.warnings.push(Warning { file, line: Some(line), code, message, count });
        }
        let mut outcomes = written.outcomes.into_iter();
        for (target, tally) in self.layout.targets.iter().zip(written.targets) {
            let is_decimal = |at: usize| target.dataset.columns[at].kind == ColumnKind::Decimal;
            let has_amount = target.amount.is_some_and(is_decimal);
            let Outcome { in_store, snapshot, warnings } = outcomes.next().unwrap_or_default();
            report.warnings.extend(warnings);
            let file = FileReport { in_store, snapshot, ..self.file_report(target.dataset.name) };
            tally.finish(file, has_amount, report);
        }
        if written.fields.read > 0 {
            written.fields.finish(self.file_report("extension_values"), false, report);
        }
    }

    fn file_report(&self, dataset: &str) -> FileReport {
        FileReport {
            file: self.source.name.clone(),
            dataset: dataset.to_owned(),
            profile: self.layout.profile.clone(),
            encoding: self.source.encoding().to_owned(),
            read: 0,
            new: 0,
            changed: 0,
            unchanged: 0,
            refused: 0,
            skipped: 0,
            sums: BTreeMap::new(),
            in_store: None,
            snapshot: None,
        }
    }
}

/// Writes one row, unless its key was on an earlier line.
fn upsert(
    tx: &mut Transaction<'_>,
    target: &Target,
    values: &[Option<Value>],
    duplicates: &mut Duplicates,
    (line, now): (u64, DateTime<Utc>),
) -> Result<Result<RowOutcome, RowFault>, StoreError> {
    let key = || target.key.iter().map(|&at| &values[at]);
    let hash = hash(key());
    if let Some(first) = duplicates.line_of(hash, key()) {
        let message = format!(
            "line {first} has the same key ({}); {}",
            target.dataset.key.join(", "),
            target.cure_of_doubles()
        );
        return Ok(Err((None, "duplicate_key", message)));
    }
    match tx.upsert(target.dataset, values, now) {
        Ok(outcome) => {
            duplicates.accept(hash, key(), line);
            Ok(Ok(outcome))
        }
        Err(StoreError::Conflict(reason)) => Ok(Err(conflict(target, reason.text(Lang::En)))),
        Err(error) => Err(error),
    }
}

/// The store's constraint that a row without one of the needed columns meets.
fn conflict(target: &Target, reason: &str) -> RowFault {
    let missing = |at: &usize| target.dataset.columns[*at].required && !target.gives(*at);
    match (0..target.rules.len()).find(missing).map(|at| &target.dataset.columns[at]) {
        Some(column) => {
            let message =
                format!("the row is new, and the file has no column {} ({})", column.name, column.label_ja);
            (Some(column.name), "required", message)
        }
        None => (None, "conflict", reason.to_owned()),
    }
}

/// A fault of the file as a whole, in the report.
pub(super) fn refuse_file(fault: Fault, name: &str, report: &mut ImportReport) {
    report.errors.push(fault.in_file(name));
}
