//! Two customers, and calls of the first.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use shared::call::CallDirection;
use shared::caller::CallerKind;
use shared::card::CustomerCard;
use shared::dataset::{self, Dataset};
use shared::label::Open;
use shared::store::{CallEffects, CallRecord, CallWork, Store, StoreError};

pub(crate) const NUMBER: &str = "+81312345678";

pub(crate) fn at(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000 + minute * 60, 0).unwrap()
}

pub(crate) fn today() -> NaiveDate {
    "2026-11-18".parse().unwrap()
}

pub(crate) fn put(store: &Store, dataset: &Dataset, cells: &[(&str, &str)]) {
    store.write(|tx| Ok::<_, StoreError>(test_support::put(tx, dataset, cells))).unwrap();
}

pub(crate) fn new_store() -> (tempfile::TempDir, Store) {
    let (folder, store) = test_support::new_store();
    for (code, rank) in [("C1", "C"), ("C2", "S")] {
        let customer = [("customer_code", code), ("customer_name", code), ("rank", rank)];
        put(&store, &dataset::CUSTOMERS, &customer);
    }
    put(&store, &dataset::CONTACTS, &[("customer_code", "C1"), ("phone", "03-1234-5678")]);
    (folder, store)
}

pub(crate) fn call(id: &str, minute: i64, outcome: &str) -> CallRecord {
    let answered = outcome == "completed";
    CallRecord {
        call_id: id.to_owned(),
        direction: CallDirection::Inbound,
        caller_kind: CallerKind::Number,
        caller_e164: Some(NUMBER.to_owned()),
        customer_code: Some("C1".to_owned()),
        agent_code: Some("A201".to_owned()),
        started_at: at(minute),
        answered_at: answered.then(|| at(minute)),
        ended_at: Some(at(minute + 1)),
        outcome: Some(Open::from(outcome.to_owned())),
        source: Some("hq".to_owned()),
        ..CallRecord::default()
    }
}

pub(crate) fn record(store: &Store, call: &CallRecord) -> CallEffects {
    store.write(|tx| tx.record_call(call, today(), TimeDelta::minutes(30))).unwrap()
}

pub(crate) fn work(id: &str) -> CallWork {
    CallWork { call_id: id.to_owned(), by: "A201".to_owned(), at: at(9), ..CallWork::default() }
}

pub(crate) fn card(store: &Store, code: &str) -> CustomerCard {
    let row = store.reader().unwrap().card(code, today()).unwrap().unwrap();
    serde_json::from_str(&row.body).unwrap()
}
