//! `agent password`: never from the command line, which everybody on the machine can read.

use std::io::{BufRead, IsTerminal, Read};

use clap::Args;
use shared::store::StoreError;
use shared::{Clock, SystemClock};

use super::audit;
use crate::cli::StoreArgs;
use crate::exit::Failure;
use crate::password::{PASSWORD_BYTES_MAX, hash};

/// The shortest password, in characters (NIST SP 800-63B asks for at least 8).
const PASSWORD_CHARS_MIN: usize = 10;

#[derive(Debug, Args)]
pub(super) struct PasswordArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// The agent's code.
    code: String,
    /// Take the password away: only tokens and single sign-on are left.
    #[arg(long)]
    remove: bool,
}

pub(super) fn run(args: &PasswordArgs) -> Result<(), Failure> {
    let store = args.store.open()?;
    let unknown =
        || Failure::data(format!("there is no agent {}; `cti-bridge agent list` names them", args.code));
    store.reader()?.active_agent(&args.code)?.ok_or_else(unknown)?;
    let kept = match args.remove {
        true => None,
        false => Some(hash(&checked(read()?)?)?),
    };
    let action = if args.remove { "agent.password.remove" } else { "agent.password.set" };
    let now = SystemClock.now();
    let there = store.write(|tx| {
        let there = tx.set_password(&args.code, kept.as_deref(), now)?;
        tx.audit(&audit(now, action, &args.code))?;
        Ok::<_, StoreError>(there)
    })?;
    there.then_some(()).ok_or_else(unknown)
}

fn checked(password: String) -> Result<String, Failure> {
    if password.chars().count() < PASSWORD_CHARS_MIN {
        return Err(Failure::data(format!(
            "the password is shorter than {PASSWORD_CHARS_MIN} characters; take a longer one, several words say"
        )));
    }
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(Failure::data(format!(
            "the password is longer than {PASSWORD_BYTES_MAX} bytes; take a shorter one"
        )));
    }
    Ok(password)
}

/// Twice and unseen on a terminal, else the first line of stdin.
fn read() -> Result<String, Failure> {
    let failed = |e: std::io::Error| Failure::io(format!("the password cannot be read: {e}"));
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        let first = rpassword::prompt_password("パスワード / Password: ").map_err(failed)?;
        let second = rpassword::prompt_password("もう一度 / Again: ").map_err(failed)?;
        return match first == second {
            true => Ok(first),
            false => Err(Failure::data("the two passwords differ; nothing was changed")),
        };
    }
    let mut line = Vec::new();
    let limit = u64::try_from(PASSWORD_BYTES_MAX).unwrap_or(u64::MAX) + 3;
    stdin.lock().take(limit).read_until(b'\n', &mut line).map_err(failed)?;
    let text = String::from_utf8(line).map_err(|_| Failure::data("the password is not UTF-8 text"))?;
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}
