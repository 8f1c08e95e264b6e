//! Reads the files of the months, a line at a time.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::{AuditLogError, EXTENSION, Line, file_name};
use crate::store::{AuditEntry, AuditFilter};

/// The longest line that is read; the bridge writes lines of a few hundred bytes.
const LINE_MAX: u64 = 64 * 1024;

/// The entries in the files of a folder, oldest first, as far as a filter chooses them.
pub(super) struct Lines<'a> {
    filter: &'a AuditFilter,
    files: VecDeque<PathBuf>,
    open: Option<(PathBuf, BufReader<File>)>,
    /// Lines that hold no entry: cut off by a kill, or damaged.
    pub(super) damaged: u64,
}

impl<'a> Lines<'a> {
    pub(super) fn of(folder: &Path, filter: &'a AuditFilter) -> Result<Self, AuditLogError> {
        let files = months(folder, filter).map_err(AuditLogError::at(folder))?;
        Ok(Self { filter, files: files.into(), open: None, damaged: 0 })
    }

    /// The next entry that the filter chooses.
    pub(super) fn next(&mut self) -> Result<Option<AuditEntry>, AuditLogError> {
        let mut line = Vec::new();
        loop {
            if self.open.is_none() {
                let Some(path) = self.files.pop_front() else { return Ok(None) };
                let file = File::open(&path).map_err(AuditLogError::at(&path))?;
                self.open = Some((path, BufReader::new(file)));
            }
            let Some((path, file)) = &mut self.open else { continue };
            let whole = read_line(file, &mut line).map_err(AuditLogError::at(path))?;
            match whole {
                None => self.open = None,
                Some(true) if line.is_empty() => {}
                Some(true) => match serde_json::from_slice::<Line<'_>>(&line).map(AuditEntry::from) {
                    Ok(entry) if self.filter.chooses(&entry) => return Ok(Some(entry)),
                    Ok(_) => {}
                    Err(_) => self.damaged += 1,
                },
                Some(false) => self.damaged += 1,
            }
        }
    }
}

/// The files that can have entries of the time of the filter, in order.
fn months(folder: &Path, filter: &AuditFilter) -> io::Result<Vec<PathBuf>> {
    let (first, last) = (filter.since.map(file_name), filter.until.map(file_name));
    let mut found = Vec::new();
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(found),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let month = path.extension().is_some_and(|found| found == EXTENSION);
        let wanted = first.as_deref().is_none_or(|first| first <= name)
            && last.as_deref().is_none_or(|last| name <= last);
        if month && wanted {
            found.push(path);
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// Reads a line without its end. `None`: the file has ended. `Some(false)`: it is cut off, or longer than the limit.
fn read_line(file: &mut BufReader<File>, line: &mut Vec<u8>) -> io::Result<Option<bool>> {
    line.clear();
    if file.by_ref().take(LINE_MAX).read_until(b'\n', line)? == 0 {
        return Ok(None);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
        return Ok(Some(true));
    }
    skip_line(file)?;
    Ok(Some(false))
}

fn skip_line(file: &mut BufReader<File>) -> io::Result<()> {
    loop {
        let buffer = file.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        let (used, ended) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(end) => (end + 1, true),
            None => (buffer.len(), false),
        };
        file.consume(used);
        if ended {
            return Ok(());
        }
    }
}
