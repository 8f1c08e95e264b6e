//! `ltv formulas`: the simple formulas of lifetime value by segment (`docs/ltv.md#formulas`).

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::{Map, json};
use shared::calendar::{end_of_year_before, twelve_months_from};
use shared::dataset::CUSTOMERS;
use shared::exit::Failure;
use shared::label::Lang;

use crate::context::Context;
use crate::labels::{self, Label};
use crate::model::{Conditions, Dimension, ExtensionFields};
use crate::output::{AVERAGE_PLACES, Cell, Report, Sheet, SheetColumn, Unit, divide, ratio};
use crate::report::options::Filters;
use crate::report::segments::{self, Segment, total_cells, with_keys};
use crate::report::sums::sums;
use crate::warehouse::{Columns, Literal, Warehouse, WarehouseError, render};

const FORMULAS: &str = include_str!("../../sql/ltv_formulas.sql");

const SIMPLE: Label = Label::new(
    "LTV(単価)= 平均購買単価 × 年間購買頻度 × 平均継続年数 × 粗利率",
    "LTV (average) = sales per purchase x purchases a year x years of trade x margin",
);
const CHURN: Label = Label::new(
    "LTV(解約率)= 購入顧客あたり年間粗利 ÷ 解約率",
    "LTV (churn) = yearly gross profit per active customer / churn rate",
);
const RETENTION: Label = Label::new(
    "LTV(維持率)= Σ 購入顧客あたり年間粗利 × 維持率^k(k = 0 … 年数 − 1)",
    "LTV (retention) = sum of yearly gross profit per active customer x retention^k, k = 0 … years - 1",
);

/// The options of `ltv formulas`.
#[derive(Debug, Clone, clap::Args)]
pub struct FormulaArgs {
    /// Attributes to divide customers by, as in `report segment`.
    #[arg(long, value_name = "ATTRIBUTE", default_value = "industry", value_delimiter = ',')]
    pub by: Vec<String>,
    /// The years that the formula by retention adds up.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub years: u32,
    /// The customers.
    #[command(flatten)]
    pub filters: Filters,
}

sums! {
    /// The sums behind the formulas.
    pub struct Figures {
        /// Customers who ever bought.
        pub buyers: u64,
        /// The months from the first to the last purchase of each, at least one.
        pub months: u64,
        /// Purchases of the year.
        pub slips: u64,
        /// Customers who bought in the year.
        pub active: u64,
        /// Customers who bought in the year before.
        pub earlier_active: u64,
        /// Of these, the ones who also bought in the year.
        pub stayed: u64,
        /// Net sales of the year.
        pub sales_amount: Decimal,
        /// Cost of the year's lines that have one.
        pub cost: Option<Decimal>,
        /// Sales of the year's lines that have a cost.
        pub costed_amount: Option<Decimal>,
    }
}

/// What the formulas multiply, not rounded: each formula is rounded once.
impl Figures {
    fn average_purchase(&self) -> Option<Decimal> {
        self.sales_amount.checked_div(self.slips.into())
    }

    fn purchases_a_year(&self) -> Option<Decimal> {
        Decimal::from(self.slips).checked_div(self.active.into())
    }

    fn years(&self) -> Option<Decimal> {
        Decimal::from(self.months).checked_div((self.buyers * 12).into())
    }

    fn margin(&self) -> Option<Decimal> {
        let (costed, cost) = self.costed_amount.zip(self.cost)?;
        (costed - cost).checked_div(costed)
    }

    /// The yearly gross profit of an active customer.
    fn profit(&self) -> Option<Decimal> {
        self.sales_amount.checked_div(self.active.into())?.checked_mul(self.margin()?)
    }

    fn retention(&self) -> Option<Decimal> {
        Decimal::from(self.stayed).checked_div(self.earlier_active.into())
    }

    fn simple(&self) -> Option<Decimal> {
        simple(self.average_purchase()?, self.purchases_a_year()?, self.years()?, self.margin()?)
    }

    fn by_churn(&self) -> Option<Decimal> {
        by_churn(self.profit()?, Decimal::ONE - self.retention()?)
    }

    fn by_retention(&self, years: u32) -> Option<Decimal> {
        by_retention(self.profit()?, self.retention()?, years)
    }
}

/// Value of a purchase, purchases a year, years, margin.
fn simple(purchase: Decimal, a_year: Decimal, years: Decimal, margin: Decimal) -> Option<Decimal> {
    rounded(purchase.checked_mul(a_year)?.checked_mul(years)?.checked_mul(margin)?)
}

/// The profit of a period by the part of customers who leave in it; undefined when nobody leaves.
fn by_churn(profit: Decimal, churn: Decimal) -> Option<Decimal> {
    divide(profit, churn, AVERAGE_PLACES)
}

/// The profit of each year from those who are still there.
fn by_retention(profit: Decimal, retention: Decimal, years: u32) -> Option<Decimal> {
    let (mut sum, mut of_year) = (Decimal::ZERO, profit);
    for _ in 0..years {
        sum = sum.checked_add(of_year)?;
        of_year = of_year.checked_mul(retention)?;
    }
    rounded(sum)
}

fn rounded(amount: Decimal) -> Option<Decimal> {
    divide(amount, Decimal::ONE, AVERAGE_PLACES)
}

/// Computes the report and writes it.
///
/// # Errors
/// As [`compute`].
pub(super) fn run(context: &Context, args: &FormulaArgs) -> Result<(), Failure> {
    context.emit_report(&compute(context, args)?)
}

/// Computes the report.
///
/// # Errors
/// A wrong option (exit code 64), an error of the store or the mirror.
pub fn compute(context: &Context, args: &FormulaArgs) -> Result<Report, Failure> {
    let store = context.store()?;
    let fields = ExtensionFields::read(&store, &[&CUSTOMERS])?;
    let axes = segments::checked(&args.by, 1, &fields)?;
    let filters = args.filters.resolve(&fields)?;
    let ranks = store.reader()?.rank_master()?;
    let warehouse = context.warehouse()?;
    let until = context.as_of;
    let from = twelve_months_from(until).unwrap_or(NaiveDate::MIN);
    let mut rows = rows(&warehouse, &axes, &filters, from, until)?;
    segments::sort(&mut rows, &axes, &ranks, |figures| figures.sales_amount);
    let is_behind = context.mirror().is_behind(&store, warehouse.manifest(), segments::READS)?;
    let lang = context.lang;
    let notes: Vec<String> =
        is_behind.then(|| labels::STALE_MIRROR.text(lang).to_owned()).into_iter().collect();
    let line = |label: Label, value: String| (label.text(lang).to_owned(), value);
    let formula = |label: Label| line(labels::FORMULA, label.text(lang).to_owned());
    let header = vec![
        formula(SIMPLE),
        formula(CHURN),
        formula(RETENTION),
        line(labels::AS_OF, until.to_string()),
        line(labels::PERIOD, format!("{from} – {until}")),
        line(Label::new("年数", "Years"), args.years.to_string()),
        line(labels::FILTERS, filters.words(lang)),
    ];
    let mut control = Map::new();
    control.insert("years".to_owned(), json!(args.years));
    control.insert("mirror".to_owned(), json!({"up_to_date": !is_behind}));
    Ok(Report {
        id: "ltv_formulas".to_owned(),
        as_of: until,
        period: Some((from, until)),
        filters: filters.json(),
        sheet: Sheet {
            footer: notes.iter().map(|note| (note.clone(), String::new())).collect(),
            ..sheet(header, &rows, &axes, args.years, lang)
        },
        own_fields: serde_json::Map::new(),
        control,
        definitions: Vec::new(),
        chart: None,
        notes,
    })
}

fn rows(
    warehouse: &Warehouse,
    axes: &[Dimension],
    filters: &Conditions,
    from: NaiveDate,
    until: NaiveDate,
) -> Result<Vec<Segment<Figures>>, WarehouseError> {
    let axes_only = |(name, _): &(&str, Literal)| name.starts_with("axis_");
    let mut values: Vec<(&str, Literal)> =
        segments::parameters(axes, filters).into_iter().filter(axes_only).collect();
    let before = end_of_year_before(until).and_then(twelve_months_from).unwrap_or(NaiveDate::MIN);
    values.extend([
        ("from", Literal::Date(from)),
        ("until", Literal::Date(until)),
        ("before_from", Literal::Date(before)),
        ("members", segments::members(filters)),
    ]);
    let frame = warehouse.frame(&render(FORMULAS, &values)?)?;
    let columns = Columns(&frame);
    with_keys(&columns, axes, Figures::read(&columns)?)
}

fn sheet(
    header: Vec<(String, String)>,
    rows: &[Segment<Figures>],
    axes: &[Dimension],
    years: u32,
    lang: Lang,
) -> Sheet {
    let mut columns: Vec<SheetColumn> = axes.iter().map(Dimension::column).collect();
    let figure = SheetColumn::figure;
    columns.extend([
        figure("active_customers", labels::ACTIVE_CUSTOMERS, Unit::Count),
        figure("average_purchase", Label::new("平均購買単価", "Per purchase"), Unit::Yen),
        figure("purchases_a_year", Label::new("年間購買頻度", "Purchases a year"), Unit::Number),
        figure("years_of_trade", Label::new("平均継続年数", "Years of trade"), Unit::Number),
        figure("gross_margin_rate", labels::GROSS_MARGIN_RATE, Unit::Rate),
        figure("retention_rate", Label::new("維持率", "Retention"), Unit::Rate),
        figure("yearly_profit", Label::new("年間粗利(顧客あたり)", "Yearly profit per customer"), Unit::Yen),
        figure("ltv_average", Label::new("LTV(単価)", "LTV (average)"), Unit::Yen),
        figure("ltv_churn", Label::new("LTV(解約率)", "LTV (churn)"), Unit::Yen),
        figure("ltv_retention", Label::new("LTV(維持率)", "LTV (retention)"), Unit::Yen),
    ]);
    let number = |value: Option<Decimal>| value.and_then(rounded).map_or(Cell::None, Cell::Number);
    let money = |value: Option<Decimal>| Cell::money(value.and_then(rounded));
    let rate = |value: Option<Decimal>| Cell::rate(value.and_then(|rate| ratio(rate, Decimal::ONE)));
    let figures = |figures: &Figures| {
        vec![
            Cell::Count(figures.active),
            money(figures.average_purchase()),
            number(figures.purchases_a_year()),
            number(figures.years()),
            rate(figures.margin()),
            rate(figures.retention()),
            money(figures.profit()),
            Cell::money(figures.simple()),
            Cell::money(figures.by_churn()),
            Cell::money(figures.by_retention(years)),
        ]
    };
    let mut total = Figures::default();
    rows.iter().for_each(|row| total.add(&row.figures));
    let cells = |row: &Segment<Figures>| [row.words(axes, lang), figures(&row.figures)].concat();
    let mut totals = total_cells(axes, lang);
    totals.extend(figures(&total));
    Sheet {
        title: Label::new("LTV の簡易計算", "Simple formulas of lifetime value").text(lang).to_owned(),
        header,
        columns,
        rows: rows.iter().map(cells).collect(),
        total: Some(totals),
        ..Sheet::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dec(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn the_formulas_give_the_published_examples() {
        // 500,000 yen, twice a year, for five years, at a margin of 50 %.
        assert_eq!(simple(dec("500000"), dec("2"), dec("5"), dec("0.5")), Some(dec("2500000")));
        // 2,000,000 yen at 50 %, of which 40 % stay each year: 100 + 40 + 16.
        assert_eq!(by_retention(dec("1000000"), dec("0.4"), 3), Some(dec("1560000")));
        assert_eq!(by_retention(dec("1000000"), dec("0.4"), 1), Some(dec("1000000")));
        assert_eq!(by_churn(dec("1000000"), dec("0.2")), Some(dec("5000000")));
    }

    #[test]
    fn what_is_divided_by_nothing_is_undefined() {
        assert_eq!(by_churn(dec("1000000"), Decimal::ZERO), None);
        let nobody = Figures::default();
        assert_eq!((nobody.simple(), nobody.by_churn(), nobody.by_retention(3)), (None, None, None));
        let too_large = Decimal::MAX;
        assert_eq!(simple(too_large, dec("2"), dec("1"), dec("1")), None);
    }
}
