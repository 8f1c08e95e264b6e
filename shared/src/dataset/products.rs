//! 商品台帳: what we sell.

use super::{Column, ColumnKind, Dataset};
use crate::message::Label;

/// 商品.
pub static PRODUCTS: Dataset = Dataset {
    name: "products",
    table: "product",
    title_ja: "商品",
    description: Label::new(
        "販売する商品と、電話で案内する内容",
        "What we sell, with what an agent should say about it.",
    ),
    columns: COLUMNS,
    key: &["product_code"],
    month_column: None,
    customer_column: None,
    related_columns: &[],
    references: &[],
};

const COLUMNS: &[Column] = &[
    Column::new("product_code", "商品コード", "product code", ColumnKind::Code)
        .required()
        .alias(&["品番", "商品ID"])
        .about("商品を特定するコード(重複不可)", "Identifies the product; unique."),
    Column::new("product_name", "商品名", "product name", ColumnKind::Text)
        .required()
        .alias(&["品名"])
        .about("商品の名称", "Name of the product."),
    Column::new("category", "分類", "category", ColumnKind::Text)
        .alias(&["商品分類", "カテゴリ", "カテゴリー"])
        .about("商品の分類。集計の区分に使用", "Product group. Reports can be split by it."),
    Column::new("unit_price", "標準単価", "unit price", ColumnKind::Decimal)
        .alias(&["単価", "標準価格"])
        .about("標準の販売単価(税抜、円)", "List price in yen, tax excluded."),
    Column::new("advice", "案内事項", "advice", ColumnKind::Text)
        .alias(&["注意点", "アドバイス"])
        .about("電話で案内する事項や注意点", "What an agent should mention."),
];
