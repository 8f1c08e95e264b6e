//! The LTV report for people and for programs.

use rust_decimal::Decimal;
use serde_json::{Value, json};
use shared::label::Lang;

use super::{CustomerLtv, Figures, LtvReport, Rows};
use crate::context::Context;
use crate::labels::{self, Label};
use crate::model::Dimension;
use crate::output::{Cell, Sheet, SheetColumn, json_decimal, json_decimal_or_null, ratio, yen};
use crate::report::segments::{lines_and_yen, total_cells};

/// The report as a sheet for people.
pub(super) fn sheet(report: &LtvReport, context: &Context) -> Sheet {
    let lang = context.lang;
    let line = |label: Label, value: String| (label.text(lang).to_owned(), value);
    let (columns, rows, total) = match &report.rows {
        Rows::Customers { customers, unknown } => by_customer(customers, unknown.as_ref(), report, lang),
        Rows::Segments(_) => by_segment(report, lang),
    };
    Sheet {
        title: labels::LTV_REPORT.text(lang).to_owned(),
        header: vec![
            line(labels::FORMULA, labels::LTV_FORMULA.text(lang).to_owned()),
            line(labels::AS_OF, report.as_of.to_string()),
            line(labels::FILTERS, report.filters.words(lang)),
        ],
        columns,
        rows,
        total: Some(total),
        footer: footer(report, lang),
    }
}

/// What the total differs by from the direct sum over the lines.
fn difference(report: &LtvReport) -> Decimal {
    report.total.ltv().unwrap_or_default() - report.control.gross_profit
}

fn footer(report: &LtvReport, lang: Lang) -> Vec<(String, String)> {
    let control = &report.control;
    let lines = |rows, amount| lines_and_yen(rows, amount, lang);
    let line = |label: Label, value: String| (label.text(lang).to_owned(), value);
    let mut out = vec![
        line(labels::SOURCE_ROWS, lines(report.total.source_rows, report.total.sales_amount)),
        line(labels::UNCOSTED, lines(control.uncosted_rows, control.uncosted_amount)),
        line(
            labels::CONTROL,
            format!(
                "{} {} / {} {}",
                labels::GROSS_PROFIT.text(lang),
                yen(control.gross_profit),
                labels::DIFFERENCE.text(lang),
                yen(difference(report))
            ),
        ),
    ];
    if !report.up_to_date {
        out.push(line(labels::STALE_MIRROR, String::new()));
    }
    out
}

type Grid = (Vec<SheetColumn>, Vec<Vec<Cell>>, Vec<Cell>);

fn by_customer(customers: &[CustomerLtv], unknown: Option<&Figures>, report: &LtvReport, lang: Lang) -> Grid {
    let columns = [
        labels::CUSTOMER_CODE,
        labels::CUSTOMER_NAME,
        labels::FIRST_SOLD_ON,
        labels::LAST_SOLD_ON,
        labels::TENURE_YEARS,
        labels::SLIPS,
        labels::SALES_AMOUNT,
        labels::LTV,
        labels::GROSS_MARGIN_RATE,
    ];
    let figures = |figures: &Figures| {
        vec![
            Cell::Count(figures.slips),
            Cell::Money(figures.sales_amount),
            Cell::money(figures.ltv()),
            Cell::rate(figures.gross_margin_rate()),
        ]
    };
    let row = |customer: &CustomerLtv| {
        let mut cells = vec![
            Cell::Text(customer.customer_code.clone()),
            Cell::Text(customer.customer_name.clone()),
            Cell::date(customer.first_sold_on),
            Cell::date(customer.last_sold_on),
            customer.tenure_years.map_or(Cell::None, |years| Cell::Count(u64::from(years))),
        ];
        cells.extend(figures(&customer.figures));
        cells
    };
    let sum = |name: Label, sums: &Figures| {
        let mut cells = vec![Cell::Text(name.text(lang).to_owned())];
        cells.resize(5, Cell::Text(String::new()));
        cells.extend(figures(sums));
        cells
    };
    let unknown = unknown.map(|sums| sum(labels::UNKNOWN_CUSTOMER, sums));
    let rows = customers.iter().map(row).chain(unknown).collect();
    (columns.map(SheetColumn::new).to_vec(), rows, sum(labels::TOTAL, &report.total))
}

fn by_segment(report: &LtvReport, lang: Lang) -> Grid {
    let figures = |figures: &Figures| {
        let share = figures.ltv().zip(report.total.ltv()).and_then(|(part, whole)| ratio(part, whole));
        vec![
            Cell::Count(figures.customers),
            Cell::Count(figures.buyers),
            Cell::Count(figures.slips),
            Cell::Money(figures.sales_amount),
            Cell::money(figures.ltv()),
            Cell::money(figures.ltv_average()),
            Cell::rate(figures.gross_margin_rate()),
            Cell::rate(share),
            share.map_or(Cell::None, Cell::Bar),
        ]
    };
    let mut columns: Vec<SheetColumn> = report.axes.iter().map(Dimension::column).collect();
    columns.extend(
        [
            labels::CUSTOMERS,
            labels::BUYERS,
            labels::SLIPS,
            labels::SALES_AMOUNT,
            labels::LTV,
            labels::LTV_AVERAGE,
            labels::GROSS_MARGIN_RATE,
            labels::SHARE,
        ]
        .map(SheetColumn::new),
    );
    columns.push(SheetColumn::terminal_only(labels::SHARE_BAR));
    let Rows::Segments(segments) = &report.rows else { return (columns, Vec::new(), Vec::new()) };
    let rows = segments.iter().map(|segment| {
        let mut cells = segment.cells(&report.axes, lang);
        cells.extend(figures(&segment.figures));
        cells
    });
    let mut total = total_cells(&report.axes, lang);
    total.extend(figures(&report.total));
    (columns, rows.collect(), total)
}

/// The report as JSON (`docs/reports.md#ltv`).
pub(super) fn json(report: &LtvReport) -> Value {
    let control = &report.control;
    let rows: Vec<Value> = match &report.rows {
        Rows::Customers { customers, unknown } => {
            customers.iter().map(json_customer).chain(unknown.as_ref().map(json_unknown)).collect()
        }
        Rows::Segments(segments) => segments
            .iter()
            .map(|segment| segment.json(&report.axes, json_figures(&segment.figures)))
            .collect(),
    };
    json!({
        "report": "ltv",
        "method": "historical_gross_profit",
        "formula": labels::LTV_FORMULA.en,
        "as_of": report.as_of,
        "by": report.axes.iter().map(Dimension::id).collect::<Vec<_>>(),
        "filters": report.filters.json(),
        "rows": rows,
        "total": json_figures(&report.total),
        "control": {
            "source_rows": report.total.source_rows,
            "gross_profit": json_decimal_or_null(report.total.ltv()),
            "mirror_gross_profit": json_decimal(control.gross_profit),
            "difference": json_decimal(difference(report)),
            "uncosted_rows": control.uncosted_rows,
            "uncosted_amount": json_decimal(control.uncosted_amount),
        },
        "mirror": {"up_to_date": report.up_to_date},
    })
}

fn json_customer(customer: &CustomerLtv) -> Value {
    let mut row = json_unknown(&customer.figures);
    row["customer_code"] = json!(customer.customer_code);
    row["customer_name"] = json!(customer.customer_name);
    row["unknown_customer"] = json!(false);
    row["first_sold_on"] = json!(customer.first_sold_on);
    row["last_sold_on"] = json!(customer.last_sold_on);
    row["tenure_years"] = json!(customer.tenure_years);
    row
}

/// The row of customer codes that no customer has.
fn json_unknown(figures: &Figures) -> Value {
    json!({
        "customer_code": null,
        "customer_name": null,
        "unknown_customer": true,
        "first_sold_on": null,
        "last_sold_on": null,
        "tenure_years": null,
        "slips": figures.slips,
        "source_rows": figures.source_rows,
        "sales_amount": json_decimal(figures.sales_amount),
        "ltv": json_decimal_or_null(figures.ltv()),
        "gross_margin_rate": json_decimal_or_null(figures.gross_margin_rate()),
    })
}

fn json_figures(figures: &Figures) -> Value {
    json!({
        "customers": figures.customers,
        "buyers": figures.buyers,
        "slips": figures.slips,
        "source_rows": figures.source_rows,
        "sales_amount": json_decimal(figures.sales_amount),
        "ltv": json_decimal_or_null(figures.ltv()),
        "ltv_average": json_decimal_or_null(figures.ltv_average()),
        "gross_margin_rate": json_decimal_or_null(figures.gross_margin_rate()),
    })
}
