//! The settings that each source has for itself: period, criteria, rates, points.

use shared::rank::RankMaster;
use shared::settings_reader::Table;

use crate::rank::settings::criteria_reader::criteria;
use crate::rank::settings::document_values::{ENTRIES_MAX, hundredths};
use crate::rank::settings::model::{RATE_ONE, Rates, SourceSettings, ZeroRate};
use crate::rank::settings::points_reader::points;

/// The keys that a source may have for itself.
pub(crate) const KEYS: &[&str] = &["period_months", "recency_zero_rate", "criteria", "rates", "points"];

/// The default of `period_months`.
const PERIOD_DEFAULT: u32 = 12;

/// Where the keys of a source are.
pub(crate) struct Block<'t> {
    /// The table `[rank]`, whose keys both sources share.
    pub(crate) shared: Table<'t>,
    /// The source's own table.
    pub(crate) own: Option<Table<'t>>,
}

impl<'t> Block<'t> {
    /// The table with a key: the source's own when it has the key.
    fn table(&self, key: &str) -> &Table<'t> {
        self.own.as_ref().filter(|own| own.has(key)).unwrap_or(&self.shared)
    }

    /// Reads the source's settings.
    pub(crate) fn settings(&self, master: &RankMaster) -> SourceSettings {
        let value = |key: &str| self.table(key).get(key);
        let zero_rates = [("count", ZeroRate::Count), ("exclude", ZeroRate::Exclude)];
        SourceSettings {
            period_months: value("period_months")
                .and_then(|value| value.whole(1..=120))
                .unwrap_or(PERIOD_DEFAULT),
            recency_zero_rate: value("recency_zero_rate")
                .and_then(|value| value.one_of(&zero_rates))
                .unwrap_or(ZeroRate::Count),
            criteria: criteria(self.table("criteria")),
            rates: rates(self.table("rates")),
            points: points(self.table("points"), master),
        }
    }
}

fn rates(table: &Table<'_>) -> Rates {
    let mut rates = Rates { main: RATE_ONE, related: Vec::new() };
    let Some(table) = table.get("rates").and_then(|value| value.table()) else { return rates };
    table.only(&["main", "related"]);
    if let Some(main) = table.get("main") {
        rates.main = hundredths(&main).unwrap_or(RATE_ONE);
    }
    let related = table.get("related").and_then(|value| value.list(ENTRIES_MAX));
    rates.related = related.iter().flatten().filter_map(hundredths).collect();
    rates
}
