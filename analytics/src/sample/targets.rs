//! Sales targets: somewhat more than was sold in the same month of the year before.

use std::collections::BTreeMap;
use std::io;

use chrono::NaiveDate;
use shared::calendar::YearMonth;
use shared::dataset::TARGETS;

use super::dice::Dice;
use super::files::{Cell, Style, Table, text};
use super::{Plan, SampleFile, streams};

/// One yen, in 1/10000.
const YEN: i64 = 10_000;

/// Targets are whole multiples of this many yen.
const STEP: i64 = 10_000;

/// Months with targets: before the month in which the history ends, and after it.
const MONTHS: (i32, i32) = (18, 5);

/// Net sales of a month by department and representative (empty for none), in yen.
pub(super) type Sold = BTreeMap<(NaiveDate, &'static str, String), i64>;

pub(super) fn write(plan: &Plan, sold: &Sold) -> io::Result<SampleFile> {
    let mut dice = Dice::new(plan.seed, streams::TARGETS);
    let mut table = Table::create(&plan.folder, &TARGETS, Style::Native)?;
    let last = YearMonth::of(plan.span.end);
    for ahead in -MONTHS.0..=MONTHS.1 {
        let (month, base) = (last.plus(ahead).first_day(), last.plus(ahead - 12).first_day());
        let (mut departments, mut representatives) = (BTreeMap::new(), BTreeMap::new());
        for ((_, department, representative), amount) in sold.iter().filter(|((of, ..), _)| *of == base) {
            *departments.entry(*department).or_insert(0) += amount;
            if !representative.is_empty() {
                *representatives.entry(representative.as_str()).or_insert(0) += amount;
            }
        }
        let mut raised = |amount: i64| amount * i64::from(dice.between(102, 114)) / 100 / STEP * STEP;
        let departments: Vec<(&str, i64)> =
            departments.into_iter().map(|(code, amount): (&str, i64)| (code, raised(amount))).collect();
        let representatives: Vec<(&str, i64)> =
            representatives.into_iter().map(|(code, amount): (&str, i64)| (code, raised(amount))).collect();
        let whole = departments.iter().map(|(_, amount)| amount).sum();
        let mut row = |department: &str, representative: &str, amount: i64| match amount > 0 {
            true => table.row(&[
                Cell::Date(month),
                text(department),
                text(representative),
                Cell::Amount(amount * YEN),
            ]),
            false => Ok(()),
        };
        row("", "", whole)?;
        departments.iter().try_for_each(|(code, amount)| row(code, "", *amount))?;
        representatives.iter().try_for_each(|(code, amount)| row("", code, *amount))?;
    }
    Ok(SampleFile { dataset: TARGETS.name, rows: table.finish()? })
}
