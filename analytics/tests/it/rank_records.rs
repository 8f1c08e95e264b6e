//! Which records a rank update counts, and for whom.

use crate::common::Company;
use crate::common::rank::{SAMPLE, sample, simulate};
use serde_json::{Value, json};

#[test]
fn a_slip_is_identified_by_number_date_and_customer() {
    let company = Company::of(
        "customer_code | customer_name | rank
         A             | A             | C
         B             | B             | C",
        "slip_no | line_no | sold_on    | customer_code | amount
         1       | 1       | 2026-09-01 | A             | 10
         1       | 2       | 2026-09-02 | A             | 10
         1       | 3       | 2026-09-02 | B             | 10",
    );
    let rows = simulate(&company, "2026-10-31", SAMPLE);
    assert_eq!((&rows[0]["count"], &rows[1]["count"]), (&json!("2"), &json!("1")));
}

#[test]
fn a_customer_named_twice_by_a_record_counts_once_at_the_highest_rate() {
    let company = Company::of(
        "customer_code | customer_name | rank
         A             | A             | C
         B             | B             | C",
        "slip_no | line_no | sold_on    | customer_code | related_customer_1 | related_customer_2 | related_customer_3 | amount
         1       | 1       | 2026-09-01 | A             | A                  | B                  | B                  | 1000",
    );
    let get = |rates: &str| {
        let rows = simulate(&company, "2026-10-31", &sample(&[("[50, 0]", rates)]));
        [&rows[0]["amount"], &rows[1]["amount"], &rows[1]["count"]].map(|v| v.as_str().unwrap().to_owned())
    };
    assert_eq!(get("[50, 10, 30]"), ["1000", "300", "0.3"]);
    assert_eq!(get("[50, \"33.33\", 30]"), ["1000", "333.3", "0.3333"]);
}

#[test]
fn lines_that_name_different_customers_give_a_warning() {
    let company = Company::of(
        "customer_code | customer_name | rank
         A             | A             | C
         B             | B             | C
         C             | C             | C",
        "slip_no | line_no | sold_on    | customer_code | related_customer_1 | related_customer_2 | amount
         1       | 1       | 2026-09-01 | A             | C                  |                    | 600
         1       | 2       | 2026-09-01 | A             | B                  |                    | 400
         2       | 1       | 2026-09-01 | A             |                    | B                  | 100
         2       | 2       | 2026-09-01 | A             | C                  |                    | 100",
    );
    let rows = simulate(&company, "2026-10-31", SAMPLE);
    let amounts: Vec<_> = rows.iter().map(|row| row["amount"].as_str().unwrap()).collect();
    assert_eq!(amounts, ["1200", "500", "100"]);
    let file = company.rank_settings(&[]);
    let run = company.json(&["rank", "run", "--settings", &file, "--dry-run"]);
    assert_eq!(
        (&run["warnings"][0]["code"], &run["warnings"][0]["value"]),
        (&json!("RANK_SPLIT_LINKS"), &json!("1"))
    );
}

#[test]
fn a_company_without_customers_gives_an_empty_list() {
    let company = Company::new();
    assert_eq!(simulate(&company, "2026-10-31", SAMPLE), Vec::<Value>::new());
}

#[test]
fn deals_count_by_order_date() {
    let company = Company::of(
        "customer_code | customer_name | rank
         A             | A             | C
         B             | B             | C",
        "slip_no | line_no | sold_on    | customer_code | amount
         1       | 1       | 2026-09-01 | A             | 10",
    );
    company.put("deals",
        "deal_no | customer_code | related_customer_1 | title | stage    | amount  | expected_on | ordered_on
         1       | A             | B                  | x     | won      | 2000000 | 2026-12-01  | 2026-10-01
         2       | A             |                    | x     | proposal | 9000000 | 2026-10-01  | 2026-10-01
         3       | A             |                    | x     | won      | 9000000 | 2026-10-01  |
         4       | A             |                    | x     | won      |         | 2026-10-01  | 2026-10-02
         5       | GONE          |                    | x     | won      | 5       | 2026-10-01  | 2026-10-02
         6       | A             |                    | x     | won      | 5       | 2026-10-01  | 2026-11-01");
    let deals = sample(&[("source = \"sales\"", "source = \"deals\"")]);
    let rows = simulate(&company, "2026-10-31", &deals);
    assert_eq!(
        (&rows[0]["count"], &rows[0]["amount"], &rows[0]["latest_date"]),
        (&json!("1"), &json!("2000000"), &json!("2026-10-01"))
    );
    assert_eq!((&rows[1]["count"], &rows[1]["amount"]), (&json!("0.5"), &json!("1000000")));
    let file = company.file("rank.toml", &deals);
    let run = company.json(&["rank", "run", "--settings", &file, "--as-of", "2026-10-31", "--dry-run"]);
    assert_eq!(run["future_ignored"], 1);
    assert_eq!(
        run["unknown_customers"],
        json!({"count": 1, "listed": [{"customer_code": "GONE", "records": 1}]})
    );
    let codes: Vec<_> =
        run["warnings"].as_array().unwrap().iter().map(|w| w["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["RANK_UNKNOWN_CUSTOMER", "RANK_UNDATED_DEAL", "RANK_FUTURE"]);
}

#[test]
fn amounts_may_be_with_tax() {
    let company = Company::of(
        "customer_code | customer_name | rank
         A             | A             | C",
        "slip_no | line_no | sold_on    | customer_code | amount | tax_rate | tax_category
         1       | 1       | 2026-09-01 | A             | 1005   | 10       | exclusive
         1       | 2       | 2026-09-01 | A             | 1000   | 8        |
         1       | 3       | 2026-09-01 | A             | 1000   | 10       | exempt
         2       | 1       | 2026-09-01 | A             | -100   | 10       |
         3       | 1       | 2026-09-01 | A             | 7      |          |
         4       | 1       | 2026-09-02 | A             | 0      | 12345    | exclusive",
    );
    let amount = |changes: &[(&str, &str)]| {
        let rows = simulate(&company, "2026-10-31", &sample(changes));
        rows[0]["amount"].as_str().unwrap().to_owned()
    };
    let with_tax = [("\"tax_excluded\"", "\"tax_included\"")];
    assert_eq!((amount(&[]), amount(&with_tax)), ("2912".to_owned(), "3082.5".to_owned()));
    let file = company.rank_settings(&with_tax);
    let run = company.json(&["rank", "run", "--settings", &file, "--dry-run", "--as-of", "2026-10-31"]);
    let warnings = run["warnings"].as_array().unwrap();
    let warning = warnings.iter().find(|warning| warning["code"] == "RANK_NO_TAX_RATE").unwrap();
    assert_eq!(warning["value"], "2", "no rate, and one that is none");
    let explained = company.json(&["rank", "explain", "A", "--settings", &file, "--as-of", "2026-10-31"]);
    assert_eq!(explained["amount"], "3082.5", "{explained}");
    // Deals have no tax: their amounts count as they are, with a warning.
    let deals =
        sample(&[("\"tax_excluded\"", "\"tax_included\""), ("source = \"sales\"", "source = \"deals\"")]);
    let checked = company.json(&["rank", "config", "check", &company.file("deals.toml", &deals)]);
    assert!(checked.to_string().contains("RANK_DEALS_HAVE_NO_TAX"), "{checked}");
}
