//! `ltv report`: what segments are expected to buy in the next year, after a back-test (`docs/ltv.md#report`).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use shared::dataset::CUSTOMERS;
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;
use shared::message::{Explain as _, Message};

use super::back_test::{BackTest, Method, Split, day_after, year_before};
use super::histories::{Histories, TimeArgs};
use super::outlook::{
    Customer, MONEY_PLACES, Models, Once, PURCHASE_PLACES, PurchaseModel, customers, margin, rounded,
};
use super::predict::{notes, profit};
use super::{fit, words};
use crate::context::Context;
use crate::labels;
use crate::model::{Dimension, ExtensionFields};
use crate::output::{Cell, Chart, ChartKind, Report, Sheet, SheetColumn, Unit as Of, average, ratio};
use crate::prediction::{Purchasing as _, Refusal};
use crate::report::options::Filters;
use crate::report::period::date;
use crate::report::segments::{self, Segment, total_cells};

/// The options of `ltv report`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct ReportArgs {
    /// Attributes to divide customers by, as in `report segment`.
    #[arg(long, value_name = "ATTRIBUTE", default_value = "industry", value_delimiter = ',')]
    pub by: Vec<String>,
    /// The model of purchases.
    #[arg(long, value_enum, default_value_t)]
    pub model: PurchaseModel,
    /// The time.
    #[command(flatten)]
    pub time: TimeArgs,
    /// The back-test estimates from purchases until this day and compares with those after it [default: a year before].
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub calibration_until: Option<NaiveDate>,
    /// The customers.
    #[command(flatten)]
    pub filters: Filters,
}

/// What the customers of a segment are expected to do in a year.
#[derive(Debug, Clone, Default, PartialEq)]
struct Prospects {
    customers: u64,
    /// The sum of the probabilities that they still buy; unknown without a model.
    active: Option<Decimal>,
    purchases: Decimal,
    amount: Decimal,
    /// Unknown without a margin.
    profit: Option<Decimal>,
}

impl Prospects {
    fn add(&mut self, other: &Self) {
        let is_first = self.customers == 0;
        let sum = |own: Option<Decimal>, other: Option<Decimal>| match is_first {
            true => other,
            false => own.zip(other).map(|(own, other)| own + other),
        };
        self.active = sum(self.active, other.active);
        self.profit = sum(self.profit, other.profit);
        self.customers += other.customers;
        self.purchases += other.purchases;
        self.amount += other.amount;
    }
}

/// Which method is used, and why.
struct Choice {
    method: Method,
    note: Option<Message>,
}

/// Computes the report and writes it.
///
/// # Errors
/// As [`compute`].
pub(super) fn run(context: &Context, args: &ReportArgs) -> Result<(), Failure> {
    context.emit_report(&compute(context, args)?)
}

/// Computes the report.
///
/// # Errors
/// A wrong option (exit code 64), an error of the store or the mirror.
pub fn compute(context: &Context, args: &ReportArgs) -> Result<Report, Failure> {
    let until = args.time.until(context.as_of)?;
    let split = Split::new(args.calibration_until, until)?;
    let store = context.store()?;
    let fields = ExtensionFields::read(&store, &[&CUSTOMERS])?;
    let axes = segments::checked(&args.by, 1, &fields)?;
    let filters = args.filters.resolve(&fields)?;
    let ranks = store.reader()?.rank_master()?;
    let warehouse = context.warehouse()?;
    let histories = Histories { warehouse: &warehouse, filters: &filters, until, unit: args.time.unit };
    let back_test = BackTest::run(args.model, &histories, split)?;
    let models = Models::fit(args.model, &histories)?;
    let choice = choice(&back_test, models.as_ref().err());
    let margin = margin(&histories)?;
    let year = (day_after(year_before(until)), until);
    let rows = customers(&histories, &axes, until, year)?;
    let ahead = Ahead {
        models: models.as_ref().ok(),
        method: choice.method,
        time: f64::from(args.time.unit.year()),
        margin,
    };
    let mut rows = ahead.summed(rows);
    segments::sort(&mut rows, &axes, &ranks, |prospects| prospects.amount);
    let is_behind = context.mirror().is_behind(&store, warehouse.manifest(), segments::READS)?;
    let lang = context.lang;
    let mut said: Vec<String> = choice.note.iter().map(|note| note.text(lang).to_owned()).collect();
    if let (Method::Model, Ok(models)) = (choice.method, &models) {
        said.extend(notes(models, lang));
    }
    said.extend(is_behind.then(|| labels::STALE_MIRROR.text(lang).to_owned()));
    let mut control = control(args, until, &back_test, choice.method, lang);
    let parameters = models
        .as_ref()
        .ok()
        .map(|models| fit::parameters(models.purchases.estimates(), |estimate| estimate.value));
    control.insert("parameters".to_owned(), parameters.unwrap_or_default());
    control.insert("mirror".to_owned(), json!({"up_to_date": !is_behind}));
    let mut header = header(args, until, choice.method, margin, lang);
    header.push((labels::FILTERS.text(lang).to_owned(), filters.words(lang)));
    header.extend(said.iter().map(|note| (note.clone(), String::new())));
    header.extend(back_test.header(lang));
    Ok(Report {
        id: "ltv_report".to_owned(),
        as_of: context.as_of,
        period: None,
        filters: filters.json(),
        sheet: sheet(header, &rows, &axes, lang),
        own_fields: serde_json::Map::new(),
        control,
        definitions: Vec::new(),
        chart: Some(Chart {
            kind: ChartKind::Bars,
            names: axes.iter().map(Dimension::id).collect(),
            values: vec!["expected_amount".to_owned()],
        }),
        notes: said,
    })
}

/// The model, unless a simpler method was better in the back-test or there is no model.
fn choice(back_test: &BackTest, refusal: Option<&Refusal>) -> Choice {
    let best = back_test.best();
    let refusal = refusal.or(back_test.refusal.as_ref().filter(|_| best.is_some()));
    if let Some(refusal) = refusal {
        let method = best.filter(|best| *best != Method::Model).unwrap_or(Method::Average);
        let note = message!(
            "注意: モデルを推定できないため、「{method}」を使用しています: {reason}",
            "Note: the model cannot be estimated, so \"{method}\" is used: {reason}",
            method = method.label(),
            reason = refusal.message(),
        );
        return Choice { method, note: Some(note) };
    }
    match best {
        Some(Method::Model) => Choice { method: Method::Model, note: None },
        Some(method) => Choice {
            method,
            note: Some(message!(
                "注意: 検証ではモデルより「{method}」の誤差が小さいため、予測には「{method}」を使用しています",
                "Note: \"{method}\" was nearer than the model in the back-test, so it is used instead of the model",
                method = method.label(),
            )),
        },
        None => Choice {
            method: Method::Model,
            note: Some(message!(
                "注意: 検証期間より前に購入した顧客がいないため、モデルは検証されていません",
                "Note: nobody bought before the hold-out, so the model has not been tested",
            )),
        },
    }
}

/// How the year ahead is expected.
struct Ahead<'a> {
    models: Option<&'a Models>,
    method: Method,
    time: f64,
    margin: Option<Decimal>,
}

impl Ahead<'_> {
    /// The sums of each segment.
    fn summed(&self, rows: Vec<Segment<Customer>>) -> Vec<Segment<Prospects>> {
        let (mut expected, mut alive) = (Once::new(), Once::new());
        let mut sums: BTreeMap<(bool, Vec<Option<String>>), Prospects> = BTreeMap::new();
        for row in rows {
            let bought = self.method.expected(&row.figures, self.models, &mut expected, self.time);
            let active = self
                .models
                .map(|models| alive.of(row.figures.history, |history| models.purchases.alive(history)));
            let amount = rounded(bought.amount, MONEY_PLACES).unwrap_or_default();
            sums.entry((row.known, row.keys)).or_default().add(&Prospects {
                customers: 1,
                active: active.and_then(|active| rounded(active, PURCHASE_PLACES)),
                purchases: rounded(bought.purchases, PURCHASE_PLACES).unwrap_or_default(),
                amount,
                profit: profit(Some(amount), self.margin),
            });
        }
        sums.into_iter().map(|((known, keys), figures)| Segment { known, keys, figures }).collect()
    }
}

fn control(
    args: &ReportArgs,
    until: NaiveDate,
    back_test: &BackTest,
    used: Method,
    lang: Lang,
) -> Map<String, Value> {
    let mut control = Map::new();
    control.insert("model".to_owned(), json!(args.model.model().id()));
    control.insert("until".to_owned(), json!(until));
    control.insert("unit".to_owned(), json!(args.time.unit.id()));
    control.insert("back_test".to_owned(), back_test.json(used, lang));
    control
}

fn header(
    args: &ReportArgs,
    until: NaiveDate,
    used: Method,
    margin: Option<Decimal>,
    lang: Lang,
) -> Vec<(String, String)> {
    let line = |label: labels::Label, value: &str| (label.text(lang).to_owned(), value.to_owned());
    let formula = match used {
        Method::Model => words::REPORT_FORMULA,
        method => method.label(),
    };
    vec![
        line(labels::FORMULA, formula.text(lang)),
        line(words::MODEL, args.model.model().label().text(lang)),
        line(words::USED, used.label().text(lang)),
        line(words::UNTIL, &until.to_string()),
        line(labels::GROSS_MARGIN_RATE, &words::percent_or_unknown(margin, lang)),
    ]
}

fn sheet(
    header: Vec<(String, String)>,
    rows: &[Segment<Prospects>],
    axes: &[Dimension],
    lang: Lang,
) -> Sheet {
    let mut total = Prospects::default();
    rows.iter().for_each(|row| total.add(&row.figures));
    let figures = |prospects: &Prospects| {
        vec![
            Cell::Count(prospects.customers),
            prospects.active.map_or(Cell::None, Cell::Number),
            Cell::Number(prospects.purchases),
            Cell::Money(prospects.amount),
            Cell::money(average(prospects.amount, prospects.customers)),
            Cell::money(prospects.profit),
            Cell::rate(ratio(prospects.amount, total.amount)),
        ]
    };
    let mut columns: Vec<SheetColumn> = axes.iter().map(Dimension::column).collect();
    columns.extend([
        SheetColumn::figure("customers", labels::BUYERS, Of::Count),
        SheetColumn::figure("expected_active", words::EXPECTED_ACTIVE, Of::Number),
        SheetColumn::figure("expected_purchases", words::EXPECTED_PURCHASES, Of::Number),
        SheetColumn::figure("expected_amount", words::EXPECTED_AMOUNT, Of::Yen),
        SheetColumn::figure("expected_per_customer", words::EXPECTED_PER_CUSTOMER, Of::Yen),
        SheetColumn::figure("expected_profit", words::EXPECTED_PROFIT, Of::Yen),
        SheetColumn::figure("share", labels::SHARE, Of::Rate),
    ]);
    let cells = |row: &Segment<Prospects>| [row.words(axes, lang), figures(&row.figures)].concat();
    let mut totals = total_cells(axes, lang);
    totals.extend(figures(&total));
    Sheet {
        title: words::REPORT.text(lang).to_owned(),
        header,
        columns,
        rows: rows.iter().map(cells).collect(),
        total: Some(totals),
        ..Sheet::default()
    }
}
