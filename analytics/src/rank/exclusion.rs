//! 対象外にする, 対象に戻す: customers that are excluded from the rank update (`docs/rank.md#eligibility`).

use std::collections::BTreeSet;

use serde_json::json;
use shared::dataset::CUSTOMERS;
use shared::exit::Failure;
use shared::message;
use shared::store::{AuditAction, AuditEntry, RowOutcome, StoreError, Value};

use crate::context::Context;
use crate::output::{Cell, Sheet, SheetColumn};
use crate::rank::labels;

/// Unknown codes listed in a message.
const LISTED_MAX: usize = 50;

/// `analytics rank exclude`, `rank include`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The customers' codes.
    #[arg(required = true, value_name = "CODE")]
    codes: Vec<String>,
}

/// What stops the transaction.
enum Stopped {
    /// The store failed.
    Store(StoreError),
    /// Codes without a customer.
    Unknown(Failure),
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Excludes these customers or includes them again, all or none.
pub(crate) fn run(context: &Context, args: &Args, is_excluded: bool) -> Result<(), Failure> {
    let codes: BTreeSet<&str> = args.codes.iter().map(|code| code.trim()).collect();
    let codes: Vec<&str> = codes.into_iter().collect();
    let store = context.store()?;
    let at = context.clock.now();
    let action = if is_excluded { AuditAction::RankExclude } else { AuditAction::RankInclude };
    let written = store.write(|tx| {
        let unknown = tx.unknown_customers(&codes)?;
        if !unknown.is_empty() {
            return Err(Stopped::Unknown(unknown_codes(&unknown)));
        }
        let mut changed = Vec::new();
        for code in &codes {
            if tx.upsert(&CUSTOMERS, &row(code, is_excluded), at)? != RowOutcome::Unchanged {
                let (actor, subject) = (tx.actor().to_owned(), Some((*code).to_owned()));
                tx.audit(&AuditEntry { at, actor, action: action.into(), subject, detail: None })?;
                changed.push(*code);
            }
        }
        Ok(changed)
    });
    let changed = written.map_err(|stopped| match stopped {
        Stopped::Store(error) => error.into(),
        Stopped::Unknown(failure) => failure,
    })?;
    let title = if is_excluded { labels::EXCLUDED } else { labels::INCLUDED };
    let sheet = Sheet {
        title: context.label(title).to_owned(),
        columns: if changed.is_empty() { Vec::new() } else { vec![SheetColumn::new(labels::CODE)] },
        rows: changed.iter().map(|code| vec![Cell::Text((*code).to_owned())]).collect(),
        footer: vec![
            (context.label(crate::labels::CHANGED).to_owned(), changed.len().to_string()),
            (context.label(crate::labels::UNCHANGED).to_owned(), (codes.len() - changed.len()).to_string()),
        ],
        ..Sheet::default()
    };
    let value = json!({
        "command": if is_excluded { "rank exclude" } else { "rank include" },
        "changed": changed, "unchanged": codes.len() - changed.len(),
    });
    context.emit(&sheet, &value)
}

fn row(code: &str, is_excluded: bool) -> Vec<Option<Value>> {
    let mut values = vec![None; CUSTOMERS.columns.len()];
    let cells = [
        ("customer_code", Value::Text(code.to_owned())),
        ("rank_auto_update_excluded", Value::Integer(i64::from(is_excluded))),
    ];
    for (name, value) in cells {
        if let Some(at) = CUSTOMERS.column_index(name) {
            values[at] = Some(value);
        }
    }
    values
}

fn unknown_codes(unknown: &[&str]) -> Failure {
    let listed: Vec<&str> = unknown.iter().take(LISTED_MAX).copied().collect();
    let more = match unknown.len().saturating_sub(LISTED_MAX) {
        0 => message!("", ""),
        n => message!("、ほか{n}件", " and {n} more", n = n),
    };
    Failure::data(message!(
        "得意先コード {codes}{more} の顧客はいません。何も書き込んでいません。コードを確認してください",
        "no customer has the code {codes}{more}; nothing was written; check the codes",
        codes = listed.join(", "),
        more = more,
    ))
}
