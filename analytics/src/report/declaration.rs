//! A report's declaration: a TOML file of what it counts and how it is laid out (`docs/reports.md#own`).

use shared::message;
use shared::message::Message;
use shared::settings_reader::{Mistake, MistakeKind, Value, read, texts};

use super::period::Compare;
use crate::model::Table;
use crate::model::figures::figure;
use crate::model::tables::tables;
use crate::output::ChartKind;

/// Attributes, figures, conditions or options in a list.
const LIST_MAX: usize = 40;

/// Rows that `top` may ask for.
const TOP_MAX: usize = 1_000_000;

/// A report.
#[derive(Debug, Clone)]
pub struct Declaration {
    /// The name on the command line and in JSON.
    pub name: String,
    /// The title.
    pub title: Message,
    /// What it answers, for `report list` and `--help`.
    pub about: Message,
    /// The rows that it counts.
    pub table: &'static Table,
    /// The attributes by which it divides them.
    pub by: Vec<String>,
    /// Its figures.
    pub figures: Vec<String>,
    /// Which dates count when no option says so.
    pub period: Span,
    /// Conditions that always hold: `NAME=VALUE`.
    pub conditions: Vec<String>,
    /// The figure whose largest values come first; without it, rows are in the order of their attributes.
    pub sort: Option<String>,
    /// How many rows are shown.
    pub top: Option<usize>,
    /// The shape in which the rows are laid out.
    pub shape: &'static str,
    /// Options of the shape, as on the command line.
    pub options: Vec<String>,
    /// The period that figures are compared with.
    pub compare: Compare,
    /// How the rows are drawn.
    pub chart: Option<ChartKind>,
}

/// Which dates a report counts when no option says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Span {
    /// The twelve months up to the as-of date.
    #[default]
    Year,
    /// The fiscal year up to the as-of date.
    FiscalYear,
    /// Every date, and rows without one: what is open now. Options may name days after the as-of date.
    All,
}

const SPANS: &[(&str, Span)] = &[("year", Span::Year), ("fiscal_year", Span::FiscalYear), ("all", Span::All)];

const CHARTS: &[(&str, ChartKind)] = &[
    ("bars", ChartKind::Bars),
    ("stacks", ChartKind::Stacks),
    ("lines", ChartKind::Lines),
    ("pareto", ChartKind::Pareto),
    ("heat", ChartKind::Heat),
];

const COMPARES: &[(&str, Compare)] = &[("year", Compare::Year), ("period", Compare::Period)];

/// Reads a declaration, which may name these shapes; the first is meant where it names none.
///
/// # Errors
/// Every mistake, with its line.
pub fn declaration(text: &str, shapes: &[&'static str]) -> Result<Declaration, Vec<Mistake>> {
    read(text, |root| {
        root.fields(|fields| {
            let list = || texts(LIST_MAX);
            let name = fields.needed("name", Value::name);
            let title = fields.needed("title", Value::sentence);
            let about = fields.get("about").and_then(|value| value.sentence());
            let tables: Vec<(&str, &'static Table)> = tables().map(|table| (table.id, table)).collect();
            let table = fields.needed("table", |value| value.one_of(&tables));
            let (mut by, mut conditions, mut options) = (Vec::new(), Vec::new(), Vec::new());
            fields.set("by", &mut by, list());
            let figures = fields.get("figures");
            let figures = figures.map(|value| named_figures(&value, table)).unwrap_or_default();
            let mut period = Span::default();
            fields.set("period", &mut period, |value| value.one_of(SPANS));
            fields.set("where", &mut conditions, list());
            fields.set("options", &mut options, list());
            let sort = fields.get("sort").and_then(|value| one_figure(&value, table));
            let top = fields.get("top").and_then(|value| value.whole(1..=TOP_MAX));
            let known: Vec<(&str, &'static str)> = shapes.iter().map(|shape| (*shape, *shape)).collect();
            let mut shape = shapes.first().copied().unwrap_or_default();
            fields.set("shape", &mut shape, |value| value.one_of(&known));
            let chart = fields.get("chart").and_then(|value| value.one_of(CHARTS));
            let compare = fields.get("compare").and_then(|value| value.one_of(COMPARES));
            let title = title?;
            Some(Declaration {
                name: name?,
                about: about.unwrap_or_else(|| title.clone()),
                title,
                table: table?,
                by,
                figures: figures.into_iter().map(str::to_owned).collect(),
                period,
                conditions,
                sort: sort.map(str::to_owned),
                top,
                shape,
                options,
                compare: compare.unwrap_or_default(),
                chart,
            })
        })
    })
}

fn named_figures(value: &Value<'_>, table: Option<&'static Table>) -> Vec<&'static str> {
    let items = value.list(LIST_MAX).unwrap_or_default();
    items.iter().filter_map(|item| one_figure(item, table)).collect()
}

fn one_figure(value: &Value<'_>, table: Option<&'static Table>) -> Option<&'static str> {
    let (id, table) = (value.name()?, table?);
    let found = figure(&id, table);
    if found.is_none() {
        let known: Vec<&str> = crate::model::figures::of(table).map(|figure| figure.id).collect();
        value.mistake(
            MistakeKind::Choice,
            message!(
                "次のいずれかを書いてください: {known}",
                "must be one of {known}",
                known = known.join(", "),
            ),
        );
    }
    found.map(|figure| figure.id)
}
