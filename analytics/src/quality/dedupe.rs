//! `dedupe`: likely duplicate customers, with the reasons. It never merges anything by itself
//! (`docs/data-quality.md#duplicates`).

mod key;
mod pair;

use std::collections::HashSet;

use serde_json::{Value, json};
use shared::exit::Failure;
use shared::store::{AuditAction, AuditEntry, StoreError};

use self::key::Keys;
use self::pair::{Found, Pair};
use super::{labels, two_customers};
use crate::context::Context;
use crate::labels::{CUSTOMER_CODE, CUSTOMER_NAME};
use crate::output::{Cell, Sheet, SheetColumn};

/// The options of `dedupe`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// List pairs with at least this score.
    #[arg(long, value_name = "POINTS", default_value_t = 40, value_parser = clap::value_parser!(i32).range(1..=200))]
    min_score: i32,
    /// Groups that are listed; all are counted.
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    listed_max: usize,
    /// Record that these two customers are different; they are not listed again.
    #[arg(long, num_args = 2, value_names = ["A", "B"])]
    ignore: Vec<String>,
}

/// Lists likely duplicates, or records that two customers are different.
///
/// # Errors
/// An error of the store, or an unknown code.
pub fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    if let [one, other] = args.ignore.as_slice() {
        return ignore(context, one, other);
    }
    let (keys, ignored) = context.store()?.reader()?.consistent(|reader| -> Result<_, StoreError> {
        Ok((key::read(reader)?, reader.ignored_duplicates()?))
    })?;
    let ignored: HashSet<(String, String)> = ignored.into_iter().collect();
    let (keys, found) = pair::find(keys, &ignored, args.min_score);
    let listed = &found.groups[..found.groups.len().min(args.listed_max)];
    context.emit(&sheet(context, &keys, &found, listed), &document(&keys, &found, listed))
}

fn ignore(context: &Context, one: &str, other: &str) -> Result<(), Failure> {
    two_customers(one, other)?;
    let added = context.store()?.write(|tx| -> Result<bool, StoreError> {
        let added = tx.ignore_duplicate(one, other, context.clock.now())?;
        if added {
            tx.audit(&AuditEntry {
                at: context.clock.now(),
                actor: tx.actor().to_owned(),
                action: AuditAction::DuplicateIgnored.into(),
                subject: Some(one.to_owned()),
                detail: Some(other.to_owned()),
            })?;
        }
        Ok(added)
    })?;
    let line = (context.label(labels::IGNORED).to_owned(), format!("{one}, {other}"));
    let sheet = Sheet { header: vec![line], ..Sheet::default() };
    context.emit(&sheet, &json!({"command": "dedupe", "ignored": [one, other], "new": added}))
}

fn sheet(context: &Context, keys: &Keys, found: &Found, listed: &[Vec<Pair>]) -> Sheet {
    let row = |group: usize, pair: &Pair| {
        let (one, other) = (&keys.people[pair.a as usize], &keys.people[pair.b as usize]);
        let reasons = pair.reasons.iter().map(|reason| context.label(reason.label()));
        vec![
            Cell::Text((group + 1).to_string()),
            Cell::Integer(i64::from(pair.score)),
            Cell::Text(one.code.clone()),
            Cell::Text(one.name.clone()),
            Cell::Text(other.code.clone()),
            Cell::Text(other.name.clone()),
            Cell::Text(reasons.collect::<Vec<_>>().join(context.label(labels::AND))),
        ]
    };
    let columns = [
        labels::GROUP,
        labels::SCORE,
        CUSTOMER_CODE,
        CUSTOMER_NAME,
        CUSTOMER_CODE,
        CUSTOMER_NAME,
        labels::REASONS,
    ];
    let mut footer = vec![(context.label(labels::GROUPS).to_owned(), found.groups.len().to_string())];
    if found.too_common > 0 {
        footer.push((context.label(labels::TOO_COMMON).to_owned(), found.too_common.to_string()));
    }
    if found.cut {
        footer.push((context.label(labels::PAIRS_CUT).to_owned(), String::new()));
    }
    let rows =
        listed.iter().enumerate().flat_map(|(group, pairs)| pairs.iter().map(move |pair| (group, pair)));
    Sheet {
        title: context.label(labels::DUPLICATES).to_owned(),
        columns: columns.map(SheetColumn::new).to_vec(),
        rows: rows.map(|(group, pair)| row(group, pair)).collect(),
        footer,
        ..Sheet::default()
    }
}

fn document(keys: &Keys, found: &Found, listed: &[Vec<Pair>]) -> Value {
    let person = |number: u32| &keys.people[number as usize];
    let pair = |pair: &Pair| {
        let reasons =
            pair.reasons.iter().map(|reason| json!({"reason": reason.code(), "points": reason.points()}));
        json!({
            "a": person(pair.a).code, "b": person(pair.b).code, "score": pair.score,
            "reasons": reasons.collect::<Vec<_>>(),
        })
    };
    let group = |pairs: &Vec<Pair>| {
        let mut numbers: Vec<u32> = pairs.iter().flat_map(|pair| [pair.a, pair.b]).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let customers = numbers.into_iter().map(
            |number| json!({"customer_code": person(number).code, "customer_name": person(number).name}),
        );
        json!({
            "score": pairs.first().map(|pair| pair.score),
            "customers": customers.collect::<Vec<_>>(),
            "pairs": pairs.iter().map(pair).collect::<Vec<_>>(),
        })
    };
    json!({
        "command": "dedupe",
        "groups_found": found.groups.len(),
        "groups": listed.iter().map(group).collect::<Vec<_>>(),
        "too_common_keys": found.too_common,
        "cut": found.cut,
    })
}
