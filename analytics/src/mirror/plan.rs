//! Which files a sync writes, and which it links from the previous version.

use shared::dataset::Dataset;
use shared::store::{DatasetChange, Reader};

use super::manifest::{Manifest, MirrorFile, MirroredDataset};
use super::{MirrorError, Pin};

/// One file of the next version.
pub(super) struct FilePlan {
    pub(super) dataset: &'static Dataset,
    /// `YYYY-MM`, or empty for a data set without months.
    pub(super) month: String,
    /// The change number of the last write to these rows.
    pub(super) change_no: u64,
    /// The file of the previous version, when its rows have not changed.
    pub(super) unchanged: Option<MirrorFile>,
}

impl FilePlan {
    /// The month as the store's API takes it.
    pub(super) fn month(&self) -> Option<&str> {
        (!self.month.is_empty()).then_some(self.month.as_str())
    }

    /// The file's path inside the version's folder.
    pub(super) fn path(&self) -> String {
        match self.month() {
            Some(month) => format!("{}/{month}.parquet", self.dataset.name),
            None => format!("{}.parquet", self.dataset.name),
        }
    }
}

/// Every data set that is mirrored.
pub(super) fn datasets() -> impl Iterator<Item = &'static Dataset> {
    shared::dataset::DATASETS.iter().copied()
}

/// The files of the next version, compared with those of the previous one.
pub(super) fn plan(reader: &mut Reader, before: Option<&Pin>) -> Result<Vec<FilePlan>, MirrorError> {
    let changes = reader.dataset_changes()?;
    let mut plans = Vec::new();
    for dataset in datasets() {
        let months = match dataset.month_column {
            Some(_) => reader.months(dataset)?,
            None => vec![String::new()],
        };
        plans.extend(months.into_iter().map(|month| {
            let change_no = change_no(&changes, dataset.name, &month);
            let unchanged = before.and_then(|before| unchanged(before, dataset, &month, change_no));
            FilePlan { dataset, month, change_no, unchanged }
        }));
    }
    Ok(plans)
}

/// Whether the previous version is exactly what the plan asks for.
pub(super) fn is_up_to_date(plans: &[FilePlan], before: &Manifest) -> bool {
    let same_columns = datasets().all(|dataset| {
        before
            .datasets
            .get(dataset.name)
            .is_some_and(|kept| kept.columns == MirroredDataset::columns_of(dataset))
    });
    same_columns && plans.len() == before.files() && plans.iter().all(|plan| plan.unchanged.is_some())
}

/// Whether the store has written to one of these data sets since this manifest, by change numbers alone.
pub(super) fn is_behind(
    reader: &mut Reader,
    manifest: &Manifest,
    reads: &[&Dataset],
) -> Result<bool, MirrorError> {
    let changes = reader.dataset_changes()?;
    let kept = |change: &DatasetChange| {
        let dataset = manifest.datasets.get(&change.dataset)?;
        Some(dataset.files.get(&change.month)?.change_no)
    };
    Ok(changes
        .iter()
        .filter(|change| reads.iter().any(|dataset| dataset.name == change.dataset))
        // A month whose last row was deleted has no file; it counts only when the deletion is newer than the mirror.
        .any(|change| kept(change).unwrap_or(manifest.change_no) < change.change_no))
}

fn change_no(changes: &[DatasetChange], dataset: &str, month: &str) -> u64 {
    let found = changes.iter().find(|change| change.dataset == dataset && change.month == month);
    found.map_or(0, |change| change.change_no)
}

/// The file of a month, when its rows have not changed and the file has its full size.
fn unchanged(before: &Pin, dataset: &Dataset, month: &str, change_no: u64) -> Option<MirrorFile> {
    let kept = before.manifest().datasets.get(dataset.name)?;
    let file = kept.files.get(month)?;
    let bytes = std::fs::metadata(before.folder().join(&file.path)).ok()?.len();
    let same = kept.columns == MirroredDataset::columns_of(dataset)
        && file.change_no == change_no
        && file.bytes == bytes;
    same.then(|| file.clone())
}
