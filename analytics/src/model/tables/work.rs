//! The tables of sales work and of the office: deals, quotes, orders, inquiries, contacts, calls, projects, stock,
//! targets. Their relations may name the as-of date, because what came after it has not happened yet.

use shared::dataset::{
    ACTIVITIES, ACTIVITY_LOGS, CALLS, DEALS, INQUIRIES, MEMBERS, ORDERS, PROJECTS, PURCHASES, QUOTES, SALES,
    SHIPMENTS, STOCK_SNAPSHOTS, TARGETS, TIME_ENTRIES,
};

use super::{CAMPAIGN, CUSTOMER, DEAL, DEPARTMENT, MEMBER, PRODUCT, PROJECT, WAREHOUSE};
use crate::labels::Label;
use crate::model::table::{Reference, Table};

const CUSTOMER_REF: Reference =
    Reference { entity: &CUSTOMER, key: "r.customer_code", name: "c.customer_name" };
const PRODUCT_REF: Reference = Reference { entity: &PRODUCT, key: "r.product_code", name: "p.product_name" };
const DEPARTMENT_REF: Reference =
    Reference { entity: &DEPARTMENT, key: "r.department", name: "d.department_name" };
const CAMPAIGN_REF: Reference =
    Reference { entity: &CAMPAIGN, key: "r.campaign_code", name: "g.campaign_name" };
const WAREHOUSE_REF: Reference =
    Reference { entity: &WAREHOUSE, key: "r.warehouse_code", name: "w.warehouse_name" };
const PROJECT_REF: Reference = Reference { entity: &PROJECT, key: "r.project_code", name: "j.project_name" };

/// A table whose rows are no lines of slips.
const NO_SLIPS: Table = Table {
    id: "",
    label: Label::new("", ""),
    relation: "",
    alias: "r",
    date: "",
    references: &[],
    reads: &[],
    row: None,
    slip: &[],
    slip_amount: "",
};

/// Deals, by the date on which the order is expected.
pub static DEAL_ROWS: Table = Table {
    id: "deals",
    label: Label::new("案件", "Deals"),
    relation: "deals",
    date: "r.expected_on",
    references: &[
        CUSTOMER_REF,
        DEPARTMENT_REF,
        CAMPAIGN_REF,
        Reference { entity: &DEAL, key: "r.deal_no", name: "e.title" },
    ],
    reads: &[&DEALS],
    row: Some((&DEALS, "r.deal_no")),
    ..NO_SLIPS
};

/// Quotes, by their date.
pub static QUOTE_ROWS: Table = Table {
    id: "quotes",
    label: Label::new("見積", "Quotes"),
    relation: include_str!("../../../sql/rows_quotes.sql"),
    date: "r.quoted_on",
    references: &[CUSTOMER_REF, DEPARTMENT_REF, CAMPAIGN_REF],
    reads: &[&QUOTES, &ORDERS, &DEALS],
    row: Some((&QUOTES, "r.quote_no")),
    ..NO_SLIPS
};

/// Orders, by the date on which they came in.
pub static ORDER_ROWS: Table = Table {
    id: "orders",
    label: Label::new("受注", "Orders"),
    relation: include_str!("../../../sql/rows_orders.sql"),
    date: "r.received_on",
    references: &[CUSTOMER_REF, CAMPAIGN_REF],
    reads: &[&ORDERS, &SHIPMENTS],
    row: Some((&ORDERS, "r.order_no")),
    ..NO_SLIPS
};

/// Shipments, by the date on which they left.
pub static SHIPMENT_ROWS: Table = Table {
    id: "shipments",
    label: Label::new("出荷", "Shipments"),
    relation: include_str!("../../../sql/rows_shipments.sql"),
    date: "r.shipped_on",
    references: &[CUSTOMER_REF, WAREHOUSE_REF],
    reads: &[&SHIPMENTS, &ORDERS],
    ..NO_SLIPS
};

/// Inquiries, by the day on which they came in.
pub static INQUIRY_ROWS: Table = Table {
    id: "inquiries",
    label: Label::new("問合せ", "Inquiries"),
    relation: include_str!("../../../sql/rows_inquiries.sql"),
    date: "r.opened_on",
    references: &[CUSTOMER_REF, PRODUCT_REF],
    reads: &[&INQUIRIES, &ACTIVITIES, &CALLS],
    row: Some((&INQUIRIES, "r.inquiry_no")),
    ..NO_SLIPS
};

/// Requests and opinions: inquiries of that kind, and calls whose wrap-up says so.
pub static VOICE_ROWS: Table = Table {
    id: "voice",
    label: Label::new("要望・意見", "Requests and opinions"),
    relation: include_str!("../../../sql/rows_voice.sql"),
    date: "r.heard_on",
    references: &[CUSTOMER_REF, PRODUCT_REF],
    reads: &[&INQUIRIES, &CALLS],
    ..NO_SLIPS
};

/// Contacts with customers: activities, calls, and what they did in the shop.
pub static CONTACT_ROWS: Table = Table {
    id: "contacts",
    label: Label::new("接触", "Contacts"),
    relation: include_str!("../../../sql/rows_contacts.sql"),
    date: "r.contacted_on",
    references: &[CUSTOMER_REF, CAMPAIGN_REF],
    reads: &[&ACTIVITIES, &CALLS, &ACTIVITY_LOGS],
    ..NO_SLIPS
};

/// Calls, by the day in Japan on which they began.
pub static CALL_ROWS: Table = Table {
    id: "calls",
    label: Label::new("通話", "Calls"),
    relation: "calls",
    date: "CAST(r.started_at + INTERVAL 9 HOUR AS DATE)",
    references: &[CUSTOMER_REF, Reference { entity: &MEMBER, key: "r.agent_code", name: "m.member_name" }],
    reads: &[&CALLS],
    row: Some((&CALLS, "r.call_id")),
    ..NO_SLIPS
};

/// What projects bring and cost: their contracts, hours and purchases.
pub static PROJECT_ROWS: Table = Table {
    id: "projects",
    label: Label::new("プロジェクト収支", "Project accounts"),
    relation: include_str!("../../../sql/rows_project_lines.sql"),
    date: "r.day",
    references: &[
        CUSTOMER_REF,
        DEPARTMENT_REF,
        PROJECT_REF,
        Reference { entity: &MEMBER, key: "r.member_code", name: "m.member_name" },
    ],
    reads: &[&PROJECTS, &ORDERS, &TIME_ENTRIES, &MEMBERS, &PURCHASES],
    row: Some((&PROJECTS, "r.project_code")),
    ..NO_SLIPS
};

/// Purchases, by their date.
pub static PURCHASE_ROWS: Table = Table {
    id: "purchases",
    label: Label::new("仕入", "Purchases"),
    relation: "purchases",
    date: "r.purchased_on",
    references: &[PRODUCT_REF, WAREHOUSE_REF, PROJECT_REF],
    reads: &[&PURCHASES],
    ..NO_SLIPS
};

/// Stock that was counted, and sales of the goods that were.
pub static STOCK_ROWS: Table = Table {
    id: "stock",
    label: Label::new("在庫と販売", "Stock and sales"),
    relation: include_str!("../../../sql/rows_stock.sql"),
    date: "r.day",
    references: &[PRODUCT_REF, WAREHOUSE_REF],
    reads: &[&STOCK_SNAPSHOTS, &SALES],
    ..NO_SLIPS
};

/// Targets, and the sales that are to reach them.
pub static TARGET_ROWS: Table = Table {
    id: "targets",
    label: Label::new("目標と売上", "Targets and sales"),
    relation: include_str!("../../../sql/rows_targets.sql"),
    date: "r.day",
    references: &[DEPARTMENT_REF, Reference { entity: &MEMBER, key: "r.sales_rep", name: "m.member_name" }],
    reads: &[&TARGETS, &SALES],
    ..NO_SLIPS
};

/// All of them.
pub static TABLES: &[&Table] = &[
    &DEAL_ROWS,
    &QUOTE_ROWS,
    &ORDER_ROWS,
    &SHIPMENT_ROWS,
    &INQUIRY_ROWS,
    &VOICE_ROWS,
    &CONTACT_ROWS,
    &CALL_ROWS,
    &PROJECT_ROWS,
    &PURCHASE_ROWS,
    &STOCK_ROWS,
    &TARGET_ROWS,
];
