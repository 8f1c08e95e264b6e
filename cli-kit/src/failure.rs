//! How a program reports why it could not do its work.

use std::io::Write as _;
use std::process::ExitCode;

use shared::exit::Failure;
use shared::label::Lang;

/// Prints `program: message` on standard error, a line for each sentence, and returns the exit code.
#[must_use]
pub fn report(program: &str, failure: &Failure, lang: Lang) -> ExitCode {
    let mut err = std::io::stderr().lock();
    for sentence in failure.lines() {
        let line = sentence.text(lang).replace('\n', " ");
        // When standard error is closed the exit code still tells.
        let _ = writeln!(err, "{program}: {}", shared::text::printable(&line));
    }
    ExitCode::from(failure.code())
}
