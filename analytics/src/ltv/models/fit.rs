//! `ltv fit`: the parameters of a model by maximum likelihood (`docs/ltv.md#fit`).

use chrono::NaiveDate;
use rust_decimal::prelude::FromPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Map, Value, json};
use shared::dataset::CUSTOMERS;
use shared::exit::Failure;
use shared::message::Explain as _;

use super::histories::{Histories, TimeArgs, Unit};
use super::words;
use crate::context::Context;
use crate::labels;
use crate::model::ExtensionFields;
use crate::output::{Cell, Sheet, SheetColumn};
use crate::prediction::{BgNbd, Estimate, Fit, GammaGamma, ParetoNbd, Refusal};
use crate::report::options::Filters;
use crate::report::segments;

/// The models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Model {
    /// How often customers buy, who may leave after each purchase.
    #[default]
    BgNbd,
    /// How often customers buy, who may leave at any moment.
    ParetoNbd,
    /// How much a purchase is worth.
    GammaGamma,
}

impl Model {
    /// The identifier on the command line and in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::BgNbd => "bg-nbd",
            Self::ParetoNbd => "pareto-nbd",
            Self::GammaGamma => "gamma-gamma",
        }
    }

    /// What people call it.
    pub fn label(self) -> labels::Label {
        match self {
            Self::BgNbd => labels::Label::new("BG/NBD(購入回数と離脱)", "BG/NBD (purchases and leaving)"),
            Self::ParetoNbd => {
                labels::Label::new("Pareto/NBD(購入回数と離脱)", "Pareto/NBD (purchases and leaving)")
            }
            Self::GammaGamma => {
                labels::Label::new("Gamma-Gamma(購入金額)", "Gamma-Gamma (value of a purchase)")
            }
        }
    }
}

/// The options of `ltv fit`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct FitArgs {
    /// The model.
    #[arg(long, value_enum, default_value_t)]
    pub model: Model,
    /// The time.
    #[command(flatten)]
    pub time: TimeArgs,
    /// The customers.
    #[command(flatten)]
    pub filters: Filters,
}

/// An estimated model, whichever it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// The model.
    pub model: Model,
    /// The last day whose purchases counted.
    pub until: NaiveDate,
    /// The unit of time.
    pub unit: Unit,
    /// The parameters.
    pub estimates: Vec<Estimate>,
    /// The log-likelihood.
    pub log_likelihood: f64,
    /// The customers.
    pub customers: u64,
}

/// Estimates a model and writes it.
///
/// # Errors
/// As [`fitted`].
pub(super) fn run(context: &Context, args: &FitArgs) -> Result<(), Failure> {
    let fitted = fitted(context, args)?;
    context.emit(&sheet(&fitted, context), &json(&fitted))
}

/// Estimates a model.
///
/// # Errors
/// A wrong option (exit code 64), an error of the store or the mirror, or data from which the model cannot be estimated
/// (65).
pub fn fitted(context: &Context, args: &FitArgs) -> Result<Fitted, Failure> {
    let until = args.time.until(context.as_of)?;
    let store = context.store()?;
    let filters = args.filters.resolve(&ExtensionFields::read(&store, &[&CUSTOMERS])?)?;
    let warehouse = context.warehouse()?;
    let unit = args.time.unit;
    let histories = Histories { warehouse: &warehouse, filters: &filters, until, unit };
    if context.mirror().is_behind(&store, warehouse.manifest(), segments::READS)? {
        context.notice(labels::STALE_MIRROR.text(context.lang));
    }
    let found = match args.model {
        Model::BgNbd => parts(BgNbd::fit(&histories.groups()?)),
        Model::ParetoNbd => parts(ParetoNbd::fit(&histories.groups()?)),
        Model::GammaGamma => parts(GammaGamma::fit(&histories.spending()?)),
    };
    let (estimates, log_likelihood, customers) = found.map_err(|refusal| Failure::data(refusal.message()))?;
    Ok(Fitted { model: args.model, until, unit, estimates, log_likelihood, customers })
}

type Parts = (Vec<Estimate>, f64, u64);

fn parts<M>(fit: Result<Fit<M>, Refusal>) -> Result<Parts, Refusal> {
    fit.map(|fit| (fit.estimates, fit.log_likelihood, fit.customers))
}

/// The parameters as JSON: numbers, by name.
pub(super) fn parameters(estimates: &[Estimate], value: impl Fn(&Estimate) -> f64) -> Value {
    let all: Map<String, Value> =
        estimates.iter().map(|estimate| (estimate.name.to_owned(), json!(value(estimate)))).collect();
    Value::Object(all)
}

fn json(fitted: &Fitted) -> Value {
    json!({
        "model": fitted.model.id(),
        "until": fitted.until,
        "unit": fitted.unit.id(),
        "parameters": parameters(&fitted.estimates, |estimate| estimate.value),
        "standard_errors": parameters(&fitted.estimates, |estimate| estimate.standard_error),
        "log_likelihood": fitted.log_likelihood,
        "customers": fitted.customers,
        // What did not converge is a failure with its reason.
        "converged": true,
    })
}

fn sheet(fitted: &Fitted, context: &Context) -> Sheet {
    let lang = context.lang;
    let line = |label: labels::Label, value: String| (label.text(lang).to_owned(), value);
    let row = |estimate: &Estimate| {
        let number = |value: f64| significant(value).map_or(Cell::None, Cell::Number);
        vec![Cell::Text(estimate.name.to_owned()), number(estimate.value), number(estimate.standard_error)]
    };
    Sheet {
        title: words::FIT.text(lang).to_owned(),
        header: vec![
            line(words::MODEL, fitted.model.label().text(lang).to_owned()),
            line(words::UNTIL, fitted.until.to_string()),
            line(words::UNIT, words::unit(fitted.unit).text(lang).to_owned()),
            line(labels::CUSTOMERS, crate::output::grouped(&fitted.customers.to_string())),
            line(words::LOG_LIKELIHOOD, format!("{:.2}", fitted.log_likelihood)),
        ],
        columns: [words::PARAMETER, words::ESTIMATE, words::STANDARD_ERROR].map(SheetColumn::new).to_vec(),
        rows: fitted.estimates.iter().map(row).collect(),
        ..Sheet::default()
    }
}

/// Six significant digits of a parameter, for people.
fn significant(value: f64) -> Option<Decimal> {
    let exact = Decimal::from_f64(value)?;
    Some(exact.round_sf_with_strategy(6, RoundingStrategy::MidpointAwayFromZero)?.normalize())
}
