//! The profile that a command line names.

use shared::cause::Cause as _;
use shared::exit::Failure;
use shared::message;
use shared::message::Explain;
use shared::profile::{self, Profile};

/// The built-in profile of this name, or the one in this file.
///
/// # Errors
/// No such profile (exit code 64), a file that cannot be read (66) or has mistakes (78).
pub(super) fn named(name: &str) -> Result<Profile, Failure> {
    if let Some(known) = profile::by_name(name) {
        return Ok(known.clone());
    }
    if !name.to_lowercase().ends_with(".toml") {
        let known: Vec<&str> = profile::builtin().iter().map(|profile| profile.name.as_str()).collect();
        return Err(Failure::usage(message!(
            "取込プロファイル {name} はありません。拡張子 .toml のファイルか、次のいずれかを指定してください: native, generic, {known}",
            "there is no profile {name}; name a file ending in .toml, or one of: native, generic, {known}",
            name = name,
            known = known.join(", "),
        )));
    }
    let text = std::fs::read_to_string(name).map_err(|error| {
        Failure::no_input(message!(
            "取込プロファイル {name} を読み取れません({error})",
            "the profile {name} cannot be read: {error}",
            name = name,
            error = error.cause(),
        ))
    })?;
    profile::parse(name, &text).map_err(|error| Failure::config(error.message()))
}
