//! ToDo.

use super::{Column, ColumnKind, Dataset, origin};
use crate::message::Label;
use crate::sales::InquiryStatus;

/// ToDo.
pub static TASKS: Dataset = Dataset {
    name: "tasks",
    table: "task",
    title_ja: "ToDo",
    description: Label::new("顧客について行うこと(ToDo)", "What is still to be done for a customer."),
    columns: COLUMNS,
    key: &["task_no"],
    month_column: None,
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("customer_code", "customers")],
};

const COLUMNS: &[Column] = &[
    Column::new("task_no", "ToDo番号", "task number", ColumnKind::Code)
        .required()
        .alias(&["タスク番号", "ToDoNo"])
        .about("ToDoを特定する番号(重複不可)", "Identifies the task; unique."),
    Column::new("customer_code", "顧客コード", "customer code", ColumnKind::Code)
        .required()
        .alias(&["得意先コード", "顧客ID"])
        .about("ToDoの対象となる顧客のコード", "Customer for whom it is to be done."),
    Column::new("title", "ToDo内容", "task", ColumnKind::Text)
        .required()
        .alias(&["件名", "タスク名", "内容"])
        .about("行うことの内容", "What is to be done."),
    Column::new("due_on", "期限", "due date", ColumnKind::Date)
        .alias(&["期日"])
        .about("完了の期限日(例: 2026-04-15)", "Due date, such as 2026-04-15."),
    Column::new("status", "ToDo状況", "task status", ColumnKind::Choice(InquiryStatus::CHOICES))
        .alias(&["状態", "ステータス"])
        .default("open")
        .about("対応の状況(未対応・対応中・完了)", "State: open, in progress or done."),
    Column::new("assignee", "担当者", "assignee", ColumnKind::Text)
        .alias(&["対応者"])
        .about("担当する自社の社員", "Member of our staff who does it."),
    origin::column(),
];
