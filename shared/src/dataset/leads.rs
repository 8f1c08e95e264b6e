//! 見込顧客: companies that are not customers yet.

use super::{Column, ColumnKind, Dataset, origin};
use crate::customer::LeadStatus;
use crate::message::Label;

/// 見込顧客.
pub static LEADS: Dataset = Dataset {
    name: "leads",
    table: "lead",
    title_ja: "見込顧客",
    description: Label::new(
        "まだ取引のない見込顧客。発信者番号との照合にも使用",
        "Companies and people who have not bought yet. Callers' numbers are compared with theirs too.",
    ),
    columns: COLUMNS,
    key: &["lead_code"],
    month_column: None,
    customer_column: None,
    related_columns: &[],
    references: &[],
};

const COLUMNS: &[Column] = &[
    Column::new("lead_code", "見込顧客コード", "lead code", ColumnKind::Code)
        .required()
        .alias(&["リードID"])
        .about("見込顧客を特定するコード(重複不可)", "Identifies the lead; unique."),
    Column::new("company_name", "会社名", "company name", ColumnKind::Text)
        .required()
        .alias(&["見込顧客名"])
        .about("会社の名称", "Name of the company."),
    Column::new("person_name", "担当者名", "contact person", ColumnKind::Text)
        .alias(&["氏名"])
        .about("先方の担当者の氏名", "Person we know there."),
    Column::new("phone", "電話番号", "phone number", ColumnKind::Phone)
        .alias(&["TEL"])
        .about("電話番号。入力どおりに保存", "Telephone number as written."),
    Column::new("email", "メールアドレス", "mail address", ColumnKind::Text)
        .alias(&["メール"])
        .about("連絡用のメールアドレス", "Mail address."),
    Column::new("status", "状況", "status", ColumnKind::OpenChoice(LeadStatus::CHOICES))
        .alias(&["ステータス"])
        .about(
            "見込顧客の状況(新規・接触済・見込ありなど)",
            "State of the lead: new, contacted, qualified and so on.",
        ),
    Column::new("source", "獲得経路", "acquisition source", ColumnKind::Text)
        .alias(&["流入元"])
        .about("見込顧客を獲得した経路(例: 展示会)", "How the lead came to us."),
    Column::new("memo", "メモ", "memo", ColumnKind::Text).alias(&["備考"]).about("自由記入のメモ", "Notes."),
    origin::column(),
];
