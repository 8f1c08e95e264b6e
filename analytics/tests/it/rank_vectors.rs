//! Which points and which rank a customer gets. The names R1 to R21 are those of `docs/rank.md#vectors`.

use crate::common::Company;
use crate::common::rank::{SAMPLE, akagi, one, sample, simulate};
use serde_json::{Value, json};

const NO_RECENCY_WEIGHT: (&str, &str) = ("kind = \"recency\"\nweight = 20", "kind = \"recency\"\nweight = 0");
const EXCLUDE: (&str, &str) = ("recency_zero_rate = \"count\"", "recency_zero_rate = \"exclude\"");

fn points(row: &Value) -> [i64; 3] {
    ["recency", "count", "amount"].map(|kind| row["points"][kind].as_i64().unwrap())
}

#[test]
fn r1_r3_the_published_example() {
    let row = one(&akagi(), "AKAGI", "2011-08-01", SAMPLE);
    assert_eq!(
        row,
        json!({
            "customer_code": "AKAGI", "latest_date": "2011-05-31", "months_within": 3, "count": "1.5",
            "amount": "2400000", "points": {"recency": 4, "count": 2, "amount": 3}, "total": "160",
            "rank_before": "C", "rank_after": "B", "reason": "changed",
        })
    );
}

#[test]
fn r2_r4_r5_the_example_with_other_settings() {
    let company = akagi();
    let get = |changes: &[(&str, &str)]| one(&company, "AKAGI", "2011-08-01", &sample(changes));
    let r2 = get(&[NO_RECENCY_WEIGHT]);
    assert_eq!((points(&r2), &r2["total"], &r2["rank_after"]), ([4, 2, 3], &json!("80"), &json!("B")));
    let r4 = get(&[EXCLUDE]);
    assert_eq!((&r4["latest_date"], &r4["months_within"]), (&json!("2011-03-30"), &json!(5)));
    assert_eq!((points(&r4), &r4["total"], &r4["rank_after"]), ([3, 2, 3], &json!("140"), &json!("B")));
    let r4 = get(&[EXCLUDE, NO_RECENCY_WEIGHT]);
    assert_eq!((&r4["total"], &r4["rank_after"]), (&json!("80"), &json!("B")));
    let r5 = get(&[("[50, 0]", "[100, 100]")]);
    assert_eq!((&r5["count"], &r5["amount"]), (&json!("3"), &json!("3800000")));
    assert_eq!((points(&r5), &r5["total"], &r5["rank_after"]), ([4, 3, 3], &json!("170"), &json!("B")));
}

#[test]
fn r6_the_first_published_example() {
    let company = Company::of(
        "customer_code | customer_name | rank
         AKAGI         | 赤木電機      | C",
        "slip_no | line_no | sold_on    | customer_code | amount
         1       | 1       | 2010-09-10 | AKAGI         | 1000000
         2       | 1       | 2010-12-24 | AKAGI         | 1000000
         3       | 1       | 2011-04-01 | AKAGI         | 590000",
    );
    let row = one(&company, "AKAGI", "2011-08-01", SAMPLE);
    assert_eq!(
        (&row["months_within"], &row["count"], &row["amount"]),
        (&json!(4), &json!("3"), &json!("2590000"))
    );
    assert_eq!((points(&row), &row["total"], &row["rank_after"]), ([3, 3, 3], &json!("150"), &json!("B")));
    let row = one(&company, "AKAGI", "2011-08-01", &sample(&[NO_RECENCY_WEIGHT]));
    assert_eq!((&row["total"], &row["rank_after"]), (&json!("90"), &json!("B")));
}

#[test]
fn r9_r10_r11_the_window_includes_both_ends() {
    let sale = |date: &str| {
        Company::of(
            "customer_code | customer_name | rank
             A             | A             | B",
            &format!(
                "slip_no | line_no | sold_on | customer_code | amount
                 1       | 1       | {date}  | A             | 1000000"
            ),
        )
    };
    let count = |date: &str, as_of: &str| one(&sale(date), "A", as_of, SAMPLE);
    let inside = count("2010-08-01", "2011-08-01");
    assert_eq!((&inside["count"], &inside["months_within"]), (&json!("1"), &json!(12)));
    let outside = count("2010-07-31", "2011-08-01");
    assert_eq!(
        outside,
        json!({
            "customer_code": "A", "latest_date": null, "months_within": null, "count": "0", "amount": "0",
            "points": {"recency": 0, "count": 0, "amount": 0}, "total": "0",
            "rank_before": "B", "rank_after": "C", "reason": "changed",
        })
    );
    assert_eq!(count("2011-08-01", "2011-08-01")["months_within"], 0);
    assert_eq!(count("2011-08-02", "2011-08-01")["count"], "0");
    assert_eq!(points(&count("2025-02-28", "2025-05-31"))[0], 4);
    assert_eq!(points(&count("2025-02-27", "2025-05-31"))[0], 3);
    assert_eq!(count("2023-02-28", "2024-02-29")["count"], "1");
    assert_eq!(count("2023-02-27", "2024-02-29")["count"], "0");
}

#[test]
fn r14_r15_links_without_a_rate_do_not_count() {
    let company = Company::of(
        "customer_code | customer_name | rank
         MAIN          | M             | C
         RELATED       | R             | C",
        "slip_no | line_no | sold_on    | customer_code | related_customer_1 | amount
         1       | 1       | 2026-10-01 | MAIN          | RELATED            | 9000000",
    );
    let nothing = |row: &Value| {
        assert_eq!(
            (&row["latest_date"], &row["count"], &row["amount"], &row["total"]),
            (&Value::Null, &json!("0"), &json!("0"), &json!("0"))
        );
        assert_eq!(points(row), [0, 0, 0]);
    };
    for changes in [vec![("[50, 0]", "[0, 0]")], vec![("[50, 0]", "[0, 0]"), EXCLUDE]] {
        nothing(&one(&company, "RELATED", "2026-10-31", &sample(&changes)));
    }
    let related_only = sample(&[("main = 100", "main = 0"), ("[50, 0]", "[100]")]);
    let rows = simulate(&company, "2026-10-31", &related_only);
    nothing(&rows[0]);
    assert_eq!((&rows[1]["count"], &rows[1]["amount"]), (&json!("1"), &json!("9000000")));
}

#[test]
fn r16_r17_customers_that_are_not_updated_are_scored_and_keep_their_rank() {
    let company = Company::of(
        "customer_code | customer_name | rank | rank_auto_update_excluded
         EXCLUDED      | A             | A    | 1
         NEW           | N             |      | 0
         TOP           | S             | S    | 0
         ODD           | Z             | Z    | 0",
        "slip_no | line_no | sold_on    | customer_code | amount
         1       | 1       | 2026-10-01 | TOP           | 9000000",
    );
    let fate = |code: &str, text: &str| {
        let row = one(&company, code, "2026-10-31", text);
        [&row["rank_before"], &row["rank_after"], &row["reason"], &row["total"]].map(Clone::clone)
    };
    assert_eq!(fate("EXCLUDED", SAMPLE), [json!("A"), json!("A"), json!("excluded"), json!("0")]);
    assert_eq!(fate("TOP", SAMPLE), [json!("S"), json!("S"), json!("not_target_rank"), json!("180")]);
    assert_eq!(fate("NEW", SAMPLE), [Value::Null, json!("C"), json!("changed"), json!("0")]);
    let closed = sample(&[("unranked_is_target = true", "unranked_is_target = false")]);
    assert_eq!(fate("NEW", &closed), [Value::Null, Value::Null, json!("unranked"), json!("0")]);
    assert_eq!(fate("ODD", SAMPLE)[2], "not_target_rank");
    let odd = sample(&[("[\"A\", \"B\", \"C\"]", "[\"A\", \"B\", \"C\", \"Z\"]")]);
    assert_eq!(fate("ODD", &odd)[1..3], [json!("Z"), json!("unknown_rank")]);
}

#[test]
fn r20_r21_returns_and_slips_of_several_lines() {
    let company = Company::of(
        "customer_code | customer_name | rank
         A             | A             | C",
        "slip_no | line_no | sold_on    | customer_code | amount   | status
         1       | 1       | 2026-09-01 | A             | 500000   |
         1       | 2       | 2026-09-01 | A             | 300000.5 | confirmed
         1       | 3       | 2026-09-01 | A             | -100000  |
         2       | 1       | 2026-10-05 | A             | -300000  | returned
         3       | 1       | 2026-10-06 | A             | 100      |
         3       | 2       | 2026-10-06 | A             | -100     |
         4       | 1       | 2026-10-07 | A             | 777      | cancelled
         5       | 1       | 2026-10-08 | A             | 777      | estimate
         6       | 1       | 2026-10-09 | A             | 777      | article",
    );
    let row = one(&company, "A", "2026-10-31", SAMPLE);
    assert_eq!(
        (&row["count"], &row["amount"], &row["latest_date"]),
        (&json!("1"), &json!("400000.5"), &json!("2026-09-01"))
    );
}
