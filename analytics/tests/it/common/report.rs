//! A finished report made by hand, for the tests of every form of output.

use analytics::context::Context;
use analytics::labels::Label;
use analytics::output::{Cell, Chart, ChartKind, Definition, OutFile, Report, Sheet, SheetColumn, Unit};
use rust_decimal::Decimal;
use serde_json::json;
use shared::label::Lang;
use std::sync::Arc;

use super::day;

fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn in_lang(lang: Lang, ja: &str, en: &str) -> String {
    if lang == Lang::Ja { ja } else { en }.to_owned()
}

fn columns() -> Vec<SheetColumn> {
    let figure = |id, ja, en, unit| SheetColumn::figure(id, Label::new(ja, en), unit);
    vec![
        figure("product_code", "商品コード", "Product code", Unit::Text),
        figure("product_name", "商品名", "Product", Unit::Text),
        figure("sales_amount", "売上金額", "Sales", Unit::Yen),
        figure("cost", "原価", "Cost", Unit::Yen).prioritised(6),
        figure("gross_profit", "粗利", "Gross profit", Unit::Yen).prioritised(2),
        figure("gross_margin_rate", "粗利率", "Margin", Unit::Rate)
            .ratio("gross_profit", "costed_sales_amount")
            .prioritised(4),
        figure("quantity", "数量", "Quantity", Unit::Number).prioritised(3),
        figure("slips", "伝票数", "Slips", Unit::Count).prioritised(7),
        figure("change_amount", "前年同期との差額", "Change", Unit::Yen).prioritised(5),
        figure("last_sold_on", "最終売上日", "Last sale", Unit::Date).prioritised(8),
        figure("share", "構成比", "Share", Unit::Rate).prioritised(1),
        figure("costed_sales_amount", "原価のある売上", "Costed sales", Unit::Yen).prioritised(9),
        SheetColumn::terminal_only(Label::new("構成", "Share")),
    ]
}

fn amount(at: usize) -> Decimal {
    Decimal::from(at as u64 + 1) * dec("1234567.25")
}

/// The cost of the second product is unknown.
fn row(at: usize, whole: Decimal) -> Vec<Cell> {
    let (sales, cost) = (amount(at), amount(at) * dec("0.6"));
    let known = |cell: Cell| if at == 1 { Cell::None } else { cell };
    vec![
        Cell::Text(format!("P{:03}", at + 1)),
        Cell::Text(if at == 0 { "=純米大吟醸".to_owned() } else { format!("純米酒 {}", at + 1) }),
        Cell::Money(sales),
        known(Cell::Money(cost)),
        known(Cell::Money(sales - cost)),
        known(Cell::Rate(dec("0.4"))),
        Cell::Number(Decimal::from(at as u64) + dec("0.5")),
        Cell::Count(1_000 + at as u64),
        Cell::Money(-sales),
        Cell::Date(day("2026-10-31")),
        Cell::Rate((sales / whole).round_dp(6)),
        known(Cell::Money(sales)),
        Cell::Bar(sales / whole),
    ]
}

fn totals(rows: &[Vec<Cell>], lang: Lang) -> Vec<Cell> {
    let sum = |column: usize| -> Decimal { rows.iter().filter_map(|row| row[column].number()).sum() };
    let money = |column: usize| Cell::Money(sum(column));
    vec![
        Cell::Text(in_lang(lang, "合計", "Total")),
        Cell::Text(String::new()),
        money(2),
        money(3),
        money(4),
        Cell::Rate(dec("0.4")),
        Cell::Number(sum(6)),
        Cell::Count((0..rows.len()).map(|at| 1_000 + at as u64).sum()),
        money(8),
        Cell::None,
        Cell::Rate(sum(10)),
        money(11),
        Cell::None,
    ]
}

/// Sales of some products, with every kind of cell.
pub(crate) fn products(lang: Lang, count: usize) -> Report {
    let whole = (0..count).map(amount).sum::<Decimal>();
    let rows: Vec<Vec<Cell>> = (0..count).map(|at| row(at, whole)).collect();
    let word = |ja: &str, en: &str| in_lang(lang, ja, en);
    let sheet = Sheet {
        title: word("商品別売上", "Sales by product"),
        header: vec![
            (word("基準日", "As of"), "2026-10-31".to_owned()),
            (word("期間", "Period"), "2025-11-01 – 2026-10-31".to_owned()),
        ],
        columns: columns(),
        total: Some(totals(&rows, lang)),
        rows,
        footer: vec![(word("照合", "Control"), word("差異なし", "no difference"))],
    };
    Report {
        id: "products".to_owned(),
        as_of: day("2026-10-31"),
        period: Some((day("2025-11-01"), day("2026-10-31"))),
        filters: json!({"area": ["関東", "東海"]}),
        sheet,
        own_fields: serde_json::Map::new(),
        control: json!({"source_rows": 12, "difference": "0"}).as_object().unwrap().clone(),
        definitions: vec![Definition {
            label: word("粗利", "Gross profit"),
            words: word("売上金額 − 原価", "sales less cost"),
        }],
        chart: Some(Chart {
            kind: ChartKind::Bars,
            names: vec!["product_name".to_owned()],
            values: vec!["sales_amount".to_owned()],
        }),
        notes: vec![word("10月は途中までのデータです", "October is not complete")],
    }
}

/// What a context writes of a report into a file of this ending.
pub(crate) fn written(context: &Context, report: &Report, ending: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(format!("report.{ending}"));
    let format = analytics::context::Format::chosen(None, Some(&path)).unwrap();
    let out = OutFile::new(&path, format, &[]).unwrap();
    let context = Context { format, out: Some(Arc::new(out)), ..context.clone() };
    context.emit_report(report).unwrap();
    context.finish().unwrap();
    std::fs::read(&path).unwrap()
}

/// The same as text.
pub(crate) fn text(context: &Context, report: &Report, ending: &str) -> String {
    String::from_utf8(written(context, report, ending)).unwrap()
}
