//! Dates and instants.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc};

use super::cell_text::put;
use super::moment::{Moment, moment};
use super::number::has_folded_digits;
use crate::clock::{japan_date, japan_instant};
use crate::era::{DateError, parse_date, parse_excel_serial};
use crate::import::report::fault::{CellFault, shown};
use crate::message;
use crate::message::Message;
use crate::store::Value;

/// Days between the first days of the calendars of 1900 and 1904.
const DAYS_1904: u32 = 1_462;

pub(super) fn date(text: &str, place: &mut Option<Value>) -> Result<(), CellFault> {
    if is_iso_date(text.as_bytes()) && text.parse::<NaiveDate>().is_ok() {
        put(place, text);
        return Ok(());
    }
    let date = match moment(text) {
        Some(moment) => civil_day(text, &moment)?,
        None => civil_date(text)?,
    };
    put(place, &date.format("%Y-%m-%d").to_string());
    Ok(())
}

/// The day of a time, in Japan when the time names its zone.
fn civil_day(text: &str, moment: &Moment<'_>) -> Result<NaiveDate, CellFault> {
    let date = civil_date(moment.date)
        .map_err(|_| CellFault::new("invalid_date", invalid(text, DateError::Unrecognised)))?;
    // The end of a day is no time of the next one, nor of this one.
    let Some(time) = moment.time.filter(|_| !moment.ends_day) else {
        return Err(CellFault::new("invalid_date", invalid(text, DateError::Unrecognised)));
    };
    Ok(match moment.offset_seconds {
        Some(offset) => japan_date(utc(date, time, offset)),
        None => date,
    })
}

/// A civil time with its distance from UTC.
fn utc(date: NaiveDate, time: NaiveTime, offset_seconds: i32) -> DateTime<Utc> {
    (date.and_time(time) - chrono::TimeDelta::seconds(i64::from(offset_seconds))).and_utc()
}

/// An instant in RFC 3339, or a civil time in Japan.
pub(super) fn instant(text: &str, place: &mut Option<Value>) -> Result<(), CellFault> {
    let at = match DateTime::parse_from_rfc3339(text) {
        Ok(at) => at.with_timezone(&Utc),
        Err(_) => civil_time(text)?,
    };
    put(place, &at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string());
    Ok(())
}

/// A serial date counted from 1904 as one counted from 1900; what is not a serial stays and is refused.
pub(super) fn since_1900(text: &str) -> String {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let point = if fraction.is_empty() { "" } else { "." };
    whole.parse::<u32>().map_or(text.to_owned(), |whole| format!("{}{point}{fraction}", whole + DAYS_1904))
}

/// `2026-10-31`, which most cells are.
fn is_iso_date(text: &[u8]) -> bool {
    text.len() == 10
        && text
            .iter()
            .enumerate()
            .all(|(at, byte)| if at == 4 || at == 7 { *byte == b'-' } else { byte.is_ascii_digit() })
        && matches!(&text[..2], b"19" | b"20" | b"21")
}

fn civil_date(text: &str) -> Result<NaiveDate, CellFault> {
    let fault = |message| Err(CellFault::new("invalid_date", message));
    if has_folded_digits(text) {
        return fault(invalid(text, DateError::Unrecognised));
    }
    // Five digits are an Excel serial from 1927 to 2173; no written date has five.
    let whole = text.split('.').next().unwrap_or_default();
    let parsed = if whole.len() == 5 && whole.bytes().all(|byte| byte.is_ascii_digit()) {
        parse_excel_serial(text)
    } else {
        parse_date(text)
    };
    match parsed {
        Ok(date) if is_plausible(date) => Ok(date),
        Ok(_) => fault(message!(
            "「{text}」の年は1868年(明治元年)から2199年までの範囲にありません。年を確認してください(無期限は 9999-12-31)",
            "{text}: the year is not between 1868 (明治元年) and 2199; check it (9999-12-31 means no end)",
            text = shown(text),
        )),
        Err(error) => fault(invalid(text, error)),
    }
}

/// Why a text is not a date, and what to write instead.
fn invalid(text: &str, error: DateError) -> Message {
    let text = shown(text);
    match error {
        DateError::Ambiguous => message!(
            "「{text}」は年がはっきりしません。西暦4桁か元号で入力してください(例: 2025/11/21、R7.11.21)",
            "{text} is ambiguous; write the year with four digits or with its era, for example 2025-11-21 or R7.11.21",
            text = text,
        ),
        DateError::NoSuchDay => message!(
            "「{text}」という日付は暦にありません。年月日を確認してください",
            "{text}: there is no such day in the calendar; check it",
            text = text,
        ),
        DateError::OutsideEra => message!(
            "「{text}」はその元号の期間にありません。西暦で入力するか、--lenient-era を指定してください",
            "{text} is outside its era; write the year in the Gregorian calendar, or use --lenient-era",
            text = text,
        ),
        DateError::Empty | DateError::Unrecognised | DateError::BadSerial => message!(
            "「{text}」は日付ではありません。2025-11-21、2025年11月21日、令和7年11月21日 のように入力してください",
            "{text} is not a date; write it as 2025-11-21, 2025年11月21日 or 令和7年11月21日",
            text = text,
        ),
    }
}

/// Years outside are slips of the finger, such as 2925 or 0205; the last date that four digits can write is what many
/// programs use for 「無期限」.
fn is_plausible(date: NaiveDate) -> bool {
    (1868..=2199).contains(&date.year()) || (date.year(), date.ordinal()) == (9999, 365)
}

/// A civil time, in Asia/Tokyo unless it names its zone: `2026/10/31 9:05`, or midnight of a date.
fn civil_time(text: &str) -> Result<DateTime<Utc>, CellFault> {
    let Some(moment) = moment(text) else {
        return civil_date(text).map(|date| japan_instant(date.and_time(NaiveTime::MIN)));
    };
    let date = civil_date(moment.date)?;
    let time = moment.time.ok_or_else(|| invalid_time(moment.written))?;
    let date = if moment.ends_day { date.succ_opt().unwrap_or(date) } else { date };
    Ok(match moment.offset_seconds {
        Some(offset) => utc(date, time, offset),
        None => japan_instant(date.and_time(time)),
    })
}

fn invalid_time(time: &str) -> CellFault {
    let message = message!(
        "「{time}」は時刻ではありません。14:05 または 14:05:30 のように入力してください",
        "{time} is not a time of day; write it as 14:05 or 14:05:30",
        time = shown(time),
    );
    CellFault::new("invalid_time", message)
}
