//! Files of other programs on the command line: profiles, options, trial, description (`docs/import.md`).

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{Company, run};

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/profiles/samples").join(name)
}

fn code(company: &Company, arguments: &[&str]) -> (i32, String) {
    let output = company.run(arguments);
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_layout_is_detected_checked_and_imported() {
    let company = Company::new();
    let file = sample("pca-sales-71.csv");
    let file = file.to_str().unwrap();
    let tried = company.json(&["import", file, "--dry-run"]);
    assert_eq!((&tried["files"][0]["profile"], &tried["files"][0]["new"]), (&"pca-sales".into(), &5.into()));
    let taken =
        company.json(&["import", file, "--profile", "pca-sales", "--encoding", "cp932", "--delimiter", ","]);
    assert_eq!(taken, tried, "a trial says what would come");
    let again = company.json(&["import", file]);
    assert_eq!((&again["files"][0]["unchanged"], &again["files"][0]["skipped"]), (&5.into(), &1.into()));
    let table = String::from_utf8(company.run(&["import", file, "--dry-run"]).stdout).unwrap();
    assert!(table.contains("確認のみ") && table.contains("記事"), "{table}");
}

#[test]
fn contradicting_options_are_named() {
    let company = Company::new();
    let file = sample("pca-sales-53.csv");
    let file = file.to_str().unwrap();
    let broken = company.folder.path().join("broken.toml");
    fs::write(&broken, "name = \"x\"\ncolour = \"red\"\n").unwrap();
    for (arguments, expected, word) in [
        (&["--profile", "pcb"][..], 64, "pca-sales"),
        (&["--profile", "none.toml"], 66, "none.toml"),
        (&["--profile", broken.to_str().unwrap()], 78, "broken.toml:2: colour"),
        (&["--delimiter", "||"], 64, "tab"),
        (&["--map", "コード"], 64, "「見出し=列名」"),
    ] {
        let (found, complaint) = code(&company, &[&["import", file], arguments].concat());
        assert_eq!(found, expected, "{arguments:?}: {complaint}");
        assert!(complaint.contains(word) && complaint.lines().count() == 1, "{arguments:?}: {complaint}");
    }
    assert_eq!(code(&company, &["import"]).0, 64);
}

#[test]
fn a_data_set_and_a_profile_describe_themselves_without_a_store() {
    let text = |arguments: &[&str]| String::from_utf8(run(arguments).stdout).unwrap();
    let table = text(&["import", "--describe", "customers"]);
    assert!(table.contains("customer_code") && table.contains("得意先コード"), "{table}");
    let json: serde_json::Value =
        serde_json::from_str(&text(&["import", "--describe", "sales", "--format", "json"])).unwrap();
    assert_eq!(json["key"], serde_json::json!(["slip_no", "line_no"]));
    assert_eq!(json["columns"][0]["column"], "slip_no");
    assert_eq!(json["columns"][0]["label_en"], "slip number");
    assert_eq!(json["columns"][0]["kind"], "code");
    for (lang, title, kind, meaning) in [
        ("ja", "売上明細 (sales.csv)", "日付", "売上を計上した日(例: 2026-04-01)"),
        ("en", "sales (sales.csv)", "date", "Date of the sale, such as 2026-04-01."),
    ] {
        let table = text(&["import", "--describe", "sales", "--lang", lang]);
        assert!(table.starts_with(title), "{table}");
        let row = table.lines().find(|line| line.contains("sold_on")).unwrap_or_default();
        assert!(row.contains(kind) && row.contains(meaning), "{row}");
        let json: serde_json::Value = serde_json::from_str(&text(&[
            "import",
            "--describe",
            "sales",
            "--lang",
            lang,
            "--format",
            "json",
        ]))
        .unwrap();
        assert_eq!(json["columns"][2]["description"], meaning);
    }
    let table = text(&["import", "--describe", "pca-sales"]);
    assert!(table.contains("売上金額") && table.contains("伝票No"), "{table}");
    assert!(table.contains("PCA商魂の汎用データ「売上明細」"), "{table}");
    let table = text(&["--lang", "en", "import", "--describe", "pca-sales"]);
    assert!(
        table.contains("PCA商魂 sales lines") && table.contains("汎用データ 売上明細 of PCA商魂."),
        "{table}"
    );
    let json: serde_json::Value =
        serde_json::from_str(&text(&["import", "--describe", "yayoi-sales-59", "--format", "json"])).unwrap();
    assert_eq!((json["layout"].as_array().unwrap().len(), &json["delimiter"]), (59, &"\t".into()));
    let output = run(&["import", "--describe", "colours"]);
    assert_eq!(output.status.code(), Some(64));
}

#[test]
fn an_exported_layout_is_imported_again() {
    let company = Company::new();
    company.json(&["import", sample("pca-sales-71.csv").to_str().unwrap()]);
    let out = company.folder.path().join("out");
    let out = out.to_str().unwrap();
    for format in ["csv", "tsv", "xlsx"] {
        let written =
            company.json(&["export", "all", "--profile", "pca-sales", "--as", format, "--out", out]);
        assert_eq!(written["files"][0]["rows"], 5, "{written}");
        let file = format!("{out}/pca-sales.{format}");
        let again = company.json(&["import", &file]);
        assert_eq!(
            (&again["files"][0]["profile"], &again["files"][0]["unchanged"]),
            (&"pca-sales".into(), &5.into())
        );
    }
    let cp932 = fs::read(format!("{out}/pca-sales.csv")).unwrap();
    assert!(String::from_utf8(cp932).is_err(), "the profile's own encoding");
    assert_eq!(code(&company, &["export", "customers", "--profile", "pca-sales", "--out", out]).0, 64);
    let generic = company.json(&["export", "sales", "--profile", "generic", "--as", "xlsx", "--out", out]);
    let file = generic["files"][0]["file"].as_str().unwrap();
    assert_eq!(company.json(&["import", file])["files"][0]["unchanged"], 5);
}
