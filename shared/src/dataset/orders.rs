//! 受注: orders and how far they are.

use super::{Column, ColumnKind, Dataset};
use crate::sales::{OrderStatus, SalesChannel};

/// 受注.
pub static ORDERS: Dataset = Dataset {
    name: "orders",
    table: "sales_order",
    title_ja: "受注",
    description: "Orders, their progress and their delivery.",
    columns: COLUMNS,
    key: &["order_no"],
    month_column: Some("received_on"),
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("customer_code", "customers"), ("quote_no", "quotes"), ("campaign_code", "campaigns")],
};

const COLUMNS: &[Column] = &[
    Column::new("order_no", "受注番号", ColumnKind::Code)
        .required()
        .alias(&["注文番号", "受注No"])
        .about("Unique."),
    Column::new("customer_code", "顧客コード", ColumnKind::Code)
        .required()
        .alias(&["得意先コード", "顧客ID"])
        .about("Who ordered."),
    Column::new("received_on", "受注日", ColumnKind::Date)
        .required()
        .alias(&["注文日", "受付日"])
        .about("Date of the order."),
    Column::new("channel", "受注チャネル", ColumnKind::OpenChoice(SalesChannel::CHOICES))
        .alias(&["受注方法", "チャネル"])
        .about("How it came in."),
    Column::new("status", "受注状況", ColumnKind::OpenChoice(OrderStatus::CHOICES))
        .alias(&["状態", "ステータス"])
        .about("How far it is."),
    Column::new("title", "件名", ColumnKind::Text).about("What was ordered."),
    Column::new("amount", "受注金額", ColumnKind::Decimal).alias(&["金額"]).about("Tax excluded, yen."),
    Column::new("delivery_due_on", "納期", ColumnKind::Date)
        .alias(&["納品予定日", "希望納期"])
        .about("Promised date."),
    Column::new("delivered_on", "納品日", ColumnKind::Date).about("Date of the delivery."),
    Column::new("quote_no", "見積番号", ColumnKind::Code).about("The quote that became the order."),
    Column::new("campaign_code", "キャンペーンコード", ColumnKind::Code)
        .alias(&["キャンペーン"])
        .about("The campaign that it came from."),
];
