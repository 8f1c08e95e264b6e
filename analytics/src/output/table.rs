//! A sheet as aligned text. Full-width characters take two columns; numbers are right-aligned.

mod layout;

use comfy_table::{
    Attribute, CellAlignment, Color, ContentArrangement, ContentLineStyle, LineStyle, Table, TableStyle,
};
use shared::message;
use shared::text::printable;

use layout::{Layout, Measured, Part, fitted};

use super::wrap::{balanced, wrapped};
use super::writing::{Writing, is_numeric};
use super::{Cell, Screen, Sheet};

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
    out.push_str(&lines(&sheet.header, screen.width));
    out.push_str(&lines(&sheet.unit_line(screen).into_iter().collect::<Vec<_>>(), screen.width));
    let (grid, left_out) = grid(sheet, screen);
    out.push_str(&grid);
    if !left_out.is_empty() {
        let heading = |&index: &usize| printable(sheet.columns[index].text(screen.lang)).into_owned();
        let said = message!(
            "幅に収まらない列: {columns}(すべて表示するには --width 0 または --format csv)",
            "Columns without room: {columns} (for all of them: --width 0, or --format csv)",
            columns = left_out.iter().map(heading).collect::<Vec<_>>().join(screen.separator()),
        );
        let room = screen.width.unwrap_or(usize::MAX);
        wrapped(said.text(screen.lang), room).iter().for_each(|line| out.push_str(&format!("{line}\n")));
    }
    out.push_str(&lines(&sheet.footer, screen.width));
    out
}

/// The columns of the terminal on standard output.
pub(crate) fn terminal_width() -> Option<usize> {
    Table::new().width().map(usize::from)
}

fn titled(title: &str, colour: bool) -> String {
    let title = printable(title);
    match (title.is_empty(), colour) {
        (true, _) => String::new(),
        (false, true) => format!("\u{1b}[1m{title}\u{1b}[0m\n"),
        (false, false) => format!("{title}\n"),
    }
}

/// Names and values, within the width of the screen.
fn lines(pairs: &[(String, String)], width: Option<usize>) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        let (name, value) = (printable(name), printable(value));
        let line = if value.is_empty() { name.into_owned() } else { format!("{name}: {value}") };
        let limit = width.filter(|width| *width > 0).unwrap_or(usize::MAX);
        wrapped(&line, limit).iter().for_each(|line| {
            out.push_str(line);
            out.push('\n');
        });
    }
    out
}

/// The rows as tables, and the columns that there is no room for.
fn grid(sheet: &Sheet, screen: Screen) -> (String, Vec<usize>) {
    let mut shown: Vec<usize> = (0..sheet.columns.len())
        .filter(|&index| screen.on_terminal || !sheet.columns[index].terminal_only)
        .collect();
    let mut layout = fit(sheet, &shown, screen);
    if layout.is_some() {
        // Bars show what other columns say in figures.
        shown.retain(|&index| !sheet.columns[index].terminal_only && !sheet.columns[index].drawn);
        layout = fit(sheet, &shown, screen);
    }
    if shown.is_empty() {
        return (String::new(), Vec::new());
    }
    let mut without_room = Vec::new();
    let tables = match layout {
        None => {
            let columns: Part = shown.iter().map(|&index| (index, usize::MAX)).collect();
            vec![table(sheet, &columns, (1, 1), screen)]
        }
        Some(Layout { parts, gap, left_out }) => {
            without_room.extend(left_out.iter().map(|&at| shown[at]));
            let padding = (0, u16::try_from(gap).unwrap_or(1));
            let columns = |part: &Part| part.iter().map(|(at, width)| (shown[*at], *width)).collect::<Part>();
            parts.iter().map(|part| table(sheet, &columns(part), padding, screen)).collect()
        }
    };
    (format!("\n{}\n\n", tables.join("\n\n")), without_room)
}

/// The layout for a terminal; `None` when there is none, or everything fits.
fn fit(sheet: &Sheet, shown: &[usize], screen: Screen) -> Option<Layout> {
    let measured = |&index: &usize| measured(sheet, index, screen);
    fitted(&shown.iter().map(measured).collect::<Vec<_>>(), screen.width?)
}

fn measured(sheet: &Sheet, index: usize, screen: Screen) -> Measured {
    let writing = Writing::of(sheet, index, screen.money);
    let cells: Vec<String> = cells(sheet, index).map(|cell| writing.text(cell)).collect();
    let heading = printable(sheet.columns[index].text(screen.lang));
    let cells = cells.iter().map(String::as_str);
    Measured::new(&heading, cells, has_text(sheet, index), has_numbers(sheet, index))
        .prioritised(sheet.columns[index].priority)
}

/// One table of some columns, in which text wraps at the width of its column.
fn table(sheet: &Sheet, columns: &[(usize, usize)], padding: (u16, u16), screen: Screen) -> String {
    let mut table = Table::new();
    table.load_style(STYLE).set_content_arrangement(ContentArrangement::Disabled);
    table.force_no_tty();
    if screen.colour {
        table.enforce_styling();
    } else {
        table.style_text_only();
    }
    table.set_header(headings(sheet, columns, screen));
    let writings: Vec<Writing> =
        columns.iter().map(|(index, _)| Writing::of(sheet, *index, screen.money)).collect();
    for row in sheet.rows.iter().chain(&sheet.total) {
        let value = |index: usize| row.get(index).unwrap_or(&Cell::None);
        let shown = columns.iter().zip(&writings);
        table.add_row(shown.map(|((index, width), writing)| {
            let value = value(*index);
            cell(value, &wrapped(&writing.text(value), *width).join("\n"), screen.colour)
        }));
    }
    for (at, column) in table.column_iter_mut().enumerate() {
        let right = if at + 1 < columns.len() { padding.1 } else { padding.0 };
        column.set_padding((padding.0, right));
    }
    table.trim_fmt()
}

/// The headings; those with fewer lines than others stand just above the line.
fn headings(sheet: &Sheet, columns: &[(usize, usize)], screen: Screen) -> Vec<comfy_table::Cell> {
    let lines: Vec<Vec<String>> = columns
        .iter()
        .map(|(index, width)| balanced(&printable(sheet.columns[*index].text(screen.lang)), *width))
        .collect();
    let most = lines.iter().map(Vec::len).max().unwrap_or_default();
    let heading = |(lines, (index, _)): (&Vec<String>, &(usize, usize))| {
        let above = "\n".repeat(most - lines.len());
        let is_right = has_numbers(sheet, *index) || cells(sheet, *index).all(|cell| *cell == Cell::None);
        let alignment = if is_right { CellAlignment::Right } else { CellAlignment::Left };
        let cell = comfy_table::Cell::new(above + &lines.join("\n")).set_alignment(alignment);
        if screen.colour { cell.add_attribute(Attribute::Bold) } else { cell }
    };
    lines.iter().zip(columns).map(heading).collect()
}

fn cells(sheet: &Sheet, column: usize) -> impl Iterator<Item = &Cell> {
    sheet.rows.iter().chain(&sheet.total).filter_map(move |row| row.get(column))
}

fn has_text(sheet: &Sheet, column: usize) -> bool {
    cells(sheet, column).any(|cell| matches!(cell, Cell::Text(_) | Cell::Word { .. }))
        && !has_numbers(sheet, column)
}

fn has_numbers(sheet: &Sheet, column: usize) -> bool {
    cells(sheet, column).any(is_numeric)
}

fn cell(cell: &Cell, text: &str, colour: bool) -> comfy_table::Cell {
    let alignment = if is_right(cell) { CellAlignment::Right } else { CellAlignment::Left };
    let shown = comfy_table::Cell::new(text).set_alignment(alignment);
    let negative = matches!(cell, Cell::Money(number) | Cell::Rate(number) if number.is_sign_negative());
    if colour && negative { shown.fg(Color::Red) } else { shown }
}

fn is_right(cell: &Cell) -> bool {
    is_numeric(cell) || *cell == Cell::None
}
