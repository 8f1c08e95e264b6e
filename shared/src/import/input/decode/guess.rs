//! Which encoding of East Asia a file has that is not Unicode.
//!
//! Nearly every byte of EUC-JP and of GB18030 is valid in CP932 as well, where it is half-width kana or a rare letter.
//! What the letters are decides: half-width kana have an order (a voiced mark follows a kana that has one), Japanese
//! text has kana, and few letters of the second level.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use encoding_rs::{CoderResult, EUC_JP, GB18030, SHIFT_JIS};

use super::{CHUNK_BYTES, faults};
use crate::encoding::Encoding;
use crate::import::report::fault::Fault;
use crate::message;

/// Malformed sequences of UTF-8 for each pair of surrogates.
pub(super) const PAIR_FAULTS: u64 = 6;

/// One in so many letters of Japanese text may be of the second level, or of half-width kana out of order.
const RARE_SHARE: u64 = 6;

/// An encoding, whether some bytes do not fit it, and the other encoding in which they all do.
pub(super) type Guess = (Encoding, bool, Option<&'static str>);

/// A file that is valid in one of these encodings, or nearly. `worst` is how many sequences are malformed in UTF-8.
pub(super) fn japanese(
    file: &mut File,
    worst: u64,
    read: &mut dyn FnMut(u64),
) -> io::Result<Result<Guess, Fault>> {
    let cp932 = faults(file, SHIFT_JIS, 0, worst, read)?;
    let euc = faults(file, EUC_JP, 0, cp932.malformed.max(1), read)?;
    let mostly_narrow = cp932.narrow.saturating_mul(2) > cp932.letters;
    if cp932.malformed == 0 && euc.malformed > 0 && !mostly_narrow {
        return Ok(Ok((Encoding::Cp932, false, None)));
    }
    let chinese = faults(file, GB18030, 0, 1, read)?.malformed == 0;
    let (narrow, japanese) = (judge(file, SHIFT_JIS)?, judge(file, EUC_JP)?);
    if euc.malformed == 0 {
        let other = || if chinese { Err(refused("GB18030")) } else { Ok((Encoding::EucJp, false, None)) };
        return Ok(match () {
            () if cp932.malformed == 0 && narrow.narrow == 0 => Err(undecided()),
            () if cp932.malformed == 0 && narrow.is_ordered() && narrow.usual > 0 => {
                Ok((Encoding::Cp932, false, Some("EUC-JP")))
            }
            () if cp932.malformed == 0 && narrow.is_ordered() => Err(undecided()),
            () if japanese.is_japanese() => Ok((Encoding::EucJp, false, None)),
            () => other(),
        });
    }
    if chinese && mostly_narrow && !(cp932.malformed == 0 && narrow.is_ordered()) {
        return Ok(Err(refused("GB18030")));
    }
    if euc.malformed.saturating_mul(10) < cp932.malformed && japanese.kana > 0 {
        return Ok(Ok((Encoding::EucJp, true, None)));
    }
    let encoding = if cp932.malformed >= worst { Encoding::Utf8 } else { Encoding::Cp932 };
    Ok(Ok((encoding, cp932.malformed > 0, None)))
}

/// The fault of a file in an encoding that is not read.
pub(super) fn refused(encoding: &str) -> Fault {
    let message = message!(
        "文字コード {encoding} のファイルは読み取れません。UTF-8 で保存し直してください",
        "the file is written in {encoding}, which is not read; save it as UTF-8",
        encoding = encoding,
    );
    Fault::of_file(1, "encoding", message)
}

fn undecided() -> Fault {
    let message = message!(
        "文字コードを判別できません(CP932としてもEUC-JPとしても読めます)。--encoding cp932 か --encoding euc-jp を指定するか、\
         UTF-8 で保存し直してください",
        "the encoding cannot be told: every byte is valid in CP932 and in EUC-JP; choose --encoding cp932 or \
         --encoding euc-jp, or save the file as UTF-8",
    );
    Fault::of_file(1, "ambiguous_encoding", message)
}

/// How many characters are written as two surrogates of three bytes each: CESU-8.
pub(super) fn surrogate_pairs(file: &mut File) -> io::Result<u64> {
    let is_pair =
        |bytes: &&[u8]| matches!(bytes, [0xED, 0xA0..=0xAF, 0x80..=0xBF, 0xED, 0xB0..=0xBF, 0x80..=0xBF]);
    file.seek(SeekFrom::Start(0))?;
    let (mut buffer, mut kept, mut pairs) = (vec![0; CHUNK_BYTES], 0, 0);
    loop {
        let filled = kept + file.read(&mut buffer[kept..])?;
        pairs += buffer[..filled].windows(6).filter(is_pair).count() as u64;
        if filled == kept {
            return Ok(pairs);
        }
        let rest = filled.saturating_sub(5);
        buffer.copy_within(rest..filled, 0);
        kept = filled - rest;
    }
}

/// What the letters of a text are.
#[derive(Debug, Clone, Copy, Default)]
struct Letters {
    kana: u64,
    kanji: u64,
    /// Kanji of the second level, and what Japanese text hardly has.
    rare: u64,
    /// Half-width kana, those of them that are out of order, and marks where they belong.
    narrow: u64,
    odd: u64,
    usual: u64,
}

impl Letters {
    fn is_ordered(&self) -> bool {
        self.odd * RARE_SHARE * 2 <= self.narrow
    }

    fn is_japanese(&self) -> bool {
        self.kana > 0 || self.rare * RARE_SHARE <= self.kanji
    }

    fn add(&mut self, before: char, c: char) {
        match c {
            'ぁ'..='ん' | 'ァ'..='ー' => self.kana += 1,
            '\u{FF61}'..='\u{FF9F}' => {
                self.narrow += 1;
                match (is_usual(before, c), is_mark(c)) {
                    (true, true) => self.usual += 1,
                    (false, _) => self.odd += 1,
                    _ => {}
                }
            }
            '\u{4E00}'..='\u{9FFF}' => {
                self.kanji += 1;
                self.rare += u64::from(is_second_level(c));
                self.odd += u64::from(is_narrow(before));
            }
            _ => {}
        }
    }
}

fn is_narrow(c: char) -> bool {
    ('\u{FF61}'..='\u{FF9F}').contains(&c)
}

/// What only follows certain kana.
fn is_mark(c: char) -> bool {
    matches!(c, 'ﾞ' | 'ﾟ' | 'ｬ' | 'ｭ' | 'ｮ' | 'ｯ' | 'ｰ')
}

/// Whether a half-width kana may follow what is before it.
fn is_usual(before: char, c: char) -> bool {
    match c {
        'ﾞ' => matches!(before, 'ｳ' | 'ｶ'..='ﾄ' | 'ﾊ'..='ﾎ'),
        'ﾟ' => matches!(before, 'ﾊ'..='ﾎ'),
        'ｬ' | 'ｭ' | 'ｮ' => {
            matches!(before, 'ｷ' | 'ｼ' | 'ﾁ' | 'ﾆ' | 'ﾋ' | 'ﾐ' | 'ﾘ' | 'ﾞ' | 'ﾟ' | 'ﾃ' | 'ﾌ')
        }
        'ｧ'..='ｫ' => matches!(before, 'ｱ'..='ﾟ'),
        'ｯ' | 'ｰ' => matches!(before, 'ｱ'..='ﾟ' | 'ｧ'..='ｮ' | 'ｰ'),
        '｡' | '｢' | '｣' | '､' => false,
        // A kanji hardly runs into half-width kana.
        _ => !matches!(before, '\u{4E00}'..='\u{9FFF}'),
    }
}

/// Whether a kanji is in the second level of JIS X 0208, or in none.
fn is_second_level(c: char) -> bool {
    let mut buffer = [0; 4];
    let (bytes, _, unmappable) = EUC_JP.encode(c.encode_utf8(&mut buffer));
    unmappable || bytes.first().is_none_or(|lead| *lead >= 0xD0)
}

/// Looks at the letters of a text that is read in this encoding.
fn judge(file: &mut File, codec: &'static encoding_rs::Encoding) -> io::Result<Letters> {
    file.seek(SeekFrom::Start(0))?;
    let mut decoder = codec.new_decoder_without_bom_handling();
    let (mut input, mut output) = (vec![0; CHUNK_BYTES], vec![0; CHUNK_BYTES]);
    let (mut letters, mut before) = (Letters::default(), ' ');
    loop {
        let filled = file.read(&mut input)?;
        let mut rest = &input[..filled];
        loop {
            let (result, used, written, _) = decoder.decode_to_utf8(rest, &mut output, filled == 0);
            rest = &rest[used..];
            for c in String::from_utf8_lossy(&output[..written]).chars() {
                letters.add(before, c);
                before = c;
            }
            if result == CoderResult::InputEmpty {
                break;
            }
        }
        if filled == 0 {
            return Ok(letters);
        }
    }
}
