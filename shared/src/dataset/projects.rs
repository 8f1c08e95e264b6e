//! プロジェクト (checklist 003-40…46).

use super::{Column, ColumnKind, Dataset};
use crate::sales::ProjectStatus;

/// プロジェクト.
pub static PROJECTS: Dataset = Dataset {
    name: "projects",
    table: "project",
    title_ja: "プロジェクト",
    description: "Work that is made to order, with what it brings in.",
    columns: COLUMNS,
    key: &["project_code"],
    month_column: None,
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[
        ("customer_code", "customers"),
        ("department", "departments"),
        ("quote_no", "quotes"),
        ("order_no", "orders"),
        ("manager", "members"),
    ],
};

const COLUMNS: &[Column] = &[
    Column::new("project_code", "プロジェクトコード", ColumnKind::Code)
        .required()
        .alias(&["プロジェクト番号", "プロジェクトNo"])
        .about("Unique."),
    Column::new("project_name", "プロジェクト名", ColumnKind::Text)
        .required()
        .alias(&["名称"])
        .about("Name."),
    Column::new("customer_code", "顧客コード", ColumnKind::Code)
        .alias(&["得意先コード", "顧客ID"])
        .about("For whom."),
    Column::new("department", "部門コード", ColumnKind::Code)
        .alias(&["部門", "制作部門"])
        .about("Our department."),
    Column::new("manager", "責任者コード", ColumnKind::Code)
        .alias(&["担当者コード", "責任者"])
        .about("Who of our members leads it."),
    Column::new("status", "プロジェクト状況", ColumnKind::OpenChoice(ProjectStatus::CHOICES))
        .alias(&["状態", "ステータス"])
        .about("How far it is."),
    Column::new("contract_amount", "受注額", ColumnKind::Decimal)
        .alias(&["受注金額", "契約金額"])
        .about("What was agreed, tax excluded, yen."),
    Column::new("planned_hours", "予定工数", ColumnKind::Decimal)
        .alias(&["見積工数"])
        .about("Hours that were planned."),
    Column::new("started_on", "開始日", ColumnKind::Date).alias(&["着手日"]).about("First day."),
    Column::new("due_on", "完了予定日", ColumnKind::Date).alias(&["納期"]).about("When it is to be done."),
    Column::new("completed_on", "完了日", ColumnKind::Date).alias(&["検収日"]).about("When it was done."),
    Column::new("quote_no", "見積番号", ColumnKind::Code).about("The quote that was won."),
    Column::new("order_no", "受注番号", ColumnKind::Code).about("The order."),
];
