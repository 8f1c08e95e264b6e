//! The `analytics` program: see `analytics --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    analytics::cli::main()
}
