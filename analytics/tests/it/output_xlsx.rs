//! Reports as workbooks: typed cells, formulas that agree with their values, what stands beside the rows, charts.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use std::path::Path;
use std::sync::Arc;

use analytics::context::Context;
use analytics::labels::Label;
use analytics::output::{Cell, Chart, ChartKind, MoneyStyle, MoneyUnit, Report, Sheet, SheetColumn, Unit};
use rust_decimal::{Decimal, RoundingStrategy};
use shared::label::Lang;
use test_support::FixedClock;

use crate::common::report::{products, written};
use crate::common::{Company, day};

fn context(lang: Lang) -> Context {
    let clock = FixedClock::new("2026-10-30T15:30:00Z".parse().unwrap());
    Context { lang, ..Context::quiet(Path::new("company.db"), Arc::new(clock)) }
}

/// The parts of a workbook.
struct Book(BTreeMap<String, String>);

/// One cell: its number or text, and its formula.
#[derive(Debug, Clone, Default, PartialEq)]
struct Read {
    text: Option<String>,
    number: Option<Decimal>,
    formula: Option<String>,
}

impl Book {
    fn of(bytes: Vec<u8>) -> Self {
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut parts = BTreeMap::new();
        for at in 0..zip.len() {
            let mut file = zip.by_index(at).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            parts.insert(file.name().unwrap().into_owned(), text);
        }
        Self(parts)
    }

    fn part(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// The cells of a sheet by their places.
    fn cells(&self, sheet: usize) -> BTreeMap<String, Read> {
        let shared: Vec<String> = self
            .part("xl/sharedStrings.xml")
            .split("<si>")
            .skip(1)
            .map(|item| plain(between(item, "<t", "</t>").split_once('>').unwrap().1))
            .collect();
        let xml = self.part(&format!("xl/worksheets/sheet{sheet}.xml"));
        let cell = |text: &str| {
            let (head, _) = text.split_once('>').unwrap();
            let place = between(head, "r=\"", "\"").to_owned();
            let body = text.split("</c>").next().unwrap();
            let value = between(body, "<v>", "</v>");
            let formula = between(body, "<f>", "</f>");
            let mut read =
                Read { formula: (!formula.is_empty()).then(|| formula.to_owned()), ..Read::default() };
            match head.contains("t=\"s\"") {
                true => read.text = Some(shared[value.parse::<usize>().unwrap()].clone()),
                false => read.number = value.parse().ok(),
            }
            (place, read)
        };
        xml.split("<c ")
            .skip(1)
            .filter(|text| !text.split('>').next().unwrap().ends_with('/'))
            .map(cell)
            .collect()
    }
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    text.split_once(from).and_then(|(_, rest)| rest.split_once(to)).map_or("", |(found, _)| found)
}

fn plain(xml: &str) -> String {
    xml.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// Evaluates the formulas that totals have: `SUM(C2:C9)` and `ROUND(E10/C10,6)`.
fn evaluated(formula: &str, cells: &BTreeMap<String, Read>) -> Decimal {
    let at = |place: &str| cells.get(place).and_then(|cell| cell.number).unwrap_or_default();
    let inside = between(formula, "(", ")");
    if formula.starts_with("SUM(") {
        let (from, to) = inside.split_once(':').unwrap();
        let column: String = from.chars().take_while(char::is_ascii_alphabetic).collect();
        let row = |place: &str| place[column.len()..].parse::<usize>().unwrap();
        return (row(from)..=row(to)).map(|row| at(&format!("{column}{row}"))).sum();
    }
    let (quotient, places) = formula.strip_prefix("ROUND(").map(|_| inside.split_once(',').unwrap()).unwrap();
    let (part, whole) = quotient.split_once('/').unwrap();
    let places = places.parse().unwrap();
    (at(part) / at(whole)).round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

#[test]
fn cells_are_typed_and_the_totals_are_formulas_that_agree() {
    let report = products(Lang::Ja, 12);
    let book = Book::of(written(&context(Lang::Ja), &report, "xlsx"));
    let cells = book.cells(1);
    let text = |place: &str| cells[place].text.clone().unwrap();
    let number = |place: &str| cells[place].number.unwrap().to_string();
    assert_eq!([text("A1"), text("C1"), text("K1")], ["商品コード", "売上金額", "構成比"]);
    assert_eq!([text("A2"), text("B2"), text("A14")], ["P001", "=純米大吟醸", "合計"]);
    // Exact amounts, a ratio, and the number of the day 2026-10-31.
    assert_eq!([number("C2"), number("F2"), number("J2")], ["1234567.25", "0.4", "46326"]);
    assert!(!cells.contains_key("D3"), "what is unknown is empty");
    assert!(cells.values().all(|cell| cell.formula.is_none() || cell.number.is_some()));
    let formulas: Vec<(&String, &Read)> = cells.iter().filter(|(_, cell)| cell.formula.is_some()).collect();
    let places: Vec<&str> = formulas.iter().map(|(place, _)| place.as_str()).collect();
    assert_eq!(places, ["C14", "D14", "E14", "F14", "G14", "H14", "I14", "K14", "L14"]);
    for (place, cell) in formulas {
        let formula = cell.formula.as_deref().unwrap();
        assert_eq!(Some(evaluated(formula, &cells)), cell.number, "{place}: {formula}");
    }
    assert_eq!(cells["F14"].formula.as_deref(), Some("ROUND(E14/L14,6)"));
}

#[test]
fn a_workbook_is_ready_to_be_read_filtered_and_printed() {
    let book = Book::of(written(&context(Lang::Ja), &products(Lang::Ja, 12), "xlsx"));
    let page = book.part("xl/worksheets/sheet1.xml");
    for expected in [
        "<pane xSplit=\"2\" ySplit=\"1\"",
        "<autoFilter ref=\"A1:L13\"",
        "paperSize=\"9\"",
        "orientation=\"landscape\"",
        "fitToHeight=\"0\"",
        "&amp;P / &amp;N",
    ] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    let names = book.part("xl/workbook.xml");
    assert!(names.contains("_xlnm.Print_Titles") && names.contains("name=\"商品別売上\""), "{names}");
    let styles = book.part("xl/styles.xml");
    for expected in ["#,##0;[Red]-#,##0", "0.0%;[Red]-0.0%", "yyyy-mm-dd", "Yu Gothic"] {
        assert!(styles.contains(expected), "{expected}: {styles}");
    }
    let again = written(&context(Lang::Ja), &products(Lang::Ja, 12), "xlsx");
    assert!(Book::of(again).0 == book.0, "the same report gives the same workbook");
}

#[test]
fn the_second_sheet_has_what_stands_beside_the_rows() {
    for (lang, expected) in [
        (
            Lang::Ja,
            [
                "商品別売上",
                "基準日",
                "area",
                "関東, 東海",
                "source_rows",
                "売上金額 − 原価",
                "10月は途中までのデータです",
            ],
        ),
        (
            Lang::En,
            [
                "Sales by product",
                "As of",
                "area",
                "関東, 東海",
                "source_rows",
                "sales less cost",
                "October is not complete",
            ],
        ),
    ] {
        let book = Book::of(written(&context(lang), &products(lang, 3), "xlsx"));
        let texts: Vec<String> = book.cells(2).into_values().filter_map(|cell| cell.text).collect();
        for text in expected {
            assert!(texts.iter().any(|found| found == text), "{text}: {texts:?}");
        }
    }
}

#[test]
fn amounts_in_thousands_keep_their_exact_values() {
    let money = MoneyStyle { unit: MoneyUnit::Thousand, ..MoneyStyle::default() };
    let book = Book::of(written(&Context { money, ..context(Lang::Ja) }, &products(Lang::Ja, 3), "xlsx"));
    let cells = book.cells(1);
    assert_eq!(cells["C2"].number, Some("1234567.25".parse().unwrap()));
    assert_eq!(cells["C1"].text.as_deref(), Some("売上金額 (千円)"));
    assert!(book.part("xl/styles.xml").contains("#,##0,;[Red]-#,##0,"));
}

#[test]
fn every_chart_is_one_of_the_workbooks_own() {
    for (kind, expected) in [
        (ChartKind::Bars, "<c:barDir val=\"bar\"/>"),
        (ChartKind::Stacks, "<c:grouping val=\"stacked\"/>"),
        (ChartKind::Lines, "<c:lineChart>"),
        (ChartKind::Pareto, "<c:lineChart>"),
    ] {
        let chart = Chart {
            kind,
            names: vec!["product_name".to_owned()],
            values: vec!["sales_amount".to_owned(), "share".to_owned()],
        };
        let report = Report { chart: Some(chart), ..products(Lang::Ja, 5) };
        let book = Book::of(written(&context(Lang::Ja), &report, "xlsx"));
        let drawn = book.part("xl/charts/chart1.xml");
        assert!(drawn.contains(expected) && drawn.contains("$C$2:$C$6"), "{kind:?}: {drawn}");
        assert_eq!(drawn.contains("<c:barChart>"), kind != ChartKind::Lines);
    }
    let chart = Chart { kind: ChartKind::Heat, names: vec![], values: vec!["sales_amount".to_owned()] };
    let report = Report { chart: Some(chart), ..products(Lang::Ja, 5) };
    let book = Book::of(written(&context(Lang::Ja), &report, "xlsx"));
    assert!(book.part("xl/worksheets/sheet1.xml").contains("colorScale"));
}

#[test]
fn a_workbook_is_read_back_by_the_import() {
    let company = Company::new();
    let heading = |ja: &'static str| Label::new(ja, ja);
    let columns = [("customer_code", "得意先コード", Unit::Text), ("customer_name", "顧客名", Unit::Text)];
    let mut columns: Vec<SheetColumn> =
        columns.map(|(id, ja, unit)| SheetColumn::figure(id, heading(ja), unit)).to_vec();
    columns.push(SheetColumn::figure("first_trade_date", heading("first_trade_date"), Unit::Date));
    let rows = vec![vec![
        Cell::Text("0007".to_owned()),
        Cell::Text("+81株式会社".to_owned()),
        Cell::Date(day("2024-05-15")),
    ]];
    let sheet = Sheet { columns, rows, ..Sheet::default() };
    let report = Report { sheet, chart: None, ..products(Lang::Ja, 1) };
    let file = company.folder.path().join("customers.xlsx");
    std::fs::write(&file, written(&context(Lang::Ja), &report, "xlsx")).unwrap();
    let taken = company.json(&["import", "--sheet", "一覧", file.to_str().unwrap()]);
    assert_eq!(taken["files"][0]["new"], 1, "{taken}");
    let out = company.folder.path().join("out");
    company.json(&["export", "customers", "--no-formula-guard", "--out", out.to_str().unwrap()]);
    let csv = std::fs::read_to_string(out.join("customers.csv")).unwrap();
    assert!(csv.contains("0007") && csv.contains("+81株式会社") && csv.contains("2024-05-15"), "{csv}");
}

#[test]
fn every_command_writes_a_workbook_and_a_workbook_needs_a_file() {
    let company = Company::tiny();
    for command in
        [&["report", "segment"][..], &["report", "calls"], &["ltv"], &["rank", "runs"], &["validate"]]
    {
        let file = company.folder.path().join(format!("{}.xlsx", command.join("-")));
        let output = company.run(&[command, &["--out", file.to_str().unwrap()]].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!([Some(0), Some(65)].contains(&output.status.code()), "{command:?}: {said}");
        assert!(!Book::of(std::fs::read(&file).unwrap()).cells(1).is_empty(), "{command:?}");
    }
    let output = company.run(&["ltv", "--format", "xlsx"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(64) && said.contains("--out FILE"), "{said}");
}
