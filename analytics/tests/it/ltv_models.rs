//! The models of lifetime value from raw transactions, against published figures.

use std::sync::OnceLock;

use crate::common::Company;
use serde_json::{Value, json};

/// Purchases of CDNOW (data/README.md): customer, day, dollars.
pub(crate) fn cdnow() -> &'static Company {
    static COMPANY: OnceLock<Company> = OnceLock::new();
    COMPANY.get_or_init(|| {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/cdnow/CDNOW_sample.txt");
        let text = std::fs::read_to_string(file).unwrap();
        let mut sales = String::from("slip_no,line_no,sold_on,customer_code,amount\n");
        for (at, line) in text.lines().enumerate() {
            let [_, customer, day, _, dollars] = line.split_whitespace().collect::<Vec<_>>()[..] else {
                panic!("{line}");
            };
            let (year, month, day) = (&day[..4], &day[4..6], &day[6..]);
            sales += &format!("S{at},1,{year}-{month}-{day},{customer},{dollars}\n");
        }
        let company = Company::new();
        let file = company.file("sales.csv", &sales);
        company.json(&["import", &file]);
        company.sync();
        company
    })
}

fn fit(company: &Company, more: &[&str]) -> Value {
    company.json(&[&["ltv", "fit", "--as-of", "2026-10-31"], more].concat())
}

/// A number with so many places, as it is printed.
fn printed(value: &Value, places: usize) -> String {
    format!("{:.places$}", value.as_f64().unwrap())
}

/// A published model: its name, the names of its parameters, and these, the log-likelihood, with their printed digits,
/// and the customers.
type Published<'a> = (&'a str, &'a [(&'a str, &'a str, usize)], (&'a str, usize), u64);

#[test]
fn models_from_raw_transactions_reproduce_the_published_figures() {
    let published: [Published<'_>; 3] = [
        (
            "bg-nbd",
            &[("r", "0.243", 3), ("alpha", "4.414", 3), ("a", "0.793", 3), ("b", "2.426", 3)],
            ("-9582.4", 1),
            2357,
        ),
        (
            "pareto-nbd",
            &[("r", "0.553", 3), ("alpha", "10.578", 3), ("s", "0.606", 3), ("beta", "11.669", 3)],
            ("-9595.0", 1),
            2357,
        ),
        ("gamma-gamma", &[("p", "6.25", 2), ("q", "3.74", 2), ("gamma", "15.44", 2)], ("-4055.92", 2), 946),
    ];
    for (model, parameters, (likelihood, places), customers) in published {
        let fit = fit(cdnow(), &["--model", model, "--until", "1997-09-30", "--unit", "week"]);
        assert_eq!((&fit["model"], &fit["converged"]), (&json!(model), &json!(true)));
        assert_eq!(fit["customers"], customers, "{model}");
        assert_eq!(printed(&fit["log_likelihood"], places), likelihood, "{model}");
        assert_eq!(fit["parameters"].as_object().unwrap().len(), parameters.len());
        for (name, value, places) in parameters {
            assert_eq!(printed(&fit["parameters"][name], *places), *value, "{model} {name}");
            assert!(fit["standard_errors"][name].as_f64().unwrap() > 0.0, "{model} {name}");
        }
    }
}

#[test]
fn another_unit_of_time_scales_the_parameters_that_have_it() {
    let until = ["--until", "1997-09-30", "--unit"];
    let weeks = fit(cdnow(), &[&until[..], &["week"]].concat());
    let days = fit(cdnow(), &[&until[..], &["day"]].concat());
    let of = |fit: &Value, name: &str| fit["parameters"][name].as_f64().unwrap();
    for (name, scale) in [("r", 1.0), ("alpha", 7.0), ("a", 1.0), ("b", 1.0)] {
        let (week, day) = (of(&weeks, name), of(&days, name));
        assert!((week * scale / day - 1.0).abs() < 1e-6, "{name}: {week} {day}");
    }
}

#[test]
fn a_table_shows_the_parameters_and_their_errors() {
    let output = cdnow().run(&["ltv", "fit", "--until", "1997-09-30"]);
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(table.contains("BG/NBD") && table.contains("4.4136") && table.contains("-9582.43"), "{table}");
}

#[test]
fn what_cannot_be_estimated_is_refused_with_the_reason() {
    let header = "slip_no | line_no | sold_on | customer_code | amount\n";
    let company = |lines: Vec<String>| {
        let company = Company::new();
        company.put("sales", &(header.to_owned() + &lines.join("\n")));
        company.sync();
        company
    };
    let slip = |customer: usize, day: &str| format!("S{customer}{day}|1|{day}|{customer}|1000");
    let once = company((0..40).map(|at| slip(at, "2026-01-05")).collect());
    let now = company((0..40).map(|at| slip(at, "2026-10-31")).collect());
    let alone = company(vec![slip(1, "2026-01-05"), slip(1, "2026-02-05")]);
    let clockwork = company(
        (0..40).flat_map(|at| ["2026-01-05", "2026-02-05", "2026-03-05"].map(|day| slip(at, day))).collect(),
    );
    let empty = company(vec![]);
    for (company, word) in [
        (&once, "2回以上"),
        (&now, "最終日"),
        (&alone, "1 件"),
        (&clockwork, "パラメーター"),
        (&empty, "0 件"),
    ] {
        for model in ["bg-nbd", "pareto-nbd"] {
            let output = company.run(&["ltv", "fit", "--as-of", "2026-10-31", "--model", model]);
            let error = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(65), "{model}: {error}");
            assert!(error.contains(word), "{model}: {error}");
        }
    }
    let output = clockwork.run(&["ltv", "fit", "--as-of", "2026-10-31", "--model", "gamma-gamma"]);
    assert_eq!(output.status.code(), Some(65), "everybody spends the same");
    let later = once.run(&["ltv", "fit", "--as-of", "2026-10-31", "--until", "2026-11-01"]);
    assert_eq!(later.status.code(), Some(64));
}
