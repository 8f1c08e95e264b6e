//! A sheet as CSV: one header line, the rows, no total. Numbers are exact and without separators.

use rust_decimal::Decimal;
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;
use shared::text::may_be_formula;

use super::{Cell, Sheet, SheetColumn};

/// The CSV text of a sheet in UTF-8, with the CR LF line ends of RFC 4180.
///
/// # Errors
/// None that is known: the text is written to memory.
pub fn render(sheet: &Sheet, lang: Lang) -> Result<String, Failure> {
    let text = written(sheet, lang).map(String::from_utf8);
    text.ok()
        .and_then(Result::ok)
        .ok_or_else(|| Failure::software(message!("CSV を作成できません", "the CSV text cannot be made")))
}

fn written(sheet: &Sheet, lang: Lang) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let is_shown = |column: &SheetColumn| !column.terminal_only && !column.drawn;
    let shown: Vec<usize> =
        (0..sheet.columns.len()).filter(|&index| is_shown(&sheet.columns[index])).collect();
    writer.write_record(shown.iter().map(|&index| sheet.columns[index].text(lang)))?;
    for row in &sheet.rows {
        writer.write_record(shown.iter().map(|&index| row.get(index).map(text).unwrap_or_default()))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

fn text(cell: &Cell) -> String {
    let exact = |number: &Decimal| number.normalize().to_string();
    match cell {
        Cell::None | Cell::Bar(_) => String::new(),
        // A spreadsheet would run text that begins like a formula.
        Cell::Text(text) | Cell::Word { identifier: text, .. } if may_be_formula(text) => format!("'{text}"),
        Cell::Text(text) | Cell::Word { identifier: text, .. } => text.clone(),
        Cell::Count(count) => count.to_string(),
        Cell::Integer(number) => number.to_string(),
        Cell::Money(number) | Cell::Number(number) | Cell::Rate(number) => exact(number),
        Cell::Date(date) => date.to_string(),
        Cell::Moment(moment) => moment.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
    }
}
