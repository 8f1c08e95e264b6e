//! What every database behind [`shared::store::Store`] must do.

use std::ops::ControlFlow;
use std::path::Path;

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use shared::agent::AgentRole;
use shared::call::{CallDirection, CallOutcome};
use shared::card::{AlertCode, CandidateKind, CustomerCard, InteractionKind, Severity};
use shared::customer::TradingStatus;
use shared::dataset::{self, Dataset};
use shared::label::Open;
use shared::phone::PhoneNumber;
use shared::rank::{RankDirection, RankRunMode, RankTrigger};
use shared::store::{
    AuditEntry, CallRecord, CustomerMetrics, HistoryCursor, NewAgent, RankRun, RankScore, RowOutcome, Store,
    StoreError, Value,
};
use test_support::{new_store, put};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn noon(text: &str) -> DateTime<Utc> {
    Utc.from_utc_datetime(&day(text).and_hms_opt(3, 0, 0).unwrap())
}

fn write(store: &Store, rows: &[(&Dataset, &[(&str, &str)])]) -> Vec<RowOutcome> {
    store
        .write(|tx| {
            Ok::<_, StoreError>(rows.iter().map(|(dataset, cells)| put(tx, dataset, cells)).collect())
        })
        .unwrap()
}

fn akagi(store: &Store) {
    write(
        store,
        &[
            (
                &dataset::CUSTOMERS,
                &[
                    ("customer_code", "00017"),
                    ("customer_name", "株式会社赤木電機"),
                    ("name_kana", "カブシキガイシャアカギデンキ"),
                    ("rank", "B"),
                    ("credit_limit", "1000000"),
                    ("caution_note", "請求先は本社経理"),
                    ("preferences", "LED、省エネ"),
                ],
            ),
            (
                &dataset::CONTACTS,
                &[
                    ("customer_code", "00017"),
                    ("purpose", "billing"),
                    ("person_name", "赤木 良子"),
                    ("phone", "03-1234-5678"),
                ],
            ),
            (
                &dataset::INVOICES,
                &[
                    ("invoice_no", "10482"),
                    ("customer_code", "00017"),
                    ("issued_on", "2026-09-30"),
                    ("due_on", "2026-10-31"),
                    ("amount", "1848000000"),
                ],
            ),
            (
                &dataset::PAYMENTS,
                &[
                    ("payment_no", "P1"),
                    ("customer_code", "00017"),
                    ("invoice_no", "10482"),
                    ("paid_on", "2026-10-20"),
                    ("amount", "848000000"),
                ],
            ),
            (
                &dataset::SALES,
                &[
                    ("slip_no", "S1"),
                    ("line_no", "1"),
                    ("sold_on", "2026-10-01"),
                    ("customer_code", "00017"),
                    ("product_name", "LED照明"),
                    ("quantity", "240000"),
                    ("amount", "1296000000"),
                ],
            ),
            (
                &dataset::SALES,
                &[
                    ("slip_no", "S1"),
                    ("line_no", "2"),
                    ("sold_on", "2026-10-01"),
                    ("customer_code", "00017"),
                    ("product_name", "記事"),
                    ("amount", "0"),
                    ("status", "article"),
                ],
            ),
        ],
    );
}

fn card(store: &Store, today: &str) -> (CustomerCard, bool) {
    let row = store.reader().unwrap().card("00017", day(today)).unwrap().unwrap();
    (serde_json::from_str(&row.body).unwrap(), row.rebuilt)
}

#[test]
fn what_is_no_store_is_refused_with_its_reason_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    assert!(matches!(Store::open(&path), Err(StoreError::Missing(_))));
    assert!(!path.exists(), "opening must not create");

    std::fs::write(&path, "顧客コード,顧客名\n".repeat(100)).unwrap();
    let before = std::fs::read(&path).unwrap();
    assert!(matches!(Store::open(&path), Err(StoreError::NotAStore { .. })));
    assert!(matches!(Store::create(&path), Err(StoreError::Exists(_))));
    assert_eq!(std::fs::read(&path).unwrap(), before);

    assert!(matches!(Store::open(folder.path()), Err(StoreError::NotAStore { .. })));
    std::fs::write(&path, "").unwrap();
    assert!(matches!(Store::open(&path), Err(StoreError::NotAStore { .. })));
    assert!(Store::create(&path).is_ok(), "an empty file is what a killed init leaves behind");
}

fn with_pragma(path: &Path, pragma: &str) {
    let connection = rusqlite::Connection::open(path).unwrap();
    connection.execute_batch(pragma).unwrap();
}

#[test]
fn another_programs_database_and_a_newer_schema_are_refused() {
    let (folder, store) = new_store();
    let path = folder.path().join("company.db");
    drop(store);
    with_pragma(&path, "PRAGMA user_version = 999");
    let Err(StoreError::Newer { found, known, .. }) = Store::open(&path) else {
        panic!("newer schema accepted")
    };
    assert!(found == 999 && known < 999);
    with_pragma(&path, "PRAGMA application_id = 7");
    assert!(matches!(Store::open(&path), Err(StoreError::NotAStore { .. })));
}

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
fn a_transaction_that_fails_leaves_nothing() {
    let (_folder, store) = new_store();
    let failed = store.write(|tx| {
        put(tx, &dataset::CUSTOMERS, &[("customer_code", "1"), ("customer_name", "x")]);
        Err::<(), _>(StoreError::Conflict(shared::message!("中止", "stop")))
    });
    assert!(failed.is_err());
    let mut reader = store.reader().unwrap();
    assert_eq!(reader.control_total(&dataset::CUSTOMERS, None).unwrap().rows, 0);
    assert_eq!(reader.change_no().unwrap(), 0);
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
fn a_number_finds_everybody_who_has_it_however_it_was_written() {
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
        (contact.person_name.as_deref(), contact.purpose.as_deref()),
        (Some("赤木 良子"), Some("billing"))
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
        assert_eq!(reader.search(q, 10).unwrap().len(), 1, "{q}");
    }
    for q in ["", "   ", "青木", "%", "_", "' OR 1=1 --"] {
        assert!(reader.search(q, 10).unwrap().is_empty(), "{q}");
    }
}

#[test]
fn the_card_says_what_an_agent_must_know_first() {
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
fn verify_finds_a_card_that_was_tampered_with_and_a_missing_one() {
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

#[test]
fn pages_of_a_timeline_lose_and_repeat_nothing_when_entries_share_an_instant() {
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
    let mut reader = store.reader().unwrap();
    let whole = reader.history("00017", None, 100).unwrap();
    assert_eq!(whole.len(), 13);
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
fn what_a_write_changes_has_the_time_of_the_writer() {
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

#[test]
fn a_call_is_in_the_timeline_and_the_agents_list_at_once() {
    let (_folder, store) = new_store();
    akagi(&store);
    store.refresh_stale_cards(day("2026-11-01"), 10).unwrap();
    let call = CallRecord {
        call_id: "c-1".to_owned(),
        direction: CallDirection::Inbound,
        caller_kind: "number".to_owned(),
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
    assert_eq!(card.interactions[0].kind, InteractionKind::Call);
    let mut reader = store.reader().unwrap();
    let calls = reader.calls_of_agent("A201", noon("2026-11-01"), 10).unwrap();
    assert_eq!(calls[0].customer_name.as_deref(), Some("株式会社赤木電機"));
    assert!(
        reader.history("00017", Some(&HistoryCursor::before(noon("2026-11-01"))), 10).unwrap().is_empty(),
        "before is exclusive"
    );
}

#[test]
fn a_token_works_until_it_is_revoked_or_expires_and_is_never_stored() {
    let (folder, store) = new_store();
    let now = noon("2026-11-01");
    let agent = |code: &str, extension: &str| NewAgent {
        agent_code: code.to_owned(),
        agent_name: "佐藤 花子".to_owned(),
        extension: Some(extension.to_owned()),
        role: AgentRole::Agent,
        token_expires_at: Some(noon("2026-12-01")),
    };
    let token = store.write(|tx| tx.add_agent(&agent("A201", "201"), now)).unwrap();
    let mut reader = store.reader().unwrap();
    assert_eq!(reader.signed_in(&token, now).unwrap().unwrap().agent.agent_code, "A201");
    assert!(reader.signed_in(&token, noon("2026-12-01")).unwrap().is_none(), "expired");
    assert!(reader.signed_in("wrong", now).unwrap().is_none());
    let taken = store.write(|tx| tx.add_agent(&agent("A999", "201"), now));
    assert!(matches!(taken, Err(StoreError::Conflict(_))), "one extension, one agent");
    let second = store.write(|tx| tx.add_agent(&agent("A201", "201"), now)).unwrap();
    assert_ne!(token, second);
    assert!(store.write(|tx| tx.revoke_agent("A201", now)).unwrap());
    assert!(!store.write(|tx| tx.revoke_agent("A777", now)).unwrap());
    assert!(reader.signed_in(&token, now).unwrap().is_none());
    assert!(reader.signed_in(&second, now).unwrap().is_none());
    drop((reader, store));
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(token.len()).any(|part| part == token.as_bytes()), "the token is in the file");
    }
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
        reason: "changed".to_owned(),
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
    }
}

#[test]
fn a_rank_run_changes_the_next_pop_up_or_nothing() {
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
    assert!(card.interactions.iter().any(|entry| entry.kind == InteractionKind::Rank));
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
        gross_margin: "1960000".parse().unwrap(),
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
    assert_eq!(figures.monthly_sales.len(), 12);
}

#[test]
fn the_audit_trail_cannot_be_rewritten() {
    let (folder, store) = new_store();
    let entry = AuditEntry {
        at: noon("2026-11-01"),
        actor: "A201".to_owned(),
        action: "lookup".to_owned(),
        subject: Some("00017".to_owned()),
        detail: None,
    };
    store.write(|tx| tx.audit(&entry)).unwrap();
    let connection = rusqlite::Connection::open(folder.path().join("company.db")).unwrap();
    assert!(connection.execute("UPDATE audit SET actor = 'x'", []).is_err());
    assert!(connection.execute("DELETE FROM audit", []).is_err());
}

#[test]
fn readers_read_while_a_writer_writes_and_see_whole_transactions() {
    let (_folder, store) = new_store();
    akagi(&store);
    let mut reader = store.reader().unwrap();
    store
        .write(|tx| {
            put(tx, &dataset::CUSTOMERS, &[("customer_code", "2"), ("customer_name", "x")]);
            assert_eq!(reader.control_total(&dataset::CUSTOMERS, None)?.rows, 1, "not committed yet");
            Ok::<_, StoreError>(())
        })
        .unwrap();
    let (first, second) = reader
        .consistent(|reader| {
            let first = reader.control_total(&dataset::CUSTOMERS, None)?.rows;
            write(&store, &[(&dataset::CUSTOMERS, &[("customer_code", "3"), ("customer_name", "y")])]);
            Ok::<_, StoreError>((first, reader.control_total(&dataset::CUSTOMERS, None)?.rows))
        })
        .unwrap();
    assert_eq!((first, second), (2, 2), "one consistent state");
    assert_eq!(reader.control_total(&dataset::CUSTOMERS, None).unwrap().rows, 3);
}
