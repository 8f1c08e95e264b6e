//! 部門: our own sales departments.

use super::{Column, ColumnKind, Dataset};
use crate::message::Label;

/// 部門.
pub static DEPARTMENTS: Dataset = Dataset {
    name: "departments",
    table: "department",
    title_ja: "部門",
    description: Label::new(
        "自社の部門。集計の区分に使用",
        "Our own departments. Reports can be split by them.",
    ),
    columns: COLUMNS,
    key: &["department"],
    month_column: None,
    customer_column: None,
    related_columns: &[],
    references: &[],
};

const COLUMNS: &[Column] = &[
    Column::new("department", "部門コード", "department code", ColumnKind::Code)
        .required()
        .alias(&["部門"])
        .about("部門を特定するコード(重複不可)", "Identifies the department; unique."),
    Column::new("department_name", "部門名", "department name", ColumnKind::Text)
        .required()
        .about("部門の名称(例: 営業1課)", "Name of the department."),
];
