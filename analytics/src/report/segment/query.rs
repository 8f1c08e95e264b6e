//! The two queries of the segment report and the exact figures that come from them.

use rust_decimal::Decimal;

use crate::output::{average, ratio};
use crate::report::division::Division;
use crate::report::filter::Selection;
use crate::report::period::Period;
use crate::report::segments::{self, Segment};
use crate::warehouse::{Columns, Literal, Warehouse, WarehouseError, render};

const SEGMENT: &str = include_str!("../../../sql/segment.sql");
const CONTROL: &str = include_str!("../../../sql/segment_control.sql");

/// The sums of a segment. Rates and averages are computed from sums where they are shown, so that those of a total
/// follow from its sums.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// Customers of the segment.
    pub customers: u64,
    /// Those who bought in the period.
    pub active_customers: u64,
    /// Those who bought at least twice.
    pub repeat_customers: u64,
    /// Slip lines.
    pub source_rows: u64,
    /// Slips with a positive net.
    pub slips: u64,
    /// Net sales, tax excluded.
    pub sales_amount: Decimal,
    /// Cost of the lines that have one.
    pub cost: Decimal,
    /// Sales of the lines that have a cost.
    pub costed_amount: Decimal,
    /// Net sales of the same period a year before.
    pub previous_amount: Decimal,
}

impl Figures {
    /// Adds another segment's sums.
    pub fn add(&mut self, other: &Self) {
        self.customers += other.customers;
        self.active_customers += other.active_customers;
        self.repeat_customers += other.repeat_customers;
        self.source_rows += other.source_rows;
        self.slips += other.slips;
        self.sales_amount += other.sales_amount;
        self.cost += other.cost;
        self.costed_amount += other.costed_amount;
        self.previous_amount += other.previous_amount;
    }

    /// Sales minus cost of the lines with a cost.
    pub fn gross_profit(&self) -> Decimal {
        self.costed_amount - self.cost
    }

    /// Gross profit as a share of its sales; `None` when these are zero.
    pub fn gross_margin_rate(&self) -> Option<Decimal> {
        ratio(self.gross_profit(), self.costed_amount)
    }

    /// Sales by active customer.
    pub fn average_per_customer(&self) -> Option<Decimal> {
        average(self.sales_amount, self.active_customers)
    }

    /// Sales by slip.
    pub fn average_per_slip(&self) -> Option<Decimal> {
        average(self.sales_amount, self.slips)
    }

    /// The share of active customers who bought at least twice.
    pub fn repeat_rate(&self) -> Option<Decimal> {
        ratio(Decimal::from(self.repeat_customers), Decimal::from(self.active_customers))
    }

    /// Sales minus those of the year before.
    pub fn change_amount(&self) -> Decimal {
        self.sales_amount - self.previous_amount
    }

    /// The change relative to the year before; `None` when that is not positive.
    pub fn change_rate(&self) -> Option<Decimal> {
        if self.previous_amount <= Decimal::ZERO {
            return None;
        }
        ratio(self.change_amount(), self.previous_amount)
    }
}

/// What the report's figures must agree with.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "explained in docs/reports.md#control")]
pub struct Control {
    pub mirror_rows: u64,
    pub mirror_amount: Decimal,
    pub store_rows: u64,
    pub store_amount: Decimal,
    pub period_rows: u64,
    pub period_amount: Decimal,
    pub counted_rows: u64,
    pub counted_amount: Decimal,
    pub uncosted_rows: u64,
    pub uncosted_amount: Decimal,
    pub future_rows: u64,
}

/// The rows of the report, unsorted.
pub(super) fn rows(
    warehouse: &Warehouse,
    axes: &[Division],
    filters: &Selection,
    period: &Period,
) -> Result<Vec<Segment<Figures>>, WarehouseError> {
    let mut values = segments::parameters(axes, filters);
    values.extend([
        ("from", Literal::Date(period.from)),
        ("to", Literal::Date(period.to)),
        ("previous_from", Literal::Date(period.previous_from)),
        ("previous_to", Literal::Date(period.previous_to)),
    ]);
    let frame = warehouse.frame(&render(SEGMENT, &values)?)?;
    let columns = Columns(&frame);
    let counts = ["customers", "active_customers", "repeat_customers", "source_rows", "slips"];
    let counts = counts.into_iter().map(|name| columns.counts(name)).collect::<Result<Vec<_>, _>>()?;
    let sums = ["sales_amount", "cost", "costed_amount", "previous_amount"];
    let sums = sums.into_iter().map(|name| columns.amounts(name)).collect::<Result<Vec<_>, _>>()?;
    let figures = (0..frame.height()).map(|index| Figures {
        customers: counts[0][index],
        active_customers: counts[1][index],
        repeat_customers: counts[2][index],
        source_rows: counts[3][index],
        slips: counts[4][index],
        sales_amount: sums[0][index],
        cost: sums[1][index],
        costed_amount: sums[2][index],
        previous_amount: sums[3][index],
    });
    segments::with_keys(&columns, axes, figures)
}

/// The control totals.
pub(super) fn control(
    warehouse: &Warehouse,
    filters: &Selection,
    period: &Period,
    as_of: chrono::NaiveDate,
) -> Result<Control, WarehouseError> {
    let sql = render(
        CONTROL,
        &[
            ("from", Literal::Date(period.from)),
            ("to", Literal::Date(period.to)),
            ("as_of", Literal::Date(as_of)),
            ("members", filters.members()),
        ],
    )?;
    let frame = warehouse.frame(&sql)?;
    let columns = Columns(&frame);
    let first = |missing: &str| WarehouseError::Shape(format!("{missing} has no row"));
    let count = |name: &str| columns.counts(name)?.first().copied().ok_or_else(|| first(name));
    let amount = |name: &str| columns.amounts(name)?.first().copied().ok_or_else(|| first(name));
    let (store_rows, store_amount) = warehouse.manifest().total("sales", "amount");
    Ok(Control {
        mirror_rows: count("mirror_rows")?,
        mirror_amount: amount("mirror_amount")?,
        store_rows,
        store_amount,
        period_rows: count("period_rows")?,
        period_amount: amount("period_amount")?,
        counted_rows: count("counted_rows")?,
        counted_amount: amount("counted_amount")?,
        uncosted_rows: count("uncosted_rows")?,
        uncosted_amount: amount("uncosted_amount")?,
        future_rows: count("future_rows")?,
    })
}
