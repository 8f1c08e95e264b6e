//! Rate limits. Pure: the caller passes the time, and nothing here waits.
//!
//! Two rules: a rate with a burst (lookups of one agent), and waits that grow with each failure (sign-ins of one agent
//! or from one address). Memory is bounded: entries that no longer make a difference are dropped, and when that is not
//! enough, the one that would be dropped next.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use chrono::{DateTime, Utc};

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
    pub burst: u32,
    /// How many a second after that. 0: no limit.
    pub per_second: u32,
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
        if self.rate.per_second == 0 {
            return Ok(());
        }
        let now = micros(now);
        let each = SECOND / i64::from(self.rate.per_second);
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

    /// Counts an attempt as failed. Called before the attempt, so that simultaneous ones count too.
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

    /// Undoes the count of one attempt.
    pub fn uncount(&mut self, key: &K) {
        if let Some(failed) = self.failed.get_mut(key) {
            failed.failures = failed.failures.saturating_sub(1);
            if failed.failures == 0 {
                self.failed.remove(key);
            }
        }
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

/// Sign-ins by agent and by address: both must be free to try.
#[derive(Debug)]
pub struct SignIns {
    agents: Failures<String>,
    addresses: Failures<IpAddr>,
}

impl SignIns {
    /// Nothing has failed yet.
    #[must_use]
    pub fn new(agent: FailureRule, address: FailureRule, keys_max: usize) -> Self {
        Self { agents: Failures::new(agent, keys_max), addresses: Failures::new(address, keys_max) }
    }

    /// Begins an attempt, which counts as failed until [`SignIns::succeeded`] is called.
    ///
    /// # Errors
    /// It may begin after this wait; nothing was counted.
    pub fn begin(
        &mut self,
        agent_code: Option<&str>,
        address: IpAddr,
        now: DateTime<Utc>,
    ) -> Result<(), Duration> {
        let (agent, address) = (agent_code.map(str::to_owned), network(address));
        let of_agent = agent.as_ref().map_or(Ok(()), |agent| self.agents.check(agent, now));
        let of_address = address.as_ref().map_or(Ok(()), |address| self.addresses.check(address, now));
        match (of_agent, of_address) {
            (Ok(()), Ok(())) => {}
            (one, other) => return Err(one.err().unwrap_or_default().max(other.err().unwrap_or_default())),
        }
        if let Some(agent) = &agent {
            self.agents.count(agent, now);
        }
        if let Some(address) = &address {
            self.addresses.count(address, now);
        }
        Ok(())
    }

    /// The attempt succeeded. The agent's failures are cleared; the address only gets this attempt back, so that an
    /// attacker's own account does not make guesses at others free.
    pub fn succeeded(&mut self, agent_code: Option<&str>, address: IpAddr) {
        if let Some(agent) = agent_code {
            self.agents.clear(&agent.to_owned());
        }
        if let Some(address) = network(address) {
            self.addresses.uncount(&address);
        }
    }
}

/// The network that one attacker is likely to control as a whole: an IPv4 address, or a /64 of IPv6. `None` for this
/// machine itself: behind a proxy on it, everybody connects from there.
fn network(address: IpAddr) -> Option<IpAddr> {
    let address = address.to_canonical();
    match address {
        _ if address.is_loopback() => None,
        IpAddr::V4(_) => Some(address),
        IpAddr::V6(v6) => Some(Ipv6Addr::from(u128::from(v6) & !u128::from(u64::MAX)).into()),
    }
}

#[cfg(test)]
mod tests;
