//! One sync: look at what changed, publish a version with it, remove old versions.

use std::fs::{File, TryLockError};

use shared::dataset::Dataset;
use shared::message;
use shared::message::{Explain, Message};
use shared::store::Store;

use super::draft::{Draft, LEFTOVER};
use super::manifest::{Manifest, MirrorFile, MirroredDataset};
use super::pin::version_number;
use super::plan::{FilePlan, datasets, is_behind, is_up_to_date, plan};
use super::{Mirror, MirrorError, Pin, SYNC_LOCK, VERSION_LOCK, VERSIONS_KEPT, files};
use crate::engine::EngineLimits;

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

impl SyncOutcome {
    /// Rows of the files that were written.
    pub fn rows_written(&self) -> u64 {
        self.written.iter().map(|file| file.rows).sum()
    }
}

impl Mirror {
    /// Whether the newest version is of this store and nothing has been written to it since, by change numbers alone.
    ///
    /// # Errors
    /// An error of the store.
    pub fn is_current(&self, store: &Store) -> Result<bool, MirrorError> {
        let Ok(pin) = Pin::newest(&self.folder) else { return Ok(false) };
        let manifest = pin.manifest();
        let all: Vec<&Dataset> = datasets().collect();
        let is_known = all.iter().all(|dataset| {
            let kept = manifest.datasets.get(dataset.name);
            kept.is_some_and(|kept| kept.columns == MirroredDataset::columns_of(dataset))
        });
        let is_of_this_store = manifest.change_no <= store.reader()?.change_no()?;
        Ok(is_known && is_of_this_store && !self.is_behind(store, manifest, &all)?)
    }

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
            let folder = &self.folder;
            let draft = Draft { folder, version, change_no, before: before.as_ref(), limits, progress };
            let written = synced(&plans, draft.publish(reader, &plans)?);
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

    fn lock_for_sync(&self) -> Result<SyncLock, MirrorError> {
        let path = self.folder.join(SYNC_LOCK);
        let lock = File::create(&path).map_err(|error| MirrorError::io(&path, &error))?;
        match lock.try_lock() {
            Ok(()) => Ok(SyncLock(lock)),
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

/// The lock of the sync that runs. It is given back, not only closed: a program that is being started at this moment has
/// the file open too, until it has begun.
#[derive(Debug)]
struct SyncLock(File);

impl Drop for SyncLock {
    fn drop(&mut self) {
        // When that fails, closing the file frees it too.
        let _ = self.0.unlock();
    }
}

/// The files that were written for the plans without an unchanged one.
fn synced(plans: &[FilePlan], written: Vec<MirrorFile>) -> Vec<SyncedFile> {
    let changed = plans.iter().filter(|plan| plan.unchanged.is_none());
    let file = |(plan, file): (&FilePlan, MirrorFile)| SyncedFile {
        dataset: plan.dataset.name,
        month: plan.month.clone(),
        rows: file.rows,
    };
    changed.zip(written).map(file).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_is_free_again_while_a_started_program_still_has_its_file_open() {
        let folder = tempfile::tempdir().unwrap();
        let mirror = Mirror::new(folder.path());
        let lock = mirror.lock_for_sync().unwrap();
        let inherited = lock.0.try_clone().unwrap();
        assert!(matches!(mirror.lock_for_sync(), Err(MirrorError::Locked(_))));
        drop(lock);
        assert!(mirror.lock_for_sync().is_ok());
        drop(inherited);
    }
}
