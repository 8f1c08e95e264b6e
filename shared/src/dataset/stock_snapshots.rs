//! 在庫: stock at the end of a day (checklist 001-14, 004-21).

use super::{Column, ColumnKind, Dataset};

/// 在庫.
pub static STOCK_SNAPSHOTS: Dataset = Dataset {
    name: "stock_snapshots",
    table: "stock_snapshot",
    title_ja: "在庫",
    description: "What was in stock at the end of a day; no movements.",
    columns: COLUMNS,
    key: &["product_code", "warehouse_code", "counted_on"],
    month_column: Some("counted_on"),
    customer_column: None,
    related_columns: &[],
    references: &[("product_code", "products"), ("warehouse_code", "warehouses")],
};

const COLUMNS: &[Column] = &[
    Column::new("product_code", "商品コード", ColumnKind::Code)
        .required()
        .alias(&["品番"])
        .about("The product."),
    Column::new("warehouse_code", "倉庫コード", ColumnKind::Code)
        .alias(&["倉庫"])
        .default("")
        .about("The warehouse; empty for all together."),
    Column::new("counted_on", "在庫日", ColumnKind::Date)
        .required()
        .alias(&["棚卸日", "基準日"])
        .about("At the end of which day."),
    Column::new("quantity", "在庫数", ColumnKind::Decimal)
        .required()
        .alias(&["在庫数量", "現在庫"])
        .about("How many there were."),
    Column::new("allocated", "引当数", ColumnKind::Decimal)
        .alias(&["引当数量"])
        .about("How many of them were promised."),
];
