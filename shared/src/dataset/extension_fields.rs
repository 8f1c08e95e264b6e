//! 拡張項目: fields that the company defines itself (checklist 000-05).

use super::{Choices, Column, ColumnKind, Dataset};
use crate::label::labelled_enum;
use crate::message::Label;

labelled_enum! {
    /// What a value of an extension field is.
    pub enum ExtensionKind {
        /// Text on one line.
        Text = "text", "文字列", "Text", ["文字列(1行)"];
        /// A decimal number.
        Number = "number", "数値", "Number", [];
        /// A date.
        Date = "date", "日付", "Date", [];
        /// Yes or no.
        Flag = "flag", "チェック", "Flag", ["フラグ"];
    }
}

impl ExtensionKind {
    /// What a column of such values may hold.
    #[must_use]
    pub fn column_kind(self) -> ColumnKind {
        match self {
            Self::Text => ColumnKind::Text,
            Self::Number => ColumnKind::Decimal,
            Self::Date => ColumnKind::Date,
            Self::Flag => ColumnKind::Flag,
        }
    }
}

/// The data sets whose rows may have such fields: all. A test compares them with [`super::DATASETS`].
pub(super) const NAMES: Choices = &[
    ("extension_fields", &["拡張項目"]),
    ("departments", &["部門"]),
    ("warehouses", &["倉庫"]),
    ("members", &["メンバー"]),
    ("campaigns", &["キャンペーン"]),
    ("products", &["商品"]),
    ("trading_terms", &["取引条件"]),
    ("billing_terms", &["請求条件"]),
    ("ranks", &["ランクマスター"]),
    ("customers", &["顧客"]),
    ("contacts", &["連絡先"]),
    ("contact_persons", &["担当者台帳"]),
    ("addresses", &["住所"]),
    ("document_destinations", &["書類送付先"]),
    ("portal_accounts", &["取引サイトのアカウント"]),
    ("owner_history", &["担当変更履歴"]),
    ("leads", &["見込顧客"]),
    ("deals", &["案件"]),
    ("quotes", &["見積"]),
    ("quote_lines", &["見積明細"]),
    ("orders", &["受注"]),
    ("shipments", &["出荷"]),
    ("projects", &["プロジェクト"]),
    ("time_entries", &["工数"]),
    ("purchases", &["仕入"]),
    ("sales", &["売上明細"]),
    ("invoices", &["請求"]),
    ("payments", &["入金"]),
    ("stock_snapshots", &["在庫"]),
    ("targets", &["売上目標"]),
    ("inquiries", &["問合せ"]),
    ("activities", &["対応履歴"]),
    ("daily_reports", &["日報"]),
    ("tasks", &["ToDo"]),
    ("calls", &["通話履歴"]),
    ("call_parts", &["通話の担当"]),
    ("queue_visits", &["待ち呼"]),
    ("activity_logs", &["活動ログ"]),
    ("document_dispatches", &["書類送付履歴"]),
    ("extension_values", &["拡張項目の値"]),
];

/// 拡張項目.
pub static EXTENSION_FIELDS: Dataset = Dataset {
    name: "extension_fields",
    table: "extension_field",
    title_ja: "拡張項目",
    description: Label::new(
        "自社で独自に追加する項目の定義。どのデータ種別にも追加でき、集計の絞り込みと区分に使用",
        "Fields of the company's own for rows of any data set; reports filter and split by them.",
    ),
    columns: COLUMNS,
    key: &["dataset", "field_code"],
    month_column: None,
    customer_column: None,
    related_columns: &[],
    references: &[],
};

const COLUMNS: &[Column] = &[
    Column::new("dataset", "対象データ", "data set", ColumnKind::Choice(NAMES))
        .required()
        .alias(&["データ", "アプリ"])
        .about(
            "項目を追加するデータ種別(例: customers)",
            "Data set whose rows have the field, such as `customers`.",
        ),
    Column::new("field_code", "項目コード", "field code", ColumnKind::Code)
        .required()
        .alias(&["フィールドコード"])
        .about(
            "項目を特定するコード(データ種別ごとに重複不可)。集計では --by ext:コード で指定",
            "Identifies the field; unique within the data set. Reports take it as `--by ext:CODE`.",
        ),
    Column::new("label_ja", "項目名", "field name", ColumnKind::Text)
        .alias(&["フィールド名", "表示名"])
        .about(
            "画面や集計に表示する項目名。取込ファイルの見出しにも使用可",
            "Name that people see. Files may use it as their header.",
        ),
    Column::new("kind", "項目の型", "field type", ColumnKind::Choice(ExtensionKind::CHOICES))
        .alias(&["型", "フィールドの種類"])
        .default(ExtensionKind::Text.as_str())
        .about("値の型(文字列・数値・日付・チェック)", "Type of the values: text, number, date or flag."),
    Column::new("description", "説明", "description", ColumnKind::Text)
        .about("項目の意味や入力方法の説明", "What the field means."),
];

#[cfg(test)]
mod tests {
    #[test]
    fn every_data_set_may_have_extension_fields() {
        let known: Vec<_> = super::NAMES.iter().map(|(name, titles)| (*name, *titles)).collect();
        let all: Vec<_> =
            crate::dataset::DATASETS.iter().map(|dataset| (dataset.name, [dataset.title_ja])).collect();
        assert_eq!(known.len(), all.len());
        assert!(known.iter().zip(&all).all(|(known, all)| known.0 == all.0 && *known.1 == all.1));
    }
}
