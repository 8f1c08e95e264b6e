//! 倉庫: where goods are kept (checklist 003-28).

use super::{Column, ColumnKind, Dataset};

/// 倉庫.
pub static WAREHOUSES: Dataset = Dataset {
    name: "warehouses",
    table: "warehouse",
    title_ja: "倉庫",
    description: "Our warehouses.",
    columns: COLUMNS,
    key: &["warehouse_code"],
    month_column: None,
    customer_column: None,
    related_columns: &[],
    references: &[],
};

const COLUMNS: &[Column] = &[
    Column::new("warehouse_code", "倉庫コード", ColumnKind::Code).required().about("Unique."),
    Column::new("warehouse_name", "倉庫名", ColumnKind::Text).required().alias(&["倉庫名称"]).about("Name."),
];
