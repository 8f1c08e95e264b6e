//! Numbers that the rows of a file get: the lines of a slip, and rows that are the same in what identifies them.

use unicode_normalization::UnicodeNormalization;

use super::line_numbers::LineCounter;
use super::number::{decimal, scaled_amount};
use crate::era::parse_date;
use crate::text::{hex, visible};
use sha2::{Digest as _, Sha256};

/// The longest text of a row's number, in characters; of a longer one the beginning is kept, and a digest.
const TEXT_CHARS_MAX: usize = 48;

/// What is kept of a longer text, in characters.
const KEPT_CHARS: usize = 30;

/// The counters of one file, and the numbers of the row's groups.
#[derive(Debug, Default)]
pub(super) struct Counters {
    counters: Vec<LineCounter>,
    /// For each counter the number of each group of the row.
    numbers: Vec<Vec<u64>>,
}

impl Counters {
    pub(super) fn new(counters: usize) -> Self {
        let new = || (0..counters).map(|_| LineCounter::default()).collect();
        Self { counters: new(), numbers: vec![Vec::new(); counters] }
    }

    pub(super) fn len(&self) -> usize {
        self.counters.len()
    }

    /// A row begins, which has this many groups.
    pub(super) fn begin(&mut self, groups: usize) {
        for numbers in &mut self.numbers {
            numbers.clear();
            numbers.resize(groups, 0);
        }
    }

    /// Counts a group of the row by this text.
    pub(super) fn add(&mut self, counter: usize, group: usize, text: &[u8]) {
        self.counters[counter].add(text);
        if let Some(number) = self.numbers[counter].get_mut(group) {
            *number = self.counters[counter].count();
        }
    }

    /// The number of a group of the row.
    pub(super) fn number(&self, counter: usize, group: usize) -> u64 {
        self.numbers.get(counter).and_then(|numbers| numbers.get(group)).copied().unwrap_or_default()
    }
}

/// What a cell means, however it is written: the same in `2026/10/1` and `令和8年10月1日`, in `1,000` and `1000`, in
/// half-width and full-width kana.
pub(super) fn meaning(cell: &str) -> String {
    let cell = visible(cell);
    let cell = cell.trim();
    if let Ok(day) = parse_date(cell) {
        return day.to_string();
    }
    // A code keeps its zeros.
    let is_code = cell.len() > 1 && cell.starts_with('0') && !cell.starts_with("0.");
    match scaled_amount(cell) {
        Ok(amount) if !is_code => {
            let number = decimal(amount.into());
            // The digits of a day are that day, as they are without separators.
            parse_date(&number).map_or(number, |day| day.to_string())
        }
        _ => cell.nfkc().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

/// The text by which rows are the same, as a part of a code.
pub(super) fn shortened(text: String) -> String {
    if text.chars().count() <= TEXT_CHARS_MAX {
        return text;
    }
    let kept: String = text.chars().take(KEPT_CHARS).collect();
    format!("{kept}~{}", hex(&Sha256::digest(text.as_bytes())[..8]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_mean_the_same_however_they_are_written() {
        for (one, other) in [
            ("2026/10/1", "令和8年10月1日"),
            ("20261001", "2026-10-01"),
            ("1,000", "1000.00"),
            ("¥ 300", "300"),
            ("20,261,001", "20261001"),
            ("¥20,261,001.00", "20261001"),
            ("20261341", "20,261,341"),
            ("ﾌﾘｺﾐ  ｶ)ｱｵﾊﾞ", "フリコミ カ)アオバ"),
        ] {
            assert_eq!(meaning(one), meaning(other), "{one}");
        }
        for (one, other) in [
            ("000123", "123"),
            ("100", "-100"),
            ("20261001", "-20,261,001"),
            ("A 1", "A1"),
            ("0.5", "05"),
            ("", "0"),
        ] {
            assert_ne!(meaning(one), meaning(other), "{one}");
        }
    }

    #[test]
    fn long_texts_are_told_apart_by_a_digest() {
        let long = |end: &str| shortened(format!("{}{end}", "あ".repeat(TEXT_CHARS_MAX)));
        assert_eq!(shortened("あ".repeat(TEXT_CHARS_MAX)), "あ".repeat(TEXT_CHARS_MAX));
        assert_ne!(long("a"), long("b"));
        assert!(long("a").chars().count() <= TEXT_CHARS_MAX && long("a") == long("a"));
    }
}
