//! 倉庫: where goods are kept (checklist 003-28).

use super::{Column, ColumnKind, Dataset};
use crate::message::Label;

/// 倉庫.
pub static WAREHOUSES: Dataset = Dataset {
    name: "warehouses",
    table: "warehouse",
    title_ja: "倉庫",
    description: Label::new("自社の倉庫", "Our own warehouses."),
    columns: COLUMNS,
    key: &["warehouse_code"],
    month_column: None,
    customer_column: None,
    related_columns: &[],
    references: &[],
};

const COLUMNS: &[Column] = &[
    Column::new("warehouse_code", "倉庫コード", "warehouse code", ColumnKind::Code)
        .required()
        .about("倉庫を特定するコード(重複不可)", "Identifies the warehouse; unique."),
    Column::new("warehouse_name", "倉庫名", "warehouse name", ColumnKind::Text)
        .required()
        .alias(&["倉庫名称"])
        .about("倉庫の名称(例: 本社倉庫)", "Name of the warehouse."),
];
