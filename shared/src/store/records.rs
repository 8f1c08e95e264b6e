//! What goes into the store and comes out of it, besides the rows of data sets and the cards.

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::types::ValueRef;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use crate::value::Value;

/// A borrowed row of a scan.
#[derive(Debug)]
pub enum ScanRow<'a> {
    /// A row of the file.
    Sqlite(&'a rusqlite::Row<'a>),
}

impl ScanRow<'_> {
    /// The text at a column's position; `None` when it is empty.
    #[inline]
    pub fn text(&self, column: usize) -> Option<&str> {
        let Self::Sqlite(row) = self;
        match row.get_ref(column) {
            Ok(ValueRef::Text(text)) => std::str::from_utf8(text).ok(),
            _ => None,
        }
    }

    /// The integer at a column's position; `None` when it is empty.
    #[inline]
    pub fn integer(&self, column: usize) -> Option<i64> {
        let Self::Sqlite(row) = self;
        match row.get_ref(column) {
            Ok(ValueRef::Integer(number)) => Some(number),
            _ => None,
        }
    }
}

/// A card as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardRow {
    /// The JSON of a [`crate::card::CustomerCard`].
    pub body: String,
    /// The day whose truth it says.
    pub built_on: NaiveDate,
    /// The last day on which it is still true, if nothing is written.
    pub valid_through: NaiveDate,
    /// Whether this read had to rebuild it.
    pub rebuilt: bool,
}

/// The one owner of a number, with the customer's card as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoleContact {
    /// The contact.
    pub contact_id: i64,
    /// Whose contact.
    pub customer_code: String,
    /// The card's JSON, true today.
    pub card: String,
}

/// What an upsert did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowOutcome {
    /// There was no such key.
    New,
    /// The key was there, something differed.
    Changed,
    /// The key was there with the same values.
    Unchanged,
}

/// Rows and, where there is an amount, its exact sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ControlTotal {
    /// Number of rows.
    pub rows: u64,
    /// Sum of the `amount` column.
    pub amount: Option<Decimal>,
}

/// When a month of a data set changed last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetChange {
    /// The data set's name.
    pub dataset: String,
    /// `YYYY-MM`, or empty for a data set without months.
    pub month: String,
    /// The write's number.
    pub change_no: u64,
}

/// What a check of all cards found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CardVerification {
    /// Cards compared.
    pub checked: u64,
    /// Cards that are marked stale and rebuilt on their next read.
    pub stale: u64,
    /// Customers without a card and without a stale mark, or whose card differs from the tables.
    pub different: Vec<String>,
}

/// Somebody who signs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// Unique code.
    pub agent_code: String,
    /// Name for the screen.
    pub agent_name: String,
    /// The telephone's extension.
    pub extension: Option<String>,
    /// `agent`, `supervisor`, `admin` or `integration`.
    pub role: String,
    /// When the agent was revoked.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub revoked_at: Option<DateTime<Utc>>,
}

/// An agent to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAgent {
    /// Unique code.
    pub agent_code: String,
    /// Name for the screen.
    pub agent_name: String,
    /// The telephone's extension, unique among agents that are not revoked.
    pub extension: Option<String>,
    /// `agent`, `supervisor`, `admin` or `integration`.
    pub role: String,
    /// When the token ends; never when `None`.
    pub token_expires_at: Option<DateTime<Utc>>,
}

/// Who did what to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct AuditEntry {
    pub at: DateTime<Utc>,
    pub actor: String,
    pub action: String,
    pub subject: Option<String>,
    pub detail: Option<String>,
}

/// Figures of one customer for the pop-up.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "explained in docs/protocol.md and docs/reports.md")]
pub struct CustomerMetrics {
    pub customer_code: String,
    pub as_of: NaiveDate,
    pub sales_12m: Decimal,
    pub sales_prev_12m: Decimal,
    pub slips_12m: i64,
    pub gross_margin: Decimal,
    pub first_sold_on: Option<NaiveDate>,
    pub last_sold_on: Option<NaiveDate>,
    pub purchase_cycle_days: Option<i64>,
    /// Twelve amounts, oldest month first.
    pub monthly_sales: Vec<Decimal>,
}

/// One rank run (`docs/rank.md#runs`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of docs/rank.md#runs")]
pub struct RankRun {
    /// Given by the store; 0 before.
    pub run_id: i64,
    pub as_of: NaiveDate,
    /// `scheduled` or `manual`.
    pub trigger: String,
    pub config_hash: String,
    /// The settings as TOML.
    pub config: String,
    /// The saved version of the settings; `None` for settings of a file that were never saved.
    pub config_version: Option<i64>,
    /// `run` or `revert`.
    pub mode: String,
    /// The run that this one takes back.
    pub reverts: Option<i64>,
    pub started_at: DateTime<Utc>,
    pub finished_at: DateTime<Utc>,
    pub evaluated: u64,
    pub changed: u64,
    pub excluded: u64,
    pub not_target: u64,
    pub warnings: u64,
}

/// One customer's score in a run (`docs/rank.md#metrics`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of docs/rank.md#metrics")]
pub struct RankScore {
    pub customer_code: String,
    pub latest_date: Option<NaiveDate>,
    pub months_within: Option<u32>,
    pub count: Decimal,
    pub amount: Decimal,
    pub points_recency: Option<u32>,
    pub points_count: Option<u32>,
    pub points_amount: Option<u32>,
    pub total: Decimal,
    pub rank_before: Option<String>,
    pub rank_after: Option<String>,
    /// `changed`, `unchanged`, `excluded`, `not_target_rank`, `unranked`, `unknown_rank`.
    pub reason: String,
    /// `up`, `down` or `initial` when the rank changes, else `None`.
    pub direction: Option<String>,
}

/// One change of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of docs/rank.md#runs")]
pub struct RankChange {
    pub run_id: i64,
    pub customer_code: String,
    pub customer_name: String,
    pub changed_on: NaiveDate,
    pub rank_from: Option<String>,
    pub rank_to: String,
    pub direction: String,
    pub total: Decimal,
    /// The total is that of the run before and the settings are others: the rank changed for the settings' sake.
    pub config_changed: bool,
}

/// What an import of one file did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct ImportBatch {
    pub at: DateTime<Utc>,
    pub file: String,
    pub dataset: String,
    pub rows_read: u64,
    pub rows_new: u64,
    pub rows_changed: u64,
    pub rows_unchanged: u64,
    pub rows_refused: u64,
}

/// One row that an import refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusedRow {
    /// Line of the file, from 1.
    pub line: u64,
    /// Column by its identifier, when one column is at fault.
    pub column: Option<String>,
    /// Machine-readable reason.
    pub code: String,
    /// The reason for people.
    pub message: String,
    /// The row as it was.
    pub raw: String,
}
