//! The timeline of a customer.

use super::{akagi, card, day, noon, write};
use shared::call::{CallDirection, CallOutcome};
use shared::caller::CallerKind;
use shared::card::InteractionKind;
use shared::dataset::{self, Dataset};
use shared::label::Open;
use shared::store::{CallRecord, HistoryCursor, Value};
use test_support::new_store;

#[test]
fn timeline_pages_lose_and_repeat_no_entry_of_one_instant() {
    let (_folder, store) = new_store();
    akagi(&store);
    // As a file with dates only is imported: all at midnight in Japan.
    let midnight = "2026-10-19T15:00:00.000Z";
    let rows = |table: &'static Dataset, key: &'static str, date: &'static str, numbers: &[&str]| {
        for number in numbers {
            let when = if date.ends_with("_on") { "2026-10-20" } else { midnight };
            let more: &[(&str, &str)] = match key {
                "inquiry_no" => &[("kind", "inquiry"), ("subject", "x")],
                "log_no" => &[("action", "quote_requested")],
                _ => &[],
            };
            let own = [("customer_code", "00017"), (key, number), (date, when)];
            let cells: Vec<(&str, &str)> = own.into_iter().chain(more.iter().copied()).collect();
            write(&store, &[(table, &cells)]);
        }
    };
    rows(&dataset::ACTIVITIES, "activity_no", "happened_at", &["A1", "A2", "A/3", "A4", "A5"]);
    rows(&dataset::INQUIRIES, "inquiry_no", "opened_at", &["Q1", "Q2", "Q3"]);
    rows(&dataset::ACTIVITY_LOGS, "log_no", "happened_at", &["L1", "L2", "L3"]);
    rows(&dataset::DAILY_REPORTS, "report_no", "reported_on", &["R1", "R2"]);
    // Edits of the rank at that instant too, more than nine.
    for at in 0..11 {
        let rank = if at % 2 == 0 { "C" } else { "B" };
        let row = dataset::CUSTOMERS.columns.iter().map(|column| match column.name {
            "customer_code" => Some(Value::Text("00017".to_owned())),
            "rank" => Some(Value::Text(rank.to_owned())),
            _ => None,
        });
        let row: Vec<Option<Value>> = row.collect();
        store.write(|tx| tx.upsert(&dataset::CUSTOMERS, &row, midnight.parse().unwrap()).map(drop)).unwrap();
    }
    let mut reader = store.reader().unwrap();
    let whole = reader.history("00017", None, 100).unwrap();
    let edits = whole.iter().filter(|entry| entry.what.kind() == InteractionKind::RankEdit).count();
    assert_eq!((whole.len() - edits, edits > 9), (13, true));
    for size in 1..5 {
        let (mut paged, mut cursor) = (Vec::new(), None);
        loop {
            let page = reader.history("00017", cursor.as_ref(), size).unwrap();
            let Some(last) = page.last() else { break };
            // Through its text, as a client sends it.
            cursor = Some(HistoryCursor::after(last).to_string().parse().unwrap());
            paged.extend(page);
        }
        assert_eq!(paged, whole, "pages of {size}");
    }
}

#[test]
fn a_call_is_in_the_timeline_and_the_agents_list_at_once() {
    let (_folder, store) = new_store();
    akagi(&store);
    store.refresh_stale_cards(day("2026-11-01"), 10).unwrap();
    let call = CallRecord {
        call_id: "c-1".to_owned(),
        direction: CallDirection::Inbound,
        caller_kind: CallerKind::Number,
        caller_e164: Some("+81312345678".to_owned()),
        called: Some("0120111111".to_owned()),
        queue: Some("support".to_owned()),
        customer_code: Some("00017".to_owned()),
        agent_code: Some("A201".to_owned()),
        extension: Some("201".to_owned()),
        started_at: noon("2026-11-01"),
        answered_at: None,
        ended_at: Some(noon("2026-11-01")),
        outcome: Some(Open::Known(CallOutcome::Abandoned)),
        ring_seconds: Some(12),
        talk_seconds: None,
        hold_seconds: None,
        ..CallRecord::default()
    };
    store
        .write(|tx| tx.record_call(&call, day("2026-11-01"), chrono::TimeDelta::minutes(30)).map(|_| ()))
        .unwrap();
    let (card, rebuilt) = card(&store, "2026-11-01");
    assert!(!rebuilt, "the card was refreshed in the writing transaction");
    assert_eq!(card.interactions[0].what.kind(), InteractionKind::Call);
    let mut reader = store.reader().unwrap();
    let calls = reader.calls_of_agent("A201", noon("2026-11-01"), 10).unwrap();
    assert_eq!(calls[0].customer_name.as_deref(), Some("株式会社赤木電機"));
    assert!(
        reader.history("00017", Some(&HistoryCursor::before(noon("2026-11-01"))), 10).unwrap().is_empty(),
        "before is exclusive"
    );
}

#[test]
fn a_rank_that_was_edited_is_in_the_timeline_with_its_author() {
    let (_folder, store) = new_store();
    akagi(&store);
    let store = store.acting_as("高橋");
    let rank = |rank: &str, at: &str| {
        let row: Vec<Option<Value>> = dataset::CUSTOMERS
            .columns
            .iter()
            .map(|column| match column.name {
                "customer_code" => Some(Value::Text("00017".to_owned())),
                "rank" => Some(if rank.is_empty() { Value::Null } else { Value::Text(rank.to_owned()) }),
                _ => None,
            })
            .collect();
        store.write(|tx| tx.upsert(&dataset::CUSTOMERS, &row, noon(at)).map(drop)).unwrap();
    };
    rank("", "2026-10-01");
    rank("B", "2026-10-02");
    rank("A", "2026-10-03");
    let (card, _) = card(&store, "2026-11-01");
    let entries: Vec<_> = card
        .interactions
        .iter()
        .filter(|entry| entry.what.kind() == InteractionKind::RankEdit)
        .map(|entry| (entry.at, entry.subject.as_deref().unwrap(), entry.what.status().unwrap()))
        .collect();
    assert_eq!(entries[..2], [(noon("2026-10-03"), "B → A", "up"), (noon("2026-10-02"), "— → B", "initial")]);
    assert_eq!(card.interactions[0].by.as_deref(), Some("高橋"));
}
