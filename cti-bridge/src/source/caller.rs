//! The caller, from a PBX's number and name, once it is known whether the number may be shown.

use shared::caller::CallerNumber;

/// Whether the number field holds a word such as `anonymous` instead of a number.
pub(super) fn is_placeholder(number: &str) -> bool {
    !number.chars().any(char::is_numeric)
}

/// There is no number. The reason is in the name, or in the word that replaces the number.
pub(super) fn without_number(word: Option<&str>, name: Option<&str>) -> CallerNumber {
    CallerNumber::from_caller_id(word.unwrap_or_default(), name.unwrap_or_default())
}

/// The number must not be shown. A name such as `Coin line/payphone` gives a more exact reason.
pub(super) fn withheld(name: Option<&str>) -> CallerNumber {
    match without_number(None, name) {
        CallerNumber::Unknown => CallerNumber::Withheld,
        reason => reason,
    }
}

/// The network has no number.
pub(super) fn unavailable(name: Option<&str>) -> CallerNumber {
    match without_number(None, name) {
        CallerNumber::Unknown => CallerNumber::OutOfArea,
        reason => reason,
    }
}
