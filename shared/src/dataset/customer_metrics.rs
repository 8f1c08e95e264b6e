//! 顧客別集計: the figures of each customer as they were published (`docs/reports.md#metrics`).

use super::{Column, ColumnKind, Dataset};
use crate::message::Label;

/// 顧客別集計.
pub static CUSTOMER_METRICS: Dataset = Dataset {
    name: "customer_metrics",
    table: "customer_metrics",
    title_ja: "顧客別集計",
    description: Label::new(
        "ポップアップに表示する顧客別の集計値",
        "The published figures of each customer.",
    ),
    columns: COLUMNS,
    key: &["customer_code"],
    month_column: None,
    customer_column: None,
    related_columns: &[],
    references: &[("customer_code", "customers")],
};

const COLUMNS: &[Column] = &[
    Column::new("customer_code", "得意先コード", "customer code", ColumnKind::Code)
        .required()
        .about("得意先を特定するコード", "Identifies the customer."),
    Column::new("as_of", "基準日", "as-of date", ColumnKind::Date)
        .required()
        .about("集計の基準日", "The day as of which the figures were computed."),
    Column::new("sales_12m", "12か月売上", "sales, 12 months", ColumnKind::Decimal)
        .about("基準日までの12か月の売上金額(税抜)", "Net sales of the twelve months up to the as-of date."),
    Column::new("sales_prev_12m", "前年12か月売上", "sales, 12 months before", ColumnKind::Decimal)
        .about("その前の12か月の売上金額(税抜)", "Net sales of the twelve months before."),
    Column::new("slips_12m", "12か月伝票数", "slips, 12 months", ColumnKind::Integer)
        .about("基準日までの12か月の購入回数", "Purchases of the twelve months up to the as-of date."),
    Column::new("gross_margin", "LTV(累計粗利)", "LTV (gross margin)", ColumnKind::Decimal).about(
        "累計粗利。原価のある明細がなければ空",
        "Gross profit to date; empty when no line has a cost.",
    ),
    Column::new("first_sold_on", "初回購入日", "first purchase", ColumnKind::Date)
        .about("最初の購入の日", "Day of the first purchase."),
    Column::new("last_sold_on", "最終購入日", "last purchase", ColumnKind::Date)
        .about("最後の購入の日", "Day of the last purchase."),
    Column::new("purchase_cycle_days", "購入周期(日)", "purchase cycle (days)", ColumnKind::Integer)
        .about("購入日の間隔の平均", "The mean number of days between purchase days."),
    Column::new("monthly_sales", "月別売上", "monthly sales", ColumnKind::Text).about(
        "直近12か月の暦月ごとの売上金額(古い順、JSONの配列)",
        "Net sales of twelve calendar months, the oldest first, as a JSON array.",
    ),
];
