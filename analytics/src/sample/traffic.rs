//! What goes back and forth with customers: lines of quotes, shipments, documents, the shop's log, calls, reports.

use std::io;

use chrono::NaiveDate;
use shared::dataset::{ACTIVITY_LOGS, DAILY_REPORTS, DOCUMENT_DISPATCHES, QUOTE_LINES, SHIPMENTS};
use shared::sales::{OrderStatus, ShipmentStatus};

use super::conventions::{days, member_code, owner, portal_email, warehouse};
use super::dice::Dice;
use super::files::{Cell, Style, Table, text, word};
use super::history::RecentInvoice;
use super::people::{Customer, Kind};
use super::words::{OWNERS, TALKS};
use super::{Plan, SampleFile, streams};

/// One, in 1/10000.
const UNIT: i64 = 10_000;

/// A quote as other files need it.
pub(super) struct QuoteNote {
    pub(super) quote_no: String,
    pub(super) customer: u32,
    pub(super) title: &'static str,
    pub(super) amount: i64,
    pub(super) quoted_on: NaiveDate,
    pub(super) is_sent: bool,
}

/// An order as other files need it.
pub(super) struct OrderNote {
    pub(super) order_no: String,
    pub(super) customer: u32,
    pub(super) status: OrderStatus,
    pub(super) due_on: NaiveDate,
    /// When it arrived.
    pub(super) delivered_on: Option<NaiveDate>,
}

/// An inquiry as other files need it.
pub(super) struct InquiryNote {
    pub(super) customer: u32,
    pub(super) day: NaiveDate,
    /// The hour in which it came in.
    pub(super) hour: u32,
}

/// What the other parts of the generator made.
pub(super) struct Notes {
    pub(super) quotes: Vec<QuoteNote>,
    pub(super) orders: Vec<OrderNote>,
    pub(super) inquiries: Vec<InquiryNote>,
    pub(super) invoices: Vec<RecentInvoice>,
    /// Customers who have an account in the shop.
    pub(super) portal: Vec<u32>,
}

pub(super) fn write(plan: &Plan, customers: &[Customer], notes: &Notes) -> io::Result<Vec<SampleFile>> {
    let file = |dataset: &'static str, rows: u64| SampleFile { dataset, rows };
    let mut files = vec![
        file("quote_lines", quote_lines(plan, notes)?),
        file("shipments", shipments(plan, customers, notes)?),
        file("document_dispatches", dispatches(plan, notes)?),
        file("activity_logs", logs(plan, notes)?),
        file("daily_reports", reports(plan, customers)?),
    ];
    files.extend(super::calls::write(plan, customers)?);
    Ok(files)
}

/// One to three lines whose amounts add up to the quote's.
fn quote_lines(plan: &Plan, notes: &Notes) -> io::Result<u64> {
    let mut dice = Dice::new(plan.seed, streams::QUOTE_LINES);
    let mut table = Table::create(&plan.folder, &QUOTE_LINES, Style::Native)?;
    for quote in &notes.quotes {
        let yen = quote.amount / UNIT;
        let (mut rest, mut lines) = (yen, Vec::new());
        for (what, percent) in [("設置・配送費", 5), ("保守・初期設定", 8)] {
            if dice.chance(500) {
                let part = yen * percent / 100 / 100 * 100;
                rest -= part;
                lines.push((what, part));
            }
        }
        lines.insert(0, (quote.title, rest));
        for (line, (what, yen)) in (1..).zip(lines) {
            table.row(&[
                Cell::Text(&quote.quote_no),
                Cell::Number(line),
                Cell::Empty,
                Cell::Text(what),
                Cell::Amount(UNIT),
                Cell::Amount(yen * UNIT),
                Cell::Amount(yen * UNIT),
                Cell::Number(10),
            ])?;
        }
    }
    table.finish()
}

/// Shipments of the orders that are on their way or done; a few are late.
fn shipments(plan: &Plan, customers: &[Customer], notes: &Notes) -> io::Result<u64> {
    let mut dice = Dice::new(plan.seed, streams::SHIPMENTS);
    let mut table = Table::create(&plan.folder, &SHIPMENTS, Style::Native)?;
    for order in &notes.orders {
        let done = matches!(order.status, OrderStatus::Invoiced | OrderStatus::Completed);
        if !done && !matches!(order.status, OrderStatus::Shipped | OrderStatus::Allocated) {
            continue;
        }
        let shipped = days(order.due_on, -i64::from(dice.between(1, 2)));
        let packed = order.status == OrderStatus::Shipped || done;
        // An order that is on its way has left.
        let shipped = if packed { shipped.min(plan.span.end) } else { shipped };
        let tracking = format!("{:04}{:04}{:04}", dice.below(10_000), dice.below(10_000), dice.below(10_000));
        let status = match (done, packed) {
            (true, _) => ShipmentStatus::Delivered,
            (_, true) => *dice.pick(&[ShipmentStatus::Shipped, ShipmentStatus::InTransit]),
            _ => ShipmentStatus::Preparing,
        };
        let department = customers[order.customer as usize].place().department;
        table.row(&[
            Cell::Text(&order.order_no),
            Cell::Text("1"),
            Cell::Date(shipped),
            Cell::Text(dice.word(&["ヤマト運輸", "佐川急便", "日本郵便", "自社便"])),
            if packed { Cell::Text(&tracking) } else { Cell::Empty },
            word(status),
            Cell::Date(order.due_on),
            order.delivered_on.filter(|_| done).map_or(Cell::Empty, Cell::Date),
            Cell::Text(warehouse(department)),
        ])?;
    }
    table.finish()
}

/// Quotes and the last invoices that went out.
fn dispatches(plan: &Plan, notes: &Notes) -> io::Result<u64> {
    let mut dice = Dice::new(plan.seed, streams::DISPATCHES);
    let mut table = Table::create(&plan.folder, &DOCUMENT_DISPATCHES, Style::Native)?;
    let quotes = notes.quotes.iter().filter(|quote| quote.is_sent);
    let quotes = quotes.map(|quote| (quote.customer, "quote", &quote.quote_no, quote.quoted_on));
    let invoices = notes.invoices.iter();
    let invoices =
        invoices.map(|invoice| (invoice.customer, "invoice", &invoice.invoice_no, invoice.issued_on));
    for (customer, kind, number, on) in quotes.chain(invoices) {
        let by_mail = dice.chance(700);
        let email = format!("c{}@example.jp", customer + 1);
        let status = match by_mail {
            true => ["delivered", "opened", "sent", "failed"][dice.weighted(&[40, 40, 15, 5])],
            false => "sent",
        };
        table.row(&[
            Cell::Text(&format!("X{:07}", table.rows + 1)),
            Cell::Text(&plan.code(customer)),
            Cell::Text(kind),
            Cell::Text(number),
            Cell::Text(&format!("{on} {:02}:{:02}", dice.between(16, 18), dice.between(0, 59))),
            Cell::Text(if by_mail { "email" } else { "post" }),
            Cell::Text(if by_mail { &email } else { "本社" }),
            Cell::Text(status),
            Cell::Text(dice.word(OWNERS)),
        ])?;
    }
    table.finish()
}

/// What customers did in the shop lately.
fn logs(plan: &Plan, notes: &Notes) -> io::Result<u64> {
    let mut dice = Dice::new(plan.seed, streams::LOGS);
    let mut table = Table::create(&plan.folder, &ACTIVITY_LOGS, Style::Native)?;
    for &customer in &notes.portal {
        if !dice.chance(500) || !plan.has_records(&mut dice) {
            continue;
        }
        let day = days(plan.span.end, -i64::from(dice.below(60)));
        let (hour, minute) = (dice.between(7, 22), dice.between(0, 49));
        let action = ["", "order_created", "quote_requested", "document_downloaded", "profile_changed"]
            [dice.weighted(&[40, 35, 10, 10, 5])];
        let order = format!("EC{:06}", dice.below(1_000_000));
        for (later, action) in [(0, "login"), (6, action)] {
            if action.is_empty() {
                continue;
            }
            table.row(&[
                Cell::Text(&format!("G{:08}", table.rows + 1)),
                Cell::Text(&format!("{day} {hour:02}:{:02}", minute + later)),
                Cell::Text(&plan.code(customer)),
                Cell::Text(&portal_email(&plan.code(customer))),
                Cell::Text(action),
                text(if action == "order_created" { &order } else { "" }),
                text(if action == "quote_requested" { "年末ギフトの見積" } else { "" }),
            ])?;
        }
    }
    table.finish()
}

fn reports(plan: &Plan, customers: &[Customer]) -> io::Result<u64> {
    let mut dice = Dice::new(plan.seed, streams::REPORTS);
    let mut table = Table::create(&plan.folder, &DAILY_REPORTS, Style::Native)?;
    for (at, customer) in (0_u32..).zip(customers) {
        if customer.kind == Kind::Direct || !dice.chance(70) || !plan.has_records(&mut dice) {
            continue;
        }
        let (_, title, body, _) = *dice.pick(TALKS);
        let (code, who) = (plan.code(at), owner(plan, customer));
        let about = dice.chance(850);
        table.row(&[
            Cell::Text(&format!("R{:07}", table.rows + 1)),
            Cell::Date(days(plan.span.end, -i64::from(dice.below(90)))),
            Cell::Text(&member_code(who)),
            Cell::Text(OWNERS[who]),
            if about { Cell::Text(&code) } else { Cell::Empty },
            Cell::Text(if about { title } else { "社内業務" }),
            Cell::Text(if about { body } else { "見積書の作成、在庫の確認" }),
            text(dice.word(&["", "翌週に再訪", "見積書を送付", "価格改定の説明"])),
        ])?;
    }
    table.finish()
}
