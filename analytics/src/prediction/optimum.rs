//! Maximum likelihood for a few positive parameters: Newton's method in their logarithms.
//!
//! The gradient is exact, the curvature is the central difference of gradients. Along a direction that curves the wrong
//! way the step climbs as if it curved the right way, so that every step climbs, and one that is too long is halved. The
//! maximum is reached when the curvature is negative definite and another step would gain less than `GAIN_MIN` of
//! log-likelihood, so a plateau is never taken for a maximum.

use super::eigen::{Eigen, eigen};
use super::{Estimate, Refusal};

/// The log-likelihood and its derivatives by each parameter.
pub type Slope<const N: usize> = (f64, [f64; N]);

/// Steps after which the search gives up.
const STEPS_MAX: u32 = 200;
/// What another step must gain to be made.
const GAIN_MIN: f64 = 1e-9;
/// How far a parameter may go from 1; data is scaled so that parameters are near it.
const PARAMETER_MAX: f64 = 1e4;
/// The longest step of a logarithm.
const STEP_MAX: f64 = 2.0;
/// Halves of a step that are tried.
const HALVES_MAX: u32 = 30;
/// The distance of the gradients whose difference is the curvature.
const DIFFERENCE: f64 = 1e-4;
/// A standard error of a logarithm from which on the parameter is unknown: a factor of 20,000.
const ERROR_MAX: f64 = 10.0;
/// A curvature that is so small beside the largest one is rounding.
const FLAT: f64 = 1e-11;

/// The maximum of a log-likelihood.
#[derive(Debug, Clone, PartialEq)]
pub struct Optimum<const N: usize> {
    /// The parameters.
    pub parameters: [f64; N],
    /// Their standard errors.
    pub standard_errors: [f64; N],
    /// The log-likelihood.
    pub value: f64,
}

impl<const N: usize> Optimum<N> {
    /// The parameters by name, each multiplied by the scale of its unit.
    pub(super) fn estimates(&self, names: [&'static str; N], scales: [f64; N]) -> Vec<Estimate> {
        let estimate = |at: usize| Estimate {
            name: names[at],
            value: self.parameters[at] * scales[at],
            standard_error: self.standard_errors[at] * scales[at],
        };
        (0..N).map(estimate).collect()
    }
}

/// The parameters with the greatest log-likelihood, searched from `start`.
///
/// # Errors
/// There is no maximum, or it was not found.
pub fn maximise<const N: usize>(
    start: [f64; N],
    names: [&'static str; N],
    likelihood: impl Fn(&[f64; N]) -> Slope<N>,
) -> Result<Optimum<N>, Refusal> {
    // By the logarithms: d/d(ln p) = p * d/dp.
    let slope = |logarithms: &[f64; N]| {
        let parameters = logarithms.map(f64::exp);
        let (value, gradient) = likelihood(&parameters);
        (value, std::array::from_fn(|at| gradient[at] * parameters[at]))
    };
    let mut place = start.map(f64::ln);
    let (mut value, mut gradient) = slope(&place);
    for _ in 0..STEPS_MAX {
        if let Some(at) = (0..N).find(|&at| place[at].abs() > PARAMETER_MAX.ln()) {
            return Err(Refusal::Runaway { parameter: names[at], upwards: place[at] > 0.0 });
        }
        let curvature = eigen(curvature(&place, &slope));
        let undetermined = || Refusal::Undetermined { parameter: names[curvature.flattest()] };
        let step = climbing(&curvature, &gradient);
        let longest = step.iter().fold(STEP_MAX, |longest, part| part.abs().max(longest));
        let gain: f64 = step.iter().zip(&gradient).map(|(step, slope)| step * slope).sum();
        if !gain.is_finite() {
            return Err(undetermined());
        }
        if gain <= GAIN_MIN {
            return reached(&place, value, &curvature, names);
        }
        // A shorter step in the same direction climbs too.
        let mut parts = (0..HALVES_MAX).map(|halves| STEP_MAX / longest * 0.5_f64.powi(halves.cast_signed()));
        let next = parts.find_map(|part| {
            let next = std::array::from_fn(|at| place[at] + part * step[at]);
            let (next_value, next_gradient) = slope(&next);
            let climbs = next_value > value && next_gradient.iter().all(|part| part.is_finite());
            climbs.then_some((next, next_value, next_gradient))
        });
        // When no step climbs, all places around are equal but for rounding.
        (place, value, gradient) = next.ok_or_else(undetermined)?;
    }
    Err(Refusal::NotConverged { steps: STEPS_MAX })
}

/// The Newton step, with the amount of each curvature.
fn climbing<const N: usize>(curvature: &Eigen<N>, gradient: &[f64; N]) -> [f64; N] {
    let least = curvature.largest() * FLAT + f64::MIN_POSITIVE;
    curvature.divided(gradient, |value| value.abs().max(least))
}

/// The maximum, if the curvature says that this is one.
fn reached<const N: usize>(
    place: &[f64; N],
    value: f64,
    curvature: &Eigen<N>,
    names: [&'static str; N],
) -> Result<Optimum<N>, Refusal> {
    if curvature.smallest() <= curvature.largest() * FLAT {
        return Err(Refusal::Undetermined { parameter: names[curvature.flattest()] });
    }
    let errors: [f64; N] = std::array::from_fn(|at| {
        let unit = std::array::from_fn(|other| if other == at { 1.0 } else { 0.0 });
        curvature.divided(&unit, |value| value)[at].sqrt()
    });
    if let Some(at) = (0..N).find(|&at| errors[at].is_nan() || errors[at] >= ERROR_MAX) {
        return Err(Refusal::Undetermined { parameter: names[at] });
    }
    let parameters = place.map(f64::exp);
    let standard_errors = std::array::from_fn(|at| errors[at] * parameters[at]);
    Ok(Optimum { parameters, standard_errors, value })
}

/// The negative of the second derivatives.
fn curvature<const N: usize>(place: &[f64; N], slope: &impl Fn(&[f64; N]) -> Slope<N>) -> [[f64; N]; N] {
    let column = |at: usize| {
        let moved = |by: f64| {
            let mut there = *place;
            there[at] += by;
            slope(&there).1
        };
        let (before, after) = (moved(-DIFFERENCE), moved(DIFFERENCE));
        std::array::from_fn::<f64, N, _>(|row| (before[row] - after[row]) / (2.0 * DIFFERENCE))
    };
    let columns: [[f64; N]; N] = std::array::from_fn(column);
    std::array::from_fn(|row| std::array::from_fn(|at| (columns[row][at] + columns[at][row]) / 2.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_maximum_of_a_gamma_likelihood_is_where_its_scores_are_zero() {
        // A thousand normal observations: mean 3, variance 4 (both positive, known in closed form).
        let (n, mean, variance) = (1000.0, 3.0, 4.0);
        let likelihood = |p: &[f64; 2]| {
            let off = mean - p[0];
            let squares = n * (variance + off * off);
            let value = -0.5 * n * p[1].ln() - squares / (2.0 * p[1]);
            (value, [n * off / p[1], -0.5 * n / p[1] + squares / (2.0 * p[1] * p[1])])
        };
        let found = maximise([1.0, 1.0], ["mean", "variance"], likelihood).unwrap();
        let close = |a: f64, b: f64, within: f64| assert!((a - b).abs() < within, "{a} is not {b}");
        close(found.parameters[0], 3.0, 1e-6);
        close(found.parameters[1], 4.0, 1e-6);
        close(found.standard_errors[0], (4.0_f64 / n).sqrt(), 1e-6);
        close(found.standard_errors[1], 4.0 * (2.0_f64 / n).sqrt(), 1e-5);
    }

    #[test]
    fn a_likelihood_that_grows_for_ever_is_refused() {
        let grows = |p: &[f64; 1]| (-1.0 / p[0], [1.0 / (p[0] * p[0])]);
        assert_eq!(maximise([1.0], ["r"], grows), Err(Refusal::Runaway { parameter: "r", upwards: true }));
        let shrinks = |p: &[f64; 1]| (-p[0], [-1.0]);
        assert_eq!(maximise([1.0], ["a"], shrinks), Err(Refusal::Runaway { parameter: "a", upwards: false }));
    }

    #[test]
    fn what_does_not_depend_on_a_parameter_has_no_estimate() {
        let flat = |p: &[f64; 2]| (-(p[0].ln().powi(2)), [-2.0 * p[0].ln() / p[0], 0.0]);
        assert!(maximise([2.0, 2.0], ["a", "b"], flat).is_err());
    }

    #[test]
    fn a_likelihood_without_a_number_is_refused() {
        assert!(maximise([1.0], ["a"], |_| (f64::NAN, [f64::NAN])).is_err());
    }
}
