//! The end of old months.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, Utc};

use super::{AuditLogError, EXTENSION, file_name, folder_of};

/// The files of the months that were over before this instant, the oldest first.
pub fn months_before(store: &Path, before: DateTime<Utc>) -> Result<Vec<PathBuf>, AuditLogError> {
    let folder = folder_of(store);
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(AuditLogError::at(&folder))?,
    };
    let kept_from = file_name(before);
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(AuditLogError::at(&folder))?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        if name.is_some_and(|name| is_month(name) && name < kept_from.as_str()) {
            found.push(path);
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// Removes a month.
pub fn remove_month(file: &Path) -> Result<(), AuditLogError> {
    fs::remove_file(file).map_err(AuditLogError::at(file))
}

/// Whether a file is named as the log names them; others are left alone.
fn is_month(name: &str) -> bool {
    let month = name.strip_suffix(EXTENSION).and_then(|name| name.strip_suffix('.'));
    month.is_some_and(|month| {
        month.len() == 7 && NaiveDate::parse_from_str(&format!("{month}-01"), "%Y-%m-%d").is_ok()
    })
}
