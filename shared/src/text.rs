//! Text as keys: what two spellings of the same thing have in common.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// A key for searching and comparing: NFKC, upper case, hiragana as katakana, without blanks
/// and marks. Half-width kana, full-width letters and `（株）` all meet their plain form.
#[must_use]
pub fn search_key(text: &str) -> String {
    if text.bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()) {
        return text.to_owned();
    }
    // Upper case can bring back what NFKC folds (ŉ → ʼN), so that it is folded again after it.
    let upper: String = text.nfkc().flat_map(char::to_uppercase).collect();
    let letters = upper.nfkc().map(crate::kana::hiragana_to_katakana).filter(|c| !is_mark(*c));
    // What a mark kept apart may now combine: compose once more, so that a key is its own key.
    letters.nfkc().collect()
}

/// Blanks, hyphens, dots, brackets and other punctuation that a key leaves out. The long vowel
/// mark ー is a letter and stays.
pub(crate) fn is_mark(c: char) -> bool {
    match c {
        c if c.is_ascii() => !c.is_ascii_alphanumeric(),
        '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205E}' | '\u{2212}' | '\u{2500}'..='\u{25FF}' => true,
        '\u{3001}'..='\u{3004}' | '\u{3008}'..='\u{3020}' | '\u{3030}' | '\u{30FB}' => true,
        // What NFKC leaves of standing dakuten: a blank and a combining mark.
        '\u{3099}' | '\u{309A}' => true,
        c => {
            c.is_whitespace()
                || c.is_control()
                || matches!(c, '\u{200B}'..='\u{200F}' | '\u{FEFF}' | '\u{AD}')
        }
    }
}

/// The text without control characters; tab and line feed stay, CR LF becomes a line feed.
///
/// Old exports end in NUL or Ctrl-Z, and a control character in a name breaks every later file.
#[must_use]
pub fn strip_ctrl(text: &str) -> Cow<'_, str> {
    let unwanted = |c: char| (c.is_control() && !matches!(c, '\t' | '\n')) || c == '\u{FEFF}';
    if text.contains(unwanted) {
        let unix = text.replace("\r\n", "\n").replace('\r', "\n");
        Cow::Owned(unix.chars().filter(|c| !unwanted(*c)).collect())
    } else {
        Cow::Borrowed(text)
    }
}
