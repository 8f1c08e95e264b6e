//! Telephone numbers: every form that Japanese files, people and PBXs write,
//! to one E.164 number. Matching is always on the whole number, never on its last digits.

mod area;
mod country;
mod plan;
mod scan;
mod several;

use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::label::labelled_enum;
use crate::lang::Lang;
use crate::message;
use crate::message::{Explain, Message};

/// The longest text that is read as one number, in bytes.
pub const NUMBER_TEXT_LEN_MAX: usize = 256;

/// The most numbers that are read out of one cell.
pub const NUMBERS_PER_CELL_MAX: usize = 16;

labelled_enum! {
    /// What kind of line a number is (総務省 numbering plan).
    pub enum PhoneKind {
        /// 0AB-J: a geographic number, 10 digits.
        Fixed = "fixed", "固定電話", "Fixed line", [];
        /// 060, 070, 080, 090: 11 digits.
        Mobile = "mobile", "携帯電話", "Mobile", [];
        /// 050: 11 digits.
        Ip = "ip", "IP電話", "IP phone", [];
        /// 0120 and 0800: the called side pays.
        FreeDial = "free_dial", "フリーダイヤル", "Freephone", [];
        /// 0570.
        NaviDial = "navi_dial", "ナビダイヤル", "Navi Dial", [];
        /// 020: machines and pagers, not people.
        M2m = "m2m", "M2M", "M2M", [];
        /// 0990 and other services that are charged extra or cannot call (0170, 0180, 0910).
        Premium = "premium", "情報料課金", "Premium rate", [];
        /// Any number outside Japan.
        International = "international", "国際電話", "International", [];
    }
}

/// Why a text is not a telephone number. Never holds the text: errors are logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{}", self.message().text(Lang::En))]
pub enum PhoneError {
    /// Nothing but blanks and separators.
    Empty,
    /// Letters or signs that no written form of a number has.
    NotANumber,
    /// Fewer digits than any whole number of its kind has.
    TooShort,
    /// More digits than any number of its kind has.
    TooLong,
    /// More than one number; [`PhoneNumber::parse_all`] reads them.
    Several,
    /// 110, 119, 117, #7119 and the like: never a customer.
    Special,
    /// Ten digits that look like an eleven-digit number whose leading 0 a spreadsheet removed.
    MissingZero,
    /// A range that the numbering plan does not assign.
    Unassigned,
}

impl Explain for PhoneError {
    fn message(&self) -> Message {
        match self {
            Self::Empty => message!("電話番号が空です", "there is no telephone number"),
            Self::NotANumber => message!(
                "電話番号として読み取れません。数字とハイフンだけで入力してください",
                "not a telephone number; write digits and hyphens only"
            ),
            Self::TooShort => message!(
                "電話番号の桁数が足りません。市外局番から入力してください",
                "the telephone number is too short; write it in full with its area code"
            ),
            Self::TooLong => message!(
                "電話番号の桁数が多すぎます。番号が2つ入っていないか、内線番号が付いていないか確認してください",
                "the telephone number is too long; check for a second number or an extension"
            ),
            Self::Several => message!(
                "電話番号が複数入っています。1つだけ入力してください",
                "more than one telephone number; write only one"
            ),
            Self::Special => message!(
                "緊急通報や電話サービスの番号は登録できません",
                "an emergency or service number cannot be a customer's number"
            ),
            Self::MissingZero => message!(
                "先頭の0が抜けている可能性があります。表計算ソフトの列を文字列にして入力し直してください",
                "the leading 0 of the telephone number is probably missing; format the column as text"
            ),
            Self::Unassigned => message!(
                "電話番号計画にない番号です。番号を確認してください",
                "no such telephone number exists in the numbering plan"
            ),
        }
    }
}

/// The parts of a cell that are each a number of its own (`03-1234-5678 / 090-1234-5678`); the whole cell when it
/// holds one number, or something that is none.
#[must_use]
pub fn split_cell(raw: &str) -> Vec<&str> {
    let raw = raw.trim();
    if raw.is_empty() {
        return Vec::new();
    }
    let parts: Vec<&str> =
        several::split(raw).into_iter().map(str::trim).take(NUMBERS_PER_CELL_MAX).collect();
    let whole = |part: &&str| PhoneNumber::parse(part).is_ok();
    if parts.len() > 1 && parts.iter().all(whole) { parts } else { vec![raw] }
}

/// A whole telephone number.
///
/// Two numbers are equal when their E.164 forms are equal; the extension is not part of it,
/// because a caller's number never carries one. `Display` and `Debug` print the masked form,
/// so that no log line can leak a number by accident; [`PhoneNumber::display`] is for people.
/// Serialised as its E.164 string.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber {
    e164: String,
    kind: PhoneKind,
    extension: Option<Box<str>>,
}

impl PhoneNumber {
    /// Reads one number in any written form.
    ///
    /// # Errors
    /// [`PhoneError`]; a number that is not whole is refused, never completed.
    pub fn parse(raw: &str) -> Result<PhoneNumber, PhoneError> {
        several::number(raw)
    }

    /// Reads every number of a cell such as `03-1234-5678 / 090-1234-5678`.
    ///
    /// An empty cell gives no result; a part that is no number gives its error, so that the
    /// caller can keep the raw text with a warning. Parts without any digit beside a number
    /// are notes and give nothing. At most [`NUMBERS_PER_CELL_MAX`] results.
    #[must_use]
    pub fn parse_all(raw: &str) -> Vec<Result<PhoneNumber, PhoneError>> {
        match PhoneNumber::parse(raw) {
            Err(PhoneError::Empty) => Vec::new(),
            Err(PhoneError::Several | PhoneError::TooLong | PhoneError::NotANumber) => {
                let parts = several::split(raw);
                if parts.is_empty() {
                    return vec![PhoneNumber::parse(raw)];
                }
                parts.into_iter().take(NUMBERS_PER_CELL_MAX).map(PhoneNumber::parse).collect()
            }
            one => vec![one],
        }
    }

    /// The number in E.164: `+81312345678`.
    #[must_use]
    pub fn e164(&self) -> &str {
        &self.e164
    }

    /// What kind of line it is.
    #[must_use]
    pub fn kind(&self) -> PhoneKind {
        self.kind
    }

    /// The extension that was written with it (内線123), digits only.
    #[must_use]
    pub fn extension(&self) -> Option<&str> {
        self.extension.as_deref()
    }

    /// The extension in a text with one number, without a look at texts that have no room for one.
    #[must_use]
    pub fn extension_in(raw: &str) -> Option<String> {
        if raw.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'(' | b')' | b' ')) {
            return None;
        }
        Self::parse(raw).ok().and_then(|number| number.extension).map(String::from)
    }

    /// The number as it is dialled inside Japan, digits only; `None` for a foreign number.
    #[must_use]
    pub fn national_digits(&self) -> Option<String> {
        self.significant().map(|nsn| format!("0{nsn}"))
    }

    /// The number for people: `03-1234-5678`; a foreign one as `+1 415-555-0123`.
    #[must_use]
    pub fn display(&self) -> String {
        match self.significant() {
            Some(nsn) => plan::display_domestic(nsn, self.kind),
            None => display_foreign(&self.e164),
        }
    }

    /// Where a geographic number is: 「東京」, 「札幌」. A hint from a small table of the main
    /// area codes; `None` says nothing about the number.
    #[must_use]
    pub fn area_hint(&self) -> Option<&'static str> {
        match self.kind {
            PhoneKind::Fixed => area::hint(self.significant()?),
            _ => None,
        }
    }

    /// The number for a log: all but the last two digits are hidden.
    #[must_use]
    pub fn masked(&self) -> String {
        let keep = self.e164.len().saturating_sub(2);
        let hidden = "*".repeat(keep.saturating_sub(1));
        format!("+{hidden}{}", self.e164.get(keep..).unwrap_or_default())
    }

    /// The national significant number of a Japanese number, without its leading 0.
    fn significant(&self) -> Option<&str> {
        match self.kind {
            PhoneKind::International => None,
            _ => self.e164.strip_prefix("+81"),
        }
    }
}

/// Groups a foreign number the way its country writes it, or leaves it in one piece.
fn display_foreign(e164: &str) -> String {
    let grouped = phonenumber::parse(None, e164)
        .map(|number| number.format().mode(phonenumber::Mode::International).to_string());
    match grouped {
        // The library takes some digits for a carrier's code and drops them: never show those.
        Ok(text) if text.bytes().filter(u8::is_ascii_digit).eq(e164.bytes().skip(1)) => text,
        _ => e164.to_owned(),
    }
}

impl PartialEq for PhoneNumber {
    fn eq(&self, other: &Self) -> bool {
        self.e164 == other.e164
    }
}

impl Eq for PhoneNumber {}

impl Hash for PhoneNumber {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.e164.hash(state);
    }
}

impl PartialOrd for PhoneNumber {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for PhoneNumber {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.e164.cmp(&other.e164)
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber({} {})", self.masked(), self.kind)
    }
}

impl std::str::FromStr for PhoneNumber {
    type Err = PhoneError;

    fn from_str(raw: &str) -> Result<Self, PhoneError> {
        PhoneNumber::parse(raw)
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = PhoneError;

    fn try_from(raw: String) -> Result<Self, PhoneError> {
        PhoneNumber::parse(&raw)
    }
}

impl From<PhoneNumber> for String {
    fn from(number: PhoneNumber) -> String {
        number.e164
    }
}
