//! Whether a log that a killed process left behind belongs to the file beside it.
//!
//! SQLite does not ask: it writes the pages of any log that is there into the file, also into a backup that was copied
//! over the store after a crash. Each write transaction numbers itself in the table `store_identity` and keeps the number
//! of the one before. A log belongs to the file when the file's last write is one of those in the log, or the one before
//! the first of them. A copy of the file that was made while the log was written passes: the log has every page that
//! changed since.

use std::fs::File;
use std::io::{BufReader, ErrorKind, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::unusable;
use crate::store::StoreError;
use crate::store::driver::Connection;

/// The length of a mark: `chakuden:`, three numbers of hexadecimal digits, and what separates them.
const MARK_BYTES: usize = 9 + 32 + 1 + 16 + 1 + 16;
const PREFIX: &[u8] = b"chakuden:";
/// A cell holds the mark and a few bytes before it.
const CELL_BYTES_MAX: usize = MARK_BYTES + 16;
/// The number before the first.
const NONE_BEFORE: &[u8] = b"0000000000000000";

const LOG_HEADER_BYTES: usize = 32;
const FRAME_HEADER_BYTES: usize = 24;
/// SQLite's largest page.
const PAGE_BYTES_MAX: usize = 65_536;
/// How a page begins that has rows and no pages below it.
const LEAF_OF_ROWS: u8 = 0x0d;

/// The row of `store_identity`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    write: [u8; 16],
    before: [u8; 16],
}

impl Mark {
    fn read(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.get(..MARK_BYTES).filter(|bytes| bytes.starts_with(PREFIX))?;
        Some(Self { write: bytes[42..58].try_into().ok()?, before: bytes[59..75].try_into().ok()? })
    }

    /// The mark on a page of the table, which has this one row; `None` on every other page.
    fn on_page(page: &[u8]) -> Option<Self> {
        let number =
            |at: usize| Some(usize::from(u16::from_be_bytes(page.get(at..at + 2)?.try_into().ok()?)));
        if page.first() != Some(&LEAF_OF_ROWS) || number(3)? != 1 {
            return None;
        }
        let cell = page.get(number(8)?..)?;
        let cell = &cell[..cell.len().min(CELL_BYTES_MAX)];
        let at = cell.windows(PREFIX.len()).position(|part| part == PREFIX)?;
        Self::read(&cell[at..])
    }
}

/// A mark in a log, and the page that has it.
struct Logged {
    mark: Mark,
    page: u32,
    page_bytes: usize,
}

/// Whether the log was written to another file than this one, which this process does not have open.
pub(in crate::store) fn is_of_another_file(path: &Path, log: &Path) -> Result<bool, StoreError> {
    let file = File::open(log).map_err(|error| unusable(log, &error))?;
    let marks = committed(&mut BufReader::with_capacity(1 << 20, file)).map_err(|e| unusable(log, &e))?;
    let Some(first) = marks.first() else { return Ok(false) };
    let own = match own_mark(path, first).map_err(|error| unusable(path, &error))? {
        Some(own) => Some(own),
        None => mark_in_table(path),
    };
    Ok(match own {
        Some(own) => {
            first.mark.before != own.write && marks.iter().all(|logged| logged.mark.write != own.write)
        }
        // The table was made in this log, or the file is another.
        None => first.mark.before != NONE_BEFORE,
    })
}

/// The file's own mark, from the page that has it in the log. A file that was being written when the crash came is
/// whole only with its log, but each of its pages is.
fn own_mark(path: &Path, logged: &Logged) -> std::io::Result<Option<Mark>> {
    let mut page = vec![0; logged.page_bytes];
    let at = u64::from(logged.page.saturating_sub(1)) * logged.page_bytes as u64;
    match File::open(path)?.read_exact_at(&mut page, at) {
        Ok(()) => Ok(Mark::on_page(&page)),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

/// The file's own mark when it is on another page than in the log.
fn mark_in_table(path: &Path) -> Option<Mark> {
    let file = Connection::open_without_log(path).ok()?;
    let mark: String = file.value("SELECT mark FROM store_identity", &[]).ok()?;
    Mark::read(mark.as_bytes())
}

/// The marks in a log up to its last complete transaction, in order.
fn committed(log: &mut impl Read) -> std::io::Result<Vec<Logged>> {
    let mut header = [0; LOG_HEADER_BYTES];
    let mut marks = Vec::new();
    if !filled(log, &mut header)? {
        return Ok(marks);
    }
    let number = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let page_bytes = usize::try_from(number(8)).unwrap_or(usize::MAX);
    if number(0) & !1 != 0x377f_0682 || !(512..=PAGE_BYTES_MAX).contains(&page_bytes) {
        return Ok(marks);
    }
    let mut frame = vec![0; FRAME_HEADER_BYTES + page_bytes];
    let mut complete = 0;
    // Frames of an earlier round of the log have other salts.
    while filled(log, &mut frame)? && frame[8..16] == header[16..24] {
        if let Some(mark) = Mark::on_page(&frame[FRAME_HEADER_BYTES..]) {
            let page = u32::from_be_bytes([frame[0], frame[1], frame[2], frame[3]]);
            marks.push(Logged { mark, page, page_bytes });
        }
        if frame[4..8] != [0; 4] {
            complete = marks.len();
        }
    }
    marks.truncate(complete);
    Ok(marks)
}

/// Reads as many bytes as there is room for; `false` at the end of the file.
fn filled(log: &mut impl Read, bytes: &mut [u8]) -> std::io::Result<bool> {
    match log.read_exact(bytes) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}
