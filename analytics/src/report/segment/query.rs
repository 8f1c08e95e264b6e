//! The two queries of the segment report and the exact figures that come from them.

use rust_decimal::Decimal;

use crate::model::{Conditions, Dimension};
use crate::output::{average, ratio};
use crate::report::period::Period;
use crate::report::segments::{self, Segment};
use crate::report::sums::sums;
use crate::warehouse::{Columns, Literal, Warehouse, WarehouseError, render};

const SEGMENT: &str = include_str!("../../../sql/segment.sql");
const CONTROL: &str = include_str!("../../../sql/segment_control.sql");

sums! {
    /// The sums of a segment. Rates and averages are computed from sums where they are shown, so that those of a total
    /// follow from its sums.
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
        /// Cost of the lines that have one; `None` when no line has.
        pub cost: Option<Decimal>,
        /// Sales of the lines that have a cost; `None` when no line has.
        pub costed_amount: Option<Decimal>,
        /// Net sales of the same period a year before.
        pub previous_amount: Decimal,
    }
}

impl Figures {
    /// Cost of the lines with a cost: zero when nothing was sold, unknown when no line has a cost.
    pub fn known_cost(&self) -> Option<Decimal> {
        self.cost.or((self.source_rows == 0).then_some(Decimal::ZERO))
    }

    /// Sales minus cost of the lines with a cost; unknown when no line has one.
    pub fn gross_profit(&self) -> Option<Decimal> {
        Some(self.costed_amount.unwrap_or_default() - self.known_cost()?)
    }

    /// Gross profit as a share of its sales; `None` when these are zero.
    pub fn gross_margin_rate(&self) -> Option<Decimal> {
        ratio(self.gross_profit()?, self.costed_amount.unwrap_or_default())
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
    axes: &[Dimension],
    filters: &Conditions,
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
    segments::with_keys(&columns, axes, Figures::read(&columns)?)
}

/// The control totals.
pub(super) fn control(
    warehouse: &Warehouse,
    filters: &Conditions,
    period: &Period,
    as_of: chrono::NaiveDate,
) -> Result<Control, WarehouseError> {
    let sql = render(
        CONTROL,
        &[
            ("from", Literal::Date(period.from)),
            ("to", Literal::Date(period.to)),
            ("as_of", Literal::Date(as_of)),
            ("members", segments::members(filters)),
        ],
    )?;
    let frame = warehouse.frame(&sql)?;
    let columns = Columns(&frame);
    let (store_rows, store_amount) = warehouse.manifest().total("sales", "amount");
    Ok(Control {
        mirror_rows: columns.count("mirror_rows")?,
        mirror_amount: columns.amount("mirror_amount")?,
        store_rows,
        store_amount,
        period_rows: columns.count("period_rows")?,
        period_amount: columns.amount("period_amount")?,
        counted_rows: columns.count("counted_rows")?,
        counted_amount: columns.amount("counted_amount")?,
        uncosted_rows: columns.count("uncosted_rows")?,
        uncosted_amount: columns.amount("uncosted_amount")?,
        future_rows: columns.count("future_rows")?,
    })
}

/// The day of the first sale in the data: what is before it is not covered.
pub(super) fn covered_from(warehouse: &Warehouse) -> Result<Option<chrono::NaiveDate>, WarehouseError> {
    let frame = warehouse.frame("SELECT MIN(sold_on) AS first_day FROM counted_sales")?;
    Ok(Columns(&frame).dates("first_day")?.first().copied().flatten())
}
