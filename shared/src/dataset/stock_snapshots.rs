//! 在庫: stock at the end of a day (checklist 001-14, 004-21).

use super::{Column, ColumnKind, Dataset};
use crate::message::Label;

/// 在庫.
pub static STOCK_SNAPSHOTS: Dataset = Dataset {
    name: "stock_snapshots",
    table: "stock_snapshot",
    title_ja: "在庫",
    description: Label::new(
        "1日の終わりの在庫数。入出庫の記録は含まない",
        "Stock at the end of a day, without movements.",
    ),
    columns: COLUMNS,
    key: &["product_code", "warehouse_code", "counted_on"],
    month_column: Some("counted_on"),
    customer_column: None,
    related_columns: &[],
    references: &[("product_code", "products"), ("warehouse_code", "warehouses")],
};

const COLUMNS: &[Column] = &[
    Column::new("product_code", "商品コード", "product code", ColumnKind::Code)
        .required()
        .alias(&["品番"])
        .about("在庫を数えた商品のコード", "Product that was counted."),
    Column::new("warehouse_code", "倉庫コード", "warehouse code", ColumnKind::Code)
        .alias(&["倉庫"])
        .default("")
        .about("倉庫のコード。空欄は全倉庫の合計", "Warehouse; empty for all of them together."),
    Column::new("counted_on", "在庫日", "stock date", ColumnKind::Date)
        .required()
        .alias(&["棚卸日", "基準日"])
        .about(
            "在庫を数えた日(例: 2026-04-30)。その日の終わりの数量を入力",
            "Day at whose end it was counted, such as 2026-04-30.",
        ),
    Column::new("quantity", "在庫数", "stock quantity", ColumnKind::Decimal)
        .required()
        .alias(&["在庫数量", "現在庫"])
        .about("在庫の数量", "Quantity in stock."),
    Column::new("allocated", "引当数", "allocated quantity", ColumnKind::Decimal)
        .alias(&["引当数量"])
        .about("在庫のうち、受注に引き当てた数量", "How much of it is allocated to orders."),
];
