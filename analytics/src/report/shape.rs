//! How a report's rows are laid out. A shape is a file of its own with its options; it makes columns and rows of a
//! [`Request`].

pub mod table;

use clap::{ArgMatches, Command};
use serde_json::{Map, Value};
use shared::exit::Failure;
use shared::message::Message;

use super::request::Request;
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
}

/// How rows are laid out.
pub trait Shape: std::fmt::Debug + Sync {
    /// The name in a report's file.
    fn id(&self) -> &'static str;

    /// The command with the shape's options.
    fn with_options(&self, command: Command) -> Command;

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
pub static SHAPES: &[&dyn Shape] = &[&table::Table];
