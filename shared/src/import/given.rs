//! The files that are meant by the paths of a command.

use std::path::{Path, PathBuf};

use super::report::{ImportReport, Warning};
use super::{ImportError, source, unreadable};

/// A file to import.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Given {
    pub(super) path: PathBuf,
    /// Whether it may be something else: a text that lies in the folder.
    pub(super) optional: bool,
}

/// The files that are meant: each path, or the files with tables in it. What else lies in a folder and looks like
/// one is named.
pub(super) fn files(paths: &[PathBuf], report: &mut ImportReport) -> Result<Vec<Given>, ImportError> {
    let mut found = Vec::new();
    for path in paths {
        let about = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?;
        if !about.is_dir() {
            readable(path, &about)?;
            found.push(Given { path: path.clone(), optional: false });
            continue;
        }
        let before = found.len();
        for entry in std::fs::read_dir(path).map_err(|error| unreadable(path, &error))? {
            let path = entry.map_err(|error| unreadable(path, &error))?.path();
            match source::table(&path) {
                // A file that is meant and cannot be reached is no file that is passed over.
                Ok(source::Table::Yes) => {
                    let optional =
                        path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("txt"));
                    found.push(Given { path, optional });
                }
                Ok(source::Table::No) => {}
                Ok(source::Table::Other(reason)) => {
                    let (file, code) = (path.display().to_string(), "passed_over".to_owned());
                    let message = format!("it was passed over: {reason}");
                    report.warnings.push(Warning { file, line: None, code, message, count: 1 });
                }
                Err(error) => return Err(unreadable(&path, &error)),
            }
        }
        if found.len() == before {
            return Err(ImportError::EmptyFolder(path.display().to_string()));
        }
    }
    report.warnings.sort_by(|a, b| a.file.cmp(&b.file));
    found.sort();
    found.dedup_by(|a, b| a.path == b.path);
    Ok(found)
}

/// A pipe or a device has no end that one could wait for, and cannot be read twice.
fn readable(path: &Path, about: &std::fs::Metadata) -> Result<(), ImportError> {
    if about.is_file() {
        return Ok(());
    }
    let reason = "it is a pipe or a device; write its content into a file first".to_owned();
    Err(ImportError::Unreadable { path: path.display().to_string(), reason, denied: false })
}
