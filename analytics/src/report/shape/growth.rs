//! Growth: what each part contributes to the change of the whole.

use clap::{ArgMatches, Command};
use rust_decimal::Decimal;
use shared::exit::Failure;

use super::columns::{Made, control, earlier_note, laid_out};
use super::{Shape, Shaped};
use crate::model::figures::figure;
use crate::output::{Chart, ChartKind, Unit, ratio};
use crate::report::measured::{Measured, measure};
use crate::report::request::Request;
use crate::warehouse::rounded_to_sum;

/// The shape.
#[derive(Debug)]
pub struct Growth;

/// Places of a contribution, as of every rate.
const PLACES: u32 = 6;

const COLUMNS: &[Made] = &[
    Made::new(
        "sales_amount",
        Unit::Yen,
        ("売上金額", "Sales"),
        ("期間の売上金額(税抜、返品差引後)", "Net sales of the period without tax"),
    ),
    Made::new(
        "previous_amount",
        Unit::Yen,
        ("比較期間の売上金額", "Sales before"),
        ("前年同期(または --compare で指定した期間)の売上金額", "Sales of the earlier period (--compare)"),
    )
    .prioritised(2),
    Made::new(
        "change_amount",
        Unit::Yen,
        ("増減額", "Change"),
        ("売上金額 − 比較期間の売上金額", "Sales minus sales before"),
    ),
    Made::new(
        "change_rate",
        Unit::Rate,
        ("増減率", "Change %"),
        ("増減額 ÷ 比較期間の売上金額(正の場合)", "Change divided by sales before, if these are positive"),
    )
    .prioritised(3),
    Made::new(
        "contribution",
        Unit::Rate,
        ("寄与度", "Contribution"),
        (
            "増減額 ÷ 比較期間の売上金額の合計。合計は全体の増減率に一致します",
            "Change divided by the total sales before; contributions add up to the total's change rate",
        ),
    )
    .prioritised(1),
];

impl Shape for Growth {
    fn id(&self) -> &'static str {
        "growth"
    }

    fn with_options(&self, command: Command) -> Command {
        command
    }

    fn refuses(&self) -> &'static [&'static str] {
        &["--figures", "--sort"]
    }

    fn shaped(&self, request: &Request<'_>, _options: &ArgMatches) -> Result<Shaped, Failure> {
        let wanted = ["sales_amount", "previous_sales_amount", "change_amount", "change_rate"];
        let figures: Vec<_> = wanted.iter().filter_map(|id| figure(id, request.report.table)).collect();
        let measured = measure(request, &request.by, &figures)?;
        let change = figure("change_amount", request.report.table);
        let measured = measured.sorted(request, change, None)?;
        let total = |id: &str| measured.total.get(id).copied().flatten();
        let before = total("previous_sales_amount").unwrap_or_default();
        let whole = total("change_rate");
        let measured = contributing(measured.clone(), before, whole)?;
        let totals = |id: &str| match id {
            "previous_amount" => Some(before),
            "contribution" => whole,
            other => total(other),
        };
        let mut shaped = laid_out(request, &measured, COLUMNS, &[], &totals)?;
        let days = Some(request.period.previous_days());
        let direct = request.query(&[], &[]).direct(&request.warehouse, "r.amount")?;
        let direct_before = request.query_of(&[], &[], days).direct(&request.warehouse, "r.amount")?;
        let sum = |name: &str| -> Result<Decimal, Failure> {
            Ok(measured.numbers(name)?.into_iter().flatten().sum())
        };
        shaped.control = control(&[
            ("sales_amount", sum("sales_amount")?, direct),
            ("previous_amount", sum("previous_amount")?, direct_before),
        ])?;
        shaped.notes.extend(earlier_note(request, request.period.previous_from)?);
        shaped.chart = Some(Chart {
            kind: ChartKind::Bars,
            names: request.by.iter().map(crate::model::Dimension::id).collect(),
            values: vec!["change_amount".to_owned()],
        });
        shaped.cut(request.top);
        Ok(shaped)
    }
}

/// Adds the contributions, which add up to the rate of the whole as it is shown.
fn contributing(measured: Measured, before: Decimal, whole: Option<Decimal>) -> Result<Measured, Failure> {
    let changes = measured.numbers("change_amount")?;
    let parts: Option<Vec<Decimal>> =
        changes.iter().map(|change| change.unwrap_or_default().checked_div(before)).collect();
    let contributions: Vec<Option<Decimal>> = match (parts, whole) {
        (Some(parts), Some(whole)) => rounded_to_sum(&parts, whole, PLACES).into_iter().map(Some).collect(),
        _ => vec![None; changes.len()],
    };
    let earlier = measured.numbers("previous_sales_amount")?;
    let rate = |(change, before): (&Option<Decimal>, &Option<Decimal>)| {
        let before = before.filter(|before| *before > Decimal::ZERO)?;
        ratio((*change)?, before)
    };
    let rates: Vec<_> = changes.iter().zip(&earlier).map(rate).collect();
    let grid = measured.grid.clone().with_numbers("contribution", &contributions)?;
    let grid = grid.with_numbers("previous_amount", &earlier)?.with_numbers("change_rate", &rates)?;
    Ok(Measured { grid, ..measured })
}
