//! A snapshot import, a merge and its undo that are killed midway: each is done completely or not at all.

use std::ops::ControlFlow;

use crate::support::{csv, killed_at, kills, store_kib};
use shared::dataset;
use shared::store::Rule;
use test_support::Company;

/// How often each is killed, unless told otherwise.
const KILLS: u64 = 12;

#[test]
fn a_killed_snapshot_is_all_or_nothing() {
    const ROWS: usize = 4_000;
    let company = Company::new();
    let file = |name: &str, first: usize, amount: usize| {
        let rows = (first..first + ROWS)
            .map(|row| format!("S{row:06},1,2026-01-{:02},C{},{amount}", row % 28 + 1, row % 7));
        company.file(name, &csv("slip_no,line_no,sold_on,customer_code,amount", rows))
    };
    // Half of the rows of each file are also in the other, with another amount.
    let files = [file("sales-a.csv", 0, 1), file("sales-b.csv", ROWS / 2, 2)];
    company.analytics_ok(&["import", &files[0]]);
    let take = |file: &str| -> Vec<String> {
        ["import", file, "--snapshot", "--snapshot-max-ratio", "1", "--yes"].map(str::to_owned).to_vec()
    };
    let arguments = take(&files[1]);
    company.analytics_ok(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    // The sum shows which of the two files the store holds.
    let state = |company: &Company| {
        let total = company.store().reader().unwrap().control_total(&dataset::SALES, None).unwrap();
        assert_eq!(total.rows, ROWS as u64);
        let sum = total.amount.unwrap().to_string();
        [ROWS, 2 * ROWS]
            .iter()
            .position(|whole| whole.to_string() == sum)
            .expect("one of the two files, complete")
    };
    let mut now = state(&company);
    let kills = kills(KILLS);
    for kill in 0..kills {
        let arguments = take(&files[1 - now]);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let done = killed_at(store_kib(&company) * kill / kills, &company.analytics(&arguments));
        let after = state(&company);
        assert!(after != now || !done, "kill {kill}: it reported success");
        now = after;
    }
    company.verify_cards();
}

#[test]
fn a_killed_merge_or_undo_is_all_or_nothing() {
    const ROWS: u64 = 4_000;
    let company = Company::new();
    let customers = ["C1", "C2"].map(|code| format!("{code},顧客{code},キャク")).into_iter();
    let customers = company.file("customers.csv", &csv("customer_code,customer_name,name_kana", customers));
    let contacts = (0..500).map(|row| format!("C{},人{row},03-1234-{:04}", row % 2 + 1, row));
    let contacts = company.file("contacts.csv", &csv("customer_code,person_name,phone", contacts));
    let sales = (0..ROWS).map(|row| format!("S{row},1,2026-0{}-01,C{},1", row % 9 + 1, row % 2 + 1));
    let sales = company.file("sales.csv", &csv("slip_no,line_no,sold_on,customer_code,amount", sales));
    company.analytics_ok(&["import", &customers, &contacts, &sales]);
    company.analytics_ok(&["merge", "C1", "C2", "--yes"]);
    // Merged or not, nothing in between.
    let merged = |company: &Company| {
        let mut reader = company.store().reader().unwrap();
        let open = reader.merges().unwrap().iter().filter(|merge| merge.undone_at.is_none()).count();
        let mut own = 0;
        let sales = dataset::by_name("sales").unwrap();
        let at = sales.column_index("customer_code").unwrap();
        reader
            .scan(sales, None, &mut |row| {
                own += u64::from(row.text(at) == Some("C2"));
                ControlFlow::Continue(())
            })
            .unwrap();
        let customers = reader.control_total(&dataset::CUSTOMERS, None).unwrap().rows;
        match (open, own, customers) {
            (1, 0, 1) => true,
            (0, rows, 2) if rows == ROWS / 2 => false,
            other => panic!("half of a merge: {other:?}"),
        }
    };
    let mut now = merged(&company);
    let kills = 2 * kills(KILLS);
    for kill in 0..kills {
        let last = company.store().reader().unwrap().merges().unwrap().last().unwrap().merge_id.to_string();
        let arguments = match now {
            true => vec!["merge", "--undo", &last],
            false => vec!["merge", "C1", "C2", "--yes"],
        };
        let done = killed_at(store_kib(&company) * kill / kills, &company.analytics(&arguments));
        let after = merged(&company);
        assert!(after != now || !done, "kill {kill}: it reported success");
        now = after;
    }
    company.verify_cards();
    let mut orphans = 0;
    company
        .store()
        .reader()
        .unwrap()
        .check(Rule::Orphan, &mut |_| {
            orphans += 1;
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(orphans, 0);
}
