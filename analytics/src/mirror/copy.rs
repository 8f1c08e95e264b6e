//! Copies rows of the store into the files of a version: read here, written on another thread.
//!
//! A single changed month is read along the date index. When most months of a data set are to be
//! written, its table is read once in storage order and each row goes to the file of its month: reading all rows
//! through the index costs several times as much.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};

use shared::store::{Reader, ScanRow};

use super::MirrorError;
use super::batch::RowBatcher;
use super::column::BATCH_ROWS;
use super::manifest::MirrorFile;
use super::plan::FilePlan;
use super::writer::{self, Work};
use crate::engine::EngineLimits;

/// Batches queued between the reading and the writing thread.
const BATCHES_WAITING_MAX: usize = 16;
/// The most files that are open at once; a data set with more changed months is read month by month.
const OPEN_FILES_MAX: usize = 120;

/// One copy of the changed files.
pub(super) struct Copy<'a> {
    /// The folder of the new version.
    pub(super) draft: &'a Path,
    pub(super) limits: &'a EngineLimits,
    /// Receives numbers of rows.
    pub(super) progress: &'a dyn Fn(u64),
}

/// One file that is being filled.
struct Target<'a> {
    file: usize,
    plan: &'a FilePlan,
    batcher: RowBatcher,
}

impl Copy<'_> {
    /// Writes the files whose rows changed; returns them in the order of the plans.
    pub(super) fn run(
        &self,
        reader: &mut Reader,
        plans: &[FilePlan],
    ) -> Result<Vec<MirrorFile>, MirrorError> {
        let (sender, receiver) = sync_channel(BATCHES_WAITING_MAX);
        std::thread::scope(|scope| {
            let writing = scope.spawn(|| {
                // Moved in, so that the sending side notices when this thread ends.
                let receiver = receiver;
                writer::run(&receiver, self.limits)
            });
            let read = self.read(reader, plans, &sender);
            drop(sender);
            let sizes =
                writing.join().map_err(|_| MirrorError::Engine("the writing thread died".to_owned()))?;
            // The writer's error comes first: it made the reading side stop.
            let sizes = sizes?;
            let mut written = read?;
            for (file, bytes) in sizes {
                if let Some(file) = written.get_mut(file) {
                    file.bytes = bytes;
                }
            }
            Ok(written)
        })
    }

    fn read(
        &self,
        reader: &mut Reader,
        plans: &[FilePlan],
        sender: &SyncSender<Work>,
    ) -> Result<Vec<MirrorFile>, MirrorError> {
        let changed: Vec<(usize, &FilePlan)> =
            plans.iter().filter(|plan| plan.unchanged.is_none()).enumerate().collect();
        let mut written = Vec::with_capacity(changed.len());
        for files in changed.chunk_by(|a, b| a.1.dataset.name == b.1.dataset.name) {
            let months = plans.iter().filter(|plan| plan.dataset.name == files[0].1.dataset.name).count();
            if files.len() > 1 && files.len() * 2 > months && files.len() <= OPEN_FILES_MAX {
                written.extend(self.spread(reader, files, sender)?);
            } else {
                for (file, plan) in files {
                    written.push(self.one(reader, *file, plan, sender)?);
                }
            }
        }
        Ok(written)
    }

    /// Writes one file by its own scan.
    fn one(
        &self,
        reader: &mut Reader,
        file: usize,
        plan: &FilePlan,
        sender: &SyncSender<Work>,
    ) -> Result<MirrorFile, MirrorError> {
        let mut target = self.begin(file, plan, 1, sender)?;
        let mut failure = Ok(());
        reader.scan(plan.dataset, plan.month(), &mut |row| {
            failure = self.push(&mut target, row, sender);
            go_on(&failure)
        })?;
        failure?;
        end(target, sender)
    }

    /// Writes the files of a data set by one scan of its table.
    fn spread(
        &self,
        reader: &mut Reader,
        files: &[(usize, &FilePlan)],
        sender: &SyncSender<Work>,
    ) -> Result<Vec<MirrorFile>, MirrorError> {
        let dataset = files[0].1.dataset;
        let date = dataset.month_column.and_then(|name| dataset.column_index(name)).unwrap_or_default();
        let places: HashMap<&str, usize> =
            files.iter().enumerate().map(|(at, (_, plan))| (plan.month.as_str(), at)).collect();
        let mut targets = Vec::with_capacity(files.len());
        for (file, plan) in files {
            targets.push(self.begin(*file, plan, files.len(), sender)?);
        }
        let mut failure = Ok(());
        // Consecutive rows are mostly of the same month.
        let mut last = (String::new(), None);
        reader.scan(dataset, None, &mut |row| {
            let month = row.text(date).and_then(|date| date.get(..7)).unwrap_or_default();
            if month != last.0 {
                last = (month.to_owned(), places.get(month).copied());
            }
            if let Some(at) = last.1 {
                failure = self.push(&mut targets[at], row, sender);
            }
            go_on(&failure)
        })?;
        failure?;
        targets.into_iter().map(|target| end(target, sender)).collect()
    }

    fn begin<'p>(
        &self,
        file: usize,
        plan: &'p FilePlan,
        open: usize,
        sender: &SyncSender<Work>,
    ) -> Result<Target<'p>, MirrorError> {
        let batcher = RowBatcher::new(plan.dataset);
        let path = self.draft.join(plan.path());
        send(sender, Work::Begin { file, path, schema: batcher.schema(), open })?;
        Ok(Target { file, plan, batcher })
    }

    fn push(
        &self,
        target: &mut Target<'_>,
        row: &ScanRow<'_>,
        sender: &SyncSender<Work>,
    ) -> Result<(), MirrorError> {
        let at = target.batcher.rows() + 1;
        target.batcher.push(row).map_err(|(column, reason)| MirrorError::Value {
            dataset: target.plan.dataset,
            month: target.plan.month.clone(),
            row: at,
            column,
            reason,
        })?;
        if target.batcher.is_full() {
            (self.progress)(BATCH_ROWS as u64);
            send_batch(target, sender)?;
        }
        Ok(())
    }
}

fn go_on(failure: &Result<(), MirrorError>) -> ControlFlow<()> {
    if failure.is_err() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

fn end(mut target: Target<'_>, sender: &SyncSender<Work>) -> Result<MirrorFile, MirrorError> {
    send_batch(&mut target, sender)?;
    let (rows, sums) = (target.batcher.rows(), target.batcher.sums());
    send(sender, Work::End { file: target.file, rows, sums: sums.clone() })?;
    Ok(MirrorFile { path: target.plan.path(), change_no: target.plan.change_no, rows, bytes: 0, sums })
}

fn send_batch(target: &mut Target<'_>, sender: &SyncSender<Work>) -> Result<(), MirrorError> {
    let batch = target.batcher.take().map_err(|error| MirrorError::Engine(error.to_string()))?;
    match batch {
        Some(batch) => send(sender, Work::Rows { file: target.file, batch }),
        None => Ok(()),
    }
}

fn send(sender: &SyncSender<Work>, work: Work) -> Result<(), MirrorError> {
    sender.send(work).map_err(|_| MirrorError::Engine("the writing thread ended early".to_owned()))
}
