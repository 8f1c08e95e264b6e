//! Rows: written, scanned, found by number and by name.

use std::ops::ControlFlow;
use std::time::Duration;

use super::{akagi, card, noon, write};
use chrono::{DateTime, Utc};
use shared::card::CandidateKind;
use shared::customer::{ContactPurpose, TradingStatus};
use shared::dataset;
use shared::phone::PhoneNumber;
use shared::store::{RowOutcome, Value};
use test_support::new_store;

/// Enough for any search.
const AMPLE: Duration = Duration::from_secs(60);

#[test]
fn a_row_is_new_then_unchanged_then_changed_and_an_absent_column_stays() {
    let (_folder, store) = new_store();
    let row: &[(&str, &str)] = &[("customer_code", "00017"), ("customer_name", "赤木電機"), ("rank", "B")];
    assert_eq!(write(&store, &[(&dataset::CUSTOMERS, row)]), [RowOutcome::New]);
    assert_eq!(write(&store, &[(&dataset::CUSTOMERS, row)]), [RowOutcome::Unchanged]);
    let renamed: &[(&str, &str)] = &[("customer_code", "00017"), ("customer_name", "㈱赤木電機")];
    assert_eq!(write(&store, &[(&dataset::CUSTOMERS, renamed)]), [RowOutcome::Changed]);
    let (card, _) = card(&store, "2026-10-01");
    assert_eq!(card.customer.customer_name, "㈱赤木電機");
    assert_eq!(card.customer.rank.as_deref(), Some("B"), "the rank was not in the second file");
    assert_eq!(card.customer.trading_status, TradingStatus::Active);
}

#[test]
fn only_the_touched_month_gets_a_new_change_number() {
    let (_folder, store) = new_store();
    let sale = |no: &'static str, on: &'static str, amount: &'static str| {
        vec![("slip_no", no), ("line_no", "1"), ("sold_on", on), ("customer_code", "1"), ("amount", amount)]
    };
    let (a, b) = (sale("S1", "2026-01-31", "10000"), sale("S2", "2026-02-01", "20000"));
    write(&store, &[(&dataset::SALES, &a), (&dataset::SALES, &b)]);
    let corrected = sale("S1", "2026-01-31", "30000");
    write(&store, &[(&dataset::SALES, &corrected), (&dataset::SALES, &b)]);
    let mut reader = store.reader().unwrap();
    let changes: Vec<(String, u64)> = reader
        .dataset_changes()
        .unwrap()
        .into_iter()
        .map(|change| (change.month, change.change_no))
        .collect();
    assert_eq!(changes, [("2026-01".to_owned(), 2), ("2026-02".to_owned(), 1)]);
    assert_eq!(reader.months(&dataset::SALES).unwrap(), ["2026-01", "2026-02"]);
    let total = reader.control_total(&dataset::SALES, Some("2026-01")).unwrap();
    assert_eq!((total.rows, total.amount), (1, Some(3.into())));
    // A row that moves to another month changes both.
    write(&store, &[(&dataset::SALES, &sale("S1", "2026-03-01", "30000"))]);
    let changes = store.reader().unwrap().dataset_changes().unwrap();
    let numbers: Vec<u64> = changes.iter().map(|change| change.change_no).collect();
    assert_eq!(numbers, [3, 1, 3]);
}

#[test]
fn sums_beyond_64_bits_stay_exact() {
    let (_folder, store) = new_store();
    let huge = i64::MAX.to_string();
    for no in ["A", "B", "C"] {
        let row = [
            ("slip_no", no),
            ("line_no", "1"),
            ("sold_on", "2026-01-01"),
            ("customer_code", "1"),
            ("amount", huge.as_str()),
        ];
        write(&store, &[(&dataset::SALES, &row)]);
    }
    let total = store.reader().unwrap().control_total(&dataset::SALES, None).unwrap();
    assert_eq!(total.amount.unwrap().to_string(), "2767011611056432.7421");
}

#[test]
fn a_scan_gives_one_months_rows_in_order() {
    let (_folder, store) = new_store();
    for (no, on) in [("B", "2026-01-05"), ("A", "2026-01-05"), ("C", "2026-02-01"), ("D", "2025-12-31")] {
        let row =
            [("slip_no", no), ("line_no", "1"), ("sold_on", on), ("customer_code", "1"), ("amount", "1")];
        write(&store, &[(&dataset::SALES, &row)]);
    }
    let mut seen = Vec::new();
    store
        .reader()
        .unwrap()
        .scan(&dataset::SALES, Some("2026-01"), &mut |row| {
            seen.push((row.text(0).unwrap().to_owned(), row.integer(1)));
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(seen, [("A".to_owned(), Some(1)), ("B".to_owned(), Some(1))]);
}

#[test]
fn a_number_finds_all_its_owners_in_any_spelling() {
    let (_folder, store) = new_store();
    akagi(&store);
    write(
        &store,
        &[
            (&dataset::CUSTOMERS, &[("customer_code", "00018"), ("customer_name", "赤木商店")]),
            (&dataset::CONTACTS, &[("customer_code", "00018"), ("phone", "（０３）１２３４－５６７８")]),
            (
                &dataset::LEADS,
                &[("lead_code", "L1"), ("company_name", "青木印刷"), ("phone", "+81 3 1234 5678")],
            ),
        ],
    );
    let mut reader = store.reader().unwrap();
    let found = reader.match_phone(&PhoneNumber::parse("0312345678").unwrap()).unwrap();
    let who: Vec<_> = found.iter().map(|one| (one.kind, one.customer_name.as_str())).collect();
    assert_eq!(
        who,
        [
            (CandidateKind::Customer, "株式会社赤木電機"),
            (CandidateKind::Customer, "赤木商店"),
            (CandidateKind::Lead, "青木印刷")
        ]
    );
    let contact = found[0].matched_contact.as_ref().unwrap();
    assert_eq!(
        (contact.person_name.as_deref(), contact.purpose),
        (Some("赤木 良子"), Some(ContactPurpose::Billing))
    );
    assert!(reader.match_phone(&PhoneNumber::parse("03-1234-5679").unwrap()).unwrap().is_empty());
}

#[test]
fn a_new_number_of_a_person_replaces_the_old_one() {
    let (_folder, store) = new_store();
    akagi(&store);
    let person = |phone: &'static str| {
        vec![("person_code", "P1"), ("customer_code", "00017"), ("person_name", "赤木 一"), ("mobile", phone)]
    };
    write(&store, &[(&dataset::CONTACT_PERSONS, &person("090-1111-2222"))]);
    write(&store, &[(&dataset::CONTACT_PERSONS, &person("090-3333-4444"))]);
    let mut reader = store.reader().unwrap();
    assert!(reader.match_phone(&PhoneNumber::parse("090-1111-2222").unwrap()).unwrap().is_empty());
    assert_eq!(reader.match_phone(&PhoneNumber::parse("090-3333-4444").unwrap()).unwrap().len(), 1);
}

#[test]
fn search_finds_by_code_name_kana_part_and_number() {
    let (_folder, store) = new_store();
    akagi(&store);
    let mut reader = store.reader().unwrap();
    for q in ["00017", "000", "赤木", "㈱赤木電機", "電機", "アカギ", "あかぎ", "ｱｶｷﾞ", "03-1234-5678"]
    {
        let found = reader.search(q, 10, AMPLE).unwrap();
        assert!(found.customers.len() == 1 && found.complete, "{q}");
    }
    for q in ["", "   ", "青木", "%", "_", "' OR 1=1 --"] {
        let found = reader.search(q, 10, AMPLE).unwrap();
        assert!(found.customers.is_empty() && found.complete, "{q}");
    }
}

#[test]
fn a_search_that_takes_too_long_is_cut_short_and_says_so() {
    let (_folder, store) = new_store();
    let mut rows = vec![("K1".to_owned(), "鷲見電機".to_owned()), ("K2".to_owned(), "電機商会".to_owned())];
    rows.extend((0..2_000).map(|n| (format!("C{n}"), format!("青木{n}"))));
    let sql =
        "INSERT INTO customer (customer_code, customer_name, name_key, updated_at) VALUES (?1, ?2, ?2, '')";
    let mut db = rusqlite::Connection::open(store.location()).unwrap();
    let tx = db.transaction().unwrap();
    for (code, name) in &rows {
        tx.execute(sql, [code, name]).unwrap();
    }
    tx.commit().unwrap();
    let mut reader = store.reader().unwrap();
    let mut search = |q: &str, time| {
        let found = reader.search(q, 10, time).unwrap();
        (found.customers.into_iter().filter_map(|one| one.customer_code).collect::<Vec<_>>(), found.complete)
    };
    let codes = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>();
    assert_eq!(search("電機", AMPLE), (codes(&["K2", "K1"]), true));
    // What an index finds does not need the time.
    assert_eq!(search("電機", Duration::ZERO), (codes(&["K2"]), false));
    assert_eq!(search("K1", Duration::ZERO).0, codes(&["K1"]));
    assert_eq!(search("電機", AMPLE), (codes(&["K2", "K1"]), true), "the limit is gone with its search");
}

#[test]
fn changed_rows_have_the_time_of_the_write() {
    let (folder, store) = new_store();
    let write = |owner: &str, at: DateTime<Utc>| {
        let cells = [("customer_code", "1"), ("customer_name", "一"), ("account_owner", owner)];
        let mut values = vec![None; dataset::CUSTOMERS.columns.len()];
        for (name, text) in cells {
            values[dataset::CUSTOMERS.column_index(name).unwrap()] = Some(Value::Text(text.to_owned()));
        }
        store.write(|tx| tx.upsert(&dataset::CUSTOMERS, &values, at)).unwrap();
    };
    let updated_at = || -> String {
        let db = rusqlite::Connection::open(folder.path().join("company.db")).unwrap();
        db.query_row("SELECT updated_at FROM customer", [], |row| row.get(0)).unwrap()
    };
    write("高橋", noon("2020-01-01"));
    assert_eq!(updated_at(), "2020-01-01T03:00:00.000Z");
    write("鈴木", noon("2020-02-01"));
    assert_eq!(updated_at(), "2020-02-01T03:00:00.000Z");
    let history = store.reader().unwrap().history("1", None, 10).unwrap();
    assert_eq!(history[0].at, noon("2020-02-01"), "the change of the representative");
}
