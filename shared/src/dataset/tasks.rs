//! ToDo.

use super::{Column, ColumnKind, Dataset};
use crate::sales::InquiryStatus;

/// ToDo.
pub static TASKS: Dataset = Dataset {
    name: "tasks",
    table: "task",
    title_ja: "ToDo",
    description: "What is still to be done for a customer.",
    columns: COLUMNS,
    key: &["task_no"],
    month_column: None,
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("customer_code", "customers")],
};

const COLUMNS: &[Column] = &[
    Column::new("task_no", "ToDo番号", ColumnKind::Code)
        .required()
        .alias(&["タスク番号", "ToDoNo"])
        .about("Unique."),
    Column::new("customer_code", "顧客コード", ColumnKind::Code)
        .required()
        .alias(&["得意先コード", "顧客ID"])
        .about("For whom."),
    Column::new("title", "ToDo内容", ColumnKind::Text)
        .required()
        .alias(&["件名", "タスク名", "内容"])
        .about("What."),
    Column::new("due_on", "期限", ColumnKind::Date).alias(&["期日"]).about("By when."),
    Column::new("status", "ToDo状況", ColumnKind::Choice(InquiryStatus::CHOICES))
        .alias(&["状態", "ステータス"])
        .default("open")
        .about("Whether it is done."),
    Column::new("assignee", "担当者", ColumnKind::Text).alias(&["対応者"]).about("Who, of us."),
];
