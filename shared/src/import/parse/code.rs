//! Codes: customer codes, slip numbers and other identifiers.

use unicode_normalization::UnicodeNormalization;

use super::cell_text::{CODE_CHARS_MAX, put, too_long, unguard, unquoted};
use crate::import::input::DATE_MARK;
use crate::import::report::fault::{CellFault, shown};
use crate::message;
use crate::store::Value;

/// A code in its stored form: narrow, without blanks around it.
pub(super) fn code(text: &str, place: &mut Option<Value>) -> Result<(), CellFault> {
    let guarded = unguard(text);
    let text = if guarded == text { unquoted(text) } else { guarded };
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
    let message = message!(
        "「{code}」は表計算ソフトがコードを日付に変えたもので、元のコードが失われています。列の書式を「文字列」にしてから、\
         コードを入力し直してください",
        "{code}: the spreadsheet turned the code into a date, and the code is lost; format the column as text and enter \
         the code again",
        code = shown(cell),
    );
    Err(CellFault::new("damaged_code", message))
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
