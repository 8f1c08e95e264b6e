//! 書類送付先: where each kind of document goes.

use super::{Choices, Column, ColumnKind, Dataset};

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
    description: "How and where a customer gets quotes, delivery notes and invoices.",
    columns: COLUMNS,
    key: &["customer_code", "doc_kind"],
    month_column: None,
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("customer_code", "customers")],
};

const COLUMNS: &[Column] = &[
    Column::new("customer_code", "顧客コード", ColumnKind::Code)
        .required()
        .alias(&["顧客ID", "得意先コード"])
        .about("Whose documents."),
    Column::new("doc_kind", "書類種別", ColumnKind::Choice(DOC_KINDS))
        .required()
        .alias(&["書類"])
        .about("Which document."),
    Column::new("method", "送付方法", ColumnKind::OpenChoice(METHODS)).required().about("How it is sent."),
    Column::new("address", "送付先住所", ColumnKind::Text)
        .alias(&["宛先住所"])
        .about("Where it is posted to."),
    Column::new("email", "送付先メール", ColumnKind::Text)
        .alias(&["メールアドレス"])
        .about("Where it is mailed to."),
];
