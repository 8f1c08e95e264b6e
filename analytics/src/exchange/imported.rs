//! What an import did, for people: a line for each file, the control totals, and what was refused.

use rust_decimal::Decimal;
use serde_json::json;
use shared::exit::Failure;
use shared::import::{FileReport, ImportReport};

use crate::context::{Context, Format};
use crate::labels::{self, Label};
use crate::output::{Cell, Sheet, SheetColumn, table};
use crate::quality::snapshot;

/// Refused rows that a table shows; JSON has them all.
const REFUSED_SHOWN_MAX: usize = 20;

/// Writes the report under a title: for people with the sums of amounts as a table of their own.
pub(super) fn emit(context: &Context, report: &ImportReport, title: Label) -> Result<(), Failure> {
    let sheet = files(context, report, title);
    if context.format != Format::Table {
        return context.emit(&sheet, &json!(report));
    }
    let mut text = table::render(&Sheet { footer: Vec::new(), ..sheet.clone() }, context);
    let sums = sums(context, report);
    if !sums.rows.is_empty() {
        text.push_str(&table::render(&sums, context));
    }
    // What was refused, warned of or done away with stands last, where the eye ends.
    if !sheet.footer.is_empty() {
        text.push_str(&table::render(&Sheet { footer: sheet.footer, ..Sheet::default() }, context));
    }
    context.write(&text)
}

fn files(context: &Context, report: &ImportReport, title: Label) -> Sheet {
    let row = |file: &FileReport| {
        vec![
            Cell::Text(file.file.clone()),
            Cell::Text(file.dataset.clone()),
            Cell::Count(file.read),
            Cell::Count(file.new),
            Cell::Count(file.changed),
            Cell::Count(file.unchanged),
            Cell::Count(file.refused),
            Cell::Count(file.skipped),
            file.in_store.as_ref().map_or(Cell::None, |total| Cell::Count(total.rows)),
        ]
    };
    let columns = [
        labels::FILE,
        labels::DATASET,
        labels::READ,
        labels::NEW,
        labels::CHANGED,
        labels::UNCHANGED,
        labels::REFUSED,
        labels::SKIPPED,
        labels::IN_STORE,
    ];
    let snapshots = report.files.iter().flat_map(|file| snapshot::footer(context, file));
    Sheet {
        title: context.label(title).to_owned(),
        columns: columns.map(SheetColumn::new).to_vec(),
        rows: report.files.iter().map(row).collect(),
        footer: snapshots.chain(notes(context, report)).collect(),
        ..Sheet::default()
    }
}

/// What was refused and what is worth a look.
fn notes(context: &Context, report: &ImportReport) -> Vec<(String, String)> {
    let refused = report.errors.iter().take(REFUSED_SHOWN_MAX).map(|error| {
        let column = error.column.as_deref().map(|column| format!(" {column}")).unwrap_or_default();
        let place = format!("{} {}:{}{column}", context.label(labels::REFUSED), error.file, error.line);
        (place, format!("{} ({})", error.message, error.code))
    });
    let more = report.errors.len().saturating_sub(REFUSED_SHOWN_MAX);
    let more = (more > 0).then(|| (context.label(labels::REFUSED).to_owned(), format!("… +{more}")));
    let warnings = report.warnings.iter().map(|warning| {
        let place = format!("{} {}", context.label(labels::WARNING), warning.file);
        (place, format!("{} ({}, {})", warning.message, warning.code, warning.count))
    });
    refused.chain(more).chain(warnings).collect()
}

/// The control totals: read = taken in + refused + passed over, to the yen, and what the store has.
fn sums(context: &Context, report: &ImportReport) -> Sheet {
    let money = |sum: Option<&str>| Cell::money(sum.and_then(|sum| sum.parse::<Decimal>().ok()));
    let rows = report.files.iter().flat_map(|file| {
        file.sums.iter().map(move |(column, sums)| {
            let in_store = file.in_store.as_ref().filter(|_| column == "amount");
            vec![
                Cell::Text(file.file.clone()),
                Cell::Text(format!("{}.{column}", file.dataset)),
                money(Some(&sums.read)),
                money(Some(&sums.accepted)),
                money(Some(&sums.refused)),
                money(Some(sums.skipped.as_deref().unwrap_or("0"))),
                money(in_store.and_then(|total| total.amount.as_deref())),
            ]
        })
    });
    let columns = [
        labels::FILE,
        labels::COLUMN,
        labels::READ,
        labels::ACCEPTED,
        labels::REFUSED,
        labels::SKIPPED,
        labels::IN_STORE,
    ];
    Sheet {
        title: context.label(labels::CONTROL_TOTALS).to_owned(),
        columns: columns.map(SheetColumn::new).to_vec(),
        rows: rows.collect(),
        ..Sheet::default()
    }
}
