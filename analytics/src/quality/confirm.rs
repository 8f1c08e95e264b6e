//! Asking before something that many rows depend on.

use std::io::{BufRead, IsTerminal, Write};

use super::labels;
use crate::context::Context;
use crate::exit::{self, Failure};

/// Whether it may be done: `--yes`, or a person at the terminal who says so.
///
/// # Errors
/// Without `--yes` and without a terminal: nobody can be asked.
pub(crate) fn confirmed(context: &Context, yes: bool, what: &str) -> anyhow::Result<bool> {
    if yes {
        return Ok(true);
    }
    if !std::io::stdin().is_terminal() {
        let message = format!("{what}; nothing was written: say --yes to do it without being asked");
        return Err(Failure::error(exit::USAGE, message));
    }
    let mut out = std::io::stderr().lock();
    // Nobody who does not see the question answers it.
    let _ = write!(out, "{what} {} ", context.label(labels::GO_ON));
    let _ = out.flush();
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "はい"))
}
