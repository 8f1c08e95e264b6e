//! Rate limits. Pure: the caller passes the time, and nothing here waits.
//!
//! Two rules: a rate with a burst (lookups, writes and dialled calls of one agent), and waits that grow with each failure
//! (`sign_ins`). Memory is bounded: entries that no longer make a difference are dropped, and when that is not
//! enough, the one that would be dropped next.

mod network;
mod sign_ins;

use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

use chrono::{DateTime, Utc};

pub use network::AddressRange;
pub(crate) use network::{is_in, network};
pub use sign_ins::{DeviceId, Guess, SignIns};

/// Agents whose rates are kept; more than there are.
pub(crate) const AGENTS_MAX: usize = 10_000;
/// A second, in microseconds.
const SECOND: i64 = 1_000_000;
/// How long a failure counts after the end of its wait.
const FORGET_AFTER: i64 = 3_600 * SECOND;

fn micros(at: DateTime<Utc>) -> i64 {
    at.timestamp_micros()
}

fn wait_of(micros: i64) -> Duration {
    Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}

/// A rate with a burst.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many at once after a quiet time. At least 1.
    burst: u32,
    /// After that one in this time, in microseconds. 0: no limit.
    each: i64,
}

impl Rate {
    /// A burst, then this many a second; 0: no limit.
    #[must_use]
    pub const fn per_second(burst: u32, count: u32) -> Self {
        Self::new(burst, count, SECOND)
    }

    /// A burst, then this many a minute; 0: no limit.
    #[must_use]
    pub const fn per_minute(burst: u32, count: u32) -> Self {
        Self::new(burst, count, 60 * SECOND)
    }

    const fn new(burst: u32, count: u32, period: i64) -> Self {
        let each = if count == 0 { 0 } else { period / count as i64 };
        Self { burst, each }
    }
}

/// A rate for each key. For a key only the instant is kept at which its burst is available in full again.
#[derive(Debug)]
pub struct Rates<K> {
    rate: Rate,
    keys_max: usize,
    whole_at: HashMap<K, i64>,
}

impl<K: Hash + Eq + Clone> Rates<K> {
    /// The same rate for every key; at most `keys_max` keys are kept.
    #[must_use]
    pub fn new(rate: Rate, keys_max: usize) -> Self {
        Self { rate, keys_max: keys_max.max(1), whole_at: HashMap::new() }
    }

    /// Takes one for this key.
    ///
    /// # Errors
    /// None is left; the next is available after this wait.
    pub fn take(&mut self, key: &K, now: DateTime<Utc>) -> Result<(), Duration> {
        let (now, each) = (micros(now), self.rate.each);
        if each == 0 {
            return Ok(());
        }
        let all = each.saturating_mul(self.rate.burst.max(1).into());
        let known = self.whole_at.get(key).copied().unwrap_or(now);
        // At most a whole burst ahead: a clock that was set back must not lock anybody out.
        let whole_at = known.clamp(now, now.saturating_add(all));
        let after = whole_at.saturating_add(each);
        if after - now > all {
            return Err(wait_of(after - now - all));
        }
        if !self.whole_at.contains_key(key) && self.whole_at.len() >= self.keys_max {
            make_room(&mut self.whole_at, self.keys_max, |whole_at| *whole_at, now);
        }
        self.whole_at.insert(key.clone(), after);
        Ok(())
    }

    /// Keys that are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.whole_at.len()
    }

    /// Whether no key is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.whole_at.is_empty()
    }
}

/// Drops what no longer counts; when nothing does, the entry that would be dropped next.
fn make_room<K: Hash + Eq + Clone, V>(
    kept: &mut HashMap<K, V>,
    keys_max: usize,
    until: impl Fn(&V) -> i64,
    now: i64,
) {
    kept.retain(|_, value| until(value) > now);
    if kept.len() >= keys_max {
        let first = kept.iter().min_by_key(|(_, value)| until(value)).map(|(key, _)| key.clone());
        if let Some(first) = first {
            kept.remove(&first);
        }
    }
}

/// The waits after failures: the first ones are free, then each doubles the wait, up to the longest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailureRule {
    /// Failures without a wait.
    pub free: u32,
    /// The longest wait, in seconds.
    pub wait_max_seconds: u32,
}

impl FailureRule {
    /// The wait after this many failures: 1, 2, 4 … seconds once the free ones are used up.
    fn wait(self, failures: u32) -> i64 {
        let longest = i64::from(self.wait_max_seconds) * SECOND;
        match failures.checked_sub(self.free) {
            None => 0,
            Some(doubled) => SECOND.checked_shl(doubled.min(40)).unwrap_or(longest).min(longest),
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Failed {
    failures: u32,
    last: i64,
}

/// The failures of each key.
#[derive(Debug)]
pub struct Failures<K> {
    rule: FailureRule,
    keys_max: usize,
    failed: HashMap<K, Failed>,
}

impl<K: Hash + Eq + Clone> Failures<K> {
    /// The same rule for every key; at most `keys_max` keys are kept.
    #[must_use]
    pub fn new(rule: FailureRule, keys_max: usize) -> Self {
        Self { rule, keys_max: keys_max.max(1), failed: HashMap::new() }
    }

    fn forget_at(&self, failed: &Failed) -> i64 {
        failed.last.saturating_add(self.rule.wait(failed.failures)).saturating_add(FORGET_AFTER)
    }

    /// Checks whether this key may try now.
    ///
    /// # Errors
    /// It may after this wait.
    pub fn check(&self, key: &K, now: DateTime<Utc>) -> Result<(), Duration> {
        let now = micros(now);
        let Some(failed) = self.failed.get(key).filter(|failed| self.forget_at(failed) > now) else {
            return Ok(());
        };
        let wait = self.rule.wait(failed.failures);
        // A clock that was set back must not lock anybody out for longer than the wait.
        match failed.last.min(now).saturating_add(wait) - now {
            left if left > 0 => Err(wait_of(left)),
            _ => Ok(()),
        }
    }

    /// Counts an attempt that failed.
    pub fn count(&mut self, key: &K, now: DateTime<Utc>) {
        let now = micros(now);
        let known = self.failed.get(key).filter(|failed| self.forget_at(failed) > now);
        let failures = known.map_or(0, |failed| failed.failures).saturating_add(1);
        if !self.failed.contains_key(key) && self.failed.len() >= self.keys_max {
            let rule = self.rule;
            let until =
                move |failed: &Failed| failed.last.saturating_add(rule.wait(failed.failures) + FORGET_AFTER);
            make_room(&mut self.failed, self.keys_max, until, now);
        }
        self.failed.insert(key.clone(), Failed { failures, last: now });
    }

    /// Counts a failure, unless this key has to wait.
    ///
    /// # Errors
    /// The next counts after this wait.
    pub fn try_count(&mut self, key: &K, now: DateTime<Utc>) -> Result<(), Duration> {
        self.check(key, now)?;
        self.count(key, now);
        Ok(())
    }

    /// Forgets every failure of this key.
    pub fn clear(&mut self, key: &K) {
        self.failed.remove(key);
    }

    /// Keys that are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.failed.len()
    }

    /// Whether no key is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.failed.is_empty()
    }
}

#[cfg(test)]
mod tests;
