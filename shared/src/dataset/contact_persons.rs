//! 担当者台帳: the customer's own people.

use super::{Column, ColumnKind, Dataset};

/// 担当者台帳.
pub static CONTACT_PERSONS: Dataset = Dataset {
    name: "contact_persons",
    table: "contact_person",
    title_ja: "担当者台帳",
    description: "People who work for a customer, with their own numbers.",
    columns: COLUMNS,
    key: &["person_code"],
    month_column: None,
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("customer_code", "customers")],
};

const COLUMNS: &[Column] = &[
    Column::new("person_code", "担当者コード", ColumnKind::Code)
        .required()
        .alias(&["担当者ID"])
        .about("Unique."),
    Column::new("customer_code", "顧客コード", ColumnKind::Code)
        .required()
        .alias(&["顧客ID", "得意先コード"])
        .about("The customer for whom the person works."),
    Column::new("person_name", "氏名", ColumnKind::Text)
        .required()
        .alias(&["担当者名", "担当者氏名"])
        .about("Name."),
    Column::new("person_kana", "氏名フリガナ", ColumnKind::Text)
        .alias(&["フリガナ", "カナ"])
        .about("Reading."),
    Column::new("department", "部署", ColumnKind::Text)
        .alias(&["部署名"])
        .about("Department at the customer's."),
    Column::new("title", "役職", ColumnKind::Text).alias(&["役職名"]).about("Title."),
    Column::new("phone", "電話番号", ColumnKind::Phone).alias(&["TEL", "直通"]).about("Direct line."),
    Column::new("mobile", "携帯番号", ColumnKind::Phone).alias(&["携帯", "携帯電話"]).about("Mobile number."),
    Column::new("email", "メールアドレス", ColumnKind::Text)
        .alias(&["メール", "Eメール"])
        .about("Mail address."),
];
