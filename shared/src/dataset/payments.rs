//! 入金.

use super::{Column, ColumnKind, Dataset};
use crate::customer::PaymentMethod;
use crate::message::Label;

/// 入金.
pub static PAYMENTS: Dataset = Dataset {
    name: "payments",
    table: "payment",
    title_ja: "入金",
    description: Label::new(
        "顧客からの入金。対象の請求が分かる場合は請求番号も入力",
        "Payments received, each with its invoice where known.",
    ),
    columns: COLUMNS,
    key: &["payment_no"],
    month_column: Some("paid_on"),
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("customer_code", "customers"), ("invoice_no", "invoices")],
};

const COLUMNS: &[Column] = &[
    Column::new("payment_no", "入金番号", "payment number", ColumnKind::Code)
        .required()
        .alias(&["入金No", "入金ID"])
        .about("入金を特定する番号(重複不可)", "Identifies the payment; unique."),
    Column::new("customer_code", "顧客コード", "customer code", ColumnKind::Code)
        .required()
        .alias(&["得意先コード", "顧客ID"])
        .about("入金した顧客のコード", "Customer who paid."),
    Column::new("invoice_no", "請求番号", "invoice number", ColumnKind::Code)
        .alias(&["請求ID"])
        .about("入金の対象となる請求の番号", "Invoice that was paid."),
    Column::new("paid_on", "入金日", "payment date", ColumnKind::Date)
        .required()
        .about("入金のあった日(例: 2026-05-31)", "Date of the payment, such as 2026-05-31."),
    Column::new("amount", "入金額", "payment amount", ColumnKind::Decimal)
        .required()
        .alias(&["金額", "入金金額"])
        .about("入金した金額(円)", "Amount in yen."),
    Column::new("method", "入金方法", "payment method", ColumnKind::OpenChoice(PaymentMethod::CHOICES))
        .alias(&["支払方法", "入金区分"])
        .about("入金の方法(振込・口座振替など)", "How it was paid."),
];
