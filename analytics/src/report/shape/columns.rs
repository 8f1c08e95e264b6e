//! What the shapes share: their own columns, each declared once, rows of a grid, and the control total.

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use shared::exit::Failure;
use shared::message;

use super::Shaped;
use crate::labels::{self, Label};
use crate::model::tables::CUSTOMER;
use crate::model::{CubeQuery, Dimension, Source};
use crate::output::{Cell, SheetColumn, Unit, json_decimal};
use crate::report::measured::Measured;
use crate::report::period::uncovered;
use crate::report::request::Request;
use crate::warehouse::Grid;

/// A column that a shape makes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Made {
    /// The identifier.
    pub(super) id: &'static str,
    /// What its values are.
    pub(super) unit: Unit,
    /// The heading.
    pub(super) label: Label,
    /// What it is and how it is computed.
    pub(super) words: Label,
    /// How soon it goes on a narrow terminal: 0 stays.
    pub(super) priority: u8,
}

impl Made {
    /// A column.
    pub(super) const fn new(
        id: &'static str,
        unit: Unit,
        label: (&'static str, &'static str),
        words: (&'static str, &'static str),
    ) -> Self {
        Self {
            id,
            unit,
            label: Label::new(label.0, label.1),
            words: Label::new(words.0, words.1),
            priority: 0,
        }
    }

    /// The same column, which goes on a narrow terminal: 9 goes first.
    pub(super) const fn prioritised(self, priority: u8) -> Self {
        Self { priority, ..self }
    }

    fn column(&self) -> SheetColumn {
        SheetColumn::figure(self.id, self.label, self.unit).prioritised(self.priority)
    }
}

/// Words of a text column for people: the column, and the label of each identifier.
pub(super) type Words<'a> = &'a [(&'static str, &'a [(&'static str, Label)])];

/// Lays out the attributes of a measured grid and the columns of a shape. `total` gives the total of a column, where it
/// has one.
///
/// # Errors
/// The grid lacks a column.
pub(super) fn laid_out(
    request: &Request<'_>,
    measured: &Measured,
    made: &[Made],
    words: Words<'_>,
    total: &dyn Fn(&str) -> Option<Decimal>,
) -> Result<Shaped, Failure> {
    let mut columns = measured.key_columns();
    let mut rows = measured.key_cells(request)?;
    let mut total_row = total_cells(columns.len(), request);
    for column in made {
        columns.push(column.column());
        for (row, cell) in rows.iter_mut().zip(cells(request, &measured.grid, column, words)?) {
            row.push(cell);
        }
        total_row.push(column.unit.cell(total(column.id)));
    }
    if measured.by.is_empty() {
        total_row[0] = Cell::Text(labels::TOTAL.text(request.context.lang).to_owned());
    }
    Ok(Shaped {
        columns,
        rows,
        total: Some(total_row),
        source_rows: measured.source_rows,
        definitions: made.iter().map(|column| (column.label, column.words)).collect(),
        ..Shaped::default()
    })
}

fn cells(request: &Request<'_>, grid: &Grid, column: &Made, words: Words<'_>) -> Result<Vec<Cell>, Failure> {
    if column.unit != Unit::Text {
        return Ok(grid.numbers(column.id)?.into_iter().map(|value| column.unit.cell(value)).collect());
    }
    let known = words.iter().find(|(id, _)| *id == column.id).map(|(_, known)| *known);
    let cell = |text: Option<String>| {
        // The label of the empty identifier says why there is none.
        let Some(text) = text else {
            let missing = known.and_then(|known| known.iter().find(|(id, _)| id.is_empty()));
            return missing
                .map_or(Cell::None, |(id, label)| Cell::word(label.text(request.context.lang), id));
        };
        match known.and_then(|known| known.iter().find(|(id, _)| *id == text)) {
            Some((id, label)) => Cell::word(label.text(request.context.lang), id),
            None => Cell::Text(text),
        }
    };
    Ok(grid.texts(column.id)?.into_iter().map(cell).collect())
}

/// Sums of the rows against sums over the table's rows without joins and groups: `(identifier, found, direct)`.
///
/// # Errors
/// They differ: exit code 70.
pub(super) fn control(sums: &[(&str, Decimal, Decimal)]) -> Result<Map<String, Value>, Failure> {
    let mut control = Map::new();
    for (id, found, direct) in sums {
        if found != direct {
            return Err(crate::report::measured::differs(id, *found, *direct));
        }
        control.insert((*id).to_owned(), json_decimal(*found));
        control.insert(format!("mirror_{id}"), json_decimal(*direct));
    }
    control.insert("difference".to_owned(), json!("0"));
    Ok(control)
}

/// The report's attributes, which must be those of customers: a report about customers counts each in one place.
///
/// # Errors
/// Another attribute: exit code 64.
pub(super) fn of_customers(request: &Request<'_>) -> Result<(), Failure> {
    let is_of_customer = |dimension: &Dimension| match dimension {
        Dimension::Axis(axis) => {
            matches!(axis.source, Source::Of(entity, _) | Source::Key(entity) if entity == &CUSTOMER)
        }
        Dimension::Field(field) => CUSTOMER.dataset.is_some_and(|dataset| dataset.name == field.dataset),
    };
    match request.by.iter().find(|dimension| !is_of_customer(dimension)) {
        None => Ok(()),
        Some(dimension) => Err(Failure::usage(message!(
            "集計 {report} の --by には顧客の属性を指定してください({attribute} は顧客の属性ではありません)。取引の条件は --where で指定できます",
            "the report {report} divides customers: {attribute} is no attribute of theirs; conditions on sales go into --where",
            report = request.report.name,
            attribute = dimension.id(),
        ))),
    }
}

/// The day of the first counted row under the report's conditions' table, whatever the conditions: what is before it is
/// not covered by the data.
///
/// # Errors
/// The engine refuses the query.
pub(super) fn covered_from(request: &Request<'_>) -> Result<Option<chrono::NaiveDate>, Failure> {
    let table = request.report.table;
    let sql = format!("SELECT MIN({}) AS first_day FROM {} {}", table.date, table.relation, table.alias);
    let grid = Grid::of(request.warehouse.frame(&sql)?);
    let first = grid.numbers("first_day")?.first().copied().flatten();
    Ok(first.and_then(crate::warehouse::date))
}

/// The note that the earlier period begins before the data.
///
/// # Errors
/// As [`covered_from`].
pub(super) fn earlier_note(
    request: &Request<'_>,
    earlier_from: chrono::NaiveDate,
) -> Result<Option<shared::message::Message>, Failure> {
    let first = covered_from(request)?.filter(|first| *first > earlier_from);
    Ok(first.map(|first| uncovered(first, earlier_from)))
}

/// A month's number, from which arithmetic is easy: `{date}` is an expression.
pub(super) fn month_number(date: &str) -> String {
    format!("CAST(EXTRACT(YEAR FROM {date}) * 12 + EXTRACT(MONTH FROM {date}) - 1 AS BIGINT)")
}

/// The query of all rows up to a day.
///
/// # Errors
/// The engine refuses a query.
pub(super) fn until<'q>(
    request: &'q Request<'_>,
    by: &'q [Dimension],
    to: chrono::NaiveDate,
) -> Result<CubeQuery<'q>, Failure> {
    let first = covered_from(request)?.filter(|first| *first <= to).unwrap_or(to);
    Ok(request.query_of(by, &[], Some((first, to))))
}

/// The names of codes, of a list as [`CubeQuery::names`] gives it, as columns to select.
pub(super) fn called(names: &str) -> String {
    names
        .split(", ")
        .filter_map(|name| name.split_once(" AS "))
        .map(|(_, name)| format!("{name}, "))
        .collect()
}

/// The cells before a total's figures.
pub(super) fn total_cells(keys: usize, request: &Request<'_>) -> Vec<Cell> {
    let mut cells = vec![Cell::Text(String::new()); keys];
    if let Some(first) = cells.first_mut() {
        *first = Cell::Text(labels::TOTAL.text(request.context.lang).to_owned());
    }
    cells
}
