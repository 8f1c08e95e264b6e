//! メンバー: our own people, with what an hour of theirs costs (checklist 003-49).

use super::{Column, ColumnKind, Dataset};

/// メンバー.
pub static MEMBERS: Dataset = Dataset {
    name: "members",
    table: "member",
    title_ja: "メンバー",
    description: "Our own people: sales representatives and those who work on projects.",
    columns: COLUMNS,
    key: &["member_code"],
    month_column: None,
    customer_column: None,
    related_columns: &[],
    references: &[("department", "departments")],
};

const COLUMNS: &[Column] = &[
    Column::new("member_code", "メンバーコード", ColumnKind::Code)
        .required()
        .alias(&["担当者コード", "社員番号", "社員コード"])
        .about("Unique; what sales and time entries name."),
    Column::new("member_name", "メンバー名", ColumnKind::Text)
        .required()
        .alias(&["担当者名", "氏名", "社員名"])
        .about("Name, as in the customers' `account_owner`."),
    Column::new("department", "部門コード", ColumnKind::Code)
        .alias(&["部門", "所属", "所属部門"])
        .about("Our department."),
    Column::new("unit_cost", "単価", ColumnKind::Decimal)
        .alias(&["時間単価", "人件費単価", "原価単価"])
        .about("Cost of an hour, yen."),
];
