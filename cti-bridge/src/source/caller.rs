//! The caller, from a PBX's number and name, once it is known whether the number may be shown.

use shared::caller::CallerNumber;
use shared::text::printable;

/// Longest name of a caller that is kept, in characters.
const NAME_CHARS_MAX: usize = 64;

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

/// The name that came with a number that may be shown, if it says more than the number: no digits, and no word that
/// stands for a missing number. Anybody can send any name.
pub(super) fn name_beside(caller: &CallerNumber, name: Option<&str>) -> Option<String> {
    caller.number()?;
    let name = name?.trim();
    let is_word = name.eq_ignore_ascii_case("unknown")
        || CallerNumber::from_caller_id("", name) != CallerNumber::Unknown;
    if is_word || !name.chars().any(char::is_alphabetic) {
        return None;
    }
    Some(printable(name).chars().take(NAME_CHARS_MAX).collect())
}

#[cfg(test)]
mod tests {
    use shared::phone::PhoneNumber;

    use super::*;

    #[test]
    fn a_name_goes_with_a_number_only_and_is_no_number_and_no_reason() {
        let caller = CallerNumber::Number(PhoneNumber::parse("0312345678").unwrap());
        let name = |name: &str| name_beside(&caller, Some(name));
        assert_eq!(name(" アカギ デンキ ").as_deref(), Some("アカギ デンキ"));
        assert_eq!(name("AKAGI\u{202e}").as_deref(), Some("AKAGI\\u{202e}"));
        assert_eq!(name(&"あ".repeat(65)).map(|name| name.chars().count()), Some(64));
        for word in ["", "0312345678", "+81 3-1234-5678", "Anonymous", "unknown", "Coin line/payphone"] {
            assert_eq!(name(word), None, "{word}");
        }
        for other in [CallerNumber::Withheld, CallerNumber::Unknown, CallerNumber::Internal("201".to_owned())]
        {
            assert_eq!(name_beside(&other, Some("赤木")), None);
        }
    }
}
