//! The parts of a workbook, unpacked chunk by chunk, with limits on declared and on real sizes.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use zip::ZipArchive;
use zip::read::ZipFile;

use super::said;
use crate::cause::{Cause as _, io_error};
use crate::message;
use crate::message::Message;

/// The most bytes that are unpacked of a workbook; a part that is read twice counts twice.
const UNPACKED_MAX: u64 = 4 << 30;

/// Parts smaller than this may have any packing ratio.
const RATIO_FROM: u64 = 16 << 20;

/// How many times its packed size a part may have.
const RATIO_MAX: u64 = 250;

/// The most parts.
const PARTS_MAX: usize = 10_000;

/// The first bytes of a file of an old office program, or of one with a password.
const OLE: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// The first bytes of an archive.
const ZIP: [u8; 4] = *b"PK\x03\x04";

/// The first bytes of Parquet and Arrow files.
const COLUMNS: [&[u8]; 2] = [b"PAR1", b"ARROW1\0\0"];

/// What a file is by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::import::input) enum Magic {
    /// A workbook of before 2007, or one with a password.
    Ole,
    /// An archive: `.xlsx`, `.xlsb`, `.ods`.
    Zip,
    /// A file of columns: Parquet, Arrow.
    Columns,
}

/// Looks at the first bytes of a file and rewinds it.
pub(in crate::import::input) fn magic(file: &mut File) -> io::Result<Option<Magic>> {
    let mut head = Vec::with_capacity(OLE.len());
    file.by_ref().take(OLE.len() as u64).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(match () {
        () if head == OLE => Some(Magic::Ole),
        () if head.starts_with(&ZIP) => Some(Magic::Zip),
        () if COLUMNS.iter().any(|magic| head.starts_with(magic)) => Some(Magic::Columns),
        () => None,
    })
}

/// A workbook's parts.
pub(super) struct Archive {
    archive: ZipArchive<File>,
    /// Where each part is, by its name in small letters.
    places: HashMap<String, usize>,
    /// Bytes that may still be unpacked.
    left: u64,
}

impl Archive {
    pub(super) fn open(mut file: File) -> Result<Self, Message> {
        if magic(&mut file).map_err(said)? == Some(Magic::Ole) {
            return Err(message!(
                "Excel 97-2003形式(.xls)またはパスワード付きです",
                "it is a workbook of Excel 97 to 2003 (.xls), or has a password",
            ));
        }
        let mut archive = ZipArchive::new(file).map_err(|error| {
            message!("ブックではありません: {error}", "it is not a workbook: {error}", error = error.cause())
        })?;
        if archive.len() > PARTS_MAX {
            return Err(message!(
                "部品が{max}個を超えています",
                "it has more than {max} parts",
                max = PARTS_MAX
            ));
        }
        let mut places = HashMap::new();
        let mut declared = 0_u64;
        for at in 0..archive.len() {
            let part = archive.by_index_raw(at).map_err(said)?;
            declared = declared.saturating_add(part.size());
            let name = part.name().map_err(said)?;
            limit(&name, part.size(), part.compressed_size())?;
            if places.insert(key(&name), at).is_some() {
                return Err(message!("部品 {name} が2つあります", "it has two parts {name}", name = name));
            }
        }
        if declared > UNPACKED_MAX {
            return Err(message!(
                "展開すると{size}GiBを超えます",
                "it unpacks to more than {size} GiB",
                size = UNPACKED_MAX >> 30,
            ));
        }
        Ok(Self { archive, places, left: UNPACKED_MAX })
    }

    /// A part, to be read; `None` when there is none of this name.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<Part<'_>>, Message> {
        let Some(&at) = self.places.get(&key(name)) else { return Ok(None) };
        let file = self.archive.by_index(at).map_err(said)?;
        let allowed = largest(file.compressed_size());
        Ok(Some(Part { file, allowed, left: &mut self.left }))
    }
}

/// Names are compared without regard to case; some programs write backslashes.
fn key(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_lowercase()
}

/// A part being read: the declared sizes of a workbook may be false.
pub(super) struct Part<'a> {
    file: ZipFile<'a, File>,
    allowed: u64,
    left: &'a mut u64,
}

impl Read for Part<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read(buffer)?;
        let bytes = length as u64;
        if bytes > self.allowed || bytes > *self.left {
            return Err(io_error(message!(
                "ブックの大きさに対して、展開後の大きさが上限を超えています",
                "it unpacks to more than is allowed for a workbook of its size",
            )));
        }
        self.allowed -= bytes;
        *self.left -= bytes;
        Ok(length)
    }
}

fn limit(name: &str, size: u64, packed: u64) -> Result<(), Message> {
    let allowed = largest(packed);
    if size > allowed {
        return Err(message!(
            "部品 {name} が{packed}バイトから{size}バイトに展開されます(上限{allowed}バイト)",
            "its part {name} unpacks from {packed} to {size} bytes, more than the allowed {allowed}",
            name = name,
            packed = packed,
            size = size,
            allowed = allowed,
        ));
    }
    Ok(())
}

fn largest(packed: u64) -> u64 {
    UNPACKED_MAX.min(packed.saturating_mul(RATIO_MAX).max(RATIO_FROM))
}
