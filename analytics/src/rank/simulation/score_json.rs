//! The result for programs: a JSON array with one object per customer (`docs/rank.md#runs`).
//!
//! Numbers are written straight into a buffer, without a document tree: there may be a million objects.

use std::io::{self, Write};

use crate::rank::scoring::plan::RankPlan;
use crate::rank::scoring::scored::Scored;
use crate::rank::scoring::scorer::{AMOUNT_SCALE, COUNT_SCALE, date_of};

/// Customers that a thread formats at a time.
const CHUNK: usize = 16_384;
/// Threads that format customers.
const THREADS_MAX: usize = 8;

/// Writes these customers of a plan, formatted on several threads and in order.
pub(crate) fn write(out: &mut impl Write, plan: &RankPlan, customers: &[(&str, &Scored)]) -> io::Result<()> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS_MAX);
    let mut separator = b"[\n".as_slice();
    for wave in customers.chunks(CHUNK * threads) {
        let texts: Vec<Vec<u8>> = std::thread::scope(|scope| {
            let started: Vec<_> =
                wave.chunks(CHUNK).map(|chunk| scope.spawn(|| objects(plan, chunk))).collect();
            let finished = started.into_iter().map(|thread| thread.join());
            // A panic is passed on, so that no part of the list is missing silently.
            finished.map(|text| text.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        });
        for text in texts {
            out.write_all(separator)?;
            out.write_all(&text)?;
            separator = b",\n";
        }
    }
    out.write_all(if customers.is_empty() { b"[]\n" } else { b"\n]\n" })?;
    out.flush()
}

/// The objects of some customers, separated by commas.
fn objects(plan: &RankPlan, customers: &[(&str, &Scored)]) -> Vec<u8> {
    let mut out = Vec::with_capacity(customers.len() * 256);
    for (code, scored) in customers {
        if !out.is_empty() {
            out.extend_from_slice(b",\n");
        }
        object(&mut out, plan, code, scored);
    }
    out
}

fn object(out: &mut Vec<u8>, plan: &RankPlan, code: &str, scored: &Scored) {
    out.extend_from_slice(b"{\"customer_code\":");
    string(out, code);
    out.extend_from_slice(b",\"latest_date\":");
    match scored.figures.latest {
        Some(day) => date(out, day),
        None => out.extend_from_slice(b"null"),
    }
    out.extend_from_slice(b",\"months_within\":");
    optional(out, scored.months_within);
    out.extend_from_slice(b",\"count\":\"");
    decimal(out, i128::from(scored.figures.count), COUNT_SCALE);
    out.extend_from_slice(b"\",\"amount\":\"");
    decimal(out, scored.figures.amount, AMOUNT_SCALE);
    out.extend_from_slice(b"\",\"points\":{\"recency\":");
    optional(out, scored.points.recency.map(u32::from));
    out.extend_from_slice(b",\"count\":");
    optional(out, scored.points.count.map(u32::from));
    out.extend_from_slice(b",\"amount\":");
    optional(out, scored.points.amount.map(u32::from));
    out.extend_from_slice(b"},\"total\":\"");
    decimal(out, i128::from(scored.total), 2);
    out.extend_from_slice(b"\",\"rank_before\":");
    rank(out, plan.rank(scored.before));
    out.extend_from_slice(b",\"rank_after\":");
    rank(out, plan.rank(scored.after));
    out.extend_from_slice(b",\"reason\":\"");
    out.extend_from_slice(scored.reason.as_str().as_bytes());
    out.extend_from_slice(b"\"}");
}

fn rank(out: &mut Vec<u8>, name: Option<&str>) {
    match name {
        Some(name) => string(out, name),
        None => out.extend_from_slice(b"null"),
    }
}

fn optional(out: &mut Vec<u8>, value: Option<u32>) {
    match value {
        Some(value) => whole(out, u64::from(value), 1),
        None => out.extend_from_slice(b"null"),
    }
}

/// A JSON string. Codes are nearly always plain; others are escaped by the library.
fn string(out: &mut Vec<u8>, text: &str) {
    let is_plain = text.bytes().all(|c| c >= 0x20 && c != b'"' && c != b'\\');
    if is_plain {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    } else if serde_json::to_writer(&mut *out, text).is_err() {
        // Writing to memory does not fail; the document stays well-formed in any case.
        out.extend_from_slice(b"null");
    }
}

/// `"2026-10-31"`.
fn date(out: &mut Vec<u8>, unix_day: i32) {
    match date_of(unix_day) {
        Some(date) => {
            use chrono::Datelike;
            out.push(b'"');
            whole(out, u64::try_from(date.year()).unwrap_or(0), 4);
            out.push(b'-');
            whole(out, u64::from(date.month()), 2);
            out.push(b'-');
            whole(out, u64::from(date.day()), 2);
            out.push(b'"');
        }
        None => out.extend_from_slice(b"null"),
    }
}

/// Digits of a whole number, zero-padded to at least `width` (at most 20).
fn whole(out: &mut Vec<u8>, mut value: u64, width: usize) {
    let mut digits = [b'0'; 20];
    let mut start = digits.len();
    while value > 0 {
        start -= 1;
        // A remainder of ten is one digit.
        digits[start] = b'0' + (value % 10) as u8;
        value /= 10;
    }
    out.extend_from_slice(&digits[start.min(digits.len() - width)..]);
}

/// A scaled integer as a decimal without trailing zeros: 24 000 000 with four places is `2400`.
pub(crate) fn decimal(out: &mut Vec<u8>, scaled: i128, scale: u32) {
    if scaled < 0 {
        out.push(b'-');
    }
    let magnitude = scaled.unsigned_abs();
    let unit = 10_u128.pow(scale);
    // Most figures fit 64 bits, where dividing is ten times as fast.
    let (integer, fraction) = match u64::try_from(magnitude) {
        Ok(small) => (u128::from(small / unit as u64), small % unit as u64),
        Err(_) => (magnitude / unit, (magnitude % unit) as u64),
    };
    match u64::try_from(integer) {
        Ok(small) => whole(out, small, 1),
        Err(_) => out.extend_from_slice(integer.to_string().as_bytes()),
    }
    if fraction > 0 {
        out.push(b'.');
        let start = out.len();
        whole(out, fraction, scale as usize);
        while out.len() > start && out.last() == Some(&b'0') {
            out.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(scaled: i128, scale: u32) -> String {
        let mut out = Vec::new();
        decimal(&mut out, scaled, scale);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn decimals_have_no_trailing_zeros() {
        assert_eq!(text(0, 8), "0");
        assert_eq!(text(15_000, 4), "1.5");
        assert_eq!(text(240_000_000_000_000, 8), "2400000");
        assert_eq!(text(-30_000_000_000_000, 8), "-300000");
        assert_eq!(text(-1, 8), "-0.00000001");
        assert_eq!(text(5150, 2), "51.5");
        assert_eq!(text(10_000, 4), "1");
        assert_eq!(text(i128::from(u64::MAX) * 1_000_000_000 + 1, 8), "184467440737095516150.00000001");
    }

    #[test]
    fn dates_are_padded() {
        let mut out = Vec::new();
        date(&mut out, 0);
        date(&mut out, 20_757);
        assert_eq!(String::from_utf8(out).unwrap(), "\"1970-01-01\"\"2026-10-31\"");
    }

    #[test]
    fn strings_are_escaped_where_json_requires_it() {
        let mut out = Vec::new();
        string(&mut out, "C01");
        string(&mut out, "a\"b\\c\n");
        assert_eq!(String::from_utf8(out).unwrap(), r#""C01""a\"b\\c\n""#);
    }
}
