//! Writing one version: what changed is written, the rest linked, all of it made durable, then the pointer swapped.

use std::path::Path;

use shared::dataset::Dataset;
use shared::store::Reader;

use super::copy::Copy;
use super::manifest::{FORMAT, MANIFEST, Manifest, MirrorFile, MirroredDataset};
use super::pin::version_name;
use super::plan::{FilePlan, datasets};
use super::{CURRENT, MirrorError, Pin, VERSION_LOCK, files};
use crate::engine::EngineLimits;

/// Prefix of what a sync has not finished or is removing; the next sync deletes it.
pub(super) const LEFTOVER: &str = "tmp-";

/// A version that is not published yet.
pub(super) struct Draft<'a> {
    /// The mirror's folder.
    pub(super) folder: &'a Path,
    pub(super) version: u64,
    pub(super) change_no: u64,
    /// The version whose unchanged files are linked.
    pub(super) before: Option<&'a Pin>,
    pub(super) limits: &'a EngineLimits,
    pub(super) progress: &'a dyn Fn(u64),
}

impl Draft<'_> {
    /// Writes and links the files, and publishes the version. Returns the files that were written.
    pub(super) fn publish(
        &self,
        reader: &mut Reader,
        plans: &[FilePlan],
    ) -> Result<Vec<MirrorFile>, MirrorError> {
        let name = version_name(self.version);
        let draft = self.folder.join(format!("{LEFTOVER}{name}"));
        files::make_folder(&draft)?;
        for dataset in datasets().filter(|dataset| dataset.month_column.is_some()) {
            files::make_folder(&draft.join(dataset.name))?;
        }
        let written =
            Copy { draft: &draft, limits: self.limits, progress: self.progress }.run(reader, plans)?;
        let files = self.collect(plans, &written, &draft)?;
        self.make_durable(files, &draft)?;
        files::rename_durably(&draft, &self.folder.join(&name))?;
        self.swap_pointer(&name)?;
        Ok(written)
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
        let next = self.folder.join(format!("{LEFTOVER}current"));
        files::write_durably(&next, format!("{name}\n").as_bytes())?;
        files::rename_durably(&next, &self.folder.join(CURRENT))
    }
}

fn empty(dataset: &Dataset) -> MirroredDataset {
    MirroredDataset { columns: MirroredDataset::columns_of(dataset), files: Default::default() }
}
