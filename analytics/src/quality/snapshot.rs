//! `import --snapshot`: what would vanish is said and asked before it does (`docs/data-quality.md#snapshots`).

use std::path::PathBuf;

use rust_decimal::Decimal;
use shared::exit::Failure;
use shared::import::{
    FileReport, ImportOptions, ImportProgress, ImportSettings, SnapshotOptions, SnapshotReport, import_files,
};
use shared::store::Store;

use super::{confirmed, declined, labels};
use crate::context::Context;
use crate::output::yen;

/// Keys that a line of the table names.
const NAMED_MAX: usize = 10;

/// The options of `import` that say what a file is the whole of, or which earlier one it corrects.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// Each file is the whole of its data set: what it does not have vanishes from the store.
    #[arg(long)]
    snapshot: bool,
    /// Each file is the whole of the months that it contains only.
    #[arg(long, requires = "snapshot")]
    snapshot_months: bool,
    /// The largest part of the rows that may vanish, 0 to 1.
    #[arg(long, requires = "snapshot", value_name = "RATIO", default_value = "0.2", value_parser = ratio)]
    snapshot_max_ratio: Decimal,
    /// Do it without asking.
    #[arg(long)]
    yes: bool,
    /// The files correct what was refused in this batch (see `quarantine list`).
    #[arg(long, value_name = "BATCH")]
    corrects: Option<i64>,
    /// Rows of customers who were merged go to those they became.
    #[arg(long)]
    follow_merges: bool,
}

fn ratio(text: &str) -> Result<Decimal, String> {
    let ratio: Decimal = text.parse().map_err(|_| "not a number from 0 to 1".to_owned())?;
    match (Decimal::ZERO..=Decimal::ONE).contains(&ratio) {
        true => Ok(ratio),
        false => Err("a part lies between 0 and 1".to_owned()),
    }
}

/// The options of the import, once what would vanish was agreed to.
///
/// # Errors
/// What the preview says, and when nobody agrees.
pub(crate) fn agreed(
    context: &Context,
    args: &Args,
    store: &Store,
    paths: &[PathBuf],
    options: ImportOptions,
    settings: &ImportSettings,
) -> Result<ImportOptions, Failure> {
    if let Some(batch_id) = args.corrects {
        super::quarantine::find(&mut store.reader()?, batch_id)?;
    }
    let snapshot = SnapshotOptions { by_month: args.snapshot_months, max_ratio: args.snapshot_max_ratio };
    let options = ImportOptions {
        snapshot: args.snapshot.then_some(snapshot),
        corrects: args.corrects,
        follow_merges: args.follow_merges,
        ..options
    };
    if args.snapshot && !args.yes && !settings.dry_run {
        let trial = ImportSettings { dry_run: true, ..settings.clone() };
        let preview = import_files(store, paths, &options, &trial, &mut |_: ImportProgress<'_>| {})?;
        let lines: Vec<String> = preview.files.iter().filter_map(|file| vanishing(context, file)).collect();
        if !lines.is_empty() && !confirmed(context, false, &lines.join("; "))? {
            return Err(declined());
        }
    }
    Ok(options)
}

/// What would vanish by a file, for the question; `None` when nothing would.
fn vanishing(context: &Context, file: &FileReport) -> Option<String> {
    let report = file.snapshot.as_ref().filter(|report| report.vanished > 0)?;
    Some(told(context, labels::WOULD_VANISH.text(context.lang), file, report))
}

fn told(context: &Context, words: &str, file: &FileReport, report: &SnapshotReport) -> String {
    let keys: Vec<&str> = report.keys.iter().take(NAMED_MAX).map(String::as_str).collect();
    let more = if report.vanished > keys.len() as u64 { " …" } else { "" };
    let sum = report.amount.as_deref().and_then(|sum| sum.parse().ok()).map(yen);
    let sum = sum.map(|sum| format!("{} {sum}, ", context.label(labels::SUM))).unwrap_or_default();
    let text = words.replace("{dataset}", &file.dataset);
    let text = text.replace("{before}", &report.before.to_string());
    let text = text.replace("{n}", &report.vanished.to_string());
    match keys.is_empty() {
        true => text,
        false => format!("{text} ({sum}{}{more})", keys.join(", ")),
    }
}

/// Lines below the table of an import: what vanished, what stayed.
pub(crate) fn footer(context: &Context, file: &FileReport) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    if let Some(report) = &file.snapshot {
        lines.push((told(context, labels::VANISHED.text(context.lang), file, report), String::new()));
        if report.kept > 0 {
            let text = context.label(labels::STAYED).replace("{n}", &report.kept.to_string());
            lines.push((text, report.kept_keys.join(", ")));
        }
    }
    lines
}
