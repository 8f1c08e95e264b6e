//! One sync: plan, write what changed, link the rest, make it durable, swap the pointer, remove old versions.

use std::fs::{File, TryLockError};
use std::path::Path;

use shared::dataset::Dataset;
use shared::message;
use shared::message::{Explain, Message};
use shared::store::{Reader, Store};

use super::copy::Copy;
use super::manifest::{FORMAT, MANIFEST, Manifest, MirrorFile, MirroredDataset};
use super::pin::{version_name, version_number};
use super::plan::{FilePlan, datasets, is_behind, is_up_to_date, plan};
use super::{CURRENT, Mirror, MirrorError, Pin, SYNC_LOCK, VERSION_LOCK, VERSIONS_KEPT, files};
use crate::engine::EngineLimits;

/// Prefix of what a sync has not finished or is removing; the next sync deletes it.
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
    /// The store's change number that it represents.
    pub change_no: u64,
    /// Files that were written; none when the mirror was up to date.
    pub written: Vec<SyncedFile>,
    /// Files that were linked from the previous version.
    pub linked: usize,
    /// Why the previous version could not be used, if so.
    pub rebuilt: Option<Message>,
}

impl Mirror {
    /// Brings the mirror up to date with the store: files whose rows changed are written, all others are linked.
    /// `progress` is called with numbers of rows. `rebuild` writes every file again.
    ///
    /// # Errors
    /// Another sync is running, or an error of the store or of the file system.
    pub fn sync(
        &self,
        store: &Store,
        limits: &EngineLimits,
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

    /// Whether rows of the data sets that a report reads have changed since this version.
    ///
    /// # Errors
    /// An error of the store.
    pub fn is_behind(
        &self,
        store: &Store,
        manifest: &Manifest,
        reads: &[&Dataset],
    ) -> Result<bool, MirrorError> {
        is_behind(&mut store.reader()?, manifest, reads)
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

    /// The previous version, when it can be built upon; otherwise why not.
    fn usable(&self, change_no: u64, rebuild: bool) -> (Option<Pin>, Option<Message>) {
        if rebuild {
            return (None, None);
        }
        match Pin::newest(&self.folder) {
            // Change numbers only grow: this mirror belongs to another store, or to a later state of this one.
            Ok(pin) if pin.manifest().change_no > change_no => (
                None,
                Some(message!(
                    "集計用データが元データより新しくなっています(元データが復元または差し替えられました)",
                    "the mirror is newer than the store, which must have been restored or replaced",
                )),
            ),
            Ok(pin) => (Some(pin), None),
            Err(MirrorError::Missing(_)) => (None, None),
            Err(error) => (None, Some(error.message())),
        }
    }

    /// The largest existing version number, whatever its state; 0 without one.
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
        // Held until the folder is renamed: a reader that waits for the lock then finds no manifest.
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

/// Writes one version.
struct Job<'a> {
    mirror: &'a Mirror,
    version: u64,
    change_no: u64,
    before: Option<&'a Pin>,
    limits: &'a EngineLimits,
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
        let written =
            Copy { draft: &draft, limits: self.limits, progress: self.progress }.run(reader, plans)?;
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
        files::rename_durably(&next, &self.mirror.folder.join(CURRENT))
    }
}

fn empty(dataset: &Dataset) -> MirroredDataset {
    MirroredDataset { columns: MirroredDataset::columns_of(dataset), files: Default::default() }
}
