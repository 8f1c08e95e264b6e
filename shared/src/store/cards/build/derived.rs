//! The derived parts of a card: the balance, the cautions, and how long it stays valid.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::Terms;
use crate::card::{
    Alert, AlertCode, Balance, CustomerProfile, OPEN_MAX, OpenInquiry, OpenInvoice, OpenOrder, OpenProject,
    Severity,
};
use crate::sales::InquiryKind;

pub(super) fn balance(invoices: &[OpenInvoice], credit_limit: Option<Decimal>) -> Balance {
    let unpaid: Decimal = invoices.iter().map(|invoice| invoice.unpaid).sum();
    Balance {
        unpaid,
        overdue: invoices.iter().filter(|invoice| invoice.overdue).map(|invoice| invoice.unpaid).sum(),
        oldest_due_on: invoices.iter().find_map(|invoice| invoice.due_on),
        credit_limit,
        credit_remaining: credit_limit.map(|limit| limit - unpaid),
    }
}

/// What an agent must know first, the gravest first (`docs/protocol.md`).
pub(super) fn alerts(
    customer: &CustomerProfile,
    terms: &Terms,
    invoices: &[OpenInvoice],
    balance: &Balance,
    inquiries: &[OpenInquiry],
) -> Vec<Alert> {
    let blank = |code, severity| Alert {
        code,
        severity,
        text: None,
        amount: None,
        since: None,
        reference: None,
        count: None,
    };
    let mut alerts = Vec::new();
    if !customer.can_accept_order {
        let text = customer.suspended_reason.clone().map(String::from);
        alerts.push(Alert { text, ..blank(AlertCode::Suspended, Severity::Danger) });
    }
    let overdue: Vec<&OpenInvoice> = invoices.iter().filter(|invoice| invoice.overdue).collect();
    if let Some(oldest) = overdue.first() {
        alerts.push(Alert {
            amount: Some(balance.overdue),
            since: oldest.due_on,
            reference: Some(oldest.invoice_no.clone()),
            count: u32::try_from(overdue.len()).ok(),
            ..blank(AlertCode::Overdue, Severity::Danger)
        });
    }
    if let Some(remaining) = balance.credit_remaining.filter(|remaining| remaining.is_sign_negative()) {
        alerts.push(Alert { amount: Some(-remaining), ..blank(AlertCode::CreditExceeded, Severity::Danger) });
    }
    for complaint in inquiries.iter().filter(|inquiry| inquiry.kind == InquiryKind::Complaint).take(OPEN_MAX)
    {
        alerts.push(Alert {
            text: Some(complaint.subject.clone()),
            since: Some(crate::clock::japan_date(complaint.opened_at)),
            reference: Some(complaint.inquiry_no.clone()),
            ..blank(AlertCode::ComplaintOpen, Severity::Warn)
        });
    }
    if let Some(text) = &terms.caution_note {
        alerts.push(Alert { text: Some(text.clone()), ..blank(AlertCode::Caution, Severity::Warn) });
    }
    alerts
}

/// The last day before a due date passes and an invoice becomes overdue, or an order, a shipment or a project late.
pub(super) fn valid_through(
    today: NaiveDate,
    invoices: &[OpenInvoice],
    orders: &[OpenOrder],
    projects: &[OpenProject],
) -> NaiveDate {
    let invoices = invoices.iter().filter_map(|invoice| invoice.due_on);
    let shipments = orders.iter().flat_map(|order| &order.shipments).filter_map(|shipment| shipment.due_on);
    let orders = orders.iter().filter_map(|order| order.delivery_due_on);
    let projects = projects.iter().filter_map(|project| project.due_on);
    invoices
        .chain(orders)
        .chain(shipments)
        .chain(projects)
        .filter(|due| *due >= today)
        .min()
        .unwrap_or(NaiveDate::MAX)
        .min(far_future())
}

/// A date that text order puts after every other.
fn far_future() -> NaiveDate {
    NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX)
}
