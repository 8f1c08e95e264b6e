//! `sample`: the files of a made-up company.

use serde_json::json;
use shared::exit::Failure;

use crate::context::Context;
use crate::labels;
use crate::output::{Cell, Sheet, SheetColumn};
use crate::sample::{SampleArgs, SampleFile, generate};

/// Writes the files of a made-up company.
///
/// # Errors
/// The folder cannot be written to, or the history would begin before the calendar.
pub fn sample(context: &Context, args: &SampleArgs) -> Result<(), Failure> {
    let progress = context.progress(labels::GENERATING, None);
    let summary = generate(args, &mut |rows| progress.advance(rows));
    progress.finish();
    let summary = summary?;
    let row = |file: &SampleFile| vec![Cell::dataset(file.dataset, context.lang), Cell::Count(file.rows)];
    let sheet = Sheet {
        title: summary.folder.display().to_string(),
        columns: [labels::DATASET, labels::ROWS].map(SheetColumn::new).to_vec(),
        rows: summary.files.iter().map(row).collect(),
        ..Sheet::default()
    };
    context.emit(&sheet, &json!(summary))
}
