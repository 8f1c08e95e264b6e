//! Reports as pages: charts of every kind, complete and self-contained (docs/reports.md, Output).

use std::path::Path;
use std::sync::Arc;

use analytics::context::Context;
use analytics::labels::Label;
use analytics::output::{Cell, Chart, ChartKind, Report, Sheet, SheetColumn, Unit};
use rust_decimal::Decimal;
use shared::label::Lang;
use test_support::FixedClock;

use crate::common::report::{products, text};

fn context(lang: Lang) -> Context {
    let clock = FixedClock::new("2026-10-30T15:30:00Z".parse().unwrap());
    Context { lang, ..Context::quiet(Path::new("company.db"), Arc::new(clock)) }
}

fn chart(kind: ChartKind, names: &[&str], values: &[&str]) -> Option<Chart> {
    let owned = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
    Some(Chart { kind, names: owned(names), values: owned(values) })
}

fn page(kind: ChartKind, values: &[&str], rows: usize) -> String {
    let report = Report { chart: chart(kind, &["product_name"], values), ..products(Lang::Ja, rows) };
    text(&context(Lang::Ja), &report, "html")
}

#[test]
fn a_page_is_complete_and_fetches_nothing() {
    let mut report = products(Lang::Ja, 3);
    report.sheet.rows[2][1] = Cell::Text("<script>alert(1)</script>".to_owned());
    let page = text(&context(Lang::Ja), &report, "html");
    for expected in [
        "<h1>商品別売上</h1>",
        "<dt>基準日</dt><dd>2026-10-31</dd>",
        "<p class=\"note\">10月は途中までのデータです</p>",
        "<dt>粗利</dt><dd>売上金額 − 原価</dd>",
        "<dt>照合</dt><dd>差異なし</dd>",
        "<td>合計</td>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "default-src 'none'",
    ] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    assert!(!page.contains("<script") && !page.contains("http:") && !page.contains("https:"), "{page}");
    assert_eq!(page.matches("<tr>").count(), 1 + 3 + 1);
}

#[test]
fn bars_are_as_long_as_their_values_and_say_them() {
    let drawn = page(ChartKind::Bars, &["sales_amount", "change_amount"], 4);
    // From -6 to +6 million: zero is in the middle.
    assert!(drawn.contains("x=\"500\" width=\"103\""), "{drawn}");
    assert!(drawn.contains("<title>純米酒 4: 売上金額 4,938,269</title>"), "{drawn}");
    assert!(drawn.contains("<title>純米酒 4: 前年同期との差額 -4,938,269</title>"), "{drawn}");
    assert_eq!(drawn.matches("class=\"group\"").count(), 4);
}

#[test]
fn a_chart_of_many_rows_shows_the_first_and_says_so() {
    let drawn = page(ChartKind::Bars, &["sales_amount"], 45);
    assert_eq!(drawn.matches("class=\"group\"").count(), 30);
    assert!(drawn.contains("残り15件"), "{drawn}");
    let lines = page(ChartKind::Lines, &["sales_amount"], 45);
    assert_eq!(lines.matches("class=\"touch\"").count(), 45);
    assert!(!lines.contains("class=\"more\""));
}

#[test]
fn parts_of_a_stack_stand_behind_each_other() {
    let drawn = page(ChartKind::Stacks, &["cost", "gross_profit"], 1);
    // 740,740.35 and 493,826.9 of a scale to 1,500,000.
    assert!(drawn.contains("class=\"s0\" x=\"0\" width=\"494\""), "{drawn}");
    assert!(drawn.contains("class=\"s1\" x=\"494\" width=\"329\""), "{drawn}");
    assert!(drawn.contains("<span>1,234,567</span>"), "{drawn}");
}

#[test]
fn lines_break_where_a_value_is_unknown_and_rates_have_a_scale_of_their_own() {
    let drawn = page(ChartKind::Lines, &["cost", "gross_margin_rate"], 4);
    let path = drawn.split("class=\"line s0\" d=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(path.matches('M').count(), 2, "{path}");
    assert!(drawn.contains("class=\"plot two\"") && drawn.contains("値なし"), "{drawn}");
    assert!(drawn.contains("<span>40.0%</span>"), "{drawn}");
    let pareto = page(ChartKind::Pareto, &["sales_amount", "share"], 4);
    assert_eq!(pareto.matches("<rect class=\"s0\"").count(), 4 + 1, "columns and the legend");
    assert!(pareto.contains("class=\"line s1\""), "{pareto}");
}

#[test]
fn a_matrix_has_a_shade_for_each_value_and_nothing_where_there_is_none() {
    let heading = |ja: &'static str| Label::new(ja, ja);
    let columns = vec![
        SheetColumn::figure("weekday", heading("曜日"), Unit::Text),
        SheetColumn::figure("half_hour", heading("時間帯"), Unit::Text),
        SheetColumn::figure("calls", heading("件数"), Unit::Count),
    ];
    let row = |day: &str, hour: &str, calls: u64| {
        vec![Cell::Text(day.to_owned()), Cell::Text(hour.to_owned()), Cell::Count(calls)]
    };
    let rows = vec![row("月", "09:00", 0), row("月", "09:30", 14), row("火", "09:30", 7)];
    let sheet = Sheet { columns, rows, ..Sheet::default() };
    let chart = chart(ChartKind::Heat, &["weekday", "half_hour"], &["calls"]);
    let page = text(&context(Lang::Ja), &Report { sheet, chart, ..products(Lang::Ja, 1) }, "html");
    for expected in [
        "heat0\" title=\"月 / 09:00: 0\">0<",
        "heat7\" title=\"月 / 09:30: 14\">14<",
        "heat4\" title=\"火 / 09:30: 7\">7<",
    ] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    assert!(page.contains("<th scope=\"row\">火</th><td></td><td"), "{page}");
}

#[test]
fn a_report_without_rows_or_values_has_no_chart() {
    for kind in [ChartKind::Bars, ChartKind::Stacks, ChartKind::Lines, ChartKind::Pareto, ChartKind::Heat] {
        assert!(!page(kind, &["sales_amount"], 0).contains("<figure>"), "{kind:?}");
        assert!(!page(kind, &["no_such_column"], 3).contains("<figure>"), "{kind:?}");
        // Zeros and one row are drawn.
        let mut report = products(Lang::Ja, 1);
        report.sheet.rows[0][2] = Cell::Money(Decimal::ZERO);
        let report = Report { chart: chart(kind, &["product_name"], &["sales_amount"]), ..report };
        assert!(text(&context(Lang::Ja), &report, "html").contains("<figure>"), "{kind:?}");
    }
}
