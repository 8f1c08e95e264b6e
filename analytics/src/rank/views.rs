//! Views of past runs: why a customer has a rank, changes, months, histories, exported files.

pub(crate) mod changes;
pub mod explain;
mod explanation;
mod explanation_json;
pub(crate) mod export;
pub(crate) mod history;
mod matched_rows;
pub(crate) mod transition;
