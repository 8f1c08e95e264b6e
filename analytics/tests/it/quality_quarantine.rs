//! `analytics quarantine` and `import --snapshot` as a person uses them.

use std::path::PathBuf;

use crate::common::Company;
use serde_json::Value as Json;

fn file(company: &Company, name: &str, content: &str) -> String {
    let path: PathBuf = company.folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    path.to_string_lossy().into_owned()
}

fn text(company: &Company, name: &str) -> String {
    std::fs::read_to_string(company.folder.path().join(name)).unwrap()
}

fn import(company: &Company, arguments: &[&str]) -> (i32, Json) {
    let output = company.run(&[&["import"], arguments, &["--format", "json"]].concat());
    (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap_or(Json::Null))
}

/// Batch, refused, open of every batch.
fn batches(company: &Company) -> Vec<(u64, u64, u64)> {
    let listed = company.json(&["quarantine", "list"]);
    let number = |batch: &Json, name: &str| batch[name].as_u64().unwrap();
    let batches = listed["batches"].as_array().unwrap();
    batches
        .iter()
        .map(|batch| (number(batch, "batch_id"), number(batch, "rows"), number(batch, "open")))
        .collect()
}

const HEADER: &str = "伝票番号,行番号,売上日,顧客コード,金額,パスワード";

#[test]
fn refused_rows_are_exported_corrected_and_imported() {
    let company = Company::new();
    let sales = file(
        &company,
        "sales.csv",
        &format!(
            "{HEADER}\nS1,1,2026-10-01,C1,100,x\nS2,1,2026-13-01,C1,200,secret\nS3,1,2026-10-02,C1,\"1,000円也\",y\n,1,2026-10-02,C1,5,z\n"
        ),
    );
    let (code, report) = import(&company, &[&sales]);
    assert_eq!((code, &report["files"][0]["refused"]), (3, &Json::from(3)));
    assert_eq!(batches(&company), [(1, 3, 3)]);
    let rows = company.json(&["quarantine", "list", "--batch", "1"]);
    assert_eq!(rows["rows"][0]["line"], 3);
    assert_eq!(rows["rows"][0]["code"], "invalid_date");
    let message = |lang: &str| {
        let rows = company.json(&["--lang", lang, "quarantine", "list", "--batch", "1"]);
        rows["rows"][0]["message"].as_str().unwrap().to_owned()
    };
    let (ja, en) = (message("ja"), message("en"));
    assert!(ja.contains("「2026-13-01」") && en.contains("2026-13-01") && !en.contains('「'), "{ja} {en}");

    let out = company.folder.path().to_string_lossy().into_owned();
    let exported = company.json(&["quarantine", "export", "--out", &out]);
    assert_eq!(exported["files"][0]["rows"], 3);
    let content = text(&company, "sales-batch1.csv");
    assert!(content.starts_with(&format!("\u{FEFF}{HEADER}\r\nS2,1,2026-13-01,C1,200,***\r\n")), "{content}");
    assert!(content.contains("\"1,000円也\"") && !content.contains("secret"), "{content}");

    // One row corrected: it alone is settled. The others are refused as before, and are open once.
    let corrected = content.replace("2026-13-01", "2026-12-01");
    let again = file(&company, "sales-batch1.csv", &corrected);
    let (code, report) = import(&company, &[&again]);
    assert_eq!((code, &report["files"][0]["new"]), (3, &Json::from(1)));
    assert_eq!(batches(&company), [(1, 3, 0), (2, 2, 2)]);
    let rows = company.json(&["quarantine", "list", "--batch", "1"]);
    assert_eq!(rows["rows"][0]["resolved_by"], 2);

    // All corrected; the row whose key was missing is known by the batch that is named.
    let corrected = corrected.replace("1,000円也", "1000").replace("\r\n,1,", "\r\nS4,1,");
    let again = file(&company, "sales-batch1.csv", &corrected);
    let (code, _) = import(&company, &[&again, "--corrects", "2"]);
    assert_eq!(code, 0);
    assert_eq!(batches(&company), [(1, 3, 0), (2, 2, 0)]);
    let exported = company.json(&["quarantine", "export", "--out", &out]);
    assert_eq!(exported["files"].as_array().unwrap().len(), 0);
}

#[test]
fn a_duplicate_row_stays_open_after_the_file_is_imported_again() {
    let company = Company::new();
    let doubled =
        "slip_no,line_no,sold_on,customer_code,amount\nS1,1,2026-10-01,C1,1\nS1,1,2026-10-01,C1,2\n";
    let sales = file(&company, "sales.csv", doubled);
    import(&company, &[&sales]);
    import(&company, &[&sales]);
    // Refused again as it was: open once, in the newest batch.
    assert_eq!(batches(&company), [(1, 1, 0), (2, 1, 1)]);
}

#[test]
fn clearing_asks_when_rows_are_open() {
    let company = Company::new();
    let sales =
        file(&company, "sales.csv", "slip_no,line_no,sold_on,customer_code,amount\nS1,1,2026-10-01,C1,x\n");
    import(&company, &[&sales]);
    let output = company.run(&["quarantine", "clear", "--batch", "1"]);
    assert_eq!(output.status.code(), Some(64));
    assert!(String::from_utf8(output.stderr).unwrap().contains("--yes"));
    assert_eq!(company.json(&["quarantine", "clear", "--batch", "1", "--yes"])["rows"], 1);
    assert!(batches(&company).is_empty());
    assert_eq!(company.run(&["quarantine", "clear", "--batch", "1", "--yes"]).status.code(), Some(65));
}

#[test]
fn a_snapshot_without_a_terminal_needs_confirmation() {
    let company = Company::new();
    let rows = |slips: std::ops::Range<u32>| {
        let lines = slips.map(|slip| format!("S{slip},1,2026-10-01,C1,100\n"));
        format!("slip_no,line_no,sold_on,customer_code,amount\n{}", lines.collect::<String>())
    };
    import(&company, &[&file(&company, "sales.csv", &rows(0..10))]);
    let shorter = file(&company, "sales.csv", &rows(1..12));
    let output = company.run(&["import", &shorter, "--snapshot", "--lang", "en"]);
    assert_eq!(output.status.code(), Some(64));
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert!(complaint.contains("1 of 10 rows of sales would be removed (sum 100, S0/1)"), "{complaint}");
    assert_eq!(company.json(&["validate", "--only", "slip_two_dates"])["errors"], 0);
    let (code, report) = import(&company, &[&shorter, "--snapshot", "--yes", "--actor", "高橋"]);
    assert_eq!(code, 0);
    let mut actors = Vec::new();
    let each = &mut |entry: shared::store::AuditEntry| {
        actors.push((entry.action, entry.actor));
        std::ops::ControlFlow::Continue(())
    };
    company.store.reader().unwrap().audit_trail(&shared::store::AuditFilter::default(), each).unwrap();
    assert_eq!(actors, [(shared::store::AuditAction::Snapshot.into(), "高橋".to_owned())]);
    assert_eq!(report["files"][0]["snapshot"]["vanished"], 1);
    assert_eq!(report["files"][0]["in_store"], serde_json::json!({"rows": 11, "amount": "1100"}));
    // Without a removal there is no question.
    let (code, _) = import(&company, &[&shorter, "--snapshot"]);
    assert_eq!(code, 0);
    let output = company.run(&["import", &file(&company, "sales.csv", &rows(3..4)), "--snapshot", "--yes"]);
    assert_eq!(output.status.code(), Some(65));
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert!(complaint.contains("11件のうち10件が削除されます"), "{complaint}");
}

#[test]
fn exported_rows_contain_no_formulas() {
    let company = Company::new();
    let rows =
        "product_code,product_name,category,unit_price\nP1,=cmd|' /C calc'!A0,\"a\n=b\",x\nP2,＝1,-5,y\n";
    import(&company, &[&file(&company, "products.csv", rows)]);
    let out = company.folder.path().join("out.csv");
    company.json(&["quarantine", "export", "--batch", "1", "--out", out.to_str().unwrap()]);
    let text = std::fs::read_to_string(&out).unwrap();
    assert!(text.contains("P1,'=cmd|' /C calc'!A0,\"a\n=b\",x\r\nP2,'＝1,-5,y\r\n"), "{text}");
    let corrected = text.replace(",x\r", ",1\r").replace(",y\r", ",2\r");
    std::fs::write(&out, corrected).unwrap();
    let (code, report) = import(&company, &[out.to_str().unwrap(), "--corrects", "1"]);
    assert_eq!((code, &report["files"][0]["new"]), (0, &serde_json::json!(2)), "{report}");
    let exported = company.json(&[
        "export",
        "products",
        "--no-formula-guard",
        "--out",
        company.folder.path().to_str().unwrap(),
    ]);
    let text = std::fs::read_to_string(exported["files"][0]["file"].as_str().unwrap()).unwrap();
    assert!(text.contains("P1,=cmd|' /C calc'!A0,"), "{text}");
}

#[test]
fn a_file_resolves_only_rows_of_its_own_data_set() {
    let company = Company::new();
    import(&company, &[&file(&company, "products.csv", "product_code,product_name,unit_price\nP1,茶,x\n")]);
    let other = file(&company, "customers.csv", "customer_code,customer_name\nC1,青木\n");
    import(&company, &[&other, "--corrects", "1"]);
    import(
        &company,
        &[&file(&company, "products.csv", "product_code,product_name,unit_price\n"), "--corrects", "1"],
    );
    assert_eq!(batches(&company)[0], (1, 1, 1));
    assert_eq!(company.run(&["import", &other, "--corrects", "999"]).status.code(), Some(65));
}
