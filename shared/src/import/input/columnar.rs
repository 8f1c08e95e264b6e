//! Files of columns (Parquet, Arrow). This crate does not know the formats: a program that does brings a reader, whose cells
//! become the same rows as those of a workbook.

use std::fs::File;
use std::io;
use std::path::Path;

use super::sheets::{Lines, Spooled};
use super::workbook::{DATE_MARK, ERROR_MARK, MERGED_MARK, SERIAL_1904_MARK, Trouble};
use crate::import::error::TemporaryFolder;
use crate::import::report::fault::Fault;
use crate::message;
use crate::message::Message;

/// Takes the cells of a table, row by row; the headers are row 0. Empty cells are given too.
pub type CellSink<'a> = dyn FnMut(u32, u32, &str) -> Result<(), ColumnarTrouble> + 'a;

/// Reads a file of columns into a sink.
pub type ColumnarReader = fn(&Path, &mut CellSink<'_>) -> Result<(), ColumnarTrouble>;

/// Why a file of columns cannot be read.
#[derive(Debug)]
pub enum ColumnarTrouble {
    /// The file.
    Broken(Message),
    /// The folder for temporary files.
    Temporary(io::Error),
}

impl From<Trouble> for ColumnarTrouble {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Broken(reason) => Self::Broken(reason),
            Trouble::Temporary(error) => Self::Temporary(error),
        }
    }
}

/// The rows of a file of columns.
pub(super) fn spool(path: &Path, reader: Option<ColumnarReader>) -> io::Result<Result<File, Fault>> {
    let found = match reader {
        Some(reader) => read(path, reader),
        None => Err(ColumnarTrouble::Broken(message!(
            "このプログラムでは読み取れません",
            "this program cannot read it",
        ))),
    };
    match found {
        Ok(Some(rows)) => Ok(Ok(rows)),
        Ok(None) => {
            let message = message!("ファイルに行がありません", "the file has no rows");
            Ok(Err(Fault::of_file(1, "empty_file", message)))
        }
        Err(ColumnarTrouble::Broken(reason)) => {
            let message = message!(
                "ファイルを読み取れません({reason})。CSV など別の形式で出力し直してください",
                "the file cannot be read: {reason}; write it anew, or as CSV",
                reason = reason,
            );
            Ok(Err(Fault::of_file(1, "broken_table", message)))
        }
        Err(ColumnarTrouble::Temporary(error)) => Err(TemporaryFolder::error(&error)),
    }
}

fn read(path: &Path, reader: ColumnarReader) -> Result<Option<File>, ColumnarTrouble> {
    let mut lines = Lines::new().map_err(ColumnarTrouble::Temporary)?;
    let mut spooled = Spooled::default();
    reader(path, &mut |row, column, text| {
        spooled.add(text)?;
        let text = plain(text);
        match lines.put((row, column), &text) {
            Ok(true) => Ok(()),
            Ok(false) => {
                Err(ColumnarTrouble::Broken(message!("セルの並び順が不正です", "its cells are out of order")))
            }
            Err(error) => Err(ColumnarTrouble::Temporary(error)),
        }
    })?;
    lines.finish().map_err(ColumnarTrouble::Temporary)
}

/// A text without the characters with which cells of workbooks are marked: it is only text.
fn plain(text: &str) -> std::borrow::Cow<'_, str> {
    const MARKS: [char; 4] = [ERROR_MARK, DATE_MARK, SERIAL_1904_MARK, MERGED_MARK];
    if !text.contains(MARKS) {
        return text.into();
    }
    // A control character is refused, a blank of another kind is a blank.
    text.replace(ERROR_MARK, "\0").replace(&MARKS[1..], " ").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_never_a_mark() {
        assert_eq!(plain("株式会社 青葉"), "株式会社 青葉");
        assert_eq!(plain("\u{1}#N/A"), "\0#N/A");
        assert_eq!(plain("2026-10-01\u{2028}x\u{1680}\u{2029}"), "2026-10-01 x  ");
    }
}
