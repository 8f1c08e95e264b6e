//! What every database behind [`shared::store::Store`] must do.

mod cards;
mod file;
mod opening;
mod rows;
mod timeline;

use std::path::Path;

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use shared::card::CustomerCard;
use shared::dataset::{self, Dataset};
use shared::store::{RowOutcome, Store, StoreError};
use test_support::put;

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

fn with_pragma(path: &Path, pragma: &str) {
    let connection = rusqlite::Connection::open(path).unwrap();
    connection.execute_batch(pragma).unwrap();
}
