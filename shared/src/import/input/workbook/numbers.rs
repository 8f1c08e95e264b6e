//! Numbers of cells as text: as they are displayed, without artefacts of binary fractions.

use std::fmt::Write as _;

use chrono::{Days, NaiveDate, NaiveTime};

use super::styles::{Shown, with_zeros};
use super::{DATE_MARK, SERIAL_1904_MARK};

/// One past the last date of a spreadsheet, 9999-12-31.
const SERIAL_END: f64 = 2_958_466.0;

/// Numbers that are read as serial dates in a date column.
const SERIALS: std::ops::Range<f64> = 10_000.0..100_000.0;

/// The 29 February 1900, which only spreadsheets have.
const SERIAL_PHANTOM: f64 = 60.0;

/// Days between the two calendars.
const DAYS_1904: f64 = 1_462.0;

const DAY_MILLISECONDS: f64 = 86_400_000.0;

/// Appends a number as its cell displays it; false when the text is not a number.
pub(super) fn push(text: &str, shown: &Shown, since_1904: bool, cell: &mut String) -> bool {
    let text = text.trim();
    if *shown == Shown::Number && !since_1904 && is_plain(text) {
        cell.push_str(text);
        return true;
    }
    // Rust parses words such as `inf` too.
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let Some(number) = text.parse::<f64>().ok().filter(|number| is_number && number.is_finite()) else {
        return false;
    };
    match shown {
        Shown::Percent => push_percent(number, cell),
        Shown::Date if push_date(number, since_1904, cell) => {}
        Shown::Zeros(zeros) => match with_zeros(zeros, number) {
            Some(text) => cell.push_str(&text),
            None => push_number(number, cell),
        },
        Shown::Elapsed if number.abs() < SERIAL_END => push_elapsed(number, cell),
        Shown::Number | Shown::Date | Shown::Elapsed => push_number(number, cell),
    }
    // What becomes a date only by its column is counted from another day.
    if since_1904 && *shown == Shown::Number && SERIALS.contains(&number) {
        cell.push(SERIAL_1904_MARK);
    }
    true
}

/// Digits that read the same as text and as a number.
fn is_plain(text: &str) -> bool {
    (1..=15).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0')
}

/// A number as a spreadsheet displays it: with 15 digits. What is not finite is a word, which no column of numbers takes.
#[must_use]
pub fn shown_number(number: f64) -> String {
    let mut text = String::new();
    push_number(number, &mut text);
    text
}

/// A number with the 15 digits that a spreadsheet displays: what follows them is an artefact of binary fractions. A
/// number with more digits before its point is written as a spreadsheet does, so that it is not taken for a whole one.
fn push_number(number: f64, cell: &mut String) {
    let digits = format!("{number:.14e}");
    let shown: f64 = digits.parse().unwrap_or(number);
    // Writing to a String cannot fail.
    let _ = match digits.split_once('e') {
        Some((digits, power)) if shown.abs() >= 1e15 => {
            let digits = digits.trim_end_matches('0').trim_end_matches('.');
            write!(cell, "{digits}E+{power}")
        }
        _ => write!(cell, "{shown}"),
    };
}

/// A percentage: 0.1 is `10%`.
fn push_percent(number: f64, cell: &mut String) {
    let digits = format!("{number:.14e}");
    let hundredths = digits.split_once('e').and_then(|(digits, power)| {
        let power: i32 = power.parse().ok()?;
        format!("{digits}e{}", power + 2).parse().ok()
    });
    push_number(hundredths.unwrap_or(number), cell);
    cell.push('%');
}

/// A length of time: hours, minutes and seconds.
fn push_elapsed(days: f64, cell: &mut String) {
    #[expect(clippy::cast_possible_truncation, reason = "below the limit of the calendar")]
    let seconds = (days.abs() * DAY_MILLISECONDS / 1_000.0).round() as i64;
    let sign = if days < 0.0 && seconds > 0 { "-" } else { "" };
    // Writing to a String cannot fail.
    let _ = write!(cell, "{sign}{}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
}

/// A date, a time of day, or both; false when it is neither.
fn push_date(serial: f64, since_1904: bool, cell: &mut String) -> bool {
    let serial = if since_1904 { serial + DAYS_1904 } else { serial };
    if !(0.0..SERIAL_END).contains(&serial) {
        return false;
    }
    let (mut day, mut milliseconds) = (serial.trunc(), (serial.fract() * DAY_MILLISECONDS).round());
    if milliseconds >= DAY_MILLISECONDS {
        (day, milliseconds) = (day + 1.0, 0.0);
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole, not negative, and below the limits of a day and of the calendar"
    )]
    let (whole, seconds) = (day as u64, (milliseconds / 1_000.0) as u32);
    let time = NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).unwrap_or_default();
    // Writing to a String cannot fail.
    let _ = match date(whole, day) {
        Some(date) if seconds == 0 => write!(cell, "{}", date.format("%Y-%m-%d")),
        Some(date) => write!(cell, "{} {}", date.format("%Y-%m-%d"), time.format("%H:%M:%S")),
        None if day == SERIAL_PHANTOM => write!(cell, "1900-02-29"),
        None => write!(cell, "{}", time.format("%H:%M:%S")),
    };
    if day > 0.0 {
        cell.push(DATE_MARK);
    }
    true
}

/// The date of a serial; `None` for zero, which is a time alone, and for the date that never was.
fn date(whole: u64, day: f64) -> Option<NaiveDate> {
    let before = u64::from(day > SERIAL_PHANTOM);
    let days = whole.checked_sub(before).filter(|_| whole > 0 && day != SERIAL_PHANTOM)?;
    NaiveDate::from_ymd_opt(1899, 12, 31)?.checked_add_days(Days::new(days))
}

#[cfg(test)]
mod tests {
    use super::super::styles::Shown;
    use super::{DATE_MARK, SERIAL_1904_MARK, push};

    fn text(number: &str, shown: &Shown, since_1904: bool) -> Option<String> {
        let mut cell = String::new();
        push(number, shown, since_1904, &mut cell).then_some(cell)
    }

    #[test]
    fn numbers_have_the_digits_that_a_spreadsheet_shows() {
        for (number, shown) in [
            ("7", "7"),
            (" 7 ", "7"),
            ("007", "7"),
            ("0.30000000000000004", "0.3"),
            ("1200.50", "1200.5"),
            ("-0.1", "-0.1"),
            ("1e3", "1000"),
            ("999999999999999", "999999999999999"),
            ("1000000000000000", "1E+15"),
            ("1234567890123456789", "1.23456789012346E+18"),
            ("-1E+20", "-1E+20"),
        ] {
            assert_eq!(text(number, &Shown::Number, false).as_deref(), Some(shown), "{number}");
        }
        for number in ["abc", "NaN", "inf", "1e400", "", "0x10", "1 2", "١"] {
            assert_eq!(text(number, &Shown::Number, false), None, "{number}");
        }
    }

    #[test]
    fn hundredths_are_shown_in_per_cent() {
        for (number, shown) in [
            ("0.1", "10%"),
            ("0.08", "8%"),
            ("0.105", "10.5%"),
            ("1", "100%"),
            ("0", "0%"),
            ("-0.07", "-7%"),
            ("0.29", "29%"),
        ] {
            assert_eq!(text(number, &Shown::Percent, false).as_deref(), Some(shown), "{number}");
        }
    }

    #[test]
    fn lengths_of_time_count_hours_beyond_a_day() {
        for (number, shown) in [
            ("0.0625", "1:30:00"),
            ("0.25", "6:00:00"),
            ("1", "24:00:00"),
            ("1.0625", "25:30:00"),
            ("0.3229166666666667", "7:45:00"),
            ("0", "0:00:00"),
            ("-0.5", "-12:00:00"),
        ] {
            assert_eq!(text(number, &Shown::Elapsed, false).as_deref(), Some(shown), "{number}");
        }
    }

    #[test]
    fn days_are_counted_from_the_workbooks_first() {
        let date = |number: &str, since_1904| text(number, &Shown::Date, since_1904).unwrap_or_default();
        for (number, since_1904, day) in [
            ("1", false, "1900-01-01"),
            ("59", false, "1900-02-28"),
            ("60", false, "1900-02-29"),
            ("61", false, "1900-03-01"),
            ("45982", false, "2025-11-21"),
            ("45982.37847222", false, "2025-11-21 09:05:00"),
            ("45982.9999999999", false, "2025-11-22"),
            ("2958465", false, "9999-12-31"),
            ("0", true, "1904-01-01"),
            ("44520", true, "2025-11-21"),
        ] {
            assert_eq!(date(number, since_1904), format!("{day}{DATE_MARK}"), "{number}");
        }
        assert_eq!(date("0.5", false), "12:00:00");
        assert_eq!(date("-5", false), "-5");
        assert_eq!(date("2958466", false), "2958466");
        assert_eq!(text("44520", &Shown::Number, true), Some(format!("44520{SERIAL_1904_MARK}")));
    }
}
