//! What rows are read from: a text file, or one sheet of a workbook.

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use unicode_normalization::UnicodeNormalization;

use super::decode::{Decoded, Detected, detect};
use super::rows::{Form, Rows};
use super::workbook::archive::{self, Magic};
use super::{columnar, packed, sheets};
use crate::encoding::Encoding;
use crate::import::options::ImportSettings;
use crate::import::report::fault::Fault;
use crate::message;
use crate::message::Label;

/// Delimiters that are tried, the likeliest first.
const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b' '];

/// The tables of a file, and its sheets that are hidden.
pub(crate) type Tables = (Vec<Source>, Vec<String>);

/// One table of cells.
#[derive(Debug)]
pub(crate) struct Source {
    /// The file.
    pub(crate) path: PathBuf,
    /// What reports call it: the path as given, with the sheet behind `#`.
    pub(crate) name: String,
    /// The name by which its data set may be known.
    pub(crate) stem: String,
    pub(crate) detected: Detected,
    /// The sheet's cells, when it is one.
    sheet: Option<File>,
    /// The content of a packed file.
    unpacked: Option<File>,
    /// How the file is written, when that is not text.
    written: Option<&'static str>,
    /// Rows of the sheet that are hidden.
    pub(crate) hidden_rows: u64,
    /// Size and time of the file when it was opened.
    as_opened: Option<(u64, SystemTime)>,
}

impl Source {
    /// The tables of a file: one of a text, one for each sheet of a workbook; and its sheets that are hidden.
    pub(crate) fn open(
        path: &Path,
        settings: &ImportSettings,
        read: &mut dyn FnMut(u64),
    ) -> io::Result<Result<Tables, Fault>> {
        if is_workbook(path) {
            return Self::sheets(path, settings.sheet.as_deref());
        }
        if let Some(written) = columnar_format(path) {
            let only = |rows: File| Self::spooled(path, written, None, rows, 0);
            return match columnar::spool(path, settings.columnar)? {
                Ok(rows) => Ok(Ok((vec![only(rows)?], Vec::new()))),
                Err(fault) => Ok(Err(fault)),
            };
        }
        let as_opened = state(path);
        let (mut text, mut unpacked) = (File::open(path)?, None);
        if packed::is_packed(&mut text)? {
            text = match packed::unpack(text)? {
                Ok(text) => text,
                Err(fault) => return Ok(Err(fault)),
            };
            text.seek(SeekFrom::Start(0))?;
            unpacked = Some(text.try_clone()?);
        }
        if let Some(fault) = check_text(&mut text)? {
            return Ok(Err(fault));
        }
        let detected = match detect(text, settings.encoding, read)? {
            Ok(detected) => detected,
            Err(fault) => return Ok(Err(fault)),
        };
        let source = Source {
            path: path.to_owned(),
            name: path.display().to_string(),
            stem: stem(path),
            detected,
            sheet: None,
            unpacked,
            written: None,
            hidden_rows: 0,
            as_opened,
        };
        Ok(Ok((vec![source], Vec::new())))
    }

    fn sheets(path: &Path, wanted: Option<&str>) -> io::Result<Result<Tables, Fault>> {
        let sheets = match sheets::sheets(path, wanted)? {
            Ok(sheets) => sheets,
            Err(fault) => return Ok(Err(fault)),
        };
        let only = sheets.rows.len() == 1;
        let source = |(title, cells, hidden_rows): (String, File, u64)| {
            let mut source = Self::spooled(path, "XLSX", Some(&title), cells, hidden_rows)?;
            if !only {
                source.stem = title;
            }
            io::Result::Ok(source)
        };
        let sources = sheets.rows.into_iter().map(source).collect::<io::Result<Vec<_>>>()?;
        Ok(Ok((sources, sheets.hidden)))
    }

    /// A table whose cells were written into a temporary file.
    fn spooled(
        path: &Path,
        written: &'static str,
        title: Option<&str>,
        cells: File,
        hidden_rows: u64,
    ) -> io::Result<Self> {
        let bytes = cells.metadata()?.len();
        let detected =
            Detected { encoding: Encoding::Utf8, mark: 0, also: None, damaged: false, cesu: false, bytes };
        let sheet = title.map(|title| format!("#{title}"));
        Ok(Source {
            path: path.to_owned(),
            name: format!("{}{}", path.display(), sheet.unwrap_or_default()),
            stem: stem(path),
            detected,
            sheet: Some(cells),
            unpacked: None,
            written: Some(written),
            hidden_rows,
            // It was read whole; its file is no longer needed.
            as_opened: None,
        })
    }

    /// Reads the rows from the beginning. One reader at a time: the readers of a sheet share their position.
    pub(crate) fn rows(&self, form: Form) -> io::Result<Rows<Decoded>> {
        let file = match self.sheet.as_ref().or(self.unpacked.as_ref()) {
            Some(cells) => cells.try_clone()?,
            None => File::open(&self.path)?,
        };
        Ok(Rows::new(Decoded::open(file, self.detected.encoding, self.detected.mark)?, form))
    }

    /// Whether the file was written to since it was opened.
    pub(crate) fn has_changed(&self) -> bool {
        self.as_opened.is_some() && self.as_opened != state(&self.path)
    }

    /// The forms in which its rows may be written.
    pub(crate) fn forms(&self, settings: &ImportSettings) -> Vec<Form> {
        match (&self.sheet, settings.delimiter) {
            (Some(_), _) => vec![Form::SHEET],
            (None, _) if settings.has_blank_runs() => vec![Form::SPACED],
            (None, Some(delimiter)) => vec![Form::text(delimiter)],
            (None, None) => DELIMITERS.map(Form::text).to_vec(),
        }
    }

    /// How the file is written, for the report.
    pub(crate) fn encoding(&self) -> &'static str {
        self.written.unwrap_or_else(|| self.detected.encoding.as_str())
    }
}

fn stem(path: &Path) -> String {
    // Some systems write the marks of kana as characters of their own.
    path.file_stem().map(|stem| stem.to_string_lossy().nfc().collect()).unwrap_or_default()
}

/// Size and time of a file, where the system has them.
fn state(path: &Path) -> Option<(u64, SystemTime)> {
    let about = std::fs::metadata(path).ok()?;
    Some((about.len(), about.modified().ok()?))
}

/// The fault of a file that is named like a text and is a workbook by its first bytes.
fn check_text(text: &mut File) -> io::Result<Option<Fault>> {
    let message = match archive::magic(text)? {
        None => return Ok(None),
        Some(Magic::Columns) => message!(
            "Parquet または Arrow のファイルです。ファイル名の末尾を .parquet または .arrow にしてください",
            "the file is a Parquet or Arrow file; give it a name ending in .parquet or .arrow",
        ),
        Some(Magic::Ole) => message!(
            "Excel 97-2003形式(.xls)のブック、またはパスワード付きのブックです。Excelで開き、パスワードを外して .xlsx \
             形式で保存してください",
            "the file is a workbook of Excel 97 to 2003 (.xls), or has a password; open it and save it as .xlsx \
             without a password",
        ),
        Some(Magic::Zip) => message!(
            "テキストファイルではなく、ブックまたは圧縮ファイルです。ブックならファイル名の末尾を .xlsx にするか、開いて \
             .xlsx 形式で保存してください",
            "the file is a workbook or another archive, not a text file; give it a name ending in .xlsx if it is a \
             workbook, or open it and save it as .xlsx",
        ),
    };
    Ok(Some(Fault::of_file(1, "broken_workbook", message)))
}

/// Whether a file is a workbook by its name.
fn is_workbook(path: &Path) -> bool {
    has_ending(path, &["xlsx", "xlsm"])
}

/// The format of a file of columns, by its name.
fn columnar_format(path: &Path) -> Option<&'static str> {
    let arrow = has_ending(path, &["arrow", "feather"]).then_some("Arrow");
    if has_ending(path, &["parquet"]) { Some("Parquet") } else { arrow }
}

fn has_ending(path: &Path, known: &[&str]) -> bool {
    path.extension().is_some_and(|extension| known.iter().any(|known| extension.eq_ignore_ascii_case(known)))
}

/// What an entry of a folder is to an import.
pub(crate) enum Candidate {
    /// A table.
    Table,
    /// Nothing that looks like one.
    No,
    /// It may be meant, and cannot be read: what to do.
    Unreadable(Label),
}

/// Whether an entry of a folder is a file to import.
pub(crate) fn candidate(path: &Path) -> io::Result<Candidate> {
    // Office programs keep files that begin with ~$ beside an open one.
    let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(['.', '~']));
    let unpacked = if has_ending(path, &["gz"]) { path.with_extension("") } else { path.to_owned() };
    let named = has_ending(&unpacked, &["csv", "tsv", "txt"])
        || has_ending(path, &["xlsx", "xlsm"])
        || columnar_format(path).is_some();
    if hidden || !(named || has_ending(path, &["xls", "xlsb", "ods"]) || path.is_dir()) {
        return Ok(Candidate::No);
    }
    let about = std::fs::metadata(path)?;
    Ok(match about.is_file() {
        true if named => Candidate::Table,
        true => Candidate::Unreadable(Label::new(".xlsx 形式で保存し直してください", "save it as .xlsx")),
        false if about.is_dir() => Candidate::Unreadable(Label::new(
            "フォルダーの中のフォルダーは読み取りません。そのフォルダーを直接指定してください",
            "folders within a folder are not read; give its path as well",
        )),
        false => {
            Candidate::Unreadable(Label::new("パイプやデバイスは読み取れません", "it is a pipe or a device"))
        }
    })
}
