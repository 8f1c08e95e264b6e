//! The numbering plan: what a run of digits is, and how it is grouped.

use super::{PhoneError, PhoneKind, area, country};

/// The most digits an E.164 number has, country code included (ITU-T E.164).
const E164_DIGITS_MAX: usize = 15;

/// The fewest digits of an international number that is marked as one (`+`, `00`, `010`).
const MARKED_DIGITS_MIN: usize = 7;

/// The fewest digits of an international number without any mark. A Japanese number that lost
/// its leading 0 has nine or ten, and the ten-digit ones are refused by their first digits.
const BARE_DIGITS_MIN: usize = 10;

/// International access as dialled from Japan, with the carrier's code: KDDI, NTT Com, SoftBank.
const CARRIER_ACCESS: [&str; 3] = ["001010", "0033010", "0061010"];

type Classified = Result<(String, PhoneKind), PhoneError>;

/// Classifies a run of ASCII digits. `plus`: it has a leading `+`.
pub(super) fn classify(plus: bool, digits: &str) -> Classified {
    if plus {
        return international(digits, true);
    }
    // 184 and 186 withhold and send the caller's number; what follows is the number.
    if let Some(rest) = digits.strip_prefix("184").or_else(|| digits.strip_prefix("186"))
        && rest.starts_with('0')
        && let Ok(found) = dialled(rest)
    {
        return Ok(found);
    }
    if digits.starts_with('0') { dialled(digits) } else { bare(digits) }
}

/// Digits that begin with 0: domestic, or international access.
fn dialled(digits: &str) -> Classified {
    for access in CARRIER_ACCESS {
        if let Some(rest) = digits.strip_prefix(access) {
            return international(rest, true);
        }
    }
    if let Some(rest) = digits.strip_prefix("010").or_else(|| digits.strip_prefix("00")) {
        return international(rest, true);
    }
    domestic(digits)
}

/// Digits without any prefix: a country code first, or nothing that can be told.
fn bare(digits: &str) -> Classified {
    let special = digits.len() == 3 && (digits.starts_with('1') || matches!(digits, "911" | "999"));
    if special {
        return Err(PhoneError::Special);
    }
    if digits.len() < BARE_DIGITS_MIN {
        return Err(PhoneError::TooShort);
    }
    let lost_zero = ["20", "50", "60", "70", "80", "90"].iter().any(|p| digits.starts_with(p));
    if digits.len() == BARE_DIGITS_MIN && lost_zero {
        return Err(PhoneError::MissingZero);
    }
    international(digits, false)
}

/// A country code and a national number. `marked` says that `+`, `00` or `010` stood before.
fn international(digits: &str, marked: bool) -> Classified {
    let country = country::find(digits).ok_or(PhoneError::Unassigned)?;
    let national = country.national(digits).ok_or(PhoneError::Unassigned)?;
    if country.code == "81" {
        // The plan says how long a Japanese number is; 110 and the like do not exist here.
        return domestic(&format!("0{national}"));
    }
    let total = country.code.len() + national.len();
    let (min, max) = if marked { country.any } else { country.ordinary };
    let digits_min = if marked { MARKED_DIGITS_MIN } else { BARE_DIGITS_MIN };
    if national.len() < min || total < digits_min {
        return Err(PhoneError::TooShort);
    }
    if national.len() > max || total > E164_DIGITS_MAX {
        return Err(PhoneError::TooLong);
    }
    if country.code == "1" && !is_north_american(national) {
        return Err(PhoneError::Unassigned);
    }
    Ok((format!("+{}{national}", country.code), PhoneKind::International))
}

/// NANP: area code and exchange both begin with 2 to 9.
fn is_north_american(national: &str) -> bool {
    let first = |at: usize| national.as_bytes().get(at).is_some_and(|c| (b'2'..=b'9').contains(c));
    first(0) && first(3)
}

/// A Japanese number with its leading 0.
fn domestic(digits: &str) -> Classified {
    let (kind, length) = expected(digits).ok_or(PhoneError::Unassigned)?;
    match digits.len().cmp(&length) {
        std::cmp::Ordering::Less => Err(PhoneError::TooShort),
        std::cmp::Ordering::Greater => Err(PhoneError::TooLong),
        std::cmp::Ordering::Equal => Ok((format!("+81{}", &digits[1..]), kind)),
    }
}

/// The kind that a Japanese prefix stands for and how many digits such a number has.
fn expected(digits: &str) -> Option<(PhoneKind, usize)> {
    let starts = |prefixes: &[&str]| prefixes.iter().any(|p| digits.starts_with(p));
    let found = if starts(&["0120"]) {
        (PhoneKind::FreeDial, 10)
    } else if starts(&["0800"]) {
        (PhoneKind::FreeDial, 11)
    } else if starts(&["0570"]) {
        (PhoneKind::NaviDial, 10)
    } else if starts(&["0990", "0170", "0180", "0910"]) {
        (PhoneKind::Premium, 10)
    } else if starts(&["0200"]) {
        (PhoneKind::M2m, 14)
    } else if starts(&["020"]) {
        (PhoneKind::M2m, 11)
    } else if starts(&["050"]) {
        (PhoneKind::Ip, 11)
    } else if starts(&["060", "070", "080", "090"]) {
        (PhoneKind::Mobile, 11)
    } else if starts(&["00", "010", "030", "040"]) {
        return None;
    } else {
        (PhoneKind::Fixed, 10)
    };
    Some(found)
}

/// Groups a national significant number (without its 0) the way it is printed.
pub(super) fn display_domestic(nsn: &str, kind: PhoneKind) -> String {
    let (first, second) = match kind {
        PhoneKind::FreeDial | PhoneKind::NaviDial | PhoneKind::Premium => (3, 3),
        PhoneKind::Fixed => {
            let area = area::code_len(nsn);
            (area, 5 - area)
        }
        PhoneKind::M2m if nsn.len() == 13 => (3, 5),
        _ => (2, 4),
    };
    let middle = nsn.get(first..first + second).unwrap_or_default();
    let head = nsn.get(..first).unwrap_or_default();
    let tail = nsn.get(first + second..).unwrap_or_default();
    format!("0{head}-{middle}-{tail}")
}
