//! Codes: customer codes, slip numbers and other identifiers.

use unicode_normalization::UnicodeNormalization;

use super::cell_text::{CODE_CHARS_MAX, bare, put, too_long};
use super::words::is_null_word;
use crate::import::input::DATE_MARK;
use crate::import::report::fault::{CellFault, shown};
use crate::message;
use crate::store::Value;

/// A code in its stored form: narrow, without blanks around it.
pub(super) fn code(text: &str, place: &mut Option<Value>) -> Result<(), CellFault> {
    let text = bare(text);
    if text.is_ascii() {
        check(text)?;
        put(place, text);
        return Ok(());
    }
    let narrow: String = text.nfkc().collect();
    let narrow = narrow.trim();
    check(narrow)?;
    put(place, narrow);
    Ok(())
}

/// Refuses a code that a spreadsheet has turned into a date.
pub(super) fn check_not_a_date(cell: &str) -> Result<(), CellFault> {
    if !cell.ends_with(DATE_MARK) {
        return Ok(());
    }
    Err(became_a_date(cell))
}

fn became_a_date(cell: &str) -> CellFault {
    let message = message!(
        "「{code}」は表計算ソフトがコードを日付に変えたもので、元のコードが失われています。列の書式を「文字列」にしてから、\
         コードを入力し直してください",
        "{code}: the spreadsheet turned the code into a date, and the code is lost; format the column as text and enter \
         the code again",
        code = shown(cell),
    );
    CellFault::new("damaged_code", message)
}

/// Whether a code is a day as spreadsheets display one that they made of `1-2`, `10-1` or `2026-1`: `1月2日`, `2-Jan`,
/// `Jan-26`, `2026/1/2`. The ISO form is none of theirs.
fn is_day(code: &str) -> bool {
    let digits = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if let Some((before, day)) = code.split_once('月') {
        let (year, month) = before.split_once('年').unwrap_or(("", before));
        let day = day.strip_suffix('日').unwrap_or(if year.is_empty() { "-" } else { day });
        return digits(month, 2)
            && (year.is_empty() || digits(year, 4))
            && (day.is_empty() || digits(day, 2));
    }
    let parts: Vec<&str> = code.split(['-', '/']).collect();
    let named = |part: &str| {
        const MONTHS: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        MONTHS.iter().any(|month| month.eq_ignore_ascii_case(part))
    };
    match parts.as_slice() {
        [day, month] if code.contains('-') => {
            named(month) && digits(day, 2) || named(day) && (digits(month, 2) || digits(month, 4))
        }
        [day, month, year] if named(month) => digits(day, 2) && digits(year, 4),
        [first, second, third] if code.contains('/') && !code.contains('-') => {
            let lengths = (first.len(), third.len());
            let dated = matches!(lengths, (4, 1 | 2) | (1 | 2, 4 | 2));
            dated && [first, second, third].iter().all(|part| digits(part, 4)) && second.len() <= 2
        }
        _ => false,
    }
}

fn check(code: &str) -> Result<(), CellFault> {
    if is_rounded(code) {
        let message = message!(
            "「{code}」は表計算ソフトがコードを丸めたもので、桁が失われています。元のシステムから出力し直し、この列を\
             「文字列」として開いてください",
            "{code}: a spreadsheet has rounded the code, and digits are lost; export it again and open the file with this \
             column as text",
            code = shown(code),
        );
        return Err(CellFault::new("damaged_code", message));
    }
    if is_day(code) {
        return Err(became_a_date(code));
    }
    if is_null_word(code) {
        let message = message!(
            "「{code}」は値がないことを表す語です。セルを空にするか、自社用の取込プロファイルの none に加えてください",
            "{code} is a word for no value; empty the cell, or name the word in a profile of your own (none)",
            code = shown(code),
        );
        return Err(CellFault::new("null_word", message));
    }
    if code.is_empty() {
        let message = message!("コードが空です。コードを入力してください", "the code is empty; enter a code");
        return Err(CellFault::new("required", message));
    }
    if code.len() > CODE_CHARS_MAX && code.chars().count() > CODE_CHARS_MAX {
        return Err(too_long(CODE_CHARS_MAX));
    }
    if code.chars().any(char::is_control) {
        let message = message!(
            "「{code}」に改行または制御文字が含まれています。取り除いてください",
            "{code}: the code contains a line break or a control character; remove it",
            code = shown(code),
        );
        return Err(CellFault::new("control_character", message));
    }
    Ok(())
}

/// What a spreadsheet makes of a long number: `1.23E+5`. The omitted digits are lost.
fn is_rounded(code: &str) -> bool {
    let Some((number, power)) = code.split_once("E+").or_else(|| code.split_once("e+")) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, places) = number.split_once('.').unwrap_or((number, "0"));
    digits(power) && digits(places) && digits(whole) && whole.len() == 1
}

#[cfg(test)]
mod tests {
    use super::is_day;

    #[test]
    fn days_are_those_that_spreadsheets_display() {
        for code in [
            "1月2日",
            "12月31日",
            "2026年1月2日",
            "2026年1月",
            "2-Jan",
            "02-JAN",
            "Jan-26",
            "Jan-2026",
            "2-Jan-26",
            "2-Jan-2026",
            "2026/1/2",
            "2026/01/02",
            "1/2/2026",
            "01/02/26",
        ] {
            assert!(is_day(code), "{code}");
        }
        for code in [
            "",
            "1-2",
            "2026-01-02",
            "20260102",
            "A-1/2",
            "1/2",
            "2026/1/2-1",
            "S-Jan",
            "MAY",
            "MAR-A",
            "1月",
            "月2日",
            "2026-1-2",
            "10/20/30/40",
            "123/45/678",
        ] {
            assert!(!is_day(code), "{code}");
        }
    }
}
