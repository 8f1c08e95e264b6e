//! 工数: time entries (checklist 003-47).

use super::{Column, ColumnKind, Dataset};
use crate::message::Label;

/// 工数.
pub static TIME_ENTRIES: Dataset = Dataset {
    name: "time_entries",
    table: "time_entry",
    title_ja: "工数",
    description: Label::new("プロジェクトの作業時間の記録", "Hours that our staff worked on projects."),
    columns: COLUMNS,
    key: &["entry_no"],
    month_column: Some("worked_on"),
    customer_column: None,
    related_columns: &[],
    references: &[("project_code", "projects"), ("member_code", "members")],
};

const COLUMNS: &[Column] = &[
    Column::new("entry_no", "工数番号", "entry number", ColumnKind::Code)
        .required()
        .alias(&["工数No"])
        .about("工数の記録を特定する番号(重複不可)", "Identifies the entry; unique."),
    Column::new("project_code", "プロジェクトコード", "project code", ColumnKind::Code)
        .required()
        .alias(&["プロジェクト番号"])
        .about("作業したプロジェクトのコード", "Project that was worked on."),
    Column::new("task", "作業内容", "task", ColumnKind::Text)
        .alias(&["タスク", "作業"])
        .about("作業の内容", "What was done."),
    Column::new("member_code", "メンバーコード", "member code", ColumnKind::Code)
        .required()
        .alias(&["担当者コード", "社員番号"])
        .about("作業した社員のメンバーコード", "Member of our staff who worked."),
    Column::new("worked_on", "作業日", "work date", ColumnKind::Date)
        .required()
        .alias(&["日付"])
        .about("作業した日(例: 2026-04-01)", "Date of the work, such as 2026-04-01."),
    Column::new("hours", "工数", "hours", ColumnKind::Decimal)
        .required()
        .alias(&["時間", "作業時間"])
        .about("作業時間(時間)(例: 1.5)", "Hours worked, such as 1.5."),
    Column::new("note", "備考", "remarks", ColumnKind::Text)
        .alias(&["日報"])
        .about("作業についての備考", "Remarks on the work."),
];
