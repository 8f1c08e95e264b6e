//! Exact amounts: decimals with at most four places, stored as scaled integers.

use rust_decimal::{Decimal, RoundingStrategy};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use crate::lang::Lang;
use crate::message;
use crate::message::{Explain, Message};

/// Decimal places that the store keeps.
pub const SCALE: u32 = 4;

/// The largest scaled magnitude: 18 digits, so 14 before the point and 4 after it.
const SCALED_MAX: i64 = 999_999_999_999_999_999;

/// The longest text that is read as an amount, in bytes.
const TEXT_LEN_MAX: usize = 128;

/// Why a text or a decimal is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{}", self.message().text(Lang::En))]
pub enum MoneyError {
    /// Nothing but blanks.
    Empty,
    /// Not a number.
    NotANumber,
    /// More than four decimal places.
    TooPrecise,
    /// More than 18 digits with its four decimal places.
    TooLarge,
}

impl Explain for MoneyError {
    fn message(&self) -> Message {
        match self {
            Self::Empty => message!("金額が空です", "the amount is empty"),
            Self::NotANumber => message!(
                "金額として読み取れません。1,234 や -1234.5 のように数字で入力してください",
                "not an amount; write digits, for example 1,234 or -1234.5",
            ),
            Self::TooPrecise => message!(
                "小数点以下が{SCALE}桁を超えています。元のデータを四捨五入してください",
                "the amount has more than {SCALE} decimal places; round it at the source",
            ),
            Self::TooLarge => {
                message!("整数部が14桁を超えています", "the amount has more than 14 digits before the point",)
            }
        }
    }
}

/// An amount as a whole number of 1/10000, exactly.
///
/// # Errors
/// [`MoneyError::TooPrecise`] and [`MoneyError::TooLarge`]; it never rounds.
pub fn to_scaled(amount: Decimal) -> Result<i64, MoneyError> {
    let amount = amount.normalize();
    if amount.scale() > SCALE {
        return Err(MoneyError::TooPrecise);
    }
    let factor = 10_i128.pow(SCALE - amount.scale());
    let scaled = amount.mantissa().checked_mul(factor).ok_or(MoneyError::TooLarge)?;
    match i64::try_from(scaled) {
        Ok(scaled) if scaled.abs() <= SCALED_MAX => Ok(scaled),
        _ => Err(MoneyError::TooLarge),
    }
}

/// The amount that a scaled integer stands for, without trailing zeros.
#[must_use]
pub fn from_scaled(scaled: i64) -> Decimal {
    Decimal::new(scaled, SCALE).normalize()
}

/// Reads an amount as Japanese business files write it: `¥1,234`, `1,234円`, `１２３４`,
/// negatives as `-`, `▲`, `△`, `( )` or a trailing minus. The dash that closes a price (`¥1,000-`, `1,000円-`) is
/// no minus.
///
/// # Errors
/// [`MoneyError`]; a text that holds anything else is refused, not guessed.
pub fn parse_amount(text: &str) -> Result<Decimal, MoneyError> {
    if text.len() > TEXT_LEN_MAX {
        return Err(MoneyError::NotANumber);
    }
    // Most cells are plain digits: twenty million of them should not be folded one by one.
    if let Some(amount) = plain_integer(text) {
        return Ok(amount);
    }
    let folded: String = text.nfkc().map(fold_sign).collect();
    if folded.trim().is_empty() {
        return Err(MoneyError::Empty);
    }
    let folded = without_blanks(folded.trim()).ok_or(MoneyError::NotANumber)?;
    let (negative, digits) = split_sign(&folded).ok_or(MoneyError::NotANumber)?;
    let plain = ungroup(digits).ok_or(MoneyError::NotANumber)?;
    let amount = Decimal::from_str_exact(&plain).map_err(|_| MoneyError::TooLarge)?.normalize();
    let amount = if negative && !amount.is_zero() { -amount } else { amount };
    to_scaled(amount).map(|_| amount)
}

/// Between two groups of digits where a text had a blank.
const GROUP: char = ' ';

/// The text without its blanks. They may stand beside a sign (`¥ 300`, `300 円`), or one between two digits, where it
/// stays as [`GROUP`]. `None` when they stand elsewhere, and for a text of several lines: that is several numbers.
fn without_blanks(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(char::is_whitespace) {
        plain.push_str(&rest[..at]);
        let behind = rest[at..].trim_start();
        let gap = &rest[at..rest.len() - behind.len()];
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
        let parted = plain.ends_with(is_part) && behind.starts_with(is_part);
        if gap.contains(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']) || parted && gap.chars().count() > 1 {
            return None;
        }
        plain.extend(parted.then_some(GROUP));
        rest = behind;
    }
    plain.push_str(rest);
    Some(plain)
}

/// An amount of at most fourteen ASCII digits with an optional `-`, and nothing else.
fn plain_integer(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = (1..=14).contains(&digits.len()) && digits.bytes().all(|c| c.is_ascii_digit());
    let value: i64 = if plain { text.parse().ok()? } else { return None };
    Some(Decimal::from(value))
}

/// Every minus that occurs becomes `-`, every triangle `▲`. NFKC has already folded the full-width ones.
fn fold_sign(c: char) -> char {
    match c {
        '△' => '▲',
        '\u{2212}' | '\u{2010}' | '\u{2012}' | '\u{2013}' | '\u{2014}' | '\u{2015}' => '-',
        // U+FFE5 folds to U+00A5; CP932 files show the yen sign as a backslash.
        '\\' => '¥',
        c => c,
    }
}

/// Takes the signs and currency marks off both ends. `None` when there are two signs.
fn split_sign(text: &str) -> Option<(bool, &str)> {
    let mut rest = text;
    let mut minus = 0_u8;
    if let Some(inner) = rest.strip_prefix('(').and_then(|r| r.strip_suffix(')')) {
        minus += 1;
        rest = inner;
    }
    // The sign is before or after the yen mark: -¥300 and ¥-300 both occur.
    let (signs, rest) = rest.split_at(rest.find(|c: char| c.is_ascii_digit() || c == '.')?);
    let mut plus = 0_u8;
    let mut yen = 0_u8;
    for c in signs.chars() {
        match c {
            '-' | '▲' => minus += 1,
            '+' => plus += 1,
            '¥' => yen += 1,
            _ => return None,
        }
    }
    let (rest, last) = match rest.strip_suffix(['-', '▲']) {
        Some(head) => (head, rest[head.len()..].chars().next()),
        None => (rest, None),
    };
    let priced = yen == 1 || rest.ends_with('円');
    // On paper a dash keeps anybody from writing more digits behind a price.
    minus += u8::from(last == Some('▲') || last == Some('-') && !priced);
    let rest = rest.strip_suffix('円').unwrap_or(rest);
    (minus + plus <= 1 && yen <= 1).then_some((minus == 1, rest))
}

/// Removes grouping commas or blanks. They must be between digits of the whole part, in groups of
/// three: `12,34` is more likely a decimal comma or a typing error than 1234, and `50000 30000` is two numbers.
fn ungroup(text: &str) -> Option<String> {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let digits = |s: &str| s.bytes().all(|c| c.is_ascii_digit());
    let mut groups = whole.split(if whole.contains(GROUP) { GROUP } else { ',' });
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let grouped = rest.is_empty() || (1..=3).contains(&first.len());
    if !grouped || !digits(first) || !rest.iter().all(|g| g.len() == 3 && digits(g)) {
        return None;
    }
    let mut plain = first.to_owned();
    plain.extend(rest);
    match fraction {
        None if plain.is_empty() => None,
        None => Some(plain),
        Some(f) if f.is_empty() || !digits(f) => None,
        Some(f) => {
            let whole = if plain.is_empty() { "0" } else { plain.as_str() };
            Some(format!("{whole}.{f}"))
        }
    }
}

/// An amount as people read it: whole yen, grouped, half away from zero. `¥1,234,000`, `-¥300`.
#[must_use]
pub fn yen(amount: Decimal) -> String {
    let whole = amount.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    let sign = if whole.is_sign_negative() && !whole.is_zero() { "-" } else { "" };
    let digits = whole.abs().normalize().to_string();
    let mut grouped = String::with_capacity(digits.len() * 4 / 3 + 4);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(c);
    }
    format!("{sign}¥{grouped}")
}
