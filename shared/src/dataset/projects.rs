//! プロジェクト (checklist 003-40…46).

use super::{Column, ColumnKind, Dataset};
use crate::message::Label;
use crate::sales::ProjectStatus;

/// プロジェクト.
pub static PROJECTS: Dataset = Dataset {
    name: "projects",
    table: "project",
    title_ja: "プロジェクト",
    description: Label::new(
        "受注して行うプロジェクトと、その受注額・予定工数・日程",
        "Projects: work made to order, with its contract amount, planned hours and dates.",
    ),
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
    Column::new("project_code", "プロジェクトコード", "project code", ColumnKind::Code)
        .required()
        .alias(&["プロジェクト番号", "プロジェクトNo"])
        .about("プロジェクトを特定するコード(重複不可)", "Identifies the project; unique."),
    Column::new("project_name", "プロジェクト名", "project name", ColumnKind::Text)
        .required()
        .alias(&["名称"])
        .about("プロジェクトの名称", "Name of the project."),
    Column::new("customer_code", "顧客コード", "customer code", ColumnKind::Code)
        .alias(&["得意先コード", "顧客ID"])
        .about("発注した顧客のコード", "Customer for whom the work is done."),
    Column::new("department", "部門コード", "department code", ColumnKind::Code)
        .alias(&["部門", "制作部門"])
        .about("担当する部門のコード", "Our department in charge."),
    Column::new("manager", "責任者コード", "manager code", ColumnKind::Code)
        .alias(&["担当者コード", "責任者"])
        .about("責任者のメンバーコード", "Member of our staff who leads it, by `member_code`."),
    Column::new(
        "status",
        "プロジェクト状況",
        "project status",
        ColumnKind::OpenChoice(ProjectStatus::CHOICES),
    )
    .alias(&["状態", "ステータス"])
    .about("プロジェクトの状況(計画・進行中・完了など)", "State: planned, running, completed and so on."),
    Column::new("contract_amount", "受注額", "contract amount", ColumnKind::Decimal)
        .alias(&["受注金額", "契約金額"])
        .about("契約した金額(税抜、円)", "Agreed amount in yen, tax excluded."),
    Column::new("planned_hours", "予定工数", "planned hours", ColumnKind::Decimal)
        .alias(&["見積工数"])
        .about("予定した作業時間(時間)", "Planned hours of work."),
    Column::new("started_on", "開始日", "start date", ColumnKind::Date)
        .alias(&["着手日"])
        .about("着手した日(例: 2026-04-01)", "First day, such as 2026-04-01."),
    Column::new("due_on", "完了予定日", "planned completion date", ColumnKind::Date)
        .alias(&["納期"])
        .about("完了の予定日(例: 2026-09-30)", "Date on which it is to be completed, such as 2026-09-30."),
    Column::new("completed_on", "完了日", "completion date", ColumnKind::Date)
        .alias(&["検収日"])
        .about("完了した日(例: 2026-09-30)", "Date on which it was completed, such as 2026-09-30."),
    Column::new("quote_no", "見積番号", "quote number", ColumnKind::Code)
        .about("成約した見積の番号", "Quote that was won."),
    Column::new("order_no", "受注番号", "order number", ColumnKind::Code)
        .about("プロジェクトの受注の番号", "Order of the project."),
];
