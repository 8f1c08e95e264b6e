//! 担当変更履歴: who looked after a customer until when (checklist 000-47).

use super::{Column, ColumnKind, Dataset, origin};
use crate::message::Label;

/// 担当変更履歴.
pub static OWNER_HISTORY: Dataset = Dataset {
    name: "owner_history",
    table: "owner_history",
    title_ja: "担当変更履歴",
    description: Label::new(
        "顧客の担当者(自社)の変更履歴。担当者名の変更時に自動で記録",
        "Changes of the customers' owners. A row is written with every change of `account_owner`.",
    ),
    columns: COLUMNS,
    key: &["customer_code", "changed_at"],
    month_column: None,
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("customer_code", "customers")],
};

const COLUMNS: &[Column] = &[
    Column::new("customer_code", "顧客コード", "customer code", ColumnKind::Code)
        .required()
        .alias(&["得意先コード", "顧客ID"])
        .about("担当者が変わった顧客のコード", "Customer whose owner changed."),
    Column::new("changed_at", "変更日時", "changed at", ColumnKind::Instant)
        .required()
        .about("担当者が変わった日時(例: 2026-04-01 09:30)", "Time of the change, such as 2026-04-01 09:30."),
    Column::new("owner_from", "変更前担当者", "owner before", ColumnKind::Text)
        .alias(&["前任者"])
        .about("変更前の担当者の氏名", "Owner before the change."),
    Column::new("owner_to", "変更後担当者", "owner after", ColumnKind::Text)
        .alias(&["後任者"])
        .about("変更後の担当者の氏名", "Owner after the change."),
    origin::column(),
];
