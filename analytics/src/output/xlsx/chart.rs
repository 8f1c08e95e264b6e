//! The report's chart as one of the workbook's own, over the cells of the rows.

use rust_xlsxwriter::{
    Chart as Drawing, ChartLegendPosition, ChartType, ConditionalFormat2ColorScale, Worksheet, XlsxError,
};

use crate::output::{Chart, ChartKind, Report, Unit};

/// Bars that a chart shows; more cannot be told apart.
const BARS_MAX: usize = 40;
/// Width and height in pixels: a page of A4 in landscape.
const SIZE: (u32, u32) = (1_000, 560);

/// The drawing over the sheet of rows with this name, in which these columns are kept. A matrix is coloured where it
/// stands instead ([`heat`]).
pub(super) fn chart(report: &Report, chart: &Chart, columns: &[usize], name: &str) -> Option<Drawing> {
    let kind = match chart.kind {
        ChartKind::Bars => ChartType::Bar,
        ChartKind::Stacks => ChartType::BarStacked,
        ChartKind::Lines => ChartType::Line,
        ChartKind::Pareto => ChartType::Column,
        ChartKind::Heat => return None,
    };
    let rows = report.sheet.rows.len();
    let rows = if chart.kind == ChartKind::Lines { rows } else { rows.min(BARS_MAX) };
    let last = u32::try_from(rows).ok().filter(|&rows| rows > 0)?;
    let names = places(report, &chart.names, columns);
    let (first_name, last_name) = (names.first()?.1, names.last()?.1);
    let values = places(report, &chart.values, columns);
    let (main, beside): (Vec<_>, Vec<_>) = values.iter().partition(|(column, _)| {
        chart.kind != ChartKind::Pareto || report.sheet.columns[*column].unit != Unit::Rate
    });
    let add = |drawing: &mut Drawing, at: u16, is_second: bool| {
        drawing
            .add_series()
            .set_name((name, 0, at))
            .set_categories((name, 1, first_name, last, last_name))
            .set_values((name, 1, at, last, at))
            .set_secondary_axis(is_second);
    };
    let mut drawing = Drawing::new(kind);
    main.iter().for_each(|(_, at)| add(&mut drawing, *at, false));
    if !beside.is_empty() {
        let mut lines = Drawing::new(ChartType::Line);
        beside.iter().for_each(|(_, at)| add(&mut lines, *at, true));
        lines.y2_axis().set_num_format("0%");
        drawing.combine(&lines);
    }
    if matches!(kind, ChartType::Bar | ChartType::BarStacked) {
        // The first row at the top, as in the table.
        drawing.x_axis().set_reverse();
    }
    let is_rate = main.iter().all(|(column, _)| report.sheet.columns[*column].unit == Unit::Rate);
    drawing.y_axis().set_num_format(if is_rate { "0%" } else { "#,##0" });
    drawing.title().set_name(&report.sheet.title);
    drawing.legend().set_position(ChartLegendPosition::Bottom);
    drawing.set_width(SIZE.0).set_height(SIZE.1);
    Some(drawing)
}

/// Colours the cells of a matrix, the darker the larger.
pub(super) fn heat(page: &mut Worksheet, columns: &[u16], last_row: u32) -> Result<(), XlsxError> {
    let Some((first, last)) = columns.iter().min().zip(columns.iter().max()) else { return Ok(()) };
    let scale = ConditionalFormat2ColorScale::new().set_minimum_color("FFFFFF").set_maximum_color("5B9BD5");
    page.add_conditional_format(1, *first, last_row, *last, &scale)?;
    Ok(())
}

/// The columns with these identifiers: where they are in the report and in the workbook.
pub(super) fn places(report: &Report, ids: &[String], columns: &[usize]) -> Vec<(usize, u16)> {
    let found = ids.iter().filter_map(|id| {
        let at = columns.iter().position(|&at| report.sheet.columns[at].id == *id)?;
        Some((columns[at], u16::try_from(at).ok()?))
    });
    found.collect()
}
