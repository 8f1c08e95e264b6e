//! What is asked of a declared report: its declaration and options, checked against the store's fields and the mirror.

use chrono::NaiveDate;
use shared::exit::Failure;
use shared::message;
use shared::rank::RankMaster;
use shared::settings_reader::near;
use shared::store::Store;

use super::declaration::{Declaration, Span};
use super::options::QueryArgs;
use super::period::{Period, PeriodArgs};
use crate::context::Context;
use crate::model::condition::{is_missing, parts};
use crate::model::figures::{figure, of};
use crate::model::{Conditions, CubeQuery, Dimension, ExtensionFields, Figure, Shift, Table};
use crate::warehouse::{Grid, Warehouse};

/// The most attributes of a report.
const BY_MAX: usize = 3;

/// A report that is asked for.
pub struct Request<'a> {
    /// The context of the command.
    pub context: &'a Context,
    /// The report.
    pub report: &'a Declaration,
    /// The store.
    pub store: Store,
    /// The mirror.
    pub warehouse: Warehouse,
    /// The attributes that divide rows.
    pub by: Vec<Dimension>,
    /// The figures.
    pub figures: Vec<&'static Figure>,
    /// Which rows count.
    pub conditions: Conditions,
    /// The period and the earlier one.
    pub period: Period,
    /// First and last day that count; `None` for every date.
    pub days: Option<(NaiveDate, NaiveDate)>,
    /// The figure whose largest values come first.
    pub sort: Option<&'static Figure>,
    /// How many rows are shown.
    pub top: Option<usize>,
    /// The company's ranks.
    pub ranks: RankMaster,
    /// The company's own fields.
    pub fields: ExtensionFields,
    /// The options that are given, of those that not every shape takes.
    pub given: Vec<&'static str>,
}

impl<'a> Request<'a> {
    /// Checks what is asked for.
    ///
    /// # Errors
    /// An unknown attribute, figure or value, or a wrong period (exit code 64); an error of the store or the mirror.
    pub fn new(context: &'a Context, report: &'a Declaration, args: &QueryArgs) -> Result<Self, Failure> {
        let table = report.table;
        let (period, days) = periods(context, report, args)?;
        let store = context.store()?;
        let datasets = shared::dataset::DATASETS;
        let fields = ExtensionFields::read(&store, datasets)?;
        let by = if args.by.is_empty() { &report.by } else { &args.by };
        let by =
            by.iter().map(|word| Dimension::find(word, table, &fields)).collect::<Result<Vec<_>, _>>()?;
        check_dimensions(&by)?;
        let (conditions, typed) = conditions(report, args, table, &fields)?;
        let figures = if args.figures.is_empty() { &report.figures } else { &args.figures };
        let figures = figures.iter().map(|id| known_figure(id, table)).collect::<Result<Vec<_>, _>>()?;
        let sort = match args.sort.as_deref().or(report.sort.as_deref()) {
            None | Some("none") => None,
            Some(id) => Some(known_figure(id, table)?),
        };
        let request = Self {
            context,
            report,
            warehouse: context.warehouse()?,
            by,
            figures,
            conditions,
            period,
            days,
            sort,
            top: args.top.and_then(|top| usize::try_from(top).ok()).or(report.top),
            ranks: store.reader()?.rank_master()?,
            store,
            fields,
            given: args.given(),
        };
        request.check_values(&typed)?;
        Ok(request)
    }

    /// The query of some figures by some attributes, in the report's period.
    pub fn query<'q>(&'q self, by: &'q [Dimension], figures: &'q [&'static Figure]) -> CubeQuery<'q> {
        self.query_of(by, figures, self.days)
    }

    /// The query of some figures by some attributes, in another period.
    pub fn query_of<'q>(
        &'q self,
        by: &'q [Dimension],
        figures: &'q [&'static Figure],
        period: Option<(NaiveDate, NaiveDate)>,
    ) -> CubeQuery<'q> {
        CubeQuery {
            table: self.report.table,
            by,
            figures,
            conditions: &self.conditions,
            period,
            shift: Shift::None,
            as_of: self.context.as_of,
            fiscal_year_start: self.context.fiscal_year_start,
        }
    }

    /// The attribute that a shape needs, whatever `--by` says.
    ///
    /// # Errors
    /// The table has no such attribute: exit code 64.
    pub fn dimension(&self, id: &str) -> Result<Dimension, Failure> {
        Dimension::find(id, self.report.table, &self.fields)
    }

    /// A value that no row has is a mistake rather than an empty report.
    fn check_values(&self, typed: &Conditions) -> Result<(), Failure> {
        for (dimension, values) in typed.each() {
            let by = [dimension.clone()];
            let known = |conditions: &Conditions| -> Result<Vec<String>, Failure> {
                let query = CubeQuery { conditions, ..self.query_of(&by, &[], None) };
                values_of(&query.run(&self.warehouse)?)
            };
            let found = known(&Conditions::of(dimension, values))?;
            let unknown = values.iter().find(|value| !is_missing(value) && !found.contains(value));
            if let Some(value) = unknown {
                let all = known(&Conditions::default())?;
                return Err(unknown_value(dimension, value, &all, self.context.lang));
            }
        }
        Ok(())
    }
}

/// The period with the earlier one, and the days that count.
fn periods(
    context: &Context,
    report: &Declaration,
    args: &QueryArgs,
) -> Result<(Period, Option<(NaiveDate, NaiveDate)>), Failure> {
    let (as_of, start) = (context.as_of, context.fiscal_year_start);
    let period = match report.period {
        Span::Year => args.period.resolve(as_of, start)?,
        Span::FiscalYear => args.period.resolve_fiscal(as_of, start)?,
        Span::All => {
            let days = args.period.resolve_any(start)?;
            return Ok((PeriodArgs::default().resolve(as_of, start)?, days));
        }
    };
    let period = period.compared(args.compare.unwrap_or(report.compare))?;
    Ok((period, Some(period.days())))
}

/// All conditions, and those that somebody typed.
fn conditions(
    report: &Declaration,
    args: &QueryArgs,
    table: &Table,
    fields: &ExtensionFields,
) -> Result<(Conditions, Conditions), Failure> {
    let read = |written: &mut dyn Iterator<Item = &String>| {
        let written = written.map(|condition| parts(condition)).collect::<Result<Vec<_>, Failure>>()?;
        Conditions::read(written.into_iter().chain(args.customers.each()), table, fields)
    };
    let all = read(&mut report.conditions.iter().chain(&args.conditions))?;
    Ok((all, read(&mut args.conditions.iter())?))
}

fn values_of(grid: &Grid) -> Result<Vec<String>, Failure> {
    Ok(grid.texts(&crate::model::Cube::key(0))?.into_iter().flatten().collect())
}

fn unknown_value(dimension: &Dimension, value: &str, known: &[String], lang: shared::label::Lang) -> Failure {
    let shown: Vec<String> = known.iter().map(|value| dimension.display(value, lang)).collect();
    let near = near(value, shown.iter().map(String::as_str));
    let some = shown.iter().take(BY_MAX * 4).cloned().collect::<Vec<_>>().join(", ");
    let meant = match near {
        Some(near) => message!("「{near}」のことですか?", "did you mean {near}?", near = near),
        None => message!("値の例: {some}", "there are, for example: {some}", some = some),
    };
    Failure::usage(message!(
        "{attribute} が「{value}」の行はありません。{meant}",
        "no row has the {attribute} {value}; {meant}",
        attribute = dimension.id(),
        value = value,
        meant = meant,
    ))
}

fn check_dimensions(by: &[Dimension]) -> Result<(), Failure> {
    let twice = by.iter().enumerate().any(|(at, dimension)| by[..at].contains(dimension));
    if by.len() > BY_MAX || twice {
        return Err(Failure::usage(message!(
            "--by には異なる属性を{max}つまで指定してください",
            "--by takes up to {max} different attributes",
            max = BY_MAX,
        )));
    }
    Ok(())
}

fn known_figure(id: &str, table: &'static Table) -> Result<&'static Figure, Failure> {
    figure(id.trim(), table).ok_or_else(|| {
        let known: Vec<&str> = of(table).map(|figure| figure.id).collect();
        Failure::usage(message!(
            "「{id}」という集計値はありません。次のいずれかを指定してください: {known}",
            "there is no figure {id}; choose one of {known}",
            id = id,
            known = known.join(", "),
        ))
    })
}
