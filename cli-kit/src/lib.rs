//! What the command lines of both programs share: the language, who runs a command, help in both languages,
//! usage errors.
//!
//! English help is what `clap` derives from the doc comments. Japanese help is in one table per program
//! ([`HelpTable`]), keyed by command path and argument; [`HelpTable::gaps`] lists what one of the two lacks.

mod actor;
mod failure;
mod help;
mod language;
mod phrases;
mod usage;
mod wrap;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};
use shared::label::Lang;

pub use actor::ActorArg;
pub use failure::{report, warn};
pub use help::HelpTable;
pub use language::{LangArg, language};
pub use usage::{BadValue, bad_value, day, one_line};
pub use wrap::joined;

/// Parses a command line in the language that it asks for.
///
/// # Errors
/// The exit code, when help, the version or a usage error was printed instead.
pub fn parse<C: CommandFactory + FromArgMatches>(
    args: impl IntoIterator<Item = OsString>,
    help: &HelpTable,
) -> Result<(C, Lang), ExitCode> {
    parse_configured(args, help, None)
}

/// Like [`parse`], with the language that a settings file names, which goes before `LANG`.
///
/// # Errors
/// As [`parse`].
pub fn parse_configured<C: CommandFactory + FromArgMatches>(
    args: impl IntoIterator<Item = OsString>,
    help: &HelpTable,
    configured: Option<Lang>,
) -> Result<(C, Lang), ExitCode> {
    let args: Vec<OsString> = args.into_iter().collect();
    let lang = language(&args, configured);
    let mut command = help.apply(C::command(), lang);
    let parsed = command
        .try_get_matches_from_mut(args)
        .and_then(|matches| C::from_arg_matches(&matches).map_err(|error| error.format(&mut command)));
    parsed.map(|parsed| (parsed, lang)).map_err(|error| usage::print(&error, lang))
}
