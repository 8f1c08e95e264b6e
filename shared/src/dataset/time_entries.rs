//! 工数: time entries (checklist 003-47).

use super::{Column, ColumnKind, Dataset};

/// 工数.
pub static TIME_ENTRIES: Dataset = Dataset {
    name: "time_entries",
    table: "time_entry",
    title_ja: "工数",
    description: "Hours that our people worked on projects.",
    columns: COLUMNS,
    key: &["entry_no"],
    month_column: Some("worked_on"),
    customer_column: None,
    related_columns: &[],
    references: &[("project_code", "projects"), ("member_code", "members")],
};

const COLUMNS: &[Column] = &[
    Column::new("entry_no", "工数番号", ColumnKind::Code).required().alias(&["工数No"]).about("Unique."),
    Column::new("project_code", "プロジェクトコード", ColumnKind::Code)
        .required()
        .alias(&["プロジェクト番号"])
        .about("The project."),
    Column::new("task", "作業内容", ColumnKind::Text).alias(&["タスク", "作業"]).about("What was done."),
    Column::new("member_code", "メンバーコード", ColumnKind::Code)
        .required()
        .alias(&["担当者コード", "社員番号"])
        .about("Who worked."),
    Column::new("worked_on", "作業日", ColumnKind::Date).required().alias(&["日付"]).about("On which day."),
    Column::new("hours", "工数", ColumnKind::Decimal).required().alias(&["時間", "作業時間"]).about("Hours."),
    Column::new("note", "備考", ColumnKind::Text).alias(&["日報"]).about("For the daily list."),
];
