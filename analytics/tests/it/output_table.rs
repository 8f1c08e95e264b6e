//! Tables for terminals of every width: numbers are whole, and what goes is said (docs/reports.md, Output).

use std::path::Path;
use std::sync::Arc;

use analytics::context::Context;
use analytics::output::{Currency, MoneyStyle, MoneyUnit, Report};
use shared::label::Lang;
use test_support::FixedClock;
use unicode_width::UnicodeWidthStr;

use crate::common::report::{products, text};
use crate::common::{Company, run};

fn context(lang: Lang, width: Option<usize>) -> Context {
    let clock = FixedClock::new("2026-10-30T15:30:00Z".parse().unwrap());
    Context { lang, width, ..Context::quiet(Path::new("company.db"), Arc::new(clock)) }
}

/// The headings in the order in which they go.
fn in_order_of_going(report: &Report, lang: Lang) -> Vec<String> {
    let columns = report.sheet.columns.iter().filter(|column| column.priority > 0);
    let mut named: Vec<(u8, String)> =
        columns.map(|column| (column.priority, column.text(lang).to_owned())).collect();
    named.sort_by_key(|(priority, _)| std::cmp::Reverse(*priority));
    named.into_iter().map(|(_, name)| name).collect()
}

#[test]
fn no_width_breaks_a_number_and_columns_go_by_their_priority() {
    for lang in [Lang::Ja, Lang::En] {
        let report = products(lang, 12);
        let whole = text(&context(lang, Some(0)), &report, "txt");
        assert!(whole.contains(" 14,814,807 ") && whole.contains(" -14,814,807 "), "{whole}");
        let order = in_order_of_going(&report, lang);
        let mut left_out = Vec::new();
        for width in [40, 80, 120, 200] {
            let table = text(&context(lang, Some(width)), &report, "txt");
            let widest = table.lines().map(UnicodeWidthStr::width).max().unwrap();
            assert!(widest <= width, "{widest} of {width}:\n{table}");
            // Figures stand on one line, digits and all.
            for number in ["1,234,567", "14,814,807", "96,296,246"] {
                assert!(table.contains(number), "{number} at {width}:\n{table}");
            }
            // The sentence wraps, also inside a name.
            let said = table.replace(['\n', ' '], "");
            let (start, end) =
                if lang == Lang::Ja { ("収まらない列:", "(") } else { ("withoutroom:", "(forall") };
            let said = said.split_once(start).and_then(|(_, rest)| rest.split_once(end));
            let mut gone: Vec<String> = said
                .map_or_else(Vec::new, |(names, _)| names.split(['、', ',']).map(str::to_owned).collect());
            let mut first: Vec<String> =
                order.iter().take(gone.len()).map(|name| name.replace(' ', "")).collect();
            gone.sort_unstable();
            first.sort_unstable();
            assert_eq!(gone, first, "those that go first have gone, at {width}:\n{table}");
            left_out.push(gone.len());
        }
        assert!(left_out.is_sorted_by(|narrow, wide| narrow >= wide), "{left_out:?}");
        assert!(left_out[0] > left_out[1] && left_out[1] > 0 && left_out[3] == 0, "{left_out:?}");
    }
}

#[test]
fn a_column_has_the_same_places_in_every_row() {
    let table = text(&context(Lang::Ja, Some(0)), &products(Lang::Ja, 3), "txt");
    let row = |name: &str| table.lines().find(|line| line.contains(name)).unwrap().to_owned();
    assert!(row("純米酒 3").contains(" 2.5 ") && row("合計").contains(" 4.5 "), "{table}");
}

#[test]
fn amounts_are_shown_in_the_unit_and_currency_and_stay_exact_for_programs() {
    let report = products(Lang::Ja, 3);
    let shown = |unit, code: &str, ending: &str| {
        let money = MoneyStyle { unit, currency: Currency::of(code).unwrap() };
        text(&Context { money, ..context(Lang::Ja, Some(0)) }, &report, ending)
    };
    let thousand = shown(MoneyUnit::Thousand, "JPY", "txt");
    assert!(thousand.contains("金額の単位: 千円") && thousand.contains(" 1,235 "), "{thousand}");
    let million = shown(MoneyUnit::Million, "JPY", "html");
    assert!(million.contains("百万円") && million.contains(">7<"), "{million}");
    let dollars = shown(MoneyUnit::Yen, "USD", "txt");
    assert!(dollars.contains("金額の単位: USD") && dollars.contains(" 1,234,567.25 "), "{dollars}");
    for ending in ["csv", "json"] {
        let exact = shown(MoneyUnit::Million, "USD", ending);
        assert!(exact.contains("1234567.25") && !exact.contains("USD"), "{exact}");
    }
    let yen = shown(MoneyUnit::Yen, "JPY", "txt");
    assert!(!yen.contains("単位"), "{yen}");
}

#[test]
fn notes_stand_beside_the_figures_in_every_form_for_people() {
    for ending in ["txt", "html"] {
        let shown = text(&context(Lang::Ja, Some(0)), &products(Lang::Ja, 3), ending);
        assert!(shown.contains("10月は途中までのデータです"), "{shown}");
    }
}

#[test]
fn the_options_of_a_table_are_understood() {
    let company = Company::tiny();
    let table = |more: &[&str]| {
        let arguments = [&["report", "segment", "--as-of", "2026-10-31"], more].concat();
        String::from_utf8(company.run(&arguments).stdout).unwrap()
    };
    assert_eq!(table(&["--width", "0"]), table(&[]), "a pipe has no width");
    let narrow = table(&["--width", "80"]);
    assert!(narrow.lines().all(|line| line.width() <= 80), "{narrow}");
    assert!(table(&["--unit", "thousand"]).contains("千円"));
    assert!(table(&["--unit", "million", "--lang", "en"]).contains("Amounts in: million yen"));
    let wrong = run(&["report", "segment", "--currency", "XYZ"]);
    let said = String::from_utf8(wrong.stderr).unwrap();
    assert!(wrong.status.code() == Some(64) && said.contains("JPY"), "{said}");
}
