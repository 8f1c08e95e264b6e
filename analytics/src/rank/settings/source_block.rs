//! The part of the settings that each source has for itself: period, criteria, rates, points.

use shared::rank::RankMaster;
use toml::de::DeTable;

use crate::rank::settings::model::{
    Criteria, Criterion, RATE_ONE, Rates, SourceSettings, Threshold, ZeroRate,
};
use crate::rank::settings::toml_values::{Node, Reader, join, plain};

/// The largest row of a count or amount criterion.
const AT_LEAST_MAX: i64 = 100_000_000_000_000;
/// The largest `min` of a rank.
const MIN_MAX: u32 = 10_000_000;

/// The keys that a source may have for itself.
pub(crate) const KEYS: &[&str] = &["period_months", "recency_zero_rate", "criteria", "rates", "points"];

/// Where a source's own keys stand, and where those stand that it shares.
pub(crate) struct Places<'t> {
    /// The table `[rank]`.
    pub(crate) base: &'t DeTable<'t>,
    /// The source's own table, with its path.
    pub(crate) own: Option<(String, &'t DeTable<'t>)>,
}

impl<'t> Places<'t> {
    /// The table that says a key, and its path: the source's own when it has the key.
    fn of(&self, key: &str) -> (&'t DeTable<'t>, &str) {
        match &self.own {
            Some((path, own)) if own.contains_key(key) => (own, path),
            _ => (self.base, "rank"),
        }
    }
}

/// The criteria by kind, as they come.
#[derive(Default)]
struct CriteriaFound {
    criteria: Criteria,
    seen: Vec<String>,
    enabled: usize,
}

impl Reader<'_> {
    /// Reads a source's settings.
    pub(crate) fn source_settings(&mut self, places: &Places<'_>, master: &RankMaster) -> SourceSettings {
        let (table, at) = places.of("period_months");
        let period_months = self.whole(table, at, "period_months", 1..=120).unwrap_or(12);
        let (table, at) = places.of("recency_zero_rate");
        let zero_rate = self.choice(table, at, "recency_zero_rate", &["count", "exclude"]);
        let (table, at) = places.of("criteria");
        let criteria = self.criteria(table, at);
        let (table, at) = places.of("rates");
        let rates = self.rates(table, at);
        let (table, at) = places.of("points");
        let points = self.points(table, at, master);
        SourceSettings {
            period_months,
            recency_zero_rate: if zero_rate == 1 { ZeroRate::Exclude } else { ZeroRate::Count },
            criteria: criteria.criteria,
            rates,
            points,
        }
    }

    fn rates(&mut self, rank: &DeTable<'_>, at: &str) -> Rates {
        let mut rates = Rates { main: RATE_ONE, related: Vec::new() };
        let Some(table) = self.table(rank, at, "rates") else { return rates };
        let at = join(at, "rates");
        self.only(table, &at, &["main", "related"]);
        if let Some(node) = table.get("main") {
            rates.main = self.hundredths_at(&join(&at, "main"), node).unwrap_or(RATE_ONE);
        }
        if let Some(list) = self.array(table, &at, "related") {
            for (i, node) in list.iter().enumerate() {
                rates.related.extend(self.hundredths_at(&format!("{at}.related[{i}]"), node));
            }
        }
        rates
    }

    fn criteria(&mut self, rank: &DeTable<'_>, at: &str) -> CriteriaFound {
        let mut criteria = CriteriaFound::default();
        if let Some(list) = self.array(rank, at, "criteria") {
            for (i, node) in list.iter().enumerate() {
                let path = format!("{at}.criteria[{i}]");
                match node.get_ref().as_table() {
                    Some(table) => self.criterion(table, &path, node, &mut criteria),
                    None => self.wrong_type(&path, node, "a table"),
                }
            }
        }
        if criteria.enabled == 0 {
            let reason = "at least one criterion (recency, count or amount) must be there and enabled";
            self.problem("RANK_NO_CRITERIA", &join(at, "criteria"), rank.get("criteria"), reason);
        }
        criteria
    }

    fn criterion(&mut self, table: &DeTable<'_>, path: &str, node: Node<'_>, criteria: &mut CriteriaFound) {
        let kinds = ["recency", "count", "amount"];
        let kind = table.get("kind").and_then(|kind| kind.get_ref().as_str()).unwrap_or_default();
        if !kinds.contains(&kind) {
            let at = table.get("kind").or(Some(node));
            self.problem("RANK_CHOICE", &join(path, "kind"), at, "must be one of recency, count, amount");
            criteria.enabled += 1;
            return;
        }
        if criteria.seen.iter().any(|seen| seen == kind) {
            let reason = "each kind is there once at most";
            self.problem("RANK_DUPLICATE_CRITERION", &join(path, "kind"), table.get("kind"), reason);
        }
        criteria.seen.push(kind.to_owned());
        let rows_key = if kind == "recency" { "within_months" } else { "at_least" };
        self.only(table, path, &["kind", "enabled", "weight", rows_key]);
        let is_enabled = self.flag(table, path, "enabled", true);
        criteria.enabled += usize::from(is_enabled);
        let weight = self.weight(table, path);
        if kind == "recency" {
            let rows =
                self.rows(table, path, rows_key, |reader, path, node| reader.whole_at(path, node, 0..=120));
            self.monotonic(&rows, path, rows_key, |upper, lower| upper < lower, "smaller to larger");
            criteria.criteria.recency = Some(Criterion { is_enabled, weight, rows: plain(rows) });
        } else {
            let rows = self.rows(table, path, rows_key, |reader, path, node| {
                reader.decimal_at(path, node, AT_LEAST_MAX, 4)
            });
            self.monotonic(&rows, path, rows_key, |upper, lower| upper > lower, "larger to smaller");
            let criterion = Some(Criterion { is_enabled, weight, rows: plain(rows) });
            match kind {
                "count" => criteria.criteria.count = criterion,
                _ => criteria.criteria.amount = criterion,
            }
        }
    }

    fn weight(&mut self, table: &DeTable<'_>, path: &str) -> u32 {
        let path = join(path, "weight");
        let Some(node) = table.get("weight") else {
            self.problem("RANK_MISSING", &path, None, "say how much a point weighs, 0 to 100");
            return 0;
        };
        self.hundredths_at(&path, node).unwrap_or(0)
    }

    fn rows<'t, T>(
        &mut self,
        table: &'t DeTable<'t>,
        path: &str,
        key: &str,
        read: impl Fn(&mut Self, &str, Node<'t>) -> Option<T>,
    ) -> Vec<(usize, Node<'t>, T)> {
        let list = self.array(table, path, key);
        if list.is_none_or(|list| list.is_empty()) && !self.problems.iter().any(|p| p.path == join(path, key))
        {
            self.problem("RANK_MISSING", &join(path, key), table.get(key), "at least one row is needed");
        }
        let mut rows = Vec::new();
        for (i, node) in list.into_iter().flatten().enumerate() {
            rows.extend(read(self, &format!("{path}.{key}[{i}]"), node).map(|value| (i, node, value)));
        }
        rows
    }

    fn monotonic<T>(
        &mut self,
        rows: &[(usize, Node<'_>, T)],
        path: &str,
        key: &str,
        holds: impl Fn(&T, &T) -> bool,
        order: &str,
    ) {
        for pair in rows.windows(2) {
            if let [(_, _, upper), (i, node, lower)] = pair
                && !holds(upper, lower)
            {
                let reason = format!("rows must go strictly from {order}; this row can never match");
                self.problem("RANK_ROWS", &format!("{path}.{key}[{i}]"), Some(node), reason);
            }
        }
    }

    fn points(&mut self, rank: &DeTable<'_>, at: &str, master: &RankMaster) -> Vec<Threshold> {
        let mut points: Vec<Threshold> = Vec::new();
        // By name, also of rows in which something else is wrong.
        let mut named: Vec<String> = Vec::new();
        let list = self.array(rank, at, "points");
        for (i, node) in list.into_iter().flatten().enumerate() {
            let path = format!("{at}.points[{i}]");
            let Some(table) = node.get_ref().as_table() else {
                self.wrong_type(&path, node, "a table");
                continue;
            };
            if let Some(rank) = table.get("rank").and_then(|node| node.get_ref().as_str()) {
                if named.iter().any(|earlier| earlier == rank) {
                    let reason = "this rank has a row already; remove one";
                    self.problem("RANK_DUPLICATE_RANK", &join(&path, "rank"), table.get("rank"), reason);
                }
                named.push(rank.to_owned());
            }
            points.extend(self.threshold(table, &path, node, master));
        }
        if !points.iter().any(|row| row.min == 0) {
            let reason = "a row with min = 0 is needed: the rank of a customer without points";
            self.problem("RANK_NO_ZERO", &join(at, "points"), None, reason);
        }
        points
    }

    fn threshold(
        &mut self,
        table: &DeTable<'_>,
        path: &str,
        node: Node<'_>,
        master: &RankMaster,
    ) -> Option<Threshold> {
        self.only(table, path, &["rank", "min"]);
        for key in ["rank", "min"] {
            if !table.contains_key(key) {
                self.problem("RANK_MISSING", &join(path, key), Some(node), "a row needs a rank and a min");
            }
        }
        let rank = table.get("rank").and_then(|node| self.text_at(&join(path, "rank"), node));
        if let Some(name) = rank.as_deref().filter(|name| master.position(name).is_none()) {
            let reason = format!("the rank master has no {name}; it has {}", master.ranks().join(", "));
            self.problem("RANK_UNKNOWN_RANK", &join(path, "rank"), table.get("rank"), reason);
        }
        let min = self.whole(table, path, "min", 0..=MIN_MAX);
        Some(Threshold { rank: rank?, min: min? })
    }
}
