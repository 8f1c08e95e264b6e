//! 拡張項目の値: one row for each row of a data set and field.

use super::extension_fields::NAMES;
use super::{Column, ColumnKind, Dataset};

/// 拡張項目の値.
pub static EXTENSION_VALUES: Dataset = Dataset {
    name: "extension_values",
    table: "extension_value",
    title_ja: "拡張項目の値",
    description: "What rows have in the fields that the company defines itself.",
    columns: COLUMNS,
    key: &["dataset", "row_key", "field_code"],
    month_column: None,
    customer_column: None,
    related_columns: &[],
    references: &[],
};

const COLUMNS: &[Column] = &[
    Column::new("dataset", "対象データ", ColumnKind::Choice(NAMES))
        .required()
        .alias(&["データ", "アプリ"])
        .about("The data set of the row: `customers`."),
    Column::new("row_key", "行キー", ColumnKind::Text)
        .required()
        .alias(&["レコードキー"])
        .about("The row's key columns as they are exported, joined by `/`."),
    Column::new("field_code", "項目コード", ColumnKind::Code)
        .required()
        .alias(&["フィールドコード"])
        .about("The field."),
    Column::new("value", "値", ColumnKind::Text).about("As written; empty is no value."),
];
