//! The command line: exit codes, places of options, languages, closed pipes (`docs/exit-codes.md`).

use std::fs;
use std::process::{Output, Stdio};

use crate::common::{Company, program, run};

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn complaint(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_wrong_command_line_exits_with_64() {
    for arguments in
        [&["report"][..], &["sync"], &["--store", "x.db", "fly"], &["--store", "x.db", "sync", "--fast"]]
    {
        let output = run(arguments);
        assert_eq!(code(&output), 64, "{arguments:?}");
        assert!(output.stdout.is_empty());
    }
    let said = |lang: &str| complaint(&run(&["sync", "--lang", lang]));
    assert_eq!(
        said("en"),
        "analytics: no store is named; give --store FILE (or set CHAKUDEN_STORE, or store in chakuden.toml)\n"
    );
    assert!(said("ja").starts_with("analytics: 元データが指定されていません。--store"), "{}", said("ja"));
}

#[test]
fn help_and_version_succeed() {
    for argument in ["--help", "--version", "help"] {
        let output = run(&[argument]);
        assert_eq!((code(&output), output.stderr.is_empty()), (0, true), "{argument}");
    }
}

#[test]
fn a_missing_store_exits_with_66_and_creates_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none.db");
    for command in [&["sync"][..], &["report", "segment"], &["ltv"], &["publish"], &["import", "."]] {
        let output = run(&[&["--store", path.to_str().unwrap()], command].concat());
        assert_eq!(code(&output), 66, "{command:?}: {}", complaint(&output));
        assert_eq!(complaint(&output).lines().count(), 1);
        assert!(complaint(&output).contains("analytics --store"), "the cure is named");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_file_that_is_not_a_store_exits_with_65_and_is_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letter.txt");
    fs::write(&path, "Dear Sir or Madam, ".repeat(100)).unwrap();
    let output = run(&["--store", path.to_str().unwrap(), "sync"]);
    assert_eq!(code(&output), 65, "{}", complaint(&output));
    assert_eq!(complaint(&output).lines().count(), 1);
    assert_eq!(fs::read_to_string(&path).unwrap(), "Dear Sir or Madam, ".repeat(100));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn init_refuses_an_existing_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("company.db");
    let store = path.to_str().unwrap();
    // What an earlier store of this name left would look newer than the new store.
    fs::create_dir_all(folder.path().join("company.db.mirror/v000009")).unwrap();
    assert_eq!(code(&run(&["--store", store, "init"])), 0);
    assert!(!folder.path().join("company.db.mirror").exists());
    let output = run(&["--store", store, "init"]);
    assert_eq!(code(&output), 73, "{}", complaint(&output));
}

#[test]
fn a_report_without_a_mirror_says_to_sync() {
    let company = Company::new();
    let output = company.run(&["report", "segment", "--no-sync"]);
    assert_eq!(code(&output), 66);
    assert!(complaint(&output).contains("sync"), "{}", complaint(&output));
}

#[test]
fn options_stand_before_or_after_the_command() {
    let company = Company::tiny();
    let store = company.path();
    let store = store.to_str().unwrap();
    let before = run(&[
        "--store",
        store,
        "--format",
        "json",
        "--as-of",
        "2026-10-31",
        "report",
        "segment",
        "--by",
        "rank",
    ]);
    let after = run(&[
        "report",
        "segment",
        "--by",
        "rank",
        "--as-of",
        "2026-10-31",
        "--format",
        "json",
        "--store",
        store,
    ]);
    assert_eq!(code(&before), 0);
    assert_eq!(before.stdout, after.stdout);
}

#[test]
fn the_language_follows_the_environment() {
    let company = Company::tiny();
    let store = company.path();
    let title = |variable: Option<(&str, &str)>, more: &[&str]| {
        let arguments = [&["--store", store.to_str().unwrap(), "report", "segment"], more].concat();
        let output = program(&arguments).envs(variable).output().unwrap();
        String::from_utf8(output.stdout).unwrap().lines().next().unwrap().to_owned()
    };
    assert_eq!(title(None, &[]), "セグメント別売上");
    assert_eq!(title(Some(("LANG", "C.UTF-8")), &[]), "セグメント別売上");
    assert_eq!(title(Some(("LANG", "en_US.UTF-8")), &[]), "Sales by segment");
    assert_eq!(title(Some(("LANG", "en_US.UTF-8")), &["--lang", "ja"]), "セグメント別売上");
    assert_eq!(title(Some(("CHAKUDEN_LANG", "en")), &[]), "Sales by segment");
}

#[test]
fn a_closed_pipe_is_not_a_failure() {
    let company = Company::tiny();
    let store = company.path();
    let arguments = ["--store", store.to_str().unwrap(), "report", "segment"];
    let mut child = program(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((code(&output), complaint(&output)), (0, String::new()));
}

#[test]
fn files_are_imported_and_exported() {
    let company = Company::new();
    let folder = company.folder.path().join("in");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("customers.csv"), "customer_code,customer_name,industry\n001,青葉,酒販店\n")
        .unwrap();
    fs::write(
        folder.join("sales.csv"),
        "slip_no,line_no,sold_on,customer_code,amount\nS1,1,2026-10-01,001,\"1,000\"\nS2,1,never,001,5\n",
    )
    .unwrap();
    let output = company.run(&["import", folder.to_str().unwrap(), "--format", "json"]);
    assert_eq!(code(&output), 3, "{}", complaint(&output));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["files"][1]["new"], &report["files"][1]["refused"]), (&1.into(), &1.into()));
    let table = company.run(&["import", folder.to_str().unwrap()]);
    assert!(String::from_utf8(table.stdout).unwrap().contains("売上日"), "the table names the column");
    company.json(&["sync"]);
    let segment = company.json(&["report", "segment", "--as-of", "2026-10-31"]);
    assert_eq!(segment["total"]["sales_amount"], "1000");
    let out = company.folder.path().join("out");
    company.json(&["export", "all", "--out", out.to_str().unwrap()]);
    assert!(fs::read_to_string(out.join("sales.csv")).unwrap().contains("S1,1,2026-10-01,001"));
    assert_eq!(code(&company.run(&["export", "colours", "--out", out.to_str().unwrap()])), 64);
}

#[test]
fn a_sync_prints_a_summary_and_its_months_on_request() {
    let company = Company::tiny();
    let table =
        String::from_utf8(company.run(&["sync", "--rebuild", "--verbose", "--lang", "en"]).stdout).unwrap();
    let months: Vec<&str> = table.lines().filter(|line| line.contains("sales ")).collect();
    assert_eq!(months.len(), 6, "{table}");
    assert!(months[0].contains(" 2025-10 ") && months[5].contains(" 2026-11 "), "{table}");
    let brief = String::from_utf8(company.run(&["sync", "--rebuild", "--lang", "en"]).stdout).unwrap();
    assert!(brief.contains("Rows written: 18\n") && !brief.contains("2026-10"), "{brief}");
}

#[test]
fn verify_is_part_of_sync() {
    let company = Company::tiny();
    let verified = &company.json(&["sync", "--verify"])["verified"];
    assert_eq!(verified["different"], serde_json::json!([]));
    let version = company.context.mirror_path.join("v000001/sales");
    fs::remove_file(version.join("2026-06.parquet")).unwrap();
    fs::copy(version.join("2026-05.parquet"), version.join("2026-06.parquet")).unwrap();
    // The file has another size, so that the sync writes it again and the comparison finds nothing.
    assert_eq!(code(&company.run(&["sync", "--verify"])), 0);
}

/// Money is exact everywhere: neither the program nor its SQL names a floating-point type. The sample company's
/// random generator is no money.
#[test]
fn there_is_no_float_near_money() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("src"), root.join("sql")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            // Made-up data, and the models, whose numbers become decimals before they are shown.
            let exempt = ["sample", "prediction", "models"];
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if exempt.iter().any(|exempt| name.starts_with(exempt)) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
            let found: Vec<&str> =
                words.filter(|word| ["f64", "f32", "DOUBLE", "FLOAT", "REAL"].contains(word)).collect();
            assert!(found.is_empty(), "{}: {found:?}", path.display());
        }
    }
}

/// The SQL keeps to the subset that other engines know (ARCHITECTURE.md).
#[test]
fn the_sql_is_portable() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sql");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let code: String = text.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
        let code = code.to_uppercase();
        for word in ["QUALIFY", "GROUP BY ALL", "STRFTIME", "DATE_DIFF", "ARG_MAX", "//", "?", "::"] {
            assert!(!code.contains(word), "{}: {word}", path.display());
        }
    }
}
