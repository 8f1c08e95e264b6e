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

use shared::dataset::by_name;
use shared::exit::Failure;
use shared::message;
use shared::message::Message;

pub(crate) use confirm::{confirmed, declined};

/// What people call a data set; an unknown name as it is.
fn dataset_label(name: &str) -> Message {
    by_name(name).map_or_else(|| message!("{name}", "{name}", name = name), |dataset| dataset.label().into())
}

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
