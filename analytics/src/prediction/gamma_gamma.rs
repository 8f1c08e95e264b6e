//! Gamma-Gamma: how much a purchase is worth. Purchases of a customer vary around a mean of their own, and the means vary
//! between customers (p, q, gamma). Fader and Hardie, "The gamma-gamma model of monetary value", 2013.

use statrs::function::gamma::{digamma, ln_gamma};

use super::optimum::{Slope, maximise};
use super::{Fit, Refusal, count};

/// The model's parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GammaGamma {
    /// Shape of a purchase's value.
    pub p: f64,
    /// Shape of the customers' means.
    pub q: f64,
    /// Scale of the customers' means, in the unit of money.
    pub gamma: f64,
}

/// Customers with as many repeat purchases of the same mean value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spending {
    /// Repeat purchases (x), at least one.
    pub repeats: u32,
    /// Their mean value, positive.
    pub mean: f64,
    /// How many they are.
    pub customers: u64,
}

const NAMES: [&str; 3] = ["p", "q", "gamma"];

/// Fewer customers are refused.
const CUSTOMERS_MIN: u64 = 10;

impl GammaGamma {
    /// Estimates the parameters.
    ///
    /// # Errors
    /// The data does not determine them.
    pub fn fit(spending: &[Spending]) -> Result<Fit<Self>, Refusal> {
        let customers = spending.iter().map(|group| group.customers).sum::<u64>();
        if customers == 0 {
            return Err(Refusal::NoRepeats);
        }
        if customers < CUSTOMERS_MIN {
            return Err(Refusal::TooFew { customers, needed: CUSTOMERS_MIN });
        }
        let scale =
            spending.iter().map(|group| group.mean * count(group.customers)).sum::<f64>() / count(customers);
        let found = maximise([1.0, 2.0, 1.0], NAMES, |parameters| slope(spending, scale, *parameters))?;
        let estimates = found.estimates(NAMES, [1.0, 1.0, scale]);
        let model = Self { p: estimates[0].value, q: estimates[1].value, gamma: estimates[2].value };
        // In another unit of money the density of a mean is another.
        let log_likelihood = found.value - count(customers) * scale.ln();
        Ok(Fit { model, estimates, log_likelihood, customers })
    }

    /// The expected value of a purchase of a customer with so many repeat purchases of this mean; without any, that of all
    /// customers. Nothing when the distribution has no mean.
    pub fn expected(&self, repeats: u32, mean: f64) -> Option<f64> {
        let x = if mean > 0.0 { f64::from(repeats) } else { 0.0 };
        let divisor = self.p * x + self.q - 1.0;
        (divisor > 0.0).then(|| self.p * (self.gamma + x * mean) / divisor)
    }
}

/// The log-likelihood, with money divided by `scale`.
fn slope(spending: &[Spending], scale: f64, [p, q, gamma]: [f64; 3]) -> Slope<3> {
    let (mut value, mut gradient) = (0.0, [0.0; 3]);
    for group in spending {
        let (x, mean, weight) = (f64::from(group.repeats), group.mean / scale, count(group.customers));
        let (px, all) = (p * x, p * x + q);
        let sum = (gamma + x * mean).ln();
        value += weight
            * (ln_gamma(all) - ln_gamma(px) - ln_gamma(q)
                + q * gamma.ln()
                + (px - 1.0) * mean.ln()
                + px * x.ln()
                - all * sum);
        gradient[0] += weight * x * (digamma(all) - digamma(px) + mean.ln() + x.ln() - sum);
        gradient[1] += weight * (digamma(all) - digamma(q) + gamma.ln() - sum);
        gradient[2] += weight * (q / gamma - all / (gamma + x * mean));
    }
    (value, gradient)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::gradient_error;
    use super::*;

    #[test]
    fn the_expected_value_is_between_the_customers_own_mean_and_that_of_all() {
        let model = GammaGamma { p: 6.25, q: 3.74, gamma: 15.44 };
        let all = model.expected(0, 0.0).unwrap();
        assert!((all - 6.25 * 15.44 / 2.74).abs() < 1e-9);
        let own = model.expected(2, 22.35).unwrap();
        assert!(own > 22.35 && own < all, "{own}");
        assert!((model.expected(100_000, 22.35).unwrap() - 22.35).abs() < 0.01);
    }

    #[test]
    fn without_a_mean_there_is_no_expectation() {
        let model = GammaGamma { p: 2.0, q: 0.8, gamma: 1.0 };
        assert_eq!(model.expected(0, 0.0), None);
        assert!(model.expected(1, 5.0).is_some());
    }

    proptest! {
        #[test]
        fn the_gradient_is_that_of_the_likelihood(
            parameters in [0.05..10.0, 0.05..10.0, 0.05..10.0], x in 1_u32..50, mean in 0.1..1000.0,
        ) {
            let spending = [Spending { repeats: x, mean, customers: 2 }];
            let error = gradient_error(parameters, |at| slope(&spending, 10.0, *at));
            prop_assert!(error < 1e-5, "{error}");
        }
    }
}
