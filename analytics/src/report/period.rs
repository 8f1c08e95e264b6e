//! The period of a report and the earlier one for comparison.

use chrono::NaiveDate;
use clap::Args;
use shared::calendar::{end_of_year_before, sub_months, twelve_months_from};
use shared::exit::Failure;
use shared::message;

/// Months from the earlier period to the report's.
const YEAR_MONTHS: u32 = 12;

/// The period's options.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct PeriodArgs {
    /// First day of the period [default: twelve months up to its last day].
    #[arg(long, value_name = "DATE")]
    pub from: Option<NaiveDate>,
    /// Last day of the period [default: the as-of date].
    #[arg(long, value_name = "DATE")]
    pub to: Option<NaiveDate>,
}

/// Two periods, all four days included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// First day of the same period a year earlier (前年同期).
    pub previous_from: NaiveDate,
    /// Last day of it; a month's end stays a month's end.
    pub previous_to: NaiveDate,
}

impl PeriodArgs {
    /// The period as of a day. Later days are refused: future sales do not count yet.
    pub fn resolve(&self, as_of: NaiveDate) -> Result<Period, Failure> {
        let to = self.to.unwrap_or(as_of);
        if to > as_of {
            return Err(Failure::usage(message!(
                "--to {to} が基準日 {as_of} より後です。--as-of を後の日付にするか、--to を前の日付にしてください",
                "--to {to} is after the as-of date {as_of}; give a later --as-of or an earlier --to",
                to = to,
                as_of = as_of,
            )));
        }
        let out_of_range = || out_of_range(to);
        let previous_to = end_of_year_before(to).ok_or_else(out_of_range)?;
        let from = self.from.or_else(|| twelve_months_from(to)).ok_or_else(out_of_range)?;
        if from > to {
            return Err(Failure::usage(message!(
                "--from {from} が --to {to} より後です。入れ替えて指定してください",
                "--from {from} is after --to {to}; swap them",
                from = from,
                to = to,
            )));
        }
        Ok(Period { from, to, previous_from: year_before(from)?, previous_to })
    }
}

fn year_before(date: NaiveDate) -> Result<NaiveDate, Failure> {
    sub_months(date, YEAR_MONTHS).ok_or_else(|| out_of_range(date))
}

fn out_of_range(date: NaiveDate) -> Failure {
    Failure::usage(message!(
        "{date} は扱える日付の範囲外です。別の日付を指定してください",
        "{date} is outside the supported dates; give another date",
        date = date,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn period(from: Option<&str>, to: Option<&str>, as_of: &str) -> Result<[String; 4], Failure> {
        let args = PeriodArgs { from: from.map(day), to: to.map(day) };
        let period = args.resolve(day(as_of))?;
        Ok([period.from, period.to, period.previous_from, period.previous_to].map(|date| date.to_string()))
    }

    #[test]
    fn the_default_is_the_twelve_months_up_to_the_as_of_date() {
        let expected = ["2025-11-01", "2026-10-31", "2024-11-01", "2025-10-31"];
        assert_eq!(period(None, None, "2026-10-31").unwrap(), expected);
        let expected = ["2025-10-16", "2026-10-15", "2024-10-16", "2025-10-15"];
        assert_eq!(period(None, None, "2026-10-15").unwrap(), expected);
    }

    #[test]
    fn periods_that_touch_a_leap_day_are_twelve_months() {
        let expected = ["2024-03-01", "2025-02-28", "2023-03-01", "2024-02-29"];
        assert_eq!(period(None, None, "2025-02-28").unwrap(), expected);
        let expected = ["2023-03-01", "2024-02-29", "2022-03-01", "2023-02-28"];
        assert_eq!(period(None, None, "2024-02-29").unwrap(), expected);
    }

    #[test]
    fn a_period_must_be_in_order_and_not_in_the_future() {
        assert!(period(Some("2026-02-01"), Some("2026-01-31"), "2026-10-31").is_err());
        assert!(period(None, Some("2026-11-01"), "2026-10-31").is_err());
        assert!(period(Some("2026-10-31"), None, "2026-10-31").is_ok());
    }
}
