//! What is going on with customers: deals and quotes, orders, inquiries, activities, tasks.

mod orders;
mod pipeline;

use std::io;

use chrono::{Days, NaiveDate};
use shared::dataset::{ACTIVITIES, INQUIRIES as INQUIRIES_SET, TASKS as TASKS_SET};
use shared::sales::InquiryStatus;

use super::catalog::PRODUCTS;
use super::conventions::campaign_on;
use super::dice::Dice;
use super::files::{Cell, Style, Table, text, word};
use super::people::Customer;
use super::traffic::{InquiryNote, Notes};
use super::words::{INQUIRIES, OWNERS, TALKS, TASKS};
use super::{Plan, SampleFile, streams};

/// One yen, in 1/10000.
const YEN: i64 = 10_000;

/// Gives the files; quotes and orders are noted for the files that follow from them.
pub(super) fn write(plan: &Plan, customers: &[Customer], notes: &mut Notes) -> io::Result<Vec<SampleFile>> {
    let mut won = Vec::new();
    let (deals, quotes) = pipeline::deals(plan, customers, &mut won, &mut notes.quotes)?;
    Ok(vec![
        SampleFile { dataset: "deals", rows: deals },
        SampleFile { dataset: "quotes", rows: quotes },
        SampleFile { dataset: "orders", rows: orders::orders(plan, customers, &won, &mut notes.orders)? },
        SampleFile { dataset: "inquiries", rows: inquiries(plan, customers, &mut notes.inquiries)? },
        SampleFile { dataset: "activities", rows: activities(plan, customers, &notes.inquiries)? },
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

/// Inquiries and complaints; suspended customers have most of the open ones.
fn inquiries(plan: &Plan, customers: &[Customer], notes: &mut Vec<InquiryNote>) -> io::Result<u64> {
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
        let hour = opened.get(11..13).and_then(|hour| hour.parse().ok()).unwrap_or_default();
        notes.push(InquiryNote { customer: at, day, hour });
        let closed = format!("{} 17:30", after(day, dice.between(1, 9)).format("%Y-%m-%d"));
        table.row(&[
            Cell::Text(&format!("I{:07}", table.rows + 1)),
            Cell::Text(&plan.code(at)),
            Cell::Text(kind),
            Cell::Text(&opened),
            Cell::Text(subject),
            Cell::Text(body),
            word(match open {
                true => *dice.pick(&[InquiryStatus::Open, InquiryStatus::InProgress]),
                false => InquiryStatus::Done,
            }),
            Cell::Text(dice.word(OWNERS)),
            if open { Cell::Empty } else { Cell::Text(&closed) },
            text(if more.chance(600) { more.pick(PRODUCTS).code } else { "" }),
        ])?;
    }
    table.finish()
}

/// The timeline: calls, visits and mails of the last year and a half.
fn activities(plan: &Plan, customers: &[Customer], inquiries: &[InquiryNote]) -> io::Result<u64> {
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
    responses(plan, inquiries, &mut table)?;
    table.finish()
}

/// Our first answers to inquiries: later on the day, or on the next.
fn responses(plan: &Plan, inquiries: &[InquiryNote], table: &mut Table) -> io::Result<()> {
    let mut dice = Dice::new(plan.seed, streams::RESPONSES);
    for inquiry in inquiries {
        if !dice.chance(750) {
            continue;
        }
        let (day, hour) = match dice.chance(650) {
            true => (inquiry.day, inquiry.hour + dice.between(1, 3)),
            false => (after(inquiry.day, dice.between(1, 2)), dice.between(9, 17)),
        };
        if day > plan.span.end {
            continue;
        }
        table.row(&[
            Cell::Text(&format!("A{:08}", table.rows + 1)),
            Cell::Text(&plan.code(inquiry.customer)),
            Cell::Text(&format!("{} {hour:02}:{:02}", day.format("%Y-%m-%d"), dice.between(0, 59))),
            Cell::Text(dice.word(&["phone_out", "phone_out", "email", "visit"])),
            Cell::Text("問合せ対応"),
            Cell::Text("問合せの件で連絡。状況を説明し、対応の予定を伝えた"),
            Cell::Text(dice.word(OWNERS)),
            Cell::Text("完了"),
        ])?;
    }
    Ok(())
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
            word(InquiryStatus::ALL[dice.weighted(&[60, 20, 20])]),
            Cell::Text(dice.word(OWNERS)),
        ])?;
    }
    table.finish()
}
