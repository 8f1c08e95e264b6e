//! A date with a time of day, in the forms in which programs write them.

use chrono::NaiveTime;

/// A date and a time of day as they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moment<'t> {
    /// The date.
    pub(super) date: &'t str,
    /// The time; `None` when there is no such time.
    pub(super) time: Option<NaiveTime>,
    /// The time as it is written.
    pub(super) written: &'t str,
    /// Whether it is 24:00, which is 0:00 of the next day.
    pub(super) ends_day: bool,
    /// How far its zone is ahead of UTC, when it names one.
    pub(super) offset_seconds: Option<i32>,
}

/// Japan is 9 hours ahead of UTC.
const JAPAN_SECONDS: i32 = 9 * 3_600;

/// `2026-10-01T09:12:33+09:00`, `2026/10/ 1 9:12`, `20261001091233`, `2026年10月1日 午後3時05分`; `None` for a date
/// without a time.
pub(super) fn moment(text: &str) -> Option<Moment<'_>> {
    // 20261001091233 UTC
    let (plain, offset_seconds) = zone(text);
    if let Some(moment) = digits(plain) {
        return Some(Moment { offset_seconds, ..moment });
    }
    let mark = text.find([':', '：', '時'])?;
    let begins = time_begins(text, mark)?;
    let date = text[..begins].trim_end().trim_end_matches(['T', 't']).trim_end();
    let (written, offset_seconds) = zone(text[begins..].trim());
    let (time, ends_day) = time(written);
    Some(Moment { date, time, written, ends_day, offset_seconds })
}

/// Whether a text is a date with a time that names no zone.
pub(super) fn is_local_time(text: &str) -> bool {
    moment(text).is_some_and(|moment| moment.time.is_some() && moment.offset_seconds.is_none())
}

/// Fourteen digits, or twelve without the seconds.
fn digits(text: &str) -> Option<Moment<'_>> {
    let plain = matches!(text.len(), 12 | 14) && text.bytes().all(|byte| byte.is_ascii_digit());
    let (date, written) = text.split_at_checked(8).filter(|_| plain)?;
    let (hours, minutes, seconds) = (&written[..2], &written[2..4], written.get(4..6).unwrap_or("00"));
    let time = NaiveTime::from_hms_opt(hours.parse().ok()?, minutes.parse().ok()?, seconds.parse().ok()?);
    Some(Moment { date, time, written, ends_day: false, offset_seconds: None })
}

/// Where the time begins whose hours end at `mark`: at its digits, or at the word in front of them.
fn time_begins(text: &str, mark: usize) -> Option<usize> {
    let hours = text[..mark].trim_end_matches(|c: char| c.is_ascii_digit() || ('０'..='９').contains(&c));
    let word = hours.trim_end();
    let word = ["午前", "午後", "AM", "PM", "am", "pm"]
        .iter()
        .find_map(|name| word.strip_suffix(name))
        .unwrap_or(hours);
    // A date stands before it.
    (word.len() < mark && !word.trim().is_empty()).then_some(word.len())
}

/// A time without the zone behind it, and the zone.
fn zone(time: &str) -> (&str, Option<i32>) {
    for (name, seconds) in [("JST", JAPAN_SECONDS), ("UTC", 0), ("GMT", 0), ("Z", 0), ("z", 0)] {
        if let Some(rest) = time.strip_suffix(name) {
            return (rest.trim_end(), Some(seconds));
        }
    }
    let Some(at) = time.rfind(['+', '-']) else { return (time, None) };
    let (rest, zone) = (time[..at].trim_end(), &time[at + 1..]);
    let digits: String = zone.chars().filter(|c| *c != ':').collect();
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && matches!(digits.len(), 2 | 4);
    let part = |from: usize, to: usize| digits.get(from..to).and_then(|part| part.parse::<i32>().ok());
    match (part(0, 2), part(2, 4).or((digits.len() == 2).then_some(0))) {
        (Some(hours @ 0..=14), Some(minutes @ 0..=59)) if plain => {
            let seconds = hours * 3_600 + minutes * 60;
            (rest, Some(if time[at..].starts_with('-') { -seconds } else { seconds }))
        }
        _ => (time, None),
    }
}

/// A time of day; and whether it is the end of the day.
fn time(written: &str) -> (Option<NaiveTime>, bool) {
    let plain: String = written
        .chars()
        .filter_map(|c| match c {
            '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10),
            '：' | '時' | '分' => Some(':'),
            '秒' => None,
            c => Some(c),
        })
        .collect();
    let (half, rest) = match () {
        () if plain.starts_with("午後") => (Some(12), plain.trim_start_matches("午後")),
        () if plain.starts_with("午前") => (Some(0), plain.trim_start_matches("午前")),
        () if ends_with(&plain, "PM") => (Some(12), &plain[..plain.len() - 2]),
        () if ends_with(&plain, "AM") => (Some(0), &plain[..plain.len() - 2]),
        () => (None, plain.as_str()),
    };
    let (rest, fraction) =
        rest.trim().trim_end_matches(':').split_once('.').unwrap_or((rest.trim().trim_end_matches(':'), "0"));
    let mut parts = Vec::new();
    for part in rest.split(':') {
        match part.trim().parse::<u32>() {
            Ok(number) if (1..=2).contains(&part.trim().len()) => parts.push(number),
            _ => return (None, false),
        }
    }
    let milliseconds = match fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        true => format!("{fraction:0<3}").get(..3).and_then(|digits| digits.parse::<u32>().ok()),
        false => None,
    };
    let (hours, minutes, seconds) = match parts.as_slice() {
        [hours] => (*hours, 0, 0),
        [hours, minutes] => (*hours, *minutes, 0),
        [hours, minutes, seconds] => (*hours, *minutes, *seconds),
        _ => return (None, false),
    };
    if (half, hours, minutes, seconds) == (None, 24, 0, 0) {
        return (Some(NaiveTime::MIN), true);
    }
    let hours = match half {
        // 12:30 AM is 0:30, and 午後0時 is 12:00.
        Some(half) if hours <= 12 => hours % 12 + half,
        Some(_) => return (None, false),
        None => hours,
    };
    (
        milliseconds
            .and_then(|milliseconds| NaiveTime::from_hms_milli_opt(hours, minutes, seconds, milliseconds)),
        false,
    )
}

fn ends_with(text: &str, word: &str) -> bool {
    let at = text.len().checked_sub(word.len());
    at.and_then(|at| text.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::moment;

    fn read(text: &str) -> Option<(String, Option<String>, bool, Option<i32>)> {
        let found = moment(text)?;
        let time = found.time.map(|time| time.format("%H:%M:%S%.f").to_string());
        Some((found.date.to_owned(), time, found.ends_day, found.offset_seconds))
    }

    #[test]
    fn dates_with_a_time_in_every_form() {
        for (text, date, time, offset) in [
            ("2026-10-01T09:12:33+09:00", "2026-10-01", "09:12:33", Some(32_400)),
            ("2026-09-30T15:30:00Z", "2026-09-30", "15:30:00", Some(0)),
            ("2026-10-01 00:30:00 +0900", "2026-10-01", "00:30:00", Some(32_400)),
            ("2026-10-01 00:30 -05:30", "2026-10-01", "00:30:00", Some(-19_800)),
            ("2026/10/01 10:12:30 JST", "2026/10/01", "10:12:30", Some(32_400)),
            ("2026/10/ 1 9:05", "2026/10/ 1", "09:05:00", None),
            ("20261001101230", "20261001", "10:12:30", None),
            ("2026年10月1日 9時30分", "2026年10月1日", "09:30:00", None),
            ("2026年10月1日9時", "2026年10月1日", "09:00:00", None),
            ("2026/10/1 午後3時05分20秒", "2026/10/1", "15:05:20", None),
            ("2026/10/1 12:30 AM", "2026/10/1", "00:30:00", None),
            ("令和8年10月1日(木) 23:59:59", "令和8年10月1日(木)", "23:59:59", None),
            ("2026-10-01 12:34:56.789", "2026-10-01", "12:34:56.789", None),
            ("2026/10/1 ９：０５", "2026/10/1", "09:05:00", None),
        ] {
            assert_eq!(read(text), Some((date.to_owned(), Some(time.to_owned()), false, offset)), "{text}");
        }
        assert_eq!(read("2026/10/1 24:00").map(|found| found.2), Some(true));
        for text in
            ["2026/10/1 25:00", "2026/10/1 9:60", "2026/10/1 午後13時", "2026/10/1 9:5x", "2026/10/1 9:05 +9"]
        {
            assert_eq!(read(text).map(|found| found.1), Some(None), "{text}");
        }
        for text in ["2026-10-01", "9:05", "20261001", "46296.5", "", "2026年10月1日", "R8.10.1"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
