//! Which numbers may be dialled by a click. A stolen token must not become a telephone bill.

use shared::message;
use shared::message::Message;
use shared::phone::{PhoneError, PhoneKind, PhoneNumber};

use crate::protocol::{ErrorCode, Refusal};

/// Kinds that are not dialled unless the settings allow them: they cost more than people expect, or call no people.
const OFF: [PhoneKind; 4] =
    [PhoneKind::International, PhoneKind::Premium, PhoneKind::NaviDial, PhoneKind::M2m];
/// Police, coast guard, fire and ambulance.
const EMERGENCY: [&str; 3] = ["110", "118", "119"];

/// An entry of `dial_allow` or `dial_deny`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DialPattern(Form);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    /// Every number of a kind.
    Kind(PhoneKind),
    /// Numbers that begin so, in E.164.
    Prefix(String),
    /// Exactly this short number: an extension, 104, 119.
    Short(String),
}

impl DialPattern {
    /// Reads an entry: a kind (`international`), the beginning of a number in E.164 (`+1`) or as it is dialled in Japan
    /// (`0570`, `03-1234`, `0101` for +1), or a short number of 2 to 5 digits that does not begin with 0.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(kind) = PhoneKind::ALL.iter().find(|kind| kind.as_str() == text) {
            return Some(Self(Form::Kind(*kind)));
        }
        let written: String = text.chars().filter(|c| *c != '-').collect();
        let (plus, digits) = match written.strip_prefix('+') {
            Some(digits) => (true, digits),
            None => (false, written.as_str()),
        };
        if digits.is_empty() || digits.len() > 15 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let form = match (plus, digits.strip_prefix("010"), digits.strip_prefix('0')) {
            (true, _, _) => Form::Prefix(written.clone()),
            (false, Some(abroad), _) if !abroad.is_empty() => Form::Prefix(format!("+{abroad}")),
            (false, Some(_), _) => return None,
            (false, None, Some(rest)) if !rest.is_empty() => Form::Prefix(format!("+81{rest}")),
            (false, None, None) if is_short(digits) => Form::Short(digits.to_owned()),
            _ => return None,
        };
        Some(Self(form))
    }

    /// How exactly the entry names this number; `None`: not at all.
    fn names(&self, number: &PhoneNumber) -> Option<usize> {
        match &self.0 {
            Form::Kind(kind) => (*kind == number.kind()).then_some(0),
            Form::Prefix(prefix) => number.e164().starts_with(prefix.as_str()).then_some(prefix.len()),
            Form::Short(_) => None,
        }
    }

    fn is_short(&self, digits: &str) -> bool {
        matches!(&self.0, Form::Short(short) if short == digits)
    }
}

/// The numbers that may be dialled by a click.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DialPolicy {
    /// Allowed although their kind is off or a shorter entry denies them.
    pub allow: Vec<DialPattern>,
    /// Denied.
    pub deny: Vec<DialPattern>,
}

/// A number that may be dialled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::bridge) struct Dialled {
    /// The digits for the PBX.
    pub(in crate::bridge) digits: String,
    /// The number for the audit log: its kind and, of a whole number, the last digits.
    pub(in crate::bridge) audited: String,
}

impl Dialled {
    /// Whether it is no whole number: an extension, or the number of a service.
    pub(in crate::bridge) fn is_short(&self) -> bool {
        is_short(&self.digits)
    }

    /// Whether it has the form of a service's number, which the telephone network has: 104, 117, 119.
    pub(in crate::bridge) fn may_be_service(&self) -> bool {
        is_service(&self.digits)
    }
}

/// Why a number is not dialled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::bridge) struct NotDialled {
    /// For the agent.
    pub(in crate::bridge) refusal: Refusal,
    /// For the audit log.
    pub(in crate::bridge) audited: String,
}

impl DialPolicy {
    /// The digits to dial: a whole number as it is dialled in Japan, or a short number.
    ///
    /// # Errors
    /// It is no number, or may not be dialled.
    pub(super) fn check(&self, text: &str) -> Result<Dialled, NotDialled> {
        if is_short(text) || self.allow.iter().any(|entry| entry.is_short(text)) {
            return self.check_short(text);
        }
        let number = PhoneNumber::parse(text).map_err(|reason| match reason {
            PhoneError::Special => service(),
            other => NotDialled {
                refusal: Refusal::new(ErrorCode::InvalidNumber, shared::message::Explain::message(&other)),
                audited: "not a number".to_owned(),
            },
        })?;
        let best = |entries: &[DialPattern]| entries.iter().filter_map(|entry| entry.names(&number)).max();
        let (allowed, denied) = (best(&self.allow), best(&self.deny));
        let audited = format!("{} {number}", number.kind());
        match (allowed, denied) {
            // The entry that says more counts; of two that say the same the one that denies.
            (Some(allow), Some(deny)) if allow <= deny => Err(denied_by_list(audited)),
            (None, Some(_)) => Err(denied_by_list(audited)),
            (None, None) if OFF.contains(&number.kind()) => Err(NotDialled {
                refusal: Refusal::new(ErrorCode::Forbidden, kind_is_off(number.kind())),
                audited,
            }),
            _ => {
                let abroad = || format!("010{}", number.e164().trim_start_matches('+'));
                Ok(Dialled { digits: number.national_digits().unwrap_or_else(abroad), audited })
            }
        }
    }

    /// An extension, or the number of a service, which must be allowed by name.
    fn check_short(&self, digits: &str) -> Result<Dialled, NotDialled> {
        let is_in = |entries: &[DialPattern]| entries.iter().any(|entry| entry.is_short(digits));
        if is_in(&self.deny) {
            return Err(denied_by_list("short number".to_owned()));
        }
        if !is_in(&self.allow) {
            if EMERGENCY.contains(&digits) {
                let message = message!(
                    "緊急通報(110・118・119)はここから発信できません。電話機から直接かけてください",
                    "emergency numbers cannot be dialled here; use the telephone itself"
                );
                let refusal = Refusal::new(ErrorCode::Forbidden, message);
                return Err(NotDialled { refusal, audited: "emergency".to_owned() });
            }
            if is_service(digits) {
                return Err(service());
            }
        }
        Ok(Dialled { digits: digits.to_owned(), audited: "short number".to_owned() })
    }
}

/// 2 to 5 digits that do not begin with 0: an extension, or the number of a service.
fn is_short(text: &str) -> bool {
    (2..=5).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0')
}

fn is_service(digits: &str) -> bool {
    digits.len() == 3 && digits.starts_with('1')
}

fn service() -> NotDialled {
    let message = message!(
        "緊急通報や1で始まる3桁の特番はここから発信できません。電話機から直接かけるか、管理者に dial_allow への追加を依頼してください",
        "emergency and service numbers cannot be dialled here; use the telephone itself, or ask the administrator to add \
         the number to dial_allow"
    );
    NotDialled { refusal: Refusal::new(ErrorCode::Forbidden, message), audited: "service".to_owned() }
}

fn denied_by_list(audited: String) -> NotDialled {
    let message = message!(
        "この番号への発信は禁止されています。必要な場合は管理者に dial_deny の設定を確認してください",
        "this number may not be dialled; ask the administrator about dial_deny"
    );
    NotDialled { refusal: Refusal::new(ErrorCode::Forbidden, message), audited }
}

fn kind_is_off(kind: PhoneKind) -> Message {
    message!(
        "{kind}は通常より料金がかかるか通話できない番号のため、発信できません。必要な場合は管理者に dial_allow への追加を依頼してください",
        "{kind} numbers cost more than usual or reach nobody, so they are not dialled; ask the administrator to add them to \
         dial_allow",
        kind = kind.labels()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(allow: &[&str], deny: &[&str]) -> DialPolicy {
        let entries = |texts: &[&str]| texts.iter().map(|text| DialPattern::parse(text).unwrap()).collect();
        DialPolicy { allow: entries(allow), deny: entries(deny) }
    }

    /// What is dialled, or the code of the refusal.
    fn dialled(policy: &DialPolicy, number: &str) -> Result<String, &'static str> {
        let checked = policy.check(number);
        checked.map(|dialled| dialled.digits).map_err(|not| not.refusal.code.word())
    }

    #[test]
    fn what_costs_extra_and_services_are_off_and_the_rest_is_dialled() {
        let policy = DialPolicy::default();
        for (number, digits) in [
            ("03-1234-5678", "0312345678"),
            ("+81 90-1234-5678", "09012345678"),
            ("0120-111-111", "0120111111"),
            ("050-1234-5678", "05012345678"),
            ("202", "202"),
            ("1001", "1001"),
            ("184 03-1234-5678", "0312345678"),
        ] {
            assert_eq!(dialled(&policy, number).as_deref(), Ok(digits), "{number}");
        }
        for number in [
            "+1 415-555-2671",
            "010-1-415-555-2671",
            "001-010-1-415-555-2671",
            "0061-010-44-20-7946-0958",
            "0990-512-345",
            "0570-012-345",
            "0180-991-991",
            "020-1234-5678",
            "110",
            "118",
            "119",
            "104",
            "117",
            "1 1 0",
            "１１０",
        ] {
            assert_eq!(dialled(&policy, number), Err("forbidden"), "{number}");
        }
        for number in ["", "0", "00", "0570", "010", "*72", "202&203", "12345678"] {
            assert_eq!(dialled(&policy, number), Err("invalid_number"), "{number:?}");
        }
    }

    #[test]
    fn the_entry_that_says_more_counts() {
        let american = "+1 415-555-2671";
        let cases: [(&[&str], &[&str], &str, bool); 18] = [
            (&["international"], &[], american, true),
            (&["+1"], &[], american, true),
            (&["0101"], &[], american, true),
            (&["+1"], &[], "+44 20-7946-0958", false),
            (&["international"], &["+1415"], american, false),
            (&["+1415"], &["international"], american, true),
            (&["international"], &["international"], american, false),
            (&["0570"], &[], "0570-012-345", true),
            (&["navi_dial"], &[], "0570-012-345", true),
            (&["navi_dial"], &[], "0990-512-345", false),
            (&[], &["mobile"], "090-1234-5678", false),
            (&["090-1234-5678"], &["mobile"], "090-1234-5678", true),
            (&[], &["03"], "03-1234-5678", false),
            (&["119"], &[], "119", true),
            (&["110"], &[], "119", false),
            (&["104"], &[], "104", true),
            (&["101"], &["101"], "101", false),
            (&[], &["202"], "202", false),
        ];
        for (allow, deny, number, expected) in cases {
            let found = dialled(&policy(allow, deny), number);
            assert_eq!(found.is_ok(), expected, "{number} with {allow:?} and {deny:?}: {found:?}");
        }
    }

    #[test]
    fn entries_that_name_no_number_are_refused() {
        for text in ["", "+", "0", "010", "x", "03x", "premiums", "1", "123456", "+1234567890123456", "０３"]
        {
            assert_eq!(DialPattern::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn the_audit_log_gets_no_whole_number() {
        let policy = DialPolicy::default();
        assert_eq!(policy.check("03-1234-5678").unwrap().audited, "fixed +*********78");
        assert_eq!(policy.check("+1 415-555-2671").unwrap_err().audited, "international +*********71");
        assert_eq!(policy.check("202").unwrap().audited, "short number");
    }
}
