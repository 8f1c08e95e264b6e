//! `agent password`: never from the command line, which every user of the machine can read.

use std::io::{BufRead, IsTerminal, Read};

use clap::Args;
use shared::cause::Cause as _;
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;
use shared::store::{AuditAction, StoreError};
use shared::{Clock, SystemClock};

use super::{audit, unknown_agent};
use crate::cli::StoreArgs;
use crate::password::{PASSWORD_BYTES_MAX, hash};

/// The shortest password, in characters (NIST SP 800-63B asks for at least 8).
const PASSWORD_CHARS_MIN: usize = 10;

#[derive(Debug, Args)]
pub(super) struct PasswordArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// The agent's code.
    code: String,
    /// Remove the password; tokens and single sign-on are left.
    #[arg(long)]
    remove: bool,
}

pub(super) fn run(args: &PasswordArgs, actor: &str, lang: Lang) -> Result<(), Failure> {
    let store = args.store.open_for(actor)?;
    let unknown = || unknown_agent(&args.code);
    store.reader()?.active_agent(&args.code)?.ok_or_else(unknown)?;
    let kept = match args.remove {
        true => None,
        false => Some(hash(&checked(read(lang)?)?)?),
    };
    let action = match args.remove {
        true => AuditAction::AgentPasswordRemove,
        false => AuditAction::AgentPasswordSet,
    };
    let now = SystemClock.now();
    let there = store.write(|tx| {
        let there = tx.set_password(&args.code, kept.as_deref(), now)?;
        audit(tx, now, action, &args.code)?;
        Ok::<_, StoreError>(there)
    })?;
    there.then_some(()).ok_or_else(unknown)
}

fn checked(password: String) -> Result<String, Failure> {
    if password.chars().count() < PASSWORD_CHARS_MIN {
        return Err(Failure::data(message!(
            "パスワードが{min}文字より短いため設定できません。いくつかの単語を並べるなど、長くしてください",
            "the password is shorter than {min} characters; choose a longer one, for example several words",
            min = PASSWORD_CHARS_MIN,
        )));
    }
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(Failure::data(message!(
            "パスワードが{max}バイトを超えているため設定できません。短くしてください",
            "the password is longer than {max} bytes; choose a shorter one",
            max = PASSWORD_BYTES_MAX,
        )));
    }
    Ok(password)
}

/// On a terminal it is asked for twice and not shown; otherwise it is the first line of stdin.
fn read(lang: Lang) -> Result<String, Failure> {
    let failed = |error: std::io::Error| {
        Failure::io(message!(
            "パスワードを読み取れません({error})",
            "the password cannot be read: {error}",
            error = error.cause(),
        ))
    };
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        let first =
            rpassword::prompt_password(message!("パスワード: ", "Password: ").text(lang)).map_err(failed)?;
        let second = rpassword::prompt_password(message!("もう一度入力してください: ", "Again: ").text(lang))
            .map_err(failed)?;
        return match first == second {
            true => Ok(first),
            false => Err(Failure::data(message!(
                "2回入力したパスワードが一致しません。パスワードは変更していません",
                "the two passwords differ; nothing was changed",
            ))),
        };
    }
    let mut line = Vec::new();
    let limit = u64::try_from(PASSWORD_BYTES_MAX).unwrap_or(u64::MAX) + 3;
    stdin.lock().take(limit).read_until(b'\n', &mut line).map_err(failed)?;
    let text = String::from_utf8(line).map_err(|_| {
        Failure::data(message!(
            "パスワードが UTF-8 のテキストではありません。文字コードを確認してください",
            "the password is not UTF-8 text; check its encoding",
        ))
    })?;
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}
