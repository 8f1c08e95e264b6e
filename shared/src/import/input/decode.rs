//! Bytes of a file as UTF-8, in chunks.

mod guess;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use encoding_rs::{DecoderResult, EUC_JP, ISO_2022_JP, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE};

use crate::encoding::Encoding;
use crate::import::report::fault::Fault;

/// Bytes that are read at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// How a file is to be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Detected {
    pub(crate) encoding: Encoding,
    /// Length of the byte order mark.
    pub(crate) mark: u64,
    /// Another encoding in which every byte is valid, when the content alone does not decide.
    pub(crate) also: Option<&'static str>,
    /// Whether some bytes do not fit the encoding: rows with such bytes are refused.
    pub(crate) damaged: bool,
    /// Whether all of these bytes are characters beyond the first plane as CESU-8 writes them.
    pub(crate) cesu: bool,
    /// Length of the file.
    pub(crate) bytes: u64,
}

/// How many malformed sequences one letter of UTF-8 outweighs: its bytes fit each other.
const LETTER_BYTES: u64 = 3;

/// Bytes at the head of a file that are searched for UTF-16 without a mark.
const HEAD_BYTES: u64 = 64 * 1024;

/// Decides the encoding over the whole content: byte order mark, else UTF-16 by its pattern, else ISO-2022-JP by its
/// escapes, else UTF-8, else CP932 or EUC-JP (`guess`). When none fits everywhere, UTF-8 if the text holds letters of
/// three bytes and more, which hardly occur by chance, else the one with fewer faults: a single broken row neither
/// makes a file unreadable nor garbles it. A `wanted` encoding is used whatever the content.
pub(crate) fn detect(
    mut file: File,
    wanted: Option<Encoding>,
    read: &mut dyn FnMut(u64),
) -> io::Result<Result<Detected, Fault>> {
    let bytes = file.metadata()?.len();
    let mut head = Vec::new();
    file.by_ref().take(HEAD_BYTES).read_to_end(&mut head)?;
    let marked = match head.as_slice() {
        [0xEF, 0xBB, 0xBF, ..] => Some((Encoding::Utf8Bom, 3)),
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] if wanted.is_none() => {
            return Ok(Err(guess::refused("UTF-32")));
        }
        [0xFF, 0xFE, ..] => Some((Encoding::Utf16Le, 2)),
        [0xFE, 0xFF, ..] => Some((Encoding::Utf16Be, 2)),
        _ => None,
    };
    let certain = match (wanted, marked) {
        (Some(encoding), Some((found, mark))) if same_units(encoding, found) => Some((found, mark)),
        (Some(encoding), _) => Some((encoding, 0)),
        (None, Some(marked)) => Some(marked),
        (None, None) if is_utf32(&head) => return Ok(Err(guess::refused("UTF-32"))),
        (None, None) => utf16_pattern(&head).map(|encoding| (encoding, 0)),
    };
    let detected =
        |encoding, damaged| Detected { encoding, mark: 0, also: None, damaged, cesu: false, bytes };
    if let Some((encoding, mark)) = certain {
        let damaged = faults(&mut file, codec(encoding), mark, u64::MAX, read)?.malformed > 0;
        return Ok(Ok(Detected { mark, ..detected(encoding, damaged) }));
    }
    let utf8 = faults(&mut file, UTF_8, 0, u64::MAX, read)?;
    if utf8.is_ascii && utf8.escapes {
        let jis = faults(&mut file, ISO_2022_JP, 0, u64::MAX, read)?;
        if jis.letters > 0 {
            return Ok(Ok(detected(Encoding::Iso2022Jp, jis.malformed > 0)));
        }
    }
    if utf8.malformed == 0 {
        return Ok(Ok(detected(Encoding::Utf8, false)));
    }
    if utf8.malformed <= guess::surrogate_pairs(&mut file)?.saturating_mul(guess::PAIR_FAULTS) {
        return Ok(Ok(Detected { cesu: true, ..detected(Encoding::Utf8, true) }));
    }
    if utf8.letters.saturating_mul(LETTER_BYTES) > utf8.malformed {
        return Ok(Ok(detected(Encoding::Utf8, true)));
    }
    let guessed = guess::japanese(&mut file, utf8.malformed, read)?;
    Ok(guessed.map(|(encoding, damaged, also)| Detected { also, ..detected(encoding, damaged) }))
}

fn codec(encoding: Encoding) -> &'static encoding_rs::Encoding {
    match encoding {
        Encoding::Utf8 | Encoding::Utf8Bom => UTF_8,
        Encoding::Utf16Le => UTF_16LE,
        Encoding::Utf16Be => UTF_16BE,
        Encoding::Cp932 => SHIFT_JIS,
        Encoding::EucJp => EUC_JP,
        Encoding::Iso2022Jp => ISO_2022_JP,
    }
}

/// Whether a mark belongs to the wanted encoding.
fn same_units(wanted: Encoding, found: Encoding) -> bool {
    wanted == found || codec(wanted) == UTF_8 && codec(found) == UTF_8
}

/// UTF-16 without a mark: line ends, delimiters and digits have a zero in every second byte, and only there.
fn utf16_pattern(head: &[u8]) -> Option<Encoding> {
    let zeros = |parity: usize| head.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let (encoding, many, few) =
        if odd > even { (Encoding::Utf16Le, odd, even) } else { (Encoding::Utf16Be, even, odd) };
    let clear = head.len() >= 8 && many * 10 >= head.len() && few * 20 <= many;
    let (text, _) = codec(encoding).decode_without_bom_handling(head);
    (clear && text.contains('\n')).then_some(encoding)
}

/// UTF-32 without a mark: two bytes of each four are zero, and some others are not.
fn is_utf32(head: &[u8]) -> bool {
    let zeros = |first: usize| head.chunks_exact(4).all(|unit| unit[first] == 0 && unit[first + 1] == 0);
    head.len() >= 8 && head.iter().any(|byte| *byte != 0) && (zeros(0) || zeros(2))
}

/// What was found when reading in one encoding.
#[derive(Debug, Clone, Copy)]
struct Findings {
    malformed: u64,
    /// Letters of three bytes or more in UTF-8: kana, kanji, half-width kana.
    letters: u64,
    /// Those of them that are half-width kana or full-width letters.
    narrow: u64,
    /// Whether all bytes are ASCII, and whether there are escapes among them.
    is_ascii: bool,
    escapes: bool,
}

/// The byte with which ISO-2022-JP begins to write another alphabet.
const ESCAPE: u8 = 0x1B;

/// Counts malformed sequences from `start` on, up to `enough`, and letters.
fn faults(
    file: &mut File,
    codec: &'static encoding_rs::Encoding,
    start: u64,
    enough: u64,
    read: &mut dyn FnMut(u64),
) -> io::Result<Findings> {
    file.seek(SeekFrom::Start(start))?;
    let mut decoder = codec.new_decoder_without_bom_handling();
    let (mut input, mut output) = (vec![0; CHUNK_BYTES], vec![0; CHUNK_BYTES]);
    let mut done = start;
    let mut met = Findings { malformed: 0, letters: 0, narrow: 0, is_ascii: true, escapes: false };
    loop {
        let filled = file.read(&mut input)?;
        let mut rest = &input[..filled];
        met.is_ascii &= rest.is_ascii();
        met.escapes |= met.is_ascii && rest.contains(&ESCAPE);
        loop {
            let (result, used, written) =
                decoder.decode_to_utf8_without_replacement(rest, &mut output, filled == 0);
            rest = &rest[used..];
            let count = |is: fn(&&u8) -> bool| output[..written].iter().filter(is).count() as u64;
            met.letters += count(|byte| **byte >= 0xE0);
            met.narrow += count(|byte| **byte == 0xEF);
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => met.malformed += 1,
            }
        }
        done += filled as u64;
        read(done);
        if filled == 0 || met.malformed >= enough {
            return Ok(met);
        }
    }
}

/// A file as UTF-8. UTF-8 itself passes through unchanged, broken sequences included; in other encodings a broken
/// sequence becomes U+FFFD.
pub(crate) struct Decoded {
    file: File,
    decoder: Option<encoding_rs::Decoder>,
    input: Vec<u8>,
    start: usize,
    end: usize,
    finished: bool,
    /// Bytes of the file read so far.
    pub(crate) bytes_done: u64,
}

impl Decoded {
    /// Reads the file from behind its mark.
    pub(crate) fn open(mut file: File, encoding: Encoding, mark: u64) -> io::Result<Self> {
        file.seek(SeekFrom::Start(mark))?;
        let decoder = match encoding {
            Encoding::Utf8 | Encoding::Utf8Bom => None,
            other => Some(codec(other).new_decoder_without_bom_handling()),
        };
        let (input, bytes_done) = (vec![0; CHUNK_BYTES], mark);
        Ok(Self { file, decoder, input, start: 0, end: 0, finished: false, bytes_done })
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
