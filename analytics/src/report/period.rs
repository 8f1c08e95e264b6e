//! The period of a report and the earlier one for comparison.

use chrono::{Datelike as _, NaiveDate};
use clap::{Args, ValueEnum};
use cli_kit::{BadValue, bad_value};
use shared::calendar::{YearMonth, end_of_year_before, month_end, sub_months, twelve_months_from};
use shared::era::parse_date;
use shared::exit::Failure;
use shared::message;
use shared::message::Message;

use crate::model::Shift;

/// Months from the earlier period to the report's.
const YEAR_MONTHS: u32 = 12;

/// The period's options. The last of several counts.
#[derive(Debug, Clone, Default, Args)]
pub struct PeriodArgs {
    /// First day of the period [default: twelve months up to its last day].
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub from: Option<NaiveDate>,
    /// Last day of the period [default: the as-of date].
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub to: Option<NaiveDate>,
    /// One month, such as 2026-10; up to the as-of date.
    #[arg(long, value_name = "MONTH", conflicts_with_all = ["from", "to"])]
    pub month: Option<String>,
    /// A quarter of the fiscal year, such as 2026Q2; up to the as-of date.
    #[arg(long, value_name = "QUARTER", conflicts_with_all = ["from", "to", "month"])]
    pub quarter: Option<String>,
    /// A fiscal year, such as 2026; up to the as-of date.
    #[arg(long, value_name = "YEAR", conflicts_with_all = ["from", "to", "month", "quarter"])]
    pub fy: Option<String>,
}

/// A date as people write it, Japanese eras included.
pub(crate) fn date(text: &str) -> Result<NaiveDate, BadValue> {
    parse_date(text).map_err(|_| {
        bad_value(message!(
            "日付を 2026-10-31 や 令和8年10月31日 の形で指定してください",
            "write a date such as 2026-10-31",
        ))
    })
}

/// The period with which a report compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Compare {
    /// The same period a year before.
    #[default]
    Year,
    /// The period of equal length just before.
    Period,
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
    /// The period as of a day. Later days are refused: future sales do not count yet. A month, a quarter or a fiscal year
    /// that has not ended counts up to the as-of date.
    ///
    /// # Errors
    /// Days that are not in order, or no such month, quarter or year: exit code 64.
    pub fn resolve(&self, as_of: NaiveDate, fiscal_year_start: u32) -> Result<Period, Failure> {
        let named = self.named(fiscal_year_start)?;
        if let Some((from, to)) = named {
            return of_days(Some(from), to.min(as_of.max(from)), as_of);
        }
        of_days(self.from, self.to.unwrap_or(as_of), as_of)
    }

    /// The period of a report that counts from the beginning of the fiscal year when no option says otherwise.
    ///
    /// # Errors
    /// As [`Self::resolve`].
    pub fn resolve_fiscal(&self, as_of: NaiveDate, fiscal_year_start: u32) -> Result<Period, Failure> {
        if self.is_given() {
            return self.resolve(as_of, fiscal_year_start);
        }
        let month = YearMonth::of(as_of);
        let ago = (as_of.month() + 12 - fiscal_year_start) % 12;
        let first = month.plus(-i32::try_from(ago).unwrap_or_default()).first_day();
        of_days(Some(first), as_of, as_of)
    }

    /// The days of a report that counts every date when no option says otherwise; they may be after the as-of date.
    ///
    /// # Errors
    /// Only one of `--from` and `--to`, days that are not in order, or no such month, quarter or year: exit code 64.
    pub fn resolve_any(&self, fiscal_year_start: u32) -> Result<Option<(NaiveDate, NaiveDate)>, Failure> {
        match (self.named(fiscal_year_start)?, self.from, self.to) {
            (Some(days), _, _) => Ok(Some(days)),
            (None, Some(from), Some(to)) if from <= to => Ok(Some((from, to))),
            (None, Some(from), Some(to)) => Err(not_in_order(from, to)),
            (None, None, None) => Ok(None),
            _ => Err(Failure::usage(message!(
                "この集計では --from と --to の両方を指定してください",
                "this report needs both --from and --to",
            ))),
        }
    }

    fn is_given(&self) -> bool {
        let words = [&self.month, &self.quarter, &self.fy];
        self.from.or(self.to).is_some() || words.into_iter().any(Option::is_some)
    }

    /// First and last day of `--month`, `--quarter` or `--fy`.
    fn named(&self, fiscal_year_start: u32) -> Result<Option<(NaiveDate, NaiveDate)>, Failure> {
        let months = |first: Option<YearMonth>, count: i32| {
            first.map(|first| (first.first_day(), first.plus(count - 1).last_day()))
        };
        let start = |year: &str| YearMonth::new(year.parse().ok()?, fiscal_year_start).ok();
        let (option, text, found) = match (&self.month, &self.quarter, &self.fy) {
            (Some(text), _, _) => ("--month", text, months(text.trim().parse().ok(), 1)),
            (_, Some(text), _) => {
                let quarter = text.trim().split_once(['Q', 'q']).and_then(|(year, quarter)| {
                    let quarter: i32 = quarter.parse().ok().filter(|quarter| (1..=4).contains(quarter))?;
                    Some(start(year)?.plus((quarter - 1) * 3))
                });
                ("--quarter", text, months(quarter, 3))
            }
            (_, _, Some(text)) => {
                let year = text.trim().trim_start_matches("FY").trim_end_matches("年度");
                ("--fy", text, months(start(year), 12))
            }
            _ => return Ok(None),
        };
        found.map(Some).ok_or_else(|| {
            Failure::usage(message!(
                "{option} {text}: 月は 2026-10、四半期は 2026Q2、年度は 2026 の形で指定してください",
                "{option} {text}: write a month as 2026-10, a quarter as 2026Q2, a fiscal year as 2026",
                option = option,
                text = text,
            ))
        })
    }
}

impl Period {
    /// The period with the earlier one of `--compare`.
    ///
    /// # Errors
    /// The earlier period is outside the supported dates: exit code 64.
    pub(crate) fn compared(self, compare: Compare) -> Result<Self, Failure> {
        let Self { from, to, .. } = self;
        if compare == Compare::Year {
            return Ok(self);
        }
        let previous_to = from.pred_opt().ok_or_else(|| out_of_range(from))?;
        let whole_months = from == YearMonth::of(from).first_day() && to == month_end(to);
        let previous_from = match whole_months {
            true => {
                let months = YearMonth::of(from).months_until(YearMonth::of(to)) + 1;
                u32::try_from(months).ok().and_then(|months| sub_months(from, months))
            }
            false => from.checked_sub_signed(to - from + chrono::Duration::days(1)),
        };
        let previous_from = previous_from.ok_or_else(|| out_of_range(from))?;
        Ok(Self { previous_from, previous_to, ..self })
    }

    /// The period from the beginning of the unit of so many months in which it begins, and the same one such unit before.
    /// Units begin with the fiscal year.
    ///
    /// # Errors
    /// The earlier period is outside the supported dates: exit code 64.
    pub(crate) fn by_units(self, months: u32, fiscal_year_start: u32) -> Result<Self, Failure> {
        let month = YearMonth::of(self.from);
        let into = (month.month() + 12 - fiscal_year_start) % 12 % months;
        let from = month.plus(-i32::try_from(into).unwrap_or_default()).first_day();
        let to = self.to;
        let previous_from = sub_months(from, months).ok_or_else(|| out_of_range(from))?;
        let previous_to = sub_months(to, months).ok_or_else(|| out_of_range(to))?;
        let previous_to = if to == month_end(to) { month_end(previous_to) } else { previous_to };
        Ok(Self { from, to, previous_from, previous_to })
    }

    /// The period from the first day of the month in which it begins, and the same a year before.
    ///
    /// # Errors
    /// The year before is outside the supported dates: exit code 64.
    pub(crate) fn by_months(self) -> Result<Self, Failure> {
        of_days(Some(YearMonth::of(self.from).first_day()), self.to, self.to)
    }

    /// From the earlier period to this one.
    pub(crate) fn shift(&self) -> Shift {
        let months = YearMonth::of(self.previous_from).months_until(YearMonth::of(self.from));
        let is_months = u32::try_from(months).ok().and_then(|months| sub_months(self.from, months));
        match is_months == Some(self.previous_from) {
            true => Shift::Months(months),
            false => Shift::Days((self.from - self.previous_from).num_days()),
        }
    }

    /// First and last day.
    pub(crate) fn days(&self) -> (NaiveDate, NaiveDate) {
        (self.from, self.to)
    }

    /// First and last day of the earlier period.
    pub(crate) fn previous_days(&self) -> (NaiveDate, NaiveDate) {
        (self.previous_from, self.previous_to)
    }
}

/// The period of these days.
fn of_days(from: Option<NaiveDate>, to: NaiveDate, as_of: NaiveDate) -> Result<Period, Failure> {
    if to > as_of {
        return Err(Failure::usage(message!(
            "期間の末日 {to} が基準日 {as_of} より後です。--as-of を後の日付にするか、期間を前にしてください",
            "the period ends on {to}, after the as-of date {as_of}; give a later --as-of or an earlier period",
            to = to,
            as_of = as_of,
        )));
    }
    let previous_to = end_of_year_before(to).ok_or_else(|| out_of_range(to))?;
    let from = from.or_else(|| twelve_months_from(to)).ok_or_else(|| out_of_range(to))?;
    if from > to {
        return Err(not_in_order(from, to));
    }
    Ok(Period { from, to, previous_from: year_before(from)?, previous_to })
}

fn not_in_order(from: NaiveDate, to: NaiveDate) -> Failure {
    Failure::usage(message!(
        "期間の初日 {from} が末日 {to} より後です。入れ替えて指定してください",
        "the period begins on {from}, after its last day {to}; swap them",
        from = from,
        to = to,
    ))
}

fn year_before(date: NaiveDate) -> Result<NaiveDate, Failure> {
    sub_months(date, YEAR_MONTHS).ok_or_else(|| out_of_range(date))
}

/// The note that the earlier period begins before the data.
pub(crate) fn uncovered(first: NaiveDate, earlier_from: NaiveDate) -> Message {
    message!(
        "比較は不完全です: データは {first} からで、{from} からの比較期間の全体はありません",
        "the comparison is incomplete: the data begin on {first}, the earlier period on {from}",
        first = first,
        from = earlier_from,
    )
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
        let args = PeriodArgs { from: from.map(day), to: to.map(day), ..PeriodArgs::default() };
        let period = args.resolve(day(as_of), 4)?;
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

    #[test]
    fn months_quarters_and_fiscal_years_have_names() {
        let resolved = |args: PeriodArgs| {
            args.resolve(day("2026-10-15"), 4).map(|period| (period.from.to_string(), period.to.to_string()))
        };
        let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        let text = |text: &str| Some(text.to_owned());
        let default = PeriodArgs::default;
        assert_eq!(
            resolved(PeriodArgs { month: text("2026-02"), ..default() }).unwrap(),
            pair("2026-02-01", "2026-02-28")
        );
        // Not over yet: up to the as-of date.
        assert_eq!(
            resolved(PeriodArgs { month: text("2026-10"), ..default() }).unwrap(),
            pair("2026-10-01", "2026-10-15")
        );
        assert_eq!(
            resolved(PeriodArgs { quarter: text("2025Q4"), ..default() }).unwrap(),
            pair("2026-01-01", "2026-03-31")
        );
        assert_eq!(
            resolved(PeriodArgs { fy: text("2025年度"), ..default() }).unwrap(),
            pair("2025-04-01", "2026-03-31")
        );
        for wrong in ["2026-13", "2026Q5", "soon"] {
            assert!(resolved(PeriodArgs { quarter: text(wrong), ..default() }).is_err());
        }
        // A month after the as-of date.
        assert!(resolved(PeriodArgs { month: text("2026-11"), ..default() }).is_err());
    }

    #[test]
    fn a_fiscal_year_begins_in_its_month_and_days_ahead_can_be_asked_for() {
        let fiscal = |as_of: &str, start: u32| {
            let period = PeriodArgs::default().resolve_fiscal(day(as_of), start).unwrap();
            (period.from.to_string(), period.to.to_string())
        };
        assert_eq!(fiscal("2026-10-31", 4).0, "2026-04-01");
        assert_eq!(fiscal("2026-03-31", 4), ("2025-04-01".to_owned(), "2026-03-31".to_owned()));
        assert_eq!(fiscal("2026-04-01", 4).0, "2026-04-01");
        assert_eq!(fiscal("2026-10-31", 1).0, "2026-01-01");
        let any = |args: PeriodArgs| args.resolve_any(4);
        assert_eq!(any(PeriodArgs::default()).unwrap(), None);
        let month = PeriodArgs { month: Some("2027-02".to_owned()), ..PeriodArgs::default() };
        assert_eq!(any(month).unwrap(), Some((day("2027-02-01"), day("2027-02-28"))));
        assert!(any(PeriodArgs { from: Some(day("2026-01-01")), ..PeriodArgs::default() }).is_err());
    }

    #[test]
    fn the_period_before_has_the_same_length() {
        let before = |from: &str, to: &str| {
            let period = of_days(Some(day(from)), day(to), day("2026-10-31")).unwrap();
            let period = period.compared(Compare::Period).unwrap();
            (period.previous_from.to_string(), period.previous_to.to_string())
        };
        assert_eq!(before("2026-04-01", "2026-06-30"), ("2026-01-01".to_owned(), "2026-03-31".to_owned()));
        assert_eq!(before("2026-03-01", "2026-03-31"), ("2026-02-01".to_owned(), "2026-02-28".to_owned()));
        assert_eq!(before("2026-10-05", "2026-10-11"), ("2026-09-28".to_owned(), "2026-10-04".to_owned()));
    }
}
