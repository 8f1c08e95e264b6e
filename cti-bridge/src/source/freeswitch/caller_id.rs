//! Caller identification from events.

use shared::caller::CallerNumber;

use super::EslMessage;
use crate::source::{LineNumbers, caller};

/// Whether this event says that its own leg's number is withheld.
pub(super) fn hides(message: &EslMessage) -> bool {
    message.get("Caller-Privacy-Hide-Number") == Some("true")
        || message.get("variable_sip_Privacy").is_some_and(asks_for_privacy)
}

/// Whether this event says that the other leg's number is withheld.
pub(super) fn hides_other(message: &EslMessage) -> bool {
    message.get("Other-Leg-Privacy-Hide-Number") == Some("true")
}

/// The value of a SIP `Privacy` header (RFC 3323, RFC 3325). Whatever kind of privacy a caller asks for, the number is
/// withheld, as Asterisk does: only `none` asks for no privacy, and `critical` says how to treat the others.
pub(super) fn asks_for_privacy(value: &str) -> bool {
    let mut kinds = value.split([';', ',', ' ']).map(str::trim).filter(|kind| !kind.is_empty());
    kinds.any(|kind| !["none", "critical"].iter().any(|open| kind.eq_ignore_ascii_case(open)))
}

/// The caller on the incoming trunk leg that the event is about, and whether it is a number.
pub(super) fn caller_of(message: &EslMessage, numbers: &LineNumbers) -> (CallerNumber, bool) {
    let number = message.get("Caller-Caller-ID-Number").unwrap_or_default();
    caller_from(number, name_of(message), hides(message), numbers)
}

/// The name of the caller on the leg that the event is about.
pub(super) fn name_of(message: &EslMessage) -> &str {
    let name = message.get("Caller-Caller-ID-Name").unwrap_or_default();
    let original = message.get("Caller-Orig-Caller-ID-Name").unwrap_or_default();
    // FreeSWITCH may have cut the name at a slash; the original name is complete.
    if caller::without_number(None, Some(name)) == CallerNumber::Unknown { original } else { name }
}

/// The caller from a number and a name as received, and whether it is a number that may be shown.
pub(super) fn caller_from(
    number: &str,
    name: &str,
    is_hidden: bool,
    numbers: &LineNumbers,
) -> (CallerNumber, bool) {
    let has_number = !caller::is_placeholder(number);
    let caller = match (is_hidden, has_number) {
        (true, _) => caller::withheld(Some(name)),
        (false, true) => numbers.caller(number, Some(name)),
        (false, false) => caller::without_number(Some(number), Some(name)),
    };
    (caller, has_number && !is_hidden)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_privacy_withholds() {
        for (value, expected) in [
            ("id", true),
            ("user;id", true),
            ("ID", true),
            ("none", false),
            ("None", false),
            ("user", true),
            ("full", true),
            ("header;user;id", true),
            ("user;header", true),
            ("session", true),
            ("history", true),
            ("id;critical", true),
            ("none;critical", false),
            (" ; ", false),
            ("", false),
        ] {
            assert_eq!(asks_for_privacy(value), expected, "{value}");
        }
    }

    #[test]
    fn a_hidden_number_is_never_a_caller() {
        let hidden = |number, name| caller_from(number, name, true, &LineNumbers::default());
        assert_eq!(hidden("0398765432", "Anonymous"), (CallerNumber::Withheld, false));
        assert_eq!(hidden("0398765432", "0398765432"), (CallerNumber::Withheld, false));
        assert_eq!(hidden("0398765432", ""), (CallerNumber::Withheld, false));
        assert_eq!(hidden("anonymous", "Coin line/payphone"), (CallerNumber::Payphone, false));
    }

    #[test]
    fn without_a_number_the_name_gives_the_reason() {
        let open = |number, name| caller_from(number, name, false, &LineNumbers::default());
        assert_eq!(open("anonymous", "Coin line/payphone"), (CallerNumber::Payphone, false));
        assert_eq!(open("anonymous", "Anonymous"), (CallerNumber::Withheld, false));
        assert_eq!(open("", "Unavailable"), (CallerNumber::OutOfArea, false));
        assert_eq!(open("", ""), (CallerNumber::Unknown, false));
        assert!(open("0312345678", "0312345678").1);
    }
}
