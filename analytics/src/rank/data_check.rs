//! Problems in the data that ranks are computed from.

pub(crate) mod check;
mod check_view;
pub(crate) mod findings;
