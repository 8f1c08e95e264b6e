//! 出荷: shipments of orders (checklist 001-15).

use super::{Column, ColumnKind, Dataset};
use crate::sales::ShipmentStatus;

/// 出荷.
pub static SHIPMENTS: Dataset = Dataset {
    name: "shipments",
    table: "shipment",
    title_ja: "出荷",
    description: "What left for which order, and where it is.",
    columns: COLUMNS,
    key: &["order_no", "shipment_no"],
    month_column: Some("shipped_on"),
    customer_column: None,
    related_columns: &[],
    references: &[("order_no", "orders"), ("warehouse_code", "warehouses")],
};

const COLUMNS: &[Column] = &[
    Column::new("order_no", "受注番号", ColumnKind::Code)
        .required()
        .alias(&["注文番号", "受注No"])
        .about("The order."),
    Column::new("shipment_no", "出荷番号", ColumnKind::Code)
        .alias(&["出荷No", "枝番"])
        .default("1")
        .about("Tells shipments of one order apart."),
    Column::new("shipped_on", "出荷日", ColumnKind::Date)
        .required()
        .alias(&["発送日", "出荷予定日"])
        .about("When it left, or is to leave while it is being packed."),
    Column::new("carrier", "配送業者", ColumnKind::Text)
        .alias(&["運送会社", "配送会社"])
        .about("Who carries it."),
    Column::new("tracking_no", "送り状番号", ColumnKind::Code)
        .alias(&["お問い合わせ番号", "伝票番号", "追跡番号", "問合せ番号"])
        .about("The carrier's number."),
    Column::new("status", "出荷状況", ColumnKind::OpenChoice(ShipmentStatus::CHOICES))
        .alias(&["状態", "ステータス", "配送状況"])
        .about("How far it is."),
    Column::new("due_on", "配達予定日", ColumnKind::Date)
        .alias(&["お届け予定日", "着予定日"])
        .about("When it is to arrive."),
    Column::new("delivered_on", "配達完了日", ColumnKind::Date)
        .alias(&["納品日", "配達日"])
        .about("When it arrived."),
    Column::new("warehouse_code", "倉庫コード", ColumnKind::Code)
        .alias(&["倉庫"])
        .about("The warehouse that it left."),
];
