//! A sheet as aligned text. Full-width characters take two columns; numbers are right-aligned.

use comfy_table::{
    Attribute, CellAlignment, Color, ColumnConstraint, ContentArrangement, ContentLineStyle, LineStyle,
    Table, TableStyle, Width,
};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use shared::text::printable;

use super::{Cell, Screen, Sheet, grouped, percent, yen};

/// Length of a full bar.
const BAR_LENGTH: u32 = 20;
/// The width of a text column that is still readable.
const TEXT_MIN: usize = 10;
/// Blanks around a cell.
const PADDING: usize = 2;
/// One line below the header and no other borders.
const STYLE: TableStyle = TableStyle::new()
    .header_lines(ContentLineStyle::none())
    .header_separator(LineStyle::none().fill('─'))
    .content_lines(ContentLineStyle::none());

/// The text of a sheet.
pub fn render(sheet: &Sheet, screen: impl Into<Screen>) -> String {
    let screen = screen.into();
    let mut out = String::new();
    out.push_str(&titled(&sheet.title, screen.colour));
    out.push_str(&lines(&sheet.header));
    out.push_str(&grid(sheet, screen));
    out.push_str(&lines(&sheet.footer));
    out
}

fn titled(title: &str, colour: bool) -> String {
    let title = printable(title);
    match (title.is_empty(), colour) {
        (true, _) => String::new(),
        (false, true) => format!("\u{1b}[1m{title}\u{1b}[0m\n"),
        (false, false) => format!("{title}\n"),
    }
}

fn lines(pairs: &[(String, String)]) -> String {
    pairs
        .iter()
        .map(|(name, value)| {
            let (name, value) = (printable(name), printable(value));
            if value.is_empty() { format!("{name}\n") } else { format!("{name}: {value}\n") }
        })
        .collect()
}

fn grid(sheet: &Sheet, screen: Screen) -> String {
    if sheet.columns.is_empty() {
        return String::new();
    }
    let mut table = Table::new();
    table.load_style(STYLE);
    if screen.on_terminal {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    } else {
        table.force_no_tty();
    }
    if !screen.colour {
        table.style_text_only();
    }
    let mut shown: Vec<usize> = (0..sheet.columns.len())
        .filter(|&index| screen.on_terminal || !sheet.columns[index].terminal_only)
        .collect();
    let needed: usize = shown.iter().map(|&index| width_min(sheet, index) + PADDING).sum();
    let is_narrow = table.width().is_some_and(|width| needed > usize::from(width));
    if is_narrow {
        shown.retain(|&index| !sheet.columns[index].terminal_only);
    }
    table.set_header(shown.iter().map(|&index| heading(sheet, index, screen)));
    for row in sheet.rows.iter().chain(&sheet.total) {
        table.add_row(shown.iter().map(|&index| cell(row.get(index).unwrap_or(&Cell::None), screen.colour)));
    }
    if is_narrow {
        squeeze(&mut table, sheet, &shown);
    }
    format!("\n{}\n\n", table.trim_fmt())
}

/// Keeps each number on one line and closes the gaps between columns: on a narrow terminal, headings wrap instead.
fn squeeze(table: &mut Table, sheet: &Sheet, shown: &[usize]) {
    for (column, &index) in table.column_iter_mut().zip(shown) {
        column.set_padding((0, 1));
        let width = u16::try_from(width_min(sheet, index) + 1).unwrap_or(u16::MAX);
        if has_numbers(sheet, index) {
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width)));
        }
    }
}

/// The width that a column needs at least, without padding.
fn width_min(sheet: &Sheet, column: usize) -> usize {
    if sheet.columns[column].terminal_only {
        return BAR_LENGTH as usize;
    }
    if !has_numbers(sheet, column) {
        return TEXT_MIN;
    }
    let cells = sheet.rows.iter().chain(&sheet.total).filter_map(|row| row.get(column));
    cells.map(|cell| text(cell).chars().count()).max().unwrap_or_default()
}

fn has_numbers(sheet: &Sheet, column: usize) -> bool {
    sheet.rows.iter().chain(&sheet.total).any(|row| row.get(column).is_some_and(is_numeric))
}

fn heading(sheet: &Sheet, column: usize, screen: Screen) -> comfy_table::Cell {
    let alignment = if has_numbers(sheet, column) { CellAlignment::Right } else { CellAlignment::Left };
    let cell =
        comfy_table::Cell::new(printable(sheet.columns[column].text(screen.lang))).set_alignment(alignment);
    if screen.colour { cell.add_attribute(Attribute::Bold) } else { cell }
}

pub(super) fn is_numeric(cell: &Cell) -> bool {
    matches!(cell, Cell::Count(_) | Cell::Integer(_) | Cell::Money(_) | Cell::Number(_) | Cell::Rate(_))
}

fn cell(cell: &Cell, colour: bool) -> comfy_table::Cell {
    let alignment =
        if is_numeric(cell) || *cell == Cell::None { CellAlignment::Right } else { CellAlignment::Left };
    let shown = comfy_table::Cell::new(text(cell)).set_alignment(alignment);
    let negative = matches!(cell, Cell::Money(number) | Cell::Rate(number) if number.is_sign_negative());
    if colour && negative { shown.fg(Color::Red) } else { shown }
}

/// A cell as text for people.
pub(super) fn text(cell: &Cell) -> String {
    match cell {
        Cell::None => "—".to_owned(),
        Cell::Text(text) => printable(text).into_owned(),
        Cell::Count(count) => grouped(&count.to_string()),
        Cell::Integer(number) => grouped(&number.to_string()),
        Cell::Money(amount) => yen(*amount),
        Cell::Number(number) => grouped(&number.normalize().to_string()),
        Cell::Rate(rate) => percent(*rate),
        Cell::Date(date) => date.to_string(),
        Cell::Bar(share) => bar(*share),
    }
}

fn bar(share: Decimal) -> String {
    let length = (share * Decimal::from(BAR_LENGTH)).round().to_usize().unwrap_or(0);
    "█".repeat(length.min(BAR_LENGTH as usize))
}
