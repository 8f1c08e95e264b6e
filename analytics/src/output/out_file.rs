//! The file of `--out`: what a command writes is kept until it has ended, and then the file appears whole.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use shared::exit::Failure;
use shared::message;

use super::Format;
use super::file::{check_folder, kept_as_it_is, write_whole};

/// Bytes at the beginning of a file that tell its kind.
const HEAD_BYTES: u64 = 512;

/// What a command writes into a file instead of standard output.
#[derive(Debug)]
pub struct OutFile {
    path: PathBuf,
    /// Where what stands beside the rows goes, if it is asked for.
    notes: Option<PathBuf>,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// `None` until something is written, be it empty.
    own: Option<Vec<u8>>,
    notes: Vec<u8>,
}

impl OutFile {
    /// The file at this path, which is checked before anything is done. A file of the same kind is replaced, as that
    /// of last month is; any other is not. `ours` are the store and the mirror.
    ///
    /// # Errors
    /// The folder is missing, or there is something else (exit code 73).
    pub fn new(path: &Path, format: Format, ours: &[&Path]) -> Result<Self, Failure> {
        check(path, format, ours)?;
        // A link is followed: the file that it names is replaced, not the link.
        let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        Ok(Self { path, notes: None, kept: Mutex::default() })
    }

    /// The same with a companion, `NAME.notes.csv` beside `NAME.csv`, which is checked too.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_notes(self, ours: &[&Path]) -> Result<Self, Failure> {
        let notes = self.path.with_extension("notes.csv");
        check(&notes, Format::Csv, ours)?;
        Ok(Self { notes: Some(notes), ..self })
    }

    /// Whether what stands beside the rows is asked for.
    pub fn wants_notes(&self) -> bool {
        self.notes.is_some()
    }

    /// Where it will be.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Keeps what is to be written beside the rows.
    pub fn put_notes(&self, bytes: &[u8]) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).notes.extend_from_slice(bytes);
    }

    /// Keeps what is to be written.
    pub fn put(&self, bytes: &[u8]) {
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .own
            .get_or_insert_default()
            .extend_from_slice(bytes);
    }

    /// Writes the file, unless nothing was put into it; says whether it did.
    ///
    /// # Errors
    /// As [`write_whole`].
    pub fn finish(&self) -> Result<bool, Failure> {
        let kept = std::mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(notes) = self.notes.as_ref().filter(|_| !kept.notes.is_empty()) {
            write_whole(notes, &kept.notes)?;
        }
        match kept.own {
            Some(own) => write_whole(&self.path, &own).map(|()| true),
            None => Ok(false),
        }
    }
}

fn check(path: &Path, format: Format, ours: &[&Path]) -> Result<(), Failure> {
    check_folder(path)?;
    if ours.iter().any(|own| is_of(path, own)) {
        return Err(Failure::cannot_create(message!(
            "{path} は元データまたは集計用データです。別のファイル名を指定してください(処理は行っていません)",
            "{path} is the store or the mirror; name another file (nothing was done)",
            path = path.display(),
        )));
    }
    let Ok(there) = std::fs::metadata(path) else { return Ok(()) };
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut head));
    if there.is_file() && read.is_ok() && (head.is_empty() || is_kind(&head, format)) {
        return Ok(());
    }
    Err(kept_as_it_is(path))
}

/// Whether a path is this file or folder, is in it, or is one of the files beside a store that have its name.
fn is_of(path: &Path, own: &Path) -> bool {
    let whole = |path: &Path| {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        std::fs::canonicalize(path).unwrap_or_else(|_| folder.join(path.file_name().unwrap_or_default()))
    };
    let (path, own) = (whole(path), whole(own));
    path.starts_with(&own) || path.as_os_str().to_string_lossy().starts_with(&format!("{}-", own.display()))
}

/// Whether a file that begins so is one that the format may replace.
fn is_kind(head: &[u8], format: Format) -> bool {
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let is_page = text.len() >= 5 && text[..5].eq_ignore_ascii_case(b"<!doc");
    let is_object = text.starts_with(b"{");
    match format {
        Format::Html => is_page,
        Format::Json => is_object,
        Format::Xlsx => head.starts_with(b"PK"),
        Format::Parquet => head.starts_with(b"PAR1"),
        Format::Csv | Format::Table => !text.contains(&0) && !is_page && !is_object,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_the_same_kind_is_replaced_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("company.db");
        std::fs::write(&store, b"SQLite format 3\0").unwrap();
        for (name, there, format, is_fine) in [
            ("a.csv", "得意先コード,売上金額\r\n", Format::Csv, true),
            ("a.csv", "\u{feff}Code\r\n", Format::Csv, true),
            ("a.csv", "", Format::Csv, true),
            ("a.csv", "SQLite format 3\0", Format::Csv, false),
            ("a.csv", "PK\u{3}\u{4}\0", Format::Csv, false),
            ("a.txt", "<!doctype html>", Format::Table, false),
            ("a.json", "{\"report\": 1}", Format::Json, true),
            ("a.json", "[1]", Format::Json, false),
            ("a.html", "<!DOCTYPE html>", Format::Html, true),
            ("a.html", "Dear Sir", Format::Html, false),
            ("a.xlsx", "PK\u{3}\u{4}", Format::Xlsx, true),
            ("a.xlsx", "SQLite format 3\0", Format::Xlsx, false),
            ("a.parquet", "PAR1", Format::Parquet, true),
            ("a.parquet", "code,amount", Format::Parquet, false),
        ] {
            let path = folder.path().join(name);
            std::fs::write(&path, there).unwrap();
            let made = OutFile::new(&path, format, &[&store]).map(|_| ()).map_err(|failure| failure.code());
            assert_eq!(made, if is_fine { Ok(()) } else { Err(73) }, "{name}: {there:?}");
        }
    }

    #[test]
    fn the_store_and_what_belongs_to_it_are_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::create_dir(path("company.db.mirror")).unwrap();
        let refused = |name: &str| {
            OutFile::new(&path(name), Format::Csv, &[&path("company.db"), &path("company.db.mirror")])
                .is_err()
        };
        assert!(refused("company.db") && refused("company.db-wal") && refused("company.db.mirror/a.csv"));
        assert!(refused("nowhere/a.csv") && refused("company.db.mirror"));
        assert!(!refused("company.csv"));
        std::os::unix::fs::symlink(path("company.db"), path("link.csv")).unwrap();
        std::fs::write(path("company.db"), "text").unwrap();
        assert!(refused("link.csv"), "a link to the store");
    }

    #[test]
    fn nothing_is_written_before_the_end_or_without_content() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let out = OutFile::new(&path, Format::Csv, &[]).unwrap();
        assert!(!out.finish().unwrap() && !path.exists());
        out.put(b"one,");
        out.put(b"two");
        assert!(!path.exists());
        assert!(out.finish().unwrap());
        assert_eq!(std::fs::read(&path).unwrap(), b"one,two");
    }
}
