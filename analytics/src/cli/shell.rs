//! Files for the shell: the completion of commands and options, and manual pages.

use std::path::Path;

use clap_complete::aot::{Shell as Known, generate};
use clap_mangen::Man;
use cli_kit::joined;
use shared::exit::Failure;
use shared::message;

use crate::context::Context;
use crate::output::file::{unwritable, write_whole};

/// Shells whose completion is known.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(super) enum Shell {
    /// Bash.
    Bash,
    /// Zsh.
    Zsh,
    /// Fish.
    Fish,
}

/// Prints the completion for a shell.
///
/// # Errors
/// Standard output cannot be written to.
pub(super) fn completion(context: &Context, mut command: clap::Command, shell: Shell) -> Result<(), Failure> {
    let shell = match shell {
        Shell::Bash => Known::Bash,
        Shell::Zsh => Known::Zsh,
        Shell::Fish => Known::Fish,
    };
    let mut text = Vec::new();
    generate(shell, &mut command, "analytics", &mut text);
    context.write(&joined(&String::from_utf8_lossy(&text)))
}

/// Writes a manual page for every command into a folder.
///
/// # Errors
/// The folder or a page cannot be written.
pub(super) fn manual(context: &Context, mut command: clap::Command, folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    command.build();
    let written = pages(&command, folder)?;
    context.notice(&message!(
        "{folder} にマニュアルページを {count} 件書き出しました",
        "{count} manual pages were written into {folder}",
        folder = folder.display(),
        count = written,
    ));
    Ok(())
}

fn pages(command: &clap::Command, folder: &Path) -> Result<usize, Failure> {
    let page = Man::new(command.clone());
    let path = folder.join(page.get_filename());
    let mut text = Vec::new();
    page.render(&mut text).map_err(|error| unwritable(&path, &error))?;
    write_whole(&path, &joined(&String::from_utf8_lossy(&text)))?;
    let below = command.get_subcommands().filter(|below| below.get_name() != "help");
    below.map(|below| pages(below, folder)).try_fold(1, |sum, count| Ok(sum + count?))
}
