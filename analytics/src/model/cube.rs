//! The query of figures by dimensions.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use shared::dataset::Dataset;

use super::condition::Conditions;
use super::dimension::Dimension;
use super::figure::{Expression, Figure};
use super::table::{Entity, Table};
use crate::warehouse::{Grid, Literal, Warehouse, WarehouseError, render};

/// What is asked: figures of a table's rows by dimensions.
#[derive(Debug, Clone)]
pub struct CubeQuery<'a> {
    /// The rows.
    pub table: &'static Table,
    /// The dimensions.
    pub by: &'a [Dimension],
    /// The figures; those that are computed from others are left out.
    pub figures: &'a [&'static Figure],
    /// Which rows count.
    pub conditions: &'a Conditions,
    /// First and last day, both included; `None` counts rows of every date, and those without one.
    pub period: Option<(NaiveDate, NaiveDate)>,
    /// How much later rows count than they are, so that a period's days are those of another one.
    pub shift: Shift,
    /// The as-of date, for ages and tenures.
    pub as_of: NaiveDate,
    /// The month in which the fiscal year begins.
    pub fiscal_year_start: u32,
}

/// A distance in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shift {
    /// None.
    #[default]
    None,
    /// Months.
    Months(i64),
    /// Days.
    Days(i64),
}

impl Shift {
    /// The shifted date.
    fn sql(self, date: &str) -> String {
        match self {
            Self::None => date.to_owned(),
            Self::Months(months) => format!("CAST({date} + INTERVAL {months} MONTH AS DATE)"),
            Self::Days(days) => format!("CAST({date} + INTERVAL {days} DAY AS DATE)"),
        }
    }
}

/// Names of the columns of a cube's grid.
#[derive(Debug)]
pub struct Cube;

impl Cube {
    /// The number of rows of the table behind a row of the grid.
    pub const ROWS: &'static str = "source_rows";

    /// The column with the values of a dimension.
    pub fn key(at: usize) -> String {
        format!("key_{at}")
    }

    /// The column with the names of a dimension whose values are codes.
    pub fn name(at: usize) -> String {
        format!("name_{at}")
    }
}

impl CubeQuery<'_> {
    /// Runs the query. The grid has a row for each combination of values that occurs: [`Cube::key`], [`Cube::name`] for
    /// codes, [`Cube::ROWS`], and a column for each figure under its identifier.
    ///
    /// # Errors
    /// The engine refuses the query.
    pub fn run(&self, warehouse: &Warehouse) -> Result<Grid, WarehouseError> {
        let mut grid = self.keyed(warehouse.frame(&self.rendered(&self.rows_sql())?)?)?;
        if self.figures.iter().any(|figure| figure.expression.is_of_slips()) {
            let slips = self.keyed(warehouse.frame(&self.rendered(&self.slips_sql())?)?)?;
            let keys: Vec<String> = (0..self.by.len()).map(Cube::key).collect();
            for figure in self.figures.iter().filter(|figure| figure.expression.is_of_slips()) {
                grid = grid.with_column_of(&slips, &keys, figure.id)?;
            }
        }
        Ok(grid)
    }

    /// The same query without dimensions: one row.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub fn total(&self, warehouse: &Warehouse) -> Result<Grid, WarehouseError> {
        CubeQuery { by: &[], ..self.clone() }.run(warehouse)
    }

    /// The number of rows counted directly, without joins to masters, which could multiply them.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub fn direct_rows(&self, warehouse: &Warehouse) -> Result<u64, WarehouseError> {
        let sql = format!(
            "SELECT COUNT(*) AS direct_rows FROM {} {} {} WHERE {}",
            self.table.relation,
            self.table.alias,
            self.joins(self.conditions.entities()),
            self.condition()
        );
        let frame = warehouse.frame(&self.rendered(&sql)?)?;
        Grid::of(frame).count("direct_rows")
    }

    /// An expression over all rows counted directly, without joins to masters, which could multiply them; zero when
    /// there are none.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub fn direct(&self, warehouse: &Warehouse, sum: &str) -> Result<Decimal, WarehouseError> {
        let sql = format!(
            "SELECT SUM({sum}) AS direct_sum FROM {} {} {} WHERE {}",
            self.table.relation,
            self.table.alias,
            self.joins(self.conditions.entities()),
            self.condition()
        );
        let grid = Grid::of(warehouse.frame(&self.rendered(&sql)?)?);
        Ok(grid.numbers("direct_sum")?.first().copied().flatten().unwrap_or_default())
    }

    /// A `SELECT` of the rows' dimensions (`of_0`, `called_0` for the name of a code, …) and of these expressions under
    /// their names, on which a shape builds a query of its own.
    pub fn selection(&self, columns: &[(&str, &str)]) -> String {
        let mut chosen = self.chosen_keys();
        chosen.extend(columns.iter().map(|(sql, name)| format!("{sql} AS {name}")));
        format!("SELECT {} FROM {}", listed(&chosen), self.source())
    }

    /// The dimensions of a selection in a list, each followed by a comma: to select and to group by.
    pub fn keys(&self) -> String {
        self.inner_keys().into_iter().map(|key| format!("{key}, ")).collect()
    }

    /// The names of a selection's codes in a list of what is selected from groups of [`Self::keys`].
    pub fn names(&self) -> String {
        let named = (0..self.by.len()).filter(|&at| self.by[at].name_sql(self.table).is_some());
        named.map(|at| format!("MAX(called_{at}) AS called_{at}, ")).collect()
    }

    /// The columns [`Cube::key`] and [`Cube::name`] in a list of what is selected from groups of [`Self::keys`].
    pub fn key_columns(&self) -> String {
        self.outer_keys(true).into_iter().map(|column| format!("{column}, ")).collect()
    }

    /// Runs a query that a shape built on [`Self::selection`]; its columns [`Cube::key`] become values as axes have them.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub fn shaped(&self, warehouse: &Warehouse, sql: &str) -> Result<Grid, WarehouseError> {
        self.keyed(warehouse.frame(&self.rendered(sql)?)?)
    }

    /// Runs a query of sums over all rows of a selection.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub fn shaped_total(&self, warehouse: &Warehouse, sql: &str) -> Result<Grid, WarehouseError> {
        Ok(Grid::of(warehouse.frame(&self.rendered(sql)?)?))
    }

    /// The data sets that the query reads.
    pub fn reads(&self) -> Vec<&'static Dataset> {
        let entities = self.by.iter().filter_map(Dimension::entity).chain(self.conditions.entities());
        let fields = self.by.iter().chain(self.conditions.each().map(|(dimension, _)| dimension));
        let has_fields = fields.into_iter().any(|dimension| matches!(dimension, Dimension::Field(_)));
        let mut reads: Vec<&Dataset> = self.table.reads.to_vec();
        reads.extend(entities.flat_map(|entity| entity.reads.iter().copied()));
        reads.extend(has_fields.then_some(&shared::dataset::EXTENSION_VALUES));
        reads
    }

    /// Values of the query as axes have them.
    fn keyed(&self, frame: polars::frame::DataFrame) -> Result<Grid, WarehouseError> {
        let mut grid = Grid::of(frame);
        for (at, dimension) in self.by.iter().enumerate() {
            let raw = grid.texts(&Cube::key(at))?;
            let values = raw.into_iter().map(|raw| raw.map(|raw| dimension.value(&raw))).collect();
            grid = grid.with_texts(&Cube::key(at), values)?;
        }
        Ok(grid)
    }

    fn rendered(&self, sql: &str) -> Result<String, WarehouseError> {
        let day = |at: Option<NaiveDate>| match at {
            Some(day) => Literal::Date(day),
            None => Literal::Fragment("CAST(NULL AS DATE)"),
        };
        let days = self.period.map(|(from, to)| (to - from).num_days() + 1);
        let values = [
            ("as_of", Literal::Date(self.as_of)),
            ("from", day(self.period.map(|(from, _)| from))),
            ("to", day(self.period.map(|(_, to)| to))),
            ("period_days", days.map_or(Literal::Fragment("NULL"), Literal::Integer)),
            ("fiscal_shift", Literal::Integer(i64::from(self.fiscal_year_start) - 1)),
        ];
        // What stands between quotes is a value that somebody typed: its braces are no parameters.
        let part = |(at, part): (usize, &str)| {
            let is_used = |(name, _): &&(&str, Literal)| part.contains(&format!("{{{name}}}"));
            let used: Vec<(&str, Literal)> = values.iter().filter(is_used).cloned().collect();
            if at % 2 == 0 { render(part, &used) } else { Ok(part.to_owned()) }
        };
        let parts: Vec<String> = sql.split('\'').enumerate().map(part).collect::<Result<_, _>>()?;
        Ok(parts.join("'"))
    }

    fn rows_sql(&self) -> String {
        let measured: Vec<&&Figure> = self
            .figures
            .iter()
            .filter(|figure| figure.expression.is_measured() && !figure.expression.is_of_slips())
            .collect();
        let mut chosen = self.chosen_keys();
        let mut counted = self.outer_keys(true);
        counted.push(format!("COUNT(*) AS {}", Cube::ROWS));
        for (at, figure) in measured.iter().enumerate() {
            let (row, all) = measure(figure.expression, at);
            chosen.extend(row.map(|row| format!("{row} AS value_{at}")));
            counted.push(format!("{all} AS {}", figure.id));
        }
        format!(
            "WITH chosen AS (SELECT {} FROM {}) SELECT {} FROM chosen{}",
            listed(&chosen),
            self.source(),
            counted.join(", "),
            self.grouping(""),
        )
    }

    fn slips_sql(&self) -> String {
        let table = self.table;
        let mut chosen = self.chosen_keys();
        let columns: Vec<String> = (0..table.slip.len()).map(|at| format!("slip_{at}")).collect();
        chosen.extend(table.slip.iter().zip(&columns).map(|(sql, name)| format!("{sql} AS {name}")));
        chosen.push(format!("{} AS slip_amount", table.slip_amount));
        let keys = self.inner_keys();
        let of_slip: Vec<&String> = keys.iter().chain(&columns).collect();
        let of_slip = of_slip.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
        let mut of_customer = keys.clone();
        of_customer.push("slip_0".to_owned());
        let of_customer = of_customer.join(", ");
        let mut counted = self.outer_keys(false);
        for figure in self.figures.iter().filter(|figure| figure.expression.is_of_slips()) {
            let each = match figure.expression {
                Expression::Buyers => "CASE WHEN purchases >= 1 THEN 1 ELSE 0 END",
                Expression::RepeatBuyers => "CASE WHEN purchases >= 2 THEN 1 ELSE 0 END",
                _ => "purchases",
            };
            counted.push(format!("CAST(COALESCE(SUM({each}), 0) AS BIGINT) AS {}", figure.id));
        }
        format!(
            "WITH chosen AS (SELECT {} FROM {}), \
             slips AS (SELECT {of_slip}, SUM(slip_amount) AS amount FROM chosen GROUP BY {of_slip}), \
             buyers AS (SELECT {of_customer}, SUM(CASE WHEN amount > 0 THEN 1 ELSE 0 END) AS purchases \
             FROM slips GROUP BY {of_customer}) SELECT {} FROM buyers{}",
            listed(&chosen),
            self.source(),
            counted.join(", "),
            self.grouping(""),
        )
    }

    /// The keys and names of a row.
    fn chosen_keys(&self) -> Vec<String> {
        let mut out = Vec::new();
        for (at, dimension) in self.by.iter().enumerate() {
            let date = self.shift.sql(self.table.date);
            out.push(format!("{} AS of_{at}", dimension.sql_at(self.table, &date)));
            out.extend(dimension.name_sql(self.table).map(|name| format!("{name} AS called_{at}")));
        }
        out
    }

    fn inner_keys(&self) -> Vec<String> {
        (0..self.by.len()).map(|at| format!("of_{at}")).collect()
    }

    fn outer_keys(&self, named: bool) -> Vec<String> {
        let mut out = Vec::new();
        for (at, dimension) in self.by.iter().enumerate() {
            out.push(format!("CAST(of_{at} AS VARCHAR) AS {}", Cube::key(at)));
            let name = dimension.name_sql(self.table).filter(|_| named);
            out.extend(name.map(|_| format!("MAX(called_{at}) AS {}", Cube::name(at))));
        }
        out
    }

    fn grouping(&self, none: &str) -> String {
        match self.by.is_empty() {
            true => none.to_owned(),
            false => format!(" GROUP BY {}", self.inner_keys().join(", ")),
        }
    }

    fn source(&self) -> String {
        let axes = self.by.iter().filter_map(Dimension::entity);
        let figures = self.figures.iter().flat_map(|figure| figure.entities(self.table));
        let joins = self.joins(axes.chain(figures).chain(self.conditions.entities()));
        format!("{} {} {joins} WHERE {}", self.table.relation, self.table.alias, self.condition())
    }

    fn joins(&self, entities: impl Iterator<Item = &'static Entity>) -> String {
        let mut joined: Vec<&Entity> = Vec::new();
        let mut out = String::new();
        for entity in entities {
            let Some(reference) = self.table.reference(entity) else { continue };
            if joined.contains(&entity) || entity.alias == self.table.alias {
                continue;
            }
            joined.push(entity);
            let Entity { relation, alias, key, .. } = entity;
            out.push_str(&format!(" LEFT JOIN {relation} {alias} ON {alias}.{key} = {}", reference.key));
        }
        out
    }

    fn condition(&self) -> String {
        let conditions = self.conditions.sql(self.table);
        match self.period {
            Some((from, to)) => {
                let (from, to) = (Literal::Date(from).sql(), Literal::Date(to).sql());
                format!("{} BETWEEN {from} AND {to} AND {conditions}", self.table.date)
            }
            None => conditions,
        }
    }
}

/// A query needs at least one column.
fn listed(columns: &[String]) -> String {
    if columns.is_empty() { "1 AS one".to_owned() } else { columns.join(", ") }
}

/// The expression over a row, and that over all of them.
fn measure(expression: Expression, at: usize) -> (Option<String>, String) {
    let all = |function: &str| function.replace('?', &format!("value_{at}"));
    match expression {
        Expression::Sum(sql) => (Some(sql.to_owned()), all("SUM(?)")),
        Expression::RowsWhere(sql) => {
            (Some(format!("CASE WHEN {sql} THEN 1 ELSE 0 END")), all("CAST(COALESCE(SUM(?), 0) AS BIGINT)"))
        }
        Expression::Distinct(sql) => (Some(sql.to_owned()), all("COUNT(DISTINCT ?)")),
        Expression::Last(sql) => (Some(sql.to_owned()), all("MAX(?)")),
        Expression::First(sql) => (Some(sql.to_owned()), all("MIN(?)")),
        _ => (None, "COUNT(*)".to_owned()),
    }
}
