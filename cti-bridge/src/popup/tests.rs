use shared::dataset::{self, Dataset};
use shared::phone::PhoneNumber;
use shared::store::{Store, Value};

use super::find::{by_owners, by_sole_contact};
use super::*;
use crate::permission::Permissions;

fn put(store: &Store, dataset: &Dataset, cells: &[(&str, &str)]) {
    let mut values = vec![None; dataset.columns.len()];
    for (name, text) in cells {
        values[dataset.column_index(name).unwrap()] = Some(Value::Text((*text).to_owned()));
    }
    store.write(|tx| tx.upsert(dataset, &values, chrono::DateTime::UNIX_EPOCH).map(|_| ())).unwrap();
}

/// Numbers of every kind of owner: one contact, with and without a name; two contacts of one customer; two
/// customers; a contact person; a lead; a lead beside a customer; more contacts than a card lists; nobody.
fn company() -> (tempfile::TempDir, Store, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(&folder.path().join("s.db")).unwrap();
    for code in ["C1", "C2", "C3"] {
        let name = ("customer_name", "赤木 \"電機\"");
        put(
            &store,
            &dataset::CUSTOMERS,
            &[("customer_code", code), name, ("name_kana", "アカギ"), ("rank", "B")],
        );
    }
    let contact = |code: &str, person: &str, purpose: &str, phone: &str| {
        let cells =
            [("customer_code", code), ("person_name", person), ("purpose", purpose), ("phone", phone)];
        put(&store, &dataset::CONTACTS, &cells);
    };
    contact("C1", "良子", "billing", "03-1111-0001");
    contact("C1", "", "sales", "03-1111-0002");
    contact("C1", "一郎", "sales", "03-1111-0003");
    contact("C1", "二郎", "delivery", "03-1111-0003");
    contact("C1", "三郎", "sales", "03-1111-0004");
    contact("C2", "四郎", "sales", "03-1111-0004");
    contact("C2", "五郎", "sales", "03-1111-0007");
    for n in 0..30 {
        contact("C3", &format!("担当{n:02}"), "sales", &format!("03-1112-00{n:02}"));
    }
    let person =
        [("person_code", "P1"), ("customer_code", "C2"), ("person_name", "六郎"), ("phone", "03-1111-0005")];
    put(&store, &dataset::CONTACT_PERSONS, &person);
    for (lead, phone) in [("L1", "03-1111-0006"), ("L2", "03-1111-0007")] {
        put(&store, &dataset::LEADS, &[("lead_code", lead), ("company_name", "新規"), ("phone", phone)]);
    }
    let numbers =
        (1..=8).map(|n| format!("03-1111-000{n}")).chain((0..30).map(|n| format!("03-1112-00{n:02}")));
    (folder, store, numbers.collect())
}

#[test]
fn the_short_lookup_agrees_with_the_full_one() {
    let (_folder, store, numbers) = company();
    let mut reader = store.reader().unwrap();
    let today = "2026-10-31".parse().unwrap();
    let mut ways = || {
        let mut short = 0;
        for number in &numbers {
            let number = PhoneNumber::parse(number).unwrap();
            let long = by_owners(&mut reader, &number, today).unwrap();
            assert_eq!(by_number(&mut reader, &number, today).unwrap(), long);
            short += usize::from(by_sole_contact(&mut reader, &number, today).unwrap().is_some());
            let popup = serde_json::to_value(long.seen_by(Permissions::ALL, None)).unwrap();
            assert_eq!(popup["match"], long.kind.word());
        }
        short
    };
    assert_eq!(ways(), 0, "no card is built yet: the long way builds it");
    store.refresh_stale_cards(today, 100).unwrap();
    let short = ways();
    assert!((10..38).contains(&short), "both ways are taken: {short}");
}

#[test]
fn an_empty_profile_has_every_field() {
    for kind in MatchKind::ALL {
        let profile = Profile::empty(*kind);
        let popup = serde_json::to_value(profile.seen_by(Permissions::ALL, None)).unwrap();
        assert_eq!(popup["match"], kind.word());
        assert_eq!(popup.as_object().unwrap().len(), 13);
    }
}
