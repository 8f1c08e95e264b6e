//! The query boundary: SQL in, Arrow batches out.
//!
//! A warehouse pins one version of the mirror and provides its data sets as views of their names (`sales`,
//! `customers`, …), typed even when they are empty, and the derived views of `sql/views.sql`
//! (`counted_sales`). The SQL of `sql/` keeps to the portable subset that CONTRIBUTING.md lists, so that
//! the same text runs on another engine.

mod ad_hoc;
mod frame;
mod grid;
mod sql;
mod window;

use std::collections::BTreeSet;
use std::path::Path;

use duckdb::Connection;
use duckdb::arrow::record_batch::RecordBatch;
use polars::frame::DataFrame;
use shared::address::{AreaMap, Prefecture};
use shared::label::Lang;
use shared::message;
use shared::message::{Explain, Message};
use shared::sales::SlipStatus;

use crate::engine::{EngineLimits, connect, quoted};
use crate::mirror::{Manifest, MirrorError, MirroredDataset, Pin};

pub use ad_hoc::{Answer, Refusal, Scalar};
pub use frame::{Columns, frame};
pub use grid::Grid;
pub(crate) use grid::date;
pub use sql::{Literal, render};
pub use window::rounded_to_sum;

/// The statements that create the derived views.
const VIEWS: &str = include_str!("../sql/views.sql");

/// An error of opening the mirror or of a query.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.message().text(Lang::En))]
pub enum WarehouseError {
    /// An error of the mirror.
    Mirror(#[from] MirrorError),
    /// The engine refused a query.
    Engine(String),
    /// A query's result does not have the columns or types that its reader expects.
    Shape(String),
}

impl Explain for WarehouseError {
    fn message(&self) -> Message {
        match self {
            Self::Mirror(error) => error.message(),
            Self::Engine(reason) => message!(
                "集計エンジンのエラー: {reason}",
                "error of the query engine: {reason}",
                reason = reason,
            ),
            Self::Shape(reason) => message!(
                "集計結果の形式が想定と異なります: {reason}",
                "a query returned an unexpected result: {reason}",
                reason = reason,
            ),
        }
    }
}

impl From<duckdb::Error> for WarehouseError {
    fn from(error: duckdb::Error) -> Self {
        Self::Engine(error.to_string())
    }
}

/// One pinned version of the mirror, ready for SQL.
#[derive(Debug)]
pub struct Warehouse {
    connection: Connection,
    pin: Pin,
    areas: AreaMap,
}

impl Warehouse {
    /// Opens the newest version of a mirror, with the sales area of each prefecture.
    ///
    /// # Errors
    /// There is no mirror, it cannot be read, or its columns differ from the declared ones
    /// ([`MirrorError::Outdated`]).
    pub fn open(mirror: &Path, limits: &EngineLimits, areas: &AreaMap) -> Result<Self, WarehouseError> {
        let pin = Pin::newest(mirror)?;
        let connection = connect(limits)?;
        for dataset in shared::dataset::DATASETS {
            let columns = MirroredDataset::columns_of(dataset);
            let kept = pin.manifest().datasets.get(dataset.name);
            let Some(kept) = kept.filter(|kept| kept.columns == columns) else {
                return Err(MirrorError::Outdated(mirror.to_owned()).into());
            };
            connection.execute_batch(&view(dataset.name, kept, pin.folder()))?;
        }
        connection.execute_batch(&views(areas)?)?;
        Ok(Self { connection, pin, areas: areas.clone() })
    }

    /// What the pinned version holds.
    pub fn manifest(&self) -> &Manifest {
        self.pin.manifest()
    }

    /// Runs one query, in which [`render`] has replaced the parameters by literals.
    pub fn query(&self, sql: &str) -> Result<Vec<RecordBatch>, WarehouseError> {
        let mut statement = self.connection.prepare(sql)?;
        Ok(statement.query_arrow([])?.collect())
    }

    /// Runs one query with a small result and returns it as a Polars frame.
    pub fn frame(&self, sql: &str) -> Result<DataFrame, WarehouseError> {
        let mut statement = self.connection.prepare(sql)?;
        let batches = statement.query_arrow([])?;
        let schema = batches.get_schema();
        let batches: Vec<RecordBatch> = batches.collect();
        frame(&schema, &batches)
    }
}

/// The derived views, filled in with the rules of `shared`.
fn views(areas: &AreaMap) -> Result<String, WarehouseError> {
    let not_counted = SlipStatus::NOT_COUNTED.map(|status| status.as_str().to_owned()).to_vec();
    // Both 東京都 and 東京.
    let names = Prefecture::all().flat_map(|prefecture| {
        let names = BTreeSet::from([prefecture.name(), prefecture.short_name()]);
        names.into_iter().map(move |name| (name, prefecture))
    });
    let areas: Vec<String> = names
        .map(|(name, prefecture)| format!("({}, {})", quoted(name), quoted(areas.area_of(prefecture))))
        .collect();
    render(
        VIEWS,
        &[("not_counted", Literal::Texts(not_counted)), ("areas", Literal::Rendered(areas.join(", ")))],
    )
}

/// The view of one data set over its files, or an empty one with the same types.
fn view(name: &str, dataset: &MirroredDataset, folder: &Path) -> String {
    let files: Vec<String> =
        dataset.files.values().map(|file| quoted(&folder.join(&file.path).to_string_lossy())).collect();
    let columns = |each: &dyn Fn(&(String, String)) -> String| -> String {
        dataset.columns.iter().map(each).collect::<Vec<_>>().join(", ")
    };
    if files.is_empty() {
        let nulls = columns(&|(name, kind)| format!("CAST(NULL AS {kind}) AS \"{name}\""));
        return format!("CREATE VIEW \"{name}\" AS SELECT {nulls} WHERE FALSE");
    }
    let names = columns(&|(name, _)| format!("\"{name}\""));
    format!("CREATE VIEW \"{name}\" AS SELECT {names} FROM read_parquet([{}])", files.join(", "))
}
