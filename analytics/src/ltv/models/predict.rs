//! `ltv predict`: what each customer is expected to buy (`docs/ltv.md#predict`).

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Map, json};
use shared::dataset::CUSTOMERS;
use shared::exit::Failure;
use shared::label::Lang;
use shared::message;
use shared::message::Explain as _;

use super::super::TABLE_CUSTOMERS;
use super::histories::{Histories, TimeArgs, Unit};
use super::outlook::{
    Customer, MONEY_PLACES, Models, Once, PURCHASE_PLACES, PurchaseModel, RATE_PLACES, Values, customers,
    margin, rounded,
};
use super::{fit, words};
use crate::context::{Context, Format};
use crate::labels;
use crate::model::ExtensionFields;
use crate::output::{Cell, Report, Sheet, SheetColumn, Unit as Of};
use crate::prediction::{Horizon, Purchasing as _};
use crate::report::options::Filters;
use crate::report::segments;

/// The options of `ltv predict`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct PredictArgs {
    /// The model of purchases.
    #[arg(long, value_enum, default_value_t)]
    pub model: PurchaseModel,
    /// The time.
    #[command(flatten)]
    pub time: TimeArgs,
    /// How many units of time ahead [default: a year].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=3660))]
    pub horizon: Option<u32>,
    /// By how much a year makes money worth less, for example 0.1; 0 counts later money in full.
    #[arg(long, value_name = "RATE", default_value = "0")]
    pub discount: Decimal,
    /// Customers that are shown, the highest expected value first [default: 50 in a table, else all].
    #[arg(long, value_name = "N")]
    pub top: Option<u32>,
    /// The customers.
    #[command(flatten)]
    pub filters: Filters,
}

/// What a customer is expected to do.
#[derive(Debug, Clone, PartialEq)]
struct Prediction {
    customer: Customer,
    alive: Option<Decimal>,
    purchases: Option<Decimal>,
    average: Option<Decimal>,
    amount: Option<Decimal>,
}

/// Computes the report and writes it.
///
/// # Errors
/// As [`compute`].
pub(super) fn run(context: &Context, args: &PredictArgs) -> Result<(), Failure> {
    context.emit_report(&compute(context, args)?)
}

/// Computes the report.
///
/// # Errors
/// A wrong option (exit code 64), an error of the store or the mirror, or data from which the model cannot be estimated
/// (65).
pub fn compute(context: &Context, args: &PredictArgs) -> Result<Report, Failure> {
    let until = args.time.until(context.as_of)?;
    let discount = discount(args.discount)?;
    let store = context.store()?;
    let filters = args.filters.resolve(&ExtensionFields::read(&store, &[&CUSTOMERS])?)?;
    let warehouse = context.warehouse()?;
    let unit = args.time.unit;
    let histories = Histories { warehouse: &warehouse, filters: &filters, until, unit };
    let models = Models::fit(args.model, &histories)?.map_err(|refusal| Failure::data(refusal.message()))?;
    let margin = margin(&histories)?;
    let ahead = args.horizon.unwrap_or(unit.year());
    let horizon = Horizon { units: ahead, units_of_year: unit.of_mean_year(), discount };
    let rows = predictions(&histories, &models, horizon)?;
    let is_behind = context.mirror().is_behind(&store, warehouse.manifest(), segments::READS)?;
    let lang = context.lang;
    let mut notes = notes(&models, lang);
    notes.extend(is_behind.then(|| labels::STALE_MIRROR.text(lang).to_owned()));
    let shown =
        args.top.or(matches!(context.format, Format::Table | Format::Html).then_some(TABLE_CUSTOMERS));
    let mut control = Map::new();
    control.insert("model".to_owned(), json!(args.model.model().id()));
    control.insert("until".to_owned(), json!(until));
    control.insert("unit".to_owned(), json!(unit.id()));
    control.insert("horizon".to_owned(), json!(ahead));
    control.insert(
        "parameters".to_owned(),
        fit::parameters(models.purchases.estimates(), |estimate| estimate.value),
    );
    control.insert("customers".to_owned(), json!(rows.len()));
    control.insert("mirror".to_owned(), json!({"up_to_date": !is_behind}));
    Ok(Report {
        id: "ltv_predict".to_owned(),
        as_of: context.as_of,
        period: None,
        filters: filters.json(),
        sheet: Sheet {
            title: words::PREDICT.text(lang).to_owned(),
            header: header(args, until, ahead, margin, filters.words(lang), lang),
            columns: columns(),
            rows: limited(&rows, shown).iter().map(|row| cells(row, margin)).collect(),
            total: Some(total(&rows, margin, lang)),
            footer: notes.iter().map(|note| (note.clone(), String::new())).collect(),
        },
        own_fields: serde_json::Map::new(),
        control,
        definitions: Vec::new(),
        chart: None,
        notes,
    })
}

/// The yearly discount as the models take it.
fn discount(rate: Decimal) -> Result<f64, Failure> {
    let valid = Some(rate).filter(|rate| *rate >= Decimal::ZERO && *rate <= Decimal::TEN);
    valid.and_then(|rate| rate.to_f64()).ok_or_else(|| {
        Failure::usage(message!(
            "--discount {rate}: 年あたりの割引率を 0〜10 の割合で指定してください(10% は 0.1)",
            "--discount {rate}: give the yearly rate as a part from 0 to 10; 10 % is 0.1",
            rate = rate,
        ))
    })
}

fn predictions(
    histories: &Histories<'_>,
    models: &Models,
    horizon: Horizon,
) -> Result<Vec<Prediction>, Failure> {
    let until = histories.until;
    let mut once = Once::new();
    let customers = customers(histories, &[], until, (until, until))?;
    let mut rows: Vec<Prediction> = customers
        .into_iter()
        .map(|row| {
            let customer = row.figures;
            let (alive, (purchases, discounted)) = once.of(customer.history, |history| {
                let purchases = horizon.purchases(&models.purchases, history);
                (models.purchases.alive(history), purchases)
            });
            let average = models.values.of(&customer);
            Prediction {
                alive: rounded(alive, RATE_PLACES),
                purchases: rounded(purchases, PURCHASE_PLACES),
                average: rounded(average, MONEY_PLACES),
                amount: rounded(discounted * average, MONEY_PLACES),
                customer,
            }
        })
        .collect();
    rows.sort_by(|a, b| b.amount.cmp(&a.amount).then_with(|| a.customer.code.cmp(&b.customer.code)));
    Ok(rows)
}

fn limited(rows: &[Prediction], shown: Option<u32>) -> &[Prediction] {
    let shown = shown.and_then(|shown| usize::try_from(shown).ok()).unwrap_or(rows.len());
    &rows[..shown.min(rows.len())]
}

/// A correlation from which on the models' assumption is wrong enough to be said.
const CORRELATION_MAX: f64 = 0.3;

/// What readers must know of the values.
pub(super) fn notes(models: &Models, lang: Lang) -> Vec<String> {
    let correlation = models.correlation.filter(|correlation| correlation.abs() >= CORRELATION_MAX);
    let note = match (&models.values, correlation) {
        (Values::Model(_), None) => return Vec::new(),
        (Values::Model(_), Some(correlation)) => message!(
            "注意: 購入回数と購入単価に相関({correlation})があります。Gamma-Gamma モデルは両者が無関係であることを前提とします",
            "Note: how often customers buy goes with how much they spend (correlation {correlation}), which the \
             Gamma-Gamma model assumes not to be so",
            correlation = format!("{correlation:.2}"),
        ),
        (Values::Means { reason, .. }, _) => message!(
            "注意: 購入金額のモデル(Gamma-Gamma)を推定できないため、顧客自身の平均金額を使用しています: {reason}",
            "Note: the value of purchases is each customer's own mean, because the Gamma-Gamma model cannot be \
             estimated: {reason}",
            reason = reason,
        ),
    };
    vec![note.text(lang).to_owned()]
}

fn header(
    args: &PredictArgs,
    until: NaiveDate,
    ahead: u32,
    margin: Option<Decimal>,
    filters: String,
    lang: Lang,
) -> Vec<(String, String)> {
    let line = |label: labels::Label, value: String| (label.text(lang).to_owned(), value);
    let unit: Unit = args.time.unit;
    vec![
        line(labels::FORMULA, words::PREDICT_FORMULA.text(lang).to_owned()),
        line(words::MODEL, args.model.model().label().text(lang).to_owned()),
        line(words::UNTIL, until.to_string()),
        line(words::HORIZON, format!("{ahead} {}", words::unit(unit).text(lang))),
        line(words::DISCOUNT, crate::output::percent(args.discount)),
        line(labels::GROSS_MARGIN_RATE, words::percent_or_unknown(margin, lang)),
        line(labels::FILTERS, filters),
    ]
}

fn columns() -> Vec<SheetColumn> {
    vec![
        SheetColumn::figure("customer_code", labels::CUSTOMER_CODE, Of::Text),
        SheetColumn::figure("customer_name", labels::CUSTOMER_NAME, Of::Text),
        SheetColumn::figure("purchases", words::PURCHASES, Of::Count),
        SheetColumn::figure("first_sold_on", labels::FIRST_SOLD_ON, Of::Date),
        SheetColumn::figure("last_sold_on", labels::LAST_SOLD_ON, Of::Date),
        SheetColumn::figure("alive_rate", words::ALIVE, Of::Rate),
        SheetColumn::figure("expected_purchases", words::EXPECTED_PURCHASES, Of::Number),
        SheetColumn::figure("expected_average", words::EXPECTED_AVERAGE, Of::Yen),
        SheetColumn::figure("expected_amount", words::EXPECTED_AMOUNT, Of::Yen),
        SheetColumn::figure("expected_profit", words::EXPECTED_PROFIT, Of::Yen),
    ]
}

fn cells(row: &Prediction, margin: Option<Decimal>) -> Vec<Cell> {
    let customer = &row.customer;
    vec![
        Cell::Text(customer.code.clone()),
        Cell::text(customer.name.as_deref()),
        Cell::Count(u64::from(customer.history.repeats) + 1),
        Cell::date(customer.first_sold_on),
        Cell::date(customer.last_sold_on),
        Cell::rate(row.alive),
        row.purchases.map_or(Cell::None, Cell::Number),
        Cell::money(row.average),
        Cell::money(row.amount),
        Cell::money(profit(row.amount, margin)),
    ]
}

/// The expected profit of an expected amount.
pub(super) fn profit(amount: Option<Decimal>, margin: Option<Decimal>) -> Option<Decimal> {
    let (amount, margin) = amount.zip(margin)?;
    crate::output::divide(amount * margin, Decimal::ONE, MONEY_PLACES)
}

fn total(rows: &[Prediction], margin: Option<Decimal>, lang: Lang) -> Vec<Cell> {
    let sum = |of: fn(&Prediction) -> Option<Decimal>| rows.iter().map(of).sum::<Option<Decimal>>();
    let purchases = rows.iter().map(|row| u64::from(row.customer.history.repeats) + 1).sum();
    let profits = rows.iter().map(|row| profit(row.amount, margin)).sum::<Option<Decimal>>();
    let blank = || Cell::Text(String::new());
    vec![
        Cell::Text(labels::TOTAL.text(lang).to_owned()),
        blank(),
        Cell::Count(purchases),
        blank(),
        blank(),
        Cell::None,
        sum(|row| row.purchases).map_or(Cell::None, Cell::Number),
        Cell::None,
        Cell::money(sum(|row| row.amount)),
        Cell::money(profits),
    ]
}
