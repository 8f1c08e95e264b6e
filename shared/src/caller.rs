//! Who is calling: a number, an extension, or the reason why there is none.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

use crate::label::labelled_enum;
use crate::phone::PhoneNumber;

/// The fewest and the most digits of an extension of our own PBX.
const INTERNAL_DIGITS: std::ops::RangeInclusive<usize> = 2..=5;

/// The longest caller name or number that is looked at, in bytes.
const TEXT_LEN_MAX: usize = 256;

/// The caller as the PBX reports it.
///
/// Only [`CallerNumber::Number`] can match a customer; every other kind gives an
/// "unidentified" pop-up of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CallerNumber {
    /// A whole telephone number.
    Number(PhoneNumber),
    /// An extension of our own PBX, two to five digits.
    Internal(String),
    /// 非通知 (P): the caller withholds the number.
    Withheld,
    /// 公衆電話 (C).
    Payphone,
    /// 表示圏外 (O): the caller's network does not hand the number on.
    OutOfArea,
    /// サービス競合 (S): another service is in the way.
    ServiceConflict,
    /// The PBX reported nothing usable.
    Unknown,
}

labelled_enum! {
    /// Whether a caller has a number, or why not.
    pub enum CallerKind {
        /// A whole telephone number.
        Number = "number", "番号あり", "Number", ["番号通知"];
        /// An extension of our own PBX.
        Internal = "internal", "内線", "Extension", [];
        /// The caller withholds the number.
        Withheld = "withheld", "非通知", "Withheld", [];
        /// A payphone.
        Payphone = "payphone", "公衆電話", "Payphone", [];
        /// The caller's network does not hand the number on.
        OutOfArea = "out_of_area", "表示圏外", "Out of area", [];
        /// Another service is in the way.
        ServiceConflict = "service_conflict", "サービス競合", "Service conflict", [];
        /// The PBX reported nothing usable.
        Unknown = "unknown", "番号不明", "Unknown", ["不明"];
    }
}

#[expect(clippy::derivable_impls, reason = "the macro has no place for #[default]")]
impl Default for CallerKind {
    fn default() -> Self {
        Self::Unknown
    }
}

impl CallerKind {
    /// Whether the network keeps the number back: what a log has in its place is not the caller's number.
    #[must_use]
    pub fn hides_number(self) -> bool {
        matches!(self, Self::Withheld | Self::Payphone | Self::OutOfArea | Self::ServiceConflict)
    }
}

impl CallerNumber {
    /// Reads the caller's number and name as a PBX gives them.
    ///
    /// A whole number wins; otherwise the reason may be in either field, and the one in the
    /// name is the more exact one (Asterisk: `anonymous` with the name `Coin line/payphone`).
    #[must_use]
    pub fn from_caller_id(number: &str, name: &str) -> CallerNumber {
        if let Ok(number) = PhoneNumber::parse(number) {
            return CallerNumber::Number(number);
        }
        if let Some(extension) = internal(number) {
            return CallerNumber::Internal(extension);
        }
        reason(name).or_else(|| reason(number)).unwrap_or(CallerNumber::Unknown)
    }

    /// The same, or one of the company's own lines: their numbers are nobody else's, so they match no customer.
    #[must_use]
    pub fn or_own_line(self, own_numbers: &BTreeSet<PhoneNumber>) -> CallerNumber {
        match self {
            CallerNumber::Number(number) if own_numbers.contains(&number) => {
                CallerNumber::Internal(number.national_digits().unwrap_or_else(|| number.e164().to_owned()))
            }
            caller => caller,
        }
    }

    /// The kind, as the protocol and the store write it.
    #[must_use]
    pub fn kind(&self) -> CallerKind {
        match self {
            CallerNumber::Number(_) => CallerKind::Number,
            CallerNumber::Internal(_) => CallerKind::Internal,
            CallerNumber::Withheld => CallerKind::Withheld,
            CallerNumber::Payphone => CallerKind::Payphone,
            CallerNumber::OutOfArea => CallerKind::OutOfArea,
            CallerNumber::ServiceConflict => CallerKind::ServiceConflict,
            CallerNumber::Unknown => CallerKind::Unknown,
        }
    }

    /// The number, when there is one that can match a customer.
    #[must_use]
    pub fn number(&self) -> Option<&PhoneNumber> {
        match self {
            CallerNumber::Number(number) => Some(number),
            _ => None,
        }
    }

    /// What an agent reads: the number in full, the extension, or the reason.
    #[must_use]
    pub fn display(&self, lang: crate::Lang) -> String {
        use crate::Lang::{En, Ja};
        match (self, lang) {
            (CallerNumber::Number(number), _) => number.display(),
            (CallerNumber::Internal(extension), Ja) => format!("内線{extension}"),
            (CallerNumber::Internal(extension), En) => format!("ext. {extension}"),
            _ => self.kind().label(lang).to_owned(),
        }
    }
}

/// An extension: nothing but two to five digits, a SIP address around it and parameters behind it aside.
fn internal(number: &str) -> Option<String> {
    let user = user_part(number.split_once(';').map_or(number, |(number, _)| number))?;
    let digits = user.bytes().all(|c| c.is_ascii_digit());
    (digits && INTERNAL_DIGITS.contains(&user.len())).then_some(user)
}

/// The reason that a text names, if it names one.
///
/// The English strings are the display names of TTC TS-1006 and what Asterisk and FreeSWITCH
/// make of them; the single letters are those of NTT's ナンバー・ディスプレイ.
fn reason(text: &str) -> Option<CallerNumber> {
    let word = user_part(text)?;
    let has = |needles: &[&str]| needles.iter().any(|n| word.contains(n));
    match word.as_str() {
        "p" => return Some(CallerNumber::Withheld),
        "c" => return Some(CallerNumber::Payphone),
        "o" => return Some(CallerNumber::OutOfArea),
        "s" => return Some(CallerNumber::ServiceConflict),
        _ => {}
    }
    if has(&["coinline", "payphone", "公衆"]) || word == "coin" {
        Some(CallerNumber::Payphone)
    } else if has(&["interactionwithother", "serviceconflict", "サービス競合", "サービス不可"]) {
        Some(CallerNumber::ServiceConflict)
    } else if has(&["unavailable", "outofarea", "notavailable", "圏外", "通知不可"]) {
        Some(CallerNumber::OutOfArea)
    } else if has(&["anonymous", "withheld", "restricted", "private", "非通知", "ヒツウチ"]) {
        Some(CallerNumber::Withheld)
    } else {
        None
    }
}

/// The text without width, case, blanks, quotes, `<…>`, `sip:` and host. `None` when it is
/// blank or longer than any of these strings.
fn user_part(text: &str) -> Option<String> {
    if text.len() > TEXT_LEN_MAX {
        return None;
    }
    let folded: String = text
        .nfkc()
        .filter(|c| !c.is_whitespace() && !matches!(c, '"' | '<' | '>' | '_' | '-'))
        .flat_map(char::to_lowercase)
        .collect();
    let user = folded.trim_start_matches("sips:").trim_start_matches("sip:");
    let user = user.split_once('@').map_or(user, |(user, _)| user);
    (!user.is_empty()).then(|| user.to_owned())
}
