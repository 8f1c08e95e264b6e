//! The two queries of the call report.

use super::{Args, CallAxis, CallGroup, Figures};
use crate::report::period::Period;
use crate::warehouse::{Columns, Literal, Warehouse, WarehouseError, render};

const CALLS: &str = include_str!("../../../sql/calls.sql");
const HOUR_MS: i64 = 3_600_000;
const CONTROL: &str = include_str!("../../../sql/calls_control.sql");

/// The sums of the calls of the period, by the axes.
pub(super) fn rows(
    warehouse: &Warehouse,
    axes: &[CallAxis],
    args: &Args,
    period: &Period,
) -> Result<Vec<CallGroup>, WarehouseError> {
    let axis = |at: usize| Literal::Fragment(axes.get(at).map_or("CAST(NULL AS VARCHAR)", |axis| axis.sql()));
    let sql = render(
        CALLS,
        &[
            ("source", source(axes)),
            ("axis_1", axis(0)),
            ("axis_2", axis(1)),
            ("from", Literal::Date(period.from)),
            ("to", Literal::Date(period.to)),
            ("direction", Literal::Text(args.direction.name().to_owned())),
            ("within_ms", Literal::Integer(i64::from(args.within) * 1_000)),
            ("repeated_ms", Literal::Integer(i64::from(args.repeated_within) * HOUR_MS)),
        ],
    )?;
    let frame = warehouse.frame(&sql)?;
    let columns = Columns(&frame);
    let keys = ["axis_1", "axis_2"].into_iter().take(axes.len());
    let keys = keys.map(|name| columns.texts(name)).collect::<Result<Vec<_>, _>>()?;
    let row = |(at, figures): (usize, Figures)| CallGroup {
        keys: keys.iter().map(|column| column[at].clone()).collect(),
        figures,
    };
    Ok(Figures::read(&columns)?.into_iter().enumerate().map(row).collect())
}

/// What is counted: by agent, each agent's part in a call; else each call once.
fn source(axes: &[CallAxis]) -> Literal {
    Literal::Fragment(if axes.contains(&CallAxis::Agent) { "agent_calls" } else { "calls" })
}

/// The number of calls (by agent: of parts) of the period, and of all calls.
pub(super) fn control(
    warehouse: &Warehouse,
    axes: &[CallAxis],
    args: &Args,
    period: &Period,
) -> Result<(u64, u64), WarehouseError> {
    let sql = render(
        CONTROL,
        &[
            ("source", source(axes)),
            ("from", Literal::Date(period.from)),
            ("to", Literal::Date(period.to)),
            ("direction", Literal::Text(args.direction.name().to_owned())),
        ],
    )?;
    let frame = warehouse.frame(&sql)?;
    let columns = Columns(&frame);
    Ok((columns.count("counted")?, columns.count("all_calls")?))
}
