//! 入金.

use super::{Column, ColumnKind, Dataset};
use crate::customer::PaymentMethod;

/// 入金.
pub static PAYMENTS: Dataset = Dataset {
    name: "payments",
    table: "payment",
    title_ja: "入金",
    description: "Payments received, each for one invoice where known.",
    columns: COLUMNS,
    key: &["payment_no"],
    month_column: Some("paid_on"),
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("customer_code", "customers"), ("invoice_no", "invoices")],
};

const COLUMNS: &[Column] = &[
    Column::new("payment_no", "入金番号", ColumnKind::Code)
        .required()
        .alias(&["入金No", "入金ID"])
        .about("Unique."),
    Column::new("customer_code", "顧客コード", ColumnKind::Code)
        .required()
        .alias(&["得意先コード", "顧客ID"])
        .about("Who paid."),
    Column::new("invoice_no", "請求番号", ColumnKind::Code)
        .alias(&["請求ID"])
        .about("Which invoice was paid."),
    Column::new("paid_on", "入金日", ColumnKind::Date).required().about("Date of the payment."),
    Column::new("amount", "入金額", ColumnKind::Decimal)
        .required()
        .alias(&["金額", "入金金額"])
        .about("Yen."),
    Column::new("method", "入金方法", ColumnKind::OpenChoice(PaymentMethod::CHOICES))
        .alias(&["支払方法", "入金区分"])
        .about("How it was paid."),
];
