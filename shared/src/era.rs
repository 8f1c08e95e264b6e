//! Dates as people and files write them, Japanese eras (和暦) included.

use chrono::{Datelike, NaiveDate};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use crate::lang::Lang;
use crate::message;
use crate::message::{Explain, Message};

/// The longest text that is read as a date, in bytes.
const TEXT_LEN_MAX: usize = 64;

/// Serial numbers of Excel's 1900 system: 1 is 1900-01-01, the last is 9999-12-31.
const SERIAL_MAX: u32 = 2_958_465;

/// Excel counts a 29 February 1900 that never was, as serial 60.
const SERIAL_PHANTOM: u32 = 60;

/// Why a text is not a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{}", self.message().text(Lang::En))]
pub enum DateError {
    /// Nothing but blanks.
    Empty,
    /// 07/11/21 can be 2007, 令和7年 or 7 November.
    Ambiguous,
    /// No form that is known.
    Unrecognised,
    /// 2025/02/29.
    NoSuchDay,
    /// R0, S64.1.8, H32.
    OutsideEra,
    /// Not a serial number of a day.
    BadSerial,
}

impl Explain for DateError {
    fn message(&self) -> Message {
        match self {
            Self::Empty => message!("日付が空です", "the date is empty"),
            Self::Ambiguous => message!(
                "日付の年を判別できません。年は西暦4桁か元号を付けて入力してください",
                "the date is ambiguous; write the year with four digits or with its era"
            ),
            Self::Unrecognised => message!(
                "日付として読み取れません。2025-11-21、2025年11月21日、令和7年11月21日のように入力してください",
                "not a date; write it as 2025-11-21, 2025年11月21日 or 令和7年11月21日"
            ),
            Self::NoSuchDay => message!(
                "存在しない日付です。年月日を確認してください",
                "there is no such day in the calendar"
            ),
            Self::OutsideEra => message!(
                "元号の期間にない日付です。西暦で入力してください",
                "the date is outside its era; write the year in the Gregorian calendar"
            ),
            Self::BadSerial => message!(
                "Excelの日付の番号ではありません。1から{SERIAL_MAX}までの数値を入力してください",
                "not an Excel serial date; expected 1 to {SERIAL_MAX}"
            ),
        }
    }
}

/// An era since 1868.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Era {
    /// 明治, from 1868-01-25.
    Meiji,
    /// 大正, from 1912-07-30.
    Taisho,
    /// 昭和, from 1926-12-25.
    Showa,
    /// 平成, from 1989-01-08.
    Heisei,
    /// 令和, from 2019-05-01.
    Reiwa,
}

impl Era {
    /// Every era, the oldest first.
    pub const ALL: [Era; 5] = [Era::Meiji, Era::Taisho, Era::Showa, Era::Heisei, Era::Reiwa];

    /// 「令和」.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Era::Meiji => "明治",
            Era::Taisho => "大正",
            Era::Showa => "昭和",
            Era::Heisei => "平成",
            Era::Reiwa => "令和",
        }
    }

    /// The initial that forms use: `R`.
    #[must_use]
    pub fn initial(self) -> char {
        match self {
            Era::Meiji => 'M',
            Era::Taisho => 'T',
            Era::Showa => 'S',
            Era::Heisei => 'H',
            Era::Reiwa => 'R',
        }
    }

    /// The first day.
    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        let (year, month, day) = match self {
            Era::Meiji => (1868, 1, 25),
            Era::Taisho => (1912, 7, 30),
            Era::Showa => (1926, 12, 25),
            Era::Heisei => (1989, 1, 8),
            Era::Reiwa => (2019, 5, 1),
        };
        NaiveDate::from_ymd_opt(year, month, day).unwrap_or(NaiveDate::MIN)
    }

    /// The era of a day; `None` before Meiji.
    #[must_use]
    pub fn of(date: NaiveDate) -> Option<Era> {
        Era::ALL.into_iter().rev().find(|era| date >= era.first_day())
    }

    /// Takes an era's name or initial off the head of a text.
    fn strip(text: &str) -> Option<(Era, &str)> {
        Era::ALL.into_iter().find_map(|era| {
            let rest = text
                .strip_prefix(era.name())
                .or_else(|| text.strip_prefix(era.initial()))
                .or_else(|| text.strip_prefix(era.initial().to_ascii_lowercase()))?;
            Some((era, rest.strip_prefix('.').unwrap_or(rest)))
        })
    }
}

/// Reads a date: `2025-11-21`, `2025/11/21`, `20251121`, `2025年11月21日`, `令和7年11月21日`,
/// `R7.11.21`, `R.07/12/01` and the like, in any width. A weekday in brackets and a midnight
/// behind it are ignored. Excel serials are read by [`parse_excel_serial`] only.
///
/// # Errors
/// [`DateError`]; a day that its era does not have is refused.
pub fn parse_date(text: &str) -> Result<NaiveDate, DateError> {
    parse(text, false)
}

/// Like [`parse_date`], but an era's years may continue after its end: 平成32年 is 2020.
///
/// # Errors
/// [`DateError`]; a day before the era's first one is still refused.
pub fn parse_date_lenient_era(text: &str) -> Result<NaiveDate, DateError> {
    parse(text, true)
}

fn parse(text: &str, lenient_era: bool) -> Result<NaiveDate, DateError> {
    if text.len() > TEXT_LEN_MAX {
        return Err(DateError::Unrecognised);
    }
    if let Some((year, month, day)) = plain_iso(text) {
        return calendar_day(i64::from(number(year)?), month, day);
    }
    // NFKC makes ㋿ 令和 and full-width digits plain.
    let folded: String = text.nfkc().collect();
    let day = strip_weekday(strip_midnight(folded.trim()));
    if day.is_empty() {
        return Err(DateError::Empty);
    }
    match Era::strip(day) {
        Some((era, rest)) => era_date(era, rest.trim_start(), lenient_era),
        None => gregorian_date(day),
    }
}

/// The parts of `2025-11-21` and `2025/11/21`, which nearly every cell holds.
fn plain_iso(text: &str) -> Option<(&str, &str, &str)> {
    let separator = |at: usize| text.as_bytes().get(at).filter(|c| matches!(c, b'-' | b'/'));
    let ascii = text.len() == 10 && text.is_ascii();
    let plain = ascii && separator(4).is_some() && separator(4) == separator(7);
    let parts = if plain { (&text[..4], &text[5..7], &text[8..]) } else { return None };
    // `R.07/11/21` has its separators in the same places.
    [parts.0, parts.1, parts.2].into_iter().all(is_digits).then_some(parts)
}

fn era_date(era: Era, rest: &str, lenient: bool) -> Result<NaiveDate, DateError> {
    let (year, month, day) = match split(rest) {
        Some(parts) => parts,
        None if rest.len() == 6 && is_digits(rest) => (&rest[..2], &rest[2..4], &rest[4..]),
        None => return Err(DateError::Unrecognised),
    };
    let year = match year {
        "元" => 1,
        year if year.len() <= 2 => number(year)?,
        _ => return Err(DateError::Unrecognised),
    };
    if year == 0 {
        return Err(DateError::OutsideEra);
    }
    let date = calendar_day(i64::from(era.first_day().year()) + i64::from(year) - 1, month, day)?;
    let inside = if lenient { date >= era.first_day() } else { Era::of(date) == Some(era) };
    if inside { Ok(date) } else { Err(DateError::OutsideEra) }
}

fn gregorian_date(text: &str) -> Result<NaiveDate, DateError> {
    let (year, month, day) = match split(text) {
        Some(parts) => parts,
        None if text.len() == 8 && is_digits(text) => (&text[..4], &text[4..6], &text[6..]),
        // 251121 and 071121.
        None if text.len() == 6 && is_digits(text) => return Err(DateError::Ambiguous),
        None => return Err(DateError::Unrecognised),
    };
    match year.len() {
        4 => calendar_day(i64::from(number(year)?), month, day),
        1 | 2 if is_digits(year) => Err(DateError::Ambiguous),
        _ => Err(DateError::Unrecognised),
    }
}

/// Year, month and day of `y年m月d日` or of three parts with the same separator.
fn split(text: &str) -> Option<(&str, &str, &str)> {
    let (year, month, day) = if let Some((year, rest)) = text.split_once('年') {
        let (month, day) = rest.split_once('月')?;
        (year, month, day.trim_end().strip_suffix('日')?)
    } else {
        let separator = text.chars().find(|c| matches!(c, '/' | '-' | '.'))?;
        let (year, rest) = text.split_once(separator)?;
        let (month, day) = rest.split_once(separator)?;
        (year, month, day)
    };
    Some((year.trim(), month.trim(), day.trim()))
}

fn calendar_day(year: i64, month: &str, day: &str) -> Result<NaiveDate, DateError> {
    if month.len() > 2 || day.len() > 2 {
        return Err(DateError::Unrecognised);
    }
    let (month, day) = (number(month)?, number(day)?);
    if year == 0 {
        return Err(DateError::NoSuchDay);
    }
    let year = i32::try_from(year).map_err(|_| DateError::NoSuchDay)?;
    NaiveDate::from_ymd_opt(year, month, day).ok_or(DateError::NoSuchDay)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit())
}

fn number(text: &str) -> Result<u32, DateError> {
    if is_digits(text) {
        text.parse().map_err(|_| DateError::Unrecognised)
    } else {
        Err(DateError::Unrecognised)
    }
}

/// A date cell often carries a time that says nothing: 00:00:00.
fn strip_midnight(text: &str) -> &str {
    let midnight = [" 00:00:00", " 0:00:00", " 00:00", " 0:00", "T00:00:00"];
    midnight.iter().find_map(|m| text.strip_suffix(m)).unwrap_or(text).trim_end()
}

/// 「2025年11月21日(金)」.
fn strip_weekday(text: &str) -> &str {
    let without = text.strip_suffix(')').and_then(|t| {
        let t = t.strip_suffix("曜日").unwrap_or(t);
        t.strip_suffix(['日', '月', '火', '水', '木', '金', '土'])?.strip_suffix('(')
    });
    without.unwrap_or(text).trim_end()
}

/// Reads an Excel serial date of the 1900 system: 45982 is 2025-11-21. A time of day behind
/// the point is ignored.
///
/// # Errors
/// [`DateError::BadSerial`] outside 1 to 2958465, and for 60, a day that never was.
pub fn parse_excel_serial(text: &str) -> Result<NaiveDate, DateError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(DateError::Empty);
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if text.len() > TEXT_LEN_MAX || !is_digits(whole) || !is_digits(fraction) {
        return Err(DateError::BadSerial);
    }
    let serial: u32 = whole.parse().map_err(|_| DateError::BadSerial)?;
    if !(1..=SERIAL_MAX).contains(&serial) || serial == SERIAL_PHANTOM {
        return Err(DateError::BadSerial);
    }
    // The phantom day shifts everything behind it by one.
    let days = if serial < SERIAL_PHANTOM { serial } else { serial - 1 };
    NaiveDate::from_ymd_opt(1899, 12, 31)
        .and_then(|epoch| epoch.checked_add_days(chrono::Days::new(u64::from(days))))
        .ok_or(DateError::BadSerial)
}

/// 「令和7年11月21日」, the first year as 元年. `None` before Meiji.
#[must_use]
pub fn to_wareki(date: NaiveDate) -> Option<String> {
    let (era, year) = era_year(date)?;
    let year = if year == 1 { "元".to_owned() } else { year.to_string() };
    Some(format!("{}{year}年{}月{}日", era.name(), date.month(), date.day()))
}

/// `R7.11.21`. `None` before Meiji.
#[must_use]
pub fn to_wareki_short(date: NaiveDate) -> Option<String> {
    let (era, year) = era_year(date)?;
    Some(format!("{}{year}.{}.{}", era.initial(), date.month(), date.day()))
}

/// The era of a day and the year in it, from 1.
fn era_year(date: NaiveDate) -> Option<(Era, i32)> {
    let era = Era::of(date)?;
    Some((era, date.year() - era.first_day().year() + 1))
}
