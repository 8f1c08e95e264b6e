//! One cell: text as written, to the value that is stored.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc};
use unicode_normalization::UnicodeNormalization;

use super::book::{DATE_MARK, SERIAL_1904_MARK};
use crate::clock::japan_instant;
use crate::dataset::{Choices, Column, ColumnKind};
use crate::era::{parse_date, parse_excel_serial};
use crate::money::{MoneyError, parse_amount, to_scaled};
use crate::store::Value;
use crate::text::may_be_formula;
use crate::text::search_key;

/// The longest code, in characters.
pub const CODE_CHARS_MAX: usize = 64;

/// The longest text of one cell, in characters: what a spreadsheet's cell can hold.
pub const TEXT_CHARS_MAX: usize = 32_767;

/// Days between the first of 1900's calendar and that of 1904's.
const DAYS_1904: u32 = 1_462;

/// Scaled integer of 1.
const ONE: i64 = 10_000;

/// Why a cell is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CellFault {
    pub(super) code: &'static str,
    pub(super) message: String,
}

/// Checks a cell and writes its value into `place`, whose memory is used again.
pub(super) fn convert(column: &Column, cell: &str, place: &mut Option<Value>) -> Result<(), CellFault> {
    let text = cell.trim();
    if text.is_empty() {
        if column.required {
            return Err(fault(
                "required",
                format!("{} ({}) is empty; every row needs it", column.name, column.label_ja),
            ));
        }
        match column.empty_value() {
            Value::Text(default) => put(place, &default),
            other => *place = Some(other),
        }
        return Ok(());
    }
    match column.kind {
        ColumnKind::Code if cell.ends_with(DATE_MARK) => Err(taken_for_a_day()),
        ColumnKind::Code => code(text, place),
        ColumnKind::Text | ColumnKind::Phone => self::text(unguard(text), place),
        ColumnKind::Date | ColumnKind::Instant if cell.ends_with(SERIAL_1904_MARK) => {
            convert(column, &since_1900(text), place)
        }
        // A cell of a workbook that holds a day and a time is that day.
        ColumnKind::Date if cell.ends_with(DATE_MARK) => date(text.get(..10).unwrap_or(text), place),
        ColumnKind::Date => date(unquoted(text), place),
        ColumnKind::Instant => instant(unquoted(text), place),
        ColumnKind::Decimal => {
            amount(without_percent(column, text)).map(|scaled| *place = Some(Value::Integer(scaled)))
        }
        ColumnKind::Integer => {
            integer(without_percent(column, text)).map(|number| *place = Some(Value::Integer(number)))
        }
        ColumnKind::Flag => flag(text).map(|yes| *place = Some(Value::Integer(i64::from(yes)))),
        ColumnKind::Choice(choices) => match choose(text, choices) {
            Some(identifier) => {
                put(place, identifier);
                Ok(())
            }
            None => Err(unknown_choice(choices)),
        },
        ColumnKind::OpenChoice(choices) => match choose(text, choices) {
            Some(identifier) => {
                put(place, identifier);
                Ok(())
            }
            None => self::text(unguard(text), place),
        },
    }
}

/// A rate is in per cent, with or without the sign: `8%`. Elsewhere the sign is refused: 10 % of what?
fn without_percent<'t>(column: &Column, text: &'t str) -> &'t str {
    let rate = column.name.ends_with("_rate") || column.name == "probability";
    text.strip_suffix(['%', '％']).filter(|_| rate).unwrap_or(text)
}

/// The product of two numbers in 1/10000, rounded to 1/10000, half away from zero.
pub(crate) fn scaled_product(one: i64, other: i64) -> i128 {
    let product = i128::from(one) * i128::from(other);
    let half = i128::from(ONE) / 2 * product.signum();
    (product + half) / i128::from(ONE)
}

/// An amount in 1/10000, when the cell is one: for the control sums of rows that are refused.
pub(crate) fn amount(text: &str) -> Result<i64, CellFault> {
    if let Some(scaled) = plain_decimal(text.as_bytes()) {
        return Ok(scaled);
    }
    if has_small_digits(text) {
        return Err(fault("not_a_number", MoneyError::NotANumber.to_string()));
    }
    parse_amount(unquoted(text)).and_then(to_scaled).map_err(|error| {
        let code = match error {
            MoneyError::TooPrecise => "decimal_places",
            MoneyError::TooLarge => "out_of_range",
            MoneyError::Empty | MoneyError::NotANumber => "not_a_number",
        };
        fault(code, error.to_string())
    })
}

/// Digits that are no part of a number, and that become plain ones when letters are folded: `5²`, `①`, `½`.
fn has_small_digits(text: &str) -> bool {
    let small = |c: char| {
        !c.is_ascii() && !('０'..='９').contains(&c) && c.nfkc().any(|folded| folded.is_ascii_digit())
    };
    text.chars().any(small)
}

/// What Excel keeps from being a number in a text file: `="00001"` is 00001.
fn unquoted(text: &str) -> &str {
    let inner = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    inner.map_or(text, str::trim)
}

fn taken_for_a_day() -> CellFault {
    let message = "the spreadsheet took the code for a day, and what it was is lost; format the column as text and \
                   enter the code again";
    fault("damaged_code", message.to_owned())
}

/// A serial that is counted from 1904 as one that is counted from 1900; what is none stays and is refused.
fn since_1900(text: &str) -> String {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let point = if fraction.is_empty() { "" } else { "." };
    whole.parse::<u32>().map_or(text.to_owned(), |whole| format!("{}{point}{fraction}", whole + DAYS_1904))
}

fn fault(code: &'static str, message: String) -> CellFault {
    CellFault { code, message }
}

/// Puts text into a place without a new allocation where there is one.
fn put(place: &mut Option<Value>, text: &str) {
    if let Some(Value::Text(kept)) = place {
        kept.clear();
        kept.push_str(text);
    } else {
        *place = Some(Value::Text(text.to_owned()));
    }
}

/// Undoes what an export does to text that a spreadsheet would take for a formula.
fn unguard(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if may_be_formula(rest) => rest,
        _ => text,
    }
}

fn code(text: &str, place: &mut Option<Value>) -> Result<(), CellFault> {
    let guarded = unguard(text);
    let text = if guarded == text { unquoted(text) } else { guarded };
    if text.is_ascii() {
        check_code(text)?;
        put(place, text);
        return Ok(());
    }
    let narrow: String = text.nfkc().collect();
    let narrow = narrow.trim();
    check_code(narrow)?;
    put(place, narrow);
    Ok(())
}

/// What a spreadsheet makes of a long number: `1.23E+5`. The digits that it left out are lost.
fn is_rounded(code: &str) -> bool {
    let Some((number, power)) = code.split_once("E+").or_else(|| code.split_once("e+")) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, places) = number.split_once('.').unwrap_or((number, "0"));
    digits(power) && digits(places) && digits(whole) && whole.len() == 1
}

fn check_code(code: &str) -> Result<(), CellFault> {
    if is_rounded(code) {
        let message = "a spreadsheet has rounded the code and its digits are lost; export it anew and open the file \
                       with this column as text";
        return Err(fault("damaged_code", message.to_owned()));
    }
    if code.is_empty() {
        return Err(fault("required", "the code is empty".to_owned()));
    }
    if code.len() > CODE_CHARS_MAX && code.chars().count() > CODE_CHARS_MAX {
        return Err(fault("too_long", format!("the code is longer than {CODE_CHARS_MAX} characters")));
    }
    if code.chars().any(char::is_control) {
        return Err(fault(
            "control_character",
            "the code holds a line break or a control character".to_owned(),
        ));
    }
    Ok(())
}

fn text(text: &str, place: &mut Option<Value>) -> Result<(), CellFault> {
    if text.len() > TEXT_CHARS_MAX && text.chars().count() > TEXT_CHARS_MAX {
        return Err(fault("too_long", format!("the text is longer than {TEXT_CHARS_MAX} characters")));
    }
    put(place, text);
    Ok(())
}

fn date(text: &str, place: &mut Option<Value>) -> Result<(), CellFault> {
    if is_iso_date(text.as_bytes()) && text.parse::<NaiveDate>().is_ok() {
        put(place, text);
        return Ok(());
    }
    let date = civil_date(text)?;
    put(place, &date.format("%Y-%m-%d").to_string());
    Ok(())
}

/// `2026-10-31`, which nearly every cell is.
fn is_iso_date(text: &[u8]) -> bool {
    text.len() == 10
        && text
            .iter()
            .enumerate()
            .all(|(at, byte)| if at == 4 || at == 7 { *byte == b'-' } else { byte.is_ascii_digit() })
        && matches!(&text[..2], b"19" | b"20" | b"21")
}

fn civil_date(text: &str) -> Result<NaiveDate, CellFault> {
    if has_small_digits(text) {
        return Err(fault("invalid_date", "the day has digits that are no part of one (¹ ① ½)".to_owned()));
    }
    // Five digits are an Excel serial from 1927 to 2173; no written date has five.
    let whole = text.split('.').next().unwrap_or_default();
    let parsed = if whole.len() == 5 && whole.bytes().all(|byte| byte.is_ascii_digit()) {
        parse_excel_serial(text)
    } else {
        parse_date(text)
    };
    match parsed {
        Ok(date) if is_plausible(date) => Ok(date),
        Ok(_) => {
            let message = "the year lies outside 1868 (明治元年) to 2199; 9999-12-31 stands for no end";
            Err(fault("invalid_date", message.to_owned()))
        }
        Err(error) => Err(fault("invalid_date", error.to_string())),
    }
}

/// No date of a business lies before the eras or after the next century, and a year such as 2925 or 0205 is a slip of
/// the finger; the last day that four digits can write is what many programs have for 「無期限」.
fn is_plausible(date: NaiveDate) -> bool {
    (1868..=2199).contains(&date.year()) || (date.year(), date.ordinal()) == (9999, 365)
}

fn instant(text: &str, place: &mut Option<Value>) -> Result<(), CellFault> {
    let at = match DateTime::parse_from_rfc3339(text) {
        Ok(at) => at.with_timezone(&Utc),
        Err(_) => japan_time(text)?,
    };
    put(place, &at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string());
    Ok(())
}

/// A civil time in Asia/Tokyo, which has had no summer time since 1951: `2026/10/31 9:05`, or midnight of a date.
fn japan_time(text: &str) -> Result<DateTime<Utc>, CellFault> {
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) if time.contains(':') => (date, Some(time.trim())),
        _ => (text, None),
    };
    let date = civil_date(date.trim())?;
    let time = match time {
        None => NaiveTime::MIN,
        Some(time) => ["%H:%M:%S%.f", "%H:%M"]
            .iter()
            .find_map(|form| NaiveTime::parse_from_str(time, form).ok())
            .ok_or_else(|| {
                fault("invalid_time", "not a time of day; write it as 14:05 or 14:05:30".to_owned())
            })?,
    };
    Ok(japan_instant(date.and_time(time)))
}

/// Digits with an optional minus and at most four places: what nearly every cell is.
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

fn integer(text: &str) -> Result<i64, CellFault> {
    let scaled = amount(text)?;
    if scaled % ONE == 0 {
        Ok(scaled / ONE)
    } else {
        Err(fault("not_an_integer", "not a whole number".to_owned()))
    }
}

fn flag(text: &str) -> Result<bool, CellFault> {
    const YES: &[&str] = &["1", "TRUE", "YES", "Y", "ON", "ハイ", "アリ", "有", "対象外", "除外", "スル"];
    const NO: &[&str] = &["0", "FALSE", "NO", "N", "OFF", "イイエ", "ナシ", "無", "対象", "シナイ"];
    match text {
        "○" | "◯" | "〇" | "✓" | "レ" => return Ok(true),
        "×" | "✕" | "-" | "－" => return Ok(false),
        _ => {}
    }
    let key = search_key(text);
    if YES.contains(&key.as_str()) {
        Ok(true)
    } else if NO.contains(&key.as_str()) {
        Ok(false)
    } else {
        Err(fault("not_a_flag", "not yes or no; write 1 or 0".to_owned()))
    }
}

fn choose(text: &str, choices: Choices) -> Option<&'static str> {
    if let Some((identifier, _)) = choices.iter().find(|(identifier, _)| *identifier == text) {
        return Some(identifier);
    }
    let exact = choices.iter().find(|(_, labels)| labels.contains(&text));
    if let Some((identifier, _)) = exact {
        return Some(identifier);
    }
    let key = search_key(text);
    let alike = |label: &&str| search_key(label) == key;
    choices.iter().find(|(id, labels)| alike(id) || labels.iter().any(&alike)).map(|(id, _)| *id)
}

fn unknown_choice(choices: Choices) -> CellFault {
    let known: Vec<String> = choices
        .iter()
        .map(|(identifier, labels)| format!("{identifier} ({})", labels.first().copied().unwrap_or_default()))
        .collect();
    fault("unknown_choice", format!("not one of: {}", known.join(", ")))
}
