//! 住所: head office, billing and ship-to addresses.

use super::{Column, ColumnKind, Dataset};
use crate::customer::AddressKind;
use crate::message::Label;

/// 住所.
pub static ADDRESSES: Dataset = Dataset {
    name: "addresses",
    table: "address",
    title_ja: "住所",
    description: Label::new(
        "顧客の本社・請求先・配送先の住所。同じ区分の住所は住所番号で区別",
        "Head office, billing and ship-to addresses; several of one kind differ by `address_no`.",
    ),
    columns: COLUMNS,
    key: &["customer_code", "kind", "address_no"],
    month_column: None,
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("customer_code", "customers")],
};

const COLUMNS: &[Column] = &[
    Column::new("customer_code", "顧客コード", "customer code", ColumnKind::Code)
        .required()
        .alias(&["顧客ID", "得意先コード"])
        .about("住所の顧客のコード", "Customer whose address it is."),
    Column::new("kind", "住所区分", "address kind", ColumnKind::Choice(AddressKind::CHOICES))
        .required()
        .alias(&["区分"])
        .about("本社・請求先・配送先の別", "Head office, billing or ship-to address."),
    Column::new("address_no", "住所番号", "address number", ColumnKind::Code)
        .alias(&["枝番"])
        .default("1")
        .about("同じ区分の住所を区別する番号", "Tells addresses of one kind apart."),
    Column::new("name", "宛名", "addressee", ColumnKind::Text)
        .alias(&["配送先名", "名称"])
        .about("送り状などに記載する宛名", "Addressee, as printed on labels."),
    Column::new("postal_code", "郵便番号", "postal code", ColumnKind::Text)
        .about("郵便番号。入力どおりに保存(例: 100-0001)", "Postal code as written, such as 100-0001."),
    Column::new("prefecture", "都道府県", "prefecture", ColumnKind::Text)
        .about("都道府県名(例: 東京都)", "Prefecture, such as 東京都."),
    Column::new("city", "市区町村", "city", ColumnKind::Text)
        .about("市区町村名(例: 千代田区)", "City, ward, town or village, such as 千代田区."),
    Column::new("street", "町名番地", "street", ColumnKind::Text)
        .alias(&["番地", "住所1", "住所"])
        .about("町名・丁目・番地", "Street and number."),
    Column::new("building", "建物名", "building", ColumnKind::Text)
        .alias(&["住所2"])
        .about("建物名・階・部屋番号", "Building, floor and room."),
    Column::new("is_default", "標準", "default", ColumnKind::Flag)
        .alias(&["標準配送先", "既定"])
        .default("0")
        .about(
            "指定がないときに受注で使用する住所かどうか",
            "Whether an order takes this address unless told otherwise.",
        ),
];
