//! 連絡先: ways to reach a customer, one or more for each purpose.

use super::{Column, ColumnKind, Dataset};
use crate::customer::ContactPurpose;

/// 連絡先.
pub static CONTACTS: Dataset = Dataset {
    name: "contacts",
    table: "contact",
    title_ja: "連絡先",
    description: "Telephone numbers and mail addresses of customers by purpose; what a caller's number is compared with.",
    columns: COLUMNS,
    key: &["customer_code", "purpose", "person_name", "phone"],
    month_column: None,
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("customer_code", "customers")],
};

const COLUMNS: &[Column] = &[
    Column::new("customer_code", "顧客コード", ColumnKind::Code)
        .required()
        .alias(&["顧客ID", "得意先コード"])
        .about("Whose contact it is."),
    Column::new("person_name", "氏名", ColumnKind::Text)
        .alias(&["担当者", "先方担当者名", "ご担当者"])
        .default("")
        .about("The person who answers, of the customer."),
    Column::new("purpose", "用途", ColumnKind::Choice(ContactPurpose::CHOICES))
        .alias(&["区分", "連絡先区分"])
        .default("sales")
        .about("What the contact is for."),
    Column::new("phone", "電話番号", ColumnKind::Phone)
        .alias(&["TEL", "電話"])
        .default("")
        .about("As written; an extension may follow (内線12)."),
    Column::new("email", "メールアドレス", ColumnKind::Text)
        .alias(&["メール", "Eメール", "E-mail"])
        .about("Mail address."),
    Column::new("fax", "FAX番号", ColumnKind::Text)
        .alias(&["FAX", "ファックス"])
        .about("Fax number; not compared with callers."),
    Column::new("note", "連絡先備考", ColumnKind::Text).alias(&["備考"]).about("Best hours and the like."),
];
