//! 拡張項目の値: one row for each row of a data set and field.

use super::extension_fields::NAMES;
use super::{Column, ColumnKind, Dataset};
use crate::message::Label;

/// 拡張項目の値.
pub static EXTENSION_VALUES: Dataset = Dataset {
    name: "extension_values",
    table: "extension_value",
    title_ja: "拡張項目の値",
    description: Label::new(
        "拡張項目の値。対象データの行と項目の組み合わせごとに1行",
        "Values of the fields of the company's own, one row for each row and field.",
    ),
    columns: COLUMNS,
    key: &["dataset", "row_key", "field_code"],
    month_column: None,
    customer_column: None,
    related_columns: &[],
    references: &[],
};

const COLUMNS: &[Column] = &[
    Column::new("dataset", "対象データ", "data set", ColumnKind::Choice(NAMES))
        .required()
        .alias(&["データ", "アプリ"])
        .about("値を持つ行のデータ種別(例: customers)", "Data set of the row, such as `customers`."),
    Column::new("row_key", "行キー", "row key", ColumnKind::Text).required().alias(&["レコードキー"]).about(
        "対象の行のキー。キーが複数の列からなる場合は「/」でつなぐ",
        "Key of the row as it is exported; several key columns are joined by `/`.",
    ),
    Column::new("field_code", "項目コード", "field code", ColumnKind::Code)
        .required()
        .alias(&["フィールドコード"])
        .about("拡張項目のコード", "Code of the field."),
    Column::new("value", "値", "value", ColumnKind::Text)
        .about("項目の値。入力どおりに保存し、空欄は値なし", "Value as written; empty is no value."),
];
