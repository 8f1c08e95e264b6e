//! Lines without a number of their own are numbered within their slip, in the order of the file.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::mem::take;

use unicode_normalization::UnicodeNormalization;

use crate::text::visible;

/// Slips that are remembered at least; at most twice as many. A slip that continues after more other slips than that
/// begins at 1 again, and its lines are refused as duplicates: nothing is overwritten.
const SLIPS_MIN: usize = 500_000;

/// Counts the rows of the file with the same cell, wherever they are.
#[derive(Debug, Default)]
pub(crate) struct LineCounter {
    /// The cell of the last row and how many had it.
    last: Vec<u8>,
    count: u64,
    /// The counts of other cells by their hashes: the latest, and those before.
    recent: HashMap<u64, u64>,
    older: HashMap<u64, u64>,
}

impl LineCounter {
    /// Counts one more row with this cell.
    pub(crate) fn add(&mut self, cell: &[u8]) {
        if self.count > 0 && self.last == cell {
            self.count += 1;
            return;
        }
        if self.count > 0 {
            self.recent.insert(hash(&self.last), self.count);
        }
        if self.recent.len() >= SLIPS_MIN {
            self.older = take(&mut self.recent);
        }
        let key = hash(cell);
        let before = self.recent.get(&key).or_else(|| self.older.get(&key));
        self.count = before.copied().unwrap_or_default() + 1;
        self.last.clear();
        self.last.extend_from_slice(cell);
    }

    /// How many rows so far had the last row's cell.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }
}

/// The hash of a code as it is stored: without blanks around it and whatever its width.
fn hash(cell: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    match std::str::from_utf8(cell) {
        Ok(text) if !text.is_ascii() => {
            let narrow: String = visible(text).trim().nfkc().collect();
            narrow.trim().hash(&mut hasher);
        }
        Ok(text) => text.trim().hash(&mut hasher),
        Err(_) => cell.hash(&mut hasher),
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(cells: &[&str]) -> Vec<u64> {
        let mut counter = LineCounter::default();
        let count = |cell: &&str| {
            counter.add(cell.as_bytes());
            counter.count()
        };
        cells.iter().map(count).collect()
    }

    #[test]
    fn lines_are_numbered_per_slip_wherever_they_are() {
        assert_eq!(counts(&["a", "a", "b", "a", "b", "c", "a"]), [1, 2, 1, 3, 2, 1, 4]);
        assert_eq!(counts(&["A1", "Ａ１", " A1　", "\u{FEFF}A1", "A2"]), [1, 2, 3, 4, 1]);
        assert_eq!(counts(&["", "", "x", ""]), [1, 2, 1, 3]);
    }

    #[test]
    fn memory_is_bounded_and_recent_slips_are_remembered() {
        let mut counter = LineCounter::default();
        for slip in 0..SLIPS_MIN * 3 {
            counter.add(slip.to_string().as_bytes());
            assert_eq!(counter.count(), 1);
        }
        assert!(counter.recent.len() + counter.older.len() <= SLIPS_MIN * 2);
        counter.add((SLIPS_MIN * 3 - 1_000).to_string().as_bytes());
        assert_eq!(counter.count(), 2);
        counter.add(b"1");
        assert_eq!(counter.count(), 1, "too long ago");
    }
}
