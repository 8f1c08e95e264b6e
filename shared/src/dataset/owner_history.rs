//! 担当変更履歴: who looked after a customer until when (checklist 000-47).

use super::{Column, ColumnKind, Dataset};

/// 担当変更履歴.
pub static OWNER_HISTORY: Dataset = Dataset {
    name: "owner_history",
    table: "owner_history",
    title_ja: "担当変更履歴",
    description: "Changes of the customers' own representative; the store writes a row with every change.",
    columns: COLUMNS,
    key: &["customer_code", "changed_at"],
    month_column: None,
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("customer_code", "customers")],
};

const COLUMNS: &[Column] = &[
    Column::new("customer_code", "顧客コード", ColumnKind::Code)
        .required()
        .alias(&["得意先コード", "顧客ID"])
        .about("Whose representative changed."),
    Column::new("changed_at", "変更日時", ColumnKind::Instant).required().about("When."),
    Column::new("owner_from", "変更前担当者", ColumnKind::Text).alias(&["前任者"]).about("Who it was."),
    Column::new("owner_to", "変更後担当者", ColumnKind::Text).alias(&["後任者"]).about("Who it is now."),
];
