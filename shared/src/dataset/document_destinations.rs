//! 書類送付先: where each kind of document goes.

use super::{Choices, Column, ColumnKind, Dataset};
use crate::message::Label;

/// Kinds of document (checklist 000-67).
pub(super) const DOC_KINDS: Choices = &[
    ("quote", &["見積書"]),
    ("purchase_order", &["注文書"]),
    ("delivery_note", &["納品書"]),
    ("invoice", &["請求書"]),
];

/// How a document is sent.
pub(super) const METHODS: Choices = &[
    ("post", &["郵送"]),
    ("email", &["メール", "Eメール"]),
    ("fax", &["FAX"]),
    ("portal", &["WEB", "サイト"]),
];

/// 書類送付先.
pub static DOCUMENT_DESTINATIONS: Dataset = Dataset {
    name: "document_destinations",
    table: "document_destination",
    title_ja: "書類送付先",
    description: Label::new(
        "見積書・注文書・納品書・請求書の送付方法と送付先",
        "How and where a customer receives quotes, purchase orders, delivery notes and invoices.",
    ),
    columns: COLUMNS,
    key: &["customer_code", "doc_kind"],
    month_column: None,
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("customer_code", "customers")],
};

const COLUMNS: &[Column] = &[
    Column::new("customer_code", "顧客コード", "customer code", ColumnKind::Code)
        .required()
        .alias(&["顧客ID", "得意先コード"])
        .about("書類を送付する顧客のコード", "Customer who receives the documents."),
    Column::new("doc_kind", "書類種別", "document", ColumnKind::Choice(DOC_KINDS))
        .required()
        .alias(&["書類"])
        .about("見積書・注文書・納品書・請求書の別", "Quote, purchase order, delivery note or invoice."),
    Column::new("method", "送付方法", "sending method", ColumnKind::OpenChoice(METHODS)).required().about(
        "書類の送付方法(郵送・メール・FAX・WEB)",
        "How it is sent: by post, mail or fax, or in the shop.",
    ),
    Column::new("address", "送付先住所", "postal address", ColumnKind::Text)
        .alias(&["宛先住所"])
        .about("郵送先の住所", "Address to which it is posted."),
    Column::new("email", "送付先メール", "mail address", ColumnKind::Text)
        .alias(&["メールアドレス"])
        .about("送信先のメールアドレス", "Mail address to which it is sent."),
];
