//! What rows are read from: a text file, or one sheet of a workbook.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::archive::{self, Magic};
use super::decode::{Decoded, Detected, detect};
use super::report::Fault;
use super::rows::{Form, Rows};
use super::{ImportSettings, sheet};
use crate::encoding::Encoding;

/// Delimiters that are looked for, the likeliest first.
const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b' '];

/// The tables of a file, and its sheets that are hidden.
pub(super) type Tables = (Vec<Source>, Vec<String>);

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
    /// Size and time of the file when it was opened.
    as_opened: Option<(u64, SystemTime)>,
}

impl Source {
    /// The tables of a file: one of a text, one for each sheet of a workbook; and its sheets that are hidden.
    pub(super) fn open(
        path: &Path,
        settings: &ImportSettings,
        read: &mut dyn FnMut(u64),
    ) -> io::Result<Result<Tables, Fault>> {
        let name = path.display().to_string();
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        if !is_workbook(path) {
            if let Some(fault) = no_text(path)? {
                return Ok(Err(fault));
            }
            let as_opened = state(path);
            let detected = detect(path, settings.encoding, read)?;
            let source = Source { path: path.to_owned(), name, stem, detected, sheet: None, as_opened };
            return Ok(Ok((vec![source], Vec::new())));
        }
        let sheets = match sheet::sheets(path, settings.sheet.as_deref())? {
            Ok(sheets) => sheets,
            Err(fault) => return Ok(Err(fault)),
        };
        let only = sheets.rows.len() == 1;
        let source = |(title, cells): (String, File)| -> io::Result<Source> {
            let bytes = cells.metadata()?.len();
            let detected = Detected { encoding: Encoding::Utf8, mark: 0, also: None, damaged: false, bytes };
            Ok(Source {
                path: path.to_owned(),
                name: format!("{name}#{title}"),
                stem: if only { stem.clone() } else { title },
                detected,
                sheet: Some(cells),
                // A sheet was read whole; what becomes of its file does not matter any more.
                as_opened: None,
            })
        };
        let sources = sheets.rows.into_iter().map(source).collect::<io::Result<Vec<_>>>()?;
        Ok(Ok((sources, sheets.hidden)))
    }

    /// Reads the rows from the beginning. One reader at a time: the sheets' readers share their place.
    pub(super) fn rows(&self, form: Form) -> io::Result<Rows<Decoded>> {
        let file = match &self.sheet {
            Some(cells) => cells.try_clone()?,
            None => File::open(&self.path)?,
        };
        Ok(Rows::new(Decoded::open(file, self.detected.encoding, self.detected.mark)?, form))
    }

    /// Whether somebody wrote to the file since it was opened.
    pub(super) fn has_changed(&self) -> bool {
        self.as_opened.is_some() && self.as_opened != state(&self.path)
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

/// Size and time of a file, where the system has them.
fn state(path: &Path) -> Option<(u64, SystemTime)> {
    let about = std::fs::metadata(path).ok()?;
    Some((about.len(), about.modified().ok()?))
}

/// Why a file that is called a text is none, when it is a workbook by its first bytes.
fn no_text(path: &Path) -> io::Result<Option<Fault>> {
    let message = match archive::magic(&mut File::open(path)?)? {
        None => return Ok(None),
        Some(Magic::Ole) => {
            "the file is a workbook of Excel 97 to 2003 (.xls), or has a password, and is no text; open it and save \
             it as .xlsx without a password"
        }
        Some(Magic::Zip) => {
            "the file is a workbook or another archive and no text; give it a name ending in .xlsx if it is one, or \
             open it and save it as .xlsx"
        }
    };
    let message = message.to_owned();
    Ok(Some(Fault { line: 1, column: None, code: "broken_workbook", message, raw: String::new() }))
}

/// Whether a file is a workbook by its name.
pub(super) fn is_workbook(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| ["xlsx", "xlsm"].iter().any(|known| extension.eq_ignore_ascii_case(known)))
}

/// What something in a folder is to an import.
pub(super) enum Table {
    Yes,
    /// Nothing that looks like a table.
    No,
    /// It may be meant, and cannot be read: why.
    Other(&'static str),
}

/// Whether something in a folder is a file to import.
pub(super) fn table(path: &Path) -> io::Result<Table> {
    let is = |known: &[&str]| {
        let extension = path.extension();
        extension.is_some_and(|extension| known.iter().any(|known| extension.eq_ignore_ascii_case(known)))
    };
    // What an office program keeps beside an open file begins with ~$.
    let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(['.', '~']));
    let named = is(&["csv", "tsv", "txt", "xlsx", "xlsm"]);
    if hidden || !(named || is(&["xls", "xlsb", "ods"]) || path.is_dir()) {
        return Ok(Table::No);
    }
    let about = std::fs::metadata(path)?;
    Ok(match about.is_file() {
        true if named => Table::Yes,
        true => Table::Other("save it as .xlsx"),
        false if about.is_dir() => {
            Table::Other("folders within a folder are not read; name it as a path of its own")
        }
        false => Table::Other("it is a pipe or a device"),
    })
}
