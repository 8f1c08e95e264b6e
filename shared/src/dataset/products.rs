//! 商品台帳: what we sell.

use super::{Column, ColumnKind, Dataset};

/// 商品.
pub static PRODUCTS: Dataset = Dataset {
    name: "products",
    table: "product",
    title_ja: "商品",
    description: "The products, with what an agent should say about them.",
    columns: COLUMNS,
    key: &["product_code"],
    month_column: None,
    customer_column: None,
    related_columns: &[],
    references: &[],
};

const COLUMNS: &[Column] = &[
    Column::new("product_code", "商品コード", ColumnKind::Code)
        .required()
        .alias(&["品番", "商品ID"])
        .about("Unique."),
    Column::new("product_name", "商品名", ColumnKind::Text).required().alias(&["品名"]).about("Name."),
    Column::new("category", "分類", ColumnKind::Text)
        .alias(&["商品分類", "カテゴリ", "カテゴリー"])
        .about("Group, an axis of reports."),
    Column::new("unit_price", "標準単価", ColumnKind::Decimal)
        .alias(&["単価", "標準価格"])
        .about("List price, tax excluded, yen."),
    Column::new("advice", "案内事項", ColumnKind::Text)
        .alias(&["注意点", "アドバイス"])
        .about("What an agent should mention."),
];
