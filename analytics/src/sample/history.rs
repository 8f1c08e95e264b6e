//! What was sold, month by month in the order of the slips.

mod basket;
mod billing;
mod lines;

use std::collections::HashMap;
use std::io;

use chrono::{Datelike, Days, NaiveDate};
use shared::calendar::{month_end, month_start};
use shared::dataset::{INVOICES, PAYMENTS, SALES};
use shared::sales::SlipStatus;
use shared::terms::PaymentTerms;

pub(super) use billing::{Account, RecentInvoice};

use basket::{basket, pick_products};
use lines::Head;

use super::conventions::{campaign_on, member_code, owner};
use super::dice::Dice;
use super::files::{Style, Table};
use super::people::{Customer, Kind};
use super::projects::Project;
use super::targets::Sold;
use super::words::TERMS;
use super::{Plan, streams};

/// One yen, in 1/10000.
const YEN: i64 = 10_000;

/// Average lines of a slip in 1/1000, measured on the generated data.
const LINES_PER_SLIP: u64 = 2_090;

/// Slips of a month against the average, per cent.
const DEMAND: [u32; 12] = [90, 86, 100, 96, 98, 101, 110, 107, 96, 100, 105, 142];

/// A slip to write.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Event {
    date: NaiveDate,
    customer: u32,
    is_return: bool,
}

/// Writes sales, invoices and payments.
pub(super) struct History<'a> {
    plan: &'a Plan,
    customers: &'a [Customer],
    pub(super) accounts: Vec<Account>,
    /// Expected slips of a customer of usual busyness on one day, in 1/10⁹.
    pace: u64,
    sales: Table,
    office: Option<Table>,
    invoices: Table,
    payments: Table,
    slips: u64,
    terms: Vec<Option<PaymentTerms>>,
    code: String,
    /// Chance for what came later to the data set, so that all else stays as it was.
    more: Dice,
    /// The projects by their customers' positions, of which each has one at most.
    projects: HashMap<u32, &'a Project>,
    recent: Vec<RecentInvoice>,
    sold: Sold,
}

/// Rows of each file.
pub(super) struct Written {
    pub(super) sales: u64,
    pub(super) invoices: u64,
    pub(super) payments: u64,
    pub(super) recent: Vec<RecentInvoice>,
    pub(super) sold: Sold,
}

impl<'a> History<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        customers: &'a [Customer],
        projects: &'a [Project],
    ) -> io::Result<Self> {
        let weight: u64 = customers.iter().map(|c| c.active_days(plan.span) * u64::from(c.busyness)).sum();
        let slips = plan.lines.saturating_mul(1000) / LINES_PER_SLIP;
        let pace = u128::from(slips) * 1_000_000_000_000 / u128::from(weight.max(1));
        let office = plan.office.then(|| Table::create(&plan.folder.join("cp932"), &SALES, Style::Office));
        Ok(Self {
            plan,
            customers,
            accounts: vec![Account::default(); customers.len()],
            pace: u64::try_from(pace).unwrap_or(u64::MAX),
            sales: Table::create(&plan.folder, &SALES, Style::Native)?,
            office: office.transpose()?,
            invoices: Table::create(&plan.folder, &INVOICES, Style::Native)?,
            payments: Table::create(&plan.folder, &PAYMENTS, Style::Native)?,
            slips: 0,
            terms: TERMS.iter().map(|(text, _, _)| PaymentTerms::parse(text)).collect(),
            code: String::new(),
            more: Dice::new(plan.seed, streams::MORE_SALES),
            projects: projects.iter().map(|project| (project.customer, project)).collect(),
            recent: Vec::new(),
            sold: Sold::new(),
        })
    }

    /// Writes all months; `progress` gets the lines so far.
    pub(super) fn write(mut self, progress: &mut dyn FnMut(u64)) -> io::Result<(Vec<Account>, Written)> {
        let mut month = month_start(self.plan.span.start);
        while month <= self.plan.span.end {
            self.month(month, progress)?;
            month = month_end(month).checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX);
        }
        if let Some(office) = self.office {
            office.finish()?;
        }
        let written = Written {
            sales: self.sales.finish()?,
            invoices: self.invoices.finish()?,
            payments: self.payments.finish()?,
            recent: self.recent,
            sold: self.sold,
        };
        Ok((self.accounts, written))
    }

    fn month(&mut self, month: NaiveDate, progress: &mut dyn FnMut(u64)) -> io::Result<()> {
        let number = u64::from(month.year_ce().1 * 12 + month.month0());
        let mut dice = Dice::new(self.plan.seed, streams::SALES + number);
        self.more = Dice::new(self.plan.seed, streams::MORE_SALES + number);
        let events = self.events(&mut dice, month);
        let weights =
            [Kind::Wholesale, Kind::Direct, Kind::Corporate].map(|kind| basket(kind, month.month()));
        for (at, event) in events.iter().enumerate() {
            self.slip(&mut dice, event, &weights)?;
            if at.is_multiple_of(1024) {
                progress(self.sales.rows);
            }
        }
        self.close(&mut dice, month)
    }

    /// The month's slips, by date and customer.
    fn events(&self, dice: &mut Dice, month: NaiveDate) -> Vec<Event> {
        let last = month_end(month);
        let demand = u64::from(DEMAND[month.month0() as usize]);
        let mut events = Vec::new();
        for (at, customer) in self.customers.iter().enumerate() {
            let from = customer.since.max(month).max(self.plan.span.start);
            let to = customer.until.min(last).min(self.plan.span.end);
            if customer.prospect || from > to {
                continue;
            }
            let customer_at = u32::try_from(at).unwrap_or(u32::MAX);
            let mut add = |date, is_return| events.push(Event { date, customer: customer_at, is_return });
            if from == customer.since {
                add(from, false);
            }
            // Waiting times of a Poisson process in 1/1000 days; it has no memory, so each month may start afresh.
            let pace = (self.pace * u64::from(customer.busyness) / 1000 * demand / 100).max(1);
            let days = u64::try_from((to - from).num_days()).unwrap_or_default() + 1;
            let mut at = u64::from(dice.waiting()) * 1_000_000_000 / pace;
            while at < days * 1000 {
                let date = from.checked_add_days(Days::new(at / 1000)).unwrap_or(to);
                let at_month_end = dice.chance(90) && last <= to;
                add(if at_month_end { last } else { date }, false);
                if dice.chance(14) {
                    let back = date.checked_add_days(Days::new(u64::from(dice.between(1, 12)))).unwrap_or(to);
                    add(back.min(to), true);
                }
                at += (u64::from(dice.waiting()) * 1_000_000_000 / pace).max(1);
            }
        }
        if last >= self.plan.span.end {
            self.last_days(dice, &mut events);
        }
        events.sort_unstable();
        events
    }

    /// Slips of the very last day, and slips dated after it.
    fn last_days(&self, dice: &mut Dice, events: &mut Vec<Event>) {
        let end = self.plan.span.end;
        let buyers: Vec<u32> = events.iter().map(|event| event.customer).take(1_000).collect();
        for _ in 0..=buyers.len() / 50 {
            let Some(customer) = (!buyers.is_empty()).then(|| *dice.pick(&buyers)) else { return };
            events.push(Event { date: end, customer, is_return: false });
            let future = end.checked_add_days(Days::new(u64::from(dice.between(1, 25)))).unwrap_or(end);
            events.push(Event { date: future, customer, is_return: false });
        }
    }

    fn slip(&mut self, dice: &mut Dice, event: &Event, baskets: &[Vec<u32>; 3]) -> io::Result<()> {
        self.slips += 1;
        let customer = self.customers[event.customer as usize];
        let slip_no = format!("S{:08}", self.slips);
        let status =
            [SlipStatus::Posted, SlipStatus::Cancelled, SlipStatus::Provisional, SlipStatus::Deleted]
                [dice.weighted(&[982, 7, 7, 4])];
        let related = self.related(dice, event.customer, &customer);
        let channel = channel(dice, customer.kind);
        let mut head = Head {
            slip_no: &slip_no,
            line_no: 0,
            event,
            related: &related,
            channel,
            department: department(&customer),
            representative: if customer.kind == Kind::Direct {
                String::new()
            } else {
                member_code(owner(self.plan, &customer))
            },
            campaign: campaign_on(self.plan.span.end, event.date)
                .filter(|_| self.more.chance(140))
                .unwrap_or_default(),
            project: self.project(event),
            billing: self.billing(event, &customer),
        };
        let mut sold = 0;
        for product in pick_products(dice, &customer, baskets, event.is_return) {
            head.line_no += 1;
            let net = self.line(dice, &head, &customer, product, status)?;
            if status.is_sale() {
                self.book(event, &customer, product, net);
                sold += net;
            }
        }
        if event.date <= self.plan.span.end {
            let key = (month_start(event.date), head.department, head.representative.clone());
            *self.sold.entry(key).or_default() += sold;
        }
        if dice.chance(25) {
            head.line_no += 1;
            self.note(dice, &head)?;
        }
        Ok(())
    }

    /// The customer's project, of some of the slips while it runs.
    fn project(&mut self, event: &Event) -> Option<&'a str> {
        let project = *self.projects.get(&event.customer)?;
        let runs = (project.from..=project.to).contains(&event.date);
        (runs && self.more.chance(300)).then_some(project.code.as_str())
    }

    /// Other customers who had a part in the slip: neighbours of the customer's.
    fn related(&self, dice: &mut Dice, at: u32, customer: &Customer) -> Vec<String> {
        let others = u32::try_from(self.customers.len()).unwrap_or(u32::MAX) - 1;
        if customer.kind == Kind::Direct || others < 4 || !dice.chance(70) {
            return Vec::new();
        }
        let many = 1 + dice.weighted(&[80, 15, 5]);
        (1..).take(many).map(|step| self.plan.code((at + step * (1 + at % 3)) % (others + 1))).collect()
    }
}

fn channel(dice: &mut Dice, kind: Kind) -> &'static str {
    match kind {
        Kind::Wholesale => ["wholesale", "fax", "phone", "ec"][dice.weighted(&[55, 25, 12, 8])],
        Kind::Direct => ["ec", "store", "line", "phone"][dice.weighted(&[58, 26, 9, 7])],
        Kind::Corporate => ["phone", "fax", "visit", "ec", "email"][dice.weighted(&[34, 28, 14, 16, 8])],
    }
}

fn department(customer: &Customer) -> &'static str {
    if customer.kind == Kind::Direct { "D06" } else { customer.place().department }
}
