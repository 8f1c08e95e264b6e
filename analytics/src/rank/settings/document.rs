//! TOML → checked settings, or everything that is wrong at once (`docs/rank.md#settings`).
//!
//! The document is walked by hand and not through serde, for two reasons: serde stops at the first mistake,
//! and it would read `12.5` as a float. Here every number keeps the digits of the file.

use rust_decimal::Decimal;
use shared::rank::RankMaster;
use toml::de::DeTable;

use crate::rank::settings::model::{RankSettings, Source, VERSION};
use crate::rank::settings::problem::Problem;
use crate::rank::settings::source_block::{KEYS, Places};
use crate::rank::settings::toml_values::{Reader, join, shown};

/// Reads the whole text.
pub(crate) fn read(text: &str, master: &RankMaster) -> Result<RankSettings, Vec<Problem>> {
    let mut reader = Reader { text, problems: Vec::new() };
    let root = DeTable::parse(text).map_err(|e| {
        let reason = format!("this is not TOML: {}", e.message());
        let value = e.span().map(|span| shown(text, span)).unwrap_or_default();
        vec![Problem { code: "RANK_SYNTAX", path: "(file)".to_owned(), value, reason }]
    })?;
    if !reader.is_known_version(root.get_ref()) {
        return Err(reader.problems);
    }
    let settings = reader.settings(root.get_ref(), master);
    if reader.problems.is_empty() { Ok(settings) } else { Err(once(reader.problems)) }
}

/// Each problem once: what both sources share is read for both.
fn once(problems: Vec<Problem>) -> Vec<Problem> {
    let mut kept: Vec<Problem> = Vec::with_capacity(problems.len());
    for problem in problems {
        if !kept.contains(&problem) {
            kept.push(problem);
        }
    }
    kept
}

impl Reader<'_> {
    /// A newer document may mean something else by the same keys, so nothing more is said about it.
    fn is_known_version(&mut self, root: &DeTable<'_>) -> bool {
        let Some(node) = root.get("version") else { return true };
        let found = node.get_ref().as_integer().and_then(|n| n.as_str().parse::<u64>().ok());
        let reason = match found {
            Some(n) if n == u64::from(VERSION) => return true,
            Some(n) if n > u64::from(VERSION) => format!(
                "these settings are of a newer version; this program knows version {VERSION}: update it, or \
                 write the settings as version {VERSION}"
            ),
            _ => format!("must be {VERSION}"),
        };
        self.problem("RANK_VERSION", "version", Some(node), reason);
        false
    }

    fn settings(&mut self, root: &DeTable<'_>, master: &RankMaster) -> RankSettings {
        self.only(root, "", &["version", "rank"]);
        let empty = DeTable::default();
        let rank = self.table(root, "", "rank").unwrap_or_else(|| {
            if !root.contains_key("rank") {
                self.problem("RANK_MISSING", "rank", None, "the table [rank] is missing");
            }
            &empty
        });
        let common = [
            "enabled",
            "source",
            "allowed_sources",
            "max_change_ratio",
            "timezone",
            "amount_basis",
            "update_target_ranks",
            "unranked_is_target",
            "sales",
            "deals",
        ];
        self.only(rank, "rank", &[&common[..], KEYS].concat());
        self.choice(rank, "rank", "timezone", &["Asia/Tokyo"]);
        self.choice(rank, "rank", "amount_basis", &["tax_excluded"]);
        let source = match self.choice(rank, "rank", "source", &["sales", "deals"]) {
            1 => Source::Deals,
            _ => Source::Sales,
        };
        let allowed_sources = self.allowed_sources(rank, source);
        let places = |reader: &mut Self, source: Source| {
            let own = reader.table(rank, "rank", source.as_str());
            Places { base: rank, own: own.map(|own| (join("rank", source.as_str()), own)) }
        };
        let (chosen, other) = (places(self, source), places(self, source.other()));
        for (path, own) in chosen.own.iter().chain(&other.own) {
            self.only(own, path, KEYS);
        }
        // Without a block for the other source, the shared keys are its settings when the chosen one has its own.
        let is_shared = chosen.own.is_some() && rank.contains_key("criteria") && rank.contains_key("points");
        let chosen = self.source_settings(&chosen, master);
        let other = (other.own.is_some() || is_shared).then(|| self.source_settings(&other, master));
        RankSettings {
            enabled: self.flag(rank, "rank", "enabled", true),
            source,
            allowed_sources,
            max_change_ratio: self.max_change_ratio(rank),
            update_target_ranks: self.ranks(rank, "update_target_ranks"),
            unranked_is_target: self.flag(rank, "rank", "unranked_is_target", true),
            chosen,
            other,
        }
    }

    fn max_change_ratio(&mut self, rank: &DeTable<'_>) -> Decimal {
        let node = rank.get("max_change_ratio");
        let ratio = node.and_then(|node| self.decimal_at("rank.max_change_ratio", node, 1, 4));
        ratio.unwrap_or(RankSettings::MAX_CHANGE_RATIO).normalize()
    }

    fn allowed_sources(&mut self, rank: &DeTable<'_>, source: Source) -> Vec<Source> {
        let Some(list) = self.array(rank, "rank", "allowed_sources") else {
            return vec![Source::Sales, Source::Deals];
        };
        let mut allowed = Vec::new();
        for (i, node) in list.iter().enumerate() {
            let path = format!("rank.allowed_sources[{i}]");
            match [Source::Sales, Source::Deals]
                .into_iter()
                .find(|s| node.get_ref().as_str() == Some(s.as_str()))
            {
                Some(found) => allowed.push(found),
                None => self.problem("RANK_CHOICE", &path, Some(node), "must be one of sales, deals"),
            }
        }
        if !allowed.contains(&source) {
            let names: Vec<&str> = allowed.iter().map(|source| source.as_str()).collect();
            let reason = format!(
                "{} is not among allowed_sources ({}); choose another source, or allow it",
                source.as_str(),
                names.join(", ")
            );
            self.problem("RANK_SOURCE_NOT_ALLOWED", "rank.source", rank.get("source"), reason);
        }
        // The order says nothing, so it is always the same.
        [Source::Sales, Source::Deals].into_iter().filter(|source| allowed.contains(source)).collect()
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
}
