//! 拡張項目: fields that the company defines itself (checklist 000-05).

use super::{Choices, Column, ColumnKind, Dataset};

/// What a value of a field is.
const KINDS: Choices = &[
    ("text", &["文字列", "文字列(1行)"]),
    ("number", &["数値"]),
    ("date", &["日付"]),
    ("flag", &["チェック", "フラグ"]),
];

/// 拡張項目.
pub static EXTENSION_FIELDS: Dataset = Dataset {
    name: "extension_fields",
    table: "extension_field",
    title_ja: "拡張項目",
    description: "Fields that the company defines itself, for the rows of any data set: filters and axes of reports.",
    columns: COLUMNS,
    key: &["dataset", "field_code"],
    month_column: None,
    customer_column: None,
    related_columns: &[],
    references: &[],
};

const COLUMNS: &[Column] = &[
    Column::new("dataset", "対象データ", ColumnKind::Code)
        .required()
        .alias(&["データ", "アプリ"])
        .about("The data set whose rows have the field: `customers`."),
    Column::new("field_code", "項目コード", ColumnKind::Code)
        .required()
        .alias(&["フィールドコード"])
        .about("Unique within the data set: `--by ext:CODE`."),
    Column::new("label_ja", "項目名", ColumnKind::Text)
        .alias(&["フィールド名", "表示名"])
        .about("What people read; files may have it as their header."),
    Column::new("kind", "項目の型", ColumnKind::Choice(KINDS))
        .alias(&["型", "フィールドの種類"])
        .default("text")
        .about("What a value is."),
    Column::new("description", "説明", ColumnKind::Text).about("What it means."),
];
