//! Orders: those of won quotes, and those that come without one.

use std::io;

use chrono::NaiveDate;
use shared::dataset::ORDERS;
use shared::sales::{OrderStatus, SalesChannel};

use super::pipeline::WonQuote;
use super::{YEN, after, before, each};
use crate::sample::conventions::campaign_on;
use crate::sample::dice::Dice;
use crate::sample::files::{Cell, Style, Table, text, word};
use crate::sample::people::Customer;
use crate::sample::traffic::OrderNote;
use crate::sample::{Plan, streams};

/// Orders under way, some of them late, and some that are done.
pub(super) fn orders(
    plan: &Plan,
    customers: &[Customer],
    won: &[WonQuote],
    notes: &mut Vec<OrderNote>,
) -> io::Result<u64> {
    let mut dice = Dice::new(plan.seed, streams::ORDERS);
    let mut table = Table::create(&plan.folder, &ORDERS, Style::Native)?;
    let mut late = Dice::new(plan.seed, streams::LATE_ORDERS);
    let end = plan.span.end;
    for quote in won {
        let due = after(quote.ordered_on, 14).min(end);
        let delivered = arrived(&mut late, due, end);
        notes.push(OrderNote {
            order_no: quote.order_no.clone(),
            customer: quote.customer,
            status: OrderStatus::Completed,
            due_on: due,
            delivered_on: Some(delivered),
        });
        table.row(&[
            Cell::Text(&quote.order_no),
            Cell::Text(&quote.code),
            Cell::Date(quote.ordered_on),
            word(SalesChannel::Visit),
            word(OrderStatus::Completed),
            Cell::Text(quote.title),
            Cell::Amount(quote.amount),
            Cell::Date(due),
            Cell::Date(delivered),
            Cell::Text(&quote.quote_no),
        ])?;
    }
    for (at, customer) in each(customers) {
        let buys = !customer.suspended && !customer.prospect && customer.until >= end;
        if !buys || !dice.chance(280) || !plan.has_records(&mut dice) {
            continue;
        }
        for _ in 0..=dice.weighted(&[70, 30]) {
            let stage = dice.weighted(&[18, 16, 22, 16, 10, 16, 2]);
            // In the order of the work, cancelled last.
            let status = OrderStatus::ALL[stage];
            let done = stage >= 4;
            let received = before(end, if done { dice.between(20, 120) } else { dice.below(12) });
            let due = after(received, dice.between(3, 16));
            let amount = i64::from(dice.between(8, 400)) * 1_000 * YEN;
            let order_no = format!("U{:07}", table.rows + 1);
            let campaign = campaign_on(end, received).filter(|_| at % 7 == 0).unwrap_or_default();
            let is_delivered = done && status != OrderStatus::Cancelled;
            let delivered_on = is_delivered.then(|| arrived(&mut late, due, end));
            notes.push(OrderNote {
                order_no: order_no.clone(),
                customer: at,
                status,
                due_on: due,
                delivered_on,
            });
            table.row(&[
                Cell::Text(&order_no),
                Cell::Text(&plan.code(at)),
                Cell::Date(received),
                Cell::Text(dice.word(&["phone", "fax", "ec", "email"])),
                word(status),
                Cell::Text(dice.word(&["定期発注", "追加発注", "年末ギフト手配", "催事用", "新商品 初回"])),
                Cell::Amount(amount),
                Cell::Date(due),
                delivered_on.map_or(Cell::Empty, Cell::Date),
                Cell::Empty,
                text(campaign),
            ])?;
        }
    }
    table.finish()
}

/// The day on which an order arrived that was due on a day: some come a day before, some are late.
fn arrived(dice: &mut Dice, due: NaiveDate, end: NaiveDate) -> NaiveDate {
    let day = match dice.weighted(&[70, 18, 12]) {
        0 => due,
        1 => before(due, 1),
        _ => after(due, dice.between(1, 6)),
    };
    day.min(end)
}
