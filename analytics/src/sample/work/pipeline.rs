//! Deals, and the quotes that follow from them.

use std::io;

use chrono::NaiveDate;
use shared::dataset::{DEALS as DEALS_SET, QUOTES};
use shared::sales::{DealStage, QuoteStatus};

use super::{YEN, after, before, each};
use crate::sample::dice::Dice;
use crate::sample::files::{Cell, Style, Table, text, word};
use crate::sample::people::{Customer, Kind};
use crate::sample::reach::{CONVERTED_EVERY, leads_of};
use crate::sample::traffic::QuoteNote;
use crate::sample::words::DEALS;
use crate::sample::{Plan, streams};

/// A quote that became an order.
pub(super) struct WonQuote {
    pub(super) customer: u32,
    pub(super) order_no: String,
    pub(super) quote_no: String,
    pub(super) code: String,
    pub(super) title: &'static str,
    pub(super) amount: i64,
    pub(super) ordered_on: NaiveDate,
}

/// Deals of every stage, won ones mostly within the last year; and their quotes.
pub(super) fn deals(
    plan: &Plan,
    customers: &[Customer],
    won: &mut Vec<WonQuote>,
    notes: &mut Vec<QuoteNote>,
) -> io::Result<(u64, u64)> {
    let mut pipeline = Pipeline {
        plan,
        customers,
        dice: Dice::new(plan.seed, streams::DEALS),
        more: Dice::new(plan.seed, streams::MORE_DEALS),
        lost: Dice::new(plan.seed, streams::LOST_QUOTES),
        late: Dice::new(plan.seed, streams::LATE_DEALS),
        deals: Table::create(&plan.folder, &DEALS_SET, Style::Native)?,
        quotes: Table::create(&plan.folder, &QUOTES, Style::Native)?,
        won,
        notes,
    };
    for (at, customer) in each(customers) {
        let dice = &mut pipeline.dice;
        if customer.kind == Kind::Direct || !dice.chance(240) || !plan.has_records(dice) {
            continue;
        }
        for _ in 0..=dice.weighted(&[60, 30, 10]) {
            let deal = pipeline.deal(at, customer)?;
            let is_late = matches!(deal.stage, DealStage::Proposal | DealStage::Closing | DealStage::Won);
            if pipeline.dice.chance(if is_late { 850 } else { 150 }) {
                pipeline.quote(&deal)?;
            } else if deal.stage == DealStage::Lost && pipeline.lost.chance(700) {
                std::mem::swap(&mut pipeline.dice, &mut pipeline.lost);
                pipeline.quote(&deal)?;
                std::mem::swap(&mut pipeline.dice, &mut pipeline.lost);
            }
        }
    }
    Ok((pipeline.deals.finish()?, pipeline.quotes.finish()?))
}

/// The deals and quotes that are being written.
struct Pipeline<'a> {
    plan: &'a Plan,
    customers: &'a [Customer],
    dice: Dice,
    more: Dice,
    /// Chance for quotes of lost deals, and for deals past their date, which came later to the sample.
    lost: Dice,
    late: Dice,
    deals: Table,
    quotes: Table,
    won: &'a mut Vec<WonQuote>,
    notes: &'a mut Vec<QuoteNote>,
}

/// What a quote takes over from its deal.
struct Deal {
    customer: u32,
    department: &'static str,
    code: String,
    deal_no: String,
    title: &'static str,
    amount: i64,
    stage: DealStage,
    probability: i64,
    expected: NaiveDate,
    ordered: Option<NaiveDate>,
}

impl Pipeline<'_> {
    /// Writes a deal of a customer. The order of the draws decides the sample.
    fn deal(&mut self, at: u32, customer: &Customer) -> io::Result<Deal> {
        let (plan, dice, more) = (self.plan, &mut self.dice, &mut self.more);
        let (title, usual) = *dice.pick(DEALS);
        let amount = i64::from(usual * dice.between(60, 160) / 100) * 10_000 * YEN;
        let (stage, probability) = [
            (DealStage::Lead, 20),
            (DealStage::Negotiation, 40),
            (DealStage::Proposal, 60),
            (DealStage::Closing, 80),
            (DealStage::Won, 100),
            (DealStage::Lost, 0),
            (DealStage::OnHold, 20),
        ][dice.weighted(&[14, 18, 16, 10, 28, 10, 4])];
        let expected = match stage {
            DealStage::Won | DealStage::Lost => before(plan.span.end, dice.below(420)),
            _ => after(plan.span.end, dice.below(150)),
        };
        // Some should have been decided by now.
        let expected = match expected > plan.span.end && self.late.chance(130) {
            true => before(plan.span.end, self.late.between(1, 45)),
            false => expected,
        };
        let ordered = (stage == DealStage::Won).then(|| before(expected, dice.below(10)));
        let deal_no = format!("D{:07}", self.deals.rows + 1);
        let code = plan.code(at);
        let all = u32::try_from(self.customers.len()).unwrap_or(u32::MAX);
        let related = if dice.chance(90) && all > 4 { plan.code((at + 2) % all) } else { String::new() };
        let is_new = customer.prospect || more.chance(150);
        // Won deals come from leads that became customers.
        let lead = more.below(leads_of(self.customers));
        let lead = match stage {
            DealStage::Won => lead - lead % CONVERTED_EVERY,
            _ if lead % CONVERTED_EVERY == 0 => (lead + 1).min(leads_of(self.customers) - 1),
            _ => lead,
        };
        let lead = format!("L{:05}", lead + 1);
        let campaign = if more.chance(120) { more.word(&["CP01", "CP03", "CP04"]) } else { "" };
        let department = customer.place().department;
        self.deals.row(&[
            Cell::Text(&deal_no),
            Cell::Text(&code),
            text(&related),
            Cell::Empty,
            Cell::Empty,
            Cell::Text(title),
            word(stage),
            Cell::Number(probability),
            Cell::Amount(amount),
            Cell::Date(expected),
            ordered.map_or(Cell::Empty, Cell::Date),
            Cell::Text(department),
            Cell::Text(if is_new { "new" } else { "existing" }),
            text(campaign),
            text(if is_new && more.chance(300) { &lead } else { "" }),
        ])?;
        Ok(Deal {
            customer: at,
            department,
            code,
            deal_no,
            title,
            amount,
            stage,
            probability,
            expected,
            ordered,
        })
    }

    /// Writes the quote of a deal.
    fn quote(&mut self, deal: &Deal) -> io::Result<()> {
        let open_until = if deal.stage == DealStage::Lost { deal.expected } else { self.plan.span.end };
        let quoted_on = before(deal.ordered.unwrap_or(open_until), self.dice.between(5, 40));
        let status = match deal.stage {
            DealStage::Won => QuoteStatus::Won,
            DealStage::Lost => QuoteStatus::Lost,
            DealStage::Lead => QuoteStatus::Draft,
            _ => QuoteStatus::Sent,
        };
        let quote_no = format!("Q{:07}", self.quotes.rows + 1);
        let order_no = deal.ordered.map_or(String::new(), |_| format!("J{}", &deal.deal_no[1..]));
        self.quotes.row(&[
            Cell::Text(&quote_no),
            Cell::Text(&deal.code),
            Cell::Date(quoted_on),
            Cell::Text(deal.title),
            Cell::Amount(deal.amount),
            word(status),
            Cell::Number(i64::from(self.dice.between(1, 3))),
            Cell::Date(after(quoted_on, 30)),
            Cell::Text(&deal.deal_no),
            text(&order_no),
            Cell::Text(deal.department),
            Cell::Number(deal.probability),
        ])?;
        let (title, amount, customer) = (deal.title, deal.amount, deal.customer);
        if let Some(ordered_on) = deal.ordered {
            let (quote_no, code) = (quote_no.clone(), deal.code.clone());
            self.won.push(WonQuote { customer, order_no, quote_no, code, title, amount, ordered_on });
        }
        self.notes.push(QuoteNote {
            quote_no,
            customer,
            title,
            amount,
            quoted_on,
            is_sent: status != QuoteStatus::Draft,
        });
        Ok(())
    }
}
