//! Helpers that the integration tests of several crates share: a store in a temporary folder, rows written without
//! an import, and programs that run until they are stopped.
//!
//! Every function panics when the machine fails it: the test is over then.
#![allow(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a test ends at the first error")]

mod clock;
mod process;
mod store;

pub use clock::FixedClock;
pub use process::{Process, command, program, stdout_of};
pub use store::{add_agent, new_store, put};

/// The rank settings of `data/rank.toml`.
pub const RANK_SETTINGS: &str = include_str!("../../../data/rank.toml");
