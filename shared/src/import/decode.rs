//! Bytes of a file as UTF-8, in pieces.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use encoding_rs::{DecoderResult, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE};

use crate::encoding::Encoding;

/// Bytes that are read at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// How a file is to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Detected {
    pub(super) encoding: Encoding,
    /// Whether some bytes do not fit the encoding: rows with such bytes are refused.
    pub(super) damaged: bool,
    /// Length of the file.
    pub(super) bytes: u64,
}

/// Decides the encoding over the whole content: byte order mark, else UTF-8, else CP932. When neither fits
/// everywhere, the one with fewer faults: a single broken row does not make a file unreadable.
pub(super) fn detect(path: &Path, read: &mut dyn FnMut(u64)) -> io::Result<Detected> {
    let mut file = File::open(path)?;
    let bytes = file.metadata()?.len();
    let mut mark = Vec::new();
    file.by_ref().take(3).read_to_end(&mut mark)?;
    let marked = match mark.as_slice() {
        [0xEF, 0xBB, 0xBF] => Some((Encoding::Utf8Bom, UTF_8)),
        [0xFF, 0xFE, ..] => Some((Encoding::Utf16Le, UTF_16LE)),
        [0xFE, 0xFF, ..] => Some((Encoding::Utf16Be, UTF_16BE)),
        _ => None,
    };
    if let Some((encoding, codec)) = marked {
        let damaged = faults(&mut file, codec, mark_length(encoding), u64::MAX, read)? > 0;
        return Ok(Detected { encoding, damaged, bytes });
    }
    let utf8 = faults(&mut file, UTF_8, 0, u64::MAX, read)?;
    if utf8 == 0 {
        return Ok(Detected { encoding: Encoding::Utf8, damaged: false, bytes });
    }
    let cp932 = faults(&mut file, SHIFT_JIS, 0, utf8, read)?;
    let encoding = if cp932 < utf8 { Encoding::Cp932 } else { Encoding::Utf8 };
    Ok(Detected { encoding, damaged: cp932.min(utf8) > 0, bytes })
}

/// Counts malformed sequences from `start` on, up to `enough`.
fn faults(
    file: &mut File,
    codec: &'static encoding_rs::Encoding,
    start: u64,
    enough: u64,
    read: &mut dyn FnMut(u64),
) -> io::Result<u64> {
    file.seek(SeekFrom::Start(start))?;
    let mut decoder = codec.new_decoder_without_bom_handling();
    let (mut input, mut output) = (vec![0; CHUNK_BYTES], vec![0; CHUNK_BYTES]);
    let (mut found, mut done) = (0, start);
    loop {
        let filled = file.read(&mut input)?;
        let mut rest = &input[..filled];
        loop {
            let (result, used, _) =
                decoder.decode_to_utf8_without_replacement(rest, &mut output, filled == 0);
            rest = &rest[used..];
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => found += 1,
            }
        }
        done += filled as u64;
        read(done);
        if filled == 0 || found >= enough {
            return Ok(found);
        }
    }
}

fn mark_length(encoding: Encoding) -> u64 {
    match encoding {
        Encoding::Utf8Bom => 3,
        Encoding::Utf16Le | Encoding::Utf16Be => 2,
        Encoding::Utf8 | Encoding::Cp932 => 0,
    }
}

/// A file as UTF-8. UTF-8 itself passes through unchanged, broken sequences included; from other encodings a
/// broken sequence becomes U+FFFD.
pub(super) struct Decoded {
    file: File,
    decoder: Option<encoding_rs::Decoder>,
    input: Vec<u8>,
    start: usize,
    end: usize,
    finished: bool,
    /// Bytes of the file that were read so far.
    pub(super) bytes_done: u64,
}

impl Decoded {
    pub(super) fn open(path: &Path, encoding: Encoding) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let bytes_done = mark_length(encoding);
        file.seek(SeekFrom::Start(bytes_done))?;
        let codec = match encoding {
            Encoding::Utf8 | Encoding::Utf8Bom => None,
            Encoding::Utf16Le => Some(UTF_16LE),
            Encoding::Utf16Be => Some(UTF_16BE),
            Encoding::Cp932 => Some(SHIFT_JIS),
        };
        let decoder = codec.map(encoding_rs::Encoding::new_decoder_without_bom_handling);
        Ok(Self { file, decoder, input: vec![0; CHUNK_BYTES], start: 0, end: 0, finished: false, bytes_done })
    }
}

impl Read for Decoded {
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        let Some(decoder) = &mut self.decoder else {
            let filled = self.file.read(output)?;
            self.bytes_done += filled as u64;
            return Ok(filled);
        };
        while !self.finished {
            if self.start == self.end {
                self.end = self.file.read(&mut self.input)?;
                self.start = 0;
                self.bytes_done += self.end as u64;
            }
            let last = self.end == 0;
            let (result, used, written, _) =
                decoder.decode_to_utf8(&self.input[self.start..self.end], output, last);
            self.start += used;
            self.finished = last && result == encoding_rs::CoderResult::InputEmpty;
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }
}
