//! A cross table: the last attribute goes across, with the totals of rows and columns.

use rust_decimal::Decimal;
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;

use super::Shaped;
use super::columns::total_cells;
use crate::labels;
use crate::model::{Cube, Dimension, Figure};
use crate::output::{Chart, SheetColumn};
use crate::report::measured::{Measured, measure};
use crate::report::request::Request;
use crate::warehouse::Grid;

/// Columns that a cross table may have across.
const ACROSS_MAX: usize = 200;

/// The cross table of the first figure; the row totals of all figures follow it.
pub(super) fn laid_out(request: &Request<'_>, sort: Option<&'static Figure>) -> Result<Shaped, Failure> {
    let (Some((across, by)), Some(figure)) = (request.by.split_last(), request.figures.first().copied())
    else {
        return Err(too_few());
    };
    if by.is_empty() {
        return Err(too_few());
    }
    let mut wanted = request.figures.clone();
    wanted.extend(sort.filter(|sort| !wanted.contains(sort)));
    let rows = measure(request, by, &wanted)?.sorted(request, sort, Some(figure))?;
    let over = measure(request, std::slice::from_ref(across), &[figure])?;
    let over = over.sorted(request, None, Some(figure))?;
    let all = measure(request, &request.by, &[figure])?;
    if over.grid.height() > ACROSS_MAX {
        return Err(too_many(across, over.grid.height()));
    }
    let keys: Vec<String> = (0..by.len()).map(Cube::key).collect();
    let values = over.grid.texts(&Cube::key(0))?;
    let pivoted = all.grid.pivoted(&keys, &Cube::key(by.len()), figure.id, &values)?;
    let mut shaped = of_rows(request, &rows)?;
    let added = columns_across(&over, across, figure, request.context.lang)?;
    let found = pivoted.places(&keys)?;
    let own = rows.grid.keys(&keys)?;
    let sums = over.numbers(figure.id)?;
    let first = rows.key_columns().len();
    for (at, column) in added.iter().enumerate() {
        let cells: Vec<Option<Decimal>> = pivoted.numbers(&Grid::pivot_column(at))?;
        for (row, key) in shaped.rows.iter_mut().zip(&own) {
            let value = found.get(key).and_then(|&at| cells[at]);
            row.insert(first + at, figure.unit.cell(value));
        }
        shaped.columns.insert(first + at, column.clone());
        if let Some(total) = &mut shaped.total {
            total.insert(first + at, figure.unit.cell(sums[at]));
        }
    }
    let names = by.iter().map(Dimension::id).collect();
    let drawn = added.iter().map(|column| column.id.to_string()).collect();
    shaped.chart = request.report.chart.map(|kind| Chart { kind, names, values: drawn });
    Ok(shaped)
}

/// The rows with their totals; the columns across come between the attributes and these.
fn of_rows(request: &Request<'_>, rows: &Measured) -> Result<Shaped, Failure> {
    let mut columns = rows.key_columns();
    let mut cells = rows.key_cells(request)?;
    let mut total = total_cells(columns.len(), request);
    for (at, figure) in request.figures.iter().enumerate() {
        let column = SheetColumn::figure(figure.id, figure.label, figure.unit).prioritised(figure.priority);
        columns.push(match at {
            0 => {
                let lang = request.context.lang;
                column.headed(&format!("{} {}", figure.label.text(lang), labels::TOTAL.text(lang)))
            }
            _ => column,
        });
        for (row, value) in cells.iter_mut().zip(rows.numbers(figure.id)?) {
            row.push(figure.unit.cell(value));
        }
        total.push(figure.unit.cell(rows.total.get(figure.id).copied().flatten()));
    }
    let source_rows = rows.source_rows;
    Ok(Shaped { columns, rows: cells, total: Some(total), source_rows, ..Shaped::default() })
}

/// A column for each value, named by it.
fn columns_across(
    over: &Measured,
    across: &Dimension,
    figure: &Figure,
    lang: Lang,
) -> Result<Vec<SheetColumn>, Failure> {
    let values = over.grid.texts(&Cube::key(0))?;
    let names = match over.grid.has(&Cube::name(0)) {
        true => over.grid.texts(&Cube::name(0))?,
        false => vec![None; values.len()],
    };
    let column = |(value, name): (&Option<String>, Option<String>)| {
        let (id, heading) = match value {
            Some(value) => (value.as_str(), name.unwrap_or_else(|| across.display(value, lang))),
            None => ("unknown", labels::UNKNOWN.text(lang).to_owned()),
        };
        SheetColumn::figure("", figure.label, figure.unit)
            .headed(&heading)
            .identified(format!("{}:{id}", across.id()))
    };
    Ok(values.iter().zip(names).map(column).collect())
}

fn too_few() -> Failure {
    Failure::usage(message!(
        "クロス集計には --by に属性を2つ以上指定してください(最後の属性が横に並びます)",
        "a cross table needs at least two attributes in --by; the last one goes across",
    ))
}

fn too_many(across: &Dimension, found: usize) -> Failure {
    Failure::usage(message!(
        "{attribute} の値が {found} 種類あり、横に並べられません(上限 {max})。--where で絞るか、別の属性を最後に指定してください",
        "{attribute} has {found} values, more than the {max} that can go across; narrow it with --where, or put another attribute last",
        attribute = across.id(),
        found = found,
        max = ACROSS_MAX,
    ))
}
