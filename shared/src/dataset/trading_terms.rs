//! 取引条件: sets of terms that customers refer to (checklist 000-36…38, 000-53).

use super::customers::VISIBILITIES;
use super::{Column, ColumnKind, Dataset};

/// 取引条件.
pub static TRADING_TERMS: Dataset = Dataset {
    name: "trading_terms",
    table: "trading_term",
    title_ja: "取引条件",
    description: "Sets of trading terms that customers refer to by `trading_terms_id`; a customer's own columns win.",
    columns: COLUMNS,
    key: &["trading_terms_id"],
    month_column: None,
    customer_column: None,
    related_columns: &[],
    references: &[],
};

const COLUMNS: &[Column] = &[
    Column::new("trading_terms_id", "取引条件ID", ColumnKind::Code)
        .required()
        .alias(&["取引条件コード"])
        .about("Unique."),
    Column::new("terms_name", "取引条件名", ColumnKind::Text).alias(&["名称"]).about("What people call it."),
    Column::new("price_list", "適用価格", ColumnKind::Text)
        .alias(&["価格表", "単価種類", "単価区分"])
        .about("The price list that holds."),
    Column::new("package", "パッケージ", ColumnKind::Text).about("The package of terms that holds."),
    Column::new("visibility", "公開設定", ColumnKind::OpenChoice(VISIBILITIES))
        .about("Visibility of the catalogue."),
    Column::new("delivery_method", "配送方法", ColumnKind::Text).about("How goods are delivered."),
    Column::new("freight_rule", "送料条件", ColumnKind::Text)
        .alias(&["送料"])
        .about("When freight is charged."),
    Column::new("order_form", "注文書書式", ColumnKind::Text)
        .alias(&["指定売上伝票"])
        .about("The form of orders and slips."),
    Column::new("remarks", "備考", ColumnKind::Text).about("Other remarks."),
];
