//! Helpers that the integration tests of several crates share: a store in a temporary folder, rows written without
//! an import, programs that run until they are stopped, and a company that both programs work on.
//!
//! Every function panics when the machine fails it: the test is over then.

mod clock;
mod company;
mod process;
mod store;

pub use clock::FixedClock;
pub use company::Company;
pub use process::{Process, command, program, stdout_of};
pub use store::{add_agent, files_below, new_store, put};

/// The rank settings of `data/rank.toml`.
pub const RANK_SETTINGS: &str = include_str!("../../../data/rank.toml");
