//! The order of the fifty sounds (五十音順).

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::decompose_canonical;

use crate::text::hiragana_to_katakana;

/// A key whose byte order is the order of the fifty sounds.
///
/// First pass: large letters without ゛゜, ー as the vowel it lengthens, without blanks, marks
/// and the words for a legal form. Ties are broken by size and voice (清音 < 濁音 < 半濁音), then
/// by the text itself. A blank reading gives an empty key, which the caller puts last.
#[must_use]
pub fn kana_sort_key(text: &str) -> String {
    let folded: String = text.nfkc().map(hiragana_to_katakana).flat_map(char::to_uppercase).collect();
    let name = crate::company::strip_legal_reading(folded.trim());
    let mut first = String::with_capacity(name.len());
    let mut ties = String::with_capacity(name.len());
    let mut previous = None;
    for c in name.chars().filter(|c| !crate::text::is_mark(*c)) {
        let (base, tie) = sound(c, previous);
        first.push(base);
        ties.push(tie);
        previous = Some(base);
    }
    let raw = text.trim();
    if first.is_empty() {
        return String::new();
    }
    // U+0001 sorts before every letter, so that a name comes before its own extensions.
    format!("{first}\u{1}{ties}\u{1}{raw}")
}

/// The large, voiceless letter of a sound, and a digit that orders its variants.
fn sound(c: char, previous: Option<char>) -> (char, char) {
    match c {
        'ー' => (previous.and_then(vowel).unwrap_or('ー'), '0'),
        'ヽ' => (previous.unwrap_or('ヽ'), '1'),
        'ヾ' => (previous.unwrap_or('ヾ'), '3'),
        c => {
            let (base, voice) = unvoiced(c);
            match large(base) {
                // Small before large, 清音 before 濁音 before 半濁音.
                Some(large) => (large, ['1', '3', '5'][voice]),
                None => (base, ['2', '4', '6'][voice]),
            }
        }
    }
}

/// Takes ゛ (1) or ゜ (2) off a katakana letter.
fn unvoiced(c: char) -> (char, usize) {
    if !('\u{30A0}'..='\u{30FF}').contains(&c) {
        return (c, 0);
    }
    let mut base = c;
    let mut voice = 0;
    decompose_canonical(c, |part| match part {
        '\u{3099}' => voice = 1,
        '\u{309A}' => voice = 2,
        part => base = part,
    });
    (base, voice)
}

/// The large form of a small letter.
fn large(c: char) -> Option<char> {
    let at = "ァィゥェォッャュョヮヵヶ".chars().position(|small| small == c)?;
    "アイウエオツヤユヨワカケ".chars().nth(at)
}

/// The vowel that ー lengthens after a large, voiceless letter.
fn vowel(c: char) -> Option<char> {
    [
        "アカサタナハマヤラワ",
        "イキシチニヒミリヰ",
        "ウクスツヌフムユル",
        "エケセテネヘメレヱ",
        "オコソトノホモヨロヲ",
    ]
    .iter()
    .find(|row| row.contains(c))
    .and_then(|row| row.chars().next())
}
