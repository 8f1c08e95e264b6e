//! `lookup NUMBER|CODE`: what an agent would see.

mod card;

use clap::Args;
use serde::Deserialize;
use shared::card::{Candidate, CustomerCard};
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;
use shared::message::{Explain as _, Label, Message};
use shared::phone::PhoneNumber;
use shared::{Clock, SystemClock};

use super::output::{Column, Terminal, say, table, text, to_json};
use super::{Format, StoreArgs};
use crate::permission::Permissions;
use crate::popup::{self, MatchKind, ProfileError, SeenProfile, Subject};

#[derive(Debug, Args)]
pub(crate) struct LookupArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// A telephone number, however it is written, or a customer code.
    #[arg(value_name = "NUMBER|CODE")]
    subject: String,
    /// Output format.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(args: &LookupArgs, lang: Lang) -> Result<(), Failure> {
    let mut reader = args.store.open()?.reader()?;
    let today = SystemClock.today();
    // A code that looks like a whole telephone number is read as a number; the page can still search for it.
    let subject = match PhoneNumber::parse(&args.subject) {
        Ok(_) => Subject::Number(args.subject.clone()),
        Err(_) => Subject::Customer(args.subject.clone()),
    };
    let profile = popup::by_subject(&mut reader, &subject, today).map_err(|error| match error {
        ProfileError::Store(error) => Failure::from(error),
        ProfileError::NotFound => Failure::data(message!(
            "「{subject}」は電話番号でも得意先コードでもありません。番号は市外局番から指定してください",
            "`{subject}` is neither a whole telephone number nor a customer code",
            subject = args.subject,
        )),
        other => Failure::data(other.message()),
    })?;
    let seen = SeenProfile { profile, permissions: Permissions::ALL };
    let json = to_json(&seen)?;
    match args.format {
        Format::Json => say(&json),
        Format::Table => say(&shown(&json, lang, Terminal::stdout())?),
    }
}

/// What the table is made of.
#[derive(Deserialize)]
struct Shown {
    #[serde(rename = "match")]
    kind: String,
    candidates: Vec<Candidate>,
}

const MATCH: Label = Label::new("照合結果", "Match");

const CANDIDATES: [Column; 7] = [
    text("コード", "Code"),
    text("名称", "Name"),
    text("フリガナ", "Kana"),
    text("ランク", "Rank"),
    text("取引状態", "Status"),
    text("担当者", "Owner"),
    text("先方担当者", "Contact person"),
];

fn shown(json: &str, lang: Lang, terminal: Terminal) -> Result<String, Failure> {
    let shown: Shown = serde_json::from_str(json).map_err(|error| {
        Failure::software(message!(
            "照合結果を表示できません({error})",
            "the result cannot be read back: {error}",
            error = error,
        ))
    })?;
    let kind = MatchKind::ALL.iter().find(|kind| kind.word() == shown.kind);
    let kind = kind.map_or_else(|| message!("{kind}", "{kind}", kind = shown.kind), |kind| explained(*kind));
    let mut parts = vec![format!("{}: {}", MATCH.text(lang), kind.text(lang))];
    if !shown.candidates.is_empty() {
        let rows: Vec<Vec<String>> = shown.candidates.iter().map(|c| candidate(c, lang)).collect();
        parts.push(table(&CANDIDATES, &rows, lang, terminal));
    }
    // With exactly one customer the rest of the pop-up is the card.
    if let Ok(card) = serde_json::from_str::<CustomerCard>(json) {
        parts.push(card::summary(&card, lang, terminal));
    }
    Ok(parts.join("\n\n"))
}

fn explained(kind: MatchKind) -> Message {
    match kind {
        MatchKind::One => message!("1件", "one"),
        MatchKind::Many => message!("複数(オペレーターが選択します)", "several (the agent chooses)"),
        MatchKind::None => message!("該当なし", "none"),
        MatchKind::Unidentified => message!("番号なし", "no number"),
        MatchKind::Chosen => message!("1件(オペレーターが選択済み)", "one (chosen by an agent)"),
        MatchKind::Failed => message!("照合できませんでした", "the lookup failed"),
    }
}

fn candidate(c: &Candidate, lang: Lang) -> Vec<String> {
    let text = |t: &Option<String>| t.clone().unwrap_or_default();
    let status = c.trading_status.map_or("", |status| status.label(lang));
    let contact = c.matched_contact.as_ref().and_then(|m| m.person_name.clone()).unwrap_or_default();
    vec![
        c.customer_code.as_ref().or(c.lead_code.as_ref()).cloned().unwrap_or_default(),
        c.customer_name.clone(),
        text(&c.name_kana),
        text(&c.rank),
        status.to_owned(),
        text(&c.account_owner),
        contact,
    ]
}
