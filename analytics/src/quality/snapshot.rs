//! `import --snapshot`: rows are removed only after the question was answered (`docs/data-quality.md#snapshots`).

use std::path::PathBuf;

use cli_kit::{BadValue, bad_value};
use rust_decimal::Decimal;
use shared::exit::Failure;
use shared::import::{
    FileReport, ImportOptions, ImportProgress, ImportSettings, SnapshotOptions, SnapshotReport, import_files,
};
use shared::message;
use shared::message::{Label, Message, counted};
use shared::store::Store;

use super::{confirmed, declined};
use crate::context::Context;
use crate::output::yen;

/// Keys that a line of the table names.
const NAMED_MAX: usize = 10;

/// The options of `import` for complete files and for corrections.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// Each file is complete: rows of its data set that it lacks are removed from the store.
    #[arg(long)]
    snapshot: bool,
    /// Each file is complete for the months that it contains only.
    #[arg(long, requires = "snapshot")]
    snapshot_months: bool,
    /// The largest share of the rows that may be removed, 0 to 1.
    #[arg(long, requires = "snapshot", value_name = "RATIO", default_value = "0.2", value_parser = ratio)]
    snapshot_max_ratio: Decimal,
    /// Do it without asking.
    #[arg(long)]
    yes: bool,
    /// The files correct the refused rows of this batch (see `quarantine list`).
    #[arg(long, value_name = "BATCH")]
    corrects: Option<i64>,
    /// Rows of merged customers go to the customer they were merged into.
    #[arg(long)]
    follow_merges: bool,
}

fn ratio(text: &str) -> Result<Decimal, BadValue> {
    let ratio = text.parse().ok().filter(|ratio| (Decimal::ZERO..=Decimal::ONE).contains(ratio));
    ratio.ok_or_else(|| {
        bad_value(message!("0 から 1 までの割合を指定してください", "give a ratio from 0 to 1"))
    })
}

/// The options of the import, after the removal of rows was confirmed.
///
/// # Errors
/// An error of the preview, or the removal was not confirmed.
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
        let losses: Vec<Message> = preview.files.iter().filter_map(removal).collect();
        if !losses.is_empty() && !confirmed(context, false, &Message::join(losses, BETWEEN))? {
            return Err(declined());
        }
    }
    Ok(options)
}

/// Between the sentences of several files.
const BETWEEN: Label = Label::new("。", "; ");

/// What a file would remove, for the question; `None` when nothing.
fn removal(file: &FileReport) -> Option<Message> {
    let report = file.snapshot.as_ref().filter(|report| report.vanished > 0)?;
    let sentence = message!(
        "{dataset} {before} 件のうち {removed} 件が削除されます",
        "{removed} of {before} of {dataset} would be removed",
        dataset = crate::labels::dataset(&file.dataset),
        before = counted(report.before, "row", "rows"),
        removed = report.vanished,
    );
    Some(detailed(sentence, report))
}

/// A sentence, with the sum and the keys of the removed rows.
fn detailed(sentence: Message, report: &SnapshotReport) -> Message {
    if report.keys.is_empty() {
        return sentence;
    }
    let keys: Vec<&str> = report.keys.iter().take(NAMED_MAX).map(String::as_str).collect();
    let more = if report.vanished > keys.len() as u64 { " …" } else { "" };
    let keys = format!("{}{more}", keys.join(", "));
    match report.amount.as_deref().and_then(|sum| sum.parse().ok()).map(yen) {
        Some(sum) => message!(
            "{sentence}(合計 {sum}、{keys})",
            "{sentence} (sum {sum}, {keys})",
            sentence = sentence,
            sum = sum,
            keys = keys,
        ),
        None => message!("{sentence}({keys})", "{sentence} ({keys})", sentence = sentence, keys = keys),
    }
}

/// Lines below the table of an import: what was removed, what stayed.
pub(crate) fn footer(context: &Context, file: &FileReport) -> Vec<(String, String)> {
    let Some(report) = &file.snapshot else { return Vec::new() };
    let removed = message!(
        "{dataset} {before} 件のうち {removed} 件を削除しました",
        "{removed} of {before} of {dataset} removed",
        dataset = crate::labels::dataset(&file.dataset),
        before = counted(report.before, "row", "rows"),
        removed = report.vanished,
    );
    let mut lines = vec![(detailed(removed, report).text(context.lang).to_owned(), String::new())];
    if report.kept > 0 {
        let kept = message!(
            "ファイルにない {rows} 件は、他のデータから参照されているため残しました",
            "kept although not in the file: {rows} that others refer to",
            rows = counted(report.kept, "row", "rows"),
        );
        lines.push((kept.text(context.lang).to_owned(), report.kept_keys.join(", ")));
    }
    if report.own > 0 {
        let own = message!(
            "ファイルにない {rows} 件は、本システムで登録した記録のため残しました",
            "kept although not in the file: {rows} made here",
            rows = counted(report.own, "row", "rows"),
        );
        lines.push((own.text(context.lang).to_owned(), String::new()));
    }
    lines
}
