//! From records to ranks: totals by customer, points, eligibility, and the plan of a run.

pub(crate) mod contributions;
pub(crate) mod customer_records;
pub mod eligibility;
pub mod plan;
mod plan_builder;
pub mod scored;
pub mod scorer;
pub mod totals;
pub(crate) mod weighted_points;
