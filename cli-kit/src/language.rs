//! The language of a run, known before the command line is parsed: help and usage errors need it.

use std::ffi::OsString;

use clap::{Args, ValueEnum};
use shared::label::Lang;

/// `--lang ja|en`; flatten it into the options of a program.
#[derive(Debug, Clone, Copy, Args)]
pub struct LangArg {
    /// Language of messages, tables and help [default: CHAKUDEN_LANG, else LANG, else ja].
    #[arg(long, global = true, value_enum, value_name = "LANG")]
    lang: Option<Choice>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Choice {
    /// Japanese.
    Ja,
    /// English.
    En,
}

/// The language that the arguments ask for, else `CHAKUDEN_LANG`, else the one of a settings file, else `LANG`, else
/// Japanese.
#[must_use]
pub fn language(args: &[OsString], configured: Option<Lang>) -> Lang {
    let variable = |name: &str| std::env::var(name).ok();
    let option = option(args).and_then(Lang::from_tag);
    let own = variable("CHAKUDEN_LANG");
    let option = option.or(configured.filter(|_| own.is_none()));
    Lang::choose(option, own.as_deref(), variable("LANG").as_deref())
}

/// The value of the last `--lang`; clap itself refuses a wrong one later.
fn option(args: &[OsString]) -> Option<&str> {
    let mut found = None;
    let mut args = args.iter().filter_map(|arg| arg.to_str()).take_while(|arg| *arg != "--");
    while let Some(arg) = args.next() {
        match arg.strip_prefix("--lang") {
            Some("") => found = args.next(),
            Some(value) => found = value.strip_prefix('=').or(found),
            None => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Option<String> {
        let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        option(&args).map(str::to_owned)
    }

    #[test]
    fn the_language_option_may_stand_anywhere() {
        assert_eq!(of("x --lang en lookup").as_deref(), Some("en"));
        assert_eq!(of("x lookup --lang=ja --store f").as_deref(), Some("ja"));
        assert_eq!(of("x --lang en --lang ja").as_deref(), Some("ja"));
        assert_eq!(of("x --language en"), None);
        assert_eq!(of("x -- --lang en"), None);
        assert_eq!(of("x --lang"), None);
    }
}
