//! All integration tests of this crate, in one program: it is linked once.
#![allow(clippy::unwrap_used, reason = "a test ends at the first error")]

mod card;
mod flow;
mod full_disk;
mod kill;
mod kill_quality;
mod kill_rank;
mod layout;
mod readme;
mod store_file;
mod support;
