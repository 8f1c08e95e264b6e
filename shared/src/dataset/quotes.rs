//! 見積.

use super::{Column, ColumnKind, Dataset};
use crate::sales::QuoteStatus;

/// 見積.
pub static QUOTES: Dataset = Dataset {
    name: "quotes",
    table: "quote",
    title_ja: "見積",
    description: "Quotes with their revisions and links to deals and orders.",
    columns: COLUMNS,
    key: &["quote_no"],
    month_column: Some("quoted_on"),
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[
        ("customer_code", "customers"),
        ("deal_no", "deals"),
        ("order_no", "orders"),
        ("department", "departments"),
    ],
};

const COLUMNS: &[Column] = &[
    Column::new("quote_no", "見積番号", ColumnKind::Code).required().alias(&["見積No"]).about("Unique."),
    Column::new("customer_code", "顧客コード", ColumnKind::Code)
        .required()
        .alias(&["得意先コード", "顧客ID"])
        .about("For whom."),
    Column::new("quoted_on", "見積日", ColumnKind::Date).required().about("Date of the quote."),
    Column::new("title", "件名", ColumnKind::Text).about("What is offered."),
    Column::new("amount", "見積金額", ColumnKind::Decimal)
        .alias(&["金額", "見積額"])
        .about("Tax excluded, yen."),
    Column::new("status", "見積状況", ColumnKind::OpenChoice(QuoteStatus::CHOICES))
        .alias(&["状態", "ステータス"])
        .about("How far it is."),
    Column::new("revision", "版", ColumnKind::Integer).alias(&["改訂"]).about("1 for the first."),
    Column::new("valid_until", "有効期限", ColumnKind::Date).about("Last day on which it holds."),
    Column::new("deal_no", "案件番号", ColumnKind::Code).about("The deal it belongs to."),
    Column::new("order_no", "受注番号", ColumnKind::Code).about("The order it became."),
    Column::new("department", "部門コード", ColumnKind::Code)
        .alias(&["部門", "営業部門"])
        .about("Our department."),
    Column::new("probability", "確度", ColumnKind::Integer).alias(&["受注確度"]).about("Per cent, 0 to 100."),
];
