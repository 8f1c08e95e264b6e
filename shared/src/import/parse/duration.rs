//! Lengths of time in columns of hours, minutes or seconds: `1:30`, `0:03:25`, `18分25秒`.

use unicode_normalization::UnicodeNormalization;

use crate::dataset::Column;
use crate::import::report::fault::{CellFault, shown};
use crate::message;

/// Scaled integer of 1.
const ONE: i64 = 10_000;

/// The most digits of one part of a length.
const DIGITS_MAX: usize = 7;

/// The unit of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Hours,
    Minutes,
    Seconds,
}

impl Unit {
    fn of(column: &Column) -> Option<Self> {
        match column.name.rsplit('_').next()? {
            "hours" => Some(Self::Hours),
            "minutes" => Some(Self::Minutes),
            "seconds" => Some(Self::Seconds),
            _ => None,
        }
    }

    fn seconds(self) -> i64 {
        match self {
            Self::Hours => 3_600,
            Self::Minutes => 60,
            Self::Seconds => 1,
        }
    }
}

/// The number that a length of time is in a column of hours, minutes or seconds; `None` for other columns and texts. A
/// length with two parts has those of the column: hours and minutes, or minutes and seconds.
pub(super) fn length_of_time(column: &Column, text: &str) -> Option<Result<i64, CellFault>> {
    let unit = Unit::of(column)?;
    if text.bytes().all(|byte| byte.is_ascii_digit() || b".-,".contains(&byte)) {
        return None;
    }
    let folded: String = text.nfkc().filter(|c| !c.is_whitespace()).collect();
    let seconds = match folded.contains(':') {
        true => clock(unit, &folded),
        false => units(&folded)?,
    };
    let Some(seconds) = seconds else { return Some(Err(not_a_length(text))) };
    if column.kind == crate::dataset::ColumnKind::Integer {
        let whole = seconds % unit.seconds() == 0;
        return Some(if whole { Ok(seconds / unit.seconds()) } else { Err(not_a_length(text)) });
    }
    // To four places, half away from zero: 20 minutes are 0.3333 hours.
    Some(Ok((seconds * ONE * 2 + unit.seconds()) / (unit.seconds() * 2)))
}

/// `h:mm:ss`, or the two parts of a column; a fraction of a second must be zero.
fn clock(unit: Unit, text: &str) -> Option<i64> {
    let (text, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if !fraction.bytes().all(|byte| byte == b'0') {
        return None;
    }
    let parts = text.split(':').map(number).collect::<Option<Vec<i64>>>()?;
    let (hours, minutes, seconds) = match (parts.as_slice(), unit) {
        ([hours, minutes, seconds], _) => (*hours, *minutes, *seconds),
        ([hours, minutes], Unit::Hours) => (*hours, *minutes, 0),
        ([minutes, seconds], Unit::Seconds) => return (*seconds < 60).then_some(minutes * 60 + seconds),
        // An hour and a half, or a minute and a half?
        _ => return None,
    };
    (minutes < 60 && seconds < 60).then_some(hours * 3_600 + minutes * 60 + seconds)
}

/// `1時間30分`, `18分25秒`; `None` when there are no such units, `Some(None)` when they are out of order.
fn units(text: &str) -> Option<Option<i64>> {
    const UNITS: [(&str, i64); 3] = [("時間", 3_600), ("分", 60), ("秒", 1)];
    if !UNITS.iter().any(|(unit, _)| text.ends_with(unit)) {
        return None;
    }
    let (mut rest, mut seconds) = (text, 0);
    for (unit, length) in UNITS {
        if let Some((count, behind)) = rest.split_once(unit) {
            let Some(count) = number(count) else { return Some(None) };
            seconds += count * length;
            rest = behind;
        }
    }
    Some(rest.is_empty().then_some(seconds))
}

fn number(text: &str) -> Option<i64> {
    let plain = (1..=DIGITS_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

fn not_a_length(text: &str) -> CellFault {
    let message = message!(
        "「{text}」は時間の長さとして読み取れません。1:30:00(時:分:秒)または数値で入力してください",
        "{text} is not a length of time here; write it as 1:30:00 (hours, minutes, seconds) or as a number",
        text = shown(text),
    );
    CellFault::new("not_a_number", message)
}
