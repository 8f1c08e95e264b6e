//! From a written text to a run of digits: separators, notes, URIs and extensions.

use super::{NUMBER_TEXT_LEN_MAX, PhoneError};

/// More digits than the longest written form has: prefix, country code, number.
const DIGITS_MAX: usize = 24;

/// The longest extension, in digits.
const EXTENSION_DIGITS_MAX: usize = 8;

/// Words next to a number that do not affect its digits.
const LABEL_WORDS: &[&str] = &[
    "tel",
    "telephone",
    "phone",
    "fax",
    "mobile",
    "cell",
    "home",
    "office",
    "work",
    "main",
    "direct",
    "number",
    "no",
    "m",
    "t",
    "f",
    "h",
    "o",
];

/// The digits of one number as written, before the numbering plan has a say.
pub(super) struct Scanned {
    /// A `+` stood before the first digit.
    pub(super) plus: bool,
    /// 内線123, ext. 123.
    pub(super) extension: Option<Box<str>>,
    buffer: [u8; DIGITS_MAX],
    len: usize,
}

impl Scanned {
    pub(super) fn digits(&self) -> &str {
        // The buffer holds ASCII digits only.
        std::str::from_utf8(&self.buffer[..self.len]).unwrap_or_default()
    }

    fn push(&mut self, digit: char) -> Result<(), PhoneError> {
        let slot = self.buffer.get_mut(self.len).ok_or(PhoneError::TooLong)?;
        *slot = u8::try_from(digit).map_err(|_| PhoneError::NotANumber)?;
        self.len += 1;
        Ok(())
    }
}

/// What one character means inside a number.
enum Mark {
    Digit(char),
    Plus,
    /// Hyphens, blanks, brackets, dots: no meaning.
    Separator,
    /// `/`, `、`, line break: another number may follow.
    Several,
    /// `#`, 内: an extension may follow.
    Extension,
    /// An ASCII letter.
    Letter,
    /// Kanji, kana and the like: a note for people.
    Note,
    /// No written form of a number has it.
    Foreign,
}

/// Full-width ASCII becomes ASCII; letters become lower case.
fn fold(c: char) -> char {
    let folded = match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        c => c,
    };
    folded.to_ascii_lowercase()
}

fn mark(c: char) -> Mark {
    match fold(c) {
        d @ '0'..='9' => Mark::Digit(d),
        '+' => Mark::Plus,
        '/' | ',' | ';' | '|' | '&' | '~' | '\n' | '\r' => Mark::Several,
        '\u{301C}' | '、' | '､' | '・' | '･' | '，' => Mark::Several,
        '#' | '内' => Mark::Extension,
        '-' | '.' | '(' | ')' | '[' | ']' | ':' | '\'' | '"' | '=' | '_' => Mark::Separator,
        // Every dash that is used as a hyphen, the long vowel mark and box lines included.
        '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{2500}' | '\u{2501}' => Mark::Separator,
        '\u{30FC}' | '\u{FF70}' | '\u{FE63}' | '\u{FE58}' | '·' | '‥' => Mark::Separator,
        // Invisible marks that copying from a spreadsheet or a telephone brings along.
        '\u{AD}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2069}'
        | '\u{FEFF}' => Mark::Separator,
        c if c.is_whitespace() => Mark::Separator,
        'a'..='z' => Mark::Letter,
        c if c.is_ascii() || c.is_control() => Mark::Foreign,
        _ => Mark::Note,
    }
}

/// Whether this character may stand between two numbers.
pub(super) fn is_divider(c: char) -> bool {
    matches!(mark(c), Mark::Several)
}

/// Whether the text has a digit.
pub(super) fn has_digit(text: &str) -> bool {
    text.chars().any(|c| matches!(mark(c), Mark::Digit(_)))
}

/// Reads the digits of one number. With `joining`, what may stand between two numbers stands between groups of digits.
pub(super) fn scan(raw: &str, joining: bool) -> Result<Scanned, PhoneError> {
    if raw.len() > NUMBER_TEXT_LEN_MAX {
        return Err(PhoneError::TooLong);
    }
    let (text, uri_extension) = strip_uri(raw);
    let mut out = Scanned { plus: false, extension: uri_extension, buffer: [0; DIGITS_MAX], len: 0 };
    let mut rest = text;
    // A `+` may be percent-encoded in a SIP user part.
    if let Some(tail) = rest.get(..3).filter(|h| h.eq_ignore_ascii_case("%2b")).and_then(|_| rest.get(3..)) {
        out.plus = true;
        rest = tail;
    }
    // Something other than a separator came after the last digit: a digit now is an error.
    let mut closed: Option<PhoneError> = None;
    let mut hash = false;
    while let Some(c) = rest.chars().next() {
        let tail = &rest[c.len_utf8()..];
        match mark(c) {
            Mark::Digit(d) => match closed {
                Some(error) => return Err(error),
                None => out.push(d)?,
            },
            Mark::Plus if out.len == 0 && !out.plus => out.plus = true,
            Mark::Plus => closed = Some(PhoneError::Several),
            Mark::Separator => {}
            Mark::Several if out.len > 0 && !joining => closed = closed.or(Some(PhoneError::Several)),
            Mark::Several => {}
            Mark::Extension if out.len > 0 => {
                out.extension = extension(tail)?.or(out.extension);
                break;
            }
            Mark::Extension => hash |= fold(c) == '#',
            Mark::Letter => {
                let end = rest.find(|c| !matches!(mark(c), Mark::Letter)).unwrap_or(rest.len());
                let word: String = rest[..end].chars().map(fold).collect();
                if out.len > 0 && matches!(word.as_str(), "ext" | "extension" | "x") {
                    out.extension = extension(&rest[end..])?.or(out.extension);
                    break;
                }
                if !LABEL_WORDS.contains(&word.as_str()) {
                    return Err(PhoneError::NotANumber);
                }
                close_note(&out, &mut closed);
                rest = &rest[end..];
                continue;
            }
            Mark::Note => close_note(&out, &mut closed),
            Mark::Foreign => return Err(PhoneError::NotANumber),
        }
        rest = tail;
    }
    match out.len {
        0 if text.chars().any(|c| matches!(mark(c), Mark::Note | Mark::Letter | Mark::Extension)) => {
            Err(PhoneError::NotANumber)
        }
        0 => Err(PhoneError::Empty),
        // #7119, #9110, #8000: short service codes.
        3 | 4 if hash => Err(PhoneError::Special),
        _ => Ok(out),
    }
}

/// A note ends the number; more digits after it belong to something else.
fn close_note(out: &Scanned, closed: &mut Option<PhoneError>) {
    if out.len > 0 {
        closed.get_or_insert(PhoneError::NotANumber);
    }
}

/// The digits after 内線, ext., #. `None` when there are none: 「#」 or 「(内)」 alone is a note.
fn extension(text: &str) -> Result<Option<Box<str>>, PhoneError> {
    let mut digits = String::new();
    for c in text.chars() {
        match mark(c) {
            Mark::Digit(d) => digits.push(d),
            Mark::Separator | Mark::Extension | Mark::Letter | Mark::Note if digits.is_empty() => {}
            Mark::Separator if matches!(fold(c), '-' | ' ' | '.') => {}
            _ => break,
        }
    }
    match digits.len() {
        0 => Ok(None),
        n if n > EXTENSION_DIGITS_MAX => Err(PhoneError::TooLong),
        _ => Ok(Some(digits.into_boxed_str())),
    }
}

/// Takes `tel:` (RFC 3966), `sip:` (RFC 3261) and `"name" <…>` apart. The second value is the
/// `ext` parameter of a tel URI.
fn strip_uri(raw: &str) -> (&str, Option<Box<str>>) {
    let text = match (raw.find('<'), raw.rfind('>')) {
        (Some(open), Some(close)) if open < close => &raw[open + 1..close],
        _ => raw,
    };
    let text = text.trim();
    let scheme = ["tel:", "sips:", "sip:"].iter().find_map(|s| {
        text.get(..s.len()).filter(|head| head.eq_ignore_ascii_case(s)).map(|_| &text[s.len()..])
    });
    // `TEL:03-1234-5678;…` as a label is read the same way: what follows `;` is a parameter.
    let (user, parameters) = match scheme {
        Some(uri) => {
            let (body, parameters) = uri.split_once(';').unwrap_or((uri, ""));
            (body.split_once('@').map_or(body, |(user, _)| user), parameters)
        }
        None => cut_parameters(text.split_once('@').map_or(text, |(user, _)| user)),
    };
    let ext = parameters
        .split(';')
        .find_map(|p| p.strip_prefix("ext="))
        .and_then(|digits| extension(digits).ok().flatten());
    (user, ext)
}

/// A number without a scheme and the parameters behind it: `+81312345678;verstat=No-TN-Validation`, `…;npdi;rn=…`.
/// `…; 090-1234-5678` and `…;fax=…` are no parameters: another number follows.
fn cut_parameters(text: &str) -> (&str, &str) {
    match text.split_once(';') {
        Some((number, parameters)) if parameters.split(';').all(is_parameter) => (number, parameters),
        _ => (text, ""),
    }
}

/// `name` or `name=value` (RFC 3966), or nothing.
fn is_parameter(text: &str) -> bool {
    let name = text.split_once('=').map_or(text, |(name, _)| name).trim();
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    name.is_empty() && !text.contains('=')
        || is_name && !LABEL_WORDS.iter().any(|word| word.eq_ignore_ascii_case(name))
}
