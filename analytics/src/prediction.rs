//! Models of how customers go on buying: numbers in, numbers out (`docs/ltv.md`).
//!
//! A customer's purchases are summed up as a [`History`]; customers with the same one are a [`Group`]. [`bg_nbd`] and
//! [`pareto_nbd`] say how often somebody will buy and whether they still do, [`gamma_gamma`] for how much. Parameters are
//! estimated by maximum likelihood ([`optimum`]); what the data cannot tell is a [`Refusal`] and never a number.
//! Parameters and probabilities are floating-point numbers; money becomes decimal where it leaves this module's callers.

pub mod bg_nbd;
mod eigen;
pub mod gamma_gamma;
pub mod horizon;
pub mod optimum;
pub mod pareto_nbd;
mod refusal;
#[cfg(test)]
mod tests;

pub use bg_nbd::BgNbd;
pub use gamma_gamma::{GammaGamma, Spending};
pub use horizon::Horizon;
pub use pareto_nbd::ParetoNbd;
pub use refusal::Refusal;

/// A customer's purchases: times are in one unit, counted from the first purchase.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct History {
    /// Purchases after the first one (x).
    pub repeats: u32,
    /// When the last purchase was (t_x); 0 when there was only one.
    pub last: f64,
    /// How long the customer has been observed (T).
    pub observed: f64,
}

/// Customers with the same history.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Group {
    /// The history.
    pub history: History,
    /// How many they are.
    pub customers: u64,
}

/// A parameter and its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The name in the literature.
    pub name: &'static str,
    /// The estimate.
    pub value: f64,
    /// Its standard error, from the curvature of the log-likelihood.
    pub standard_error: f64,
}

/// A model that was estimated.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit<M> {
    /// The model with its parameters.
    pub model: M,
    /// The parameters with their standard errors.
    pub estimates: Vec<Estimate>,
    /// The logarithm of the likelihood at the maximum.
    pub log_likelihood: f64,
    /// The customers whom it was estimated from.
    pub customers: u64,
}

/// A model of when customers buy and leave.
pub trait Purchasing {
    /// The probability that the customer still buys.
    fn alive(&self, history: History) -> f64;

    /// The expected purchases in the time after the observation.
    fn expected(&self, history: History, time: f64) -> f64;
}

/// Fewer customers are refused: four parameters would be estimated from chance.
const CUSTOMERS_MIN: u64 = 10;

/// What every model of purchases needs of its data: enough customers, time, and somebody who came back. Returns the
/// number of customers and the scale of time in which parameters are of the order of 1.
fn usable(groups: &[Group]) -> Result<(u64, f64), Refusal> {
    let customers = groups.iter().map(|group| group.customers).sum::<u64>();
    if customers < CUSTOMERS_MIN {
        return Err(Refusal::TooFew { customers, needed: CUSTOMERS_MIN });
    }
    let time = groups.iter().map(|group| group.history.observed * count(group.customers)).sum::<f64>();
    if time <= 0.0 {
        return Err(Refusal::NoTime);
    }
    if groups.iter().all(|group| group.history.repeats == 0) {
        return Err(Refusal::NoRepeats);
    }
    Ok((customers, time / count(customers)))
}

/// A count as a floating-point number; counts of customers and purchases are far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
pub(crate) fn count(number: u64) -> f64 {
    number as f64
}
