//! 見積明細 (checklist 003-16).

use super::{Column, ColumnKind, Dataset};
use crate::message::Label;

/// 見積明細.
pub static QUOTE_LINES: Dataset = Dataset {
    name: "quote_lines",
    table: "quote_line",
    title_ja: "見積明細",
    description: Label::new(
        "見積の明細行。金額の合計は見積金額と一致",
        "The lines of quotes. Their amounts add up to the amount of the quote.",
    ),
    columns: COLUMNS,
    key: &["quote_no", "line_no"],
    month_column: None,
    customer_column: None,
    related_columns: &[],
    references: &[("quote_no", "quotes"), ("product_code", "products")],
};

const COLUMNS: &[Column] = &[
    Column::new("quote_no", "見積番号", "quote number", ColumnKind::Code)
        .required()
        .alias(&["見積No"])
        .about("明細行の見積の番号", "Quote to which the line belongs."),
    Column::new("line_no", "行番号", "line number", ColumnKind::Integer)
        .alias(&["明細番号", "行"])
        .default("1")
        .about("見積書の行番号", "Line number within the quote."),
    Column::new("product_code", "商品コード", "product code", ColumnKind::Code)
        .alias(&["品番"])
        .about("見積もった商品のコード", "Product that is offered."),
    Column::new("product_name", "商品名", "product name", ColumnKind::Text)
        .alias(&["品名"])
        .about("見積書に記載する商品名", "Product name as printed on the quote."),
    Column::new("quantity", "数量", "quantity", ColumnKind::Decimal)
        .about("見積もった数量", "Quantity offered."),
    Column::new("unit_price", "単価", "unit price", ColumnKind::Decimal)
        .about("1単位あたりの金額(税抜、円)", "Price per unit in yen, tax excluded."),
    Column::new("amount", "金額", "amount", ColumnKind::Decimal)
        .required()
        .alias(&["見積金額", "小計"])
        .about("明細行の金額(税抜、円)", "Amount of the line in yen, tax excluded."),
    Column::new("tax_rate", "税率", "tax rate", ColumnKind::Decimal)
        .alias(&["消費税率"])
        .about("消費税率(%)(例: 10)", "Consumption tax rate in per cent, such as 10."),
];
