//! 連絡先: ways to reach a customer, one or more for each purpose.

use super::{Column, ColumnKind, Dataset, origin};
use crate::customer::ContactPurpose;
use crate::message::Label;

/// 連絡先.
pub static CONTACTS: Dataset = Dataset {
    name: "contacts",
    table: "contact",
    title_ja: "連絡先",
    description: Label::new(
        "顧客の電話番号・メールアドレス。用途別に登録し、発信者番号との照合に使用",
        "Telephone numbers and mail addresses by purpose; callers' numbers are compared with them.",
    ),
    columns: COLUMNS,
    key: &["customer_code", "purpose", "person_name", "phone"],
    month_column: None,
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("customer_code", "customers")],
};

const COLUMNS: &[Column] = &[
    Column::new("customer_code", "顧客コード", "customer code", ColumnKind::Code)
        .required()
        .alias(&["顧客ID", "得意先コード"])
        .about("連絡先の顧客のコード", "Customer whose contact it is."),
    Column::new("person_name", "氏名", "contact person", ColumnKind::Text)
        .alias(&["担当者", "先方担当者名", "ご担当者"])
        .default("")
        .about("先方の担当者の氏名", "Contact person who answers."),
    Column::new("purpose", "用途", "purpose", ColumnKind::Choice(ContactPurpose::CHOICES))
        .alias(&["区分", "連絡先区分"])
        .default("sales")
        .about("連絡先の用途(営業・請求・配送)", "What the contact is for: sales, billing or delivery."),
    Column::new("phone", "電話番号", "phone number", ColumnKind::Phone)
        .alias(&["TEL", "電話"])
        .default("")
        .about(
            "電話番号。入力どおりに保存し、内線番号の付記も可(例: 内線12)",
            "Telephone number as written; an extension may follow, such as 内線12.",
        ),
    Column::new("email", "メールアドレス", "mail address", ColumnKind::Text)
        .alias(&["メール", "Eメール", "E-mail"])
        .about("連絡用のメールアドレス", "Mail address."),
    Column::new("fax", "FAX番号", "fax number", ColumnKind::Text).alias(&["FAX", "ファックス"]).about(
        "FAX番号。着信との照合には使用しない",
        "Fax number. Callers' numbers are not compared with it.",
    ),
    Column::new("note", "連絡先備考", "note", ColumnKind::Text)
        .alias(&["備考"])
        .about("連絡のつきやすい時間帯など", "Best hours to call and the like."),
    origin::column(),
];
