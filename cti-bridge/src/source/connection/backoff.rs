//! How long a source waits before it reconnects.

use std::time::Duration;

/// The wait before the next attempt: it doubles with each attempt up to `max_ms`, and its upper half is random, so that
/// many clients do not reconnect at the same moment.
pub(super) fn backoff(min_ms: u64, max_ms: u64, attempts: u32, random: u32) -> Duration {
    let doubled = min_ms.saturating_mul(1_u64.checked_shl(attempts).unwrap_or(u64::MAX));
    let whole = doubled.min(max_ms);
    let half = whole / 2;
    // The product of a wait and a random number may need more than 64 bits.
    let extra = u128::from(random) * u128::from(whole - half) / u128::from(u32::MAX);
    Duration::from_millis(half.saturating_add(u64::try_from(extra).unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_limit_with_a_random_upper_half() {
        let milliseconds = |attempts, random| backoff(500, 30_000, attempts, random).as_millis();
        assert_eq!(milliseconds(0, 0), 250);
        assert_eq!(milliseconds(0, u32::MAX), 500);
        assert_eq!(milliseconds(1, u32::MAX), 1_000);
        assert_eq!(milliseconds(5, u32::MAX), 16_000);
        assert_eq!(milliseconds(6, u32::MAX), 30_000);
        assert_eq!(milliseconds(63, u32::MAX), 30_000);
        assert_eq!(milliseconds(64, 0), 15_000);
        assert_eq!(milliseconds(u32::MAX, 0), 15_000);
    }

    #[test]
    fn extreme_settings_do_not_overflow() {
        assert_eq!(backoff(0, 0, 9, u32::MAX), Duration::ZERO);
        assert_eq!(backoff(u64::MAX, u64::MAX, 9, u32::MAX).as_millis(), u128::from(u64::MAX));
    }
}
