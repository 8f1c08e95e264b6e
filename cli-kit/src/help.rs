//! Help texts in Japanese, keyed by command path and argument.

use std::collections::BTreeSet;

use clap::builder::{Resettable, StyledStr};
use clap::{Arg, Command};
use shared::label::Lang;

use crate::wrap::breakable;

/// The Japanese help of a program: keys and texts.
///
/// Keys: `""` (the program), `agent add` (a command), `agent add --code` (an option of it), `lookup <subject>` (a
/// positional argument by its id), `--role=admin` (a value that has a help text of its own). An argument is looked up
/// with its whole command path first, then with shorter and shorter prefixes of it, so that `--store` serves every
/// command that has no text of its own. A second paragraph is shown by `--help` only, as in doc comments.
#[derive(Debug, Clone, Copy)]
pub struct HelpTable {
    /// Keys and texts.
    pub texts: &'static [(&'static str, &'static str)],
    /// Further keys and texts.
    pub more: &'static [(&'static str, &'static str)],
    /// The text of a command that is declared elsewhere, by its path.
    pub declared: fn(&str) -> Option<&'static str>,
}

impl HelpTable {
    /// A table of all texts.
    #[must_use]
    pub const fn of(texts: &'static [(&'static str, &'static str)]) -> Self {
        Self { texts, more: &[], declared: |_| None }
    }

    fn all(&self) -> impl Iterator<Item = &'static (&'static str, &'static str)> {
        self.texts.iter().chain(self.more)
    }

    /// The command with its help in this language. English is taken from the doc comments.
    #[must_use]
    pub fn apply(&self, command: Command, lang: Lang) -> Command {
        match lang {
            Lang::Ja => self.japanese(command, ""),
            Lang::En => command,
        }
    }

    fn japanese(&self, command: Command, path: &str) -> Command {
        let command = match self.find(path, "") {
            Some(text) => command.about(breakable(first_paragraph(text))).long_about(styled(long(text))),
            None => command,
        };
        let command = command.mut_args(|arg| self.japanese_arg(arg, path));
        command.mut_subcommands(|sub| {
            let path = joined_path(path, sub.get_name());
            self.japanese(sub, &path)
        })
    }

    fn japanese_arg(&self, arg: Arg, path: &str) -> Arg {
        let key = arg_key(&arg);
        let Some(text) = self.find(path, &key) else { return arg };
        let values: Vec<(String, Option<&str>)> = arg
            .get_possible_values()
            .iter()
            .filter(|value| !value.is_hide_set())
            .map(|value| {
                let name = value.get_name().to_owned();
                let help = self.find(path, &format!("{key}={name}"));
                (name, help)
            })
            .collect();
        let short = match values.is_empty() || !arg.get_action().takes_values() {
            true => first_paragraph(text).to_owned(),
            false => format!("{} [選択肢: {}]", first_paragraph(text), names(&values)),
        };
        let explained = values.iter().any(|(_, help)| help.is_some());
        let long = match (long(text), explained) {
            (None, false) => None,
            (body, false) => body,
            (body, true) => Some(format!("{}\n\n選択肢:{}", body.as_deref().unwrap_or(text), list(&values))),
        };
        arg.help(breakable(&short)).long_help(styled(long)).hide_possible_values(true)
    }

    /// The text of an argument (or of the command itself), by the longest path that has one.
    fn find(&self, path: &str, arg: &str) -> Option<&'static str> {
        let declared = || if arg.is_empty() { (self.declared)(path) } else { None };
        self.entry(path, arg).map(|(_, text)| text).or_else(declared)
    }

    fn entry(&self, path: &str, arg: &str) -> Option<(&'static str, &'static str)> {
        let get = |key: &str| self.all().find(|(known, _)| *known == key).copied();
        if arg.is_empty() {
            return get(path);
        }
        let mut path = path;
        loop {
            if let Some(found) = get(&joined_path(path, arg)) {
                return Some(found);
            }
            if path.is_empty() {
                return None;
            }
            path = path.rsplit_once(' ').map_or("", |(parent, _)| parent);
        }
    }

    /// What has help in one language only, and entries of the table that nothing uses. Empty when all is well.
    #[must_use]
    pub fn gaps(&self, command: &Command) -> Vec<String> {
        let (mut gaps, mut used) = (Vec::new(), BTreeSet::new());
        self.look_at(command, "", &mut gaps, &mut used);
        gaps.extend(
            self.all()
                .filter(|(key, _)| !used.contains(key))
                .map(|(key, _)| format!("`{key}`: there is no such command, argument or value")),
        );
        gaps
    }

    fn look_at(
        &self,
        command: &Command,
        path: &str,
        gaps: &mut Vec<String>,
        used: &mut BTreeSet<&'static str>,
    ) {
        let mut check = |arg: &str, english: Option<String>| {
            let found = self.entry(path, arg);
            used.extend(found.map(|(key, _)| key));
            let name = joined_path(path, arg);
            match (english.filter(|text| !text.is_empty()), self.find(path, arg)) {
                (None, _) => gaps.push(format!("`{name}`: no English help")),
                (Some(text), _) if has_japanese(&text) => {
                    gaps.push(format!("`{name}`: its English help is Japanese"));
                }
                (_, None) => gaps.push(format!("`{name}`: no Japanese help")),
                (_, Some(text)) if !has_japanese(text) => {
                    gaps.push(format!("`{name}`: its Japanese help is not Japanese"));
                }
                _ => {}
            }
        };
        check("", command.get_about().map(ToString::to_string));
        for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
            let key = arg_key(arg);
            check(&key, arg.get_help().map(ToString::to_string));
            for value in arg.get_possible_values().iter().filter(|value| !value.is_hide_set()) {
                if let Some(help) = value.get_help() {
                    check(&format!("{key}={}", value.get_name()), Some(help.to_string()));
                }
            }
        }
        for sub in command.get_subcommands() {
            self.look_at(sub, &joined_path(path, sub.get_name()), gaps, used);
        }
    }
}

/// `--long` of an option, `<id>` of a positional argument.
fn arg_key(arg: &Arg) -> String {
    match arg.get_long() {
        Some(long) => format!("--{long}"),
        None => format!("<{}>", arg.get_id()),
    }
}

fn joined_path(path: &str, name: &str) -> String {
    [path, name].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn first_paragraph(text: &str) -> &str {
    text.split("\n\n").next().unwrap_or(text)
}

/// The whole text, where it has more than one paragraph.
fn long(text: &str) -> Option<String> {
    text.contains("\n\n").then(|| text.to_owned())
}

fn styled(text: Option<String>) -> Resettable<StyledStr> {
    text.map(|text| StyledStr::from(breakable(&text))).into()
}

fn names(values: &[(String, Option<&str>)]) -> String {
    values.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
}

/// One line a value: `- name: help`.
fn list(values: &[(String, Option<&str>)]) -> String {
    let lines = values.iter().map(|(name, help)| match help {
        Some(help) => format!("\n- {name}: {help}"),
        None => format!("\n- {name}"),
    });
    lines.collect()
}

fn has_japanese(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{3041}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}'))
}

#[cfg(test)]
mod tests;
