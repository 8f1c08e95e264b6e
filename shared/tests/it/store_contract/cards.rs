//! Cards: what they show, and when they are built anew.

use super::{akagi, card, day, noon, with_pragma, write};
use shared::card::{AlertCode, InteractionKind, Severity};
use shared::dataset;
use shared::phone::PhoneNumber;
use shared::rank::{RankDirection, RankReason, RankRunMode, RankTrigger};
use shared::store::{CustomerMetrics, RankRun, RankScore, Store, StoreError};
use test_support::new_store;

#[test]
fn the_card_shows_alerts_balance_sales_and_preferences() {
    let (_folder, store) = new_store();
    akagi(&store);
    write(
        &store,
        &[(
            &dataset::INQUIRIES,
            &[
                ("inquiry_no", "332"),
                ("customer_code", "00017"),
                ("kind", "complaint"),
                ("opened_at", "2026-10-30T16:00:00.000Z"),
                ("subject", "納期遅延"),
                ("status", "in_progress"),
            ],
        )],
    );
    let (due_day, _) = card(&store, "2026-10-31");
    assert!(!due_day.alerts.iter().any(|alert| alert.code == AlertCode::Overdue), "due today is not overdue");
    let (card, _) = card(&store, "2026-11-01");
    let codes: Vec<_> = card.alerts.iter().map(|alert| (alert.code, alert.severity)).collect();
    assert_eq!(
        codes,
        [
            (AlertCode::Overdue, Severity::Danger),
            (AlertCode::CreditExceeded, Severity::Danger),
            (AlertCode::ComplaintOpen, Severity::Warn),
            (AlertCode::Caution, Severity::Warn)
        ]
    );
    assert_eq!(card.alerts[0].amount.unwrap().to_string(), "100000");
    assert_eq!(card.alerts[0].since, Some(day("2026-10-31")));
    assert_eq!(card.alerts[1].amount.unwrap().to_string(), "99900");
    assert_eq!(card.alerts[2].since, Some(day("2026-10-31")), "16:00 UTC is the next day in Japan");
    assert_eq!(card.balance.unpaid.to_string(), "100000");
    assert_eq!(card.recent_sales.len(), 1);
    assert_eq!(card.recent_sales[0].lines.len(), 1, "a text line is no sale");
    assert_eq!(card.customer.preferences, ["LED", "省エネ"]);
    assert_eq!(card.open.inquiries[0].inquiry_no, "332");
}

#[test]
fn a_card_is_kept_until_a_write_or_a_date_makes_it_wrong() {
    let (_folder, store) = new_store();
    akagi(&store);
    assert!(card(&store, "2026-10-15").1, "an import leaves the card to the next reader");
    assert_eq!(store.refresh_stale_cards(day("2026-10-15"), 100).unwrap(), 1);
    assert_eq!(store.refresh_stale_cards(day("2026-10-15"), 100).unwrap(), 0);
    assert!(!card(&store, "2026-10-31").1, "the due date is the last day on which the card is right");
    assert!(card(&store, "2026-11-01").1, "the invoice is overdue now");
    write(
        &store,
        &[(&dataset::TASKS, &[("task_no", "T1"), ("customer_code", "00017"), ("title", "折り返し")])],
    );
    let (card, rebuilt) = card(&store, "2026-10-15");
    assert!(rebuilt && card.open.tasks.len() == 1);
}

#[test]
fn verify_finds_changed_and_missing_cards() {
    let (folder, store) = new_store();
    akagi(&store);
    store.refresh_stale_cards(day("2026-10-15"), 100).unwrap();
    let clean = store.reader().unwrap().verify_cards(&mut |_| {}).unwrap();
    assert_eq!((clean.checked, clean.stale, clean.different.len()), (1, 0, 0));
    with_pragma(&folder.path().join("company.db"), "UPDATE customer SET rank = 'A'");
    let tampered = store.reader().unwrap().verify_cards(&mut |_| {}).unwrap();
    assert_eq!(tampered.different, ["00017"]);
    with_pragma(&folder.path().join("company.db"), "DELETE FROM customer_card");
    assert_eq!(store.reader().unwrap().verify_cards(&mut |_| {}).unwrap().different, ["00017"]);
}

#[test]
fn a_stored_card_of_an_older_format_is_stale() {
    let (folder, store) = new_store();
    akagi(&store);
    let number = PhoneNumber::parse("03-1234-5678").unwrap();
    store.refresh_stale_cards(day("2026-10-15"), 100).unwrap();
    let sole = |store: &Store| store.reader().unwrap().sole_contact(&number, day("2026-10-15")).unwrap();
    assert!(sole(&store).is_some());
    let path = folder.path().join("company.db");
    with_pragma(&path, "UPDATE customer_card SET format = format - 1, body = '{}'");
    assert!(card(&store, "2026-10-15").1, "it is rebuilt when it is read");
    assert!(sole(&store).is_none(), "and not shown");
    drop(store);
    let store = Store::open(&path).unwrap();
    assert_eq!(
        store.refresh_stale_cards(day("2026-10-15"), 100).unwrap(),
        1,
        "and rebuilt in the background"
    );
    assert!(sole(&store).is_some());
    assert!(!card(&store, "2026-10-15").1);
}

fn score(code: &str, before: Option<&str>, after: Option<&str>, direction: Option<&str>) -> RankScore {
    RankScore {
        customer_code: code.to_owned(),
        latest_date: Some(day("2026-10-01")),
        months_within: Some(1),
        count: "1.5".parse().unwrap(),
        amount: "2400000".parse().unwrap(),
        points_recency: Some(4),
        points_count: Some(2),
        points_amount: Some(3),
        total: 160.into(),
        rank_before: before.map(str::to_owned),
        rank_after: after.map(str::to_owned),
        reason: RankReason::Changed,
        direction: direction.map(|word| word.parse().unwrap()),
    }
}

fn run() -> RankRun {
    RankRun {
        run_id: 0,
        as_of: day("2026-10-31"),
        trigger: RankTrigger::Manual,
        config_hash: "h".to_owned(),
        config: "[rank]".to_owned(),
        config_version: None,
        mode: RankRunMode::Run,
        reverts: None,
        started_at: noon("2026-10-31"),
        finished_at: noon("2026-10-31"),
        evaluated: 1,
        changed: 1,
        excluded: 0,
        not_target: 0,
        warnings: 0,
        actor: None,
    }
}

#[test]
fn a_rank_run_is_published_completely_or_not_at_all() {
    let (_folder, store) = new_store();
    akagi(&store);
    store.refresh_stale_cards(day("2026-10-31"), 10).unwrap();
    let stale_rank = vec![score("00017", Some("C"), Some("A"), Some("up"))];
    let refused = store.write(|tx| tx.publish_rank_run(&run(), &mut stale_rank.into_iter()));
    assert!(matches!(refused, Err(StoreError::Conflict(_))), "somebody edited the rank meanwhile");
    assert!(store.reader().unwrap().last_rank_run().unwrap().is_none());

    let scores = vec![score("00017", Some("B"), Some("A"), Some("up"))];
    let run_id = store.write(|tx| tx.publish_rank_run(&run(), &mut scores.into_iter())).unwrap();
    let mut reader = store.reader().unwrap();
    assert_eq!(reader.last_rank_run().unwrap().unwrap().run_id, run_id);
    let changes = reader.rank_changes(run_id).unwrap();
    assert_eq!((changes[0].rank_from.as_deref(), changes[0].rank_to.as_str()), (Some("B"), "A"));
    let (card, rebuilt) = card(&store, "2026-10-31");
    assert!(rebuilt);
    assert_eq!(card.customer.rank.as_deref(), Some("A"));
    assert_eq!(card.customer.rank_change.unwrap().direction, RankDirection::Up);
    assert!(card.interactions.iter().any(|entry| entry.what.kind() == InteractionKind::Rank));
}

#[test]
fn published_figures_are_on_the_card_with_their_date() {
    let (_folder, store) = new_store();
    akagi(&store);
    let metrics = CustomerMetrics {
        customer_code: "00017".to_owned(),
        as_of: day("2026-10-31"),
        sales_12m: "2400000.5".parse().unwrap(),
        sales_prev_12m: 0.into(),
        slips_12m: 3,
        gross_margin: None,
        first_sold_on: Some(day("2020-01-01")),
        last_sold_on: Some(day("2026-10-01")),
        purchase_cycle_days: Some(15),
        monthly_sales: vec![1.into(); 12],
    };
    let published = store.write(|tx| tx.publish_metrics(&mut std::iter::once(metrics))).unwrap();
    assert_eq!(published, 1);
    let figures = card(&store, "2026-10-31").0.metrics.unwrap();
    assert_eq!((figures.sales_12m.to_string().as_str(), figures.as_of), ("2400000.5", day("2026-10-31")));
    assert_eq!(figures.next_purchase_on, Some(day("2026-10-16")));
    assert_eq!((figures.monthly_sales.len(), figures.ltv), (12, None), "an unknown margin is not zero");
}
