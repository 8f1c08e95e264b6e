//! The settings as a document with versions: show, check, save, compare (`docs/rank.md#saved-settings`).

mod check;
mod criterion_rows;
pub(crate) mod difference;
mod labels;
mod save;
mod show;
pub(crate) mod versions;

use std::path::PathBuf;

use cli_kit::{BadValue, one_line};
use shared::exit::Failure;

use crate::context::Context;

/// `analytics rank config …`.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Command {
    /// Show the saved settings as a document that can be edited and saved again.
    Show {
        /// The version [default: the newest].
        #[arg(long, value_name = "N")]
        version: Option<i64>,
    },
    /// Check a file: every mistake, and what is probably not meant. Writes nothing.
    Check {
        /// The file.
        file: PathBuf,
    },
    /// Save a file's settings as the newest version, which runs then use.
    Save {
        /// The file.
        file: PathBuf,
        /// A note about the change, shown with the version.
        #[arg(long, value_parser = note)]
        note: Option<String>,
    },
    /// Compare two versions or files.
    Diff {
        /// A version or a file [default: the version before the newest].
        from: Option<String>,
        /// A version or a file [default: the newest version].
        to: Option<String>,
    },
    /// List the saved versions.
    List,
    /// Add a row to a criterion; the rows above it then give one point more.
    AddRow(criterion_rows::Args),
    /// Remove a row of a criterion; the rows above it then give one point less.
    RemoveRow(criterion_rows::Args),
}

/// Characters of a note.
const NOTE_CHARS_MAX: usize = 500;

fn note(text: &str) -> Result<String, BadValue> {
    one_line(text, 0..=NOTE_CHARS_MAX)
}

/// Runs a command.
pub(crate) fn run(context: &Context, command: &Command) -> Result<(), Failure> {
    match command {
        Command::Show { version } => show::run(context, *version),
        Command::Check { file } => check::run(context, file),
        Command::Save { file, note } => save::run(context, file, note.as_deref()),
        Command::Diff { from, to } => difference::run(context, from.as_deref(), to.as_deref()),
        Command::List => versions::list(context),
        Command::AddRow(args) => criterion_rows::run(context, args, criterion_rows::Edit::Add),
        Command::RemoveRow(args) => criterion_rows::run(context, args, criterion_rows::Edit::Remove),
    }
}
