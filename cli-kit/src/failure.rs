//! How a program reports why it could not do its work.

use std::io::Write as _;
use std::process::ExitCode;

use shared::exit::Failure;
use shared::label::Lang;
use shared::message::Explain as _;

/// Prints one line on standard error, `program: message`, and returns the exit code.
#[must_use]
pub fn report(program: &str, failure: &Failure, lang: Lang) -> ExitCode {
    let message = failure.message();
    let line = message.text(lang).replace('\n', " ");
    // When standard error is closed the exit code still tells.
    let _ = writeln!(std::io::stderr().lock(), "{program}: {}", shared::text::printable(&line));
    ExitCode::from(failure.code())
}
