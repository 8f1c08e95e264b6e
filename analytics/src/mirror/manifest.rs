//! The contents of a version of the mirror, with the control totals of the store's rows.

use std::collections::BTreeMap;
use std::path::Path;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use shared::dataset::Dataset;
use shared::message;

use super::MirrorError;
use super::column::SqlType;

/// The format of the manifest and the folder; a mirror with another number is rebuilt.
pub(super) const FORMAT: u32 = 1;
/// The manifest's name.
pub(super) const MANIFEST: &str = "manifest.json";

/// What one version of the mirror holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The format of the mirror.
    pub format: u32,
    /// The version's number.
    pub version: u64,
    /// The store's change number when it was read.
    pub change_no: u64,
    /// The data sets by name.
    pub datasets: BTreeMap<String, MirroredDataset>,
}

/// One data set of a version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MirroredDataset {
    /// Names and SQL types of the columns, in order.
    pub columns: Vec<(String, String)>,
    /// The files by month (`YYYY-MM`; empty for a data set without months).
    pub files: BTreeMap<String, MirrorFile>,
}

/// One Parquet file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MirrorFile {
    /// The path inside the version's folder.
    pub path: String,
    /// The change number of the store's last write to these rows.
    pub change_no: u64,
    /// Number of rows.
    pub rows: u64,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// The exact sum of every decimal column of the store's rows.
    pub sums: BTreeMap<String, Decimal>,
}

impl Manifest {
    /// Reads a version's manifest; one of another format is [`MirrorError::Unreadable`].
    pub(super) fn read(version_folder: &Path) -> Result<Self, MirrorError> {
        let path = version_folder.join(MANIFEST);
        let text = std::fs::read(&path).map_err(|error| MirrorError::unreadable(&path, &error))?;
        let manifest: Self = serde_json::from_slice(&text).map_err(|error| MirrorError::Unreadable {
            path: path.clone(),
            reason: message!(
                "{line}行目の JSON が正しくありません",
                "line {line} is not the right JSON: {error}",
                line = error.line(),
            ),
        })?;
        if manifest.format != FORMAT {
            let reason = message!(
                "形式 {found} には対応していません",
                "its format is {found}",
                found = manifest.format
            );
            return Err(MirrorError::Unreadable { path, reason });
        }
        Ok(manifest)
    }

    /// Number of rows and sum of a decimal column over all files of a data set.
    pub fn total(&self, dataset: &str, column: &str) -> (u64, Decimal) {
        let files = self.datasets.get(dataset).into_iter().flat_map(|dataset| dataset.files.values());
        files.fold((0, Decimal::ZERO), |(rows, sum), file| {
            (rows + file.rows, sum + file.sums.get(column).copied().unwrap_or_default())
        })
    }

    /// Number of files.
    pub fn files(&self) -> usize {
        self.datasets.values().map(|dataset| dataset.files.len()).sum()
    }
}

impl MirroredDataset {
    /// The columns that this program declares for a data set.
    pub(crate) fn columns_of(dataset: &Dataset) -> Vec<(String, String)> {
        let typed = |column: &shared::dataset::Column| {
            (column.name.to_owned(), SqlType::of(column.kind).name().to_owned())
        };
        dataset.columns.iter().map(typed).collect()
    }
}
