//! TOML → checked settings, or everything that is wrong at once (`docs/rank.md#settings`).
//!
//! The document is walked by hand and not through serde, for two reasons: serde stops at the first mistake,
//! and it would read `12.5` as a float. Here every number keeps the digits of the file.

use rust_decimal::Decimal;
use shared::rank::RankMaster;
use toml::de::DeTable;

use super::settings::{Criterion, Problem, RATE_ONE, RankSettings, Rates, Source, Threshold, ZeroRate};
use super::values::{Node, Reader, join, plain, shown};

/// The largest row of a count or amount criterion.
const AT_LEAST_MAX: i64 = 100_000_000_000_000;
/// The largest `min` of a rank.
const MIN_MAX: u32 = 10_000_000;

/// Reads the whole text.
pub(super) fn read(text: &str, master: &RankMaster) -> Result<RankSettings, Vec<Problem>> {
    let mut reader = Reader { text, problems: Vec::new() };
    let root = DeTable::parse(text).map_err(|e| {
        let reason = format!("this is not TOML: {}", e.message());
        let value = e.span().map(|span| shown(text, span)).unwrap_or_default();
        vec![Problem { code: "RANK_SYNTAX", path: "(file)".to_owned(), value, reason }]
    })?;
    let settings = reader.settings(root.get_ref(), master);
    if reader.problems.is_empty() { Ok(settings) } else { Err(reader.problems) }
}

/// The criteria by kind, as they come.
#[derive(Default)]
struct Criteria {
    recency: Option<Criterion<u32>>,
    count: Option<Criterion<Decimal>>,
    amount: Option<Criterion<Decimal>>,
    seen: Vec<String>,
    enabled: usize,
}

impl Reader<'_> {
    fn settings(&mut self, root: &DeTable<'_>, master: &RankMaster) -> RankSettings {
        self.only(root, "", &["rank"]);
        let empty = DeTable::default();
        let rank = self.table(root, "", "rank").unwrap_or_else(|| {
            if !root.contains_key("rank") {
                self.problem("RANK_MISSING", "rank", None, "the table [rank] is missing");
            }
            &empty
        });
        self.only(
            rank,
            "rank",
            &[
                "enabled",
                "source",
                "period_months",
                "timezone",
                "recency_zero_rate",
                "amount_basis",
                "update_target_ranks",
                "unranked_is_target",
                "criteria",
                "rates",
                "points",
            ],
        );
        self.choice(rank, "rank", "timezone", &["Asia/Tokyo"]);
        self.choice(rank, "rank", "amount_basis", &["tax_excluded"]);
        let source = self.choice(rank, "rank", "source", &["sales", "deals"]);
        let zero_rate = self.choice(rank, "rank", "recency_zero_rate", &["count", "exclude"]);
        let criteria = self.criteria(rank);
        RankSettings {
            enabled: self.flag(rank, "rank", "enabled", true),
            source: if source == 1 { Source::Deals } else { Source::Sales },
            period_months: self.whole(rank, "rank", "period_months", 1..=120).unwrap_or(12),
            recency_zero_rate: if zero_rate == 1 { ZeroRate::Exclude } else { ZeroRate::Count },
            update_target_ranks: self.ranks(rank, "update_target_ranks"),
            unranked_is_target: self.flag(rank, "rank", "unranked_is_target", true),
            recency: criteria.recency,
            count: criteria.count,
            amount: criteria.amount,
            rates: self.rates(rank),
            points: self.points(rank, master),
        }
    }

    fn ranks(&mut self, rank: &DeTable<'_>, key: &str) -> Vec<String> {
        let Some(list) = self.array(rank, "rank", key) else {
            if !rank.contains_key(key) {
                self.problem("RANK_MISSING", &join("rank", key), None, "say whose ranks are updated");
            }
            return Vec::new();
        };
        let mut ranks: Vec<String> = Vec::new();
        for (i, node) in list.iter().enumerate() {
            let path = format!("rank.{key}[{i}]");
            let Some(name) = self.text_at(&path, node) else { continue };
            if ranks.contains(&name) {
                self.problem("RANK_DUPLICATE_RANK", &path, Some(node), "is listed twice; remove one");
            } else {
                ranks.push(name);
            }
        }
        ranks
    }

    fn rates(&mut self, rank: &DeTable<'_>) -> Rates {
        let mut rates = Rates { main: RATE_ONE, related: Vec::new() };
        let Some(table) = self.table(rank, "rank", "rates") else { return rates };
        self.only(table, "rank.rates", &["main", "related"]);
        if let Some(node) = table.get("main") {
            rates.main = self.hundredths_at("rank.rates.main", node).unwrap_or(RATE_ONE);
        }
        if let Some(list) = self.array(table, "rank.rates", "related") {
            for (i, node) in list.iter().enumerate() {
                rates.related.extend(self.hundredths_at(&format!("rank.rates.related[{i}]"), node));
            }
        }
        rates
    }

    fn criteria(&mut self, rank: &DeTable<'_>) -> Criteria {
        let mut criteria = Criteria::default();
        if let Some(list) = self.array(rank, "rank", "criteria") {
            for (i, node) in list.iter().enumerate() {
                let path = format!("rank.criteria[{i}]");
                match node.get_ref().as_table() {
                    Some(table) => self.criterion(table, &path, node, &mut criteria),
                    None => self.wrong_type(&path, node, "a table"),
                }
            }
        }
        if criteria.enabled == 0 {
            let reason = "at least one criterion (recency, count or amount) must be there and enabled";
            self.problem("RANK_NO_CRITERIA", "rank.criteria", rank.get("criteria"), reason);
        }
        criteria
    }

    fn criterion(&mut self, table: &DeTable<'_>, path: &str, node: Node<'_>, criteria: &mut Criteria) {
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
            criteria.recency = is_enabled.then_some(Criterion { weight, rows: plain(rows) });
        } else {
            let rows = self.rows(table, path, rows_key, |reader, path, node| {
                reader.decimal_at(path, node, AT_LEAST_MAX, 4)
            });
            self.monotonic(&rows, path, rows_key, |upper, lower| upper > lower, "larger to smaller");
            let criterion = is_enabled.then_some(Criterion { weight, rows: plain(rows) });
            if kind == "count" { criteria.count = criterion } else { criteria.amount = criterion }
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

    fn points(&mut self, rank: &DeTable<'_>, master: &RankMaster) -> Vec<Threshold> {
        let mut points: Vec<Threshold> = Vec::new();
        let list = self.array(rank, "rank", "points");
        for (i, node) in list.into_iter().flatten().enumerate() {
            let path = format!("rank.points[{i}]");
            let Some(table) = node.get_ref().as_table() else {
                self.wrong_type(&path, node, "a table");
                continue;
            };
            if let Some(row) = self.threshold(table, &path, node, master) {
                if points.iter().any(|earlier| earlier.rank == row.rank) {
                    let reason = "this rank has a row already; remove one";
                    self.problem("RANK_DUPLICATE_RANK", &join(&path, "rank"), table.get("rank"), reason);
                }
                points.push(row);
            }
        }
        if !points.iter().any(|row| row.min == 0) {
            let reason = "a row with min = 0 is needed: the rank of a customer without points";
            self.problem("RANK_NO_ZERO", "rank.points", None, reason);
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
