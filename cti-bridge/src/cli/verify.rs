//! `verify`: every customer card against the tables.

use std::io::{IsTerminal as _, Write as _};

use clap::Args;
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;
use shared::message::counted;

use super::StoreArgs;
use super::output::say;

/// Cards between two progress lines.
const PROGRESS_EVERY: u64 = 10_000;
/// Differing cards that are listed.
const LISTED_MAX: usize = 20;

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    store: StoreArgs,
}

pub(super) fn run(args: &VerifyArgs, lang: Lang) -> Result<(), Failure> {
    let mut reader = args.store.open()?.reader()?;
    let on_terminal = std::io::stderr().is_terminal();
    let progress = |text: &str| {
        if on_terminal {
            // Progress that cannot be shown is no reason to stop.
            let _ = write!(std::io::stderr(), "\r{text}");
        }
    };
    let found = reader.verify_cards(&mut |checked: u64| {
        if checked.is_multiple_of(PROGRESS_EVERY) {
            progress(message!("{checked} 件", "{checked} cards", checked = checked).text(lang));
        }
    })?;
    progress("");
    let different = found.different.len();
    let summary = message!(
        "顧客カード {checked} 件を確認しました(再作成待ち {stale} 件、相違 {different} 件)",
        "{checked} checked, {stale} stale, {different} different",
        checked = counted(found.checked, "card", "cards"),
        stale = found.stale,
        different = different,
    );
    say(summary.text(lang))?;
    for code in found.different.iter().take(LISTED_MAX) {
        say(message!("相違: {code}", "different: {code}", code = code).text(lang))?;
    }
    if different == 0 {
        return Ok(());
    }
    Err(Failure::data(message!(
        "顧客カード {different} 件が元データと一致しません。得意先を取り込み直すと再作成されます",
        "{different} from the tables; import the customers again to rebuild what differs",
        different = counted(different, "card differs", "cards differ"),
    )))
}
