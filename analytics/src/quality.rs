//! What a company needs to trust what is in its store: `validate`, `dedupe`, `merge` and `quarantine`
//! (`docs/data-quality.md`).

mod confirm;
pub mod dedupe;
mod labels;
pub mod merge;
pub mod quarantine;
pub(crate) mod snapshot;
pub mod validate;

pub(crate) use confirm::confirmed;
