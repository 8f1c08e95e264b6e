//! What is going on with customers: deals and quotes, orders, inquiries, activities, tasks.

use std::io;

use chrono::{Days, NaiveDate};
use shared::dataset::{
    ACTIVITIES, DEALS as DEALS_SET, INQUIRIES as INQUIRIES_SET, ORDERS, QUOTES, TASKS as TASKS_SET,
};

use super::catalog::PRODUCTS;
use super::conventions::campaign_on;
use super::dice::Dice;
use super::files::{Cell, Style, Table, text};
use super::people::{Customer, Kind};
use super::traffic::{Notes, OrderNote, QuoteNote};
use super::words::{DEALS, INQUIRIES, OWNERS, TALKS, TASKS};
use super::{Plan, SampleFile, streams};

/// One yen, in 1/10000.
const YEN: i64 = 10_000;

/// Gives the files; quotes and orders are noted for the files that follow from them.
pub(super) fn write(plan: &Plan, customers: &[Customer], notes: &mut Notes) -> io::Result<Vec<SampleFile>> {
    let mut won = Vec::new();
    let (deals, quotes) = deals(plan, customers, &mut won, &mut notes.quotes)?;
    Ok(vec![
        SampleFile { dataset: "deals", rows: deals },
        SampleFile { dataset: "quotes", rows: quotes },
        SampleFile { dataset: "orders", rows: orders(plan, customers, &won, &mut notes.orders)? },
        SampleFile { dataset: "inquiries", rows: inquiries(plan, customers)? },
        SampleFile { dataset: "activities", rows: activities(plan, customers)? },
        SampleFile { dataset: "tasks", rows: tasks(plan, customers)? },
    ])
}

fn before(end: NaiveDate, days: u32) -> NaiveDate {
    end.checked_sub_days(Days::new(u64::from(days))).unwrap_or(end)
}

fn after(end: NaiveDate, days: u32) -> NaiveDate {
    end.checked_add_days(Days::new(u64::from(days))).unwrap_or(end)
}

/// A time in working hours, as people write it.
fn at_work(dice: &mut Dice, day: NaiveDate) -> String {
    format!("{} {:02}:{:02}", day.format("%Y-%m-%d"), dice.between(9, 17), dice.between(0, 59))
}

fn each(customers: &[Customer]) -> impl Iterator<Item = (u32, &Customer)> {
    (0_u32..).zip(customers)
}

/// A quote that became an order.
struct WonQuote {
    customer: u32,
    order_no: String,
    quote_no: String,
    code: String,
    title: &'static str,
    amount: i64,
    ordered_on: NaiveDate,
}

/// Deals of every stage, won ones mostly within the last year; and their quotes.
fn deals(
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
            let is_late = matches!(deal.stage, "proposal" | "closing" | "won");
            if pipeline.dice.chance(if is_late { 850 } else { 150 }) {
                pipeline.quote(&deal)?;
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
    stage: &'static str,
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
            ("lead", 20),
            ("negotiation", 40),
            ("proposal", 60),
            ("closing", 80),
            ("won", 100),
            ("lost", 0),
            ("on_hold", 20),
        ][dice.weighted(&[14, 18, 16, 10, 28, 10, 4])];
        let expected = match stage {
            "won" | "lost" => before(plan.span.end, dice.below(420)),
            _ => after(plan.span.end, dice.below(150)),
        };
        let ordered = (stage == "won").then(|| before(expected, dice.below(10)));
        let deal_no = format!("D{:07}", self.deals.rows + 1);
        let code = plan.code(at);
        let all = u32::try_from(self.customers.len()).unwrap_or(u32::MAX);
        let related = if dice.chance(90) && all > 4 { plan.code((at + 2) % all) } else { String::new() };
        let is_new = customer.prospect || more.chance(150);
        let lead = format!("L{:05}", more.below(super::reach::leads_of(self.customers)) + 1);
        let campaign = if more.chance(120) { more.word(&["CP01", "CP03", "CP04"]) } else { "" };
        let department = customer.place().department;
        self.deals.row(&[
            Cell::Text(&deal_no),
            Cell::Text(&code),
            text(&related),
            Cell::Empty,
            Cell::Empty,
            Cell::Text(title),
            Cell::Text(stage),
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
        let open_until = if deal.stage == "lost" { deal.expected } else { self.plan.span.end };
        let quoted_on = before(deal.ordered.unwrap_or(open_until), self.dice.between(5, 40));
        let status = match deal.stage {
            "won" => "won",
            "lost" => "lost",
            "lead" => "draft",
            _ => "sent",
        };
        let quote_no = format!("Q{:07}", self.quotes.rows + 1);
        let order_no = deal.ordered.map_or(String::new(), |_| format!("J{}", &deal.deal_no[1..]));
        self.quotes.row(&[
            Cell::Text(&quote_no),
            Cell::Text(&deal.code),
            Cell::Date(quoted_on),
            Cell::Text(deal.title),
            Cell::Amount(deal.amount),
            Cell::Text(status),
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
            is_sent: status != "draft",
        });
        Ok(())
    }
}

/// Orders under way, some of them late, and some that are done.
fn orders(
    plan: &Plan,
    customers: &[Customer],
    won: &[WonQuote],
    notes: &mut Vec<OrderNote>,
) -> io::Result<u64> {
    let mut dice = Dice::new(plan.seed, streams::ORDERS);
    let mut table = Table::create(&plan.folder, &ORDERS, Style::Native)?;
    let end = plan.span.end;
    for quote in won {
        let delivered = after(quote.ordered_on, 14).min(end);
        notes.push(OrderNote {
            order_no: quote.order_no.clone(),
            customer: quote.customer,
            status: "completed",
            due_on: delivered,
        });
        table.row(&[
            Cell::Text(&quote.order_no),
            Cell::Text(&quote.code),
            Cell::Date(quote.ordered_on),
            Cell::Text("visit"),
            Cell::Text("completed"),
            Cell::Text(quote.title),
            Cell::Amount(quote.amount),
            Cell::Date(delivered),
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
            let status =
                ["received", "confirmed", "allocated", "shipped", "invoiced", "completed", "cancelled"]
                    [stage];
            let done = stage >= 4;
            let received = before(end, if done { dice.between(20, 120) } else { dice.below(12) });
            let due = after(received, dice.between(3, 16));
            let amount = i64::from(dice.between(8, 400)) * 1_000 * YEN;
            let order_no = format!("U{:07}", table.rows + 1);
            let campaign = campaign_on(end, received).filter(|_| at % 7 == 0).unwrap_or_default();
            notes.push(OrderNote { order_no: order_no.clone(), customer: at, status, due_on: due });
            table.row(&[
                Cell::Text(&order_no),
                Cell::Text(&plan.code(at)),
                Cell::Date(received),
                Cell::Text(dice.word(&["phone", "fax", "ec", "email"])),
                Cell::Text(status),
                Cell::Text(dice.word(&["定期発注", "追加発注", "年末ギフト手配", "催事用", "新商品 初回"])),
                Cell::Amount(amount),
                Cell::Date(due),
                if done && status != "cancelled" { Cell::Date(due) } else { Cell::Empty },
                Cell::Empty,
                text(campaign),
            ])?;
        }
    }
    table.finish()
}

/// Inquiries and complaints; suspended customers have most of the open ones.
fn inquiries(plan: &Plan, customers: &[Customer]) -> io::Result<u64> {
    let mut dice = Dice::new(plan.seed, streams::INQUIRIES);
    let mut more = Dice::new(plan.seed, streams::MORE_INQUIRIES);
    let mut table = Table::create(&plan.folder, &INQUIRIES_SET, Style::Native)?;
    for (at, customer) in each(customers) {
        let chance = if customer.suspended { 700 } else { 110 };
        if !dice.chance(chance) || !plan.has_records(&mut dice) {
            continue;
        }
        let (kind, subject, body) = match customer.suspended {
            true => INQUIRIES[dice.below(4) as usize],
            false => *dice.pick(INQUIRIES),
        };
        let open = dice.chance(if customer.suspended { 800 } else { 300 });
        let day = before(plan.span.end, if open { dice.below(25) } else { dice.between(20, 600) });
        let opened = at_work(&mut dice, day);
        let closed = format!("{} 17:30", after(day, dice.between(1, 9)).format("%Y-%m-%d"));
        table.row(&[
            Cell::Text(&format!("I{:07}", table.rows + 1)),
            Cell::Text(&plan.code(at)),
            Cell::Text(kind),
            Cell::Text(&opened),
            Cell::Text(subject),
            Cell::Text(body),
            Cell::Text(if !open { "done" } else { dice.word(&["open", "in_progress"]) }),
            Cell::Text(dice.word(OWNERS)),
            if open { Cell::Empty } else { Cell::Text(&closed) },
            text(if more.chance(600) { more.pick(PRODUCTS).code } else { "" }),
        ])?;
    }
    table.finish()
}

/// The timeline: calls, visits and mails of the last year and a half.
fn activities(plan: &Plan, customers: &[Customer]) -> io::Result<u64> {
    let mut dice = Dice::new(plan.seed, streams::ACTIVITIES);
    let mut more = Dice::new(plan.seed, streams::MORE_ACTIVITIES);
    let mut table = Table::create(&plan.folder, &ACTIVITIES, Style::Native)?;
    for (at, customer) in each(customers) {
        if !dice.chance(620) || !plan.has_records(&mut dice) {
            continue;
        }
        for _ in 0..=dice.weighted(&[45, 25, 15, 10, 5]) {
            let (channel, subject, body, result) = *dice.pick(TALKS);
            let ago = dice.waiting().min(5_000) * 110 / 1_000;
            let day = before(plan.span.end.min(customer.until), ago);
            let happened = at_work(&mut dice, day);
            let campaign = campaign_on(plan.span.end, day).filter(|_| more.chance(150));
            table.row(&[
                Cell::Text(&format!("A{:08}", table.rows + 1)),
                Cell::Text(&plan.code(at)),
                Cell::Text(&happened),
                Cell::Text(channel),
                Cell::Text(subject),
                Cell::Text(body),
                Cell::Text(dice.word(OWNERS)),
                Cell::Text(result),
                text(campaign.unwrap_or_default()),
            ])?;
        }
    }
    table.finish()
}

fn tasks(plan: &Plan, customers: &[Customer]) -> io::Result<u64> {
    let mut dice = Dice::new(plan.seed, streams::TASKS);
    let mut table = Table::create(&plan.folder, &TASKS_SET, Style::Native)?;
    for (at, _) in each(customers) {
        if !dice.chance(130) || !plan.has_records(&mut dice) {
            continue;
        }
        let days = dice.below(45);
        let due = if dice.chance(250) { before(plan.span.end, days / 3) } else { after(plan.span.end, days) };
        table.row(&[
            Cell::Text(&format!("T{:07}", table.rows + 1)),
            Cell::Text(&plan.code(at)),
            Cell::Text(dice.word(TASKS)),
            Cell::Date(due),
            Cell::Text(["open", "in_progress", "done"][dice.weighted(&[60, 20, 20])]),
            Cell::Text(dice.word(OWNERS)),
        ])?;
    }
    table.finish()
}
