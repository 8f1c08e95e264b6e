//! 仕入: purchases (checklist 003-48).

use super::{Column, ColumnKind, Dataset};

/// 仕入.
pub static PURCHASES: Dataset = Dataset {
    name: "purchases",
    table: "purchase",
    title_ja: "仕入",
    description: "What was bought from others, by line; for a project where there is one.",
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
    Column::new("purchase_no", "仕入番号", ColumnKind::Code)
        .required()
        .alias(&["仕入伝票番号", "仕入No"])
        .about("The slip."),
    Column::new("line_no", "行番号", ColumnKind::Integer)
        .alias(&["明細番号", "行"])
        .default("1")
        .about("The line of the slip."),
    Column::new("purchased_on", "仕入日", ColumnKind::Date)
        .required()
        .alias(&["計上日"])
        .about("Date of the purchase."),
    Column::new("supplier", "仕入先", ColumnKind::Text)
        .required()
        .alias(&["仕入先名", "外注先"])
        .about("From whom."),
    Column::new("project_code", "プロジェクトコード", ColumnKind::Code)
        .alias(&["プロジェクト番号"])
        .about("The project that it is a cost of."),
    Column::new("product_code", "商品コード", ColumnKind::Code).alias(&["品番"]).about("The product."),
    Column::new("description", "内容", ColumnKind::Text)
        .alias(&["摘要", "商品名", "品名"])
        .about("What it was."),
    Column::new("quantity", "数量", ColumnKind::Decimal).about("How many."),
    Column::new("unit_price", "単価", ColumnKind::Decimal).alias(&["仕入単価"]).about("Tax excluded, yen."),
    Column::new("amount", "金額", ColumnKind::Decimal)
        .required()
        .alias(&["仕入金額", "仕入額"])
        .about("Tax excluded, yen."),
    Column::new("warehouse_code", "倉庫コード", ColumnKind::Code).alias(&["倉庫"]).about("Where it went."),
];
