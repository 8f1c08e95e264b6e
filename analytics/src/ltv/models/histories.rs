//! What the models read: the purchases of each customer, summed up in the mirror.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use shared::exit::Failure;
use shared::message;

use crate::model::Conditions;
use crate::prediction::{Group, History, Spending};
use crate::report::period::date;
use crate::report::segments;
use crate::warehouse::{Columns, Literal, Warehouse, WarehouseError, render};

const HISTORIES: &str = include_str!("../../../sql/ltv_histories.sql");
const GROUPS: &str = include_str!("../../../sql/ltv_groups.sql");
const SPENDING: &str = include_str!("../../../sql/ltv_spending.sql");

/// A unit of time in which models count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Unit {
    /// Days.
    Day,
    /// Weeks of seven days.
    #[default]
    Week,
    /// Twelfths of a year of 365.25 days.
    Month,
}

impl Unit {
    /// So many days as units.
    pub fn of_days(self, days: i64) -> f64 {
        days.to_f64().unwrap_or(f64::NAN) / self.days()
    }

    fn days(self) -> f64 {
        match self {
            Self::Day => 1.0,
            Self::Week => 7.0,
            Self::Month => 365.25 / 12.0,
        }
    }

    /// The whole units of a year.
    pub fn year(self) -> u32 {
        match self {
            Self::Day => 365,
            Self::Week => 52,
            Self::Month => 12,
        }
    }

    /// The units of a mean year.
    pub fn of_mean_year(self) -> f64 {
        365.25 / self.days()
    }

    /// The identifier in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }
}

/// Until when purchases are known, and the unit of time.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct TimeArgs {
    /// The last day whose purchases count [default: the as-of date].
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub until: Option<NaiveDate>,
    /// The unit of time of the parameters.
    #[arg(long, value_enum, default_value_t)]
    pub unit: Unit,
}

impl TimeArgs {
    /// The last day whose purchases count.
    ///
    /// # Errors
    /// It is after the as-of date: exit code 64.
    pub fn until(&self, as_of: NaiveDate) -> Result<NaiveDate, Failure> {
        match self.until {
            Some(until) if until > as_of => Err(Failure::usage(message!(
                "--until {until} は基準日 {as_of} より後です。基準日までの日付を指定してください",
                "--until {until} is after the as-of date {as_of}; give a day up to it",
                until = until,
                as_of = as_of,
            ))),
            until => Ok(until.unwrap_or(as_of)),
        }
    }
}

/// Whose purchases until when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Histories<'a> {
    pub warehouse: &'a Warehouse,
    pub filters: &'a Conditions,
    pub until: NaiveDate,
    pub unit: Unit,
}

impl Histories<'_> {
    /// The query of a row for each customer.
    pub(super) fn sql(&self) -> Result<Literal, WarehouseError> {
        let values = [("until", Literal::Date(self.until)), ("members", segments::members(self.filters))];
        Ok(Literal::Rendered(render(HISTORIES, &values)?))
    }

    /// The history of a customer.
    pub(super) fn history(&self, repeats: u64, last_day: u64, observed_days: u64) -> History {
        let time = |days: u64| self.unit.of_days(i64::try_from(days).unwrap_or(i64::MAX));
        History {
            repeats: u32::try_from(repeats).unwrap_or(u32::MAX),
            last: time(last_day),
            observed: time(observed_days),
        }
    }

    /// Customers with the same history, by their repeat purchases.
    pub(super) fn groups(&self) -> Result<Vec<Group>, WarehouseError> {
        let frame = self.warehouse.frame(&render(GROUPS, &[("histories", self.sql()?)])?)?;
        let columns = Columns(&frame);
        let (repeats, last) = (columns.counts("repeats")?, columns.counts("last_day")?);
        let (observed, customers) = (columns.counts("observed_days")?, columns.counts("customers")?);
        let group = |at: usize| Group {
            history: self.history(repeats[at], last[at], observed[at]),
            customers: customers[at],
        };
        Ok((0..customers.len()).map(group).collect())
    }

    /// Customers with the same repeat purchases and the same sum of them.
    pub(super) fn spending(&self) -> Result<Vec<Spending>, WarehouseError> {
        let frame = self.warehouse.frame(&render(SPENDING, &[("histories", self.sql()?)])?)?;
        let columns = Columns(&frame);
        let (repeats, amounts) = (columns.counts("repeats")?, columns.amounts("repeat_amount")?);
        let customers = columns.counts("customers")?;
        let group = |at: usize| {
            let repeats = u32::try_from(repeats[at]).unwrap_or(u32::MAX);
            Spending { repeats, mean: number(amounts[at]) / f64::from(repeats), customers: customers[at] }
        };
        Ok((0..customers.len()).map(group).collect())
    }
}

/// An amount as a floating-point number, for the models.
pub(super) fn number(amount: Decimal) -> f64 {
    // Every decimal has a nearest floating-point number.
    amount.to_f64().unwrap_or(f64::NAN)
}
