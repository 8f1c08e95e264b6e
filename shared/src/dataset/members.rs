//! メンバー: our own people, with what an hour of theirs costs (checklist 003-49).

use super::{Column, ColumnKind, Dataset};
use crate::message::Label;

/// メンバー.
pub static MEMBERS: Dataset = Dataset {
    name: "members",
    table: "member",
    title_ja: "メンバー",
    description: Label::new(
        "自社の営業担当者と、プロジェクトで作業する社員",
        "Our own staff: sales representatives and those who work on projects.",
    ),
    columns: COLUMNS,
    key: &["member_code"],
    month_column: None,
    customer_column: None,
    related_columns: &[],
    references: &[("department", "departments")],
};

const COLUMNS: &[Column] = &[
    Column::new("member_code", "メンバーコード", "member code", ColumnKind::Code)
        .required()
        .alias(&["担当者コード", "社員番号", "社員コード"])
        .about(
            "社員を特定するコード(重複不可)。売上明細や工数で使用",
            "Identifies the member of staff; unique. Sales lines and time entries refer to it.",
        ),
    Column::new("member_name", "メンバー名", "member name", ColumnKind::Text)
        .required()
        .alias(&["担当者名", "氏名", "社員名"])
        .about(
            "氏名。顧客の「担当者名」と同じ表記で入力",
            "Name, spelled as in the customers' `account_owner`.",
        ),
    Column::new("department", "部門コード", "department code", ColumnKind::Code)
        .alias(&["部門", "所属", "所属部門"])
        .about("所属する部門のコード", "Department of the member."),
    Column::new("unit_cost", "単価", "unit cost", ColumnKind::Decimal)
        .alias(&["時間単価", "人件費単価", "原価単価"])
        .about("1時間あたりの人件費(円)", "Labour cost per hour in yen."),
];
