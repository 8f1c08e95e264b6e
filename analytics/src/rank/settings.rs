//! The settings of the rank update, checked (`docs/rank.md#settings`).

use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use sha2::{Digest, Sha256};
use shared::rank::RankMaster;

use super::{lint, read};

/// Related customers that a record can name.
pub const RELATED_SLOTS: usize = 3;

/// Hundredths of a percent in a whole: a rate of 100 %.
pub const RATE_ONE: u32 = 10_000;

/// The largest settings file, in bytes.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// Checked settings. Whatever is here holds the rules of `docs/rank.md#settings`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankSettings {
    /// Whether the scheduled update runs at all.
    pub enabled: bool,
    /// Which records are counted.
    pub source: Source,
    /// Length of the window, 1 to 120 months.
    pub period_months: u32,
    /// What a link with rate 0 does to the latest date.
    pub recency_zero_rate: ZeroRate,
    /// Current ranks whose customers are updated.
    pub update_target_ranks: Vec<String>,
    /// Whether customers without a rank are updated.
    pub unranked_is_target: bool,
    /// 最新日: rows are months, the smallest first.
    pub recency: Option<Criterion<u32>>,
    /// 件数: rows are counts, the largest first.
    pub count: Option<Criterion<Decimal>>,
    /// 金額: rows are yen, the largest first.
    pub amount: Option<Criterion<Decimal>>,
    /// How much of a record counts for whom.
    pub rates: Rates,
    /// Total points to rank, in the order of the file.
    pub points: Vec<Threshold>,
}

/// Which records are counted (`docs/rank.md#records`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Sales slips, by the day of the sale.
    Sales,
    /// Won deals, by the day of the order.
    Deals,
}

/// What a link with rate 0 does to the latest date (`docs/rank.md#metrics`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZeroRate {
    /// It sets the latest date of a customer that has other, counted records.
    Count,
    /// It does nothing.
    Exclude,
}

/// One criterion: n rows give n points for the first, down to 1 for the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Criterion<T> {
    /// Hundredths: a weight of 12.5 is 1250. At most 10 000.
    pub weight: u32,
    /// The rows, the hardest first.
    pub rows: Vec<T>,
}

/// How much of a record counts for whom, in hundredths of a percent (100 % is [`RATE_ONE`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rates {
    /// For the record's own customer.
    pub main: u32,
    /// For related customers (1), (2) …
    pub related: Vec<u32>,
}

impl Rates {
    /// The rate of a related slot, from 0; slots that are not configured have 0.
    #[must_use]
    pub fn related(&self, slot: usize) -> u32 {
        self.related.get(slot).copied().unwrap_or(0)
    }
}

/// The rank from a total of `min` points on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Threshold {
    /// The rank, one of the master.
    pub rank: String,
    /// The least total, inclusive.
    pub min: u32,
}

/// One thing that is wrong, or worth a look, in the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable code, listed in `docs/rank.md#errors`.
    pub code: &'static str,
    /// Where: `rank.criteria[1].weight`.
    pub path: String,
    /// What stands there; empty when something is missing.
    pub value: String,
    /// Why it cannot be, and what can.
    pub reason: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.path)?;
        if !self.value.is_empty() {
            write!(f, " = {}", self.value)?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// Why settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("{} cannot be read: {reason}; name a settings file such as data/rank.toml", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// The file says something that cannot be. All problems at once.
    #[error("{origin}: {} in the rank settings{}", count(.problems), list(.problems))]
    Invalid {
        /// The file, or the run whose settings these are.
        origin: String,
        /// Every problem that was found, in the order of the file.
        problems: Vec<Problem>,
    },
}

fn count(problems: &[Problem]) -> String {
    match problems.len() {
        1 => "1 problem".to_owned(),
        n => format!("{n} problems"),
    }
}

fn list(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("\n  {problem}")).collect()
}

impl RankSettings {
    /// Reads and checks a settings file.
    ///
    /// # Errors
    /// [`SettingsError`]: the file cannot be read, or all that is wrong in it.
    pub fn load(path: &Path, master: &RankMaster) -> Result<Self, SettingsError> {
        let unreadable = |reason: String| SettingsError::Unreadable { path: path.to_owned(), reason };
        let size = std::fs::metadata(path).map_err(|e| unreadable(e.to_string()))?.len();
        if size > FILE_BYTES_MAX {
            return Err(unreadable(format!("it has {size} bytes, more than {FILE_BYTES_MAX}")));
        }
        let text = std::fs::read_to_string(path).map_err(|e| unreadable(e.to_string()))?;
        Self::parse(&text, master, &path.display().to_string())
    }

    /// Checks settings given as TOML; `origin` names them in an error.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] with all that is wrong.
    pub fn parse(text: &str, master: &RankMaster, origin: &str) -> Result<Self, SettingsError> {
        read::read(text, master)
            .map_err(|problems| SettingsError::Invalid { origin: origin.to_owned(), problems })
    }

    /// What is allowed but probably not meant.
    #[must_use]
    pub fn warnings(&self, master: &RankMaster) -> Vec<Problem> {
        lint::lint(self, master)
    }

    /// The highest total that anybody can reach, in hundredths.
    #[must_use]
    pub fn total_max(&self) -> u32 {
        let top = |weight: u32, rows: usize| weight * u32::try_from(rows).unwrap_or(u32::MAX);
        let recency = self.recency.as_ref().map_or(0, |c| top(c.weight, c.rows.len()));
        let count = self.count.as_ref().map_or(0, |c| top(c.weight, c.rows.len()));
        let amount = self.amount.as_ref().map_or(0, |c| top(c.weight, c.rows.len()));
        recency + count + amount
    }

    /// SHA-256 of the canonical form, in hex: the same settings give the same hash, however they are written.
    #[must_use]
    pub fn hash(&self) -> String {
        Sha256::digest(self.to_toml().as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The canonical form: TOML with every value said, decimals without trailing zeros.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut out = String::from("[rank]\n");
        let mut line = |text: String| {
            out.push_str(&text);
            out.push('\n');
        };
        line(format!("enabled = {}", self.enabled));
        line(format!("source = \"{}\"", self.source.as_str()));
        line(format!("period_months = {}", self.period_months));
        line("timezone = \"Asia/Tokyo\"".to_owned());
        line(format!("recency_zero_rate = \"{}\"", self.recency_zero_rate.as_str()));
        line("amount_basis = \"tax_excluded\"".to_owned());
        line(format!("update_target_ranks = {}", quoted_list(&self.update_target_ranks)));
        line(format!("unranked_is_target = {}", self.unranked_is_target));
        if let Some(c) = &self.recency {
            let rows: Vec<_> = c.rows.iter().map(u32::to_string).collect();
            line(criterion("recency", c.weight, "within_months", &rows.join(", ")));
        }
        for (kind, criterion_of) in [("count", &self.count), ("amount", &self.amount)] {
            if let Some(c) = criterion_of {
                let rows: Vec<_> = c.rows.iter().map(|row| format!("\"{}\"", row.normalize())).collect();
                line(criterion(kind, c.weight, "at_least", &rows.join(", ")));
            }
        }
        let related: Vec<_> = self.rates.related.iter().map(|rate| hundredths(*rate)).collect();
        line(format!(
            "[rank.rates]\nmain = \"{}\"\nrelated = {}",
            hundredths(self.rates.main),
            quoted_list(&related)
        ));
        for row in &self.points {
            line(format!("[[rank.points]]\nrank = {}\nmin = {}", quoted(&row.rank), row.min));
        }
        out
    }
}

fn criterion(kind: &str, weight: u32, rows_key: &str, rows: &str) -> String {
    let weight = hundredths(weight);
    format!("[[rank.criteria]]\nkind = \"{kind}\"\nweight = \"{weight}\"\n{rows_key} = [{rows}]")
}

/// An integer of hundredths as a decimal without trailing zeros.
pub(crate) fn hundredths(value: u32) -> String {
    Decimal::new(i64::from(value), 2).normalize().to_string()
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                // Writing to a String does not fail.
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn quoted_list(items: &[String]) -> String {
    let items: Vec<_> = items.iter().map(|item| quoted(item)).collect();
    format!("[{}]", items.join(", "))
}

impl Source {
    /// The identifier in the settings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sales => "sales",
            Self::Deals => "deals",
        }
    }
}

impl ZeroRate {
    /// The identifier in the settings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Exclude => "exclude",
        }
    }
}
