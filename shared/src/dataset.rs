//! Data sets: each is declared once, and import, export, the mirror and the documents follow from that.
//!
//! A data set is one table of the store and one file of an exchange. [`DATASETS`] lists them so that whatever
//! is referred to comes before what refers to it. `docs/datasets.md` is written from these declarations.

mod activities;
mod activity_logs;
mod addresses;
mod billing_terms;
mod call_parts;
mod calls;
mod campaigns;
mod column;
mod contact_persons;
mod contacts;
mod customer_metrics;
mod customers;
mod daily_reports;
mod deals;
mod departments;
pub mod document;
mod document_destinations;
mod document_dispatches;
mod extension_fields;
mod extension_values;
mod inquiries;
mod invoices;
mod leads;
mod members;
mod orders;
mod origin;
mod owner_history;
mod payments;
mod portal_accounts;
mod products;
mod projects;
mod purchases;
mod queue_visits;
mod quote_lines;
mod quotes;
mod ranks;
mod reference;
mod sales;
mod shipments;
mod stock_snapshots;
mod targets;
mod tasks;
mod time_entries;
mod trading_terms;
mod warehouses;

pub use activities::ACTIVITIES;
pub use activity_logs::ACTIVITY_LOGS;
pub use addresses::ADDRESSES;
pub use billing_terms::BILLING_TERMS;
pub use call_parts::CALL_PARTS;
pub use calls::CALLS;
pub use campaigns::CAMPAIGNS;
pub use column::{Column, ColumnKind};
pub use contact_persons::CONTACT_PERSONS;
pub use contacts::CONTACTS;
pub use customer_metrics::CUSTOMER_METRICS;
pub use customers::CUSTOMERS;
pub use daily_reports::DAILY_REPORTS;
pub use deals::DEALS;
pub use departments::DEPARTMENTS;
pub use document_destinations::DOCUMENT_DESTINATIONS;
pub use document_dispatches::DOCUMENT_DISPATCHES;
pub use extension_fields::{EXTENSION_FIELDS, ExtensionKind};
pub use extension_values::EXTENSION_VALUES;
pub use inquiries::{COMPLAINTS, INQUIRIES};
pub use invoices::INVOICES;
pub use leads::LEADS;
pub use members::MEMBERS;
pub use orders::ORDERS;
pub(crate) use origin::ORIGIN;
pub use origin::Origin;
pub use owner_history::OWNER_HISTORY;
pub use payments::PAYMENTS;
pub use portal_accounts::PORTAL_ACCOUNTS;
pub use products::PRODUCTS;
pub use projects::PROJECTS;
pub use purchases::PURCHASES;
pub use queue_visits::QUEUE_VISITS;
pub use quote_lines::QUOTE_LINES;
pub use quotes::QUOTES;
pub use ranks::RANKS;
pub use reference::{Reference, references, references_of, references_to};
pub use sales::SALES;
pub use shipments::SHIPMENTS;
pub use stock_snapshots::STOCK_SNAPSHOTS;
pub use targets::TARGETS;
pub use tasks::TASKS;
pub use time_entries::TIME_ENTRIES;
pub use trading_terms::TRADING_TERMS;
pub use warehouses::WAREHOUSES;

pub use crate::label::Choices;
use crate::message::Label;
use crate::value::Value;

/// Every data set, in the order in which files of one folder are imported: what is referred to comes first.
pub static DATASETS: &[&Dataset] = &[
    &EXTENSION_FIELDS,
    &DEPARTMENTS,
    &WAREHOUSES,
    &MEMBERS,
    &CAMPAIGNS,
    &PRODUCTS,
    &TRADING_TERMS,
    &BILLING_TERMS,
    &RANKS,
    &CUSTOMERS,
    &CONTACTS,
    &CONTACT_PERSONS,
    &ADDRESSES,
    &DOCUMENT_DESTINATIONS,
    &PORTAL_ACCOUNTS,
    &OWNER_HISTORY,
    &LEADS,
    &DEALS,
    &QUOTES,
    &QUOTE_LINES,
    &ORDERS,
    &SHIPMENTS,
    &PROJECTS,
    &TIME_ENTRIES,
    &PURCHASES,
    &SALES,
    &INVOICES,
    &PAYMENTS,
    &STOCK_SNAPSHOTS,
    &TARGETS,
    &INQUIRIES,
    &ACTIVITIES,
    &DAILY_REPORTS,
    &TASKS,
    &CALLS,
    &CALL_PARTS,
    &QUEUE_VISITS,
    &ACTIVITY_LOGS,
    &DOCUMENT_DISPATCHES,
    &EXTENSION_VALUES,
];

/// What `analytics` computed: exported like a data set, never imported.
pub static COMPUTED: &[&Dataset] = &[&CUSTOMER_METRICS];

/// Names of files that are a data set under another name, with what holds for their rows.
pub static FILE_NAMES: &[(&str, &Dataset)] =
    &[("complaints", &COMPLAINTS), ("クレーム", &COMPLAINTS), ("苦情", &COMPLAINTS)];

/// The data set of this name.
pub fn by_name(name: &str) -> Option<&'static Dataset> {
    DATASETS.iter().copied().find(|dataset| dataset.name == name)
}

/// The data set that a person means, by its name or its Japanese title; a computed one too.
pub fn by_name_or_title(name: &str) -> Option<&'static Dataset> {
    let name = name.trim();
    DATASETS.iter().chain(COMPUTED).copied().find(|dataset| dataset.name == name || dataset.title_ja == name)
}

/// What the company has: one table of the store and one file of an exchange.
#[derive(Debug, Clone, Copy)]
pub struct Dataset {
    /// The identifier, which is also the native file's name (`customers` → `customers.csv`).
    pub name: &'static str,
    /// The table in the store.
    pub table: &'static str,
    /// 日本語の名称.
    pub title_ja: &'static str,
    /// What it holds.
    pub description: Label,
    /// Columns in the order of the native file.
    pub columns: &'static [Column],
    /// The natural key: importing a row with the same key updates it.
    pub key: &'static [&'static str],
    /// The date column that decides the month of a fact; dimensions have none.
    pub month_column: Option<&'static str>,
    /// The column whose customer's card shows this row.
    pub customer_column: Option<&'static str>,
    /// Further columns whose customers' cards show this row.
    pub related_columns: &'static [&'static str],
    /// Columns that hold the key of a row of another data set, with that data set's name. A reference need not
    /// hold: what it names may come later.
    pub references: &'static [(&'static str, &'static str)],
}

impl Dataset {
    /// What people call it: the Japanese title, in English the identifier.
    #[must_use]
    pub const fn label(&self) -> Label {
        Label::new(self.title_ja, self.name)
    }

    /// The position of a column by its identifier.
    pub fn column_index(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// A column by its identifier.
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Positions of the key's columns.
    pub fn key_indexes(&self) -> Vec<usize> {
        self.key.iter().filter_map(|name| self.column_index(name)).collect()
    }

    /// The data set that a column refers to.
    pub fn referred_by(&self, column: &str) -> Option<&'static Dataset> {
        self.references.iter().find(|(name, _)| *name == column).and_then(|(_, dataset)| by_name(dataset))
    }

    /// Positions of the columns that refer to customers; none in the data set of the customers itself.
    pub fn customer_indexes(&self) -> Vec<usize> {
        if self.name == CUSTOMERS.name {
            return Vec::new();
        }
        let related = self.related_columns.iter();
        self.customer_column.iter().chain(related).filter_map(|name| self.column_index(name)).collect()
    }
}

/// A row of a data set: one stored value for each of its columns, in their order.
pub type Row = Vec<Value>;
