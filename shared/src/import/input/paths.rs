//! The files that the paths of a command name.

use std::fs::Metadata;
use std::path::{Path, PathBuf};

use super::source::{Candidate, candidate};
use crate::import::error::ImportError;
use crate::import::report::ImportReport;
use crate::message;

/// A file to import.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct NamedFile {
    pub(crate) path: PathBuf,
    /// Whether it may be something other than a table: a text that lies in a folder.
    pub(crate) optional: bool,
}

/// The files that are meant: each path, or the tables in a folder. What looks like a table in a folder and cannot be
/// read is a warning.
pub(crate) fn files(paths: &[PathBuf], report: &mut ImportReport) -> Result<Vec<NamedFile>, ImportError> {
    let mut found = Vec::new();
    for path in paths {
        let about = std::fs::metadata(path).map_err(|error| ImportError::unreadable(path, &error))?;
        if about.is_dir() {
            found.extend(tables_of(path, report)?);
        } else {
            check_is_file(path, &about)?;
            found.push(NamedFile { path: path.clone(), optional: false });
        }
    }
    report.warnings.sort_by(|a, b| a.file.cmp(&b.file));
    found.sort();
    found.dedup_by(|a, b| a.path == b.path);
    Ok(found)
}

fn tables_of(folder: &Path, report: &mut ImportReport) -> Result<Vec<NamedFile>, ImportError> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| ImportError::unreadable(folder, &error))? {
        let path = entry.map_err(|error| ImportError::unreadable(folder, &error))?.path();
        // A file that cannot be reached must not be skipped silently.
        match candidate(&path).map_err(|error| ImportError::unreadable(&path, &error))? {
            Candidate::Table => {
                let optional =
                    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("txt"));
                found.push(NamedFile { path, optional });
            }
            Candidate::No => {}
            Candidate::Unreadable(reason) => {
                let message =
                    message!("取り込みませんでした。{reason}", "it was skipped: {reason}", reason = reason);
                report.warn(&path.display().to_string(), "passed_over", message, 1);
            }
        }
    }
    if found.is_empty() {
        return Err(ImportError::EmptyFolder(folder.display().to_string()));
    }
    Ok(found)
}

/// A pipe or a device has no end to wait for, and cannot be read twice.
fn check_is_file(path: &Path, about: &Metadata) -> Result<(), ImportError> {
    if about.is_file() {
        return Ok(());
    }
    let reason = message!(
        "パイプやデバイスは読み取れません。内容をファイルに保存してください",
        "it is a pipe or a device; save its content in a file first",
    );
    Err(ImportError::Unreadable { path: path.display().to_string(), reason, denied: false })
}
