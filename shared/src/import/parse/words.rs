//! Words that stand in a cell where there is no value: errors of formulas, and NULL in its spellings.

use unicode_normalization::UnicodeNormalization;

use crate::import::input::MERGED;
use crate::import::report::fault::CellFault;
use crate::message;

/// What spreadsheets display for a formula that failed.
const ERRORS: &[&str] = &[
    "#N/A",
    "#REF!",
    "#VALUE!",
    "#DIV/0!",
    "#NAME?",
    "#NUM!",
    "#NULL!",
    "#SPILL!",
    "#CALC!",
    "#FIELD!",
    "#BLOCKED!",
    "#CONNECT!",
    "#UNKNOWN!",
    "#BUSY!",
    "#EXTERNAL!",
    "#PYTHON!",
    "#TIMEOUT!",
    "#GETTING_DATA",
    "#ERROR!",
];

/// Words with which programs write that there is no value.
const NULLS: &[&str] = &["NULL", "(NULL)", "<NULL>", "[NULL]", "\\N", "NAN", "N/A", "<NA>"];

/// The least signs that a column shows which is too narrow for its numbers.
const NARROW_MIN: usize = 3;

/// The word of a failed formula that a cell consists of.
pub(super) fn error_word(text: &str) -> Option<&str> {
    match text.as_bytes().first()? {
        b'#' => is_error(text).then_some(text),
        b'E' => text.strip_prefix("Err:").filter(|number| is_number_of_error(number)).map(|_| text),
        // `＃`, which full-width input leaves.
        0xEF if text.starts_with('＃') => is_error(&text.nfkc().collect::<String>()).then_some(text),
        _ => None,
    }
}

fn is_error(text: &str) -> bool {
    text.len() >= NARROW_MIN && text.bytes().all(|byte| byte == b'#')
        || ERRORS.iter().any(|error| error.eq_ignore_ascii_case(text))
}

fn is_number_of_error(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether the whole text is a word for no value.
pub(crate) fn is_null_word(text: &str) -> bool {
    (2..=6).contains(&text.len()) && NULLS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// The fault of a cell with an error, or of one that has no value of its own.
pub(crate) fn error_cell(error: &str) -> CellFault {
    if error == MERGED {
        let message = message!(
            "左のセルと結合されていて、値がどの列のものか判断できません。結合を解除し、列ごとに入力してください",
            "the cell is merged with the one on its left, and the value may be that of either column; unmerge them",
        );
        return CellFault::new("merged_cell", message);
    }
    let message = message!(
        "セルがエラー({error})になっています。数式を修正してください",
        "the cell holds the error {error}; correct its formula",
        error = error,
    );
    CellFault::new("error_cell", message)
}

#[cfg(test)]
mod tests {
    use super::{error_word, is_null_word};

    #[test]
    fn errors_and_words_for_nothing_are_whole_cells() {
        for text in ["#N/A", "#REF!", "#n/a", "#DIV/0!", "Err:502", "####", "########", "＃Ｎ／Ａ"] {
            assert_eq!(error_word(text), Some(text));
        }
        for text in ["", "#", "##", "#1", "# 備考", "#N/A 在庫なし", "Err:", "Err:5022", "Error", "第#N/A"]
        {
            assert_eq!(error_word(text), None, "{text}");
        }
        for text in ["NULL", "null", "(null)", "\\N", "nan", "NaN", "N/A"] {
            assert!(is_null_word(text), "{text}");
        }
        for text in ["", "N", "NA", "Nullarbor", "なし", "-"] {
            assert!(!is_null_word(text), "{text}");
        }
    }
}
