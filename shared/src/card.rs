//! The customer card: what a pop-up shows of a customer, kept ready in the store (`docs/protocol.md`).
//!
//! These types are the wire form as well: the store keeps a card as their JSON, and the bridge puts that JSON
//! into a pop-up. Decimals are strings in JSON, dates ISO 8601.

mod candidate;
mod interaction;
mod lead;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::customer::{
    AddressKind, ContactPurpose, CustomerType, PaymentMethod, SuspendedReason, TradingStatus,
};
use crate::dataset::Origin;
use crate::label::Open;
use crate::rank::RankDirection;
use crate::sales::{
    DealStage, InquiryKind, InquiryStatus, OrderStatus, ProjectStatus, QuoteStatus, ShipmentStatus,
};

pub use candidate::{CallerLevel, Candidate, CandidateKind, CandidateSite, ContactSource, MatchedContact};
pub use interaction::{Happened, Interaction, InteractionKind};
pub use lead::{LeadCard, LeadProfile};

/// The form of the stored cards. To be raised whenever a card of today's tables would read differently: a new field, a
/// field with another meaning. Stored cards of an older form are rebuilt.
pub const CARD_FORMAT: i64 = 3;

/// Slips that a card lists.
pub const RECENT_SALES_MAX: usize = 5;
/// Lines of one slip that a card lists.
pub const SLIP_LINES_MAX: usize = 5;
/// Interactions that a card lists.
pub const INTERACTIONS_MAX: usize = 10;
/// Open records of each kind that a card lists.
pub const OPEN_MAX: usize = 10;
/// Contacts and addresses that a card lists.
pub const CONTACTS_MAX: usize = 20;

/// Everything that a pop-up shows of one customer, right on `built_on` and until a date in it changes a
/// statement (see `CardRow::valid_through`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CustomerCard {
    /// The master record.
    pub customer: CustomerProfile,
    /// What an agent must know first, the gravest first.
    pub alerts: Vec<Alert>,
    /// Figures that analytics published; none before the first run.
    pub metrics: Option<CardMetrics>,
    /// The last slips, newest first.
    pub recent_sales: Vec<RecentSale>,
    /// The last interactions, newest first.
    pub interactions: Vec<Interaction>,
    /// Whatever is not finished.
    pub open: OpenItems,
    /// What the customer owes.
    pub balance: Balance,
    /// The internal memo, never shown to customers.
    pub memo: Option<String>,
}

/// The master record as a pop-up shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[expect(
    missing_docs,
    reason = "the field names are the checklist's identifiers, explained in docs/protocol.md"
)]
pub struct CustomerProfile {
    pub customer_code: String,
    pub customer_name: String,
    pub short_name: Option<String>,
    pub name_kana: Option<String>,
    pub customer_type: Option<CustomerType>,
    pub trading_status: TradingStatus,
    pub suspended_reason: Option<Open<SuspendedReason>>,
    pub can_accept_order: bool,
    pub industry: Option<String>,
    pub rank: Option<String>,
    pub rank_change: Option<RankChangeNote>,
    pub is_rank_auto_target: bool,
    pub sales_area: Option<String>,
    pub first_trade_date: Option<NaiveDate>,
    pub account_owner: Option<String>,
    pub payment_terms: Option<String>,
    pub payment_method: Option<Open<PaymentMethod>>,
    pub preferences: Vec<String>,
    pub remarks: Option<String>,
    pub origin: Origin,
    pub contacts: Vec<ContactEntry>,
    pub addresses: Vec<AddressEntry>,
}

/// The customer's last rank change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "explained in docs/protocol.md")]
pub struct RankChangeNote {
    pub rank_from: Option<String>,
    pub rank_to: String,
    pub direction: RankDirection,
    pub changed_on: NaiveDate,
    /// The total of the run; `None` for a rank that was edited by hand.
    pub total: Option<Decimal>,
}

/// One way to reach the customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "explained in docs/protocol.md")]
pub struct ContactEntry {
    pub contact_id: i64,
    pub person_name: Option<String>,
    pub purpose: ContactPurpose,
    pub phone: Option<String>,
    pub email: Option<String>,
}

/// One address of the customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "explained in docs/protocol.md")]
pub struct AddressEntry {
    pub kind: AddressKind,
    pub name: Option<String>,
    pub postal_code: Option<String>,
    pub prefecture: Option<String>,
    pub city: Option<String>,
    pub street: Option<String>,
    pub building: Option<String>,
    pub is_default: bool,
}

/// How grave an alert is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Act on it before anything else.
    Danger,
    /// Take care.
    Warn,
}

/// Which alert it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlertCode {
    /// 取引停止.
    Suspended,
    /// 入金遅れ: an invoice is past its due date.
    Overdue,
    /// 与信超過.
    CreditExceeded,
    /// クレーム対応中.
    ComplaintOpen,
    /// 注意事項.
    Caution,
}

/// One thing that an agent must know first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "explained in docs/protocol.md")]
pub struct Alert {
    pub code: AlertCode,
    pub severity: Severity,
    pub text: Option<String>,
    pub amount: Option<Decimal>,
    pub since: Option<NaiveDate>,
    pub reference: Option<String>,
    pub count: Option<u32>,
}

/// Figures that analytics published, with their as-of date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "explained in docs/protocol.md")]
pub struct CardMetrics {
    pub as_of: NaiveDate,
    pub sales_12m: Decimal,
    pub sales_prev_12m: Decimal,
    pub slips_12m: i64,
    /// `None`: the customer's lines have no cost.
    pub ltv: Option<Decimal>,
    pub first_sold_on: Option<NaiveDate>,
    pub last_sold_on: Option<NaiveDate>,
    pub purchase_cycle_days: Option<i64>,
    pub next_purchase_on: Option<NaiveDate>,
    pub monthly_sales: Vec<Decimal>,
}

/// One slip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "explained in docs/protocol.md")]
pub struct RecentSale {
    pub slip_no: String,
    pub sold_on: NaiveDate,
    pub amount: Decimal,
    pub lines: Vec<SaleLineEntry>,
    pub more_lines: u32,
}

/// One line of a slip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "explained in docs/protocol.md")]
pub struct SaleLineEntry {
    pub product_code: Option<String>,
    pub product_name: Option<String>,
    pub quantity: Option<Decimal>,
    pub amount: Decimal,
}

/// What is not finished.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "explained in docs/protocol.md")]
pub struct OpenItems {
    pub inquiries: Vec<OpenInquiry>,
    pub deals: Vec<OpenDeal>,
    pub quotes: Vec<OpenQuote>,
    pub tasks: Vec<OpenTask>,
    pub invoices: Vec<OpenInvoice>,
    pub orders: Vec<OpenOrder>,
    /// Left out when there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub projects: Vec<OpenProject>,
}

/// An inquiry, complaint or request that is not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "explained in docs/protocol.md")]
pub struct OpenInquiry {
    pub inquiry_no: String,
    pub kind: InquiryKind,
    pub subject: String,
    pub status: InquiryStatus,
    pub opened_at: DateTime<Utc>,
    pub assignee: Option<String>,
    pub origin: Origin,
}

/// A deal that is neither won nor lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "explained in docs/protocol.md")]
pub struct OpenDeal {
    pub deal_no: String,
    pub title: Option<String>,
    pub stage: Option<Open<DealStage>>,
    pub probability: Option<i64>,
    pub amount: Option<Decimal>,
    pub expected_on: Option<NaiveDate>,
}

/// A quote that waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "explained in docs/protocol.md")]
pub struct OpenQuote {
    pub quote_no: String,
    pub title: Option<String>,
    pub amount: Option<Decimal>,
    pub status: Option<Open<QuoteStatus>>,
    pub quoted_on: NaiveDate,
    pub valid_until: Option<NaiveDate>,
}

/// A task that is not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "explained in docs/protocol.md")]
pub struct OpenTask {
    pub task_no: String,
    pub title: String,
    pub due_on: Option<NaiveDate>,
    pub assignee: Option<String>,
    pub origin: Origin,
}

/// An invoice that is not paid in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "explained in docs/protocol.md")]
pub struct OpenInvoice {
    pub invoice_no: String,
    pub issued_on: NaiveDate,
    pub due_on: Option<NaiveDate>,
    pub amount: Decimal,
    pub unpaid: Decimal,
    pub overdue: bool,
}

/// An order that is not delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "explained in docs/protocol.md")]
pub struct OpenOrder {
    pub order_no: String,
    pub title: Option<String>,
    pub status: Option<Open<OrderStatus>>,
    pub amount: Option<Decimal>,
    pub delivery_due_on: Option<NaiveDate>,
    pub late: bool,
    /// What has left for it; left out when nothing has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shipments: Vec<OrderShipment>,
}

/// A shipment of an order that is not delivered as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "explained in docs/protocol.md")]
pub struct OrderShipment {
    pub shipment_no: String,
    pub carrier: Option<String>,
    pub tracking_no: Option<String>,
    pub status: Option<Open<ShipmentStatus>>,
    pub shipped_on: NaiveDate,
    pub due_on: Option<NaiveDate>,
    pub delivered_on: Option<NaiveDate>,
    /// It has not arrived, and the day on which it was to is over.
    pub late: bool,
}

/// A project that is neither completed nor cancelled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "explained in docs/protocol.md")]
pub struct OpenProject {
    pub project_code: String,
    pub project_name: String,
    pub status: Option<Open<ProjectStatus>>,
    pub contract_amount: Option<Decimal>,
    pub due_on: Option<NaiveDate>,
    pub late: bool,
}

/// What the customer owes, tax included.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "explained in docs/protocol.md")]
pub struct Balance {
    pub unpaid: Decimal,
    pub overdue: Decimal,
    pub oldest_due_on: Option<NaiveDate>,
    pub credit_limit: Option<Decimal>,
    pub credit_remaining: Option<Decimal>,
}
