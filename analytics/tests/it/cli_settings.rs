//! `chakuden.toml`, dates in both calendars, and reports that bring the mirror up to date (docs/settings.md).

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::common::{Company, program};

const SEGMENT: &[&str] = &["report", "segment", "--format", "json"];

fn complaint(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Runs the program in a folder, without naming a store.
fn in_folder(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    program(arguments).current_dir(folder).envs(environment.iter().copied()).output().unwrap()
}

fn json(output: &Output) -> serde_json::Value {
    assert!(output.status.success(), "{}", complaint(output));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_settings_file_stands_for_options_and_options_and_environment_win() {
    let company = Company::tiny();
    let folder = company.folder.path();
    company.file("chakuden.toml", "store = \"company.db\"\nas_of = \"令和8年10月31日\"\nlanguage = \"en\"\n");
    let report = json(&in_folder(folder, SEGMENT, &[]));
    assert_eq!((&report["as_of"], &report["total"]["sales_amount"]), (&"2026-10-31".into(), &"4350".into()));
    let title = |arguments: &[&str], environment: &[(&str, &str)]| {
        let output = in_folder(folder, &[&["report", "segment"], arguments].concat(), environment);
        String::from_utf8(output.stdout).unwrap().lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(title(&[], &[]), "Sales by segment");
    assert_eq!(title(&[], &[("LANG", "ja_JP.UTF-8")]), "Sales by segment");
    assert_eq!(title(&[], &[("CHAKUDEN_LANG", "ja")]), "セグメント別売上");
    assert_eq!(title(&["--lang", "ja"], &[("CHAKUDEN_LANG", "en")]), "セグメント別売上");
    let other = json(&in_folder(folder, &[SEGMENT, &["--as-of", "R8.5.31"]].concat(), &[]));
    assert_eq!(other["as_of"], "2026-05-31");
    let missing = in_folder(folder, SEGMENT, &[("CHAKUDEN_STORE", "other.db")]);
    assert_eq!(missing.status.code(), Some(66), "{}", complaint(&missing));
}

#[test]
fn the_users_file_is_read_where_the_folder_has_none() {
    let company = Company::tiny();
    let user = company.folder.path().join("config");
    fs::create_dir_all(user.join("chakuden")).unwrap();
    fs::write(user.join("chakuden/chakuden.toml"), format!("store = \"{}\"\n", company.path().display()))
        .unwrap();
    let empty = tempfile::tempdir().unwrap();
    let home = [("XDG_CONFIG_HOME", user.to_str().unwrap())];
    assert_eq!(json(&in_folder(empty.path(), &["status", "--format", "json"], &home))["customers"], 4);
    fs::write(empty.path().join("chakuden.toml"), "store = \"none.db\"\n").unwrap();
    assert_eq!(in_folder(empty.path(), &["status"], &home).status.code(), Some(66));
}

#[test]
fn mistakes_in_the_settings_are_named_with_their_lines_and_help_works_all_the_same() {
    let company = Company::tiny();
    company.file("chakuden.toml", "stor = \"company.db\"\nfiscal_year_start = 13\n");
    let output = in_folder(company.folder.path(), &["status", "--lang", "en"], &[]);
    let said = complaint(&output);
    assert_eq!(output.status.code(), Some(78), "{said}");
    assert!(said.contains("chakuden.toml: line 1: stor") && said.contains("did you mean store?"), "{said}");
    assert!(said.contains("chakuden.toml: line 2: fiscal_year_start"), "{said}");
    assert!(in_folder(company.folder.path(), &["--help"], &[]).status.success());
}

#[test]
fn dates_are_understood_in_both_calendars() {
    let company = Company::tiny();
    for written in ["2026-10-31", "2026/10/31", "令和8年10月31日", "R8.10.31"] {
        let report = company.json(&["report", "segment", "--as-of", written]);
        assert_eq!(report["as_of"], "2026-10-31", "{written}");
    }
    let output = company.run(&["report", "segment", "--as-of", "2026-02-30"]);
    assert_eq!(output.status.code(), Some(64));
    assert!(complaint(&output).contains("存在しない日付"), "{}", complaint(&output));
}

#[test]
fn reports_bring_the_mirror_up_to_date_unless_told_not_to() {
    let company = Company::tiny();
    company.put("sales", "slip_no|line_no|sold_on|customer_code|amount\n S9|1|2026-10-05|001|1");
    let segment = |more: &[&str]| company.run(&[SEGMENT, &["--as-of", "2026-10-31"], more].concat());
    let stale = segment(&["--no-sync"]);
    assert_eq!(json(&stale)["total"]["sales_amount"], "4350");
    let fresh = segment(&["--lang", "en"]);
    assert_eq!(json(&fresh)["total"]["sales_amount"], "4351");
    assert!(complaint(&fresh).contains("the mirror was brought up to date"), "{}", complaint(&fresh));
    let again = segment(&[]);
    assert_eq!(
        (json(&again)["mirror"]["up_to_date"].clone(), complaint(&again)),
        (true.into(), String::new())
    );
    // Without a mirror the first report makes it.
    fs::remove_dir_all(&company.context.mirror_path).unwrap();
    assert_eq!(json(&segment(&[]))["total"]["sales_amount"], "4351");
}

#[test]
fn a_report_goes_on_with_the_mirror_that_another_sync_is_writing() {
    let company = Company::tiny();
    company.put("sales", "slip_no|line_no|sold_on|customer_code|amount\n S9|1|2026-10-05|001|1");
    let lock = fs::File::options().write(true).open(company.context.mirror_path.join("sync.lock")).unwrap();
    lock.lock().unwrap();
    let output = company.run(&[SEGMENT, &["--as-of", "2026-10-31", "--lang", "en"]].concat());
    assert_eq!(json(&output)["total"]["sales_amount"], "4350");
    assert!(complaint(&output).contains("as of the last time"), "{}", complaint(&output));
}

#[test]
fn one_data_set_goes_to_standard_output() {
    let company = Company::tiny();
    let output = company.run(&["export", "customers", "--out", "-"]);
    let folder = company.folder.path().join("out");
    company.json(&["export", "customers", "--out", folder.to_str().unwrap()]);
    assert_eq!(output.stdout, fs::read(folder.join("customers.csv")).unwrap());
    assert_eq!(complaint(&output), "");
    let all = company.run(&["export", "all", "--out", "-"]);
    assert!(all.status.code() == Some(64) && all.stdout.is_empty(), "{}", complaint(&all));
}
