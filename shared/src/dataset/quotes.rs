//! 見積.

use super::{Column, ColumnKind, Dataset};
use crate::message::Label;
use crate::sales::QuoteStatus;

/// 見積.
pub static QUOTES: Dataset = Dataset {
    name: "quotes",
    table: "quote",
    title_ja: "見積",
    description: Label::new(
        "見積の件名・金額・状況・版と、対応する案件・受注",
        "Quotes with their state and revision, and the deal and order they belong to.",
    ),
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
    Column::new("quote_no", "見積番号", "quote number", ColumnKind::Code)
        .required()
        .alias(&["見積No"])
        .about("見積を特定する番号(重複不可)", "Identifies the quote; unique."),
    Column::new("customer_code", "顧客コード", "customer code", ColumnKind::Code)
        .required()
        .alias(&["得意先コード", "顧客ID"])
        .about("見積先の顧客のコード", "Customer for whom the quote is."),
    Column::new("quoted_on", "見積日", "quote date", ColumnKind::Date)
        .required()
        .about("見積書の日付(例: 2026-04-01)", "Date of the quote, such as 2026-04-01."),
    Column::new("title", "件名", "subject", ColumnKind::Text).about("見積の件名", "What is offered."),
    Column::new("amount", "見積金額", "quote amount", ColumnKind::Decimal)
        .alias(&["金額", "見積額"])
        .about("見積の合計金額(税抜、円)", "Total in yen, tax excluded."),
    Column::new("status", "見積状況", "quote status", ColumnKind::OpenChoice(QuoteStatus::CHOICES))
        .alias(&["状態", "ステータス"])
        .about("見積の状況(作成中・提出済・受注・失注など)", "State: draft, sent, won, lost and so on."),
    Column::new("revision", "版", "revision", ColumnKind::Integer)
        .alias(&["改訂"])
        .about("見積の版数。初版は1", "Revision; the first is 1."),
    Column::new("valid_until", "有効期限", "valid until", ColumnKind::Date)
        .about("見積が有効な最終日(例: 2026-04-30)", "Last day on which it is valid, such as 2026-04-30."),
    Column::new("deal_no", "案件番号", "deal number", ColumnKind::Code)
        .about("見積を出した案件の番号", "Deal to which it belongs."),
    Column::new("order_no", "受注番号", "order number", ColumnKind::Code)
        .about("見積から成約した受注の番号", "Order that it became."),
    Column::new("department", "部門コード", "department code", ColumnKind::Code)
        .alias(&["部門", "営業部門"])
        .about("担当する部門のコード", "Our department in charge."),
    Column::new("probability", "確度", "probability", ColumnKind::Integer)
        .alias(&["受注確度"])
        .about("受注の確度(%)。0〜100の整数(例: 60)", "Probability of winning it in per cent, 0 to 100."),
];
