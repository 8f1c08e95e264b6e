//! What is wrong with the data that ranks are computed from, or worth a look.

pub(crate) mod check;
mod check_view;
pub(crate) mod findings;
