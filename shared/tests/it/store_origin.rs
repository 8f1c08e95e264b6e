//! What is made here stays: no import changes, takes the number of, or removes it.

use std::fmt::Write as _;

use chrono::{DateTime, TimeZone as _, Utc};
use shared::customer::ContactPurpose;
use shared::dataset::{self, CONTACTS, CUSTOMERS, Dataset, INQUIRIES, LEADS, TASKS};
use shared::import::{ImportOptions, ImportReport, SnapshotOptions};
use shared::label::Lang;
use shared::sales::InquiryKind;
use shared::store::{NewInquiry, NewParty, NewTask, RowOutcome, Store, StoreError, Transaction, Value};

use crate::import_support::{Desk, counts, faults, in_both_languages, options};

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 10, 30, 1, 2, 3).unwrap()
}

/// A desk with one imported customer, and one record of each kind that agents make.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.import("customers.csv", "customer_code,customer_name\nC1,青葉商店\n");
    let party = NewParty {
        name: "新規商店".to_owned(),
        phone: Some("+81611112222".to_owned()),
        ..NewParty::default()
    };
    let inquiry = NewInquiry {
        customer_code: "C1".to_owned(),
        kind: InquiryKind::Request,
        subject: "納期".to_owned(),
        body: None,
        opened_at: now(),
        assignee: None,
    };
    let task = NewTask {
        customer_code: "C1".to_owned(),
        title: "折り返し".to_owned(),
        due_on: None,
        assignee: None,
    };
    desk.store
        .write(|tx| -> Result<(), StoreError> {
            tx.register_customer(&party, now())?;
            tx.register_lead(&party, now())?;
            tx.open_inquiry(&inquiry)?;
            tx.open_task(&task, now()).map(drop)
        })
        .unwrap();
    desk
}

/// A file for each data set with a row whose number is that of a record made here.
const TAKEN: [(&Dataset, &str); 4] = [
    (&CUSTOMERS, "customer_code,customer_name\nCK-N0000001,別の商店\n"),
    (&LEADS, "lead_code,company_name\nCK-L0000001,別の商店\n"),
    (&INQUIRIES, "inquiry_no,customer_code,opened_at,subject\nCK-Q0000001,C1,2026-10-01,別の件\n"),
    (&TASKS, "task_no,customer_code,title\nCK-T0000001,C1,別の件\n"),
];

#[test]
fn a_row_with_the_number_of_a_record_made_here_is_refused() {
    let desk = desk();
    for (dataset, file) in TAKEN {
        let before = desk.rows(dataset);
        let report = desk.import(&format!("{}.csv", dataset.name), file);
        assert_eq!(counts(&report), (1, 0, 0, 0, 1), "{}", dataset.name);
        assert_eq!(faults(&report), [(2, Some(dataset.key[0]), "made_here")]);
        in_both_languages(&report.errors[0]);
        assert!(report.errors[0].message.text(Lang::En).contains("CK-"), "the number is named");
        assert_eq!(desk.rows(dataset), before, "{}", dataset.name);
    }
}

/// All rows of a data set as its native file.
fn native(desk: &Desk, dataset: &'static Dataset) -> String {
    let names: Vec<&str> = dataset.columns.iter().map(|column| column.name).collect();
    let mut file = format!("{}\n", names.join(","));
    for row in desk.rows(dataset) {
        let cells: Vec<&str> = row.iter().map(|cell| if cell == "NULL" { "" } else { cell }).collect();
        writeln!(file, "{}", cells.join(",")).unwrap();
    }
    file
}

#[test]
fn the_own_export_changes_nothing_and_brings_records_into_a_new_store_as_made_here() {
    let (desk, other) = (desk(), Desk::new());
    for dataset in [&CUSTOMERS, &LEADS, &INQUIRIES, &TASKS, &CONTACTS] {
        let file = native(&desk, dataset);
        let rows = desk.rows(dataset).len() as u64;
        let name = format!("{}.csv", dataset.name);
        assert_eq!(counts(&desk.import(&name, &file)), (rows, 0, 0, rows, 0), "{name}");
        assert_eq!(counts(&other.import(&name, &file)), (rows, rows, 0, 0, 0), "{name}");
        assert_eq!(other.rows(dataset), desk.rows(dataset));
        assert!(other.column(dataset, "origin").contains(&"here".to_owned()), "{name}");
    }
    let next = other.store.write(|tx| tx.register_lead(&NewParty::default(), now())).unwrap();
    assert_eq!(next, "CK-L0000002", "a number that is taken is passed over");
}

#[test]
fn an_imported_record_stays_imported_whatever_a_file_says() {
    let desk = desk();
    let report = desk.import("customers.csv", "customer_code,customer_name,origin\nC1,青葉商店,here\n");
    assert_eq!(counts(&report), (1, 0, 0, 1, 0));
    let report = desk.import("customers.csv", "customer_code,customer_name,登録元\nC1,青葉本店,本システム\n");
    assert_eq!(counts(&report), (1, 0, 1, 0, 0));
    assert_eq!(desk.column(&CUSTOMERS, "origin"), ["imported", "here"]);
}

#[test]
fn no_import_takes_a_number_that_is_given_here() {
    let desk = desk();
    let file = "task_no,customer_code,title\nCK-T0000099,C1,先の番号\nCK-12205,C1,自社の番号\nCK-T12,C1,桁が違う\nCK-N0000099,C1,顧客の形\nCK,C1,短い\nT0000001,C1,他の番号\n";
    let report = desk.import("tasks.csv", file);
    assert_eq!(counts(&report), (6, 5, 0, 0, 1));
    assert_eq!(faults(&report), [(2, Some("task_no"), "made_here")]);
    in_both_languages(&report.errors[0]);
    // A slip number is nobody's number here.
    let sales = "slip_no,line_no,sold_on,customer_code,amount\nCK-1,1,2026-10-01,C1,100\n";
    assert_eq!(counts(&desk.import("sales.csv", sales)), (1, 1, 0, 0, 0));
}

fn reserve(store: &Store, prefix: Option<&str>) -> Result<(), StoreError> {
    store.write(|tx| tx.reserve_numbers(prefix))
}

#[test]
fn the_beginning_of_numbers_is_that_of_no_imported_record() {
    let desk = desk();
    reserve(&desk.store, None).unwrap();
    // Codes that only begin like that are in nobody's way, numbers of the same form are.
    desk.import(
        "tasks.csv",
        "task_no,customer_code,title\nX-12345,C1,件\nY-T0000001,C1,件\nZ-T00000012,C1,件\n",
    );
    for taken in ["Y-", "Z-"] {
        let refused = reserve(&desk.store, Some(taken));
        assert!(matches!(refused, Err(StoreError::Conflict(_))), "{taken}: {refused:?}");
    }
    reserve(&desk.store, Some("X-")).unwrap();
    reserve(&desk.store, Some("C1-")).unwrap();
    let next = |desk: &Desk| desk.store.write(|tx| tx.register_lead(&NewParty::default(), now())).unwrap();
    assert_eq!(next(&desk), "C1-L0000002", "the refused ones left it as it was, and the count goes on");
    reserve(&desk.store, None).unwrap();
    assert_eq!(next(&desk), "C1-L0000003", "it is kept in the store");
    // A record of the former beginning stays what it is.
    let (dataset, file) = TAKEN[0];
    let report = desk.import(&format!("{}.csv", dataset.name), file);
    assert_eq!(faults(&report), [(2, Some("customer_code"), "made_here")]);
    // Numbers like those of before are free for imports, and then not for us.
    assert_eq!(
        counts(&desk.import("tasks.csv", "task_no,customer_code,title\nCK-T0000009,C1,件\n")),
        (1, 1, 0, 0, 0)
    );
    assert!(reserve(&desk.store, Some("CK-")).is_err());
}

fn snapshot(desk: &Desk, name: &str, content: &str) -> ImportReport {
    let path = desk.file(name, content);
    let max_ratio = 1.into();
    let options =
        ImportOptions { snapshot: Some(SnapshotOptions { by_month: false, max_ratio }), ..options() };
    desk.import_paths(&[path], &options).unwrap()
}

#[test]
fn a_snapshot_removes_nothing_that_was_made_here() {
    let desk = desk();
    desk.store.write(|tx| tx.attach_contact("C1", "+81611114444", "", ContactPurpose::Sales, now())).unwrap();
    desk.import("contacts.csv", "customer_code,phone\nC1,03-1111-2222\n");
    desk.import("tasks.csv", "task_no,customer_code,title\nA1,C1,一\nA2,C1,二\n");
    desk.import(
        "inquiries.csv",
        "inquiry_no,customer_code,opened_at,subject\nI1,C1,2026-10-01,一\nI2,C1,2026-10-02,二\n",
    );
    let gone = |report: &ImportReport| {
        let found = report.files[0].snapshot.as_ref().unwrap();
        (found.before, found.vanished, found.own)
    };
    let report = snapshot(&desk, "tasks.csv", "task_no,customer_code,title\nA1,C1,一\n");
    assert_eq!(gone(&report), (2, 1, 1));
    assert_eq!(desk.column(&TASKS, "task_no"), ["A1", "CK-T0000001"]);
    let report =
        snapshot(&desk, "inquiries.csv", "inquiry_no,customer_code,opened_at,subject\nI1,C1,2026-10-01,一\n");
    assert_eq!(gone(&report), (2, 1, 1));
    assert_eq!(desk.column(&INQUIRIES, "inquiry_no"), ["CK-Q0000001", "I1"]);
    let report = snapshot(&desk, "contacts.csv", "customer_code,phone\nC1,03-9999-9999\n");
    assert_eq!(gone(&report), (1, 1, 2), "the attached number, and that of the new customer");
    let report = snapshot(&desk, "customers.csv", "customer_code,customer_name\nC1,青葉商店\n");
    assert_eq!(gone(&report), (1, 0, 1));
    assert_eq!(desk.column(&CUSTOMERS, "customer_code"), ["C1", "CK-N0000001"]);
}

#[test]
fn an_older_store_learns_what_was_made_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.db");
    let old = rusqlite::Connection::open(&path).unwrap();
    let steps = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite");
    let mut files: Vec<_> = std::fs::read_dir(steps).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let before = files.iter().position(|file| file.ends_with("0021_origin.sql")).unwrap();
    for file in &files[..before] {
        old.execute_batch(&std::fs::read_to_string(file).unwrap()).unwrap();
    }
    old.execute_batch(&format!(
        "PRAGMA application_id = 1128811332; PRAGMA user_version = {before};
         INSERT INTO sequence VALUES ('customer', 3), ('task', 1), ('inquiry', 1);
         INSERT INTO customer (customer_code, customer_name, acquisition_source, name_key, updated_at) VALUES
             ('N0000001', 'a', 'phone_in', 'a', ''), ('N0000002', 'b', 'web', 'b', ''), ('N0000004', 'c', 'phone_in', 'c', '');
         INSERT INTO task (task_no, customer_code, title) VALUES ('T0000001', 'N0000001', 'a'), ('T0000002', 'N0000001', 'b');
         INSERT INTO inquiry (inquiry_no, customer_code, opened_at, subject) VALUES
             ('Q0000001', 'N0000001', '2026-10-01T01:02:03.456Z', 'a'), ('I1', 'N0000001', '2026-10-01T00:00:00.000Z', 'b');
         INSERT INTO call (call_id, direction, caller_kind, started_at, source) VALUES
             ('ours', 'inbound', 'unknown', '2026-10-01T00:00:00.000Z', 'hq'), ('log', 'inbound', 'unknown', '2026-10-01T00:00:00.000Z', NULL);",
    ))
    .unwrap();
    drop(old);
    let desk = Desk { folder, store: Store::open(&path).unwrap() };
    assert_eq!(desk.column(&CUSTOMERS, "origin"), ["here", "imported", "imported"]);
    assert_eq!(desk.column(&TASKS, "origin"), ["here", "imported"]);
    assert_eq!(desk.column(&INQUIRIES, "origin"), ["imported", "here"]);
    assert_eq!(desk.column(&dataset::CALLS, "origin"), ["imported", "here"]);
    let report = desk.import("tasks.csv", "task_no,customer_code,title\nT0000001,N0000001,別\n");
    assert_eq!(faults(&report), [(2, Some("task_no"), "made_here")]);
}

#[test]
fn our_own_commands_change_what_was_made_here() {
    let desk = desk();
    let excluded = |write: fn(&mut Transaction<'_>, &[Option<Value>]) -> Result<RowOutcome, StoreError>| {
        let mut row = vec![None; CUSTOMERS.columns.len()];
        row[CUSTOMERS.column_index("customer_code").unwrap()] = Some(Value::Text("CK-N0000001".to_owned()));
        row[CUSTOMERS.column_index("rank_auto_update_excluded").unwrap()] = Some(Value::Integer(1));
        desk.store.write(|tx| write(tx, &row))
    };
    assert!(matches!(
        excluded(|tx, row| tx.upsert_from_file(&CUSTOMERS, row, now())),
        Err(StoreError::MadeHere(_))
    ));
    assert_eq!(excluded(|tx, row| tx.upsert(&CUSTOMERS, row, now())).unwrap(), RowOutcome::Changed);
}
