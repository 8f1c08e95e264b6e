//! 住所: head office, billing and ship-to addresses.

use super::{Choices, Column, ColumnKind, Dataset};

/// What an address is for (checklist 000-31, 000-34).
const KINDS: Choices = &[
    ("head_office", &["本社", "本店", "所在地", "自宅"]),
    ("billing", &["請求先"]),
    ("ship_to", &["配送先", "納品先", "届け先"]),
];

/// 住所.
pub static ADDRESSES: Dataset = Dataset {
    name: "addresses",
    table: "address",
    title_ja: "住所",
    description: "Addresses of customers; several ship-to addresses are told apart by `address_no`.",
    columns: COLUMNS,
    key: &["customer_code", "kind", "address_no"],
    month_column: None,
    customer_column: Some("customer_code"),
    related_columns: &[],
    references: &[("customer_code", "customers")],
};

const COLUMNS: &[Column] = &[
    Column::new("customer_code", "顧客コード", ColumnKind::Code)
        .required()
        .alias(&["顧客ID", "得意先コード"])
        .about("Whose address it is."),
    Column::new("kind", "住所区分", ColumnKind::Choice(KINDS))
        .required()
        .alias(&["区分"])
        .about("What it is for."),
    Column::new("address_no", "住所番号", ColumnKind::Code)
        .alias(&["枝番"])
        .default("1")
        .about("Tells addresses of one kind apart."),
    Column::new("name", "宛名", ColumnKind::Text)
        .alias(&["配送先名", "名称"])
        .about("Whom to name on a label."),
    Column::new("postal_code", "郵便番号", ColumnKind::Text).about("As written."),
    Column::new("prefecture", "都道府県", ColumnKind::Text).about("The area is derived from it."),
    Column::new("city", "市区町村", ColumnKind::Text).about("City or ward."),
    Column::new("street", "町名番地", ColumnKind::Text)
        .alias(&["番地", "住所1", "住所"])
        .about("Street and number."),
    Column::new("building", "建物名", ColumnKind::Text).alias(&["住所2"]).about("Building and floor."),
    Column::new("is_default", "標準", ColumnKind::Flag)
        .alias(&["標準配送先", "既定"])
        .default("0")
        .about("The one that an order takes unless told otherwise."),
];
