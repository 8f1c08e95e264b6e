//! Signs such as `/` and `、`, which divide two numbers or the groups of one.

use super::{PhoneError, PhoneKind, PhoneNumber, plan, scan};

/// Signs that divide numbers rather than groups of digits, the clearest first.
const DIVIDERS: [fn(char) -> bool; 3] = [
    |c| matches!(c, '\n' | '\r'),
    |c| matches!(c, '、' | '､' | ';' | '；' | '|' | '｜' | '&' | '＆'),
    |c| matches!(c, ',' | '，'),
];

/// Reads one number. `045/200/0001` is one: no part is a number by itself, and the digits together are.
pub(super) fn number(raw: &str) -> Result<PhoneNumber, PhoneError> {
    match undivided(raw) {
        Err(PhoneError::Several) => joined(raw).ok_or(PhoneError::Several),
        read => read,
    }
}

/// Splits a cell into the parts that may be numbers. Parts without a digit are dropped.
pub(super) fn split(raw: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    divide(raw, &mut parts);
    parts
}

fn divide<'t>(raw: &'t str, parts: &mut Vec<&'t str>) {
    if is_number(raw) {
        return parts.push(raw);
    }
    for divider in DIVIDERS {
        let pieces: Vec<&str> = raw.split(divider).filter(|piece| scan::has_digit(piece)).collect();
        if pieces.len() > 1 && pieces.iter().any(|piece| is_number(piece)) {
            return pieces.into_iter().for_each(|piece| divide(piece, parts));
        }
    }
    if let Some(words) = numbers_between_blanks(raw) {
        return parts.extend(words);
    }
    for part in raw.split(scan::is_divider).filter(|part| scan::has_digit(part)) {
        match numbers_between_blanks(part) {
            Some(words) => parts.extend(words),
            None => parts.push(part),
        }
    }
}

/// The words with digits, if there are several and each is a number.
fn numbers_between_blanks(raw: &str) -> Option<Vec<&str>> {
    let words: Vec<&str> = raw.split_whitespace().filter(|word| scan::has_digit(word)).collect();
    (words.len() > 1 && words.iter().all(|word| is_number(word))).then_some(words)
}

fn is_number(raw: &str) -> bool {
    number(raw).is_ok()
}

fn undivided(raw: &str) -> Result<PhoneNumber, PhoneError> {
    let scanned = scan::scan(raw, false)?;
    let (e164, kind) = plan::classify(scanned.plus, scanned.digits())?;
    Ok(PhoneNumber { e164, kind, extension: scanned.extension })
}

/// The digits on both sides of the signs as one number. Digits without any mark that would be a foreign number may as
/// well be a date or a list: they are no number.
fn joined(raw: &str) -> Option<PhoneNumber> {
    if raw.split(scan::is_divider).any(|part| undivided(part).is_ok()) {
        return None;
    }
    let scanned = scan::scan(raw, true).ok()?;
    let (e164, kind) = plan::classify(scanned.plus, scanned.digits()).ok()?;
    let is_certain = scanned.plus || scanned.digits().starts_with('0') || kind != PhoneKind::International;
    is_certain.then_some(PhoneNumber { e164, kind, extension: scanned.extension })
}
