//! Asking before a change that affects many rows.

use std::io::{BufRead, IsTerminal, Write};

use shared::cause::Cause as _;
use shared::exit::Failure;
use shared::message;
use shared::message::InLang;

use super::labels;
use crate::context::Context;

/// Whether it may be done: `--yes`, or a person at the terminal agrees.
///
/// # Errors
/// Neither `--yes` nor a terminal: exit code 64.
pub(crate) fn confirmed<T: InLang>(context: &Context, yes: bool, what: &T) -> Result<bool, Failure> {
    if yes {
        return Ok(true);
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage(message!(
            "{what}。確認なしで実行するには --yes を付けてください(何も書き込んでいません)",
            "{what}; nothing was written: give --yes to go ahead without confirmation",
            what = *what,
        )));
    }
    let mut out = std::io::stderr().lock();
    // A question that cannot be shown counts as not answered.
    let _ = write!(out, "{} {} ", what.in_lang(context.lang), context.label(labels::GO_ON));
    let _ = out.flush();
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer).map_err(|error| {
        Failure::io(message!(
            "回答を読み取れません({error})",
            "the answer cannot be read: {error}",
            error = error.cause(),
        ))
    })?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "はい"))
}

/// The failure of a command that the person did not confirm.
pub(crate) fn declined() -> Failure {
    Failure::usage(message!("中止しました。何も書き込んでいません", "cancelled; nothing was written"))
}
