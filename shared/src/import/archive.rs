//! The parts of a workbook, unpacked piece by piece: sizes and ratios as it says and as they are.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use zip::ZipArchive;
use zip::read::ZipFile;

/// The most bytes that are unpacked of a workbook; a part that is read twice counts twice.
const UNPACKED_MAX: u64 = 4 << 30;

/// Parts smaller than this may be packed as tightly as they like.
const RATIO_FROM: u64 = 16 << 20;

/// How many times its packed size a part may have.
const RATIO_MAX: u64 = 250;

/// The most parts.
const PARTS_MAX: usize = 10_000;

/// How a file of an old office program, or one with a password, begins.
const OLE: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// How an archive begins.
const ZIP: [u8; 4] = *b"PK\x03\x04";

/// What a file is by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Magic {
    /// A workbook of before 2007, or one with a password.
    Ole,
    /// An archive: `.xlsx`, `.xlsb`, `.ods`.
    Zip,
}

/// Looks at the first bytes of a file, which is then where it was.
pub(super) fn magic(file: &mut File) -> io::Result<Option<Magic>> {
    let mut head = Vec::with_capacity(OLE.len());
    file.by_ref().take(OLE.len() as u64).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(match () {
        () if head == OLE => Some(Magic::Ole),
        () if head.starts_with(&ZIP) => Some(Magic::Zip),
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
    pub(super) fn open(mut file: File) -> Result<Self, String> {
        if magic(&mut file).map_err(|error| error.to_string())? == Some(Magic::Ole) {
            return Err("it is a workbook of Excel 97 to 2003 (.xls), or has a password".to_owned());
        }
        let mut archive = ZipArchive::new(file).map_err(|error| format!("it is no workbook: {error}"))?;
        if archive.len() > PARTS_MAX {
            return Err(format!("it has more than {PARTS_MAX} parts"));
        }
        let mut places = HashMap::new();
        let mut said = 0_u64;
        for at in 0..archive.len() {
            let part = archive.by_index_raw(at).map_err(|error| error.to_string())?;
            said = said.saturating_add(part.size());
            let name = part.name().map_err(|error| error.to_string())?;
            limit(&name, part.size(), part.compressed_size())?;
            if places.insert(key(&name), at).is_some() {
                return Err(format!("it has two parts {name}"));
            }
        }
        if said > UNPACKED_MAX {
            return Err(format!("it unpacks to more than {} GiB", UNPACKED_MAX >> 30));
        }
        Ok(Self { archive, places, left: UNPACKED_MAX })
    }

    /// A part, to be read; `None` when there is none of this name.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<Part<'_>>, String> {
        let Some(&at) = self.places.get(&key(name)) else { return Ok(None) };
        let file = self.archive.by_index(at).map_err(|error| error.to_string())?;
        let allowed = largest(file.compressed_size());
        Ok(Some(Part { file, allowed, left: &mut self.left }))
    }
}

/// Names are told apart whatever their letters' case; some programs write backslashes.
fn key(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_lowercase()
}

/// A part that is being read: what a workbook says of its sizes may be a lie.
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
            return Err(io::Error::other("it unpacks to more than is allowed of a workbook of its size"));
        }
        self.allowed -= bytes;
        *self.left -= bytes;
        Ok(length)
    }
}

fn limit(name: &str, size: u64, packed: u64) -> Result<(), String> {
    let allowed = largest(packed);
    if size > allowed {
        return Err(format!("its part {name} unpacks from {packed} to {size} bytes, allowed are {allowed}"));
    }
    Ok(())
}

fn largest(packed: u64) -> u64 {
    UNPACKED_MAX.min(packed.saturating_mul(RATIO_MAX).max(RATIO_FROM))
}
