//! Scoring every customer of a plan.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use shared::rank::{RankMaster, RankReason};

use crate::rank::scoring::eligibility::ineligible;
use crate::rank::scoring::scored::{RankId, Scored, UnknownCustomer};
use crate::rank::scoring::scorer::{Scorer, TooEarly};
use crate::rank::scoring::totals::TotalsRow;
use crate::rank::settings::RankSettings;

/// Unknown codes listed in a plan.
const UNKNOWN_LISTED_MAX: usize = 1000;

/// Scores customers one by one and collects what the plan needs beside the scores.
pub(crate) struct PlanBuilder<'a> {
    scorer: Scorer,
    settings: &'a RankSettings,
    master: &'a RankMaster,
    pub(crate) ranks: Ranks,
    /// The rank of each row of the settings' points.
    earned: Vec<RankId>,
    pub(crate) unknown: Vec<UnknownCustomer>,
    pub(crate) unknown_customers: u64,
    pub(crate) unknown_ranks: BTreeMap<String, u64>,
}

/// The names of ranks, and whether customers with them are updated.
#[derive(Default)]
pub(crate) struct Ranks {
    ids: HashMap<String, RankId>,
    pub(crate) names: Vec<String>,
    /// For each name: why its customers keep it (unless they are excluded), and whether it is in the rank master.
    fate: Vec<(Option<RankReason>, bool)>,
}

impl Ranks {
    fn id(&mut self, name: &str, settings: &RankSettings, master: &RankMaster) -> RankId {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        // There are at most as many names as customers, fewer than 2³².
        let id = RankId(u32::try_from(self.names.len()).unwrap_or(u32::MAX));
        let current = Some(name).filter(|name| !name.is_empty());
        let is_known = current.is_none_or(|name| master.position(name).is_some());
        self.ids.insert(name.to_owned(), id);
        self.names.push(name.to_owned());
        self.fate.push((ineligible(settings, master, false, current), is_known));
        id
    }
}

impl<'a> PlanBuilder<'a> {
    pub(crate) fn new(
        settings: &'a RankSettings,
        master: &'a RankMaster,
        as_of: NaiveDate,
    ) -> Result<Self, TooEarly> {
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
    pub(crate) fn score(&mut self, row: &TotalsRow<'_>) -> Option<Scored> {
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
        let kept = if row.is_excluded { Some(RankReason::Excluded) } else { fate };
        let earned = self.earned.get(self.scorer.rank_index(total)).copied().unwrap_or(before);
        let after = if kept.is_some() { before } else { earned };
        let moved = if after == before { RankReason::Unchanged } else { RankReason::Changed };
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
