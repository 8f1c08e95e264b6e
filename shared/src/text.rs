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
    let letters = upper.nfkc().map(hiragana_to_katakana).filter(|c| !is_mark(*c));
    // What a mark kept apart may now combine: compose once more, so that a key is its own key.
    letters.nfkc().collect()
}

/// Bytes as hexadecimal digits, in lower case.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Hiragana becomes katakana; every other character stays.
pub(crate) fn hiragana_to_katakana(c: char) -> char {
    match c {
        '\u{3041}'..='\u{3096}' | '\u{309D}' | '\u{309E}' => char::from_u32(u32::from(c) + 0x60).unwrap_or(c),
        c => c,
    }
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

/// Whether a spreadsheet could take the text for a formula, guarded with an apostrophe or not: then an export puts
/// one more apostrophe before it and an import takes one away, whatever the text is. Full-width signs begin formulas
/// in Japanese versions, and invisible characters do not keep a sign from being the first.
#[must_use]
pub fn may_be_formula(text: &str) -> bool {
    let unseen = |c: char| c == '\'' || is_unseen(c);
    // An import takes the apostrophe before digits for that of a spreadsheet.
    let digits =
        text.starts_with('\'') && text.trim_start_matches('\'').starts_with(|c: char| c.is_ascii_digit());
    digits
        || text
            .trim_start_matches(unseen)
            .starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
}

/// The first character that may not be entered, because it acts on what people see around it: a control character or a
/// mark of direction, which can make a name read as another one. Text of several `lines` may have line breaks and tabs.
#[must_use]
pub fn not_enterable(text: &str, lines: bool) -> Option<char> {
    text.chars().find(|c| match c {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => !lines,
        '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => true,
        c => c.is_control(),
    })
}

/// A character's number as people look it up: `U+202E`.
#[must_use]
pub fn code_point(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

/// The text without characters that nobody sees and that make two equal codes differ: byte order marks, joiners, marks
/// of direction, soft hyphens, variation selectors (the code points that Unicode ignores by default).
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !has_invisible(text) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter(|c| !is_invisible(*c)).collect())
}

/// Whether the text has such a character.
#[must_use]
pub fn has_invisible(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(is_invisible)
}

fn is_invisible(c: char) -> bool {
    match u32::from(c) {
        // ASCII, and kana and kanji.
        ..0xAD | 0x3165..=0xD7FF => false,
        0xAD | 0x034F | 0x061C | 0x115F | 0x1160 | 0x17B4 | 0x17B5 | 0x180B..=0x180F => true,
        0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0x3164 => true,
        0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB => true,
        0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF => true,
        _ => false,
    }
}

/// Characters of format: marks of direction, joiners, byte order marks.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// The text as a terminal may show it: what moves the cursor, changes colours or turns the direction of the line is
/// written as its number, so that a file's name or a cell cannot draw over what is said about it.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    let acts =
        |c: char| c.is_control() || (is_unseen(c) && c != '\u{AD}') || matches!(c, '\u{2028}' | '\u{2029}');
    if !text.contains(acts) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push('⏎'),
            '\t' => out.push(' '),
            '\r' => {}
            c if acts(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use super::{code_point, may_be_formula, not_enterable, printable, visible};

    #[test]
    fn what_acts_on_the_text_around_it_cannot_be_entered() {
        let acts =
            "\u{0}\u{7}\u{1B}\u{7F}\u{85}\u{9F}\u{61C}\u{200E}\u{200F}\u{202A}\u{202E}\u{2066}\u{2069}";
        for c in acts.chars() {
            let text = format!("赤木{c}電機");
            assert_eq!((not_enterable(&text, false), not_enterable(&text, true)), (Some(c), Some(c)));
        }
        for c in "\n\r\t\u{2028}\u{2029}".chars() {
            let text = format!("赤木{c}電機");
            assert_eq!((not_enterable(&text, false), not_enterable(&text, true)), (Some(c), None));
        }
        for text in ["株式会社 赤木電機", "髙橋(㈱)", "e\u{301}", "👩\u{200D}🏭", "אב"] {
            assert_eq!(not_enterable(text, false), None, "{text}");
        }
        assert_eq!((code_point('\u{7}'), code_point('\u{202E}')), ("U+0007".to_owned(), "U+202E".to_owned()));
    }

    #[test]
    fn what_nobody_sees_is_left_out() {
        for c in "\u{FEFF}\u{AD}\u{34F}\u{200B}\u{200F}\u{202A}\u{202E}\u{2060}\u{FE0F}\u{E0100}".chars() {
            assert_eq!(visible(&format!("{c}S0{c}茶{c}")), "S0茶", "{}", code_point(c));
        }
        for text in ["", "S0003", "株式会社 髙橋", "é ー・", "𠮷🍵", " \u{3000}\u{2028}"] {
            assert_eq!(visible(text), text);
        }
    }

    #[test]
    fn formulas_and_terminal_controls_are_recognised() {
        for text in ["=1", "'=1", "＝1", "\u{200B}=1", "\u{FEFF}＠SUM(A1)", "+81", "\t=1", "'1", "''1"] {
            assert!(may_be_formula(text), "{text}");
        }
        for text in ["", "1+1", "a=1", "ー1", "'a"] {
            assert!(!may_be_formula(text), "{text}");
        }
        assert_eq!(printable("株式会社 青木.csv"), "株式会社 青木.csv");
        assert_eq!(printable("a\u{1B}[31mb\nc\u{202E}"), "a\\u{1b}[31mb⏎c\\u{202e}");
    }
}
