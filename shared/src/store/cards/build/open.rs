//! What is open with a customer: unpaid invoices, inquiries, deals, quotes, tasks.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::Tables;
use crate::card::{OPEN_MAX, OpenDeal, OpenInquiry, OpenInvoice, OpenQuote, OpenTask};
use crate::store::StoreError;
use crate::store::driver::Row;

/// Deals that are not closed; whose, comes behind it.
pub(in crate::store::cards) const OPEN_DEALS: &str =
    "SELECT deal_no, title, stage, probability, amount, expected_on FROM deal
    WHERE coalesce(stage, '') NOT IN ('won', 'lost') AND";

impl Tables<'_> {
    /// Invoices that are not paid in full, the oldest due first. Payments that name no invoice pay the oldest
    /// first, as 売掛金 are settled.
    pub(super) fn unpaid_invoices(&self, today: NaiveDate) -> Result<Vec<OpenInvoice>, StoreError> {
        let mut invoices = self.list(
            "SELECT i.invoice_no, i.issued_on, i.due_on, i.amount, i.amount - coalesce((SELECT
             sum(p.amount) FROM payment p WHERE p.invoice_no = i.invoice_no), 0) FROM invoice i WHERE
             i.customer_code = ?1 ORDER BY coalesce(i.due_on, '9999'), i.issued_on, i.invoice_no",
            |row| {
                let due_on: Option<NaiveDate> = row.get(2)?;
                Ok(OpenInvoice {
                    invoice_no: row.get(0)?,
                    issued_on: row.get(1)?,
                    due_on,
                    amount: row.get(3)?,
                    unpaid: row.get(4)?,
                    overdue: due_on.is_some_and(|due| due < today),
                })
            },
        )?;
        let unassigned: Vec<Decimal> = self
            .list("SELECT amount FROM payment WHERE customer_code = ?1 AND invoice_no IS NULL", |row| {
                row.get(0)
            })?;
        let mut unassigned: Decimal = unassigned.into_iter().sum();
        for invoice in &mut invoices {
            let paid = unassigned.min(invoice.unpaid).max(Decimal::ZERO);
            invoice.unpaid -= paid;
            unassigned -= paid;
        }
        invoices.retain(|invoice| invoice.unpaid > Decimal::ZERO);
        Ok(invoices)
    }

    pub(super) fn inquiries(&self) -> Result<Vec<OpenInquiry>, StoreError> {
        self.list(
            "SELECT inquiry_no, kind, subject, status, opened_at, assignee, origin FROM inquiry WHERE
             customer_code = ?1 AND status <> 'done' ORDER BY kind = 'complaint' DESC, opened_at DESC,
             inquiry_no",
            |row| {
                Ok(OpenInquiry {
                    inquiry_no: row.get(0)?,
                    kind: row.get(1)?,
                    subject: row.get(2)?,
                    status: row.get(3)?,
                    opened_at: row.get(4)?,
                    assignee: row.get(5)?,
                    origin: row.get(6)?,
                })
            },
        )
    }

    pub(super) fn deals(&self) -> Result<Vec<OpenDeal>, StoreError> {
        let sql = format!(
            "{OPEN_DEALS} customer_code = ?1 ORDER BY coalesce(expected_on, '9999'), deal_no LIMIT {OPEN_MAX}"
        );
        self.list(&sql, deal_of)
    }

    pub(super) fn quotes(&self) -> Result<Vec<OpenQuote>, StoreError> {
        let sql = format!(
            "SELECT quote_no, title, amount, status, quoted_on, valid_until FROM quote
             WHERE customer_code = ?1 AND coalesce(status, '') <> 'won' AND coalesce(status, '') <> 'lost'
               AND coalesce(status, '') <> 'expired'
             ORDER BY quoted_on DESC, quote_no LIMIT {OPEN_MAX}"
        );
        self.list(&sql, |row| {
            Ok(OpenQuote {
                quote_no: row.get(0)?,
                title: row.get(1)?,
                amount: row.get(2)?,
                status: row.get(3)?,
                quoted_on: row.get(4)?,
                valid_until: row.get(5)?,
            })
        })
    }

    pub(super) fn tasks(&self) -> Result<Vec<OpenTask>, StoreError> {
        let sql = format!(
            "SELECT task_no, title, due_on, assignee, origin FROM task WHERE customer_code = ?1 AND status <> 'done'
             ORDER BY coalesce(due_on, '9999'), task_no LIMIT {OPEN_MAX}"
        );
        self.list(&sql, |row| {
            Ok(OpenTask {
                task_no: row.get(0)?,
                title: row.get(1)?,
                due_on: row.get(2)?,
                assignee: row.get(3)?,
                origin: row.get(4)?,
            })
        })
    }
}

pub(in crate::store::cards) fn deal_of(row: &Row<'_>) -> Result<OpenDeal, StoreError> {
    Ok(OpenDeal {
        deal_no: row.get(0)?,
        title: row.get(1)?,
        stage: row.get(2)?,
        probability: row.get(3)?,
        amount: row.get(4)?,
        expected_on: row.get(5)?,
    })
}
