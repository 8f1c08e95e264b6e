//! The lines of a slip.

use std::io;

use chrono::Datelike;
use shared::sales::{BillingStatus, SlipStatus, TaxCategory};

use super::super::catalog::PRODUCTS;
use super::super::conventions::warehouse;
use super::super::dice::Dice;
use super::super::files::{Cell, text, word};
use super::super::people::{Customer, Kind};
use super::{Event, History, YEN};

/// What the lines of a slip share.
pub(super) struct Head<'a> {
    pub(super) slip_no: &'a str,
    pub(super) line_no: i64,
    pub(super) event: &'a Event,
    pub(super) related: &'a [String],
    pub(super) channel: &'static str,
    pub(super) department: &'static str,
    pub(super) representative: String,
    pub(super) campaign: &'static str,
    pub(super) project: Option<&'a str>,
    pub(super) billing: Option<BillingStatus>,
}

impl History<'_> {
    /// Writes a line and returns its net amount in yen.
    pub(super) fn line(
        &mut self,
        dice: &mut Dice,
        head: &Head<'_>,
        customer: &Customer,
        product: usize,
        status: SlipStatus,
    ) -> io::Result<i64> {
        let item = &PRODUCTS[product];
        let years = i64::from(head.event.date.year() - self.plan.span.start.year());
        // The list price rises by 3 % a year, to the ten yen below.
        let list = i64::from(item.price) * (100 + 3 * years) / 100 / 10 * 10;
        let unit_price = list * i64::from(customer.kind.price()) * (YEN / 100);
        let usual = match customer.kind {
            Kind::Wholesale => dice.between(6, 36),
            Kind::Corporate => dice.between(2, 20),
            Kind::Direct => dice.between(1, 3),
        };
        let whole = if customer.kind == Kind::Direct { usual } else { (usual * customer.size / 1000).max(1) };
        let part = if item.by_weight { dice.below(4) * 2_500 } else { 0 };
        let sign = if head.event.is_return { -1 } else { 1 };
        let quantity = sign
            * if head.event.is_return {
                i64::from(whole.div_ceil(6)) * YEN
            } else {
                i64::from(whole) * YEN + i64::from(part)
            };
        let amount = to_yen(quantity, unit_price);
        let cost = to_yen(quantity, list * i64::from(item.cost) * (YEN / 100));
        self.write_line(
            head,
            &[
                Cell::Text(item.code),
                Cell::Text(item.name),
                Cell::Amount(quantity),
                Cell::Amount(unit_price),
                Cell::Amount(amount * YEN),
                Cell::Amount(cost * YEN),
            ],
            Some(item.tax),
            status,
        )?;
        Ok(amount)
    }

    /// A line that carries text only and is no sale.
    pub(super) fn note(&mut self, dice: &mut Dice, head: &Head<'_>) -> io::Result<()> {
        let text = dice.word(&[
            "【記事】納品時間 9時まで",
            "【記事】次回分と同梱",
            "【記事】のし紙 御歳暮",
            "【記事】納品書は別送",
        ]);
        let empty = Cell::Empty;
        let goods = [empty, Cell::Text(text), empty, empty, Cell::Amount(0), empty];
        self.write_line(head, &goods, None, SlipStatus::Article)
    }

    /// Writes a line; what carries text only has no tax.
    fn write_line(
        &mut self,
        head: &Head<'_>,
        goods: &[Cell<'_>; 6],
        tax: Option<u32>,
        status: SlipStatus,
    ) -> io::Result<()> {
        self.code.clear();
        self.code.push_str(&self.plan.code(head.event.customer));
        let related = |at: usize| head.related.get(at).map_or(Cell::Empty, |code| Cell::Text(code));
        let [product, name, quantity, unit_price, amount, cost] = *goods;
        let cells = [
            Cell::Text(head.slip_no),
            Cell::Number(head.line_no),
            Cell::Date(head.event.date),
            Cell::Text(&self.code),
            related(0),
            related(1),
            related(2),
            product,
            name,
            quantity,
            unit_price,
            amount,
            cost,
            Cell::Text(head.channel),
            Cell::Text(head.department),
            word(status),
            tax.map_or(Cell::Empty, |_| Cell::Text(warehouse(head.department))),
            text(head.campaign),
            text(&head.representative),
            tax.map_or(Cell::Empty, |tax| Cell::Number(i64::from(tax))),
            tax.and(head.billing).map_or(Cell::Empty, |_| word(TaxCategory::Exclusive)),
            head.project.map_or(Cell::Empty, Cell::Text),
            head.billing.filter(|_| status.is_sale()).map_or(Cell::Empty, word),
        ];
        self.sales.row(&cells)?;
        // The office's copy holds the last month.
        if let Some(office) = self.office.as_mut().filter(|_| head.event.date > self.plan.office_after) {
            office.row(&cells)?;
        }
        Ok(())
    }
}

/// Quantity (1/10000) times price (1/10000), in whole yen, half away from zero.
fn to_yen(quantity: i64, price: i64) -> i64 {
    let product = i128::from(quantity) * i128::from(price);
    let unit = i128::from(YEN) * i128::from(YEN);
    let rounded = (product.abs() + unit / 2) / unit * product.signum();
    i64::try_from(rounded).unwrap_or_default()
}
