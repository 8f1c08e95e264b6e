//! How a program reports why it could not do its work.

use std::io::Write as _;
use std::process::ExitCode;

use shared::exit::Failure;
use shared::label::Lang;
use shared::message::Message;

/// Prints `program: message` on standard error, a line for each sentence, and returns the exit code.
#[must_use]
pub fn report(program: &str, failure: &Failure, lang: Lang) -> ExitCode {
    for sentence in failure.lines() {
        warn(program, sentence, lang);
    }
    ExitCode::from(failure.code())
}

/// Prints one line on standard error, `program: message`.
pub fn warn(program: &str, message: &Message, lang: Lang) {
    let line = message.text(lang).replace('\n', " ");
    // When standard error is closed the exit code still tells.
    let _ = writeln!(std::io::stderr().lock(), "{program}: {}", shared::text::printable(&line));
}
