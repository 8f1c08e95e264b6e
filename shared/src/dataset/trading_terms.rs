//! 取引条件: sets of terms that customers refer to (checklist 000-36…38, 000-53).

use super::customers::VISIBILITIES;
use super::{Column, ColumnKind, Dataset};
use crate::message::Label;

/// 取引条件.
pub static TRADING_TERMS: Dataset = Dataset {
    name: "trading_terms",
    table: "trading_term",
    title_ja: "取引条件",
    description: Label::new(
        "複数の顧客に共通の取引条件。顧客に個別の設定がある項目は、顧客の設定を優先",
        "Trading terms that customers share; what is set for a customer itself takes precedence.",
    ),
    columns: COLUMNS,
    key: &["trading_terms_id"],
    month_column: None,
    customer_column: None,
    related_columns: &[],
    references: &[],
};

const COLUMNS: &[Column] = &[
    Column::new("trading_terms_id", "取引条件ID", "trading terms ID", ColumnKind::Code)
        .required()
        .alias(&["取引条件コード"])
        .about("取引条件を特定するID(重複不可)", "Identifies the set of terms; unique."),
    Column::new("terms_name", "取引条件名", "terms name", ColumnKind::Text)
        .alias(&["名称"])
        .about("取引条件の名称(例: 卸標準)", "Name of the set of terms."),
    Column::new("price_list", "適用価格", "price list", ColumnKind::Text)
        .alias(&["価格表", "単価種類", "単価区分"])
        .about("適用する価格表(例: 卸価格A)", "Price list that applies."),
    Column::new("package", "パッケージ", "package", ColumnKind::Text)
        .about("適用する取引条件のパッケージ", "Package of terms that applies."),
    Column::new("visibility", "公開設定", "visibility", ColumnKind::OpenChoice(VISIBILITIES))
        .about("取引サイトでの公開・非公開の別", "Whether the catalogue is shown in the shop."),
    Column::new("delivery_method", "配送方法", "delivery method", ColumnKind::Text)
        .about("商品の配送方法(例: 路線便)", "How goods are delivered."),
    Column::new("freight_rule", "送料条件", "freight rule", ColumnKind::Text)
        .alias(&["送料"])
        .about("送料の条件(例: 税抜1万円以上は送料無料)", "When freight is charged."),
    Column::new("order_form", "注文書書式", "order form", ColumnKind::Text)
        .alias(&["指定売上伝票"])
        .about("使用する注文書・売上伝票の書式", "Form used for orders and slips."),
    Column::new("remarks", "備考", "remarks", ColumnKind::Text).about("その他の備考", "Other remarks."),
];
