//! What was invoiced and paid: the slips of a customer up to its closing day, month by month.

use std::io;

use chrono::{Datelike, Days, NaiveDate};
use shared::calendar::month_end;
use shared::customer::PaymentMethod;
use shared::sales::BillingStatus;

use super::super::catalog::PRODUCTS;
use super::super::dice::Dice;
use super::super::files::{Cell, word};
use super::super::people::{Customer, Kind};
use super::{Event, History, YEN};

/// Months before the end for which there are invoices.
const INVOICED_MONTHS: u32 = 13;

/// Invoices of the last month that are noted for other files.
const INVOICES_NOTED_MAX: usize = 2_000;

/// An invoice of the last month.
pub(in crate::sample) struct RecentInvoice {
    pub(in crate::sample) invoice_no: String,
    /// The customer's position.
    pub(in crate::sample) customer: u32,
    pub(in crate::sample) issued_on: NaiveDate,
}

/// What a customer bought and owes. Tax is rounded once an invoice and rate, so that the sums of both are kept.
#[derive(Clone, Copy, Default)]
pub(in crate::sample) struct Account {
    /// Net sales of the period that is open, at 10 and at 8 per cent.
    open: [i64; 2],
    /// Net sales behind the closing day.
    next: [i64; 2],
    /// Tax-included amount that is not paid.
    pub(in crate::sample) unpaid: i64,
    /// Net sales of the last twelve months.
    pub(in crate::sample) last_year: i64,
}

impl History<'_> {
    /// Whether a slip of the last two months is on an invoice; of older ones that is not said.
    pub(super) fn billing(&self, event: &Event, customer: &Customer) -> Option<BillingStatus> {
        let end = self.plan.span.end;
        if (end - event.date).num_days() >= 61 {
            return None;
        }
        let closing = customer.closing_day();
        let last_closed = match closing < 28 {
            true if end.day() >= closing => end.with_day(closing).unwrap_or(end),
            true => self.plan.office_after.with_day(closing).unwrap_or(end),
            false if end == month_end(end) => end,
            false => self.plan.office_after,
        };
        let is_billed = customer.kind == Kind::Direct || event.date <= last_closed;
        let is_billed = is_billed && event.date <= end;
        Some(if is_billed { BillingStatus::Billed } else { BillingStatus::Unbilled })
    }

    pub(super) fn book(&mut self, event: &Event, customer: &Customer, product: usize, net: i64) {
        let account = &mut self.accounts[event.customer as usize];
        let end = self.plan.span.end;
        if event.date > end {
            return;
        }
        if (end - event.date).num_days() < 365 {
            account.last_year += net;
        }
        let rate = usize::from(PRODUCTS[product].tax == 8);
        if customer.closing_day() < 28 && event.date.day() > customer.closing_day() {
            account.next[rate] += net;
        } else {
            account.open[rate] += net;
        }
    }

    /// Ends the month: invoices for what was bought up to the closing day, and their payments.
    pub(super) fn close(&mut self, dice: &mut Dice, month: NaiveDate) -> io::Result<()> {
        let invoiced_from = shared::calendar::sub_months(self.plan.span.end, INVOICED_MONTHS);
        let invoiced = invoiced_from.is_some_and(|from| month_end(month) > from);
        for at in 0..self.customers.len() {
            let customer = self.customers[at];
            let account = &mut self.accounts[at];
            let open = std::mem::replace(&mut account.open, std::mem::take(&mut account.next));
            let due = open[0] + open[0] / 10 + open[1] + open[1] * 8 / 100;
            let closed = match customer.closing_day() {
                day if day < 28 => month.with_day(day).unwrap_or(month),
                _ => month_end(month),
            };
            if invoiced && due > 0 && customer.kind != Kind::Direct && closed <= self.plan.span.end {
                self.invoice(dice, at, &customer, closed, due)?;
            }
        }
        Ok(())
    }

    fn invoice(
        &mut self,
        dice: &mut Dice,
        at: usize,
        customer: &Customer,
        closed: NaiveDate,
        due: i64,
    ) -> io::Result<()> {
        let invoice_no = format!("V{:08}", self.invoices.rows + 1);
        let code = self.plan.code(u32::try_from(at).unwrap_or_default());
        let terms = self.terms[usize::from(customer.terms)].as_ref();
        let due_on = terms.and_then(|terms| terms.due_date(closed)).unwrap_or(closed);
        let issued = (self.plan.span.end - closed).num_days() >= 2 || !dice.chance(300);
        self.invoices.row(&[
            Cell::Text(&invoice_no),
            Cell::Text(&code),
            Cell::Date(closed),
            Cell::Date(due_on),
            Cell::Amount(due * YEN),
            Cell::Text(if issued { "issued" } else { "not_issued" }),
        ])?;
        if closed > self.plan.office_after && issued && self.recent.len() < INVOICES_NOTED_MAX {
            let customer = u32::try_from(at).unwrap_or_default();
            self.recent.push(RecentInvoice { invoice_no: invoice_no.clone(), customer, issued_on: closed });
        }
        let late = if customer.pays_badly && dice.chance(550) {
            400
        } else if dice.chance(60) {
            dice.between(3, 25)
        } else {
            0
        };
        let paid_on = due_on.checked_add_days(Days::new(u64::from(late))).unwrap_or(due_on);
        if paid_on > self.plan.span.end {
            self.accounts[at].unpaid += due;
            return Ok(());
        }
        // A few pay in two parts, the second of which is still to come.
        let paid = if dice.chance(8) { due / 2 } else { due };
        self.accounts[at].unpaid += due - paid;
        let payment_no = format!("N{:08}", self.payments.rows + 1);
        self.payments.row(&[
            Cell::Text(&payment_no),
            Cell::Text(&code),
            Cell::Text(&invoice_no),
            Cell::Date(paid_on),
            Cell::Amount(paid * YEN),
            word(if dice.chance(700) { PaymentMethod::BankTransfer } else { PaymentMethod::DirectDebit }),
        ])
    }
}
