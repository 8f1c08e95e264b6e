//! 受注: orders and how far they are.

use super::{Column, ColumnKind, Dataset};
use crate::message::Label;
use crate::sales::{OrderStatus, SalesChannel};

/// 受注.
pub static ORDERS: Dataset = Dataset {
    name: "orders",
    table: "sales_order",
    title_ja: "受注",
    description: Label::new(
        "受注の件名・金額・状況と、納期・納品日",
        "Orders with their state and delivery dates.",
    ),
    columns: COLUMNS,
    key: &["order_no"],
    month_column: Some("received_on"),
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("customer_code", "customers"), ("quote_no", "quotes"), ("campaign_code", "campaigns")],
};

const COLUMNS: &[Column] = &[
    Column::new("order_no", "受注番号", "order number", ColumnKind::Code)
        .required()
        .alias(&["注文番号", "受注No"])
        .about("受注を特定する番号(重複不可)", "Identifies the order; unique."),
    Column::new("customer_code", "顧客コード", "customer code", ColumnKind::Code)
        .required()
        .alias(&["得意先コード", "顧客ID"])
        .about("注文した顧客のコード", "Customer who ordered."),
    Column::new("received_on", "受注日", "order date", ColumnKind::Date)
        .required()
        .alias(&["注文日", "受付日"])
        .about("注文を受けた日(例: 2026-04-01)", "Date of the order, such as 2026-04-01."),
    Column::new("channel", "受注チャネル", "order channel", ColumnKind::OpenChoice(SalesChannel::CHOICES))
        .alias(&["受注方法", "チャネル"])
        .about(
            "注文を受けた方法(店舗・EC・電話など)",
            "How the order came in: store, web shop, phone and so on.",
        ),
    Column::new("status", "受注状況", "order status", ColumnKind::OpenChoice(OrderStatus::CHOICES))
        .alias(&["状態", "ステータス"])
        .about("受注の状況(受付・出荷・完了など)", "State: received, shipped, completed and so on."),
    Column::new("title", "件名", "subject", ColumnKind::Text).about("受注の件名", "What was ordered."),
    Column::new("amount", "受注金額", "order amount", ColumnKind::Decimal)
        .alias(&["金額"])
        .about("受注の合計金額(税抜、円)", "Total in yen, tax excluded."),
    Column::new("delivery_due_on", "納期", "delivery due date", ColumnKind::Date)
        .alias(&["納品予定日", "希望納期"])
        .about("約束した納品日(例: 2026-04-15)", "Promised delivery date, such as 2026-04-15."),
    Column::new("delivered_on", "納品日", "delivery date", ColumnKind::Date)
        .about("実際に納品した日(例: 2026-04-15)", "Actual delivery date, such as 2026-04-15."),
    Column::new("quote_no", "見積番号", "quote number", ColumnKind::Code)
        .about("受注のもとになった見積の番号", "Quote from which the order came."),
    Column::new("campaign_code", "キャンペーンコード", "campaign code", ColumnKind::Code)
        .alias(&["キャンペーン"])
        .about("受注のきっかけとなったキャンペーンのコード", "Campaign from which the order came."),
];
