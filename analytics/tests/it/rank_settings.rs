//! The settings document: version, a block for each source, limits of a run, canonical form.

use crate::common::rank::{self, SAMPLE};
use analytics::rank::settings::{RankSettings, Source, ZeroRate, code_of};
use proptest::prelude::*;
use rust_decimal::Decimal;
use shared::label::Lang;
use shared::rank::RankMaster;

/// A block for deals with every key that a source may have.
const DEALS: &str = r#"
[rank.deals]
period_months = 24
recency_zero_rate = "exclude"
criteria = [{ kind = "amount", weight = 50, at_least = [1000000] }, { kind = "count", enabled = false, weight = 1, at_least = [2, 1] }]
rates = { main = 100 }
points = [{ rank = "S", min = 50 }, { rank = "C", min = 0 }]
"#;

/// The settings, or the codes and places of their mistakes.
fn read(text: &str) -> Result<RankSettings, Vec<(&'static str, String)>> {
    rank::read(text)
        .map_err(|mistakes| mistakes.into_iter().map(|mistake| (code_of(&mistake), mistake.key)).collect())
}

fn with(old: &str, new: &str) -> Result<RankSettings, Vec<(&'static str, String)>> {
    read(&rank::sample(&[(old, new)]))
}

#[test]
fn a_newer_document_is_refused_without_further_checks() {
    let (_, bare) = SAMPLE.split_once("[rank]").unwrap();
    assert!(SAMPLE.contains("version = 1 "));
    assert_eq!(read(&format!("[rank]{bare}")), read(SAMPLE), "version 1 when nothing is said");
    for (version, code) in [
        ("2", "RANK_VERSION"),
        ("4000000000", "RANK_VERSION"),
        ("99999999999", "RANK_RANGE"),
        ("0", "RANK_RANGE"),
        ("-1", "RANK_RANGE"),
        ("1.0", "RANK_RANGE"),
        ("\"1\"", "RANK_RANGE"),
    ] {
        let found = read(&format!("version = {version}\nnew_key = 1\n[rank]{bare}"));
        assert_eq!(found, Err(vec![(code, "version".to_owned())]), "{version}");
    }
    let told = rank::read("version = 2").unwrap_err()[0].located();
    assert!(told.text(Lang::En).contains("supports version 1; update the program"), "{told:?}");
    assert!(told.text(Lang::Ja).contains("プログラムを更新するか"), "{told:?}");
}

#[test]
fn each_source_keeps_its_settings_while_the_other_is_chosen() {
    let text = format!("{SAMPLE}{DEALS}");
    let sales = read(&text).unwrap();
    assert_eq!((sales.source, sales.chosen.period_months), (Source::Sales, 12));
    assert_eq!(sales.hash(), read(SAMPLE).unwrap().hash(), "what is not chosen does not matter");
    let deals = read(&text.replace("source = \"sales\"", "source = \"deals\"")).unwrap();
    assert_eq!((deals.source, deals.chosen.period_months), (Source::Deals, 24));
    assert_eq!(deals.chosen.recency_zero_rate, ZeroRate::Exclude);
    assert_eq!(
        (&deals.chosen.criteria.recency, deals.chosen.criteria.enabled_count(), deals.chosen.points.len()),
        (&None, None, 2)
    );
    assert_eq!((sales.other.as_ref(), deals.other.as_ref()), (Some(&deals.chosen), Some(&sales.chosen)));
    assert_ne!(deals.hash(), read(&text).unwrap().hash());
}

#[test]
fn a_block_overrides_single_keys() {
    let text = format!("{SAMPLE}\n[rank.sales]\nperiod_months = 6\n");
    let settings = read(&text).unwrap();
    let shared = read(SAMPLE).unwrap();
    assert_eq!((settings.chosen.period_months, &settings.chosen.points), (6, &shared.chosen.points));
    assert_eq!(
        settings.other.as_ref().map(|other| other.period_months),
        Some(12),
        "deals have what is shared"
    );
    assert_eq!(shared.other, None, "one block is for the source that is chosen");
}

#[test]
fn mistakes_of_both_sources_are_reported_at_once_without_duplicates() {
    let text = SAMPLE.replace("min = 80", "min = 8.5")
        + &DEALS
            .replace("min = 0", "min = -1")
            .replace("period_months = 24", "period_months = 0\nsource = 1");
    assert_eq!(
        read(&text),
        Err(vec![
            ("RANK_RANGE", "rank.points[1].min".to_owned()),
            ("RANK_NO_ZERO", "rank.deals.points".to_owned()),
            ("RANK_RANGE", "rank.deals.period_months".to_owned()),
            ("RANK_UNKNOWN_KEY", "rank.deals.source".to_owned()),
            ("RANK_RANGE", "rank.deals.points[1].min".to_owned()),
        ])
    );
    let shared = read(&(SAMPLE.replace("min = 80", "min = 8.5") + "[rank.deals]\nperiod_months = 1"));
    assert_eq!(shared, Err(vec![("RANK_RANGE", "rank.points[1].min".to_owned())]));
}

#[test]
fn only_allowed_sources_can_be_chosen() {
    let allow = |sources: &str| {
        with("period_months = 12", &format!("allowed_sources = {sources}\nperiod_months = 12"))
    };
    assert_eq!(allow("[\"sales\"]").unwrap().allowed_sources, [Source::Sales]);
    assert_eq!(allow("[\"deals\", \"sales\"]").unwrap(), read(SAMPLE).unwrap());
    for sources in ["[\"deals\"]", "[]"] {
        assert_eq!(allow(sources), Err(vec![("RANK_SOURCE_NOT_ALLOWED", "rank.source".to_owned())]));
    }
    assert_eq!(
        allow("[\"sales\", \"quotes\"]"),
        Err(vec![("RANK_CHOICE", "rank.allowed_sources[1]".to_owned())])
    );
    let deals = SAMPLE.replace("source = \"sales\"", "source = \"deals\"\nallowed_sources = [\"sales\"]");
    assert_eq!(read(&deals), Err(vec![("RANK_SOURCE_NOT_ALLOWED", "rank.source".to_owned())]));
}

#[test]
fn max_change_ratio_is_a_decimal_from_0_to_1() {
    let ratio = |text: &str| {
        with("period_months = 12", &format!("max_change_ratio = {text}\nperiod_months = 12"))
            .map(|settings| settings.max_change_ratio.to_string())
    };
    assert_eq!(read(SAMPLE).unwrap().max_change_ratio, Decimal::new(3, 1));
    for (text, value) in [("0", "0"), ("1", "1"), ("0.30", "0.3"), ("\"0.0001\"", "0.0001")] {
        assert_eq!(ratio(text).as_deref(), Ok(value));
    }
    for text in ["-0.1", "1.0001", "0.00001", "\"\"", "true"] {
        assert_eq!(ratio(text), Err(vec![("RANK_RANGE", "rank.max_change_ratio".to_owned())]), "{text}");
    }
    assert_eq!(with("enabled = true", "max_change_ratio = 1").unwrap().hash(), read(SAMPLE).unwrap().hash());
}

#[test]
fn the_hash_is_stable_across_versions() {
    let hash = "28a413fa270af8e3b2cda43f95847bcee7e96e3a9062630ba956c2766b625df6";
    assert_eq!(read(SAMPLE).unwrap().hash(), hash);
}

#[test]
fn the_canonical_form_is_stable_and_keeps_disabled_criteria() {
    for text in [
        SAMPLE.to_owned(),
        format!("{SAMPLE}{DEALS}"),
        SAMPLE.replace("weight = 10", "enabled = false\nweight = 10"),
    ] {
        let settings = read(&text).unwrap();
        let written = settings.to_toml();
        assert!(written.starts_with("version = 1\n"));
        assert_eq!(read(&written), Ok(settings), "{written}");
        assert_eq!(read(&written).unwrap().to_toml(), written);
    }
    let off = read(&format!("{SAMPLE}{DEALS}")).unwrap().other.unwrap();
    assert_eq!(off.criteria.count.map(|count| (count.is_enabled, count.rows.len())), Some((false, 2)));
}

#[test]
fn warnings_of_the_other_source_name_its_block() {
    let text = SAMPLE.to_owned() + &DEALS.replace("min = 50", "min = 51");
    let warnings = read(&text).unwrap().warnings(&RankMaster::default());
    let told: Vec<_> = warnings.iter().map(|w| (w.code, w.path.as_str())).collect();
    assert_eq!(
        told,
        [("RANK_UNREACHABLE", "rank.deals.points[0]"), ("RANK_FREEZES", "rank.deals.points[0]")]
    );
}

proptest! {
    /// No text makes the reader panic, and settings that are read survive a round trip.
    #[test]
    fn any_text_is_refused_or_survives_a_round_trip(cut in 0_usize..1200, put in "[a-z0-9\\[\\]{}=\",.\\n -]{0,30}") {
        let whole = format!("{SAMPLE}{DEALS}");
        let mut at = cut.min(whole.len());
        while !whole.is_char_boundary(at) { at -= 1; }
        let text = format!("{}{put}{}", &whole[..at], &whole[at..]);
        if let Ok(settings) = read(&text) {
            prop_assert_eq!(read(&settings.to_toml()), Ok(settings));
        }
    }
}

#[test]
fn a_duplicate_rank_is_reported_beside_other_mistakes_of_its_row() {
    let found = with("rank = \"B\"\nmin = 80", "rank = \"A\"\nmin = -1").unwrap_err();
    let codes: Vec<&str> = found.iter().map(|(code, _)| *code).collect();
    assert!(codes.contains(&"RANK_DUPLICATE_RANK") && codes.contains(&"RANK_RANGE"), "{found:?}");
}
