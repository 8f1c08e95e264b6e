//! How long a source waits before it connects again.

use std::time::Duration;

/// The wait before the next attempt: doubling, and between half and all of that by chance, so that many clients do
/// not come back at once.
pub(in crate::source) fn backoff(min_ms: u64, max_ms: u64, attempts: u32, chance: u32) -> Duration {
    let doubled = min_ms.saturating_mul(1_u64.checked_shl(attempts).unwrap_or(u64::MAX));
    let whole = doubled.min(max_ms);
    let half = whole / 2;
    // In 128 bits: a wait in milliseconds times a chance of 32 bits may not fit into 64.
    let by_chance = u128::from(chance) * u128::from(whole - half) / u128::from(u32::MAX);
    Duration::from_millis(half.saturating_add(u64::try_from(by_chance).unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_limit_with_chance_in_the_upper_half() {
        let milliseconds = |attempts, chance| backoff(500, 30_000, attempts, chance).as_millis();
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
    fn settings_without_measure_do_not_overflow() {
        assert_eq!(backoff(0, 0, 9, u32::MAX), Duration::ZERO);
        assert_eq!(backoff(u64::MAX, u64::MAX, 9, u32::MAX).as_millis(), u128::from(u64::MAX));
    }
}
