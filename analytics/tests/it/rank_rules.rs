//! The rules of the rank update that need no data: settings, points, thresholds, eligibility. The names R1 to
//! R21 are those of `docs/rank.md#vectors`.

use crate::common::rank::{SAMPLE, read};
use analytics::rank::scoring::eligibility::ineligible;
use analytics::rank::scoring::scorer::{Figures, Points, Scorer, unix_day};
use analytics::rank::settings::{RankSettings, Source, ZeroRate, code_of};
use chrono::NaiveDate;
use proptest::prelude::*;
use rust_decimal::Decimal;
use shared::calendar::sub_months;
use shared::label::Lang;
use shared::rank::{RankMaster, RankReason};
use shared::settings_reader::Mistake;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn sample() -> RankSettings {
    parse(SAMPLE)
}

fn parse(text: &str) -> RankSettings {
    read(text).unwrap()
}

fn mistakes(text: &str) -> Vec<Mistake> {
    read(text).unwrap_err()
}

/// The codes and paths of what is wrong when `old` is replaced by `new` in the sample.
fn wrong(old: &str, new: &str) -> Vec<(&'static str, String)> {
    assert!(SAMPLE.contains(old), "the sample has no {old}");
    mistakes(&SAMPLE.replace(old, new)).into_iter().map(|mistake| (code_of(&mistake), mistake.key)).collect()
}

fn weights(recency: &str, count: &str, amount: &str) -> RankSettings {
    let mut parts = SAMPLE.split("weight = ");
    let mut text = parts.next().unwrap().to_owned();
    for (part, weight) in parts.zip([recency, count, amount]) {
        let rest = part.split_once('\n').unwrap().1;
        text.push_str(&format!("weight = {weight}\n{rest}"));
    }
    parse(&text)
}

fn points(recency: u8, count: u8, amount: u8) -> Points {
    Points { recency: Some(recency), count: Some(count), amount: Some(amount) }
}

fn total_and_rank(settings: &RankSettings, points: &Points) -> (u32, String) {
    let scorer = Scorer::new(settings, day("2011-08-01")).unwrap();
    let total = scorer.total(points);
    (total, settings.chosen.points[scorer.rank_index(total)].rank.clone())
}

#[test]
fn r2_r3_weights_of_the_published_example() {
    assert_eq!(total_and_rank(&weights("0", "10", "20"), &points(4, 2, 3)), (8000, "B".into()));
    assert_eq!(total_and_rank(&weights("20", "10", "20"), &points(4, 2, 3)), (16_000, "B".into()));
}

#[test]
fn r7_r8_thresholds_of_the_published_example() {
    assert_eq!(total_and_rank(&sample(), &points(4, 3, 4)), (19_000, "A".into()));
    assert_eq!(total_and_rank(&sample(), &points(1, 0, 1)), (4000, "C".into()));
    let scorer = Scorer::new(&sample(), day("2011-08-01")).unwrap();
    let ranks =
        [4000, 16_000, 19_000].map(|total| sample().chosen.points[scorer.rank_index(total)].rank.clone());
    assert_eq!(ranks, ["C", "B", "A"]);
}

#[test]
fn r12_weights_are_exact() {
    let (total, _) = total_and_rank(&weights("12.5", "0", "\"0.5\""), &points(4, 2, 3));
    assert_eq!(total, 5150);
    // A float would give 30.299999999999997 here.
    let (total, _) = total_and_rank(&weights("10.1", "0", "0"), &points(3, 0, 0));
    assert_eq!(total, 3030);
}

#[test]
fn r13_a_total_is_never_rounded_up() {
    let settings = sample();
    let scorer = Scorer::new(&settings, day("2011-08-01")).unwrap();
    let rank = |total| settings.chosen.points[scorer.rank_index(total)].rank.as_str();
    assert_eq!((rank(7999), rank(8000)), ("C", "B"));
    assert_eq!((rank(17_999), rank(18_000), rank(0)), ("B", "A", "C"));
}

#[test]
fn points_are_inclusive_and_the_first_row_from_the_top_wins() {
    let scorer = Scorer::new(&sample(), day("2011-08-01")).unwrap();
    let recency = |date: &str| {
        let figures = Figures { latest: Some(unix_day(day(date))), ..Figures::default() };
        (scorer.points(&figures).recency.unwrap(), scorer.months_within(unix_day(day(date))))
    };
    assert_eq!(recency("2011-08-01"), (4, Some(0)));
    assert_eq!(recency("2011-05-31"), (4, Some(3)));
    assert_eq!(recency("2011-05-01"), (4, Some(3)));
    assert_eq!(recency("2011-04-30"), (3, Some(4)));
    assert_eq!(recency("2011-03-30"), (3, Some(5)));
    assert_eq!(recency("2010-08-01"), (1, Some(12)));
    let count = |count| scorer.points(&Figures { count, ..Figures::default() }).count.unwrap();
    assert_eq!([count(100_000), count(99_999), count(15_000), count(5000), count(4999)], [4, 3, 2, 1, 0]);
    let amount = |amount| scorer.points(&Figures { amount, ..Figures::default() }).amount.unwrap();
    let yen = 100_000_000;
    assert_eq!(
        [amount(5_000_000 * yen), amount(5_000_000 * yen - 1), amount(yen), amount(yen - 1)],
        [4, 3, 1, 0]
    );
    assert_eq!(amount(-yen), 0);
}

#[test]
fn r9_no_sales_give_no_points_except_for_a_row_of_zero() {
    let scorer = Scorer::new(&sample(), day("2011-08-01")).unwrap();
    assert_eq!(scorer.points(&Figures::default()), points(0, 0, 0));
    let zero = parse(&SAMPLE.replace("\"1000000\", \"1\"]", "\"1000000\", \"0\"]"));
    let scorer = Scorer::new(&zero, day("2011-08-01")).unwrap();
    assert_eq!(scorer.points(&Figures::default()), points(0, 0, 1));
}

#[test]
fn r11_month_ends_are_clamped_once_from_the_as_of_date() {
    let scorer = Scorer::new(&sample(), day("2025-05-31")).unwrap();
    let recency = |date: &str| {
        let figures = Figures { latest: Some(unix_day(day(date))), ..Figures::default() };
        scorer.points(&figures).recency.unwrap()
    };
    assert_eq!((recency("2025-02-28"), recency("2025-02-27")), (4, 3));
}

proptest! {
    #[test]
    fn months_within_agrees_with_the_calendar(as_of in 0_i32..40_000, back in 0_i32..3700) {
        let scorer = Scorer::new(&parse(&SAMPLE.replace("period_months = 12 ", "period_months = 120 ")),
            analytics::rank::scoring::scorer::date_of(as_of).unwrap()).unwrap();
        let [latest, today] = [as_of - back, as_of].map(|day| analytics::rank::scoring::scorer::date_of(day).unwrap());
        let expected = (0..).find(|n| latest >= sub_months(today, *n).unwrap()).unwrap();
        prop_assert_eq!(scorer.months_within(as_of - back), (expected <= 120).then_some(expected));
    }

    #[test]
    fn rows_are_compared_exactly(row in 0_i64..1_000_000, count in 0_i64..200_000) {
        // A row with four places is compared with counts that have four places.
        let text = format!("\"{}\"", Decimal::new(row, 4));
        let settings = parse(&SAMPLE.replace("[\"10\", \"3\", \"1\", \"0.5\"]", &format!("[{text}]")));
        let scorer = Scorer::new(&settings, day("2011-08-01")).unwrap();
        let got = scorer.points(&Figures { count, ..Figures::default() }).count.unwrap();
        prop_assert_eq!(got == 1, Decimal::new(count, 4) >= Decimal::new(row, 4));
    }
}

#[test]
fn r16_r17_excluded_customers_and_unchecked_ranks_are_not_updated() {
    let (settings, master) = (sample(), RankMaster::default());
    let fate = |is_excluded, rank| ineligible(&settings, &master, is_excluded, rank);
    assert_eq!(fate(true, Some("A")), Some(RankReason::Excluded));
    assert_eq!(fate(true, Some("S")), Some(RankReason::Excluded));
    assert_eq!(fate(false, Some("S")), Some(RankReason::NotTargetRank));
    assert_eq!(fate(false, Some("Z")), Some(RankReason::NotTargetRank));
    assert_eq!(fate(false, Some("B")), None);
    assert_eq!(fate(false, None), None);
    let closed = parse(&SAMPLE.replace("unranked_is_target = true", "unranked_is_target = false"));
    assert_eq!(ineligible(&closed, &master, false, None), Some(RankReason::Unranked));
    let odd = parse(&SAMPLE.replace("[\"A\", \"B\", \"C\"]", "[\"A\", \"Z\"]"));
    assert_eq!(ineligible(&odd, &master, false, Some("Z")), Some(RankReason::UnknownRank));
}

#[test]
fn r19_each_mistake_is_named() {
    assert_eq!(wrong("min = 0", "min = 1"), [("RANK_NO_ZERO", "rank.points".into())]);
    assert_eq!(wrong("weight = 20", "weight = 100.5")[0], ("RANK_RANGE", "rank.criteria[0].weight".into()));
    assert_eq!(wrong("min = 80", "min = -80"), [("RANK_RANGE", "rank.points[1].min".into())]);
    assert_eq!(wrong("min = 80", "min = 80.5"), [("RANK_RANGE", "rank.points[1].min".into())]);
    assert_eq!(
        wrong("rank = \"B\"", "rank = \"A\""),
        [("RANK_DUPLICATE_RANK", "rank.points[1].rank".into())]
    );
    assert_eq!(wrong("rank = \"B\"", "rank = \"Z\""), [("RANK_UNKNOWN_RANK", "rank.points[1].rank".into())]);
    let (before, rest) = SAMPLE.split_once("[[rank.criteria]]").unwrap();
    let after = rest.split_once("[rank.rates]").unwrap().1;
    let none = mistakes(&format!("{before}[rank.rates]{after}"));
    assert_eq!(none.iter().map(code_of).collect::<Vec<_>>(), ["RANK_NO_CRITERIA"]);
}

#[test]
fn values_are_accepted_up_to_their_bounds() {
    assert_eq!(weights("100", "0", "0.01").chosen.criteria.recency.unwrap().weight, 10_000);
    assert_eq!(
        wrong("weight = 10\n", "weight = 0.001\n"),
        [("RANK_RANGE", "rank.criteria[1].weight".into())]
    );
    assert_eq!(
        wrong("period_months = 12 ", "period_months = 0 "),
        [("RANK_RANGE", "rank.period_months".into())]
    );
    assert_eq!(
        wrong("period_months = 12 ", "period_months = 121 "),
        [("RANK_RANGE", "rank.period_months".into())]
    );
    assert_eq!(wrong("main = 100\n", "main = 100.01\n"), [("RANK_RANGE", "rank.rates.main".into())]);
    assert_eq!(wrong("[50, 0]", "[50, -1]"), [("RANK_RANGE", "rank.rates.related[1]".into())]);
    assert_eq!(
        wrong("[3, 6, 9, 12]", "[3, 6, 6, 12]"),
        [("RANK_ROWS", "rank.criteria[0].within_months[2]".into())]
    );
    assert_eq!(wrong("\"3\", \"1\"", "\"1\", \"3\""), [("RANK_ROWS", "rank.criteria[1].at_least[2]".into())]);
    assert_eq!(wrong("[3, 6, 9, 12]", "[]"), [("RANK_MISSING", "rank.criteria[0].within_months".into())]);
    assert_eq!(wrong("kind = \"count\"", "kind = \"amount\"")[0].0, "RANK_DUPLICATE_CRITERION");
    assert_eq!(wrong("\"tax_excluded\"", "\"gross\""), [("RANK_CHOICE", "rank.amount_basis".into())]);
    assert_eq!(wrong("\"Asia/Tokyo\"", "\"UTC\""), [("RANK_CHOICE", "rank.timezone".into())]);
    assert_eq!(wrong("enabled = true", "enabled = 1"), [("RANK_TYPE", "rank.enabled".into())]);
    assert_eq!(wrong("related =", "relatd ="), [("RANK_UNKNOWN_KEY", "rank.rates.relatd".into())]);
    assert_eq!(code_of(&mistakes("not toml")[0]), "RANK_SYNTAX");
    assert!(mistakes("").iter().any(|mistake| code_of(mistake) == "RANK_MISSING" && mistake.key == "rank"));
}

#[test]
fn all_mistakes_are_reported_at_once_with_place_and_value() {
    let text = SAMPLE
        .replace("weight = 10\n", "weight = 100.5\n")
        .replace("min = 0", "min = -1")
        .replace("enabled = true", "enabeld = true");
    let found = mistakes(&text);
    let told: Vec<_> =
        found.iter().map(|mistake| (code_of(mistake), &*mistake.key, &*mistake.value)).collect();
    assert_eq!(
        told,
        [
            ("RANK_NO_ZERO", "rank.points", ""),
            ("RANK_UNKNOWN_KEY", "rank.enabeld", "true"),
            ("RANK_RANGE", "rank.criteria[1].weight", "100.5"),
            ("RANK_RANGE", "rank.points[2].min", "-1"),
        ]
    );
    let line = |text: &str, part: &str| 1 + text.lines().position(|line| line.contains(part)).unwrap();
    let lines: Vec<usize> = found.iter().map(|mistake| mistake.line).collect();
    assert_eq!(
        lines,
        [line(&text, "[rank]"), line(&text, "enabeld"), line(&text, "100.5"), line(&text, "min = -1")]
    );
    let ja = found[2].located();
    assert!(ja.text(Lang::Ja).ends_with("0から100までの数値を、小数2桁以内で書いてください"), "{ja:?}");
    assert!(ja.text(Lang::En).ends_with("must be a number from 0 to 100 with at most 2 decimal places"));
}

#[test]
fn a_disabled_criterion_has_no_points_and_one_must_be_enabled() {
    let off = |kind: &str, text: &str| {
        text.replace(&format!("kind = \"{kind}\""), &format!("kind = \"{kind}\"\nenabled = false"))
    };
    let settings = parse(&off("recency", SAMPLE));
    let scorer = Scorer::new(&settings, day("2011-08-01")).unwrap();
    let points = scorer.points(&Figures { latest: Some(15_000), count: 10_000, amount: 0 });
    assert_eq!((points.recency, points.count), (None, Some(2)));
    assert_eq!(settings.chosen.total_max(), 12_000);
    let none = off("amount", &off("count", &off("recency", SAMPLE)));
    assert_eq!(code_of(&mistakes(&none)[0]), "RANK_NO_CRITERIA");
}

#[test]
fn the_sample_settings_are_read() {
    let settings = sample();
    assert!(settings.enabled && settings.unranked_is_target);
    assert_eq!((settings.source, settings.chosen.recency_zero_rate), (Source::Sales, ZeroRate::Count));
    assert_eq!(
        (settings.chosen.rates.main, settings.chosen.rates.related(0), settings.chosen.rates.related(2)),
        (10_000, 5000, 0)
    );
    assert_eq!(settings.chosen.total_max(), 20_000);
    assert_eq!(settings.warnings(&RankMaster::default()), []);
}

#[test]
fn the_hash_does_not_depend_on_formatting() {
    let settings = sample();
    let rewritten =
        SAMPLE.replace("weight = 20", "weight = \"20.00\"").replace("\"0.5\"", "0.50").replace('#', "# !");
    assert_eq!(settings.hash(), parse(&rewritten).hash());
    assert_ne!(settings.hash(), weights("20", "10", "20.01").hash());
    assert_eq!(settings.hash().len(), 64);
    assert_eq!(parse(&settings.to_toml()), settings);
}

#[test]
fn warnings_point_out_probable_mistakes() {
    let codes = |old: &str, new: &str| {
        assert!(SAMPLE.contains(old));
        let warnings = parse(&SAMPLE.replace(old, new)).warnings(&RankMaster::default());
        warnings.into_iter().map(|p| p.code).collect::<Vec<_>>()
    };
    assert_eq!(codes("[3, 6, 9, 12]", "[3, 6, 9, 13]"), ["RANK_RECENCY_BEYOND_PERIOD"]);
    assert_eq!(codes("[\"A\", \"B\", \"C\"]", "[\"S\", \"A\", \"B\", \"C\"]"), ["RANK_TARGET_NOT_IN_POINTS"]);
    assert_eq!(codes("[\"A\", \"B\", \"C\"]", "[\"B\", \"C\"]"), ["RANK_FREEZES"]);
    assert_eq!(codes("min = 80", "min = 0"), ["RANK_EQUAL_MIN"]);
    assert_eq!(codes("min = 80", "min = 181"), ["RANK_POINTS_UNSORTED"]);
    assert_eq!(codes("min = 180", "min = 201"), ["RANK_UNREACHABLE"]);
    assert_eq!(codes("[50, 0]", "[50, 0, 0, 10]"), ["RANK_RATE_SLOTS"]);
    assert_eq!(codes("[\"A\", \"B\", \"C\"]", "[\"A\", \"B\", \"C\", \"Z\"]"), ["RANK_TARGET_UNKNOWN"]);
}

#[test]
fn of_two_rows_with_the_same_min_the_upper_one_wins() {
    let settings = parse(
        &SAMPLE
            .replace("min = 80", "min = 180")
            .replace("rank = \"A\"\nmin = 180", "rank = \"S\"\nmin = 180"),
    );
    let scorer = Scorer::new(&settings, day("2011-08-01")).unwrap();
    assert_eq!(settings.chosen.points[scorer.rank_index(18_000)].rank, "S");
}
