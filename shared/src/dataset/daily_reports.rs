//! 日報: what our people did on a day (checklist 003-08).

use super::{Column, ColumnKind, Dataset};
use crate::message::Label;

/// 日報.
pub static DAILY_REPORTS: Dataset = Dataset {
    name: "daily_reports",
    table: "daily_report",
    title_ja: "日報",
    description: Label::new(
        "営業担当者などの日報。特定の顧客に関する場合は顧客コードも入力",
        "Daily reports of our staff, about one customer or none.",
    ),
    columns: COLUMNS,
    key: &["report_no"],
    month_column: Some("reported_on"),
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("customer_code", "customers"), ("member_code", "members")],
};

const COLUMNS: &[Column] = &[
    Column::new("report_no", "日報番号", "report number", ColumnKind::Code)
        .required()
        .alias(&["日報No"])
        .about("日報を特定する番号(重複不可)", "Identifies the report; unique."),
    Column::new("reported_on", "日報日", "report date", ColumnKind::Date)
        .required()
        .alias(&["日付", "報告日"])
        .about("報告の対象となる日(例: 2026-04-01)", "Day that it reports on, such as 2026-04-01."),
    Column::new("member_code", "メンバーコード", "member code", ColumnKind::Code)
        .alias(&["社員番号", "担当者コード"])
        .about("報告者のメンバーコード", "Member of our staff who wrote it."),
    Column::new("author", "報告者", "author", ColumnKind::Text)
        .alias(&["記入者", "担当者名"])
        .about("報告者の氏名", "Name of the author."),
    Column::new("customer_code", "顧客コード", "customer code", ColumnKind::Code)
        .alias(&["得意先コード", "顧客ID"])
        .about("報告に関係する顧客のコード", "Customer that it is about."),
    Column::new("title", "件名", "subject", ColumnKind::Text)
        .alias(&["表題"])
        .about("日報の件名", "Subject in one line."),
    Column::new("body", "報告内容", "body", ColumnKind::Text)
        .alias(&["内容", "本文"])
        .about("報告の詳しい内容", "Full text."),
    Column::new("next_action", "次回アクション", "next action", ColumnKind::Text)
        .alias(&["次回予定"])
        .about("次回に行うこと", "What is to be done next."),
];
