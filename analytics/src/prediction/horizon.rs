//! Purchases and their value over a time ahead, discounted.

use super::{History, Purchasing};

/// A time ahead, in the model's unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Horizon {
    /// How many units.
    pub units: u32,
    /// Units of a year.
    pub units_of_year: f64,
    /// The yearly rate at which later money is worth less; 0.1 is 10 %.
    pub discount: f64,
}

impl Horizon {
    /// The expected purchases, and the same with those of each unit of time discounted from its middle.
    pub fn purchases(&self, model: &impl Purchasing, history: History) -> (f64, f64) {
        let until = |units: u32| model.expected(history, f64::from(units));
        let all = until(self.units);
        if self.discount <= 0.0 {
            return (all, all);
        }
        let (mut before, mut discounted) = (0.0, 0.0);
        for unit in 1..=self.units {
            let after = if unit == self.units { all } else { until(unit) };
            let years = (f64::from(unit) - 0.5) / self.units_of_year;
            discounted += (after - before) * (1.0 + self.discount).powf(-years);
            before = after;
        }
        (all, discounted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One purchase in each unit of time.
    struct Steady;

    impl Purchasing for Steady {
        fn alive(&self, _: History) -> f64 {
            1.0
        }

        fn expected(&self, _: History, time: f64) -> f64 {
            time
        }
    }

    #[test]
    fn later_purchases_count_less() {
        let history = History { repeats: 1, last: 1.0, observed: 2.0 };
        let years = |discount| Horizon { units: 3, units_of_year: 1.0, discount };
        let (all, plain) = years(0.0).purchases(&Steady, history);
        assert!((all - 3.0).abs() < 1e-12 && (plain - 3.0).abs() < 1e-12);
        let (all, discounted) = years(0.1).purchases(&Steady, history);
        let by_hand = 1.1_f64.powf(-0.5) + 1.1_f64.powf(-1.5) + 1.1_f64.powf(-2.5);
        assert!((all - 3.0).abs() < 1e-12 && (discounted - by_hand).abs() < 1e-12, "{discounted}");
    }
}
