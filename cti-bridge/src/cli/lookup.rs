//! `lookup NUMBER|CODE`: what an agent would see.

use clap::Args;
use serde::Deserialize;
use shared::card::{Candidate, CustomerCard};
use shared::phone::PhoneNumber;
use shared::{Clock, SystemClock};

use super::{Format, StoreArgs, say};
use crate::agent::permission::Permissions;
use crate::exit::Failure;
use crate::popup::{self, ProfileError, SeenProfile, Subject};

#[derive(Debug, Args)]
pub(crate) struct LookupArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// A telephone number in any written form, or a customer's code.
    #[arg(value_name = "NUMBER|CODE")]
    subject: String,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(args: &LookupArgs) -> Result<(), Failure> {
    let mut reader = args.store.open()?.reader()?;
    let today = SystemClock.today();
    // A whole number is a number; a code that happens to look like one can still be searched for on the page.
    let subject = match PhoneNumber::parse(&args.subject) {
        Ok(_) => Subject::Number(args.subject.clone()),
        Err(_) => Subject::Customer(args.subject.clone()),
    };
    let profile = popup::by_subject(&mut reader, &subject, today).map_err(|e| match e {
        ProfileError::Store(error) => Failure::from(error),
        ProfileError::NotFound => Failure::data(format!(
            "`{}` is neither a whole telephone number nor a customer's code",
            args.subject
        )),
        other => Failure::data(other.to_string()),
    })?;
    let seen = SeenProfile { profile, permissions: Permissions::ALL };
    let json = serde_json::to_string(&seen)
        .map_err(|e| Failure::software(format!("the pop-up could not be written: {e}")))?;
    match args.format {
        Format::Json => say(&json),
        Format::Table => say(&table(&json)?),
    }
}

/// What the table is made of.
#[derive(Deserialize)]
struct Shown {
    #[serde(rename = "match")]
    kind: String,
    candidates: Vec<Candidate>,
}

fn table(json: &str) -> Result<String, Failure> {
    let broken = |e: serde_json::Error| Failure::software(format!("the pop-up could not be read back: {e}"));
    let shown: Shown = serde_json::from_str(json).map_err(broken)?;
    let mut lines = vec![format!("match: {}", shown.kind)];
    let rows: Vec<Vec<String>> = shown.candidates.iter().map(candidate_row).collect();
    if !rows.is_empty() {
        lines.push(super::output::table(
            &["CODE", "NAME", "KANA", "RANK", "STATUS", "OWNER", "CONTACT"],
            &rows,
        ));
    }
    // With exactly one customer the rest of the pop-up is a card.
    if let Ok(card) = serde_json::from_str::<CustomerCard>(json) {
        lines.extend(card_lines(&card));
    }
    Ok(lines.join("\n"))
}

fn candidate_row(c: &Candidate) -> Vec<String> {
    let text = |t: &Option<String>| t.clone().unwrap_or_default();
    let contact = c.matched_contact.as_ref().and_then(|m| m.person_name.clone()).unwrap_or_default();
    let code = c.customer_code.as_ref().or(c.lead_code.as_ref()).cloned().unwrap_or_default();
    let status = text(&c.trading_status);
    vec![
        code,
        c.customer_name.clone(),
        text(&c.name_kana),
        text(&c.rank),
        status,
        text(&c.account_owner),
        contact,
    ]
}

fn card_lines(card: &CustomerCard) -> Vec<String> {
    let mut lines = Vec::new();
    for alert in &card.alerts {
        let amount = alert.amount.map(|a| format!(" {a}")).unwrap_or_default();
        let text = alert.text.as_ref().map(|t| format!(" {t}")).unwrap_or_default();
        lines.push(format!("alert: {:?}{amount}{text}", alert.code));
    }
    if let Some(metrics) = &card.metrics {
        lines.push(format!("sales of 12 months: {} (as of {})", metrics.sales_12m, metrics.as_of));
    }
    lines.extend(card.recent_sales.iter().map(|s| format!("sale: {} {} {}", s.sold_on, s.slip_no, s.amount)));
    let unpaid = &card.balance.unpaid;
    lines.push(format!("unpaid: {unpaid}, overdue: {}", card.balance.overdue));
    lines
}
