//! What rows are read from: a text file, or one sheet of a workbook.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::decode::{Decoded, Detected, detect};
use super::report::Fault;
use super::rows::{Form, Rows};
use super::{ImportSettings, sheet};
use crate::encoding::Encoding;

/// Delimiters that are looked for, the likeliest first.
const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b' '];

/// One table of cells.
#[derive(Debug)]
pub(super) struct Source {
    /// The file.
    pub(super) path: PathBuf,
    /// What reports call it: the path as given, with the sheet behind `#`.
    pub(super) name: String,
    /// The name by which its data set may be known.
    pub(super) stem: String,
    pub(super) detected: Detected,
    /// The sheet's cells, when it is one.
    sheet: Option<File>,
}

impl Source {
    /// The tables of a file: one of a text, one for each sheet of a workbook.
    pub(super) fn open(
        path: &Path,
        settings: &ImportSettings,
        read: &mut dyn FnMut(u64),
    ) -> io::Result<Result<Vec<Source>, Fault>> {
        let name = path.display().to_string();
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        if !is_workbook(path) {
            let detected = detect(path, settings.encoding, read)?;
            return Ok(Ok(vec![Source { path: path.to_owned(), name, stem, detected, sheet: None }]));
        }
        let sheets = match sheet::sheets(path, settings.sheet.as_deref())? {
            Ok(sheets) => sheets,
            Err(fault) => return Ok(Err(fault)),
        };
        let only = sheets.len() == 1;
        let source = |(title, cells): (String, File)| -> io::Result<Source> {
            let bytes = cells.metadata()?.len();
            let detected = Detected { encoding: Encoding::Utf8, mark: 0, also: None, damaged: false, bytes };
            Ok(Source {
                path: path.to_owned(),
                name: format!("{name}#{title}"),
                stem: if only { stem.clone() } else { title },
                detected,
                sheet: Some(cells),
            })
        };
        sheets.into_iter().map(source).collect::<io::Result<Vec<_>>>().map(Ok)
    }

    /// Reads the rows from the beginning. One reader at a time: the sheets' readers share their place.
    pub(super) fn rows(&self, form: Form) -> io::Result<Rows<Decoded>> {
        let file = match &self.sheet {
            Some(cells) => cells.try_clone()?,
            None => File::open(&self.path)?,
        };
        Ok(Rows::new(Decoded::open(file, self.detected.encoding, self.detected.mark)?, form))
    }

    /// The forms in which its rows may be written.
    pub(super) fn forms(&self, settings: &ImportSettings) -> Vec<Form> {
        match (&self.sheet, settings.delimiter) {
            (Some(_), _) => vec![Form::SHEET],
            (None, Some(delimiter)) => vec![Form::text(delimiter)],
            (None, None) => DELIMITERS.map(Form::text).to_vec(),
        }
    }

    /// How the file is written, for the report.
    pub(super) fn encoding(&self) -> &'static str {
        if self.sheet.is_some() { "XLSX" } else { self.detected.encoding.as_str() }
    }
}

/// Whether a file is a workbook by its name.
pub(super) fn is_workbook(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| ["xlsx", "xlsm"].iter().any(|known| extension.eq_ignore_ascii_case(known)))
}

/// Whether a file of a folder is one to import.
pub(super) fn is_table(path: &Path) -> bool {
    let known = ["csv", "tsv", "txt", "xlsx", "xlsm"];
    // What an office program keeps beside an open file begins with ~$.
    let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(['.', '~']));
    !hidden
        && path
            .extension()
            .is_some_and(|extension| known.iter().any(|known| extension.eq_ignore_ascii_case(known)))
}
