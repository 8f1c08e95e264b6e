//! One sync: plan, write what changed, link the rest, make it durable, swap the pointer, tidy up.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};

use shared::store::{Reader, Store};

use super::column::RowBatcher;
use super::manifest::{FORMAT, MANIFEST, Manifest, MirrorFile, MirroredDataset};
use super::pin::{version_name, version_number};
use super::plan::{FilePlan, datasets, is_behind, is_up_to_date, plan};
use super::writer::{self, Work};
use super::{CURRENT, Mirror, MirrorError, Pin, SYNC_LOCK, VERSION_LOCK, VERSIONS_KEPT, files};
use crate::warehouse::WarehouseLimits;

/// Batches that wait between the reading and the writing thread.
const BATCHES_WAITING_MAX: usize = 4;
/// The beginning of the name of what a sync has not finished or is removing; the next sync deletes it.
const LEFTOVER: &str = "tmp-";

/// One file that a sync wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncedFile {
    /// The data set's name.
    pub dataset: &'static str,
    /// `YYYY-MM`, or empty for a data set without months.
    pub month: String,
    /// Number of rows.
    pub rows: u64,
}

/// What a sync did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncOutcome {
    /// The newest version now.
    pub version: u64,
    /// The store's change number that it shows.
    pub change_no: u64,
    /// Files that were written; none when the mirror was up to date.
    pub written: Vec<SyncedFile>,
    /// Files that were taken over.
    pub linked: usize,
    /// Why the version before could not be used, when it could not.
    pub rebuilt: Option<String>,
}

impl Mirror {
    /// Brings the mirror up to the store: files whose rows changed are written, all others are linked.
    /// `progress` is called with numbers of rows. `rebuild` writes every file anew.
    pub fn sync(
        &self,
        store: &Store,
        limits: &WarehouseLimits,
        rebuild: bool,
        progress: &dyn Fn(u64),
    ) -> Result<SyncOutcome, MirrorError> {
        files::make_folder(&self.folder)?;
        let _lock = self.lock_for_sync()?;
        self.remove_leftovers()?;
        let mut reader = store.reader()?;
        let newest = self.newest_version()?;
        reader.consistent(|reader| {
            let change_no = reader.change_no()?;
            let (before, rebuilt) = self.usable(change_no, rebuild);
            let plans = plan(reader, before.as_ref())?;
            if let Some(before) = &before
                && is_up_to_date(&plans, before.manifest())
            {
                let version = before.manifest().version;
                return Ok(SyncOutcome {
                    version,
                    change_no,
                    written: Vec::new(),
                    linked: plans.len(),
                    rebuilt,
                });
            }
            let version = newest + 1;
            let job = Job { mirror: self, version, change_no, before: before.as_ref(), limits, progress };
            let written = job.run(reader, &plans)?;
            drop(before);
            self.remove_old(version)?;
            let linked = plans.len() - written.len();
            Ok(SyncOutcome { version, change_no, written, linked, rebuilt })
        })
    }

    /// Whether the store has changed mirrored rows since this version.
    pub fn is_behind(&self, store: &Store, manifest: &Manifest) -> Result<bool, MirrorError> {
        is_behind(&mut store.reader()?, manifest)
    }

    fn lock_for_sync(&self) -> Result<File, MirrorError> {
        let path = self.folder.join(SYNC_LOCK);
        let lock = File::create(&path).map_err(|error| MirrorError::io(&path, &error))?;
        match lock.try_lock() {
            Ok(()) => Ok(lock),
            Err(TryLockError::WouldBlock) => Err(MirrorError::Locked(self.folder.clone())),
            Err(TryLockError::Error(error)) => Err(MirrorError::io(&path, &error)),
        }
    }

    /// The version before, when it can be built upon; otherwise why not.
    fn usable(&self, change_no: u64, rebuild: bool) -> (Option<Pin>, Option<String>) {
        if rebuild {
            return (None, None);
        }
        match Pin::newest(&self.folder) {
            // Change numbers only grow: this mirror is of another store, or of a later state of this one.
            Ok(pin) if pin.manifest().change_no > change_no => (
                None,
                Some("it is newer than the store, which must have been restored or replaced".to_owned()),
            ),
            Ok(pin) => (Some(pin), None),
            Err(MirrorError::Missing(_)) => (None, None),
            Err(error) => (None, Some(error.to_string())),
        }
    }

    /// The largest version number that is there, whatever state it is in; 0 when none is.
    fn newest_version(&self) -> Result<u64, MirrorError> {
        let names = files::names(&self.folder)?;
        Ok(names.iter().filter_map(|name| version_number(name)).max().unwrap_or(0))
    }

    /// Deletes what a sync that was killed left unfinished.
    fn remove_leftovers(&self) -> Result<(), MirrorError> {
        for name in files::names(&self.folder)?.iter().filter(|name| name.starts_with(LEFTOVER)) {
            let path = self.folder.join(name);
            let removed =
                if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
            removed.map_err(|error| MirrorError::io(&path, &error))?;
        }
        Ok(())
    }

    /// Removes versions that are neither among the newest nor held by a reader.
    fn remove_old(&self, newest: u64) -> Result<(), MirrorError> {
        let kept_from = (newest + 1).saturating_sub(VERSIONS_KEPT as u64);
        for name in files::names(&self.folder)? {
            if version_number(&name).is_some_and(|version| version < kept_from) {
                self.remove_version(&name)?;
            }
        }
        Ok(())
    }

    fn remove_version(&self, name: &str) -> Result<(), MirrorError> {
        let folder = self.folder.join(name);
        // Held until the folder has its other name: a reader that waits for the lock finds no manifest then.
        let lock = File::open(folder.join(VERSION_LOCK));
        if let Ok(lock) = &lock
            && let Err(TryLockError::WouldBlock) = lock.try_lock()
        {
            return Ok(());
        }
        let removed = self.folder.join(format!("{LEFTOVER}removed-{name}"));
        files::rename_durably(&folder, &removed)?;
        std::fs::remove_dir_all(&removed).map_err(|error| MirrorError::io(&removed, &error))
    }
}

/// The making of one version.
struct Job<'a> {
    mirror: &'a Mirror,
    version: u64,
    change_no: u64,
    before: Option<&'a Pin>,
    limits: &'a WarehouseLimits,
    progress: &'a dyn Fn(u64),
}

impl Job<'_> {
    fn run(&self, reader: &mut Reader, plans: &[FilePlan]) -> Result<Vec<SyncedFile>, MirrorError> {
        let name = version_name(self.version);
        let draft = self.mirror.folder.join(format!("{LEFTOVER}{name}"));
        files::make_folder(&draft)?;
        for dataset in datasets().filter(|dataset| dataset.month_column.is_some()) {
            files::make_folder(&draft.join(dataset.name))?;
        }
        let written = self.write_changed(reader, plans, &draft)?;
        let files = self.collect(plans, &written, &draft)?;
        self.make_durable(files, &draft)?;
        files::rename_durably(&draft, &self.mirror.folder.join(&name))?;
        self.swap_pointer(&name)?;
        let changed = plans.iter().filter(|plan| plan.unchanged.is_none());
        Ok(changed
            .zip(written)
            .map(|(plan, file)| SyncedFile {
                dataset: plan.dataset.name,
                month: plan.month.clone(),
                rows: file.rows,
            })
            .collect())
    }

    /// Reads the store here and writes Parquet on another thread; gives the files in the plans' order.
    fn write_changed(
        &self,
        reader: &mut Reader,
        plans: &[FilePlan],
        draft: &Path,
    ) -> Result<Vec<MirrorFile>, MirrorError> {
        let (sender, receiver) = sync_channel(BATCHES_WAITING_MAX);
        let spill = self.mirror.folder.join(format!("{LEFTOVER}spill"));
        std::thread::scope(|scope| {
            let writing = scope.spawn(|| {
                // Moved in: when this thread ends, the sending side sees it.
                let receiver = receiver;
                writer::run(&receiver, self.limits, &spill)
            });
            let changed = plans.iter().filter(|plan| plan.unchanged.is_none());
            let read: Result<Vec<MirrorFile>, MirrorError> =
                changed.map(|plan| self.send_file(reader, plan, draft, &sender)).collect();
            drop(sender);
            let sizes =
                writing.join().map_err(|_| MirrorError::Engine("the writing thread died".to_owned()))?;
            // The writer's error comes first: it is why the reading side stopped.
            let sizes = sizes?;
            let mut written = read?;
            for (file, bytes) in written.iter_mut().zip(sizes) {
                file.bytes = bytes;
            }
            Ok(written)
        })
    }

    /// Sends one file's rows to the writing thread.
    fn send_file(
        &self,
        reader: &mut Reader,
        plan: &FilePlan,
        draft: &Path,
        sender: &SyncSender<Work>,
    ) -> Result<MirrorFile, MirrorError> {
        let gone = || MirrorError::Engine("the writing thread ended early".to_owned());
        let columns = MirroredDataset::columns_of(plan.dataset);
        sender.send(Work::Begin { path: draft.join(plan.path()), columns }).map_err(|_| gone())?;
        let mut batcher = RowBatcher::new(plan.dataset);
        let mut failure = None;
        reader.scan(plan.dataset, plan.month(), &mut |row| match self.send_row(
            plan,
            &mut batcher,
            row,
            sender,
        ) {
            Ok(()) => std::ops::ControlFlow::Continue(()),
            Err(error) => {
                failure = Some(error);
                std::ops::ControlFlow::Break(())
            }
        })?;
        if let Some(error) = failure {
            return Err(error);
        }
        send_batch(&mut batcher, sender)?;
        let (rows, sums) = (batcher.rows(), batcher.sums());
        sender.send(Work::End { rows, sums: sums.clone() }).map_err(|_| gone())?;
        Ok(MirrorFile { path: plan.path(), change_no: plan.change_no, rows, bytes: 0, sums })
    }

    fn send_row(
        &self,
        plan: &FilePlan,
        batcher: &mut RowBatcher,
        row: &shared::store::ScanRow<'_>,
        sender: &SyncSender<Work>,
    ) -> Result<(), MirrorError> {
        let at = batcher.rows() + 1;
        batcher.push(row).map_err(|(column, reason)| MirrorError::Value {
            dataset: plan.dataset.name,
            month: plan.month.clone(),
            row: at,
            column,
            reason,
        })?;
        if batcher.is_full() {
            (self.progress)(super::column::BATCH_ROWS as u64);
            send_batch(batcher, sender)?;
        }
        Ok(())
    }

    /// The manifest's list of files; those that did not change are linked into the draft.
    fn collect(
        &self,
        plans: &[FilePlan],
        written: &[MirrorFile],
        draft: &Path,
    ) -> Result<Vec<(&'static str, String, MirrorFile)>, MirrorError> {
        let mut written = written.iter();
        let mut all = Vec::with_capacity(plans.len());
        for plan in plans {
            let file = match (&plan.unchanged, self.before) {
                (Some(file), Some(before)) => {
                    files::link_or_copy(&before.folder().join(&file.path), &draft.join(plan.path()))?;
                    Some(MirrorFile { path: plan.path(), ..file.clone() })
                }
                _ => written.next().cloned(),
            };
            all.extend(file.map(|file| (plan.dataset.name, plan.month.clone(), file)));
        }
        Ok(all)
    }

    fn make_durable(
        &self,
        files: Vec<(&'static str, String, MirrorFile)>,
        draft: &Path,
    ) -> Result<(), MirrorError> {
        let mut manifest = Manifest {
            format: FORMAT,
            version: self.version,
            change_no: self.change_no,
            datasets: datasets().map(|dataset| (dataset.name.to_owned(), empty(dataset))).collect(),
        };
        for (dataset, month, file) in files {
            manifest.datasets.entry(dataset.to_owned()).or_default().files.insert(month, file);
        }
        let text =
            serde_json::to_vec_pretty(&manifest).map_err(|error| MirrorError::Engine(error.to_string()))?;
        files::write_durably(&draft.join(MANIFEST), &text)?;
        files::write_durably(&draft.join(VERSION_LOCK), b"")?;
        for dataset in datasets().filter(|dataset| dataset.month_column.is_some()) {
            files::flush(&draft.join(dataset.name))?;
        }
        files::flush(draft)
    }

    fn swap_pointer(&self, name: &str) -> Result<(), MirrorError> {
        let next = self.mirror.folder.join(format!("{LEFTOVER}current"));
        files::write_durably(&next, format!("{name}\n").as_bytes())?;
        files::rename_durably(&next, &self.mirror.folder.join(CURRENT))?;

        Ok(())
    }
}

fn empty(dataset: &shared::dataset::Dataset) -> MirroredDataset {
    MirroredDataset { columns: MirroredDataset::columns_of(dataset), files: Default::default() }
}

fn send_batch(batcher: &mut RowBatcher, sender: &SyncSender<Work>) -> Result<(), MirrorError> {
    let batch = batcher.take().map_err(|error| MirrorError::Engine(error.to_string()))?;
    match batch {
        Some(batch) => sender
            .send(Work::Rows(batch))
            .map_err(|_| MirrorError::Engine("the writing thread ended early".to_owned())),
        None => Ok(()),
    }
}
