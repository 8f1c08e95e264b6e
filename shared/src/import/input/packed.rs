//! Packed text files (`sales.csv.gz`): unpacked once into an unnamed temporary file, which is read like every other text.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};

use flate2::read::MultiGzDecoder;

use crate::cause::Cause as _;
use crate::import::error::TemporaryFolder;
use crate::import::report::fault::Fault;
use crate::message;
use crate::message::Message;

/// The first bytes of a packed file.
const GZIP: [u8; 2] = [0x1F, 0x8B];

/// The most bytes that are unpacked.
const UNPACKED_MAX: u64 = 4 << 30;

/// A file that unpacks to less than this may have any packing ratio.
const RATIO_FROM: u64 = 16 << 20;

/// How many times its packed size a file may have.
const RATIO_MAX: u64 = 250;

/// Bytes that are unpacked at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// Whether a file is packed, by its first bytes; rewinds it.
pub(super) fn is_packed(file: &mut File) -> io::Result<bool> {
    let mut head = Vec::with_capacity(GZIP.len());
    Read::take(&mut *file, GZIP.len() as u64).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(head == GZIP)
}

/// The unpacked content; the fault is one of the whole file.
pub(super) fn unpack(file: File) -> io::Result<Result<File, Fault>> {
    let packed = file.metadata()?.len();
    let most = packed.saturating_mul(RATIO_MAX).clamp(RATIO_FROM, UNPACKED_MAX);
    let mut content = MultiGzDecoder::new(BufReader::new(file));
    let temporary = |error: io::Error| TemporaryFolder::error(&error);
    let mut out = BufWriter::new(tempfile::tempfile().map_err(temporary)?);
    let (mut chunk, mut unpacked) = (vec![0; CHUNK_BYTES], 0);
    loop {
        let read = match content.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) => return Ok(Err(broken(&error.cause()))),
        };
        unpacked += read as u64;
        if unpacked > most {
            return Ok(Err(broken(&too_large(most))));
        }
        out.write_all(&chunk[..read]).map_err(temporary)?;
    }
    let file = out.into_inner().map_err(|error| temporary(error.into_error()))?;
    Ok(Ok(file))
}

fn too_large(most: u64) -> Message {
    message!("展開すると{most}MiBを超えます", "it unpacks to more than {most} MiB", most = most >> 20,)
}

fn broken(reason: &Message) -> Fault {
    let message = message!(
        "圧縮ファイル(.gz)を展開できません({reason})。出力元で作り直すか、展開した CSV ファイルを取り込んでください",
        "the packed file (.gz) cannot be unpacked: {reason}; write it again, or import the unpacked file",
        reason = reason,
    );
    Fault::of_file(1, "broken_archive", message)
}
