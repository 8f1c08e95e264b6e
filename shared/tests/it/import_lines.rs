//! Lines of slips: counted where they have no number, without the tax that they contain, with the cost of each.

use std::path::Path;

use crate::import_support::{Desk, counts, faults, in_both_languages, options};
use shared::dataset::{DEALS, Dataset, SALES, by_name};
use shared::export::{ExportFormat, ExportLayout, ExportSettings, export_files};
use shared::import::{ImportOptions, ImportReport, ImportSettings, import_files};
use shared::label::Lang;
use shared::profile;

fn rows(desk: &Desk, dataset: &'static Dataset, columns: &[&str]) -> Vec<String> {
    let at: Vec<usize> = columns.iter().map(|name| dataset.column_index(name).unwrap()).collect();
    let row = |row: Vec<String>| at.iter().map(|&at| row[at].clone()).collect::<Vec<_>>().join("|");
    desk.rows(dataset).into_iter().map(row).collect()
}

#[test]
fn lines_without_a_number_are_numbered_within_their_slip() {
    let text = "slip_no,sold_on,customer_code,amount\n\
                S1,2025-11-21,C1,100\nS1,2025-11-21,C1,100\nS2,2025-11-21,C1,5\nＳ１,2025-11-21,C1,7\nS2,2025-11-21,C1,6\n";
    for (name, text) in [
        ("sales.csv", text.to_owned()),
        (
            "一覧.csv",
            text.replacen("slip_no,sold_on,customer_code,amount", "伝票番号,売上日,得意先コード,金額", 1),
        ),
    ] {
        let desk = Desk::new();
        assert_eq!(counts(&desk.import(name, &text)), (5, 5, 0, 0, 0), "{name}");
        assert_eq!(
            rows(&desk, &SALES, &["slip_no", "line_no", "amount"]),
            ["S1|1|1000000", "S1|2|1000000", "S1|3|70000", "S2|1|50000", "S2|2|60000"]
        );
        assert_eq!(counts(&desk.import(name, &text)), (5, 0, 0, 5, 0), "{name} again");
    }
    for (name, text) in [
        ("quote_lines", "quote_no,amount\nQ1,1\nQ1,2\nQ2,3\n"),
        (
            "purchases",
            "purchase_no,purchased_on,supplier,amount\nB1,2025-11-21,x,1\nB1,2025-11-21,x,2\nB2,2025-11-21,x,3\n",
        ),
    ] {
        let desk = Desk::new();
        let report = desk.import(&format!("{name}.csv"), text);
        assert_eq!(counts(&report), (3, 3, 0, 0, 0), "{name}: {report:?}");
        assert_eq!(desk.column(by_name(name).unwrap(), "line_no"), ["1", "2", "1"]);
    }
}

#[test]
fn a_corrected_line_alone_does_not_become_the_first_of_its_slip() {
    let desk = Desk::new();
    let head = "slip_no,sold_on,customer_code,amount\n";
    let report = desk.import("sales.csv", format!("{head}S1,2025-11-21,C1,100\nS1,2025-11-21,C1,?\n"));
    assert_eq!(faults(&report), [(3, Some("amount"), "not_a_number")]);
    let path = desk.file("sales-fixed.csv", format!("{head}S1,2025-11-21,C1,200\n"));
    let options = ImportOptions { corrects: Some(1), ..options() };
    let report =
        import_files(&desk.store, &[path], &options, &ImportSettings::default(), &mut |_| {}).unwrap();
    assert_eq!(faults(&report), [(1, None, "lines_counted")], "{report:?}");
    assert_eq!(desk.column(&SALES, "amount"), ["1000000"]);
}

#[test]
fn a_repeated_line_number_is_refused_with_what_to_do() {
    let desk = Desk::new();
    let text = "slip_no,line_no,sold_on,customer_code,amount\nS1,1,2025-11-21,C1,1\nS1,1,2025-11-21,C1,2\n";
    let report = desk.import("sales.csv", text);
    assert_eq!(faults(&report), [(3, None, "duplicate_key")]);
    let message = report.errors[0].message.text(Lang::En);
    assert!(
        message.contains("line 2") && message.contains("leave out the column of line numbers"),
        "{message}"
    );
    let report = desk.import("customers.csv", "customer_code,customer_name\n1,甲\n1,乙\n");
    assert!(report.errors[0].message.text(Lang::En).contains("import the later one by itself"), "{report:?}");
}

/// A file of pca-sales from the cells that are said.
fn pca(lines: &[&[(&str, &str)]]) -> String {
    let columns = &profile::by_name("pca-sales").unwrap().columns[..53];
    let mut text = columns.join(",");
    for line in lines {
        let cell =
            |name: &String| line.iter().find(|(column, _)| column == name).map_or("", |(_, cell)| *cell);
        text.push('\n');
        text.push_str(&columns.iter().map(cell).collect::<Vec<_>>().join(","));
    }
    text + "\n"
}

fn pca_line<'a>(amount: &'a str, tax: &'a str, included: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("伝区", "0"),
        ("売上日", "20251121"),
        ("伝票No", "1"),
        ("得意先コード", "000001"),
        ("マスター区分", "0"),
        ("税率", "10"),
        ("売上金額", amount),
        ("内税額", tax),
        ("税込区分", included),
    ]
}

fn sums(report: &ImportReport) -> (String, String, String) {
    let sums = &report.files[0].sums["amount"];
    (sums.read.clone(), sums.accepted.clone(), sums.refused.clone())
}

#[test]
fn the_tax_that_a_line_contains_is_deducted_and_the_totals_reconcile() {
    let lines = [
        pca_line("1100", "100", "1"),
        pca_line("-550", "-50", "1"),
        pca_line("-550", "50", "1"),
        pca_line("1000", "0", "0"),
        pca_line("1000", "90", "0"),
        pca_line("300", "", "1"),
        pca_line("500", "?", "1"),
        pca_line("10.05", "0.0501", "1"),
    ];
    let lines: Vec<&[_]> = lines.iter().map(Vec::as_slice).collect();
    let desk = Desk::new();
    let report = desk.import("売上明細.csv", pca(&lines));
    assert_eq!(faults(&report), [(8, Some("amount"), "not_a_number")], "{report:?}");
    assert_eq!(
        desk.column(&SALES, "amount"),
        ["10000000", "-5000000", "-5000000", "10000000", "10000000", "3000000", "99999"]
    );
    assert_eq!(sums(&report), ("2309.9999".to_owned(), "2309.9999".to_owned(), "0".to_owned()));
    assert_eq!(report.files[0].in_store.as_ref().unwrap().amount.as_deref(), Some("2309.9999"));
    // Out with the tax, and in again without a difference.
    for format in [ExportFormat::Csv, ExportFormat::Xlsx] {
        let (text, report) = again(&desk, "pca-sales", format);
        assert!(format == ExportFormat::Xlsx || text.contains(",1100,") && text.contains(",100,"), "{text}");
        // The refused line's place is held by a line of text.
        assert_eq!(counts(&report), (8, 0, 0, 7, 0), "{report:?}");
    }
}

/// Exports all sales in a layout and imports them again.
fn again(desk: &Desk, name: &str, format: ExportFormat) -> (String, ImportReport) {
    let profile = profile::by_name(name).unwrap();
    let settings =
        ExportSettings { format, layout: ExportLayout::Profile(profile), ..ExportSettings::default() };
    let folder = desk.folder.path().join("out");
    let file =
        export_files(&mut desk.store.reader().unwrap(), &[&SALES], &folder, &settings).unwrap().remove(0);
    assert_eq!((file.left_out, file.inexact), (0, 0));
    let bytes = std::fs::read(&file.file).unwrap();
    let name = Path::new(&file.file).file_name().unwrap().to_str().unwrap().to_owned();
    let settings =
        ImportSettings { profile: Some(std::sync::Arc::new(profile.clone())), ..ImportSettings::default() };
    let report = desk.import_with(&name, &bytes, &settings);
    (String::from_utf8_lossy(&bytes).into_owned(), report)
}

/// A line of yayoi-sales-59.
fn yayoi(line: &str, product: &str, quantity: &str, amount: &str, unit_cost: &str) -> String {
    let mut cells = vec![""; 59];
    let given = [
        (0, "0"),
        (3, "20251121"),
        (4, "S1"),
        (5, "24"),
        (10, "000001"),
        (13, line),
        (15, product),
        (17, "品名"),
        (23, quantity),
        (25, amount),
        (27, unit_cost),
    ];
    for (at, cell) in given {
        cells[at] = cell;
    }
    cells.join("\t") + "\r\n"
}

#[test]
fn memo_lines_are_skipped_and_the_cost_is_that_of_all_pieces() {
    let text = [
        yayoi("1", "P1", "3", "3000", "700"),
        yayoi("2", "", "", "", ""),
        yayoi("3", "P1", "-1.5", "-1500", "700.1234"),
        yayoi("4", "P1", "3", "1", "0.3333"),
        yayoi("5", "", "", "500", ""),
        yayoi("6", "P1", "", "10", "5"),
        yayoi("7", "P1", "0", "10", "5"),
        yayoi("8", "P1", "0.5", "10", "0.0001"),
        yayoi("9", "P1", "2", "10", "幾ら"),
    ]
    .concat();
    let desk = Desk::new();
    let report = desk.import("uriage.txt", text);
    assert_eq!(faults(&report), [(9, Some("cost"), "not_a_number")], "{report:?}");
    assert_eq!(counts(&report), (9, 7, 0, 0, 1));
    assert!(
        report.warnings.iter().any(|warning| warning.message.text(Lang::En).contains("記事")),
        "{report:?}"
    );
    assert_eq!(
        rows(&desk, &SALES, &["line_no", "cost"]),
        ["1|21000000", "3|-10501851", "4|9999", "5|NULL", "6|NULL", "7|0", "8|1"]
    );
    let (_, report) = again(&desk, "yayoi-sales-59", ExportFormat::Tsv);
    assert_eq!(counts(&report), (7, 0, 0, 7, 0), "{report:?}");
}

#[test]
fn a_probability_is_the_number_in_front_of_its_words() {
    let desk = Desk::new();
    let deals = ["20% 商談前", "50% 検討中", "80％", "５０％", "35", "", "A 50%"];
    let line = |(at, cell): (usize, &&str)| format!("{at},D{at},000001,提案,{cell}\n");
    let text: String = deals.iter().enumerate().map(line).collect();
    let report = desk.import("案件.csv", format!("レコード番号,案件番号,顧客コード,案件名,確度\n{text}"));
    assert_eq!(faults(&report), [(8, Some("probability"), "not_a_number")], "{report:?}");
    assert_eq!(desk.column(&DEALS, "probability"), ["20", "50", "80", "50", "35", "NULL"]);
}

#[test]
fn the_correction_of_a_refused_line_costs_no_good_one() {
    let desk = Desk::new();
    let head = "伝票番号,売上日,顧客コード,商品名,金額";
    let row = |name: &str, amount: &str| format!("S0001,2026/10/01,000101,{name},{amount}\n");
    let file = |rows: &[String]| format!("{head}\n{}", rows.concat());
    let good = [row("ほうじ茶", "2940"), row("煎茶", "2960円(税別)"), row("玉露", "5200")];
    let report = desk.import("sales.csv", file(&good));
    assert_eq!(faults(&report), [(3, Some("amount"), "not_a_number")]);
    let stored = ["S0001|1|29400000", "S0001|3|52000000"];
    let lines = |desk: &Desk| rows(desk, &SALES, &["slip_no", "line_no", "amount"]);
    assert_eq!(lines(&desk), stored);
    // The line by itself would be the first.
    let report = desk.import("sales-q.csv", file(&[row("煎茶", "2960")]));
    assert_eq!(faults(&report), [(2, None, "lines_counted")], "{report:?}");
    in_both_languages(&report.errors[0]);
    assert_eq!(lines(&desk), stored);
    // With its number it takes its own place, and so does the whole slip.
    let numbered = format!("{head},line_no\nS0001,2026/10/01,000101,煎茶,2960,2\n");
    for text in [numbered, file(&[row("ほうじ茶", "2940"), row("煎茶", "2960"), row("玉露", "5200")])]
    {
        let report = desk.import("sales-q.csv", text);
        assert_eq!(faults(&report), [], "{report:?}");
        assert_eq!(lines(&desk), ["S0001|1|29400000", "S0001|2|29600000", "S0001|3|52000000"]);
    }
}

#[test]
fn a_loss_is_a_loss_and_what_is_unknown_stays_unknown() {
    let profile = profile::parse(
        "till.toml",
        r#"
        name = "till"
        title = "till"
        about = "made up"
        columns = ["番号", "日付", "客", "売上", "粗利", "メモ", "送料"]
        none = ["NULL", "-"]
        [detect]
        headers = ["番号", "売上"]
        [[dataset]]
        name = "sales"
        [dataset.columns]
        slip_no = "番号"
        line_no = { const = "1" }
        sold_on = "日付"
        customer_code = { from = "客", or = "メモ" }
        cost = { from = "売上", less = { column = "粗利" } }
        amount = "売上"
        unit_price = { from = "送料", factor = 1000 }
        "#,
    );
    let settings =
        ImportSettings { profile: Some(std::sync::Arc::new(profile.unwrap())), ..ImportSettings::default() };
    let desk = Desk::new();
    let text = "番号,日付,客,売上,粗利,メモ,送料\nS1,2026-10-01,C1,100,30,,2.94\nS2,2026-10-01,C1,100,-20,,NULL\n\
                S3,2026-10-01,,100,,C9,0.001\nS4,2026-10-01,C1,-100,-30,,1\nS5,2026-10-01,C1,100,x,,1\nS6,2026-10-01,C1,7,NULL,,1\n";
    let report = desk.import_with("till.csv", text, &settings);
    assert_eq!(faults(&report), [(6, Some("cost"), "not_a_number")], "{report:?}");
    assert_eq!(
        rows(&desk, &SALES, &["slip_no", "customer_code", "amount", "cost", "unit_price"]),
        [
            "S1|C1|1000000|700000|29400000",
            "S2|C1|1000000|1200000|NULL",
            "S3|C9|1000000|NULL|10000",
            "S4|C1|-1000000|-700000|10000000",
            "S6|C1|70000|NULL|10000000",
        ]
    );
    // An export writes the profit again.
    let settings_out = ExportSettings {
        layout: ExportLayout::Profile(settings.profile.as_deref().unwrap()),
        ..ExportSettings::default()
    };
    let out = desk.folder.path().join("out");
    export_files(&mut desk.store.reader().unwrap(), &[&SALES], &out, &settings_out).unwrap();
    let report = import_files(&desk.store, &[out], &options(), &settings, &mut |_| {}).unwrap();
    assert_eq!((faults(&report), report.files[0].changed, report.files[0].new), (vec![], 0, 0), "{report:?}");
}
