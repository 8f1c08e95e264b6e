//! 仕入: purchases (checklist 003-48).

use super::{Column, ColumnKind, Dataset};
use crate::message::Label;

/// 仕入.
pub static PURCHASES: Dataset = Dataset {
    name: "purchases",
    table: "purchase",
    title_ja: "仕入",
    description: Label::new(
        "仕入伝票の明細行。プロジェクトの原価になる仕入はプロジェクトコードも入力",
        "What was bought from suppliers, one row per line; with its project if it is a cost of one.",
    ),
    columns: COLUMNS,
    key: &["purchase_no", "line_no"],
    month_column: Some("purchased_on"),
    customer_column: None,
    related_columns: &[],
    references: &[
        ("project_code", "projects"),
        ("product_code", "products"),
        ("warehouse_code", "warehouses"),
    ],
};

const COLUMNS: &[Column] = &[
    Column::new("purchase_no", "仕入番号", "purchase number", ColumnKind::Code)
        .required()
        .alias(&["仕入伝票番号", "仕入No"])
        .about("仕入伝票の番号", "Number of the purchase slip."),
    Column::new("line_no", "行番号", "line number", ColumnKind::Integer)
        .alias(&["明細番号", "行"])
        .default("1")
        .about("仕入伝票の行番号", "Line number within the slip."),
    Column::new("purchased_on", "仕入日", "purchase date", ColumnKind::Date)
        .required()
        .alias(&["計上日"])
        .about("仕入を計上した日(例: 2026-04-01)", "Date of the purchase, such as 2026-04-01."),
    Column::new("supplier", "仕入先", "supplier", ColumnKind::Text)
        .required()
        .alias(&["仕入先名", "外注先"])
        .about("仕入先または外注先の名称", "Name of the supplier."),
    Column::new("project_code", "プロジェクトコード", "project code", ColumnKind::Code)
        .alias(&["プロジェクト番号"])
        .about("原価を計上するプロジェクトのコード", "Project of which it is a cost."),
    Column::new("product_code", "商品コード", "product code", ColumnKind::Code)
        .alias(&["品番"])
        .about("仕入れた商品のコード", "Product that was bought."),
    Column::new("description", "内容", "description", ColumnKind::Text)
        .alias(&["摘要", "商品名", "品名"])
        .about("仕入れた商品や作業の内容", "What was bought, in words."),
    Column::new("quantity", "数量", "quantity", ColumnKind::Decimal)
        .about("仕入れた数量", "Quantity bought."),
    Column::new("unit_price", "単価", "unit price", ColumnKind::Decimal)
        .alias(&["仕入単価"])
        .about("1単位あたりの金額(税抜、円)", "Price per unit in yen, tax excluded."),
    Column::new("amount", "金額", "amount", ColumnKind::Decimal)
        .required()
        .alias(&["仕入金額", "仕入額"])
        .about("明細行の金額(税抜、円)", "Amount of the line in yen, tax excluded."),
    Column::new("warehouse_code", "倉庫コード", "warehouse code", ColumnKind::Code)
        .alias(&["倉庫"])
        .about("入荷先の倉庫のコード", "Warehouse to which it went."),
];
