//! 部門: our own sales departments.

use super::{Column, ColumnKind, Dataset};

/// 部門.
pub static DEPARTMENTS: Dataset = Dataset {
    name: "departments",
    table: "department",
    title_ja: "部門",
    description: "Our own departments, an axis of reports.",
    columns: COLUMNS,
    key: &["department"],
    month_column: None,
    customer_column: None,
    related_columns: &[],
    references: &[],
};

const COLUMNS: &[Column] = &[
    Column::new("department", "部門コード", ColumnKind::Code).required().alias(&["部門"]).about("Unique."),
    Column::new("department_name", "部門名", ColumnKind::Text).required().about("Name."),
];
