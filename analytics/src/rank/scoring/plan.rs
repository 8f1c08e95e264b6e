//! What a run would do: every customer's score, the rank before and after, and why (`docs/rank.md#runs`).

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use shared::message;
use shared::message::Message;
use shared::rank::RankMaster;

use crate::rank::scoring::eligibility::{Reason, ineligible};
use crate::rank::scoring::scorer::{AMOUNT_SCALE, COUNT_SCALE, Figures, Points, Scorer, TooEarly, date_of};
use crate::rank::scoring::totals::{Checks, Totals, TotalsRow};
use crate::rank::settings::{RankSettings, Warning};

/// Unknown codes that a plan lists by name.
const UNKNOWN_LISTED_MAX: usize = 1000;

/// A rank within one plan: an index into its names, 0 for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RankId(u32);

impl RankId {
    fn index(self) -> usize {
        self.0 as usize
    }
}

/// One customer's score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scored {
    /// What counts.
    pub figures: Figures,
    /// The smallest n for which the latest date lies within n months.
    pub months_within: Option<u32>,
    /// Points of each criterion.
    pub points: Points,
    /// Σ point × weight, in hundredths.
    pub total: u32,
    /// The current rank.
    pub before: RankId,
    /// The rank after the run is applied; the current one for whoever is not updated.
    pub after: RankId,
    /// What the run does, and why.
    pub reason: Reason,
}

/// A customer's figures as people and the store have them: exact decimals without trailing zeros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exact {
    /// The latest date.
    pub latest_date: Option<NaiveDate>,
    /// Σ rate.
    pub count: Option<Decimal>,
    /// Σ amount × rate; `None` beyond 28 digits.
    pub amount: Option<Decimal>,
    /// Σ point × weight.
    pub total: Decimal,
}

impl Scored {
    /// The figures as decimals.
    #[must_use]
    pub fn exact(&self) -> Exact {
        exact(&self.figures, self.total)
    }
}

/// Figures and a total in hundredths as decimals.
pub(crate) fn exact(figures: &Figures, total: u32) -> Exact {
    let decimal = |value: i128, scale: u32| {
        let unit = 10_i128.pow(scale);
        let exact = match value % unit {
            0 => Decimal::try_from_i128_with_scale(value / unit, 0),
            _ => Decimal::try_from_i128_with_scale(value, scale),
        };
        exact.ok().map(|exact| exact.normalize())
    };
    Exact {
        latest_date: figures.latest.and_then(date_of),
        count: decimal(i128::from(figures.count), COUNT_SCALE),
        amount: decimal(figures.amount, AMOUNT_SCALE),
        total: Decimal::new(i64::from(total), 2).normalize(),
    }
}

/// A code that records name and the company does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownCustomer {
    /// The code.
    pub customer_code: String,
    /// Records above zero that name it.
    pub records: i64,
}

/// What a run would do. It is computed without writing anything.
#[derive(Debug)]
pub struct RankPlan {
    /// The date that everything is counted from.
    pub as_of: NaiveDate,
    /// The hash of the settings.
    pub settings_hash: String,
    /// Codes that records name and nobody has; the first by code.
    pub unknown: Vec<UnknownCustomer>,
    /// How many such codes there are.
    pub unknown_customers: u64,
    /// Records that were not counted.
    pub checks: Checks,
    /// What is worth a look in the settings and the data.
    pub warnings: Vec<Warning>,
    names: Vec<String>,
    totals: Totals,
    scored: Vec<Vec<Option<Scored>>>,
}

impl RankPlan {
    /// Scores everybody.
    ///
    /// # Errors
    /// [`TooEarly`]: the as-of date's window begins before the calendar.
    pub fn build(
        settings: &RankSettings,
        master: &RankMaster,
        as_of: NaiveDate,
        totals: Totals,
    ) -> Result<Self, TooEarly> {
        let mut work = Work::new(settings, master, as_of)?;
        let scored = totals.batches.iter().map(|batch| {
            batch.rows(settings.chosen.recency_zero_rate).map(|row| work.score(&row)).collect::<Vec<_>>()
        });
        let scored: Vec<_> = scored.collect();
        let mut plan = Self {
            as_of,
            settings_hash: settings.hash(),
            unknown: work.unknown,
            unknown_customers: work.unknown_customers,
            checks: totals.checks,
            warnings: settings.warnings(master),
            names: work.ranks.names,
            totals,
            scored,
        };
        plan.unknown.sort_by(|a, b| a.customer_code.cmp(&b.customer_code));
        plan.warn_of_data(work.unknown_ranks);
        Ok(plan)
    }

    /// The customers with their scores, in the engine's order.
    pub fn customers(&self) -> impl Iterator<Item = (&str, &Scored)> {
        self.totals.batches.iter().zip(&self.scored).flat_map(|(batch, scored)| {
            scored.iter().enumerate().filter_map(|(i, scored)| Some((batch.codes.value(i), scored.as_ref()?)))
        })
    }

    /// A rank's name; `None` for no rank.
    #[must_use]
    pub fn rank(&self, id: RankId) -> Option<&str> {
        self.names.get(id.index()).map(String::as_str).filter(|name| !name.is_empty())
    }

    fn warn_of_data(&mut self, unknown_ranks: BTreeMap<String, u64>) {
        let mut warn = |code, n: u64, reason: fn(u64) -> Message| {
            if n > 0 {
                let (path, value) = ("records".to_owned(), n.to_string());
                self.warnings.push(Warning { code, path, value, reason: reason(n) });
            }
        };
        warn("RANK_UNKNOWN_CUSTOMER", self.unknown_customers, |n| {
            message!(
                "顧客マスタにない顧客コードが{n}件あり、その記録は集計していません",
                "{n} code(s) in the records have no customer; their records are skipped",
                n = n,
            )
        });
        warn("RANK_SPLIT_LINKS", self.checks.split_links.unwrap_or(0), |n| {
            message!(
                "明細ごとに関連顧客が違う伝票が{n}件あります。コード順で最初の顧客として集計しました",
                "{n} slip(s) have lines with different related customers in one slot; the first by code is taken",
                n = n,
            )
        });
        warn("RANK_UNDATED_DEAL", self.checks.undated, |n| {
            message!(
                "受注日のない受注案件が{n}件あり、集計していません",
                "{n} won deal(s) have no order date and are not counted",
                n = n,
            )
        });
        warn("RANK_FUTURE", self.checks.future_ignored, |n| {
            message!(
                "基準日より後の記録が{n}件あり、集計していません",
                "{n} record(s) are after the as-of date and are not counted",
                n = n,
            )
        });
        for (rank, n) in unknown_ranks {
            let reason = message!(
                "ランクマスタにないランク {rank} の顧客が{n}件あり、更新していません",
                "{n} customer(s) have the rank {rank}, which the rank master does not have; they are not updated",
                rank = rank,
                n = n,
            );
            let path = format!("customers.rank {rank:?}");
            self.warnings.push(Warning { code: "RANK_UNKNOWN_CURRENT", path, value: n.to_string(), reason });
        }
    }
}

/// What grows while customers are scored.
struct Work<'a> {
    scorer: Scorer,
    settings: &'a RankSettings,
    master: &'a RankMaster,
    ranks: Ranks,
    /// The rank of each row of the settings' points.
    earned: Vec<RankId>,
    unknown: Vec<UnknownCustomer>,
    unknown_customers: u64,
    unknown_ranks: BTreeMap<String, u64>,
}

/// The names of ranks, and what happens to customers that have them now.
#[derive(Default)]
struct Ranks {
    ids: HashMap<String, RankId>,
    names: Vec<String>,
    /// For each name: why its customers keep it (not asked for excluded ones), and whether the master knows it.
    fate: Vec<(Option<Reason>, bool)>,
}

impl Ranks {
    fn id(&mut self, name: &str, settings: &RankSettings, master: &RankMaster) -> RankId {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        // A name for each customer at most, and a store has fewer than 2³² of them.
        let id = RankId(u32::try_from(self.names.len()).unwrap_or(u32::MAX));
        let current = Some(name).filter(|name| !name.is_empty());
        let is_known = current.is_none_or(|name| master.position(name).is_some());
        self.ids.insert(name.to_owned(), id);
        self.names.push(name.to_owned());
        self.fate.push((ineligible(settings, master, false, current), is_known));
        id
    }
}

impl<'a> Work<'a> {
    fn new(settings: &'a RankSettings, master: &'a RankMaster, as_of: NaiveDate) -> Result<Self, TooEarly> {
        let mut ranks = Ranks::default();
        ranks.id("", settings, master);
        let earned = settings.chosen.points.iter().map(|row| ranks.id(&row.rank, settings, master)).collect();
        Ok(Self {
            scorer: Scorer::new(settings, as_of)?,
            settings,
            master,
            ranks,
            earned,
            unknown: Vec::new(),
            unknown_customers: 0,
            unknown_ranks: BTreeMap::new(),
        })
    }

    /// `None` for a code that no customer has.
    fn score(&mut self, row: &TotalsRow<'_>) -> Option<Scored> {
        if !row.is_known {
            self.note_unknown(row);
            return None;
        }
        let points = self.scorer.points(&row.figures);
        let total = self.scorer.total(&points);
        let before = self.ranks.id(row.rank.unwrap_or_default(), self.settings, self.master);
        let (fate, is_known_rank) = self.ranks.fate[before.index()];
        if !is_known_rank {
            *self.unknown_ranks.entry(row.rank.unwrap_or_default().to_owned()).or_default() += 1;
        }
        let kept = if row.is_excluded { Some(Reason::Excluded) } else { fate };
        let earned = self.earned.get(self.scorer.rank_index(total)).copied().unwrap_or(before);
        let after = if kept.is_some() { before } else { earned };
        let moved = if after == before { Reason::Unchanged } else { Reason::Changed };
        let reason = kept.unwrap_or(moved);
        let months_within = row.figures.latest.and_then(|day| self.scorer.months_within(day));
        Some(Scored { figures: row.figures, months_within, points, total, before, after, reason })
    }

    fn note_unknown(&mut self, row: &TotalsRow<'_>) {
        self.unknown_customers += 1;
        if self.unknown.len() < UNKNOWN_LISTED_MAX {
            let customer_code = row.customer_code.to_owned();
            self.unknown.push(UnknownCustomer { customer_code, records: row.records });
        }
    }
}
