//! A sheet as CSV: one header line, the rows, no total. Numbers are exact and without separators.

use rust_decimal::Decimal;
use shared::label::Lang;
use shared::text::may_be_formula;

use super::{Cell, Sheet, SheetColumn};

/// The CSV text of a sheet, UTF-8, lines ended by CR LF as RFC 4180 has it.
pub fn render(sheet: &Sheet, lang: Lang) -> anyhow::Result<String> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let is_shown = |column: &SheetColumn| !column.terminal_only && !column.drawn;
    let shown: Vec<usize> =
        (0..sheet.columns.len()).filter(|&index| is_shown(&sheet.columns[index])).collect();
    writer.write_record(shown.iter().map(|&index| sheet.columns[index].text(lang)))?;
    for row in &sheet.rows {
        writer.write_record(shown.iter().map(|&index| row.get(index).map(text).unwrap_or_default()))?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

fn text(cell: &Cell) -> String {
    let exact = |number: &Decimal| number.normalize().to_string();
    match cell {
        Cell::None | Cell::Bar(_) => String::new(),
        // A name that begins like a formula would be one in a spreadsheet.
        Cell::Text(text) if may_be_formula(text) => format!("'{text}"),
        Cell::Text(text) => text.clone(),
        Cell::Count(count) => count.to_string(),
        Cell::Integer(number) => number.to_string(),
        Cell::Money(number) | Cell::Number(number) | Cell::Rate(number) => exact(number),
        Cell::Date(date) => date.to_string(),
    }
}
