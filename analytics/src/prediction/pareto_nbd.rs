//! Pareto/NBD: customers buy at random at a rate of their own (gamma: r, alpha) until they leave, at a rate of their own
//! (gamma: s, beta). Schmittlein, Morrison and Colombo, "Counting your customers", 1987; Fader and Hardie, "A note on
//! deriving the Pareto/NBD model", 2005.
//!
//! The likelihood's `2F1` is computed as the integral over the moment of leaving that it stands for: all terms are
//! positive, and nothing depends on which of alpha and beta is larger.

use statrs::function::gamma::{digamma, ln_gamma};

use super::optimum::{Slope, maximise};
use super::{Fit, Group, History, Purchasing, Refusal, count, usable};

/// The model's parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ParetoNbd {
    /// Shape of the purchase rates.
    pub r: f64,
    /// Rate of the purchase rates, in the unit of time.
    pub alpha: f64,
    /// Shape of the rates of leaving.
    pub s: f64,
    /// Rate of the rates of leaving, in the unit of time.
    pub beta: f64,
}

const NAMES: [&str; 4] = ["r", "alpha", "s", "beta"];

/// Places and weights of the Gauss-Legendre rule of twelve points on -1 to 1, without the mirrored half.
const RULE: [(f64, f64); 6] = [
    (0.125_233_408_511_468_9, 0.249_147_045_813_402_8),
    (0.367_831_498_998_180_2, 0.233_492_536_538_354_8),
    (0.587_317_954_286_617_5, 0.203_167_426_723_065_92),
    (0.769_902_674_194_304_7, 0.160_078_328_543_346_23),
    (0.904_117_256_370_474_9, 0.106_939_325_995_318_43),
    (0.981_560_634_246_719_2, 0.047_175_336_386_511_83),
];

impl ParetoNbd {
    /// Estimates the parameters.
    ///
    /// # Errors
    /// The data does not determine them.
    pub fn fit(groups: &[Group]) -> Result<Fit<Self>, Refusal> {
        let (customers, scale) = usable(groups)?;
        let found = maximise([1.0; 4], NAMES, |parameters| slope(groups, scale, Self::of(*parameters)))?;
        let estimates = found.estimates(NAMES, [1.0, scale, 1.0, scale]);
        let model = Self::of(std::array::from_fn(|at| estimates[at].value));
        let purchases: f64 =
            groups.iter().map(|group| f64::from(group.history.repeats) * count(group.customers)).sum();
        Ok(Fit { model, estimates, log_likelihood: found.value - purchases * scale.ln(), customers })
    }

    fn of([r, alpha, s, beta]: [f64; 4]) -> Self {
        Self { r, alpha, s, beta }
    }

    /// The two ways to the same purchases: staying until now, and leaving between the last purchase and now.
    fn ways(&self, x: f64, last: f64, observed: f64) -> Ways {
        let k = self.r + x;
        let leaving = Leaving::integrate(self, k, last, observed);
        let stayed = -k * (self.alpha + observed).ln() - self.s * (self.beta + observed).ln();
        let left = leaving.reference + self.s.ln() + leaving.mass.ln();
        let most = stayed.max(left);
        let both = most + ((stayed - most).exp() + (left - most).exp()).ln();
        Ways { both, stayed: (stayed - both).exp(), left: (left - both).exp(), leaving }
    }
}

struct Ways {
    /// The logarithm of the sum.
    both: f64,
    /// Their shares.
    stayed: f64,
    left: f64,
    leaving: Leaving,
}

/// The integral over the moment y of leaving of exp(-k ln(alpha + y) - (s + 1) ln(beta + y)), and of the same times the
/// derivatives of that exponent.
struct Leaving {
    /// The exponent at the last purchase, where it is largest; the integrals are relative to it.
    reference: f64,
    mass: f64,
    slopes: [f64; 4],
}

impl Leaving {
    fn integrate(model: &ParetoNbd, k: f64, last: f64, observed: f64) -> Self {
        let ParetoNbd { alpha, s, beta, .. } = *model;
        let exponent = |y: f64| -k * (alpha + y).ln() - (s + 1.0) * (beta + y).ln();
        let reference = exponent(last);
        let (mut mass, mut slopes) = (0.0, [0.0; 4]);
        // No piece is longer than what has fallen off before it or than its distance to the integrand's poles, so that
        // twelve points are exact to the last digits.
        let falls = k / (alpha + last) + (s + 1.0) / (beta + last);
        let mut length = (1.0 / falls).min(alpha.min(beta) + last);
        let mut from = last;
        while from < observed {
            let to = (from + length).min(observed);
            let (middle, half) = ((from + to) / 2.0, (to - from) / 2.0);
            let before = mass;
            for (place, weight) in
                RULE.iter().flat_map(|&(place, weight)| [(place, weight), (-place, weight)])
            {
                let y = middle + half * place;
                let (of_alpha, of_beta) = ((alpha + y).ln(), (beta + y).ln());
                let part = weight * half * (-k * of_alpha - (s + 1.0) * of_beta - reference).exp();
                mass += part;
                slopes[0] -= part * of_alpha;
                slopes[1] -= part * k / (alpha + y);
                slopes[2] -= part * of_beta;
                slopes[3] -= part * (s + 1.0) / (beta + y);
            }
            // The integrand falls: what is left is at most its value here times the rest.
            if (mass - before) / (to - from) * (observed - to) <= 1e-17 * mass {
                break;
            }
            from = to;
            length *= 2.0;
        }
        Self { reference, mass, slopes }
    }

    /// The mean of a slope.
    fn mean(&self, at: usize) -> f64 {
        if self.mass > 0.0 { self.slopes[at] / self.mass } else { 0.0 }
    }
}

impl Purchasing for ParetoNbd {
    fn alive(&self, history: History) -> f64 {
        self.ways(f64::from(history.repeats), history.last, history.observed).stayed
    }

    fn expected(&self, history: History, time: f64) -> f64 {
        let rate = (self.r + f64::from(history.repeats)) / (self.alpha + history.observed);
        let from = self.beta + history.observed;
        let longer = (from / (from + time)).ln();
        // (1 - exp((s - 1) longer)) / (s - 1), which is -longer where s is 1.
        let exponent = (self.s - 1.0) * longer;
        let staying = if exponent.abs() < 1e-12 { -longer } else { -exponent.exp_m1() / (self.s - 1.0) };
        rate * from * staying * self.alive(history)
    }
}

/// The log-likelihood, with times divided by `scale`.
fn slope(groups: &[Group], scale: f64, model: ParetoNbd) -> Slope<4> {
    let ParetoNbd { r, alpha, s, beta } = model;
    let (mut value, mut gradient) = (0.0, [0.0; 4]);
    for Group { history, customers } in groups {
        let (x, last, observed) =
            (f64::from(history.repeats), history.last / scale, history.observed / scale);
        let k = r + x;
        let ways = model.ways(x, last, observed);
        let (stayed, left) = (ways.stayed, ways.left);
        let mean = |at| ways.leaving.mean(at);
        let (of_alpha, of_beta) = (alpha + observed, beta + observed);
        let weight = count(*customers);
        value += weight * (ln_gamma(k) - ln_gamma(r) + r * alpha.ln() + s * beta.ln() + ways.both);
        gradient[0] +=
            weight * (digamma(k) - digamma(r) + alpha.ln() - stayed * of_alpha.ln() + left * mean(0));
        gradient[1] += weight * (r / alpha - stayed * k / of_alpha + left * mean(1));
        gradient[2] += weight * (beta.ln() - stayed * of_beta.ln() + left * (1.0 / s + mean(2)));
        gradient[3] += weight * (s / beta - stayed * s / of_beta + left * mean(3));
    }
    (value, gradient)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::{differs, gradient_error};
    use super::*;

    /// The likelihood's second way by midpoints.
    fn naive(model: &ParetoNbd, k: f64, last: f64, observed: f64) -> f64 {
        let steps = 20_000_u32;
        let width = (observed - last) / f64::from(steps);
        let at = |step: u32| {
            let y = last + (f64::from(step) + 0.5) * width;
            (model.alpha + y).powf(-k) * (model.beta + y).powf(-model.s - 1.0) * width
        };
        (0..steps).map(at).sum()
    }

    #[test]
    fn expected_purchases_are_continuous_where_s_is_one() {
        let history = History { repeats: 3, last: 20.0, observed: 30.0 };
        let at = |s: f64| ParetoNbd { r: 0.6, alpha: 5.0, s, beta: 12.0 }.expected(history, 40.0);
        for nearly in [1.0 - 1e-13, 1.0 + 1e-13, 1.0 + 1e-9, 1.0 - 1e-9] {
            assert!(!differs(at(nearly), at(1.0), 1e-8));
        }
    }

    #[test]
    fn thousands_of_purchases_and_no_time_are_numbers() {
        let model = ParetoNbd { r: 0.5, alpha: 1e-3, s: 0.1, beta: 1e3 };
        let busy = History { repeats: 9000, last: 0.5, observed: 1000.0 };
        assert!(model.alive(busy) < 1e-9);
        let now = History { repeats: 0, last: 0.0, observed: 0.0 };
        assert!((model.alive(now) - 1.0).abs() < 1e-15);
        assert!(model.expected(now, 10.0).is_finite());
    }

    proptest! {
        #[test]
        fn the_integral_is_that_of_a_naive_sum(
            parameters in [0.05..5.0, 0.3..5.0, 0.05..5.0, 0.3..5.0],
            x in 0_u32..30, observed in 0.1..20.0, part in 0.0..1.0,
        ) {
            let model = ParetoNbd::of(parameters);
            let (k, last) = (model.r + f64::from(x), observed * part);
            let found = Leaving::integrate(&model, k, last, observed);
            let expected = naive(&model, k, last, observed);
            let found = found.mass * found.reference.exp();
            prop_assert!(!differs(found, expected, 1e-3), "{found} is not {expected}");
        }

        #[test]
        fn the_gradient_is_that_of_the_likelihood(
            parameters in [0.05..5.0, 0.05..5.0, 0.05..5.0, 0.05..5.0],
            x in 0_u32..50, observed in 0.1..100.0, part in 0.0..1.0,
        ) {
            let last = if x == 0 { 0.0 } else { observed * part };
            let groups = [Group { history: History { repeats: x, last, observed }, customers: 3 }];
            let error = gradient_error(parameters, |at| slope(&groups, 2.0, ParetoNbd::of(*at)));
            prop_assert!(error < 1e-5, "{error}");
        }
    }
}
