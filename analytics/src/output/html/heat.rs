//! A matrix whose cells are the darker the larger their value is: the first name of a row runs down, the second across.
//! With one name the drawn columns run across.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::escape;
use crate::output::writing::Writing;
use crate::output::{Cell, Chart, Report, Screen};

/// Shades, from none to the darkest.
const SHADES: u32 = 7;

struct Matrix {
    down: Vec<String>,
    across: Vec<String>,
    /// Value and text of each place that has one.
    cells: Vec<Vec<Option<(Decimal, String)>>>,
}

/// The matrix as a table; nothing when it has no cells.
pub(super) fn heat(out: &mut String, report: &Report, chart: &Chart, screen: Screen) {
    let Some(matrix) = matrix(report, chart, screen) else { return };
    let values = || matrix.cells.iter().flatten().flatten().map(|(value, _)| *value);
    let (low, high) = (values().min().unwrap_or_default(), values().max().unwrap_or_default());
    let shade = |value: Decimal| {
        let share = value.saturating_sub(low).checked_div(high.saturating_sub(low)).unwrap_or_default();
        (share * Decimal::from(SHADES)).round().to_u32().unwrap_or(0).min(SHADES)
    };
    out.push_str("<div class=\"wide\" tabindex=\"0\">\n<table class=\"heat\">\n<thead><tr><td></td>");
    for name in &matrix.across {
        out.push_str(&format!("<th scope=\"col\">{}</th>", escape(name)));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for (name, cells) in matrix.down.iter().zip(&matrix.cells) {
        out.push_str(&format!("<tr><th scope=\"row\">{}</th>", escape(name)));
        for (cell, column) in cells.iter().zip(&matrix.across) {
            match cell {
                Some((value, text)) => out.push_str(&format!(
                    "<td class=\"n heat{}\" title=\"{}\">{}</td>",
                    shade(*value),
                    escape(&format!("{name} / {column}: {text}")),
                    escape(text)
                )),
                None => out.push_str("<td></td>"),
            }
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
}

fn matrix(report: &Report, chart: &Chart, screen: Screen) -> Option<Matrix> {
    let sheet = &report.sheet;
    let find = |id: &String| sheet.columns.iter().position(|column| column.id == *id);
    let names: Vec<usize> = chart.names.iter().filter_map(find).collect();
    let values: Vec<usize> = chart.values.iter().filter_map(find).collect();
    let (first, value) = (*names.first()?, *values.first()?);
    let text = |row: &Vec<Cell>, at: usize| {
        row.get(at).map(|cell| Writing::of(sheet, at, screen.money).text(cell)).unwrap_or_default()
    };
    let mut matrix = Matrix { down: Vec::new(), across: Vec::new(), cells: Vec::new() };
    for row in &sheet.rows {
        let down = place(&mut matrix.down, text(row, first));
        let cells: Vec<(String, usize)> = match names.get(1) {
            Some(&second) => vec![(text(row, second), value)],
            None => values.iter().map(|&at| (sheet.columns[at].text(screen.lang).to_owned(), at)).collect(),
        };
        for (name, at) in cells {
            let across = place(&mut matrix.across, name);
            if let Some(value) = row.get(at).and_then(Cell::number) {
                matrix.cells.resize(matrix.down.len(), Vec::new());
                let line = &mut matrix.cells[down];
                line.resize(line.len().max(across + 1), None);
                line[across] = Some((value, text(row, at)));
            }
        }
    }
    matrix.cells.resize(matrix.down.len(), Vec::new());
    matrix.cells.iter_mut().for_each(|line| line.resize(matrix.across.len(), None));
    matrix.cells.iter().flatten().any(Option::is_some).then_some(matrix)
}

/// Where a name stands, at the end if it is new.
fn place(names: &mut Vec<String>, name: String) -> usize {
    names.iter().position(|known| *known == name).unwrap_or_else(|| {
        names.push(name);
        names.len() - 1
    })
}
