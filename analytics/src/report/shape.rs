//! How a report's rows are laid out. A shape is a file of its own with its options; it makes columns and rows of a
//! [`Request`].

pub mod abc;
pub mod campaigns;
pub mod churn;
pub mod cohort;
mod columns;
mod cross;
pub mod decile;
pub mod follow_up;
pub mod growth;
mod months;
pub mod movement;
mod people;
pub mod price_volume;
pub mod ranking;
pub mod repeat;
pub mod rfm;
pub mod table;
pub mod targets;
pub mod trend;

use clap::{ArgMatches, Command};
use serde_json::{Map, Value};
use shared::dataset::Dataset;
use shared::exit::Failure;
use shared::message;
use shared::message::Message;

use super::period::Period;
use super::request::Request;
use crate::labels::Label;
use crate::output::{Cell, Chart, SheetColumn};

/// What a shape makes.
#[derive(Debug, Clone, Default)]
pub struct Shaped {
    /// The columns, with identifiers and units.
    pub columns: Vec<SheetColumn>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
    /// The total, a cell for each column.
    pub total: Option<Vec<Cell>>,
    /// The rows of the table behind it.
    pub source_rows: u64,
    /// Further control totals, by identifier.
    pub control: Map<String, Value>,
    /// Lines of name and value above the rows.
    pub header: Vec<(Message, String)>,
    /// What readers must know.
    pub notes: Vec<Message>,
    /// A chart other than the declared one.
    pub chart: Option<Chart>,
    /// What the shape's own columns are.
    pub definitions: Vec<(Label, Label)>,
    /// The period, where the shape widens that of the request.
    pub period: Option<Period>,
    /// Data sets that it reads beside those of the table and the attributes.
    pub reads: Vec<&'static Dataset>,
}

/// How rows are laid out.
pub trait Shape: std::fmt::Debug + Sync {
    /// The name in a report's file.
    fn id(&self) -> &'static str;

    /// The command with the shape's options.
    fn with_options(&self, command: Command) -> Command;

    /// The options among `--by`, `--figures`, `--sort`, `--top`, `--compare` and `--from` that mean nothing here.
    fn refuses(&self) -> &'static [&'static str] {
        &[]
    }

    /// Lays out a report.
    ///
    /// # Errors
    /// Wrong options (exit code 64), the engine refuses a query, or totals that do not agree (70).
    fn shaped(&self, request: &Request<'_>, options: &ArgMatches) -> Result<Shaped, Failure>;
}

/// The names of the shapes.
pub fn names() -> Vec<&'static str> {
    SHAPES.iter().map(|shape| shape.id()).collect()
}

/// The shape of this name, else the first.
pub fn find(name: &str) -> &'static dyn Shape {
    SHAPES.iter().find(|shape| shape.id() == name).copied().unwrap_or(SHAPES[0])
}

/// The shapes; the first is meant where a report names none.
pub static SHAPES: &[&dyn Shape] = &[
    &table::Table::Rows,
    &table::Table::Cross,
    // Sales.
    &abc::Abc,
    &campaigns::Campaigns,
    &churn::Churn,
    &cohort::Cohort,
    &decile::Decile,
    &follow_up::FollowUp,
    &growth::Growth,
    &movement::Movement,
    &price_volume::PriceVolume,
    &ranking::Ranking,
    &repeat::Repeat,
    &rfm::Rfm,
    &trend::Trend,
    // The office.
    &targets::Targets,
];

/// The failure of options that a shape does not understand.
pub(super) fn wrong_options(error: &clap::Error) -> Failure {
    let first = error.to_string().lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
    Failure::usage(message!(
        "集計のオプションが正しくありません: {reason}",
        "wrong options of the report: {reason}",
        reason = first,
    ))
}
