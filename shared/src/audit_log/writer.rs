//! Appends entries to the file of their month.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::{AuditLogError, Line, file_name, folder_of};
use crate::store::AuditEntry;

/// Appends to a store's audit log. One program at a time.
#[derive(Debug)]
pub struct AuditWriter {
    folder: PathBuf,
    open: Option<(String, File)>,
}

impl AuditWriter {
    /// The log beside this store. The folder and the files are made when the first entry is written, readable by their
    /// owner alone.
    #[must_use]
    pub fn beside(store: &Path) -> Self {
        Self { folder: folder_of(store), open: None }
    }

    /// Appends the first entries, as many as are of the same month, and returns how many. They are on the disk then;
    /// after an error none of them is in the file.
    pub fn append(&mut self, entries: &[AuditEntry]) -> Result<usize, AuditLogError> {
        let Some(first) = entries.first() else { return Ok(0) };
        let month = file_name(first.at);
        let entries: Vec<&AuditEntry> =
            entries.iter().take_while(|entry| file_name(entry.at) == month).collect();
        let path = self.folder.join(&month);
        self.append_to(month, &entries).map_err(AuditLogError::at(&path))?;
        Ok(entries.len())
    }

    fn append_to(&mut self, month: String, entries: &[&AuditEntry]) -> io::Result<()> {
        let mut lines = Vec::new();
        for entry in entries {
            serde_json::to_writer(&mut lines, &Line::from(*entry))?;
            lines.push(b'\n');
        }
        let file = self.file(month)?;
        let before = file.metadata()?.len();
        let written = file.write_all(&lines).and_then(|()| file.sync_data());
        if written.is_err() {
            // Half a batch would be there twice after the next attempt.
            file.set_len(before)?;
        }
        written
    }

    /// The file of a month. One that was deleted or moved away is made again.
    fn file(&mut self, month: String) -> io::Result<&mut File> {
        let path = self.folder.join(&month);
        let still_there = match &self.open {
            Some((open, file)) if *open == month => {
                let (ours, there) = (file.metadata()?, fs::metadata(&path));
                there.is_ok_and(|there| (there.dev(), there.ino()) == (ours.dev(), ours.ino()))
            }
            _ => false,
        };
        if !still_there {
            self.open = Some((month, self.open_file(&path)?));
        }
        match &mut self.open {
            Some((_, file)) => Ok(file),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn open_file(&self, path: &Path) -> io::Result<File> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        let mut file = OpenOptions::new().create(true).append(true).read(true).mode(0o600).open(path)?;
        if torn(&mut file)? {
            file.write_all(b"\n")?;
        }
        // The names of the new file and of the new folder are on the disk as well.
        File::open(&self.folder)?.sync_all()?;
        if let Some(above) = self.folder.parent() {
            let above = if above.as_os_str().is_empty() { Path::new(".") } else { above };
            File::open(above)?.sync_all()?;
        }
        Ok(file)
    }
}

/// Whether the last line was cut off by a kill: the next entry then begins a line of its own.
fn torn(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}
