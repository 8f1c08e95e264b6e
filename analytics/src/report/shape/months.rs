//! Reports by month: month numbers, from which arithmetic is easy, and a row for each group and month.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use shared::calendar::{YearMonth, month_end};
use shared::exit::Failure;
use shared::message;
use shared::message::Message;

use crate::model::figures::figure;
use crate::model::{Cube, Dimension};
use crate::report::measured::{Figures, Measured};
use crate::report::period::Period;
use crate::report::request::Request;
use crate::warehouse::Grid;

/// The months of a period, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Months {
    /// The first.
    pub(super) first: i64,
    /// The last.
    pub(super) last: i64,
    /// Whether the last one is over.
    pub(super) complete: bool,
}

impl Months {
    /// The months of a period.
    pub(super) fn of(period: &Period) -> Self {
        Self {
            first: number(period.from),
            last: number(period.to),
            complete: period.to == month_end(period.to),
        }
    }

    /// Each month.
    pub(super) fn each(self) -> impl Iterator<Item = i64> {
        self.first..=self.last
    }

    /// What readers must know when the last month is not over.
    pub(super) fn note(self, period: &Period) -> Option<Message> {
        (!self.complete).then(|| {
            message!(
                "{month} は {to} までの集計です",
                "{month} is not over: it counts up to {to}",
                month = text(self.last),
                to = period.to,
            )
        })
    }
}

/// The rows in order with the number of lines of the period, and the period's sales counted without joins and groups.
///
/// # Errors
/// The engine refuses a query.
pub(super) fn checked(
    request: &Request<'_>,
    measured: Measured,
    period: &Period,
) -> Result<(Measured, Decimal), Failure> {
    let measured = measured.sorted(request, None, figure("sales_amount", request.report.table))?;
    let query = request.query_of(&[], &[], Some(period.days()));
    let direct = query.direct(&request.warehouse, "r.amount")?;
    Ok((Measured { source_rows: query.direct_rows(&request.warehouse)?, ..measured }, direct))
}

/// A month's number.
pub(super) fn number(date: NaiveDate) -> i64 {
    let month = YearMonth::of(date);
    i64::from(month.year()) * 12 + i64::from(month.month()) - 1
}

/// The month of a number: `2026-10`.
pub(super) fn text(number: i64) -> String {
    format!("{:04}-{:02}", number.div_euclid(12), number.rem_euclid(12) + 1)
}

/// The number of a query's cell.
pub(super) fn whole(value: Option<Decimal>) -> Option<i64> {
    value?.to_i64()
}

/// A grid with a row for each of these pairs of a row, whose attributes it repeats, and a month, and with these columns.
///
/// # Errors
/// A column has another height.
pub(super) fn monthly(
    request: &Request<'_>,
    grid: &Grid,
    rows: &[(usize, i64)],
    columns: &[(&str, Vec<Option<Decimal>>)],
) -> Result<Measured, Failure> {
    let month = request.dimension("month")?;
    let firsts: Vec<usize> = rows.iter().map(|(first, _)| *first).collect();
    let months = rows.iter().map(|(_, month)| Some(text(*month))).collect();
    let mut out = grid.taken(&firsts)?.with_texts(&Cube::key(request.by.len()), months)?;
    for (name, values) in columns {
        out = out.with_numbers(name, values)?;
    }
    let by: Vec<Dimension> = request.by.iter().cloned().chain([month]).collect();
    Ok(Measured { by, grid: out, total: Figures::new(), source_rows: 0 })
}

/// Refuses the month among the attributes: it is always the last.
///
/// # Errors
/// It is among them: exit code 64.
pub(super) fn without_month(request: &Request<'_>) -> Result<(), Failure> {
    match request.by.iter().any(|dimension| dimension.id() == "month") {
        false => Ok(()),
        true => Err(Failure::usage(message!(
            "この集計は月別です。--by には月以外の属性を指定してください",
            "this report is by month already; give other attributes with --by",
        ))),
    }
}

/// The first row of each group of the request's attributes, and the group of each row.
///
/// # Errors
/// A column is missing.
pub(super) fn groups(request: &Request<'_>, grid: &Grid) -> Result<(Vec<usize>, Vec<usize>), Failure> {
    let keys: Vec<String> = (0..request.by.len()).map(Cube::key).collect();
    let groups = grid.groups(&keys)?;
    let mut firsts = Vec::new();
    for (at, &group) in groups.iter().enumerate() {
        if group == firsts.len() {
            firsts.push(at);
        }
    }
    Ok((firsts, groups))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_have_numbers_in_order() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(number(day("2026-01-01")) - number(day("2025-12-31")), 1);
        assert_eq!(text(number(day("2026-10-31"))), "2026-10");
        assert_eq!(text(number(day("2025-12-01"))), "2025-12");
    }
}
