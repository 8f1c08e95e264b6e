//! The tables and masters.

pub mod work;

use shared::dataset::{
    ADDRESSES, CAMPAIGNS, CUSTOMERS, DEALS, DEPARTMENTS, EXTENSION_VALUES, MEMBERS, PRODUCTS, PROJECTS,
    SALES, WAREHOUSES,
};

use super::table::{Entity, Reference, Table};
use crate::labels::Label;

/// Customers, with the areas that follow from their addresses.
pub static CUSTOMER: Entity = Entity {
    relation: "segment_customers",
    alias: "c",
    key: "customer_code",
    reads: &[&CUSTOMERS, &ADDRESSES, &EXTENSION_VALUES],
    dataset: Some(&CUSTOMERS),
};

/// Products.
pub static PRODUCT: Entity = Entity {
    relation: "products",
    alias: "p",
    key: "product_code",
    reads: &[&PRODUCTS, &EXTENSION_VALUES],
    dataset: Some(&PRODUCTS),
};

/// Members of staff.
pub static MEMBER: Entity = Entity {
    relation: "members",
    alias: "m",
    key: "member_code",
    reads: &[&MEMBERS],
    dataset: Some(&MEMBERS),
};

/// Departments.
pub static DEPARTMENT: Entity = Entity {
    relation: "departments",
    alias: "d",
    key: "department",
    reads: &[&DEPARTMENTS],
    dataset: Some(&DEPARTMENTS),
};

/// Campaigns.
pub static CAMPAIGN: Entity = Entity {
    relation: "campaigns",
    alias: "g",
    key: "campaign_code",
    reads: &[&CAMPAIGNS],
    dataset: Some(&CAMPAIGNS),
};

/// Warehouses.
pub static WAREHOUSE: Entity = Entity {
    relation: "warehouses",
    alias: "w",
    key: "warehouse_code",
    reads: &[&WAREHOUSES],
    dataset: Some(&WAREHOUSES),
};

/// Deals, for their titles.
pub static DEAL: Entity =
    Entity { relation: "deals", alias: "e", key: "deal_no", reads: &[&DEALS], dataset: None };

/// Projects.
pub static PROJECT: Entity =
    Entity { relation: "projects", alias: "j", key: "project_code", reads: &[&PROJECTS], dataset: None };

/// Slip lines that count as sales.
pub static SALES_LINES: Table = Table {
    id: "sales",
    label: Label::new("売上明細", "Slip lines"),
    relation: "counted_sales",
    alias: "r",
    date: "r.sold_on",
    references: &[
        Reference { entity: &CUSTOMER, key: "r.customer_code", name: "c.customer_name" },
        Reference {
            entity: &PRODUCT,
            key: "r.product_code",
            name: "COALESCE(p.product_name, r.product_name)",
        },
        Reference { entity: &MEMBER, key: "r.sales_rep", name: "m.member_name" },
        Reference { entity: &DEPARTMENT, key: "r.department", name: "d.department_name" },
        Reference { entity: &CAMPAIGN, key: "r.campaign_code", name: "g.campaign_name" },
        Reference { entity: &WAREHOUSE, key: "r.warehouse_code", name: "w.warehouse_name" },
        Reference { entity: &PROJECT, key: "r.project_code", name: "j.project_name" },
    ],
    reads: &[&SALES],
    row: Some((&SALES, "r.slip_no || '/' || CAST(r.line_no AS VARCHAR)")),
    slip: &["r.customer_code", "r.slip_no", "r.sold_on"],
    slip_amount: "r.amount",
};

/// Customers themselves, as the reports by segment count them. Their only alias is `c`.
pub static SEGMENT_CUSTOMERS: Table = Table {
    id: "customers",
    label: Label::new("顧客", "Customers"),
    relation: "segment_customers",
    alias: "c",
    date: "c.first_trade_date",
    references: &[Reference { entity: &CUSTOMER, key: "c.customer_code", name: "c.customer_name" }],
    reads: &[&CUSTOMERS, &ADDRESSES],
    row: None,
    slip: &[],
    slip_amount: "",
};

/// All tables that reports of a company's own can count.
pub fn tables() -> impl Iterator<Item = &'static Table> {
    std::iter::once(&SALES_LINES).chain(work::TABLES.iter().copied())
}
