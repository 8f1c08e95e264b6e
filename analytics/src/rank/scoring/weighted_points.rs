//! One criterion's part of a total: point × weight, as people and programs read it.

use serde_json::{Value, json};

use crate::output::Cell;
use crate::rank::scoring::scorer::Points;
use crate::rank::settings::{RankSettings, hundredths};

/// One criterion of one customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Term {
    /// The identifier of the criterion.
    pub(crate) kind: &'static str,
    /// Points and weight (hundredths); `None` when the criterion is switched off.
    pub(crate) part: Option<(u8, u32)>,
}

/// The three criteria in the order of the settings' documentation.
pub(crate) fn terms(settings: &RankSettings, points: &Points) -> [Term; 3] {
    let criteria = &settings.chosen.criteria;
    let weight = |weight: Option<u32>, points: Option<u8>| points.zip(weight);
    [
        Term { kind: "recency", part: weight(criteria.enabled_recency().map(|c| c.weight), points.recency) },
        Term { kind: "count", part: weight(criteria.enabled_count().map(|c| c.weight), points.count) },
        Term { kind: "amount", part: weight(criteria.enabled_amount().map(|c| c.weight), points.amount) },
    ]
}

impl Term {
    /// Point × weight, in hundredths.
    pub(crate) fn product(&self) -> u32 {
        self.part.map_or(0, |(points, weight)| u32::from(points) * weight)
    }

    /// `4 × 20 = 80`.
    pub(crate) fn cell(&self) -> Cell {
        self.part.map_or(Cell::None, |(points, weight)| {
            Cell::Text(format!("{points} × {} = {}", hundredths(weight), hundredths(self.product())))
        })
    }

    /// The same for programs; `null` for a criterion that is switched off.
    pub(crate) fn json(&self) -> Value {
        self.part.map_or(Value::Null, |(points, weight)| {
            json!({"points": points, "weight": hundredths(weight), "product": hundredths(self.product())})
        })
    }
}
