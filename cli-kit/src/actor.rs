//! Who runs a command, for the audit log.

use std::os::unix::fs::MetadataExt as _;

use clap::Args;

use crate::usage::{BadValue, one_line};

/// Characters of a name at most.
const CHARS_MAX: usize = 64;

/// `--actor NAME`; flatten it into the options of commands that leave a trace.
#[derive(Debug, Clone, Args)]
pub struct ActorArg {
    /// Who does it, for histories and the audit log [default: the user of the system].
    #[arg(long, global = true, value_name = "NAME", env = "CHAKUDEN_ACTOR", value_parser = name)]
    actor: Option<String>,
}

impl ActorArg {
    /// The name.
    #[must_use]
    pub fn name(&self) -> String {
        self.actor.clone().unwrap_or_else(system_user)
    }
}

fn name(text: &str) -> Result<String, BadValue> {
    one_line(text, 1..=CHARS_MAX)
}

/// The account that runs this program: its name, else its number.
fn system_user() -> String {
    let Ok(process) = std::fs::metadata("/proc/self") else { return "unknown".to_owned() };
    let number = process.uid().to_string();
    let accounts = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let named = accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == number).then(|| name.to_owned())
    });
    named.unwrap_or_else(|| format!("uid {number}"))
}
