//! `query`: what it answers, and what it does not do.

use crate::common::Company;

fn refused(company: &Company, sql: &str) -> String {
    let output = company.run(&["--lang", "en", "query", sql]);
    assert_eq!(output.status.code(), Some(64), "{sql}: {}", String::from_utf8_lossy(&output.stdout));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    said
}

#[test]
fn a_query_answers_exactly_over_the_views_of_the_reports() {
    let company = Company::tiny();
    let sql = "SELECT customer_code, SUM(amount) AS sales, COUNT(*) AS lines, MAX(sold_on) AS last \
               FROM counted_sales WHERE sold_on <= DATE '2026-10-31' GROUP BY customer_code ORDER BY 1";
    let answer = company.json(&["query", sql]);
    let row = &answer["rows"][0];
    assert_eq!((&row["customer_code"], &row["sales"]), (&"001".into(), &"3200".into()));
    assert_eq!((&row["lines"], &row["last"]), (&4.into(), &"2026-10-31".into()));
    assert_eq!(answer["columns"][1], serde_json::json!({"id": "sales", "label": "sales", "unit": "number"}));
    assert_eq!(answer["rows"].as_array().unwrap().len(), 4);
    // The cancelled line is in the data set, not in the view.
    for end in [" -- all of them\n;", ";\n-- all of them", "; ;"] {
        let all = company.json(&["query", &format!("SELECT COUNT(*) AS n FROM sales{end}")]);
        assert_eq!(all["rows"][0]["n"], 10, "{end}");
    }
}

#[test]
fn values_of_every_type_are_written() {
    let company = Company::tiny();
    let sql = "SELECT 1.5::DOUBLE AS half, TRUE AS yes, NULL AS nothing, [1, 2] AS list, 7::HUGEINT AS huge, CAST(1.5 AS DECIMAL(38, 30)) AS long, \
               TIMESTAMP '2026-10-31 12:00:00' AS at, 'a' AS twice, 'b' AS twice";
    let answer = company.json(&["query", sql]);
    let expected = serde_json::json!({
        "half": "1.5", "yes": "true", "nothing": null, "list": "[1, 2]", "huge": "7",
        "long": "1.500000000000000000000000000000",
        "at": "2026-10-31T12:00:00Z", "twice": "a", "twice_1": "b",
    });
    assert_eq!(answer["rows"][0], expected);
}

#[test]
fn no_heading_is_run_by_a_spreadsheet() {
    let company = Company::tiny();
    let output = company.run(&["--format", "csv", "query", "SELECT 1 AS \"=HYPERLINK(0)\", '=1+1' AS b"]);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "'=HYPERLINK(0),b\r\n1,'=1+1\r\n");
}

#[test]
fn only_one_select_without_files_is_run() {
    let company = Company::tiny();
    let target = company.folder.path().join("out.csv");
    let target = target.display();
    for sql in [
        format!("COPY (SELECT 1) TO '{target}'"),
        format!("SELECT 1; COPY (SELECT 1) TO '{target}'"),
        "SELECT 1; SELECT 2".to_owned(),
        format!("SELECT 1) t; COPY (SELECT 1) TO '{target}'; SELECT * FROM (SELECT 1"),
        format!("ATTACH '{target}' AS other"),
        "DROP VIEW sales".to_owned(),
        "SET enable_external_access = true".to_owned(),
        "PRAGMA database_list".to_owned(),
        String::new(),
    ] {
        refused(&company, &sql);
    }
    for sql in [
        "SELECT * FROM read_csv('/etc/passwd')".to_owned(),
        "SELECT * FROM glob('/etc/*')".to_owned(),
        format!("SELECT * FROM read_blob('{}')", company.path().display()),
        "SELECT * FROM read_parquet('https://example.com/x.parquet')".to_owned(),
    ] {
        refused(&company, &sql);
    }
    assert!(!company.folder.path().join("out.csv").exists());
    let said = refused(&company, "SELECT amout FROM sales");
    assert!(said.contains("amout") && said.contains("amount"), "{said}");
}

#[test]
fn rows_and_time_are_limited() {
    let company = Company::tiny();
    let output = company.run(&["--format", "json", "query", "SELECT * FROM range(100)", "--rows-max", "3"]);
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["rows"].as_array().unwrap().len(), 3);
    assert!(answer["notes"][0].as_str().unwrap().contains("--rows-max"));
    assert!(String::from_utf8(output.stderr).unwrap().contains("--rows-max"));
    let endless = "SELECT COUNT(*) FROM range(10000000) a, range(10000000) b WHERE a.range * b.range = 3";
    let output = company.run(&["--lang", "en", "query", endless, "--time-max", "1"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(75), "{said}");
    assert!(said.contains("--time-max"), "{said}");
}

#[test]
fn tables_views_and_their_columns_are_listed() {
    let company = Company::tiny();
    let list = company.json(&["query", "--list"]);
    let rows = list["rows"].as_array().unwrap();
    let amount = rows.iter().find(|row| row["table"] == "sales" && row["column"] == "amount").unwrap();
    assert_eq!((&amount["type"], &amount["column_label"]), (&"DECIMAL(18,4)".into(), &"金額".into()));
    // Every table and view says what it holds.
    for row in rows {
        assert_ne!(row["table_label"], "", "{row}");
    }
    let views = String::from_utf8(company.run(&["query", "--views"]).stdout).unwrap();
    assert!(
        views.contains("CREATE VIEW \"sales\"") && views.contains("CREATE VIEW counted_sales"),
        "{views}"
    );
}
