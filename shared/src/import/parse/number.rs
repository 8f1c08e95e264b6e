//! Amounts and whole numbers.

use unicode_normalization::UnicodeNormalization;

use super::cell_text::unquoted;
use crate::import::report::fault::{CellFault, shown};
use crate::message;
use crate::money::{MoneyError, parse_amount, to_scaled};

/// Scaled integer of 1.
const ONE: i64 = 10_000;

/// An amount in 1/10000.
pub(crate) fn scaled_amount(text: &str) -> Result<i64, CellFault> {
    if let Some(scaled) = plain_decimal(text.as_bytes()) {
        return Ok(scaled);
    }
    if has_folded_digits(text) {
        return Err(fault(text, MoneyError::NotANumber));
    }
    parse_amount(unquoted(text)).and_then(to_scaled).map_err(|error| fault(text, error))
}

/// A whole number.
pub(super) fn integer(text: &str) -> Result<i64, CellFault> {
    let scaled = scaled_amount(text)?;
    if scaled % ONE == 0 {
        return Ok(scaled / ONE);
    }
    let message = message!(
        "「{text}」は整数ではありません。小数点以下のない数値を入力してください(例: 12)",
        "{text} is not a whole number; write it without decimal places, for example 12",
        text = shown(text),
    );
    Err(CellFault::new("not_an_integer", message))
}

/// The product of two numbers in 1/10000, rounded to 1/10000, half away from zero.
pub(crate) fn scaled_product(one: i64, other: i64) -> i128 {
    let product = i128::from(one) * i128::from(other);
    let half = i128::from(ONE) / 2 * product.signum();
    (product + half) / i128::from(ONE)
}

/// Characters such as `5²`, `①` and `½`, which are not digits but fold to digits.
pub(super) fn has_folded_digits(text: &str) -> bool {
    let folds = |c: char| {
        !c.is_ascii() && !('０'..='９').contains(&c) && c.nfkc().any(|folded| folded.is_ascii_digit())
    };
    text.chars().any(folds)
}

fn fault(text: &str, error: MoneyError) -> CellFault {
    let text = shown(text);
    let (code, message) = match error {
        MoneyError::TooPrecise => (
            "decimal_places",
            message!(
                "「{text}」は小数点以下が4桁を超えています。4桁以内に丸めてください",
                "{text} has more than 4 decimal places; round it",
                text = text,
            ),
        ),
        MoneyError::TooLarge => (
            "out_of_range",
            message!(
                "「{text}」は整数部が14桁を超えています。金額を確認してください",
                "{text} has more than 14 digits before the point; check the amount",
                text = text,
            ),
        ),
        MoneyError::Empty | MoneyError::NotANumber => (
            "not_a_number",
            message!(
                "「{text}」は数値ではありません。数字で入力してください(例: 1,234、-1234.5)",
                "{text} is not a number; write digits, for example 1,234 or -1234.5",
                text = text,
            ),
        ),
    };
    CellFault::new(code, message)
}

/// Digits with an optional minus and at most four decimal places, which most cells are.
fn plain_decimal(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    let (whole, fraction) = match digits.iter().position(|byte| *byte == b'.') {
        Some(at) => (&digits[..at], &digits[at + 1..]),
        None => (digits, &[][..]),
    };
    let dotted = whole.len() < digits.len();
    if whole.is_empty() || whole.len() > 14 || fraction.len() > 4 || (dotted && fraction.is_empty()) {
        return None;
    }
    let mut scaled = 0_i64;
    for byte in whole.iter().chain(fraction) {
        if !byte.is_ascii_digit() {
            return None;
        }
        scaled = scaled * 10 + i64::from(byte - b'0');
    }
    for _ in fraction.len()..4 {
        scaled *= 10;
    }
    Some(if negative { -scaled } else { scaled })
}

/// A number in 1/10000 as text, also beyond what a column holds: it is refused there.
pub(super) fn decimal(scaled: i128) -> String {
    let (sign, scaled) = (if scaled < 0 { "-" } else { "" }, scaled.unsigned_abs());
    let text = format!("{sign}{}.{:04}", scaled / 10_000, scaled % 10_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
