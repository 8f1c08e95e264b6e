//! Customers made by the models themselves, from fixed seeds: what was put in must be found again.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

use super::optimum::Slope;
use super::{BgNbd, Estimate, GammaGamma, Group, History, ParetoNbd, Refusal, Spending};

/// Whether two numbers differ by more than this part of them.
pub(super) fn differs(a: f64, b: f64, within: f64) -> bool {
    let apart = (a - b).abs();
    apart.is_nan() || apart > within * (1.0 + a.abs().max(b.abs()))
}

/// The largest difference between a gradient and that of differences, relative to its size.
pub(super) fn gradient_error<const N: usize>(at: [f64; N], slope: impl Fn(&[f64; N]) -> Slope<N>) -> f64 {
    let (value, gradient) = slope(&at);
    let error = |index: usize| {
        let moved = |by: f64| {
            let mut there = at;
            there[index] *= 1.0 + by;
            slope(&there).0
        };
        let step = 1e-5;
        let difference = (moved(step) - moved(-step)) / (2.0 * step * at[index]);
        (difference - gradient[index]).abs() / (1.0 + gradient[index].abs() + value.abs())
    };
    (0..N).map(error).fold(0.0, f64::max)
}

struct Dice(ChaCha8Rng);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// Uniform between 0 and 1, neither included.
    fn uniform(&mut self) -> f64 {
        (f64::from(self.0.next_u32()) + 0.5) / 4_294_967_296.0
    }

    fn exponential(&mut self, rate: f64) -> f64 {
        -self.uniform().ln() / rate
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// By Marsaglia and Tsang; below shape 1 by the power of a uniform number.
    fn gamma(&mut self, shape: f64, rate: f64) -> f64 {
        if shape < 1.0 {
            let power = self.uniform().powf(1.0 / shape);
            return self.gamma(shape + 1.0, rate) * power;
        }
        let d = shape - 1.0 / 3.0;
        loop {
            let x = self.normal();
            let v = (1.0 + x / (9.0 * d).sqrt()).powi(3);
            if v > 0.0 && self.uniform().ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v / rate;
            }
        }
    }

    fn beta(&mut self, a: f64, b: f64) -> f64 {
        let (a, b) = (self.gamma(a, 1.0), self.gamma(b, 1.0));
        a / (a + b)
    }
}

/// The history of somebody who buys at `rate` and is asked after each purchase whether they leave.
fn history(
    dice: &mut Dice,
    rate: f64,
    observed: f64,
    mut leaves: impl FnMut(&mut Dice, f64) -> bool,
) -> Group {
    let (mut repeats, mut last, mut now) = (0, 0.0, 0.0);
    loop {
        now += dice.exponential(rate);
        if now > observed || leaves(dice, now) {
            break;
        }
        (repeats, last) = (repeats + 1, now);
    }
    Group { history: History { repeats, last, observed }, customers: 1 }
}

fn bg_nbd(model: BgNbd, customers: u32, seed: u64) -> Vec<Group> {
    let mut dice = Dice::new(seed);
    let customer = |number: u32| {
        let (rate, p) = (dice.gamma(model.r, model.alpha), dice.beta(model.a, model.b));
        let observed = 30.0 + f64::from(number % 20);
        let mut stays = true;
        history(&mut dice, rate, observed, |dice, _| {
            let leaves = !stays;
            stays = dice.uniform() > p;
            leaves
        })
    };
    (0..customers).map(customer).collect()
}

fn pareto_nbd(model: ParetoNbd, customers: u32, seed: u64) -> Vec<Group> {
    let mut dice = Dice::new(seed);
    let customer = |number: u32| {
        let (rate, leaving) = (dice.gamma(model.r, model.alpha), dice.gamma(model.s, model.beta));
        let gone = dice.exponential(leaving);
        history(&mut dice, rate, 30.0 + f64::from(number % 20), |_, now| now > gone)
    };
    (0..customers).map(customer).collect()
}

fn found(estimates: &[Estimate], truth: &[f64]) {
    for (estimate, truth) in estimates.iter().zip(truth) {
        let off = (estimate.value - truth) / estimate.standard_error;
        assert!(off.abs() < 4.0, "{estimate:?} instead of {truth}: {off} standard errors");
        assert!(estimate.standard_error < truth.abs(), "{estimate:?}");
    }
}

#[test]
fn parameters_of_simulated_customers_are_found_again_by_bg_nbd() {
    for (seed, truth) in
        [[0.25, 4.5, 0.8, 2.5], [1.5, 10.0, 1.0, 3.0], [0.8, 6.0, 2.0, 8.0]].into_iter().enumerate()
    {
        let model = BgNbd { r: truth[0], alpha: truth[1], a: truth[2], b: truth[3] };
        let fit = BgNbd::fit(&bg_nbd(model, 6000, seed as u64)).unwrap();
        found(&fit.estimates, &truth);
    }
}

#[test]
fn parameters_of_simulated_customers_are_found_again_by_pareto_nbd() {
    for (seed, truth) in [[0.55, 10.6, 0.6, 11.7], [1.5, 8.0, 1.0, 20.0]].into_iter().enumerate() {
        let model = ParetoNbd { r: truth[0], alpha: truth[1], s: truth[2], beta: truth[3] };
        let fit = ParetoNbd::fit(&pareto_nbd(model, 6000, 100 + seed as u64)).unwrap();
        found(&fit.estimates, &truth);
    }
}

#[test]
fn parameters_of_simulated_spending_are_found_again_by_gamma_gamma() {
    let truth = [6.0, 4.0, 1500.0];
    let mut dice = Dice::new(7);
    let customer = |number: u32| {
        let rate = dice.gamma(truth[1], truth[2]);
        let repeats = 1 + number % 6;
        let sum: f64 = (0..repeats).map(|_| dice.gamma(truth[0], rate)).sum();
        Spending { repeats, mean: sum / f64::from(repeats), customers: 1 }
    };
    let spending: Vec<Spending> = (0..6000).map(customer).collect();
    found(&GammaGamma::fit(&spending).unwrap().estimates, &truth);
}

#[test]
fn expected_purchases_are_what_simulated_customers_go_on_to_buy() {
    let model = BgNbd { r: 0.8, alpha: 6.0, a: 0.9, b: 3.0 };
    let mut dice = Dice::new(11);
    let (mut expected, mut bought) = (0.0, 0.0);
    for _ in 0..20_000 {
        let (rate, p) = (dice.gamma(model.r, model.alpha), dice.beta(model.a, model.b));
        let (mut now, mut before, mut last, mut after) = (0.0, 0_u32, 0.0, 0.0);
        loop {
            now += dice.exponential(rate);
            if now > 60.0 {
                break;
            }
            if now <= 30.0 {
                (before, last) = (before + 1, now);
            } else {
                after += 1.0;
            }
            if dice.uniform() < p {
                break;
            }
        }
        bought += after;
        use super::Purchasing as _;
        expected += model.expected(History { repeats: before, last, observed: 30.0 }, 30.0);
    }
    assert!(!differs(expected, bought, 0.03), "{expected} instead of {bought}");
}

#[test]
fn hostile_data_gives_standard_errors_or_a_reason() {
    let group = |repeats, last, observed, customers| Group {
        history: History { repeats, last, observed },
        customers,
    };
    let hostile = [
        vec![],
        vec![group(0, 0.0, 10.0, 500)],
        vec![group(3, 5.0, 10.0, 1)],
        vec![group(0, 0.0, 0.0, 300)],
        vec![group(1, 0.0, 10.0, 100)],
        vec![group(5, 10.0, 10.0, 100)],
        vec![group(0, 0.0, 10.0, 500), group(1, 10.0, 10.0, 1)],
        vec![group(0, 0.0, 50.0, 20), group(40_000, 3650.0, 3650.0, 20)],
        vec![group(5000, 99.0, 100.0, 50), group(5100, 99.5, 100.0, 50)],
        (0..2000).map(|at| group(at % 7, f64::from(at % 7), 7.0, 1)).collect(),
        vec![group(2, 1e-9, 1e9, 50), group(0, 0.0, 1e9, 10), group(9, 1e9, 1e9, 9)],
    ];
    let checked = |name: &str, estimates: Result<(Vec<Estimate>, f64), Refusal>| match estimates {
        Ok((estimates, value)) => {
            let sound = |estimate: &Estimate| {
                estimate.value > 0.0
                    && estimate.value.is_finite()
                    && estimate.standard_error > 0.0
                    && estimate.standard_error.is_finite()
            };
            assert!(value.is_finite() && estimates.iter().all(sound), "{name}: {estimates:?}");
        }
        Err(Refusal::NotConverged { .. }) => panic!("{name} does not converge"),
        Err(_) => (),
    };
    for (at, groups) in hostile.iter().enumerate() {
        checked(&format!("BG/NBD {at}"), BgNbd::fit(groups).map(|fit| (fit.estimates, fit.log_likelihood)));
        checked(
            &format!("Pareto/NBD {at}"),
            ParetoNbd::fit(groups).map(|fit| (fit.estimates, fit.log_likelihood)),
        );
    }
    let same = vec![Spending { repeats: 2, mean: 1000.0, customers: 100 }];
    checked("Gamma-Gamma", GammaGamma::fit(&same).map(|fit| (fit.estimates, fit.log_likelihood)));
}
