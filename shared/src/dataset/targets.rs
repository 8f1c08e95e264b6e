//! 売上目標: sales targets of a month.

use super::{Column, ColumnKind, Dataset};
use crate::message::Label;

/// 売上目標.
pub static TARGETS: Dataset = Dataset {
    name: "targets",
    table: "target",
    title_ja: "売上目標",
    description: Label::new(
        "月ごとの売上目標。部門と担当者が空欄の行は全社の目標",
        "Sales targets of each month: of a representative, of a department, or of the company where both are empty.",
    ),
    columns: COLUMNS,
    key: &["month", "department", "sales_rep"],
    month_column: Some("month"),
    customer_column: None,
    related_columns: &[],
    references: &[("department", "departments"), ("sales_rep", "members")],
};

const COLUMNS: &[Column] = &[
    Column::new("month", "目標月", "target month", ColumnKind::Date)
        .required()
        .alias(&["対象月", "年月"])
        .about(
            "目標の月の初日(例: 2026-04-01)",
            "First day of the month that the target is for, such as 2026-04-01.",
        ),
    Column::new("department", "部門コード", "department code", ColumnKind::Code)
        .alias(&["部門", "営業部門"])
        .default("")
        .about("部門の目標の場合は部門のコード", "Department, of a department's target."),
    Column::new("sales_rep", "担当者コード", "representative code", ColumnKind::Code)
        .alias(&["営業担当者コード", "営業担当"])
        .default("")
        .about(
            "担当者の目標の場合はメンバーのコード。部門の目標では空欄",
            "Member of staff, of a representative's target; empty in a department's.",
        ),
    Column::new("amount", "目標金額", "target amount", ColumnKind::Decimal)
        .required()
        .alias(&["売上目標", "目標", "予算"])
        .about("月の売上目標(税抜、円)", "What is to be sold in the month in yen, tax excluded."),
];
