//! Keys that occur twice in one file, found in bounded memory.
//!
//! A first pass puts every key into a Bloom filter; a key that seems to be there already is a candidate. The pass that
//! writes keeps the lines of candidates only, which are few, and compares their whole keys.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::store::Value;

/// The largest filter, in bits (64 MiB): up to about 50 million rows with hardly a false candidate.
const BITS_MAX: u64 = 1 << 29;

/// The most candidates. A file with more is imported without this check from there on, and the report says so.
const CANDIDATES_MAX: usize = 2_000_000;

/// Probes for each key.
const PROBES: u64 = 6;

/// Bytes of a file for each key that the filter has room for.
const ROW_BYTES_GUESS: u64 = 32;

/// A hash of a row's key.
pub(super) fn hash<'v>(key: impl Iterator<Item = &'v Option<Value>>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for value in key {
        match value {
            Some(Value::Text(text)) => text.hash(&mut hasher),
            Some(Value::Integer(number)) => number.hash(&mut hasher),
            Some(Value::Null) | None => 0_u8.hash(&mut hasher),
        }
    }
    hasher.finish()
}

/// The first pass: finds candidates.
pub(super) struct CandidateFinder {
    bits: Vec<u64>,
    mask: u64,
    candidates: HashSet<u64>,
    overflow: bool,
}

impl CandidateFinder {
    pub(super) fn new(file_bytes: u64) -> Self {
        let bits = (file_bytes / ROW_BYTES_GUESS * 16).next_power_of_two().clamp(1 << 12, BITS_MAX);
        let words = usize::try_from(bits / 64).unwrap_or(1 << 23);
        Self { bits: vec![0; words], mask: bits - 1, candidates: HashSet::new(), overflow: false }
    }

    pub(super) fn add(&mut self, hash: u64) {
        // Double hashing: the two halves of one good hash make many.
        let step = (hash >> 32) | 1;
        let mut seen = true;
        for probe in 0..PROBES {
            let bit = hash.wrapping_add(probe.wrapping_mul(step).wrapping_mul(0x9E37_79B9)) & self.mask;
            let word = &mut self.bits[usize::try_from(bit / 64).unwrap_or_default()];
            seen &= *word & (1 << (bit % 64)) != 0;
            *word |= 1 << (bit % 64);
        }
        if seen && self.candidates.len() < CANDIDATES_MAX {
            self.candidates.insert(hash);
        } else if seen {
            self.overflow = true;
        }
    }

    pub(super) fn finish(self) -> RepeatedKeys {
        RepeatedKeys { candidates: self.candidates, lines: HashMap::new(), overflow: self.overflow }
    }
}

/// The pass that writes: knows on which line a candidate's key was before.
pub(super) struct RepeatedKeys {
    candidates: HashSet<u64>,
    /// The line of each whole key, and a hash of its row.
    lines: HashMap<String, (u64, u64)>,
    /// Whether there were too many candidates to check all.
    pub(super) overflow: bool,
}

impl RepeatedKeys {
    /// The line of an imported row with the same key, and that row's hash.
    pub(super) fn line_of<'v>(
        &self,
        hash: u64,
        key: impl Iterator<Item = &'v Option<Value>>,
    ) -> Option<(u64, u64)> {
        if !self.candidates.contains(&hash) {
            return None;
        }
        self.lines.get(&whole(key)).copied()
    }

    /// Notes an imported row.
    pub(super) fn accept<'v>(
        &mut self,
        hash: u64,
        key: impl Iterator<Item = &'v Option<Value>>,
        row: impl FnOnce() -> (u64, u64),
    ) {
        if self.candidates.contains(&hash) {
            self.lines.insert(whole(key), row());
        }
    }
}

/// The whole key as one text. No key contains the separator: control characters are refused before.
fn whole<'v>(key: impl Iterator<Item = &'v Option<Value>>) -> String {
    let mut text = String::new();
    for value in key {
        match value {
            Some(Value::Text(part)) => text.push_str(part),
            Some(Value::Integer(number)) => text.push_str(&number.to_string()),
            Some(Value::Null) | None => {}
        }
        text.push('\u{1F}');
    }
    text
}
