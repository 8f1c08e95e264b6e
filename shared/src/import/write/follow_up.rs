//! The steps after the rows of a file: the snapshot, the quarantine that an imported row
//! settles, merged customers, rows that moved to another month.

use std::collections::HashSet;

use super::merged_customers::MergedCustomers;
use super::noticed::Noticed;
use super::numbered_lines::NumberedLines;
use super::row_key::row_key;
use super::snapshot::Snapshot;
use super::store_totals::Written;
use crate::dataset::{Dataset, RANKS};
use crate::import::error::ImportError;
use crate::import::options::ImportOptions;
use crate::import::report::row_counts::REFUSED_KEPT_MAX;
use crate::import::report::{SnapshotReport, Warning};
use crate::message;
use crate::message::{Label, Message};
use crate::store::{AuditAction, AuditEntry, RowOutcome, StoreError, Transaction, Value};

/// Follows the rows of one file, for one of the data sets that it feeds.
pub(super) struct FollowUp {
    dataset: &'static Dataset,
    snapshot: Option<Snapshot>,
    written: Written,
    accepted: u64,
    /// Open keys of the quarantine, and those of them that were met.
    open: HashSet<String>,
    settled: Vec<String>,
    refused: Vec<(u64, String)>,
    merged: MergedCustomers,
    moved: Noticed,
    /// When the file has no line numbers.
    numbered: Option<NumberedLines>,
}

/// A file's batch, as it was recorded.
pub(super) struct Batch<'a> {
    pub(super) id: i64,
    pub(super) options: &'a ImportOptions,
    pub(super) file: &'a str,
    pub(super) header: &'a str,
    pub(super) refused: u64,
    /// The first refused row, for a message.
    pub(super) first: Option<Message>,
}

/// What is reported about a file in addition to its rows.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) written: Written,
    pub(super) snapshot: Option<SnapshotReport>,
    pub(super) warnings: Vec<Warning>,
}

impl FollowUp {
    /// Begins a file, for one of the data sets that it feeds; only of its `main` one it may be complete.
    pub(super) fn begin(
        tx: &mut Transaction<'_>,
        dataset: &'static Dataset,
        options: &ImportOptions,
        file: &str,
        main: bool,
    ) -> Result<Self, ImportError> {
        let snapshot = match options.snapshot.filter(|_| main) {
            Some(snapshot) => Some(Snapshot::begin(snapshot, tx, dataset, file)?),
            None => None,
        };
        Ok(Self {
            dataset,
            snapshot,
            written: Written { change_no: tx.change_no()?, changes: 0, new: (0, 0), changed: 0, removed: 0 },
            accepted: 0,
            open: tx.open_quarantine_keys(dataset.name)?,
            settled: Vec::new(),
            refused: Vec::new(),
            merged: MergedCustomers::new(dataset, tx.merged_codes()?, options.follow_merges),
            moved: Noticed::default(),
            numbered: None,
        })
    }

    /// The file has no line numbers.
    pub(super) fn number_lines(&mut self) {
        self.numbered = Some(NumberedLines::default());
    }

    /// Redirects a row of a merged customer before it is written. Returns `false` for the merged customer's own record,
    /// which is skipped: it must not overwrite that of the customer that it was merged into.
    pub(super) fn route(&mut self, values: &mut [Option<Value>], line: u64) -> bool {
        self.merged.route(self.dataset, values, line)
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
            self.moved.add(1, at, || row_key(self.dataset, values));
        }
        if let Some(numbered) = &mut self.numbered {
            numbered.accepted(tx, self.dataset, at, values)?;
        }
        self.accepted += 1;
        match outcome {
            RowOutcome::New => {
                self.written.new.0 += 1;
                self.written.new.1 += i128::from(amount.unwrap_or_default());
            }
            RowOutcome::Changed => self.written.changed += 1,
            RowOutcome::Unchanged => {}
        }
        if !self.open.is_empty() {
            let key = row_key(self.dataset, values);
            if self.open.remove(&key) {
                self.settled.push(key);
            }
        }
        match &mut self.snapshot {
            Some(snapshot) => snapshot.see(tx, values, outcome),
            None => Ok(()),
        }
    }

    /// A row with a readable key was refused. A key that is refused for occurring twice does not tell which of the two
    /// rows is meant, nor one with a number that was counted in a part of a document.
    pub(super) fn refused(&mut self, line: u64, code: &str, values: &[Option<Value>]) {
        let told = !["duplicate_key", "lines_counted"].contains(&code);
        if told && self.refused.len() < REFUSED_KEPT_MAX {
            self.refused.push((line, row_key(self.dataset, values)));
        }
    }

    /// The file is at its end and its batch is recorded.
    pub(super) fn finish(
        mut self,
        tx: &mut Transaction<'_>,
        batch: &Batch<'_>,
    ) -> Result<Outcome, ImportError> {
        let snapshot = match self.snapshot.take() {
            Some(snapshot) => {
                let found = snapshot.find(tx, batch.refused, || batch.first_refused())?;
                // Removing takes several slices: what was begun is audited.
                let entry = audit(tx.actor(), self.dataset, batch, &found);
                tx.audit(&entry)?;
                if found.vanished > 0 {
                    tx.snapshot_remove(self.dataset)?;
                }
                self.written.removed = found.vanished;
                Some(found)
            }
            None => None,
        };
        self.settle(tx, batch)?;
        if let Some(numbered) = &mut self.numbered {
            numbered.end_document(tx, self.dataset)?;
        }
        let mut warnings = self.warnings(batch.file, snapshot.is_some());
        if self.dataset.name == RANKS.name {
            warnings.extend(rank_order(batch.file, &tx.ranks_in_doubt()?));
        }
        Ok(Outcome { written: self.written, snapshot, warnings })
    }

    /// Records the refused keys, and settles quarantined rows that the file corrects.
    fn settle(&mut self, tx: &mut Transaction<'_>, batch: &Batch<'_>) -> Result<(), StoreError> {
        let at = batch.options.at;
        if batch.refused > 0 {
            tx.keep_header(batch.id, batch.header)?;
            for (line, key) in &self.refused {
                tx.keep_refused_key(batch.id, *line, key)?;
                tx.let_others_in()?;
            }
            tx.settle_repeated(self.dataset.name, batch.id, at)?;
        }
        for key in &self.settled {
            tx.settle_key(self.dataset.name, key, batch.id, at)?;
            tx.let_others_in()?;
        }
        if let Some(corrected) = batch.options.corrects.filter(|_| batch.refused == 0 && self.accepted > 0) {
            tx.settle_batch(corrected, batch.id, at)?;
        }
        Ok(())
    }

    fn warnings(&self, file: &str, is_snapshot: bool) -> Vec<Warning> {
        let moved = self.moved.warning(file, "moved_rows", |first| {
            message!(
                "元データとは別の月の行があります({first})。伝票番号が毎年1から始まる場合は、自社用の取込プロファイルで \
                 slip_no = {{ from = [日付の列, 番号の列], join = \"-\" }} とし、年ごとに異なる番号にしてください",
                "rows are in another month than in the store ({first}); if numbers start again each year, make them \
                 unique: in a profile of your own with slip_no = {{ from = [DATE, NUMBER], join = \"-\" }}",
                first = first,
            )
        });
        let left = self.numbered.as_ref().filter(|_| !is_snapshot);
        let left = left.and_then(|numbered| numbered.warning(file));
        [self.merged.warning(self.dataset, file), moved, left].into_iter().flatten().collect()
    }
}

impl Batch<'_> {
    fn first_refused(&self) -> Message {
        self.first.clone().unwrap_or_else(|| message!("行は不明です", "of unknown line"))
    }
}

/// Ranks that have one position: nobody knows which one is the better.
fn rank_order(file: &str, ranks: &[String]) -> Option<Warning> {
    let message = message!(
        "順位が重複しています: {ranks}。ランクごとに異なる順位にしてください。重複している間はランクを更新しません",
        "these ranks share a position: {ranks}; give each its own, until then ranks are not updated",
        ranks = Message::join(ranks, Label::new("、", ", ")),
    );
    let warning =
        Warning { file: file.to_owned(), line: None, code: "rank_order", message, count: ranks.len() as u64 };
    (!ranks.is_empty()).then_some(warning)
}

fn audit(actor: &str, dataset: &Dataset, batch: &Batch<'_>, report: &SnapshotReport) -> AuditEntry {
    AuditEntry {
        at: batch.options.at,
        actor: actor.to_owned(),
        action: AuditAction::Snapshot.into(),
        subject: Some(dataset.name.to_owned()),
        detail: Some(format!(
            "{}: of {} rows {} were removed, {} stayed because they are referred to",
            batch.file, report.before, report.vanished, report.kept
        )),
    }
}
