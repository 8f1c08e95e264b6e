//! 担当者台帳: the customer's own people.

use super::{Column, ColumnKind, Dataset};
use crate::message::Label;

/// 担当者台帳.
pub static CONTACT_PERSONS: Dataset = Dataset {
    name: "contact_persons",
    table: "contact_person",
    title_ja: "担当者台帳",
    description: Label::new(
        "顧客側の担当者と、その電話番号・メールアドレス",
        "People who work for a customer, with their own numbers.",
    ),
    columns: COLUMNS,
    key: &["person_code"],
    month_column: None,
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("customer_code", "customers")],
};

const COLUMNS: &[Column] = &[
    Column::new("person_code", "担当者コード", "person code", ColumnKind::Code)
        .required()
        .alias(&["担当者ID"])
        .about("先方の担当者を特定するコード(重複不可)", "Identifies the contact person; unique."),
    Column::new("customer_code", "顧客コード", "customer code", ColumnKind::Code)
        .required()
        .alias(&["顧客ID", "得意先コード"])
        .about("勤務先の顧客のコード", "Customer for whom the person works."),
    Column::new("person_name", "氏名", "name", ColumnKind::Text)
        .required()
        .alias(&["担当者名", "担当者氏名"])
        .about("先方の担当者の氏名", "Name of the person."),
    Column::new("person_kana", "氏名フリガナ", "name (kana)", ColumnKind::Text)
        .alias(&["フリガナ", "カナ"])
        .about("氏名の読み", "Reading of the name."),
    Column::new("department", "部署", "department", ColumnKind::Text)
        .alias(&["部署名"])
        .about("先方での所属部署", "Department at the customer's."),
    Column::new("title", "役職", "position", ColumnKind::Text)
        .alias(&["役職名"])
        .about("先方での役職(例: 購買課長)", "Position at the customer's."),
    Column::new("phone", "電話番号", "direct line", ColumnKind::Phone)
        .alias(&["TEL", "直通"])
        .about("直通の電話番号", "Direct line."),
    Column::new("mobile", "携帯番号", "mobile number", ColumnKind::Phone)
        .alias(&["携帯", "携帯電話"])
        .about("携帯電話の番号", "Mobile number."),
    Column::new("email", "メールアドレス", "mail address", ColumnKind::Text)
        .alias(&["メール", "Eメール"])
        .about("担当者のメールアドレス", "Mail address of the person."),
];
