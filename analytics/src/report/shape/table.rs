//! Figures by attributes, one row for each combination of values, or the last attribute across.

use clap::{Arg, ArgAction, ArgMatches, Command};
use shared::exit::Failure;
use shared::message;

use super::columns::earlier_note;
pub(super) use super::columns::total_cells;
use super::{Shape, Shaped, cross};
use crate::labels;
use crate::model::Expression;
use crate::model::figures::figure;
use crate::output::{Cell, SheetColumn};
use crate::report::measured::{Measured, measure};
use crate::report::request::Request;

/// The shape.
#[derive(Debug)]
pub enum Table {
    /// A row for each combination of values.
    Rows,
    /// The last attribute goes across.
    Cross,
}

impl Shape for Table {
    fn id(&self) -> &'static str {
        match self {
            Self::Rows => "table",
            Self::Cross => "cross",
        }
    }

    fn with_options(&self, command: Command) -> Command {
        let (name, help) = match self {
            Self::Rows => ("across", "Put the last attribute across: a cross table of the first figure"),
            Self::Cross => ("flat", "One row for each combination of values instead of a cross table"),
        };
        command.arg(Arg::new(name).long(name).help(help).action(ArgAction::SetTrue))
    }

    fn shaped(&self, request: &Request<'_>, options: &ArgMatches) -> Result<Shaped, Failure> {
        let is_cross = match self {
            Self::Rows => options.get_flag("across"),
            Self::Cross => !options.get_flag("flat"),
        };
        if is_cross {
            let mut shaped = cross::laid_out(request, request.sort)?;
            shaped.cut(request.top);
            return Ok(shaped);
        }
        let mut figures = request.figures.clone();
        figures.extend(request.sort.filter(|sort| !figures.contains(sort)));
        let measured = measure(request, &request.by, &figures)?;
        let weight = request.figures.first().copied();
        let measured = measured.sorted(request, request.sort, weight)?;
        let mut shaped = laid_out(request, &measured)?;
        let compares = |id: &&'static str| {
            figure(id, request.report.table)
                .is_some_and(|figure| matches!(figure.expression, Expression::Previous(_)))
        };
        if measured.total.keys().any(compares) {
            shaped.notes.extend(earlier_note(request, request.period.previous_from)?);
        }
        shaped.cut(request.top);
        Ok(shaped)
    }
}

/// The rows of measured figures, with the total.
pub(super) fn laid_out(request: &Request<'_>, measured: &Measured) -> Result<Shaped, Failure> {
    let mut columns = measured.key_columns();
    let mut rows = measured.key_cells(request)?;
    let mut total = total_cells(columns.len(), request);
    for figure in &request.figures {
        columns.push(figure.column());
        for (row, value) in rows.iter_mut().zip(measured.numbers(figure.id)?) {
            row.push(figure.unit.cell(value));
        }
        total.push(figure.unit.cell(measured.total.get(figure.id).copied().flatten()));
    }
    // The share is a figure that can be seen.
    if let Some(at) = columns.iter().position(|column| column.id == "share") {
        columns.push(SheetColumn::drawn(labels::SHARE_BAR));
        for row in &mut rows {
            let Cell::Rate(share) = row[at] else {
                row.push(Cell::None);
                continue;
            };
            row.push(Cell::Bar(share));
        }
        total.push(Cell::Text(String::new()));
    }
    let total = (!measured.by.is_empty()).then_some(total);
    Ok(Shaped { columns, rows, total, source_rows: measured.source_rows, ..Shaped::default() })
}

impl Shaped {
    /// Keeps the first rows, and says how many there are. Totals stay those of all.
    pub(super) fn cut(&mut self, top: Option<usize>) {
        let all = self.rows.len();
        if let Some(top) = top {
            self.rows.truncate(top);
            self.say_cut(top, all);
        }
    }

    /// Says that only the first rows are shown, of so many.
    pub(super) fn say_cut(&mut self, top: usize, all: usize) {
        if self.rows.len() < all {
            self.notes.push(message!(
                "上位{top}件を表示しています(全{all}件。合計は全件)",
                "the first {top} of {all} rows are shown; totals are of all",
                top = top,
                all = all,
            ));
        }
    }
}
