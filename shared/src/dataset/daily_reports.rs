//! 日報: what our people did on a day (checklist 003-08).

use super::{Column, ColumnKind, Dataset};

/// 日報.
pub static DAILY_REPORTS: Dataset = Dataset {
    name: "daily_reports",
    table: "daily_report",
    title_ja: "日報",
    description: "Daily reports of our people, about one customer or none.",
    columns: COLUMNS,
    key: &["report_no"],
    month_column: Some("reported_on"),
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("customer_code", "customers"), ("member_code", "members")],
};

const COLUMNS: &[Column] = &[
    Column::new("report_no", "日報番号", ColumnKind::Code).required().alias(&["日報No"]).about("Unique."),
    Column::new("reported_on", "日報日", ColumnKind::Date)
        .required()
        .alias(&["日付", "報告日"])
        .about("Of which day."),
    Column::new("member_code", "メンバーコード", ColumnKind::Code)
        .alias(&["社員番号", "担当者コード"])
        .about("Whose report."),
    Column::new("author", "報告者", ColumnKind::Text)
        .alias(&["記入者", "担当者名"])
        .about("Whose report, by name."),
    Column::new("customer_code", "顧客コード", ColumnKind::Code)
        .alias(&["得意先コード", "顧客ID"])
        .about("About whom."),
    Column::new("title", "件名", ColumnKind::Text).alias(&["表題"]).about("In one line."),
    Column::new("body", "報告内容", ColumnKind::Text).alias(&["内容", "本文"]).about("In full."),
    Column::new("next_action", "次回アクション", ColumnKind::Text)
        .alias(&["次回予定"])
        .about("What is to be done next."),
];
