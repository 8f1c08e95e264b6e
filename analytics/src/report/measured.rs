//! The figures of a report by its attributes: the engine's, those of the earlier period, and those computed from them.

use std::cmp::Ordering;
use std::collections::HashMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use shared::exit::Failure;
use shared::message;

use super::period::Period;
use super::request::Request;
use crate::labels;
use crate::model::figures::figure;
use crate::model::{Cube, CubeQuery, Dimension, Expression, Figure};
use crate::output::{Cell, SheetColumn, Unit};
use crate::warehouse::Grid;

/// The figures of a total, by identifier.
pub type Figures = HashMap<&'static str, Option<Decimal>>;

/// Figures by attributes.
#[derive(Debug, Clone)]
pub struct Measured {
    /// The attributes.
    pub by: Vec<Dimension>,
    /// A row for each combination of values: keys, names, figures under their identifiers.
    pub grid: Grid,
    /// The figures of all rows together.
    pub total: Figures,
    /// Rows of the table behind the report, in the report and counted directly.
    pub source_rows: u64,
}

/// Measures figures by attributes, in the report's period and, where a figure asks for it, in the earlier one.
///
/// # Errors
/// The engine refuses a query, or the rows do not add up to the total (exit code 70).
pub fn measure(
    request: &Request<'_>,
    by: &[Dimension],
    figures: &[&'static Figure],
) -> Result<Measured, Failure> {
    measure_days(request, by, figures, (request.period, request.days))
}

/// The same in another period.
///
/// # Errors
/// As [`measure`].
pub fn measure_period(
    request: &Request<'_>,
    by: &[Dimension],
    figures: &[&'static Figure],
    period: Period,
) -> Result<Measured, Failure> {
    measure_days(request, by, figures, (period, Some(period.days())))
}

/// The same on these days, or on every date.
fn measure_days(
    request: &Request<'_>,
    by: &[Dimension],
    figures: &[&'static Figure],
    (period, days): (Period, Option<(NaiveDate, NaiveDate)>),
) -> Result<Measured, Failure> {
    let order = in_order(figures, request)?;
    let (measured, before) = asked(&order, request);
    let query = request.query_of(by, &measured, days);
    let mut grid = query.run(&request.warehouse)?;
    let total = query.total(&request.warehouse)?;
    let source_rows = total.count(Cube::ROWS)?;
    check_sums(&grid, &total, &measured, query.direct_rows(&request.warehouse)?)?;
    let mut totals: Figures = HashMap::new();
    for figure in &measured {
        totals.insert(figure.id, first(&total, figure, source_rows)?);
    }
    if !before.is_empty() {
        let query = request.query_of(by, &before, Some(period.previous_days()));
        let query = CubeQuery { shift: period.shift(), ..query };
        let (earlier, total) = (query.run(&request.warehouse)?, query.total(&request.warehouse)?);
        grid = with_earlier(grid, &earlier, by, &measured)?;
        let keys: Vec<String> = (0..by.len()).map(Cube::key).collect();
        for figure in order.iter().filter(|figure| matches!(figure.expression, Expression::Previous(_))) {
            let Expression::Previous(of) = figure.expression else { continue };
            let renamed = earlier.clone().with_numbers(figure.id, &earlier.numbers(of)?)?;
            let column = grid.clone().with_column_of(&renamed, &keys, figure.id)?.numbers(figure.id)?;
            let column: Vec<_> = column.into_iter().map(|value| value.or(Some(Decimal::ZERO))).collect();
            grid = grid.with_numbers(figure.id, &column)?;
            let value = total.numbers(of)?.first().copied().flatten();
            totals.insert(figure.id, value.or(Some(Decimal::ZERO)));
        }
    }
    let grid = derived(grid, &order, &mut totals)?;
    Ok(Measured { by: by.to_vec(), grid, total: totals, source_rows })
}

/// The figures and what they are computed from, those first.
fn in_order(figures: &[&'static Figure], request: &Request<'_>) -> Result<Vec<&'static Figure>, Failure> {
    let mut out: Vec<&'static Figure> = Vec::new();
    for figure in figures {
        visit(figure, request, &mut out)?;
    }
    Ok(out)
}

fn visit(
    wanted: &'static Figure,
    request: &Request<'_>,
    out: &mut Vec<&'static Figure>,
) -> Result<(), Failure> {
    if out.contains(&wanted) {
        return Ok(());
    }
    for id in wanted.expression.needs() {
        let needed = figure(id, request.report.table).ok_or_else(|| {
            Failure::software(message!(
                "{id} の計算に使う集計値がありません",
                "{id} is computed from a figure that is not declared",
                id = id,
            ))
        })?;
        visit(needed, request, out)?;
    }
    out.push(wanted);
    Ok(())
}

/// What the engine is asked for: in the period, and in the earlier one.
fn asked(order: &[&'static Figure], request: &Request<'_>) -> (Vec<&'static Figure>, Vec<&'static Figure>) {
    let measured = order.iter().copied().filter(|figure| figure.expression.is_measured()).collect();
    let before = order.iter().filter_map(|figure| match figure.expression {
        Expression::Previous(of) => crate::model::figures::figure(of, request.report.table),
        _ => None,
    });
    (measured, before.collect())
}

/// The grid with rows for combinations that occur in the earlier period only: nothing was sold there since.
fn with_earlier(
    grid: Grid,
    earlier: &Grid,
    by: &[Dimension],
    measured: &[&'static Figure],
) -> Result<Grid, Failure> {
    let keys: Vec<String> = (0..by.len()).map(Cube::key).collect();
    let known = grid.places(&keys)?;
    let added: Vec<usize> = earlier
        .keys(&keys)?
        .iter()
        .enumerate()
        .filter(|(_, key)| !known.contains_key(*key))
        .map(|(at, _)| at)
        .collect();
    let mut out = grid;
    let more = earlier.taken(&added)?;
    let mut columns: Vec<(String, Vec<Option<String>>)> = Vec::new();
    for at in 0..by.len() {
        for name in [Cube::key(at), Cube::name(at)] {
            if out.has(&name) {
                columns.push((name.clone(), [out.texts(&name)?, more.texts(&name)?].concat()));
            }
        }
    }
    let mut numbers: Vec<(&str, Vec<Option<Decimal>>)> = Vec::new();
    for name in measured.iter().map(|figure| figure.id).chain([Cube::ROWS]) {
        let nothing = measured
            .iter()
            .find(|figure| figure.id == name)
            .map_or(Some(Decimal::ZERO), |figure| nothing(figure));
        let mut column = out.numbers(name)?;
        column.extend(std::iter::repeat_n(nothing, added.len()));
        numbers.push((name, column));
    }
    out = Grid::of_height(out.height() + added.len());
    for (name, column) in columns {
        out = out.with_texts(&name, column)?;
    }
    for (name, column) in numbers {
        out = out.with_numbers(name, &column)?;
    }
    Ok(out)
}

/// The value of a figure where there are no rows.
fn nothing(figure: &Figure) -> Option<Decimal> {
    match figure.expression {
        Expression::Last(_) | Expression::First(_) => None,
        _ => Some(Decimal::ZERO),
    }
}

fn first(total: &Grid, figure: &Figure, source_rows: u64) -> Result<Option<Decimal>, Failure> {
    let value = total.numbers(figure.id)?.first().copied().flatten();
    Ok(if source_rows == 0 { nothing(figure) } else { value })
}

/// Adds the figures that are computed from others.
fn derived(mut grid: Grid, order: &[&'static Figure], totals: &mut Figures) -> Result<Grid, Failure> {
    let mut columns: HashMap<&'static str, Vec<Option<Decimal>>> = HashMap::new();
    for figure in order {
        if grid.has(figure.id) {
            columns.insert(figure.id, grid.numbers(figure.id)?);
            continue;
        }
        let total = |id: &str| totals.get(id).copied().flatten();
        let value = |at: usize| {
            let get = |id: &str| columns.get(id).and_then(|column| column[at]);
            figure.expression.derive(&get, &total)
        };
        let column: Vec<Option<Decimal>> = (0..grid.height()).map(value).collect();
        let of_total = figure.expression.derive(&total, &total);
        totals.insert(figure.id, of_total);
        grid = grid.with_numbers(figure.id, &column)?;
        columns.insert(figure.id, column);
    }
    Ok(grid)
}

/// The rows must add up to the total, and the total to the rows counted without joins.
fn check_sums(grid: &Grid, total: &Grid, measured: &[&'static Figure], direct: u64) -> Result<(), Failure> {
    let adds_up = measured.iter().filter(|figure| figure.expression.adds_up()).map(|figure| figure.id);
    for name in adds_up.chain([Cube::ROWS]) {
        let sum: Decimal = grid.numbers(name)?.into_iter().flatten().sum();
        let whole = total.numbers(name)?.first().copied().flatten().unwrap_or_default();
        if sum != whole {
            return Err(differs(name, sum, whole));
        }
    }
    let counted = total.count(Cube::ROWS)?;
    match counted == direct {
        true => Ok(()),
        false => Err(differs(Cube::ROWS, Decimal::from(counted), Decimal::from(direct))),
    }
}

pub(super) fn differs(name: &str, found: Decimal, expected: Decimal) -> Failure {
    Failure::software(message!(
        "集計の合計が明細と一致しません({name}: {found}、正しくは {expected})。analytics --store FILE sync --rebuild で作り直してください",
        "the report does not agree with its rows ({name}: {found} instead of {expected}); run: analytics --store FILE sync --rebuild",
        name = name,
        found = found,
        expected = expected,
    ))
}

impl Measured {
    /// A figure of every row.
    ///
    /// # Errors
    /// It was not measured.
    pub fn numbers(&self, id: &str) -> Result<Vec<Option<Decimal>>, Failure> {
        Ok(self.grid.numbers(id)?)
    }

    /// The sum of a figure over all rows; unknown values are left out.
    ///
    /// # Errors
    /// It was not measured.
    pub fn sum(&self, id: &str) -> Result<Decimal, Failure> {
        Ok(self.numbers(id)?.into_iter().flatten().sum())
    }

    /// The rows in order: by a figure, the largest first, or by the attributes, each in its own order or else by `weight`.
    ///
    /// # Errors
    /// A figure was not measured.
    pub fn sorted(
        self,
        request: &Request<'_>,
        by: Option<&Figure>,
        weight: Option<&Figure>,
    ) -> Result<Self, Failure> {
        let keys: Vec<String> = (0..self.by.len()).map(Cube::key).collect();
        let keys = self.grid.keys(&keys)?;
        let mut places: Vec<usize> = (0..self.grid.height()).collect();
        if let Some(figure) = by {
            let values = self.numbers(figure.id)?;
            // Unknown values come last, equal ones in the order of their keys.
            places.sort_by(|&a, &b| values[b].cmp(&values[a]).then_with(|| keys[a].cmp(&keys[b])));
        } else {
            let weights = match weight {
                Some(figure) => self.numbers(figure.id)?,
                None => vec![None; self.grid.height()],
            };
            let orders: Vec<HashMap<&Option<String>, Decimal>> =
                (0..self.by.len()).map(|at| self.orders(at, &keys, &weights, request)).collect();
            places.sort_by(|&a, &b| {
                orders.iter().enumerate().fold(Ordering::Equal, |order, (at, orders)| {
                    let (a, b) = (&keys[a][at], &keys[b][at]);
                    order.then_with(|| {
                        let by_order = || orders.get(a).cmp(&orders.get(b));
                        a.is_none().cmp(&b.is_none()).then_with(by_order).then_with(|| natural(a, b))
                    })
                })
            });
        }
        Ok(Self { grid: self.grid.taken(&places)?, ..self })
    }

    /// The rows by sales, the largest first, within groups of the first so many attributes, which stand in their own order.
    /// Equal sales are in the order of their keys.
    ///
    /// # Errors
    /// Sales were not measured.
    pub fn ranked_within(self, groups: usize, request: &Request<'_>) -> Result<Self, Failure> {
        let sales = figure("sales_amount", request.report.table);
        let ranked = self.sorted(request, sales, None)?;
        if groups == 0 {
            return Ok(ranked);
        }
        let keys: Vec<String> = (0..groups).map(Cube::key).collect();
        let sums = ranked.grid.grouped(&keys, &[], &["sales_amount"])?;
        let sums = Self { by: ranked.by[..groups].to_vec(), grid: sums, ..ranked.clone() };
        let places = sums.sorted(request, None, sales)?.grid.places(&keys)?;
        let own = ranked.grid.keys(&keys)?;
        let mut rows: Vec<usize> = (0..ranked.grid.height()).collect();
        rows.sort_by_key(|&at| places.get(&own[at]));
        Ok(Self { grid: ranked.grid.taken(&rows)?, ..ranked })
    }

    fn orders<'k>(
        &self,
        at: usize,
        keys: &'k [Vec<Option<String>>],
        weights: &[Option<Decimal>],
        request: &Request<'_>,
    ) -> HashMap<&'k Option<String>, Decimal> {
        let mut sums: HashMap<&Option<String>, Decimal> = HashMap::new();
        for (key, weight) in keys.iter().zip(weights) {
            *sums.entry(&key[at]).or_default() += weight.unwrap_or_default();
        }
        for (value, order) in &mut sums {
            *order = value
                .as_deref()
                .map_or(Decimal::MAX, |value| self.by[at].order(value, *order, &request.ranks));
        }
        sums
    }

    /// The columns of the attributes; a code is followed by its name.
    pub fn key_columns(&self) -> Vec<SheetColumn> {
        let mut out = Vec::new();
        for (at, dimension) in self.by.iter().enumerate() {
            let named = self.grid.has(&Cube::name(at));
            let column = dimension.column();
            if named {
                let id = dimension.id();
                out.push(
                    SheetColumn::figure("", labels::CODE, Unit::Text).identified(id.clone()).prioritised(1),
                );
                out.push(column.identified(format!("{id}_name")));
            } else {
                out.push(column);
            }
        }
        out
    }

    /// The cells of the attributes of every row.
    ///
    /// # Errors
    /// A column is missing.
    pub fn key_cells(&self, request: &Request<'_>) -> Result<Vec<Vec<Cell>>, Failure> {
        let lang = request.context.lang;
        let missing = || Cell::word(labels::UNKNOWN.text(lang), "");
        let mut rows: Vec<Vec<Cell>> = vec![Vec::new(); self.grid.height()];
        for (at, dimension) in self.by.iter().enumerate() {
            let keys = self.grid.texts(&Cube::key(at))?;
            let names = match self.grid.has(&Cube::name(at)) {
                true => Some(self.grid.texts(&Cube::name(at))?),
                false => None,
            };
            for (row, key) in rows.iter_mut().zip(&keys) {
                row.push(match key {
                    Some(key) => Cell::word(&dimension.display(key, lang), key),
                    None => missing(),
                });
            }
            for (row, name) in rows.iter_mut().zip(names.unwrap_or_default()) {
                row.push(name.map_or(Cell::None, Cell::Text));
            }
        }
        Ok(rows)
    }
}

/// Numbers before texts, both in their order: `9` before `10`.
fn natural(a: &Option<String>, b: &Option<String>) -> Ordering {
    let number = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<Decimal>().ok());
    match (number(a), number(b)) {
        (Some(first), Some(second)) => first.cmp(&second).then_with(|| a.cmp(b)),
        _ => a.cmp(b),
    }
}
