//! What became of the rows of one file, for one data set.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::fault::Fault;
use super::{AmountSums, FileReport, ImportReport};
use crate::message;
use crate::message::{Message, counted};
use crate::money::SCALE;
use crate::store::{RefusedRow, RowOutcome};

/// Refused rows of one file that are kept with their text; further ones are counted only.
pub const REFUSED_KEPT_MAX: usize = 100_000;

/// The code of new rows that lack a column which the file does not have: one error for all of them.
pub(crate) const MISSING_COLUMN: &str = "missing_column";

/// Counts, sums and faults so far.
#[derive(Debug, Default)]
pub(crate) struct RowCounts {
    pub(crate) read: u64,
    pub(crate) new: u64,
    pub(crate) changed: u64,
    pub(crate) unchanged: u64,
    pub(crate) refused: u64,
    pub(crate) skipped: u64,
    /// Skipped rows by their reason.
    reasons: BTreeMap<String, (Message, u64)>,
    sums: RunningSums,
    faults: Vec<Fault>,
}

/// Exact running sums of the amount column, in 1/10000.
#[derive(Debug, Clone, Copy, Default)]
struct RunningSums {
    accepted: i128,
    refused: i128,
    skipped: i128,
}

impl RowCounts {
    pub(crate) fn accept(&mut self, outcome: RowOutcome, amount: Option<i64>) {
        match outcome {
            RowOutcome::New => self.new += 1,
            RowOutcome::Changed => self.changed += 1,
            RowOutcome::Unchanged => self.unchanged += 1,
        }
        self.sums.accepted += i128::from(amount.unwrap_or_default());
    }

    pub(crate) fn refuse(&mut self, fault: Fault, amount: Option<i64>) {
        self.refused += 1;
        self.sums.refused += i128::from(amount.unwrap_or_default());
        if self.faults.len() < REFUSED_KEPT_MAX {
            self.faults.push(fault);
        }
    }

    pub(crate) fn skip(&mut self, reason: &Message, amount: Option<i64>) {
        self.skipped += 1;
        self.sums.skipped += i128::from(amount.unwrap_or_default());
        let key = reason.text(crate::label::Lang::En);
        match self.reasons.get_mut(key) {
            Some((_, count)) => *count += 1,
            None => {
                self.reasons.insert(key.to_owned(), (reason.clone(), 1));
            }
        }
    }

    /// The first refused row, for a message.
    pub(crate) fn first_refused(&self) -> Option<Message> {
        self.faults.first().map(|fault| {
            message!(
                "{line}行目: {message}({code})",
                "line {line}: {message} ({code})",
                line = fault.line,
                message = fault.message,
                code = fault.code,
            )
        })
    }

    /// The refused rows for the quarantine.
    pub(crate) fn refused_rows(&self) -> Vec<RefusedRow> {
        let row = |fault: &Fault| RefusedRow {
            line: fault.line,
            column: fault.column.map(|column| column.name.to_owned()),
            code: fault.code.to_owned(),
            message: fault.message.clone(),
            raw: fault.raw.clone(),
        };
        self.faults.iter().map(row).collect()
    }

    /// Moves everything into the report.
    pub(crate) fn finish(self, mut file: FileReport, has_amount: bool, report: &mut ImportReport) {
        for (reason, count) in self.reasons.values() {
            let message = message!(
                "{count}行を対象外としました: {reason}",
                "{count} skipped: {reason}",
                count = counted(count, "row was", "rows were"),
                reason = reason,
            );
            report.warn(&file.file, "skipped_rows", message, *count);
        }
        let kept = self.faults.len() as u64;
        if self.refused > kept {
            let message = message!(
                "取込エラー{refused}件のうち、最初の{kept}件だけを一覧にしています",
                "of {refused} the first {kept} are listed",
                refused = counted(self.refused, "refused row", "refused rows"),
                kept = kept,
            );
            report.warn(&file.file, "errors_cut", message, self.refused - kept);
        }
        let faults = without_repeats(self.faults);
        report.errors.extend(faults.into_iter().map(|fault| fault.in_file(&file.file)));
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

/// The faults, with one for all rows that lack the same column of the file.
fn without_repeats(mut faults: Vec<Fault>) -> Vec<Fault> {
    let lacks = |fault: &Fault| fault.code == MISSING_COLUMN && !fault.raw.is_empty();
    let count = faults.iter().filter(|fault| lacks(fault)).count();
    if count < 2 {
        return faults;
    }
    let mut first = true;
    faults.retain(|fault| !lacks(fault) || std::mem::take(&mut first));
    if let Some(fault) = faults.iter_mut().find(|fault| lacks(fault)) {
        fault.message = message!(
            "{message}(この行を含め{count}行)",
            "{message} ({count} rows, of which this is the first)",
            message = fault.message,
            count = count,
        );
    }
    faults
}

impl RunningSums {
    fn finish(self) -> AmountSums {
        AmountSums {
            read: exact(self.accepted + self.refused + self.skipped),
            accepted: exact(self.accepted),
            refused: exact(self.refused),
            skipped: (self.skipped != 0).then(|| exact(self.skipped)),
        }
    }
}

/// A sum of 1/10000 as a decimal without trailing zeros.
fn exact(scaled: i128) -> String {
    // Decimal holds 28 digits: 10^10 rows of the largest amount.
    Decimal::try_from_i128_with_scale(scaled, SCALE)
        .map_or_else(|_| scaled.to_string(), |sum| sum.normalize().to_string())
}
