//! Zeros that a spreadsheet took from the head of telephone numbers and postal codes.

use super::cell_text::{bare, free_text, put};
use crate::import::report::fault::CellFault;
use crate::phone::PhoneNumber;
use crate::store::Value;

/// Digits of a postal code.
const POSTAL_DIGITS: usize = 7;

/// The fewest digits that a postal code may have left: the lowest is 001-0000.
const POSTAL_DIGITS_MIN: usize = 5;

/// A telephone number as written; true when it got the 0 back that it lacked.
pub(super) fn phone(text: &str, place: &mut Option<Value>) -> Result<bool, CellFault> {
    let text = bare(text);
    let lacks_zero = is_number(text, 9..=10) && PhoneNumber::parse(text).is_err();
    if lacks_zero {
        let whole = format!("0{text}");
        if PhoneNumber::parse(&whole).is_ok() {
            put(place, &whole);
            return Ok(true);
        }
    }
    free_text(text, place).map(|()| false)
}

/// A postal code as written; true when it got the zeros back that it lacked.
pub(super) fn postal_code(text: &str, place: &mut Option<Value>) -> Result<bool, CellFault> {
    let text = bare(text);
    if is_number(text, POSTAL_DIGITS_MIN..=POSTAL_DIGITS - 1) {
        put(place, &format!("{text:0>POSTAL_DIGITS$}"));
        return Ok(true);
    }
    free_text(text, place).map(|()| false)
}

/// Whether a spreadsheet may have written this for a number: digits only, the first of which is not 0.
fn is_number(text: &str, digits: std::ops::RangeInclusive<usize>) -> bool {
    digits.contains(&text.len()) && !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit())
}
