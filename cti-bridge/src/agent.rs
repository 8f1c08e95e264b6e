//! Agents: one session for each socket, and the operations that it can ask for.

pub mod ops;
pub(crate) mod session;
