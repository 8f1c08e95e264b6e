//! What is wrong with the data that ranks are computed from, or worth a look.

pub(crate) mod check;
pub(crate) mod findings;
