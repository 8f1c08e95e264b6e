//! Commands that keep the data in the store trustworthy: `validate`, `dedupe`, `merge` and `quarantine`
//! (`docs/data-quality.md`).

mod confirm;
pub mod dedupe;
mod findings;
mod labels;
pub mod merge;
pub mod quarantine;
pub(crate) mod snapshot;
pub mod validate;

use shared::exit::Failure;
use shared::message;

pub(crate) use confirm::{confirmed, declined};

/// Refuses one code given twice.
fn two_customers(one: &str, other: &str) -> Result<(), Failure> {
    if one != other {
        return Ok(());
    }
    Err(Failure::usage(message!(
        "同じ得意先コード {code} が2回指定されています。別々の顧客を2件指定してください",
        "{code} is given twice; name two different customers",
        code = one,
    )))
}
