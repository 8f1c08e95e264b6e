//! 見込顧客: companies that are not customers yet.

use super::{Choices, Column, ColumnKind, Dataset};

/// How far a lead is.
const STATUSES: Choices = &[
    ("new", &["新規"]),
    ("contacted", &["接触済", "対応中"]),
    ("qualified", &["見込あり", "有望"]),
    ("converted", &["顧客化", "取引開始"]),
    ("lost", &["見込なし", "失注"]),
];

/// 見込顧客.
pub static LEADS: Dataset = Dataset {
    name: "leads",
    table: "lead",
    title_ja: "見込顧客",
    description: "New leads; a caller's number can match one.",
    columns: COLUMNS,
    key: &["lead_code"],
    month_column: None,
    customer_column: None,
    related_columns: &[],
    references: &[],
};

const COLUMNS: &[Column] = &[
    Column::new("lead_code", "見込顧客コード", ColumnKind::Code)
        .required()
        .alias(&["リードID"])
        .about("Unique."),
    Column::new("company_name", "会社名", ColumnKind::Text).required().alias(&["見込顧客名"]).about("Name."),
    Column::new("person_name", "担当者名", ColumnKind::Text).alias(&["氏名"]).about("The person we know."),
    Column::new("phone", "電話番号", ColumnKind::Phone).alias(&["TEL"]).about("As written."),
    Column::new("email", "メールアドレス", ColumnKind::Text).alias(&["メール"]).about("Mail address."),
    Column::new("status", "状況", ColumnKind::OpenChoice(STATUSES))
        .alias(&["ステータス"])
        .about("How far it is."),
    Column::new("source", "獲得経路", ColumnKind::Text).alias(&["流入元"]).about("Where it came from."),
    Column::new("memo", "メモ", ColumnKind::Text).alias(&["備考"]).about("Notes."),
];
