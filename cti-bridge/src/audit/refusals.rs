//! Refusals, of which an attacker can cause any number: a share of each minute is written one by one, the rest is
//! summed up.

use std::collections::BTreeMap;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};

use shared::store::AuditAction;

/// Refusals of each kind that are written one by one in a minute.
const EACH_MINUTE: u64 = 60;

/// The refusals of the current minute.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    minute: DateTime<Utc>,
    counted: BTreeMap<AuditAction, u64>,
}

/// Refusals that were not written one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) minute: DateTime<Utc>,
    pub(super) action: AuditAction,
    pub(super) count: u64,
}

impl Refusals {
    /// Counts a refusal. Returns whether it is written by itself; sums that are due are handed over with it.
    pub(super) fn count(&mut self, action: AuditAction, now: DateTime<Utc>) -> (bool, Vec<Sum>) {
        let due = self.due(now);
        let counted = self.counted.entry(action).or_default();
        *counted += 1;
        (*counted <= EACH_MINUTE, due)
    }

    /// The sums of a minute that is over.
    pub(super) fn due(&mut self, now: DateTime<Utc>) -> Vec<Sum> {
        let minute = now.duration_trunc(TimeDelta::minutes(1)).unwrap_or(now);
        if minute == self.minute { Vec::new() } else { std::mem::replace(self, Self::of(minute)).sums() }
    }

    /// The sums so far, whatever the time: the bridge ends.
    pub(super) fn take(&mut self) -> Vec<Sum> {
        std::mem::replace(self, Self::of(self.minute)).sums()
    }

    /// Whether something will be due at the end of the minute.
    pub(super) fn wait(&self) -> bool {
        self.counted.values().any(|count| *count > EACH_MINUTE)
    }

    fn of(minute: DateTime<Utc>) -> Self {
        Self { minute, counted: BTreeMap::new() }
    }

    fn sums(self) -> Vec<Sum> {
        let minute = self.minute;
        let more = |(action, count): (AuditAction, u64)| {
            let count = count.saturating_sub(EACH_MINUTE);
            (count > 0).then_some(Sum { minute, action, count })
        };
        self.counted.into_iter().filter_map(more).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn the_first_of_a_minute_are_written_and_the_rest_is_summed() {
        let mut refusals = Refusals::default();
        let now = at("2026-11-22T00:00:30Z");
        let written = (0..100).filter(|_| refusals.count(AuditAction::SignInRefused, now).0).count();
        assert_eq!(written, 60);
        assert!(refusals.count(AuditAction::Forbidden, now).0, "each kind has a share of its own");
        assert!(refusals.wait());
        assert_eq!(refusals.due(at("2026-11-22T00:00:59.999Z")), []);
        let sum = Sum { minute: at("2026-11-22T00:00:00Z"), action: AuditAction::SignInRefused, count: 40 };
        assert_eq!(refusals.due(at("2026-11-22T00:01:00Z")), [sum]);
        assert_eq!(refusals.due(at("2026-11-22T00:02:00Z")), [], "told once");
        assert!(!refusals.wait());
    }

    #[test]
    fn sixty_in_a_minute_leave_nothing_to_sum() {
        let mut refusals = Refusals::default();
        for _ in 0..60 {
            assert!(refusals.count(AuditAction::SignInRefused, at("2026-11-22T00:00:30Z")).0);
        }
        assert!(!refusals.wait());
        assert_eq!(refusals.take(), []);
    }

    #[test]
    fn the_next_minute_begins_anew_and_hands_the_sum_over() {
        let mut refusals = Refusals::default();
        for _ in 0..61 {
            refusals.count(AuditAction::SignInRefused, at("2026-11-22T00:00:30Z"));
        }
        let (written, due) = refusals.count(AuditAction::SignInRefused, at("2026-11-22T00:01:00Z"));
        assert!(written);
        assert_eq!(due.iter().map(|sum| sum.count).collect::<Vec<_>>(), [1]);
        assert_eq!(refusals.take(), []);
    }
}
