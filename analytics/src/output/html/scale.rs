//! Where values stand in a chart, and the round numbers beside it.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

/// Width and height of a chart in its own coordinates.
pub(super) const SPAN: u64 = 1000;
/// Steps between the ends of a scale, at most.
const STEPS_MAX: u32 = 5;

/// A scale with round ends, on which zero always is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scale {
    low: Decimal,
    high: Decimal,
    step: Decimal,
}

impl Scale {
    /// The scale of these values.
    pub(super) fn of(values: impl Iterator<Item = Decimal>) -> Self {
        let (low, high) = values
            .fold((Decimal::ZERO, Decimal::ZERO), |(low, high), value| (low.min(value), high.max(value)));
        let high = if low == high { Decimal::ONE } else { high };
        let step = round_step(high.saturating_sub(low));
        let steps = |value: Decimal| value.checked_div(step).unwrap_or_default();
        Self {
            low: steps(low).floor().saturating_mul(step),
            high: steps(high).ceil().saturating_mul(step),
            step,
        }
    }

    /// Where a value stands, from 0 at the low end to [`SPAN`].
    pub(super) fn place(self, value: Decimal) -> u64 {
        let above = value.saturating_sub(self.low);
        let share = above.checked_div(self.high.saturating_sub(self.low)).unwrap_or_default();
        (share * Decimal::from(SPAN)).round().to_u64().unwrap_or(0).min(SPAN)
    }

    /// The round values from the high end to the low one.
    pub(super) fn marks(self) -> Vec<Decimal> {
        let mut marks = vec![self.high];
        while let Some(last) = marks.last().filter(|last| **last > self.low) {
            marks.push(last.saturating_sub(self.step).max(self.low));
        }
        marks
    }
}

/// A step of 1, 2 or 5 times a power of ten that divides a range into a few parts.
fn round_step(range: Decimal) -> Decimal {
    let least = range.checked_div(Decimal::from(STEPS_MAX)).unwrap_or(range);
    let ten = Decimal::TEN;
    let mut power = Decimal::ONE;
    while power > least && power.scale() < 12 {
        power = power.checked_div(ten).unwrap_or(power).normalize();
    }
    while let Some(next) = power.checked_mul(ten).filter(|next| *next <= least) {
        power = next;
    }
    let steps = [1, 2, 5, 10].map(|factor| power.saturating_mul(Decimal::from(factor)));
    steps.into_iter().find(|step| *step >= least).unwrap_or(power)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dec(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn scale(values: &[&str]) -> Scale {
        Scale::of(values.iter().map(|value| dec(value)))
    }

    #[test]
    fn the_ends_are_round_and_hold_every_value_and_zero() {
        for (values, marks) in [
            (&["14814807"][..], &["15000000", "10000000", "5000000", "0"][..]),
            (&["0.4", "0.93"], &["1", "0.8", "0.6", "0.4", "0.2", "0"]),
            (&["-30", "90"], &["100", "50", "0", "-50"]),
            (&["-7"], &["0", "-2", "-4", "-6", "-8"]),
            (&[], &["1", "0.8", "0.6", "0.4", "0.2", "0"]),
            (&["0", "0"], &["1", "0.8", "0.6", "0.4", "0.2", "0"]),
        ] {
            let expected: Vec<Decimal> = marks.iter().map(|mark| dec(mark)).collect();
            assert_eq!(scale(values).marks(), expected, "{values:?}");
        }
    }

    #[test]
    fn values_stand_in_proportion() {
        let scale = scale(&["-50", "100"]);
        let places = ["-50", "0", "25", "100"].map(|value| scale.place(dec(value)));
        assert_eq!(places, [0, 333, 500, 1000]);
    }

    #[test]
    fn the_largest_amounts_have_a_scale() {
        let huge = scale(&["79228162514264337593543950335"]);
        assert!(huge.marks().len() <= 2 + STEPS_MAX as usize);
    }
}
