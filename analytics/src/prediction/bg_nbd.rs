//! BG/NBD: customers buy at random at a rate of their own (gamma: r, alpha) and may leave after each purchase with a
//! probability of their own (beta: a, b). Fader, Hardie and Lee, "Counting your customers the easy way", 2005.

use statrs::function::gamma::{digamma, ln_gamma};

use super::optimum::{Slope, maximise};
use super::{Fit, Group, History, Purchasing, Refusal, count, usable};

/// The model's parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BgNbd {
    /// Shape of the purchase rates.
    pub r: f64,
    /// Rate of the purchase rates, in the unit of time.
    pub alpha: f64,
    /// First parameter of the probabilities to leave.
    pub a: f64,
    /// Second parameter of the probabilities to leave.
    pub b: f64,
}

const NAMES: [&str; 4] = ["r", "alpha", "a", "b"];

/// How near to 1 `a` may come before the closed form, which divides by a - 1, loses its digits.
const NEAR_ONE: f64 = 0.01;

impl BgNbd {
    /// Estimates the parameters.
    ///
    /// # Errors
    /// The data does not determine them.
    pub fn fit(groups: &[Group]) -> Result<Fit<Self>, Refusal> {
        let (customers, scale) = usable(groups)?;
        let found = maximise([1.0; 4], NAMES, |parameters| slope(groups, scale, Self::of(*parameters)))?;
        let estimates = found.estimates(NAMES, [1.0, scale, 1.0, 1.0]);
        let model = Self::of(std::array::from_fn(|at| estimates[at].value));
        // In another unit of time the density of x purchases is another.
        let purchases: f64 =
            groups.iter().map(|group| f64::from(group.history.repeats) * count(group.customers)).sum();
        Ok(Fit { model, estimates, log_likelihood: found.value - purchases * scale.ln(), customers })
    }

    fn of([r, alpha, a, b]: [f64; 4]) -> Self {
        Self { r, alpha, a, b }
    }

    /// The odds that the customer has left after the last purchase.
    fn left_odds(&self, history: History) -> f64 {
        let x = f64::from(history.repeats);
        if history.repeats == 0 {
            return 0.0;
        }
        let longer = ((self.alpha + history.observed) / (self.alpha + history.last)).ln();
        self.a / (self.b + x - 1.0) * ((self.r + x) * longer).exp()
    }

    /// The expected purchases of somebody who still buys: the closed form by `2F1`, for an `a` that is not 1.
    fn expected_alive(&self, history: History, time: f64) -> f64 {
        let x = f64::from(history.repeats);
        let (k, b) = (self.r + x, self.b + x);
        let c = self.a + b - 1.0;
        let z = time / (self.alpha + history.observed + time);
        // c 2F1(k, b; c; z) = c + S, where S has positive terms even when c is not positive.
        let stay = k * (-z).ln_1p();
        let sum = scaled_series(k, b, c, z, stay);
        (-c * stay.exp_m1() - sum) / (self.a - 1.0)
    }
}

/// exp(`logarithm`) times the sum over n >= 1 of (k)_n (b)_n z^n / ((c+1)_(n-1) n!), without overflow between.
fn scaled_series(k: f64, b: f64, c: f64, z: f64, logarithm: f64) -> f64 {
    const LARGE: f64 = 1e200;
    if z <= 0.0 {
        return 0.0;
    }
    let (mut term, mut sum, mut scale) = (k * b * z, 0.0_f64, logarithm);
    let mut n = 1.0;
    loop {
        sum += term;
        let ratio = (k + n) * (b + n) * z / ((c + n) * (n + 1.0));
        term *= ratio;
        n += 1.0;
        if sum > LARGE {
            (sum, term, scale) = (sum / LARGE, term / LARGE, scale + LARGE.ln());
        }
        // Terms that shrink by the ratio or faster sum up to less than this.
        if ratio < 1.0 && term <= 1e-17 * sum * (1.0 - ratio) {
            return (scale + sum.ln()).exp();
        }
    }
}

impl Purchasing for BgNbd {
    fn alive(&self, history: History) -> f64 {
        1.0 / (1.0 + self.left_odds(history))
    }

    fn expected(&self, history: History, time: f64) -> f64 {
        let of = |a: f64| Self { a, ..*self }.expected_alive(history, time);
        let purchases = if (self.a - 1.0).abs() < NEAR_ONE { around_one(self.a, of) } else { of(self.a) };
        purchases.max(0.0) * self.alive(history)
    }
}

/// The cubic through four values around 1, at `a`.
fn around_one(a: f64, value: impl Fn(f64) -> f64) -> f64 {
    const STEPS: [f64; 4] = [-2.0, -1.0, 1.0, 2.0];
    let place = (a - 1.0) / NEAR_ONE;
    let weight = |at: usize| -> f64 {
        let others = STEPS.iter().enumerate().filter(|(other, _)| *other != at);
        others.map(|(_, other)| (place - other) / (STEPS[at] - other)).product()
    };
    STEPS.iter().enumerate().map(|(at, step)| value(1.0 + step * NEAR_ONE) * weight(at)).sum()
}

/// What the likelihood has of the number of purchases alone.
struct OfCount {
    value: f64,
    r: f64,
    a: f64,
    b: f64,
}

impl OfCount {
    fn new(model: &BgNbd, x: f64) -> Self {
        let BgNbd { r, alpha, a, b } = *model;
        let ab = digamma(a + b) - digamma(a + b + x);
        Self {
            value: ln_gamma(r + x) - ln_gamma(r) + r * alpha.ln() + ln_gamma(a + b) - ln_gamma(a + b + x)
                + ln_gamma(b + x)
                - ln_gamma(b),
            r: digamma(r + x) - digamma(r) + alpha.ln(),
            a: ab,
            b: ab + digamma(b + x) - digamma(b),
        }
    }
}

/// The log-likelihood, with times divided by `scale`.
fn slope(groups: &[Group], scale: f64, model: BgNbd) -> Slope<4> {
    let BgNbd { r, alpha, a, b } = model;
    let (mut value, mut gradient) = (0.0, [0.0; 4]);
    let mut of_count: Option<(u32, OfCount)> = None;
    for Group { history, customers } in groups {
        let (x, last, observed) =
            (f64::from(history.repeats), history.last / scale, history.observed / scale);
        // Groups come in the order of their counts.
        if of_count.as_ref().is_none_or(|(count, _)| *count != history.repeats) {
            of_count = Some((history.repeats, OfCount::new(&model, x)));
        }
        let Some((_, own)) = &of_count else { continue };
        let k = r + x;
        let (until_now, until_last) = ((alpha + observed).ln(), (alpha + last).ln());
        let alive = -k * until_now;
        let left = match history.repeats {
            0 => f64::NEG_INFINITY,
            _ => (a / (b + x - 1.0)).ln() - k * until_last,
        };
        let most = alive.max(left);
        let both = most + ((alive - most).exp() + (left - most).exp()).ln();
        let (is_alive, has_left) = ((alive - both).exp(), (left - both).exp());
        let weight = count(*customers);
        value += weight * (own.value + both);
        gradient[0] += weight * (own.r - is_alive * until_now - has_left * until_last);
        gradient[1] += weight * (r / alpha - k * (is_alive / (alpha + observed) + has_left / (alpha + last)));
        gradient[2] += weight * (own.a + has_left / a);
        gradient[3] += weight * (own.b - if history.repeats == 0 { 0.0 } else { has_left / (b + x - 1.0) });
    }
    (value, gradient)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::{differs, gradient_error};
    use super::*;

    /// The expectation over the probability to leave by midpoints, as a naive model.
    fn naive(model: &BgNbd, history: History, time: f64) -> f64 {
        let x = f64::from(history.repeats);
        let (k, b, steps) = (model.r + x, model.b + x, 400_000_u32);
        let from = model.alpha + history.observed;
        let (mut sum, mut weight) = (0.0, 0.0);
        for step in 0..steps {
            // p = u^2 has no pole at 0 for a > 0.5.
            let u = (f64::from(step) + 0.5) / f64::from(steps);
            let p = u * u;
            let density = p.powf(model.a - 1.0) * (1.0 - p).powf(b - 1.0) * 2.0 * u;
            let purchases = (1.0 - (from / (from + p * time)).powf(k)) / p * from / from;
            sum += density * purchases;
            weight += density;
        }
        sum / weight * model.alive(history)
    }

    #[test]
    fn expected_purchases_are_those_of_the_paper() {
        let model = BgNbd { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
        let history = History { repeats: 2, last: 30.43, observed: 38.86 };
        let expected = model.expected(history, 39.0);
        assert!((expected - 1.226).abs() < 0.0005, "{expected}");
    }

    #[test]
    fn expected_purchases_are_smooth_where_a_is_one() {
        let history = History { repeats: 3, last: 20.0, observed: 30.0 };
        for a in [0.97, 0.989, 0.9999, 1.0, 1.000_001, 1.0099, 1.02, 3.0] {
            let model = BgNbd { r: 0.6, alpha: 5.0, a, b: 2.5 };
            let (found, expected) = (model.expected(history, 40.0), naive(&model, history, 40.0));
            assert!(!differs(found, expected, 1e-5), "{a}: {found} is not {expected}");
        }
    }

    #[test]
    fn a_first_purchase_says_nothing_of_leaving() {
        let model = BgNbd { r: 0.243, alpha: 4.414, a: 0.2, b: 0.3 };
        let once = History { repeats: 0, last: 0.0, observed: 38.86 };
        assert!((model.alive(once) - 1.0).abs() < 1e-15);
        // a + b < 1: the closed form's c is negative.
        assert!(model.expected(once, 39.0) > 0.0);
    }

    #[test]
    fn thousands_of_purchases_are_numbers() {
        let model = BgNbd { r: 0.5, alpha: 1.0, a: 0.8, b: 2.4 };
        let busy = History { repeats: 9000, last: 999.0, observed: 1000.0 };
        let expected = model.expected(busy, 500.0);
        assert!(expected > 0.0 && expected < 4600.0, "{expected}");
        let (p, found) = (
            model.alive(History { last: 10.0, ..busy }),
            model.expected(History { last: 10.0, ..busy }, 10.0),
        );
        assert!(p < 1e-12 && (0.0..1e-6).contains(&found), "{p} {found}");
    }

    proptest! {
        #[test]
        fn the_gradient_is_that_of_the_likelihood(
            parameters in [0.05..5.0, 0.05..5.0, 0.05..5.0, 0.05..5.0],
            x in 0_u32..50, observed in 0.1..100.0, part in 0.0..1.0,
        ) {
            let last = if x == 0 { 0.0 } else { observed * part };
            let groups = [Group { history: History { repeats: x, last, observed }, customers: 3 }];
            let error = gradient_error(parameters, |at| slope(&groups, 2.0, BgNbd::of(*at)));
            prop_assert!(error < 1e-5, "{error}");
        }

        #[test]
        fn expectations_are_between_nothing_and_the_purchases_of_those_who_stay(
            parameters in [0.05..20.0, 0.05..20.0, 0.01..20.0, 0.01..20.0],
            x in 0_u32..3000, observed in 0.0..100.0, part in 0.0..1.0, time in 0.0..200.0,
        ) {
            let last = if x == 0 { 0.0 } else { observed * part };
            let history = History { repeats: x, last, observed };
            let model = BgNbd::of(parameters);
            let (alive, expected) = (model.alive(history), model.expected(history, time));
            let most = alive * (model.r + f64::from(x)) / (model.alpha + observed) * time;
            prop_assert!((0.0..=1.0).contains(&alive));
            prop_assert!((0.0..=most * (1.0 + 1e-6) + 1e-9).contains(&expected), "{expected} of {most}");
            let longer = model.expected(history, time * 1.5);
            prop_assert!(longer >= expected * (1.0 - 1e-6) - 1e-9, "{longer} after {expected}");
        }
    }
}
