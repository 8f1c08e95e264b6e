//! `analytics validate`: each rule at its boundary, the exit code, the languages and the formats.

use crate::common::Company;
use serde_json::Value as Json;

/// Rule, data set, key of every finding.
fn findings(company: &Company, rule: &str) -> Vec<(String, String)> {
    let output = company.run(&["validate", "--only", rule, "--format", "json"]);
    let json: Json = serde_json::from_slice(&output.stdout).unwrap();
    let errors = json["errors"].as_u64().unwrap();
    assert_eq!(output.status.code(), Some(if errors == 0 { 0 } else { 65 }), "{rule}");
    let text = |value: &Json| value.as_str().unwrap().to_owned();
    let all = json["findings"].as_array().unwrap();
    for finding in all {
        assert_eq!(finding["rule"], rule);
        let message = text(&finding["message"]);
        assert!(!message.contains(['{', '}']) && !message.is_empty(), "every fact has its place: {message}");
        assert!(!text(&finding["cure"]).is_empty());
    }
    assert_eq!(json["rules"][0]["count"], all.len());
    all.iter().map(|finding| (text(&finding["dataset"]), text(&finding["key"]))).collect()
}

fn expect(company: &Company, rule: &str, expected: &[(&str, &str)]) {
    let expected: Vec<(String, String)> =
        expected.iter().map(|(dataset, key)| ((*dataset).to_owned(), (*key).to_owned())).collect();
    assert_eq!(findings(company, rule), expected, "{rule}");
}

fn company() -> Company {
    let company = Company::new();
    company.put(
        "customers",
        "customer_code | customer_name | name_kana | credit_limit
         1 | 青葉酒販 | アオバ |
         2 | 白樺     | シラカバ | 0
         3 | 名無し   | | -1",
    );
    company.put(
        "contacts",
        "customer_code | purpose | person_name | phone
         1 | sales | | 03-1234-5678
         2 | sales | | 代表まで",
    );
    company
}

#[test]
fn references_to_nothing_are_orphans() {
    let company = company();
    company.put(
        "sales",
        "slip_no | line_no | sold_on | customer_code | related_customer_2 | product_code | amount
         S1 | 1 | 2026-10-01 | 1 | 2 | | 100
         S1 | 2 | 2026-10-01 | 9 | 8 | P1 | 100",
    );
    company.put(
        "payments",
        "payment_no | customer_code | invoice_no | paid_on | amount\nP1 | 1 | I1 | 2026-10-01 | 5",
    );
    // A data set without any row is reported once, not for each row that refers to it.
    expect(&company, "orphan", &[("sales", "S1/2"), ("sales", "S1/2")]);
    expect(&company, "no_master", &[("sales", "product_code"), ("payments", "invoice_no")]);
    company.put("invoices", "invoice_no | customer_code | issued_on | amount\nI0 | 1 | 2026-10-01 | 5");
    company.put("products", "product_code | product_name\nP0 | 酒");
    expect(&company, "no_master", &[]);
    expect(
        &company,
        "orphan",
        &[("sales", "S1/2"), ("sales", "S1/2"), ("sales", "S1/2"), ("payments", "P1")],
    );
    company.put("invoices", "invoice_no | customer_code | issued_on | amount\nI1 | 1 | 2026-10-01 | 5");
    company.put("products", "product_code | product_name\nP1 | 茶");
    company.put("customers", "customer_code | customer_name\n8 | 八\n9 | 九");
    expect(&company, "orphan", &[]);
}

#[test]
fn one_sided_links_of_quotes_and_orders_are_found() {
    let company = company();
    company.put(
        "quotes",
        "quote_no | customer_code | quoted_on | status | order_no
         Q1 | 1 | 2026-10-01 | won  | O1
         Q2 | 1 | 2026-10-01 | won  | O2
         Q3 | 1 | 2026-10-01 | sent |
         Q4 | 1 | 2026-10-01 | lost |",
    );
    company.put(
        "orders",
        "order_no | customer_code | received_on | status | quote_no
         O1 | 1 | 2026-10-02 | received  | Q1
         O2 | 1 | 2026-10-02 | received  |
         O3 | 1 | 2026-10-02 | received  | Q3
         O4 | 1 | 2026-10-02 | cancelled | Q4",
    );
    expect(&company, "one_sided_link", &[("quotes", "Q2"), ("orders", "O3"), ("orders", "O4")]);
    // A cancelled order on a lost quote is how it should be.
    expect(&company, "order_on_open_quote", &[("orders", "O3")]);
}

#[test]
fn missing_and_double_default_ship_tos_are_found() {
    let company = company();
    company.put(
        "addresses",
        "customer_code | kind | address_no | is_default
         1 | ship_to | 1 | 1
         1 | ship_to | 2 | 1
         2 | ship_to | 1 | 0
         2 | billing | 1 | 1
         3 | ship_to | 1 | 1
         3 | ship_to | 2 | 0",
    );
    expect(&company, "two_default_ship_tos", &[("addresses", "1")]);
    expect(&company, "no_default_ship_to", &[("addresses", "2")]);
}

#[test]
fn overpaid_invoices_are_found() {
    let company = company();
    company.put(
        "invoices",
        "invoice_no | customer_code | issued_on | amount
         I1 | 1 | 2026-10-01 | 100
         I2 | 1 | 2026-10-01 | 100
         I3 | 1 | 2026-10-01 | 99999999999999.9999
         I4 | 1 | 2026-10-01 | -50",
    );
    let largest = "99999999999999.9999";
    let many: String =
        (0..20).map(|number| format!("\nL{number} | 1 | I3 | 2026-10-02 | {largest}")).collect();
    company.put(
        "payments",
        &format!(
            "payment_no | customer_code | invoice_no | paid_on | amount
             P1 | 1 | I1 | 2026-10-02 | 60
             P2 | 1 | I1 | 2026-10-03 | 40
             P3 | 1 | I2 | 2026-10-02 | 60
             P4 | 1 | I2 | 2026-10-03 | 40.0001
             P5 | 1 | I4 | 2026-10-03 | -50{many}"
        ),
    );
    // The sum of I3 is beyond 64 bits.
    expect(&company, "overpaid", &[("invoices", "I2"), ("invoices", "I3")]);
}

#[test]
fn slips_with_two_customers_or_two_dates_are_found() {
    let company = company();
    company.put(
        "sales",
        "slip_no | line_no | sold_on | customer_code | amount
         S1 | 1 | 2026-10-01 | 1 | 100
         S1 | 2 | 2026-10-01 | 1 | 100
         S2 | 1 | 2026-10-01 | 1 | 100
         S2 | 2 | 2026-10-01 | 2 | 100
         S3 | 1 | 2026-10-01 | 1 | 100
         S3 | 2 | 2026-10-02 | 1 | 100",
    );
    expect(&company, "slip_two_customers", &[("sales", "S2")]);
    expect(&company, "slip_two_dates", &[("sales", "S3")]);
}

#[test]
fn customers_without_kana_or_contact_are_found() {
    let company = company();
    expect(&company, "negative_credit_limit", &[("customers", "3")]);
    expect(&company, "no_kana", &[("customers", "3")]);
    expect(&company, "no_contact", &[("customers", "3")]);
    expect(&company, "raw_phone", &[("contacts", "2/sales//代表まで")]);
    company.put("contact_persons", "person_code | customer_code | person_name\nP | 3 | 山田");
    expect(&company, "no_contact", &[]);
}

#[test]
fn warnings_exit_with_0_and_errors_with_65() {
    let company = company();
    let output = company.run(&["validate", "--lang", "en"]);
    assert_eq!(output.status.code(), Some(65));
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(table.contains("the credit limit is -1"), "{table}");
    assert!(String::from_utf8(output.stderr).unwrap().contains("errors found: 1;"));
    company.put("customers", "customer_code | customer_name | credit_limit\n3 | 名無し | 1");
    let output = company.run(&["validate"]);
    assert_eq!(output.status.code(), Some(0));
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(table.contains("フリガナがありません"), "{table}");
}

#[test]
fn all_findings_are_counted_and_some_listed() {
    let company = company();
    let rows: String = (0..30).map(|number| format!("\nS{number} | 1 | 2026-10-01 | 9 | 100")).collect();
    company.put("sales", &format!("slip_no | line_no | sold_on | customer_code | amount{rows}"));
    let output = company.run(&["validate", "--only", "orphan", "--listed-max", "7", "--format", "json"]);
    let json: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["errors"], 30);
    assert_eq!(json["findings"].as_array().unwrap().len(), 7);
    let csv = company.run(&["validate", "--only", "orphan,no_kana", "--format", "csv"]);
    assert_eq!(String::from_utf8(csv.stdout).unwrap().lines().count(), 1 + 30 + 1);
    assert_eq!(company.run(&["validate", "--only", "nonsense"]).status.code(), Some(64));
}

#[test]
fn sales_that_disagree_with_their_quote_are_found() {
    let company = company();
    company.put(
        "quotes",
        "quote_no | customer_code | quoted_on | status | amount
         Q1 | 1 | 2026-10-01 | won  | 300
         Q2 | 1 | 2026-10-01 | sent | 100
         Q3 | 1 | 2026-10-01 | won  | 500
         Q4 | 1 | 2026-10-01 | won  |",
    );
    company.put(
        "sales",
        "slip_no | line_no | sold_on | customer_code | amount | quote_no | status
         S1 | 1 | 2026-10-01 | 1 | 100   | Q1 |
         S1 | 2 | 2026-10-01 | 1 | 200   | Q1 |
         S1 | 3 | 2026-10-01 | 1 | 999   | Q1 | cancelled
         S2 | 1 | 2026-10-01 | 1 | 100   | Q2 |
         S2 | 2 | 2026-10-01 | 1 | 100   | Q2 |
         S3 | 1 | 2026-10-01 | 1 | 100   | Q2 | estimate
         S4 | 1 | 2026-10-01 | 1 | 499.5 | Q3 |
         S5 | 1 | 2026-10-01 | 1 | 7     | Q4 |",
    );
    expect(&company, "sale_on_open_quote", &[("sales", "S2")]);
    expect(&company, "sale_total", &[("quotes", "Q3")]);
}

#[test]
fn quotes_that_differ_from_the_sum_of_their_lines_are_found() {
    let company = company();
    company.put(
        "quotes",
        "quote_no | customer_code | quoted_on | amount
         Q1 | 1 | 2026-10-01 | 300
         Q2 | 1 | 2026-10-01 | 300
         Q3 | 1 | 2026-10-01 | 300
         Q4 | 1 | 2026-10-01 |",
    );
    company.put(
        "quote_lines",
        "quote_no | line_no | amount
         Q1 | 1 | 100
         Q1 | 2 | 200
         Q2 | 1 | 299.9999
         Q4 | 1 | 5",
    );
    expect(&company, "quote_total", &[("quotes", "Q2")]);
}

#[test]
fn a_negative_stock_is_found() {
    let company = company();
    company.put(
        "stock_snapshots",
        "product_code | warehouse_code | counted_on | quantity
         P1 | W1 | 2026-10-01 | 0
         P2 | W1 | 2026-10-01 | -0.5",
    );
    expect(&company, "negative_stock", &[("stock_snapshots", "P2/W1/2026-10-01")]);
}
