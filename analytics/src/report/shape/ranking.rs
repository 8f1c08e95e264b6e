//! A ranking with the place before, of the whole period or of each quarter, month, half or fiscal year in it.

use std::collections::HashMap;

use clap::{ArgMatches, Args as _, Command, FromArgMatches as _, ValueEnum};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use shared::exit::Failure;

use super::columns::{Made, control, earlier_note, laid_out};
use super::{Shape, Shaped};
use crate::model::figures::figure;
use crate::model::{Cube, Dimension, Figure};
use crate::output::{Unit, ratio};
use crate::report::measured::{Measured, measure, measure_period};
use crate::report::period::Period;
use crate::report::request::Request;
use crate::warehouse::Grid;

/// The shape.
#[derive(Debug)]
pub struct Ranking;

#[derive(Debug, clap::Args)]
struct Options {
    /// A ranking for each of these units of time, with the place in the one before.
    #[arg(long, value_enum)]
    each: Option<Each>,
}

/// A unit of time that has a ranking of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Each {
    /// Month.
    Month,
    /// Quarter of the fiscal year.
    Quarter,
    /// Half of the fiscal year.
    Half,
    /// Fiscal year.
    FiscalYear,
}

impl Each {
    /// The axis, and its months.
    const fn axis(self) -> (&'static str, u32) {
        match self {
            Self::Month => ("month", 1),
            Self::Quarter => ("quarter", 3),
            Self::Half => ("half", 6),
            Self::FiscalYear => ("fiscal_year", 12),
        }
    }
}

const COLUMNS: &[Made] = &[
    Made::new(
        "rank",
        Unit::Count,
        ("順位", "Place"),
        ("売上金額の大きい順。同額は同順位", "By sales; equal sales share a place"),
    ),
    Made::new(
        "previous_rank",
        Unit::Count,
        ("前回順位", "Place before"),
        (
            "比較期間の順位。売上のなかったものは空欄",
            "Place in the earlier period; empty where nothing was sold then",
        ),
    ),
    Made::new(
        "rank_change",
        Unit::Number,
        ("順位変動", "Places gained"),
        ("前回順位 − 順位。正は上昇", "Place before minus place; positive is up"),
    )
    .prioritised(3),
    Made::new(
        "sales_amount",
        Unit::Yen,
        ("売上金額", "Sales"),
        ("期間の売上金額(税抜、返品差引後)", "Net sales of the period without tax"),
    ),
    Made::new(
        "share",
        Unit::Rate,
        ("構成比", "Share"),
        ("売上金額 ÷ 期間の合計", "Sales divided by the period's total"),
    )
    .prioritised(4),
    Made::new(
        "previous_sales_amount",
        Unit::Yen,
        ("前回売上金額", "Sales before"),
        ("比較期間の売上金額", "Sales of the earlier period"),
    )
    .prioritised(2),
    Made::new(
        "change_rate",
        Unit::Rate,
        ("増減率", "Change %"),
        ("増減額 ÷ 前回売上金額(正の場合)", "Change divided by the sales before, if these are positive"),
    )
    .prioritised(1),
];

impl Shape for Ranking {
    fn id(&self) -> &'static str {
        "ranking"
    }

    fn with_options(&self, command: Command) -> Command {
        Options::augment_args(command)
    }

    fn refuses(&self) -> &'static [&'static str] {
        &["--figures", "--sort"]
    }

    fn shaped(&self, request: &Request<'_>, options: &ArgMatches) -> Result<Shaped, Failure> {
        let options = Options::from_arg_matches(options).map_err(|error| super::wrong_options(&error))?;
        let sales = figure("sales_amount", request.report.table);
        let sales: Vec<&'static Figure> = sales.into_iter().collect();
        let (period, now, before) = match options.each {
            None => {
                let now = measure(request, &request.by, &sales)?;
                let days = Some(request.period.previous_days());
                let before = request.query_of(&request.by, &sales, days).run(&request.warehouse)?;
                (request.period, now, before)
            }
            Some(each) => of_each(request, each, &sales)?,
        };
        let total = now.total.get("sales_amount").copied().flatten();
        let within = usize::from(options.each.is_some());
        let measured = placed(now.ranked_within(within, request)?, &before, within)?;
        let totals = |id: &str| match id {
            "sales_amount" => total,
            "share" => ratio(total?, total?),
            _ => None,
        };
        let mut shaped = laid_out(request, &measured, COLUMNS, &[], &totals)?;
        let days = Some(period.days());
        let direct = request.query_of(&[], &[], days).direct(&request.warehouse, "r.amount")?;
        let sum = measured.numbers("sales_amount")?.into_iter().flatten().sum();
        shaped.control = control(&[("sales_amount", sum, direct)])?;
        shaped.period = Some(period);
        shaped.notes.extend(earlier_note(request, period.previous_from)?);
        cut(&mut shaped, &measured, request.top)?;
        Ok(shaped)
    }
}

/// The sales of each unit in the period, which begins with a whole one, and those of the units before them under the
/// values of these.
fn of_each(
    request: &Request<'_>,
    each: Each,
    figures: &[&'static Figure],
) -> Result<(Period, Measured, Grid), Failure> {
    let (id, months) = each.axis();
    let unit = request.dimension(id)?;
    let by: Vec<Dimension> =
        std::iter::once(unit.clone()).chain(request.by.iter().filter(|by| **by != unit).cloned()).collect();
    let period = request.period.by_units(months, request.context.fiscal_year_start)?;
    let total = measure_period(request, &by, figures, period)?;
    let query = request.query_of(&by, figures, Some(period.previous_days()));
    let shift = crate::model::Shift::Months(i64::from(months));
    let before = crate::model::CubeQuery { shift, ..query }.run(&request.warehouse)?;
    Ok((period, total, before))
}

/// Adds places, now and before, and what follows from them.
fn placed(measured: Measured, before: &Grid, within: usize) -> Result<Measured, Failure> {
    let groups: Vec<String> = (0..within).map(Cube::key).collect();
    let keys: Vec<String> = (0..measured.by.len()).map(Cube::key).collect();
    let ranks = measured.grid.ranks("sales_amount", &groups)?;
    let places: HashMap<_, _> = before.places(&keys)?;
    let (before_ranks, before_sales) =
        (before.ranks("sales_amount", &groups)?, before.numbers("sales_amount")?);
    let own = measured.grid.keys(&keys)?;
    let of = |values: &[Option<Decimal>]| -> Vec<Option<Decimal>> {
        own.iter().map(|key| places.get(key).and_then(|&at| values[at])).collect()
    };
    let (previous, earlier) = (of(&before_ranks), of(&before_sales));
    let change: Vec<_> =
        previous.iter().zip(&ranks).map(|(before, now)| Some((*before)? - (*now)?)).collect();
    let sales = measured.numbers("sales_amount")?;
    let sums = measured.grid.group_sums("sales_amount", &groups)?;
    let shares: Vec<_> = sales.iter().zip(&sums).map(|(part, sum)| ratio((*part)?, *sum)).collect();
    let rate = |(now, before): (&Option<Decimal>, &Option<Decimal>)| {
        let before = before.filter(|before| *before > Decimal::ZERO)?;
        ratio((*now)? - before, before)
    };
    let rates: Vec<_> = sales.iter().zip(&earlier).map(rate).collect();
    let grid = measured.grid.clone();
    let grid = grid.with_numbers("rank", &ranks)?.with_numbers("previous_rank", &previous)?;
    let grid = grid.with_numbers("rank_change", &change)?.with_numbers("share", &shares)?;
    let grid = grid.with_numbers("previous_sales_amount", &earlier)?.with_numbers("change_rate", &rates)?;
    Ok(Measured { grid, ..measured })
}

/// Keeps the first places of each ranking.
fn cut(shaped: &mut Shaped, measured: &Measured, top: Option<usize>) -> Result<(), Failure> {
    let Some(top) = top else { return Ok(()) };
    let all = shaped.rows.len();
    let ranks = measured.numbers("rank")?;
    let mut ranks =
        ranks.iter().map(|rank| rank.and_then(|rank| rank.to_usize()).is_some_and(|rank| rank <= top));
    shaped.rows.retain(|_| ranks.next().unwrap_or(false));
    shaped.say_cut(top, all);
    Ok(())
}
