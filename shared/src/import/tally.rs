//! What became of the rows of one file, for one data set.

use std::collections::BTreeMap;

use super::REFUSED_KEPT_MAX;
use super::report::{Fault, FileReport, ImportReport, RunningSums, Warning};
use crate::store::{RefusedRow, RowOutcome};

/// Counts, sums and faults so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) read: u64,
    pub(super) new: u64,
    pub(super) changed: u64,
    pub(super) unchanged: u64,
    pub(super) refused: u64,
    pub(super) skipped: u64,
    /// Rows that were passed over, by the reason.
    reasons: BTreeMap<String, u64>,
    sums: RunningSums,
    faults: Vec<Fault>,
}

impl Tally {
    pub(super) fn accept(&mut self, outcome: RowOutcome, amount: Option<i64>) {
        match outcome {
            RowOutcome::New => self.new += 1,
            RowOutcome::Changed => self.changed += 1,
            RowOutcome::Unchanged => self.unchanged += 1,
        }
        self.sums.accepted += i128::from(amount.unwrap_or_default());
    }

    pub(super) fn refuse(&mut self, fault: Fault, amount: Option<i64>) {
        self.refused += 1;
        self.sums.refused += i128::from(amount.unwrap_or_default());
        if self.faults.len() < REFUSED_KEPT_MAX {
            self.faults.push(fault);
        }
    }

    /// The first refused row, for a message.
    pub(super) fn first_refused(&self) -> Option<String> {
        let first = self.faults.first();
        first.map(|fault| format!("line {}: {} ({})", fault.line, fault.message, fault.code))
    }

    pub(super) fn skip(&mut self, reason: &str, amount: Option<i64>) {
        self.skipped += 1;
        self.sums.skipped += i128::from(amount.unwrap_or_default());
        match self.reasons.get_mut(reason) {
            Some(count) => *count += 1,
            None => {
                self.reasons.insert(reason.to_owned(), 1);
            }
        }
    }

    pub(super) fn refused_rows(&self) -> Vec<RefusedRow> {
        let row = |fault: &Fault| RefusedRow {
            line: fault.line,
            column: fault.column.map(str::to_owned),
            code: fault.code.to_owned(),
            message: fault.message.clone(),
            raw: fault.raw.clone(),
        };
        self.faults.iter().map(row).collect()
    }

    /// Moves everything into the report.
    pub(super) fn finish(self, mut file: FileReport, has_amount: bool, report: &mut ImportReport) {
        let name = file.file.clone();
        let warning = |code: &str, message, count| Warning {
            file: name.clone(),
            line: None,
            code: code.to_owned(),
            message,
            count,
        };
        for (reason, count) in &self.reasons {
            let message = format!("{count} rows were passed over: {reason}");
            report.warnings.push(warning("skipped_rows", message, *count));
        }
        let kept = self.faults.len() as u64;
        if self.refused > kept {
            let message = format!("of {} refused rows the first {kept} are listed", self.refused);
            report.warnings.push(warning("errors_cut", message, self.refused - kept));
        }
        report.errors.extend(self.faults.into_iter().map(|fault| fault.in_file(&name)));
        file.read = self.read;
        file.new = self.new;
        file.changed = self.changed;
        file.unchanged = self.unchanged;
        file.refused = self.refused;
        file.skipped = self.skipped;
        if has_amount {
            file.sums.insert("amount".to_owned(), self.sums.finish());
        }
        report.files.push(file);
    }
}
