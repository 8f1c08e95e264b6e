//! TOML → checked settings, or every mistake at once (`docs/rank.md#settings`).

use rust_decimal::Decimal;
use shared::message;
use shared::rank::RankMaster;
use shared::settings_reader::{self, Mistake, MistakeKind, Table};

use crate::rank::settings::document_values::{ENTRIES_MAX, flag};
use crate::rank::settings::model::{AmountBasis, RankSettings, Source, VERSION};
use crate::rank::settings::source_block::{Block, KEYS};

/// Names of the sources in the settings.
const SOURCES: [(&str, Source); 2] = [("sales", Source::Sales), ("deals", Source::Deals)];

/// What `amount_basis` may be.
const BASES: [(&str, AmountBasis); 2] =
    [("tax_excluded", AmountBasis::TaxExcluded), ("tax_included", AmountBasis::TaxIncluded)];

/// Keys of `[rank]` that do not depend on the source.
const COMMON: [&str; 11] = [
    "enabled",
    "source",
    "allowed_sources",
    "max_change_ratio",
    "max_age_days",
    "timezone",
    "amount_basis",
    "update_target_ranks",
    "unranked_is_target",
    "sales",
    "deals",
];

/// Reads the whole text.
pub(crate) fn read(text: &str, master: &RankMaster) -> Result<RankSettings, Vec<Mistake>> {
    settings_reader::read(text, |root| {
        // A newer document may give the same keys another meaning, so nothing else in it is checked.
        if !is_known_version(root) {
            return None;
        }
        root.only(&["version", "rank"]);
        let missing = message!("[rank] の表がありません", "the table [rank] is missing");
        Some(settings(&root.required("rank", missing)?.table()?, master))
    })
}

fn is_known_version(root: &Table<'_>) -> bool {
    let Some(value) = root.get("version") else { return true };
    match value.whole(1..=u32::MAX) {
        Some(VERSION) => true,
        Some(_) => {
            let message = message!(
                "新しい版の設定です。このプログラムが扱えるのは版 {VERSION} です。プログラムを更新するか、版 {VERSION} の書き方にしてください",
                "these settings have a newer layout, and this program supports version {VERSION}; update the program, or \
                 write the settings as version {VERSION}",
            );
            value.mistake(MistakeKind::Rule("RANK_VERSION"), message);
            false
        }
        None => false,
    }
}

/// The settings, with defaults for values that are wrong.
fn settings(rank: &Table<'_>, master: &RankMaster) -> RankSettings {
    rank.only(&[&COMMON[..], KEYS].concat());
    fixed(rank, "timezone", "Asia/Tokyo");
    let source = rank.get("source").and_then(|value| value.one_of(&SOURCES)).unwrap_or(Source::Sales);
    let block = |source: Source| {
        let own = rank.get(source.as_str()).and_then(|value| value.table());
        Block { shared: rank.clone(), own }
    };
    let (chosen, other) = (block(source), block(source.other()));
    for own in chosen.own.iter().chain(&other.own) {
        own.only(KEYS);
    }
    // Without a block for the other source, the shared keys are its settings when the chosen one has its own.
    let is_shared = chosen.own.is_some() && rank.has("criteria") && rank.has("points");
    let has_other = other.own.is_some() || is_shared;
    RankSettings {
        enabled: flag(rank, "enabled"),
        source,
        allowed_sources: allowed_sources(rank, source),
        max_change_ratio: max_change_ratio(rank),
        max_age_days: rank
            .get("max_age_days")
            .and_then(|value| value.whole(0..=3_650))
            .unwrap_or(RankSettings::MAX_AGE_DAYS),
        amount_basis: rank
            .get("amount_basis")
            .and_then(|value| value.one_of(&BASES))
            .unwrap_or(AmountBasis::TaxExcluded),
        update_target_ranks: target_ranks(rank),
        unranked_is_target: flag(rank, "unranked_is_target"),
        chosen: chosen.settings(master),
        other: has_other.then(|| other.settings(master)),
    }
}

/// A key with one allowed value so far.
fn fixed(rank: &Table<'_>, key: &str, only: &str) {
    if let Some(value) = rank.get(key) {
        // There is only one meaning; a mistake is noted.
        let _ = value.one_of(&[(only, ())]);
    }
}

fn max_change_ratio(rank: &Table<'_>) -> Decimal {
    let ratio = rank.get("max_change_ratio").and_then(|value| value.decimal(1, 4));
    ratio.unwrap_or(RankSettings::MAX_CHANGE_RATIO).normalize()
}

fn allowed_sources(rank: &Table<'_>, source: Source) -> Vec<Source> {
    let all = [Source::Sales, Source::Deals];
    let Some(list) = rank.get("allowed_sources").and_then(|value| value.list(ENTRIES_MAX)) else {
        return all.to_vec();
    };
    let allowed: Vec<Source> = list.iter().filter_map(|value| value.one_of(&SOURCES)).collect();
    if !allowed.contains(&source) {
        let names: Vec<&str> = allowed.iter().map(|source| source.as_str()).collect();
        let message = message!(
            "{source} は allowed_sources([{names}])にありません。別の集計元を選ぶか、allowed_sources に加えてください",
            "{source} is not among allowed_sources ([{names}]); choose another source, or allow it",
            source = source.as_str(),
            names = names.join(", "),
        );
        let kind = MistakeKind::Rule("RANK_SOURCE_NOT_ALLOWED");
        match rank.get("source") {
            Some(value) => value.mistake(kind, message),
            None => rank.mistake(kind, "source", message),
        }
    }
    // The order in the file has no meaning, so it is always the same here.
    all.into_iter().filter(|source| allowed.contains(source)).collect()
}

fn target_ranks(rank: &Table<'_>) -> Vec<String> {
    let missing = message!(
        "更新対象のランクを書いてください。例: update_target_ranks = [\"A\", \"B\", \"C\"]",
        "name the ranks that are updated, such as update_target_ranks = [\"A\", \"B\", \"C\"]",
    );
    let list = rank.required("update_target_ranks", missing).and_then(|value| value.list(ENTRIES_MAX));
    let mut ranks: Vec<String> = Vec::new();
    for value in list.into_iter().flatten() {
        let Some(name) = value.name() else { continue };
        if ranks.contains(&name) {
            let message = message!(
                "同じランクが2回あります。1つにしてください",
                "this rank is listed twice; remove one",
            );
            value.mistake(MistakeKind::Rule("RANK_DUPLICATE_RANK"), message);
        } else {
            ranks.push(name);
        }
    }
    ranks
}
