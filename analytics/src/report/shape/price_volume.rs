//! Price and quantity effect: why sales changed, worked out for each product.

use clap::{ArgMatches, Command};
use rust_decimal::{Decimal, RoundingStrategy};
use shared::exit::Failure;

use super::columns::{Made, control, earlier_note, laid_out};
use super::{Shape, Shaped};
use crate::model::figures::figure;
use crate::model::{Cube, Dimension};
use crate::output::{Chart, ChartKind, Unit};
use crate::report::measured::{Measured, measure};
use crate::report::request::Request;
use crate::warehouse::Grid;

/// The shape.
#[derive(Debug)]
pub struct PriceVolume;

/// Places of an effect in yen.
const PLACES: u32 = 4;

const COLUMNS: &[Made] = &[
    Made::new("quantity", Unit::Number, ("数量", "Quantity"), ("期間の数量", "Quantity of the period"))
        .prioritised(5),
    Made::new(
        "previous_quantity",
        Unit::Number,
        ("比較期間の数量", "Quantity before"),
        ("比較期間の数量", "Quantity of the earlier period"),
    )
    .prioritised(5),
    Made::new(
        "sales_amount",
        Unit::Yen,
        ("売上金額", "Sales"),
        ("期間の売上金額(税抜、返品差引後)", "Net sales of the period without tax"),
    ),
    Made::new(
        "previous_sales_amount",
        Unit::Yen,
        ("比較期間の売上金額", "Sales before"),
        ("前年同期(または --compare で指定した期間)の売上金額", "Sales of the earlier period (--compare)"),
    )
    .prioritised(3),
    Made::new(
        "price_effect",
        Unit::Yen,
        ("単価効果", "Price effect"),
        (
            "(平均単価 − 比較期間の平均単価) × 数量。商品ごとに計算",
            "Average price minus that before, times the quantity; worked out for each product",
        ),
    ),
    Made::new(
        "quantity_effect",
        Unit::Yen,
        ("数量効果", "Quantity effect"),
        (
            "(数量 − 比較期間の数量) × 比較期間の平均単価。商品ごとに計算",
            "Quantity minus that before, times the average price before; worked out for each product",
        ),
    ),
    Made::new(
        "new_amount",
        Unit::Yen,
        ("新規商品", "New"),
        (
            "比較期間に売上のなかった商品の売上金額",
            "Sales of products that were not sold in the earlier period",
        ),
    ),
    Made::new(
        "discontinued_amount",
        Unit::Yen,
        ("終売商品", "Discontinued"),
        (
            "期間に売上のない商品の、比較期間の売上金額(マイナス)",
            "Sales before of products not sold since, negative",
        ),
    ),
    Made::new(
        "other_amount",
        Unit::Yen,
        ("分解できない増減", "Other change"),
        (
            "数量が不明の明細がある、または数量が正でない商品の増減額",
            "Change of products with lines without a quantity, or whose quantity is not positive",
        ),
    )
    .prioritised(4),
    Made::new(
        "change_amount",
        Unit::Yen,
        ("増減額", "Change"),
        (
            "売上金額 − 比較期間の売上金額。5つの効果の合計に一致します",
            "Sales minus sales before: the sum of the five effects",
        ),
    ),
];

/// Where the effects stand among the columns.
const EFFECTS: [&str; 5] =
    ["price_effect", "quantity_effect", "new_amount", "discontinued_amount", "other_amount"];

/// What is measured, and under which name it is shown.
const MEASURED: &[&str] = &[
    "quantity",
    "previous_quantity",
    "sales_amount",
    "previous_sales_amount",
    "source_lines",
    "previous_source_lines",
    "unquantified_lines",
    "previous_unquantified_lines",
];

impl Shape for PriceVolume {
    fn id(&self) -> &'static str {
        "price-volume"
    }

    fn with_options(&self, command: Command) -> Command {
        command
    }

    fn refuses(&self) -> &'static [&'static str] {
        &["--figures", "--sort"]
    }

    fn shaped(&self, request: &Request<'_>, _options: &ArgMatches) -> Result<Shaped, Failure> {
        let product = request.dimension("product")?;
        let is_by_product = request.by.contains(&product);
        let more = (!is_by_product).then_some(product);
        let by: Vec<Dimension> = request.by.iter().cloned().chain(more).collect();
        let figures: Vec<_> = MEASURED.iter().filter_map(|id| figure(id, request.report.table)).collect();
        let measured = measure(request, &by, &figures)?;
        let grid = with_effects(measured.grid.clone())?;
        let grid = if is_by_product { grid } else { summed(&grid, request.by.len())? };
        let measured = Measured { by: request.by.clone(), grid, ..measured };
        let measured = measured.by_size_of_change()?;
        let mut sums: std::collections::HashMap<&str, Decimal> = std::collections::HashMap::new();
        for made in COLUMNS {
            sums.insert(made.id, measured.numbers(made.id)?.into_iter().flatten().sum());
        }
        let mut shaped = laid_out(request, &measured, COLUMNS, &[], &|id| sums.get(id).copied())?;
        let days = Some(request.period.previous_days());
        let now = request.query(&[], &[]).direct(&request.warehouse, "r.amount")?;
        let before = request.query_of(&[], &[], days).direct(&request.warehouse, "r.amount")?;
        let effects: Decimal = EFFECTS.iter().filter_map(|id| sums.get(id)).sum();
        shaped.control = control(&[
            ("sales_amount", sums["sales_amount"], now),
            ("change_amount", effects, now - before),
        ])?;
        shaped.notes.extend(earlier_note(request, request.period.previous_from)?);
        shaped.chart = Some(Chart {
            kind: ChartKind::Stacks,
            names: request.by.iter().map(Dimension::id).collect(),
            values: EFFECTS.map(str::to_owned).to_vec(),
        });
        shaped.cut(request.top);
        Ok(shaped)
    }
}

impl Measured {
    /// The rows by the size of their change, the largest first.
    fn by_size_of_change(self) -> Result<Self, Failure> {
        let keys: Vec<String> = (0..self.by.len()).map(Cube::key).collect();
        let (keys, changes) = (self.grid.keys(&keys)?, self.numbers("change_amount")?);
        let size = |at: usize| changes[at].unwrap_or_default().abs();
        let mut rows: Vec<usize> = (0..self.grid.height()).collect();
        rows.sort_by(|&a, &b| size(b).cmp(&size(a)).then_with(|| keys[a].cmp(&keys[b])));
        Ok(Self { grid: self.grid.taken(&rows)?, ..self })
    }
}

/// Sums over the products of each row's attributes.
fn summed(grid: &Grid, by: usize) -> Result<Grid, Failure> {
    let keys: Vec<String> = (0..by).map(Cube::key).collect();
    let names: Vec<String> = (0..by).map(Cube::name).filter(|name| grid.has(name)).collect();
    let columns: Vec<&str> = COLUMNS.iter().map(|made| made.id).collect();
    Ok(grid.grouped(&keys, &names, &columns)?)
}

fn with_effects(grid: Grid) -> Result<Grid, Failure> {
    let column = |name: &str| grid.numbers(name);
    let (now, before) = (column("sales_amount")?, column("previous_sales_amount")?);
    let (lines, lines_before) = (column("source_lines")?, column("previous_source_lines")?);
    let (quantity, quantity_before) = (column("quantity")?, column("previous_quantity")?);
    let (unknown, unknown_before) = (column("unquantified_lines")?, column("previous_unquantified_lines")?);
    let known = |quantity: Option<Decimal>, unknown: Option<Decimal>| {
        quantity.filter(|_| unknown.unwrap_or_default() == Decimal::ZERO)
    };
    let mut columns: [Vec<Option<Decimal>>; 6] = Default::default();
    for at in 0..grid.height() {
        let side = |amount: &[Option<Decimal>], lines: &[Option<Decimal>], quantity: Option<Decimal>| Side {
            amount: amount[at].unwrap_or_default(),
            is_sold: lines[at].unwrap_or_default() > Decimal::ZERO,
            quantity,
        };
        let now = side(&now, &lines, known(quantity[at], unknown[at]));
        let before = side(&before, &lines_before, known(quantity_before[at], unknown_before[at]));
        let effects = effects(now, before);
        let change = now.amount - before.amount;
        columns
            .iter_mut()
            .zip(effects.into_iter().chain([change]))
            .for_each(|(column, value)| column.push(Some(value)));
    }
    let mut out = grid;
    for (name, column) in EFFECTS.iter().chain(&["change_amount"]).zip(&columns) {
        out = out.with_numbers(name, column)?;
    }
    Ok(out)
}

/// A product in one of the periods.
#[derive(Debug, Clone, Copy)]
struct Side {
    amount: Decimal,
    is_sold: bool,
    quantity: Option<Decimal>,
}

/// The effects, whose sum is the change: what rounding takes from the quantity's is in that of the price.
fn effects(now: Side, before: Side) -> [Decimal; 5] {
    let zero = Decimal::ZERO;
    let change = now.amount - before.amount;
    match (now.is_sold, before.is_sold) {
        (true, false) => return [zero, zero, change, zero, zero],
        (false, true) => return [zero, zero, zero, change, zero],
        _ => {}
    }
    let is_positive = |quantity: &Decimal| *quantity > zero;
    let (Some(sold), Some(earlier)) = (now.quantity.filter(is_positive), before.quantity.filter(is_positive))
    else {
        return [zero, zero, zero, zero, change];
    };
    let by_quantity = (before.amount * (sold - earlier)).checked_div(earlier).unwrap_or_default();
    let by_quantity = by_quantity.round_dp_with_strategy(PLACES, RoundingStrategy::MidpointAwayFromZero);
    [change - by_quantity, by_quantity, zero, zero, zero]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(amount: i64, quantity: Option<i64>) -> Side {
        Side { amount: Decimal::from(amount), is_sold: true, quantity: quantity.map(Decimal::from) }
    }

    fn whole(now: Side, before: Side) -> [i64; 5] {
        effects(now, before).map(|effect| i64::try_from(effect).unwrap_or(i64::MAX))
    }

    #[test]
    fn a_change_is_of_price_and_quantity() {
        // 10 at 100 yen before, 12 at 110 yen now.
        assert_eq!(whole(side(1320, Some(12)), side(1000, Some(10))), [120, 200, 0, 0, 0]);
    }

    #[test]
    fn what_cannot_be_divided_is_told_apart() {
        let nothing = Side { is_sold: false, ..side(0, None) };
        assert_eq!(whole(side(500, Some(1)), nothing), [0, 0, 500, 0, 0]);
        assert_eq!(whole(nothing, side(500, None)), [0, 0, 0, -500, 0]);
        assert_eq!(whole(side(500, None), side(200, Some(2))), [0, 0, 0, 0, 300]);
        assert_eq!(whole(side(500, Some(1)), side(-200, Some(-2))), [0, 0, 0, 0, 700]);
    }

    #[test]
    fn rounding_loses_nothing() {
        let effects = effects(side(100, Some(7)), side(100, Some(3)));
        assert_eq!(effects.iter().sum::<Decimal>(), Decimal::ZERO);
        assert_eq!(effects[1].to_string(), "133.3333");
    }
}
