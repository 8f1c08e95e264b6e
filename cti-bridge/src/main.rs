//! The program: arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    cti_bridge::cli::main(std::env::args_os())
}
