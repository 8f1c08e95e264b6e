//! What the second schema brought: older stores become newer ones, and cards show projects, shipments, documents,
//! the shop's log and who looked after a customer.

use std::path::Path;

use crate::import_support::{Desk, counts};
use chrono::NaiveDate;
use shared::card::{CustomerCard, Interaction, InteractionKind};
use shared::dataset::{
    BILLING_TERMS, CALLS, CUSTOMERS, INQUIRIES, MEMBERS, OWNER_HISTORY, PROJECTS, SALES, SHIPMENTS,
};
use shared::label::Open;
use shared::store::{CallRecord, HistoryCursor, Store};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn card(store: &Store, today: &str) -> (CustomerCard, bool) {
    let row = store.reader().unwrap().card("00017", day(today)).unwrap().unwrap();
    (serde_json::from_str(&row.body).unwrap(), row.rebuilt)
}

fn of_kind(card: &CustomerCard, kind: InteractionKind) -> Vec<&Interaction> {
    card.interactions.iter().filter(|entry| entry.what.kind() == kind).collect()
}

/// A card as the program of the first schema wrote it.
const OLD_CARD: &str = concat!(
    r#"{"customer":{"customer_code":"00017","customer_name":"株式会社赤木電機","short_name":null,"name_kana":null,"#,
    r#""customer_type":null,"trading_status":"active","suspended_reason":null,"can_accept_order":true,"industry":null,"#,
    r#""rank":"B","rank_change":null,"is_rank_auto_target":true,"sales_area":null,"first_trade_date":null,"#,
    r#""account_owner":"高橋 次郎","payment_terms":null,"payment_method":null,"preferences":[],"remarks":null,"#,
    r#""contacts":[],"addresses":[]},"alerts":[],"metrics":null,"recent_sales":[{"slip_no":"S1","#,
    r#""sold_on":"2026-10-01","amount":"129600","lines":[{"product_code":null,"product_name":"LED照明","quantity":"24","#,
    r#""amount":"129600"}],"more_lines":0}],"interactions":[{"kind":"call","at":"2026-10-02T03:00:00Z","#,
    r#""channel":"phone_in","subject":"support","body":null,"by":null,"status":"completed","reference":"c-1"}],"#,
    r#""open":{"inquiries":[],"deals":[],"quotes":[],"tasks":[],"invoices":[],"orders":[{"order_no":"5521","#,
    r#""title":null,"status":"allocated","amount":"48000","delivery_due_on":"2026-11-24","late":false}]},"#,
    r#""balance":{"unpaid":"0","overdue":"0","oldest_due_on":null,"credit_limit":null,"credit_remaining":null},"memo":null}"#,
);

/// A store as the first schema made it, with rows and a kept card in it.
fn first_schema(path: &Path) {
    let connection = rusqlite::Connection::open(path).unwrap();
    connection.execute_batch(include_str!("../../migrations/sqlite/0001_foundation.sql")).unwrap();
    connection
        .execute_batch(
            "PRAGMA application_id = 1128811332;
             PRAGMA user_version = 1;
             INSERT INTO customer (customer_code, customer_name, rank, account_owner, name_key, updated_at)
                 VALUES ('00017', '株式会社赤木電機', 'B', '高橋 次郎', '赤木電機', '2026-10-01T00:00:00Z');
             INSERT INTO sales_line (slip_no, line_no, sold_on, customer_code, product_name, quantity, amount)
                 VALUES ('S1', 1, '2026-10-01', '00017', 'LED照明', 240000, 1296000000);
             INSERT INTO sales_order (order_no, customer_code, received_on, status, amount, delivery_due_on)
                 VALUES ('5521', '00017', '2026-10-20', 'allocated', 480000000, '2026-11-24');
             INSERT INTO call (call_id, direction, caller_kind, caller_e164, queue, customer_code, started_at, outcome)
                 VALUES ('c-1', 'inbound', 'number', '+81312345678', 'support', '00017', '2026-10-02T03:00:00.000Z', 'completed');
             INSERT INTO rank_run (as_of, trigger, config_hash, config, started_at, finished_at, evaluated, changed, excluded,
                                   not_target, warnings)
                 VALUES ('2026-09-30', 'manual', 'h', 'version = 1\n[rank]\nenabled = true\nsource = \"sales\"\n\
                         update_target_ranks = [\"A\", \"B\"]\nunranked_is_target = true\n', '2026-09-30T00:00:00Z',
                         '2026-09-30T00:00:01Z', 1, 0, 0, 0, 0);
             UPDATE store_state SET change_no = 3;
             INSERT INTO dataset_change VALUES ('customers', '', 1), ('sales', '2026-10', 2), ('orders', '2026-10', 3);",
        )
        .unwrap();
    connection
        .execute("INSERT INTO customer_card VALUES ('00017', ?1, '2026-10-31', '2026-11-24')", [OLD_CARD])
        .unwrap();
}

#[test]
fn a_store_of_the_first_schema_is_migrated_without_loss() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.db");
    first_schema(&path);
    let store = Store::open(&path).unwrap();
    let mut reader = store.reader().unwrap();
    for dataset in [&CUSTOMERS, &SALES, &CALLS] {
        assert_eq!(reader.control_total(dataset, None).unwrap().rows, 1, "{}", dataset.name);
    }
    let sales = reader.control_total(&SALES, None).unwrap();
    assert_eq!(sales.amount.unwrap().to_string(), "129600");
    let kept = reader.card("00017", day("2026-11-24")).unwrap().unwrap();
    let new_card = OLD_CARD.replace(r#""remarks":null,"#, r#""remarks":null,"origin":"imported","#);
    assert_eq!(
        (kept.body.as_str(), kept.rebuilt),
        (new_card.as_str(), true),
        "a card of an older format is stale, and says what the update does"
    );
    let verified = reader.verify_cards(&mut |_| {}).unwrap();
    assert_eq!((verified.checked, verified.stale, verified.different.len()), (0, 1, 0));
    assert_eq!(store.refresh_stale_cards(day("2026-11-24"), 10).unwrap(), 1);
    let kept = reader.card("00017", day("2026-11-24")).unwrap().unwrap();
    assert_eq!((&kept.body, kept.rebuilt), (&new_card, false));
    // The mirror learns of the calls that were there.
    assert_eq!(reader.months(&CALLS).unwrap(), ["2026-10"]);
    assert_eq!(reader.change_no().unwrap(), 3);
    assert!(reader.dataset_changes().unwrap().iter().any(|change| change.dataset == "calls"));
    drop((reader, store));
    // Opened again it stays as it is.
    assert!(Store::open(&path).is_ok());
}

fn akagi() -> Desk {
    let desk = Desk::new();
    desk.import(
        "customers.csv",
        "customer_code,customer_name,account_owner,billing_terms_id\n00017,赤木電機,高橋 次郎,BT1\n00018,青木酒店,,\n",
    );
    desk
}

#[test]
fn a_change_of_the_representative_is_kept_and_shown() {
    let desk = akagi();
    assert!(desk.rows(&OWNER_HISTORY).is_empty(), "a new customer's is no change");
    let change = |owner: &str| {
        desk.import(
            "customers.csv",
            format!("customer_code,customer_name,account_owner\n00017,赤木電機,{owner}\n"),
        );
    };
    change("高橋 次郎");
    assert!(desk.rows(&OWNER_HISTORY).is_empty());
    desk.import("customers.csv", "customer_code,customer_name\n00017,㈱赤木電機\n");
    assert!(desk.rows(&OWNER_HISTORY).is_empty(), "another column changed");
    change("鈴木 一郎");
    let [row] = &desk.rows(&OWNER_HISTORY)[..] else { panic!("one change") };
    assert_eq!((row[0].as_str(), row[2].as_str(), row[3].as_str()), ("00017", "高橋 次郎", "鈴木 一郎"));
    assert!(row[1].len() == 24 && row[1].ends_with('Z'), "{}", row[1]);
    let (card, _) = card(&desk.store, "2026-10-31");
    assert_eq!(card.customer.account_owner.as_deref(), Some("鈴木 一郎"));
    let [entry] = &of_kind(&card, InteractionKind::Owner)[..] else { panic!("{card:?}") };
    assert_eq!(entry.subject.as_deref(), Some("高橋 次郎 → 鈴木 一郎"));
    let changed = desk.store.reader().unwrap().dataset_changes().unwrap();
    assert!(changed.iter().any(|change| change.dataset == "owner_history"), "the mirror hears of it");
}

#[test]
fn projects_and_shipments_are_under_way_until_they_are_done() {
    let desk = akagi();
    desk.import("orders.csv", "order_no,customer_code,received_on,status\nU1,00017,2026-10-20,shipped\n");
    desk.store.refresh_stale_cards(day("2026-10-31"), 10).unwrap();
    let body = desk.store.reader().unwrap().card("00017", day("2026-10-31")).unwrap().unwrap().body;
    assert!(!body.contains("shipments") && !body.contains("projects"), "{body}");
    desk.import(
        "shipments.csv",
        "order_no,shipped_on,carrier,tracking_no,status,due_on,delivered_on\n\
         U1,2026-10-30,ヤマト運輸,1234,配送中,2026-11-01,\n",
    );
    desk.import(
        "projects.csv",
        "project_code,project_name,customer_code,status,contract_amount,due_on\n\
         P1,ラベル制作,00017,進行中,\"1,000\",2026-11-02\nP2,済んだ,00017,完了,1,2026-01-01\nP3,他社,00018,進行中,1,\n",
    );
    let (due, rebuilt) = card(&desk.store, "2026-11-01");
    let shipment = &due.open.orders[0].shipments[0];
    assert!(
        !shipment.late && !rebuilt,
        "the day on which it is due is in time, and the card was kept for it"
    );
    assert_eq!(
        (
            shipment.tracking_no.as_deref(),
            shipment.status.as_ref().map(Open::as_str),
            shipment.shipment_no.as_str()
        ),
        (Some("1234"), Some("in_transit"), "1")
    );
    let codes: Vec<&str> = due.open.projects.iter().map(|project| project.project_code.as_str()).collect();
    assert_eq!((codes, due.open.projects[0].late), (vec!["P1"], false));
    let (late, rebuilt) = card(&desk.store, "2026-11-02");
    assert!(rebuilt && late.open.orders[0].shipments[0].late && !late.open.projects[0].late);
    assert!(card(&desk.store, "2026-11-03").0.open.projects[0].late);
    // It arrives: the card of the order's customer changes, though the shipment names no customer.
    desk.import("shipments.csv", "order_no,shipped_on,delivered_on\nU1,2026-10-30,2026-11-02\n");
    assert!(!card(&desk.store, "2026-11-02").0.open.orders[0].shipments[0].late);
    let verified = desk.store.reader().unwrap().verify_cards(&mut |_| {}).unwrap();
    assert!(verified.different.is_empty());
    assert_eq!((desk.rows(&PROJECTS).len(), desk.rows(&SHIPMENTS).len()), (3, 1));
}

#[test]
fn documents_the_shops_log_and_daily_reports_are_in_the_timeline() {
    let desk = akagi();
    desk.import(
        "activity_logs.csv",
        "log_no,at,customer_code,actor,action,ref\nG1,2026-10-30 10:00,00017,shop@example.jp,見積依頼,Q-9\n\
         G2,2026-10-30 11:00,,system,夜間処理,\n",
    );
    desk.import(
        "document_dispatches.csv",
        "送付番号,顧客コード,書類種別,書類番号,送付日時,送付方法,宛先,送付状況\nX1,00017,見積書,Q-9,2026-10-30 12:00,メール,k@example.jp,開封\n",
    );
    desk.import(
        "daily_reports.csv",
        "report_no,reported_on,author,customer_code,title\nR1,2026-10-29,佐藤 花子,00017,訪問\n",
    );
    let (card, _) = card(&desk.store, "2026-10-31");
    let told: Vec<_> = card
        .interactions
        .iter()
        .map(|entry| (entry.what.kind(), entry.what.channel(), entry.subject.as_deref(), entry.what.status()))
        .collect();
    assert_eq!(
        told,
        [
            (InteractionKind::Document, Some("document"), Some("見積書 Q-9"), Some("opened")),
            (InteractionKind::Log, Some("portal"), Some("見積依頼 Q-9"), Some("quote_requested")),
            (InteractionKind::Report, None, Some("訪問"), None),
        ]
    );
    let older = desk
        .store
        .reader()
        .unwrap()
        .history("00017", Some(&HistoryCursor::before(card.interactions[0].at)), 10)
        .unwrap();
    assert_eq!(older.len(), 2, "before is exclusive");
}

#[test]
fn billing_terms_apply_where_the_customer_has_none() {
    let desk = akagi();
    let terms = |terms: &str| {
        desk.import(
            "billing_terms.csv",
            format!("billing_terms_id,payment_terms,payment_method\nBT1,{terms},振込\n"),
        );
    };
    terms("月末締め翌月末払い");
    let shown = || {
        let profile = card(&desk.store, "2026-10-31").0.customer;
        (
            profile.payment_terms.unwrap_or_default(),
            profile.payment_method.map(String::from).unwrap_or_default(),
        )
    };
    assert_eq!(shown(), ("月末締め翌月末払い".to_owned(), "bank_transfer".to_owned()));
    terms("20日締め翌月10日払い");
    assert_eq!(shown().0, "20日締め翌月10日払い", "the cards of all who refer to it are rebuilt");
    desk.import("customers.csv", "customer_code,customer_name,payment_terms\n00017,赤木電機,都度\n");
    assert_eq!(shown(), ("都度".to_owned(), "bank_transfer".to_owned()));
    assert_eq!(desk.rows(&BILLING_TERMS).len(), 1);
}

#[test]
fn a_call_log_of_another_system_keeps_complete_numbers_only() {
    let desk = akagi();
    let file = "通話ID,種類,電話番号,顧客コード,着信日時,結果\n\
        1,着信,03-1234-5678,00017,2026-10-30 10:00,応答\n2,着信,非通知,,2026-10-30 10:05,放棄\n\
        3,発信,12345678901234567890,,2026-10-30 10:06,話中\n4,内線,201,,2026-10-30 10:07,応答\n";
    assert_eq!(counts(&desk.import("calls.csv", file)), (4, 4, 0, 0, 0));
    assert_eq!(counts(&desk.import("calls.csv", file)), (4, 0, 0, 4, 0));
    assert_eq!(desk.column(&CALLS, "caller_kind"), ["number", "withheld", "unknown", "internal"]);
    assert_eq!(desk.column(&CALLS, "caller_e164"), ["+81312345678", "NULL", "NULL", "NULL"]);
    let hidden = "call_id,direction,caller_kind,caller_e164,started_at\n5,inbound,非通知,03-1234-5678,2026-10-30 11:00\n";
    desk.import("calls.csv", hidden);
    assert_eq!(desk.column(&CALLS, "caller_e164")[4], "NULL", "a withheld number goes nowhere");
    let (card, _) = card(&desk.store, "2026-10-31");
    assert_eq!(of_kind(&card, InteractionKind::Call).len(), 1);
}

#[test]
fn a_call_that_the_bridge_records_marks_its_month_for_the_mirror() {
    let desk = akagi();
    let call: CallRecord = serde_json::from_value(serde_json::json!({
        "call_id": "c-1", "direction": "inbound", "caller_kind": "withheld", "uncertain": false,
        "started_at": "2026-10-31T15:00:00Z",
    }))
    .unwrap();
    desk.store
        .write(|tx| tx.record_call(&call, day("2026-11-01"), chrono::TimeDelta::minutes(30)).map(|_| ()))
        .unwrap();
    let changes = desk.store.reader().unwrap().dataset_changes().unwrap();
    let months: Vec<&str> = changes
        .iter()
        .filter(|change| change.dataset == "calls")
        .map(|change| change.month.as_str())
        .collect();
    assert_eq!(months, ["2026-10"]);
}

#[test]
fn rows_of_a_file_of_complaints_are_complaints() {
    let desk = akagi();
    let rows =
        |no: u32| format!("inquiry_no,customer_code,opened_at,subject\n{no},00017,2026-10-30,納期遅延\n");
    for (at, name) in ["complaints.csv", "クレーム_10月.csv", "苦情.csv", "inquiries.csv"].iter().enumerate()
    {
        let report = desk.import(name, rows(u32::try_from(at).unwrap()));
        assert_eq!(report.files[0].dataset, "inquiries", "{name}");
    }
    assert_eq!(desk.column(&INQUIRIES, "kind"), ["complaint", "complaint", "complaint", "inquiry"]);
    let own = "inquiry_no,customer_code,opened_at,subject,kind\n9,00017,2026-10-30,早朝納品,要望\n8,00017,2026-10-30,破損,\n";
    desk.import("complaints.csv", own);
    assert_eq!(desk.column(&INQUIRIES, "kind")[4..], ["complaint", "request"]);
}

#[test]
fn files_are_known_by_their_japanese_names_and_headers() {
    let desk = Desk::new();
    let report =
        desk.import("担当者一覧.csv", "担当者コード,担当者名,部門,時間単価\nM1,佐藤 花子,D01,\"3,500\"\n");
    assert_eq!(report.files[0].dataset, "members", "{report:?}");
    assert_eq!(desk.column(&MEMBERS, "unit_cost"), ["35000000"]);
    for (name, header, dataset) in [
        ("工数_10月.csv", "工数番号,プロジェクトコード,メンバーコード,作業日,時間", "time_entries"),
        ("仕入.csv", "仕入番号,仕入日,仕入先,金額", "purchases"),
        ("見積明細.csv", "見積番号,行番号,金額", "quote_lines"),
        ("x.csv", "倉庫コード,倉庫名", "warehouses"),
        ("y.csv", "受注番号,出荷日,配送業者,送り状番号", "shipments"),
        ("z.csv", "キャンペーンコード,キャンペーン名,開始日,終了日", "campaigns"),
    ] {
        let report = desk.import(name, format!("{header}\n"));
        assert_eq!(
            report.files.first().map(|file| file.dataset.as_str()),
            Some(dataset),
            "{name}: {report:?}"
        );
    }
}
