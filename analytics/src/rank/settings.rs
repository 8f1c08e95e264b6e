//! The settings of the rank update, checked (`docs/rank.md#settings`).

use std::fmt;
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use shared::rank::RankMaster;

pub(super) use super::canonical::hundredths;
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
    /// The sources that may be chosen.
    pub allowed_sources: Vec<Source>,
    /// The share of the ranked, updatable customers that one run may change, 0 to 1.
    pub max_change_ratio: Decimal,
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
    /// Criteria that are switched off: kept, and without effect.
    pub disabled: Disabled,
    /// What the source that is not chosen has for itself, ready to be chosen.
    pub other: Option<Box<SourceSettings>>,
}

/// What each source has for itself. The fields are those of [`RankSettings`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of RankSettings, where they are explained")]
pub struct SourceSettings {
    pub period_months: u32,
    pub recency_zero_rate: ZeroRate,
    pub recency: Option<Criterion<u32>>,
    pub count: Option<Criterion<Decimal>>,
    pub amount: Option<Criterion<Decimal>>,
    pub disabled: Disabled,
    pub rates: Rates,
    pub points: Vec<Threshold>,
}

/// Criteria with `enabled = false`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of RankSettings, where they are explained")]
pub struct Disabled {
    pub recency: Option<Criterion<u32>>,
    pub count: Option<Criterion<Decimal>>,
    pub amount: Option<Criterion<Decimal>>,
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
    /// The share of customers that a run may change when the settings do not say: three of ten.
    pub const MAX_CHANGE_RATIO: Decimal = Decimal::from_parts(3, 0, 0, false, 1);

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
        let origin = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|e| unreadable(e.to_string()))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.as_bytes()[..error.utf8_error().valid_up_to()]
                .iter()
                .filter(|byte| **byte == b'\n')
                .count();
            SettingsError::Invalid {
                origin: origin.clone(),
                problems: vec![Problem {
                    code: "RANK_SYNTAX",
                    path: format!("line {}", at + 1),
                    value: String::new(),
                    reason: "this is not UTF-8; save the file as UTF-8".to_owned(),
                }],
            }
        })?;
        Self::parse(&text, master, &origin)
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
}

impl Source {
    /// The one that is not this one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Sales => Self::Deals,
            Self::Deals => Self::Sales,
        }
    }

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
