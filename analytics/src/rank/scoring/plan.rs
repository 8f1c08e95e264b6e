//! What a run would do: every customer's score, the rank before and after, and why (`docs/rank.md#runs`).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use shared::message;
use shared::message::Message;
use shared::rank::RankMaster;

use crate::rank::scoring::plan_builder::PlanBuilder;
use crate::rank::scoring::scored::{RankId, Scored, UnknownCustomer};
use crate::rank::scoring::scorer::TooEarly;
use crate::rank::scoring::totals::{Checks, Totals};
use crate::rank::settings::{RankSettings, Warning};

/// What a run would do. It is computed without writing anything.
#[derive(Debug)]
pub struct RankPlan {
    /// The as-of date.
    pub as_of: NaiveDate,
    /// The hash of the settings.
    pub settings_hash: String,
    /// Codes in records without a customer; the first by code.
    pub unknown: Vec<UnknownCustomer>,
    /// How many such codes there are.
    pub unknown_customers: u64,
    /// Records that were not counted.
    pub checks: Checks,
    /// Warnings about the settings and the data.
    pub warnings: Vec<Warning>,
    names: Vec<String>,
    totals: Totals,
    scored: Vec<Vec<Option<Scored>>>,
}

impl RankPlan {
    /// Scores everybody.
    ///
    /// # Errors
    /// [`TooEarly`]: the as-of date is too early for the window.
    pub fn build(
        settings: &RankSettings,
        master: &RankMaster,
        as_of: NaiveDate,
        totals: Totals,
    ) -> Result<Self, TooEarly> {
        let mut builder = PlanBuilder::new(settings, master, as_of)?;
        let scored = totals.batches.iter().map(|batch| {
            batch.rows(settings.chosen.recency_zero_rate).map(|row| builder.score(&row)).collect::<Vec<_>>()
        });
        let scored: Vec<_> = scored.collect();
        let mut plan = Self {
            as_of,
            settings_hash: settings.hash(),
            unknown: builder.unknown,
            unknown_customers: builder.unknown_customers,
            checks: totals.checks,
            warnings: settings.warnings(master),
            names: builder.ranks.names,
            totals,
            scored,
        };
        plan.unknown.sort_by(|a, b| a.customer_code.cmp(&b.customer_code));
        plan.warn_of_data(builder.unknown_ranks);
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
                "顧客マスターにない得意先コードが{n}件あり、その記録は集計していません",
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
        warn("RANK_NO_TAX_RATE", self.checks.without_rate, |n| {
            message!(
                "税率のない課税明細が{n}行あり、税を加えずに集計しました",
                "{n} taxed line(s) have no tax rate; they are counted without tax",
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
                "ランクマスターにないランク {rank} の顧客が{n}件あり、更新していません",
                "{n} customer(s) have the rank {rank}, which the rank master does not have; they are not updated",
                rank = rank,
                n = n,
            );
            let path = format!("customers.rank {rank:?}");
            self.warnings.push(Warning { code: "RANK_UNKNOWN_CURRENT", path, value: n.to_string(), reason });
        }
    }
}
