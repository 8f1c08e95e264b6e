//! The segment report as a sheet and as JSON.

use serde_json::{Value, json};
use shared::label::Lang;

use super::{Figures, Segment, SegmentReport};
use crate::context::Context;
use crate::labels;
use crate::model::Dimension;
use crate::model::figures::figure;
use crate::model::tables::SALES_LINES;
use crate::output::{Cell, Sheet, SheetColumn, Unit, json_decimal, json_decimal_or_null, ratio, yen};
use crate::report::segments::{self, lines_and_yen};

/// The columns after the axes.
const COLUMNS: &[SheetColumn] = &[
    SheetColumn::figure("customers", labels::CUSTOMERS, Unit::Count),
    SheetColumn::figure("active_customers", labels::ACTIVE_CUSTOMERS, Unit::Count),
    SheetColumn::figure("slips", labels::SLIPS, Unit::Count),
    SheetColumn::figure("sales_amount", labels::SALES_AMOUNT, Unit::Yen),
    SheetColumn::figure("cost", labels::COST, Unit::Yen),
    SheetColumn::figure("gross_profit", labels::GROSS_PROFIT, Unit::Yen),
    SheetColumn::figure("gross_margin_rate", labels::GROSS_MARGIN_RATE, Unit::Rate),
    SheetColumn::figure("average_per_customer", labels::AVG_PER_CUSTOMER, Unit::Yen),
    SheetColumn::figure("average_per_slip", labels::AVG_PER_SLIP, Unit::Yen),
    SheetColumn::figure("repeat_rate", labels::REPEAT_RATE, Unit::Rate),
    SheetColumn::figure("previous_sales_amount", labels::PREVIOUS_SALES, Unit::Yen),
    SheetColumn::figure("change_rate", labels::CHANGE_RATE, Unit::Rate),
    SheetColumn::figure("share", labels::SHARE, Unit::Rate),
    SheetColumn::terminal_only(labels::SHARE_BAR),
];

/// The report as a sheet for people.
pub(super) fn sheet(report: &SegmentReport, context: &Context) -> Sheet {
    let lang = context.lang;
    let axes = report.axes.iter().map(Dimension::column);
    let mut total = segments::total_cells(&report.axes, lang);
    total.extend(cells(&report.total, &report.total));
    Sheet {
        title: labels::SEGMENT_REPORT.text(lang).to_owned(),
        header: header(report, lang),
        columns: axes.chain(COLUMNS.iter().cloned()).collect(),
        rows: report.rows.iter().map(|row| row_cells(row, report, lang)).collect(),
        total: Some(total),
        footer: footer(report, lang),
    }
}

fn header(report: &SegmentReport, lang: Lang) -> Vec<(String, String)> {
    let period = &report.period;
    let line = |label: labels::Label, value: String| (label.text(lang).to_owned(), value);
    vec![
        line(labels::AS_OF, report.as_of.to_string()),
        line(labels::PERIOD, format!("{} – {}", period.from, period.to)),
        line(labels::PREVIOUS_PERIOD, format!("{} – {}", period.previous_from, period.previous_to)),
        line(labels::FILTERS, report.filters.words(lang)),
    ]
}

fn footer(report: &SegmentReport, lang: Lang) -> Vec<(String, String)> {
    let control = &report.control;
    let line = |label: labels::Label, value: String| (label.text(lang).to_owned(), value);
    let lines = |rows, amount| lines_and_yen(rows, amount, lang);
    let difference = report.total.sales_amount - control.counted_amount;
    let mut out = vec![
        line(labels::SOURCE_ROWS, lines(report.total.source_rows, report.total.sales_amount)),
        line(
            labels::NOT_COUNTED,
            lines(control.period_rows - control.counted_rows, control.period_amount - control.counted_amount),
        ),
        line(labels::UNCOSTED, lines(control.uncosted_rows, control.uncosted_amount)),
        line(
            labels::CONTROL,
            format!(
                "{} {} / {} {} / {} {}",
                labels::SYNC.text(lang),
                lines(control.mirror_rows, control.mirror_amount),
                labels::STORE.text(lang),
                lines(control.store_rows, control.store_amount),
                labels::DIFFERENCE.text(lang),
                yen(difference + control.mirror_amount - control.store_amount),
            ),
        ),
    ];
    out.extend(notes(report, lang).into_iter().map(|note| (note, String::new())));
    out
}

/// What readers must know beside the figures.
fn notes(report: &SegmentReport, lang: Lang) -> Vec<String> {
    let earlier = report.period.previous_from;
    let uncovered = report.covered_from.filter(|first| *first > earlier);
    let uncovered =
        uncovered.map(|first| crate::report::period::uncovered(first, earlier).text(lang).to_owned());
    let stale = (!report.up_to_date).then(|| labels::STALE_MIRROR.text(lang).to_owned());
    let nothing = (report.total.source_rows == 0).then(|| labels::NOTHING_IN_PERIOD.text(lang).to_owned());
    [nothing, uncovered, stale].into_iter().flatten().collect()
}

/// The columns of a row in JSON.
fn json_columns(report: &SegmentReport, lang: Lang) -> Vec<Value> {
    let column = |id: &str, label: &str, unit: Unit| json!({"id": id, "label": label, "unit": unit.id()});
    let axes = report.axes.iter().map(|axis| column(&axis.id(), axis.heading(lang), Unit::Text));
    let figures = JSON_FIGURES.iter().filter_map(|id| {
        let own = match *id {
            "customers" => Some((labels::CUSTOMERS, Unit::Count)),
            "source_rows" => Some((labels::SOURCE_ROWS, Unit::Count)),
            _ => figure(id, &SALES_LINES).map(|figure| (figure.label, figure.unit)),
        };
        own.map(|(label, unit)| column(id, label.text(lang), unit))
    });
    axes.chain(figures).collect()
}

/// The figures of a row in JSON.
const JSON_FIGURES: &[&str] = &[
    "customers",
    "active_customers",
    "repeat_customers",
    "slips",
    "source_rows",
    "sales_amount",
    "cost",
    "costed_sales_amount",
    "gross_profit",
    "gross_margin_rate",
    "average_per_customer",
    "average_per_slip",
    "repeat_rate",
    "previous_sales_amount",
    "change_amount",
    "change_rate",
    "share",
];

fn row_cells(row: &Segment<Figures>, report: &SegmentReport, lang: Lang) -> Vec<Cell> {
    let mut out = row.cells(&report.axes, lang);
    out.extend(cells(&row.figures, &report.total));
    out
}

fn cells(figures: &Figures, total: &Figures) -> Vec<Cell> {
    let share = ratio(figures.sales_amount, total.sales_amount);
    vec![
        Cell::Count(figures.customers),
        Cell::Count(figures.active_customers),
        Cell::Count(figures.slips),
        Cell::Money(figures.sales_amount),
        Cell::money(figures.known_cost()),
        Cell::money(figures.gross_profit()),
        Cell::rate(figures.gross_margin_rate()),
        Cell::money(figures.average_per_customer()),
        Cell::money(figures.average_per_slip()),
        Cell::rate(figures.repeat_rate()),
        Cell::Money(figures.previous_amount),
        Cell::rate(figures.change_rate()),
        Cell::rate(share),
        share.map_or(Cell::None, Cell::Bar),
    ]
}

/// The report as JSON (`docs/reports.md#segment`).
pub(super) fn json(report: &SegmentReport, lang: Lang) -> Value {
    let control = &report.control;
    json!({
        "report": "segment",
        "as_of": report.as_of,
        "period": {"from": report.period.from, "to": report.period.to},
        "from": report.period.from,
        "to": report.period.to,
        "previous_from": report.period.previous_from,
        "previous_to": report.period.previous_to,
        "by": report.axes.iter().map(Dimension::id).collect::<Vec<_>>(),
        "filters": report.filters.json(),
        "columns": json_columns(report, lang),
        "rows": report.rows.iter().map(|row| row.json(&report.axes, json_figures(&row.figures, &report.total))).collect::<Vec<_>>(),
        "total": json_figures(&report.total, &report.total),
        "totals": json_figures(&report.total, &report.total),
        "notes": notes(report, lang),
        "control": {
            "source_rows": report.total.source_rows,
            "sales_amount": json_decimal(report.total.sales_amount),
            "mirror_sales_amount": json_decimal(control.counted_amount),
            "difference": json_decimal(report.total.sales_amount - control.counted_amount),
            "not_counted_rows": control.period_rows - control.counted_rows,
            "not_counted_amount": json_decimal(control.period_amount - control.counted_amount),
            "uncosted_rows": control.uncosted_rows,
            "uncosted_amount": json_decimal(control.uncosted_amount),
            "future_rows": control.future_rows,
            "mirror": {"rows": control.mirror_rows, "amount": json_decimal(control.mirror_amount)},
            "store": {"rows": control.store_rows, "amount": json_decimal(control.store_amount)},
            "store_difference": json_decimal(control.mirror_amount - control.store_amount),
        },
        "mirror": {"version": report.mirror_version, "change_no": report.change_no, "up_to_date": report.up_to_date},
    })
}

fn json_figures(figures: &Figures, total: &Figures) -> Value {
    json!({
        "customers": figures.customers,
        "active_customers": figures.active_customers,
        "repeat_customers": figures.repeat_customers,
        "slips": figures.slips,
        "source_rows": figures.source_rows,
        "sales_amount": json_decimal(figures.sales_amount),
        "cost": json_decimal_or_null(figures.known_cost()),
        "costed_sales_amount": json_decimal(figures.costed_amount.unwrap_or_default()),
        "gross_profit": json_decimal_or_null(figures.gross_profit()),
        "gross_margin_rate": json_decimal_or_null(figures.gross_margin_rate()),
        "average_per_customer": json_decimal_or_null(figures.average_per_customer()),
        "average_per_slip": json_decimal_or_null(figures.average_per_slip()),
        "repeat_rate": json_decimal_or_null(figures.repeat_rate()),
        "previous_sales_amount": json_decimal(figures.previous_amount),
        "change_amount": json_decimal(figures.change_amount()),
        "change_rate": json_decimal_or_null(figures.change_rate()),
        "share": json_decimal_or_null(ratio(figures.sales_amount, total.sales_amount)),
    })
}
