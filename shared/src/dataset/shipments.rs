//! 出荷: shipments of orders (checklist 001-15).

use super::{Column, ColumnKind, Dataset};
use crate::message::Label;
use crate::sales::ShipmentStatus;

/// 出荷.
pub static SHIPMENTS: Dataset = Dataset {
    name: "shipments",
    table: "shipment",
    title_ja: "出荷",
    description: Label::new(
        "受注ごとの出荷と配送の状況",
        "What was shipped for which order, and where it is.",
    ),
    columns: COLUMNS,
    key: &["order_no", "shipment_no"],
    month_column: Some("shipped_on"),
    customer_column: None,
    related_columns: &[],
    references: &[("order_no", "orders"), ("warehouse_code", "warehouses")],
};

const COLUMNS: &[Column] = &[
    Column::new("order_no", "受注番号", "order number", ColumnKind::Code)
        .required()
        .alias(&["注文番号", "受注No"])
        .about("出荷する受注の番号", "Order that is shipped."),
    Column::new("shipment_no", "出荷番号", "shipment number", ColumnKind::Code)
        .alias(&["出荷No", "枝番"])
        .default("1")
        .about("1件の受注を分けて出荷するときの番号", "Tells shipments of one order apart."),
    Column::new("shipped_on", "出荷日", "shipping date", ColumnKind::Date)
        .required()
        .alias(&["発送日", "出荷予定日"])
        .about(
            "出荷した日。出荷前は出荷予定日(例: 2026-04-01)",
            "Date on which it left, or is to leave while it is being prepared, such as 2026-04-01.",
        ),
    Column::new("carrier", "配送業者", "carrier", ColumnKind::Text)
        .alias(&["運送会社", "配送会社"])
        .about("配送業者の名称", "Carrier that delivers it."),
    Column::new("tracking_no", "送り状番号", "tracking number", ColumnKind::Code)
        .alias(&["お問い合わせ番号", "伝票番号", "追跡番号", "問合せ番号"])
        .about("配送業者の送り状番号(お問い合わせ番号)", "Tracking number of the carrier."),
    Column::new("status", "出荷状況", "shipment status", ColumnKind::OpenChoice(ShipmentStatus::CHOICES))
        .alias(&["状態", "ステータス", "配送状況"])
        .about(
            "出荷・配送の状況(出荷準備中・配送中・配達完了など)",
            "State: preparing, in transit, delivered and so on.",
        ),
    Column::new("due_on", "配達予定日", "expected arrival", ColumnKind::Date)
        .alias(&["お届け予定日", "着予定日"])
        .about("配達の予定日(例: 2026-04-03)", "Date on which it is to arrive, such as 2026-04-03."),
    Column::new("delivered_on", "配達完了日", "delivery date", ColumnKind::Date)
        .alias(&["納品日", "配達日"])
        .about("配達が完了した日(例: 2026-04-03)", "Date on which it arrived, such as 2026-04-03."),
    Column::new("warehouse_code", "倉庫コード", "warehouse code", ColumnKind::Code)
        .alias(&["倉庫"])
        .about("出荷元の倉庫のコード", "Warehouse from which it is shipped."),
];
