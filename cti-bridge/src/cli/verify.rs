//! `verify`: every customer card against the tables.

use std::io::{IsTerminal as _, Write as _};

use clap::Args;

use super::{StoreArgs, say};
use crate::exit::Failure;

/// Cards between two lines of progress.
const PROGRESS_EVERY: u64 = 10_000;
/// Differing cards that are named.
const NAMED_MAX: usize = 20;

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    store: StoreArgs,
}

pub(super) fn run(args: &VerifyArgs) -> Result<(), Failure> {
    let mut reader = args.store.open()?.reader()?;
    let on_terminal = std::io::stderr().is_terminal();
    let mut progress = |checked: u64| {
        if on_terminal && checked.is_multiple_of(PROGRESS_EVERY) {
            // Progress that cannot be shown is no reason to stop.
            let _ = write!(std::io::stderr(), "\r{checked} cards");
        }
    };
    let found = reader.verify_cards(&mut progress)?;
    if on_terminal {
        let _ = write!(std::io::stderr(), "\r");
    }
    say(&format!(
        "{} cards checked, {} stale, {} different",
        found.checked,
        found.stale,
        found.different.len()
    ))?;
    for code in found.different.iter().take(NAMED_MAX) {
        say(&format!("different: {code}"))?;
    }
    match found.different.len() {
        0 => Ok(()),
        n => Err(Failure::data(format!(
            "{n} cards differ from the tables; import the customers again to rebuild them"
        ))),
    }
}
