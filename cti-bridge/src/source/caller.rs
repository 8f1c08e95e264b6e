//! Who calls, from a telephone system's number and name once it is settled whether the number may be shown.

use shared::caller::CallerNumber;

/// Whether the number field holds no number, such as `anonymous`: then there is nothing to hide.
pub(super) fn is_placeholder(number: &str) -> bool {
    !number.chars().any(char::is_numeric)
}

/// There is no number; the reason is in the name, or in the word instead of the number.
pub(super) fn without_number(word: Option<&str>, name: Option<&str>) -> CallerNumber {
    CallerNumber::from_caller_id(word.unwrap_or_default(), name.unwrap_or_default())
}

/// The number may be shown.
pub(super) fn shown(number: &str, name: Option<&str>) -> CallerNumber {
    CallerNumber::from_caller_id(number, name.unwrap_or_default())
}

/// The number must not be shown. A name such as `Coin line/payphone` says more exactly why.
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
