//! Bytes to text and back: UTF-8, UTF-16 by its mark, and CP932.
//!
//! CP932 is WHATWG `shift_jis`, which decodes as Windows does. Some characters have two byte
//! forms (髙, 﨑): compare decoded text, never bytes.

use std::borrow::Cow;

use encoding_rs::{DecoderResult, SHIFT_JIS, UTF_16BE, UTF_16LE};
use thiserror::Error;

use crate::cause::Cause;
use crate::lang::Lang;
use crate::message;
use crate::message::{Explain, Message};

/// How a file was encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// UTF-8 without a byte order mark.
    Utf8,
    /// UTF-8 with a byte order mark, as Excel writes it.
    Utf8Bom,
    /// UTF-16 little endian, by its mark.
    Utf16Le,
    /// UTF-16 big endian, by its mark.
    Utf16Be,
    /// Windows code page 932, what Japanese software calls Shift_JIS.
    Cp932,
    /// What Unix systems wrote; read only.
    EucJp,
    /// What mail wrote, also called JIS; read only.
    Iso2022Jp,
}

impl Encoding {
    /// The name that people know.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf8Bom => "UTF-8 (BOM)",
            Encoding::Utf16Le => "UTF-16LE",
            Encoding::Utf16Be => "UTF-16BE",
            Encoding::Cp932 => "CP932",
            Encoding::EucJp => "EUC-JP",
            Encoding::Iso2022Jp => "ISO-2022-JP",
        }
    }
}

/// Bytes that are valid in none of the encodings that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{}", self.message().text(Lang::En))]
pub struct DecodeError {
    /// The first byte that cannot be read, counted from 0.
    pub offset: usize,
    /// The encodings that were tried.
    pub tried: &'static str,
}

impl Explain for DecodeError {
    fn message(&self) -> Message {
        message!(
            "{offset}バイト目を{tried}として読み取れません。UTF-8またはShift_JISで保存してください",
            "byte {offset} is not {tried}; save the file as UTF-8 or Shift_JIS",
            offset = self.offset,
            tried = self.tried,
        )
    }
}

/// Decodes a whole file: byte order mark, else UTF-8, else CP932, else an error. The mark is
/// not part of the text.
///
/// # Errors
/// [`DecodeError`] with the offset of the first byte that cannot be read. Where neither UTF-8
/// nor CP932 fits, it is the offset of the one that got further.
pub fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, Encoding), DecodeError> {
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        return match std::str::from_utf8(rest) {
            Ok(text) => Ok((Cow::Borrowed(text), Encoding::Utf8Bom)),
            Err(error) => Err(DecodeError { offset: error.valid_up_to() + 3, tried: "UTF-8" }),
        };
    }
    for (mark, codec, encoding) in
        [(b"\xFF\xFE", UTF_16LE, Encoding::Utf16Le), (b"\xFE\xFF", UTF_16BE, Encoding::Utf16Be)]
    {
        if let Some(rest) = bytes.strip_prefix(mark) {
            let text = strict(codec, rest)
                .map_err(|at| DecodeError { offset: at + mark.len(), tried: encoding.as_str() })?;
            return Ok((Cow::Owned(text), encoding));
        }
    }
    let utf8_end = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok((Cow::Borrowed(text), Encoding::Utf8)),
        Err(error) => error.valid_up_to(),
    };
    match strict(SHIFT_JIS, bytes) {
        Ok(text) => Ok((Cow::Owned(text), Encoding::Cp932)),
        Err(at) => Err(DecodeError { offset: at.max(utf8_end), tried: "UTF-8 or CP932" }),
    }
}

/// Decodes without replacement; the error is the offset of the bad sequence.
fn strict(codec: &'static encoding_rs::Encoding, bytes: &[u8]) -> Result<String, usize> {
    let mut decoder = codec.new_decoder_without_bom_handling();
    let capacity = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(bytes.len());
    let mut text = String::with_capacity(capacity);
    match decoder.decode_to_string_without_replacement(bytes, &mut text, true) {
        (DecoderResult::InputEmpty, _) => Ok(text),
        // `read` counts the bad sequence and what was looked at behind it.
        (DecoderResult::Malformed(bad, behind), read) => {
            Err(read.saturating_sub(usize::from(bad) + usize::from(behind)))
        }
        (DecoderResult::OutputFull, read) => Err(read),
    }
}

/// A character that CP932 does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{}", self.message().text(Lang::En))]
pub struct EncodeError {
    /// The character.
    pub character: char,
    /// Where it begins in the text, in bytes from 0.
    pub offset: usize,
}

impl Explain for EncodeError {
    fn message(&self) -> Message {
        message!(
            "{offset}バイト目の「{character}」({code})はShift_JISにありません。別の文字にするか、置き換えを許可してください",
            "{character} ({code}) at byte {offset} does not exist in Shift_JIS; use another character or allow a replacement",
            offset = self.offset,
            character = self.character,
            code = format!("U+{:04X}", u32::from(self.character)),
        )
    }
}

impl Cause for EncodeError {
    fn cause(&self) -> Message {
        self.message()
    }
}

/// Encodes as CP932. Characters that have a twin there (〜 − ‖ — ¥ ㍿) become it.
///
/// # Errors
/// [`EncodeError`] for the first character that CP932 does not have.
pub fn encode_cp932(text: &str) -> Result<Vec<u8>, EncodeError> {
    let mut bytes = Vec::with_capacity(text.len());
    for (offset, character) in text.char_indices() {
        if !push_cp932(character, &mut bytes) {
            return Err(EncodeError { character, offset });
        }
    }
    Ok(bytes)
}

/// Encodes as CP932 and writes `replacement` (usually 〓) for what CP932 does not have; also
/// tells how many characters that were.
///
/// # Errors
/// [`EncodeError`] when CP932 does not have the replacement either.
pub fn encode_cp932_replacing(text: &str, replacement: char) -> Result<(Vec<u8>, usize), EncodeError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut replaced = 0;
    for (offset, character) in text.char_indices() {
        if push_cp932(character, &mut bytes) {
            continue;
        }
        if !push_cp932(replacement, &mut bytes) {
            return Err(EncodeError { character: replacement, offset });
        }
        replaced += 1;
    }
    Ok((bytes, replaced))
}

/// Appends one character; false when CP932 does not have it.
fn push_cp932(character: char, bytes: &mut Vec<u8>) -> bool {
    let mut buffer = [0; 4];
    let twin = match character {
        c if c.is_ascii() => {
            bytes.push(u8::try_from(c).unwrap_or(b'?'));
            return true;
        }
        '\u{301C}' => "\u{FF5E}",
        '\u{2212}' => "\u{FF0D}",
        '\u{2016}' => "\u{2225}",
        '\u{2014}' => "\u{2015}",
        // The WHATWG encoder would write ¥ as a backslash and ‾ as a tilde.
        '\u{A5}' => "\u{FFE5}",
        '\u{203E}' => "\u{FFE3}",
        '㍿' => "株式会社",
        c => c.encode_utf8(&mut buffer),
    };
    // WHATWG writes U+0080 as the byte 80, which other readers refuse.
    if character.is_control() {
        return false;
    }
    let (encoded, _, unmappable) = SHIFT_JIS.encode(twin);
    if !unmappable {
        bytes.extend_from_slice(&encoded);
    }
    !unmappable
}
