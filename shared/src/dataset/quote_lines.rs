//! 見積明細 (checklist 003-16).

use super::{Column, ColumnKind, Dataset};

/// 見積明細.
pub static QUOTE_LINES: Dataset = Dataset {
    name: "quote_lines",
    table: "quote_line",
    title_ja: "見積明細",
    description: "The lines of quotes; their amounts add up to the quote's.",
    columns: COLUMNS,
    key: &["quote_no", "line_no"],
    month_column: None,
    customer_column: None,
    related_columns: &[],
    references: &[("quote_no", "quotes"), ("product_code", "products")],
};

const COLUMNS: &[Column] = &[
    Column::new("quote_no", "見積番号", ColumnKind::Code).required().alias(&["見積No"]).about("The quote."),
    Column::new("line_no", "行番号", ColumnKind::Integer)
        .alias(&["明細番号", "行"])
        .default("1")
        .about("The line of the quote."),
    Column::new("product_code", "商品コード", ColumnKind::Code).alias(&["品番"]).about("The product."),
    Column::new("product_name", "商品名", ColumnKind::Text)
        .alias(&["品名"])
        .about("As printed on the quote."),
    Column::new("quantity", "数量", ColumnKind::Decimal).about("How many."),
    Column::new("unit_price", "単価", ColumnKind::Decimal).about("Tax excluded, yen."),
    Column::new("amount", "金額", ColumnKind::Decimal)
        .required()
        .alias(&["見積金額", "小計"])
        .about("Tax excluded, yen."),
    Column::new("tax_rate", "税率", ColumnKind::Decimal)
        .alias(&["消費税率"])
        .about("Consumption tax, per cent."),
];
