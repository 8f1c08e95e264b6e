//! Saved settings of the rank update, and changes that the settings made.

use chrono::{DateTime, NaiveDate, Utc};
use shared::dataset::CUSTOMERS;
use shared::rank::{RankDirection, RankReason, RankRunMode, RankTrigger};
use shared::store::{RankConfig, RankRun, RankScore, Store, StoreError};
use test_support::{new_store, put};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn config(document: &str, note: Option<&str>) -> RankConfig {
    RankConfig {
        version: 0,
        saved_at: at("2026-10-31T03:00:00.250Z"),
        hash: format!("hash of {document}"),
        document: document.to_owned(),
        note: note.map(str::to_owned),
        actor: Some("system".to_owned()),
    }
}

#[test]
fn saved_settings_have_versions_and_the_newest_is_the_current_one() {
    let (_folder, store) = new_store();
    let save = |config: &RankConfig| store.write(|tx| tx.save_rank_config(config)).unwrap();
    let mut reader = store.reader().unwrap();
    assert_eq!(reader.rank_config(None).unwrap(), None);
    assert_eq!(save(&config("a", Some("最初"))), 1);
    assert_eq!(save(&config("a", Some("again"))), 1, "the same settings are no new version");
    assert_eq!(save(&config("b", None)), 2);
    assert_eq!(save(&config("a", None)), 3, "an old one that is saved again is the newest");
    assert_eq!(reader.rank_config(None).unwrap().unwrap().version, 3);
    let first = reader.rank_config(Some(1)).unwrap().unwrap();
    assert_eq!(first, RankConfig { version: 1, ..config("a", Some("最初")) });
    assert_eq!(reader.rank_config(Some(9)).unwrap(), None);
    let versions: Vec<_> = reader.rank_configs(2).unwrap().iter().map(|config| config.version).collect();
    assert_eq!(versions, [3, 2]);
}

fn run(hash: &str) -> RankRun {
    let as_of: NaiveDate = "2026-10-31".parse().unwrap();
    RankRun {
        run_id: 0,
        as_of,
        trigger: RankTrigger::Manual,
        config_hash: hash.to_owned(),
        config: "[rank]".to_owned(),
        config_version: Some(7),
        mode: RankRunMode::Run,
        reverts: None,
        started_at: at("2026-10-31T03:00:00Z"),
        finished_at: at("2026-10-31T03:00:01Z"),
        evaluated: 1,
        changed: 1,
        excluded: 0,
        not_target: 0,
        warnings: 0,
        actor: None,
    }
}

fn score(total: i64, before: &str, after: &str) -> RankScore {
    RankScore {
        customer_code: "1".to_owned(),
        latest_date: None,
        months_within: None,
        count: 0.into(),
        amount: 0.into(),
        points_recency: Some(0),
        points_count: Some(0),
        points_amount: Some(0),
        total: total.into(),
        rank_before: Some(before.to_owned()),
        rank_after: Some(after.to_owned()),
        reason: RankReason::Changed,
        direction: Some(RankDirection::Up),
    }
}

fn set_rank(store: &Store, rank: &str) {
    let customer = [("customer_code", "1"), ("customer_name", "一"), ("rank", rank)];
    store.write(|tx| Ok::<_, StoreError>(put(tx, &CUSTOMERS, &customer))).unwrap();
}

#[test]
fn a_rank_change_with_an_equal_total_is_due_to_settings() {
    let (_folder, store) = new_store();
    set_rank(&store, "C");
    let publish = |hash: &str, score: RankScore| {
        let run_id = store.write(|tx| tx.publish_rank_run(&run(hash), &mut std::iter::once(score))).unwrap();
        let mut reader = store.reader().unwrap();
        assert_eq!(reader.last_rank_run().unwrap().unwrap().config_version, Some(7));
        reader.rank_changes(run_id).unwrap().remove(0).config_changed
    };
    assert!(!publish("a", score(80, "C", "B")), "there is no run before");
    assert!(publish("b", score(80, "B", "A")), "the total is the same, the settings are not");
    assert!(!publish("b", score(80, "A", "B")), "the settings are the same");
    assert!(!publish("c", score(81, "B", "A")), "the total is another");
    set_rank(&store, "C");
    assert!(!publish("d", score(81, "C", "B")), "somebody had edited the rank");
}

#[test]
fn unknown_customer_codes_are_listed() {
    let (_folder, store) = new_store();
    set_rank(&store, "C");
    let unknown = store.write(|tx| Ok::<_, StoreError>(tx.unknown_customers(&["0", "1", "X"])?.join(" ")));
    assert_eq!(unknown.unwrap(), "0 X");
}
