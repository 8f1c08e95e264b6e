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

/// Sales of some products, with every kind of cell.
pub(crate) fn products(lang: Lang, rows: usize) -> Report {
    let heading = |ja: &'static str, en: &'static str| Label::new(ja, en);
    let columns = vec![
        SheetColumn::figure("product_code", heading("商品コード", "Product code"), Unit::Text),
        SheetColumn::figure("product_name", heading("商品名", "Product"), Unit::Text),
        SheetColumn::figure("sales_amount", heading("売上金額", "Sales"), Unit::Yen),
        SheetColumn::figure("cost", heading("原価", "Cost"), Unit::Yen).prioritised(6),
        SheetColumn::figure("gross_profit", heading("粗利", "Gross profit"), Unit::Yen).prioritised(2),
        SheetColumn::figure("gross_margin_rate", heading("粗利率", "Margin"), Unit::Rate)
            .ratio("gross_profit", "costed_sales_amount")
            .prioritised(4),
        SheetColumn::figure("quantity", heading("数量", "Quantity"), Unit::Number).prioritised(3),
        SheetColumn::figure("slips", heading("伝票数", "Slips"), Unit::Count).prioritised(7),
        SheetColumn::figure("change_amount", heading("前年同期との差額", "Change"), Unit::Yen).prioritised(5),
        SheetColumn::figure("last_sold_on", heading("最終売上日", "Last sale"), Unit::Date).prioritised(8),
        SheetColumn::figure("share", heading("構成比", "Share"), Unit::Rate).prioritised(1),
        SheetColumn::figure("costed_sales_amount", heading("原価のある売上", "Costed sales"), Unit::Yen)
            .prioritised(9),
        SheetColumn::terminal_only(heading("構成", "Share")),
    ];
    let amount = |at: usize| Decimal::from(at as u64 + 1) * dec("1234567.25");
    let total = |each: &dyn Fn(usize) -> Decimal| (0..rows).map(each).sum::<Decimal>();
    let whole = total(&amount);
    let row = |at: usize| {
        let (sales, cost) = (amount(at), amount(at) * dec("0.6"));
        let known = at != 1;
        vec![
            Cell::Text(format!("P{:03}", at + 1)),
            Cell::Text(if at == 0 { "=純米大吟醸".to_owned() } else { format!("純米酒 {}", at + 1) }),
            Cell::Money(sales),
            if known { Cell::Money(cost) } else { Cell::None },
            if known { Cell::Money(sales - cost) } else { Cell::None },
            if known { Cell::Rate(dec("0.4")) } else { Cell::None },
            Cell::Number(Decimal::from(at as u64) + dec("0.5")),
            Cell::Count(1_000 + at as u64),
            Cell::Money(-sales),
            Cell::Date(day("2026-10-31")),
            Cell::Rate((sales / whole).round_dp(6)),
            if known { Cell::Money(sales) } else { Cell::None },
            Cell::Bar(sales / whole),
        ]
    };
    let cells: Vec<Vec<Cell>> = (0..rows).map(row).collect();
    let money = |column: usize| {
        let amounts = cells.iter().filter_map(|row| match row[column] {
            Cell::Money(amount) => Some(amount),
            _ => None,
        });
        Cell::Money(amounts.sum())
    };
    let rate = |cell: &Cell| match cell {
        Cell::Rate(rate) => *rate,
        _ => Decimal::ZERO,
    };
    let totals = vec![
        Cell::Text(if lang == Lang::Ja { "合計" } else { "Total" }.to_owned()),
        Cell::Text(String::new()),
        money(2),
        money(3),
        money(4),
        Cell::Rate(dec("0.4")),
        Cell::Number(total(&|at| Decimal::from(at as u64) + dec("0.5"))),
        Cell::Count((0..rows).map(|at| 1_000 + at as u64).sum()),
        money(8),
        Cell::None,
        Cell::Rate(cells.iter().map(|row| rate(&row[10])).sum()),
        money(11),
        Cell::None,
    ];
    let word = |ja: &str, en: &str| if lang == Lang::Ja { ja } else { en }.to_owned();
    let sheet = Sheet {
        title: word("商品別売上", "Sales by product"),
        header: vec![
            (word("基準日", "As of"), "2026-10-31".to_owned()),
            (word("期間", "Period"), "2025-11-01 – 2026-10-31".to_owned()),
        ],
        columns,
        rows: cells,
        total: Some(totals),
        footer: vec![(word("照合", "Control"), word("差異なし", "no difference"))],
    };
    Report {
        id: "products".to_owned(),
        as_of: day("2026-10-31"),
        period: Some((day("2025-11-01"), day("2026-10-31"))),
        filters: json!({"area": ["関東", "東海"]}),
        sheet,
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
