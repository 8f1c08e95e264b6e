//! The commands around the store and its mirror: `init`, `store`, `sync`, `publish`.

pub mod status;
pub mod store;

use std::process::ExitCode;

use serde_json::json;
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;
use shared::store::Store;

use crate::context::Context;
use crate::mirror::{SyncOutcome, SyncedFile, Verification};
use crate::output::{Cell, Sheet, SheetColumn, grouped, json_decimal};
use crate::{labels, metrics};

/// Creates a new store.
///
/// # Errors
/// The store exists already, or the old mirror cannot be removed.
pub fn init(context: &Context) -> Result<(), Failure> {
    let store = Store::create(&context.store_path)?;
    // Change numbers of a new store start again: the mirror of an earlier store would look newer.
    context.mirror().remove()?;
    let path = store.location().display().to_string();
    let sheet = Sheet { title: format!("{}: {path}", context.label(labels::STORE)), ..Sheet::default() };
    context.emit(&sheet, &json!({"command": "init", "store": path}))
}

/// Publishes every customer's figures.
///
/// # Errors
/// As [`metrics::publish`].
pub fn publish(context: &Context) -> Result<(), Failure> {
    let published = metrics::publish(context)?;
    let line = |label: labels::Label, count: u64| (context.label(label).to_owned(), count.to_string());
    let header = vec![line(labels::PUBLISHED, published.customers)];
    let json = json!({
        "command": "publish", "as_of": context.as_of,
        "customers": published.customers,
    });
    context.emit(&Sheet { header, ..Sheet::default() }, &json)
}

/// The options of `sync`.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct SyncArgs {
    /// Write every file again.
    #[arg(long)]
    rebuild: bool,
    /// Afterwards compare the rows and amounts of every month with the store.
    #[arg(long)]
    verify: bool,
    /// List the data sets and months that were written.
    #[arg(long)]
    verbose: bool,
}

/// Brings the mirror up to date with the store.
///
/// # Errors
/// An error of the mirror; with `verify`, the mirror differs from the store (exit code 65).
pub fn sync(context: &Context, args: &SyncArgs) -> Result<ExitCode, Failure> {
    let store = context.store()?;
    let mirror = context.mirror();
    let progress = context.progress(labels::SYNCING, None);
    let outcome = mirror.sync(&store, &context.limits, args.rebuild, &|rows| progress.advance(rows))?;
    progress.finish();
    if let Some(reason) = &outcome.rebuilt {
        context.notice(&message!(
            "集計用データを作り直しました: {reason}",
            "the mirror was rebuilt: {reason}",
            reason = reason,
        ));
    }
    let verification = if args.verify { Some(mirror.verify(&store, &context.limits)?) } else { None };
    // People read what was done; which months is for those who ask.
    let is_brief = !args.verbose && context.format.is_for_people();
    context.emit(
        &sync_sheet(context, &outcome, verification.as_ref(), is_brief),
        &sync_json(&outcome, verification.as_ref(), context.lang),
    )?;
    match verification.is_some_and(|found| !found.different.is_empty()) {
        true => Err(Failure::data(message!(
            "集計用データが元データと一致しません。analytics --store FILE sync --rebuild で作り直してください",
            "the mirror differs from the store; run: analytics --store FILE sync --rebuild",
        ))),
        false => Ok(ExitCode::SUCCESS),
    }
}

fn sync_sheet(
    context: &Context,
    outcome: &SyncOutcome,
    verification: Option<&Verification>,
    is_brief: bool,
) -> Sheet {
    let line = |label: labels::Label, value: String| (context.label(label).to_owned(), value);
    let mut footer = vec![
        line(labels::FILES_WRITTEN, outcome.written.len().to_string()),
        line(labels::FILES_LINKED, outcome.linked.to_string()),
        line(labels::ROWS_WRITTEN, grouped(&outcome.rows_written().to_string())),
    ];
    if let Some(found) = verification {
        footer.push(line(
            labels::CONTROL,
            format!("{} / {} {}", found.checked, context.label(labels::DIFFERENCE), found.different.len()),
        ));
    }
    let row = |file: &SyncedFile| {
        let month = Some(file.month.as_str()).filter(|month| !month.is_empty());
        vec![Cell::dataset(file.dataset, context.lang), Cell::text(month), Cell::Count(file.rows)]
    };
    let filled = outcome.written.iter().filter(|file| file.rows > 0);
    let columns = [labels::DATASET, labels::MONTH, labels::ROWS].map(SheetColumn::new);
    Sheet {
        title: format!(
            "{} {} {}",
            context.label(labels::SYNC),
            context.label(labels::VERSION),
            outcome.version
        ),
        columns: if is_brief || outcome.written.is_empty() { Vec::new() } else { columns.to_vec() },
        rows: if is_brief { Vec::new() } else { filled.map(row).collect() },
        footer,
        ..Sheet::default()
    }
}

fn sync_json(outcome: &SyncOutcome, verification: Option<&Verification>, lang: Lang) -> serde_json::Value {
    let file = |file: &SyncedFile| json!({"dataset": file.dataset, "month": (!file.month.is_empty()).then_some(&file.month), "rows": file.rows});
    let verified = verification.map(|found| {
        let different = found.different.iter().map(|difference| {
            json!({
                "dataset": difference.dataset, "month": difference.month,
                "store": {"rows": difference.store.0, "amount": json_decimal(difference.store.1)},
                "mirror": {"rows": difference.mirror.0, "amount": json_decimal(difference.mirror.1)},
            })
        });
        json!({"checked": found.checked, "different": different.collect::<Vec<_>>()})
    });
    json!({
        "command": "sync",
        "version": outcome.version,
        "change_no": outcome.change_no,
        "written": outcome.written.iter().map(file).collect::<Vec<_>>(),
        "linked": outcome.linked,
        "rebuilt": outcome.rebuilt.as_ref().map(|reason| reason.text(lang)),
        "verified": verified,
    })
}
