//! `rank check`: what in the data stands in the way of a rank update, and the file of its problems.

use crate::common::Company;
use crate::common::rank::DAY;
use serde_json::json;

/// A company with every finding once.
fn untidy() -> Company {
    let company = Company::new();
    company.put(
        "customers",
        "customer_code | customer_name | name_kana | rank | rank_auto_update_excluded
         A             | 正常          | セイジョウ | A   | 0
         B             | ランクなし    | ラン      |      | 0
         C             | 未登録        | ミ        | Z    | 0
         D             | 除外          | ジョ      | B    | 1
         E             | 対象外        | タイ      | S    | 0
         F             | 読みなし      |           | C    | 0
         G             | 未来のみ      | ミライ    | C    | 0
         H             | 取引なし      | ナシ      | C    | 0",
    );
    company.put(
        "sales",
        "slip_no | line_no | sold_on    | customer_code | related_customer_1 | related_customer_2 | amount | status
         1       | 1       | 2026-10-01 | A             | A                  |                    | 10     |
         2       | 1       | 2026-10-02 | B             | C                  | C                  | 10     |
         3       | 1       | 2026-10-03 | D             | E                  |                    | 10     |
         3       | 2       | 2026-10-03 | D             | F                  |                    | 10     |
         4       | 1       | 2026-10-04 | GONE          | F                  |                    | 10     |
         5       | 1       | 2026-11-05 | G             |                    |                    | 10     |
         6       | 1       | 2026-10-06 | H             |                    |                    | 10     | cancelled
         7       | 1       | 2020-10-06 | GONE2         |                    |                    | 10     |",
    );
    company
}

#[test]
fn a_check_lists_findings_before_the_first_run() {
    let company = untidy();
    let before = company.store.reader().unwrap().change_no().unwrap();
    let found = company.json(&["rank", "check", "--as-of", DAY, "--settings", &company.rank_settings(&[])]);
    let findings: Vec<(&str, i64, String)> = found["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let examples: Vec<&str> =
                row["examples"].as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect();
            (row["finding"].as_str().unwrap(), row["customers"].as_i64().unwrap(), examples.join(" "))
        })
        .collect();
    let expected = [
        ("no_rank", 1, "B"),
        ("unknown_rank", 1, "C"),
        ("excluded", 1, "D"),
        ("not_target_rank", 1, "E"),
        ("never_scored", 8, "A B C D E"),
        ("no_kana", 1, "F"),
        ("no_records", 1, "H"),
        ("only_future", 1, "G"),
    ];
    assert_eq!(findings, expected.map(|(name, n, codes)| (name, n, codes.to_owned())));
    let records: Vec<i64> =
        found["records"].as_array().unwrap().iter().map(|row| row["count"].as_i64().unwrap()).collect();
    // Unknown, split, self, double, undated, future, unknown current rank.
    assert_eq!(records, [1, 1, 1, 1, 0, 1, 1]);
    assert_eq!(
        found["ranks"][0],
        json!({"rank": "S", "customers": 1, "is_known": true, "is_target": false, "is_earned": false})
    );
    assert_eq!(
        found["ranks"][4],
        json!({"rank": "Z", "customers": 1, "is_known": false, "is_target": false, "is_earned": false})
    );
    assert_eq!(company.store.reader().unwrap().change_no().unwrap(), before);
}

#[test]
fn a_check_works_without_settings() {
    let company = untidy();
    let text = String::from_utf8(company.run(&["rank", "check", "--as-of", DAY]).stdout).unwrap();
    for part in ["ランク更新の事前確認", "設定なし", "フリガナのない顧客", "自分自身が関連顧客の記録"]
    {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

#[test]
fn data_problems_are_exported_and_stop_nothing() {
    let company = untidy();
    let file = company.rank_settings(&[]);
    let errors = company.folder.path().join("rank_errors.csv");
    let path = errors.to_str().unwrap();
    company.json(&["rank", "run", "--save", "--settings", &file, "--as-of", DAY, "--errors", path]);
    let expected = "code,dataset,record_no,date,customer_code,detail\r\n\
        RANK_DOUBLE_LINK,sales,2,2026-10-02,C,同じ関連顧客が2か所にあります\r\n\
        RANK_FUTURE,sales,5,2026-11-05,G,基準日より後です\r\n\
        RANK_SELF_LINK,sales,1,2026-10-01,A,関連顧客がメイン顧客と同じです\r\n\
        RANK_SPLIT_LINKS,sales,3,2026-10-03,D,related_customer_1: E / F\r\n\
        RANK_UNKNOWN_CURRENT,customers,,,C,Z\r\n\
        RANK_UNKNOWN_CUSTOMER,sales,4,2026-10-04,GONE,customer_code\r\n";
    assert_eq!(std::fs::read_to_string(&errors).unwrap(), expected);
    let found = company.json(&["rank", "check", "--as-of", DAY, "--errors", path]);
    assert_eq!(found["errors_written"], 6);
    assert_eq!(found["findings"][4], json!({"finding": "never_scored", "customers": 0, "examples": []}));
    let refused = company.run(&["rank", "check", "--as-of", DAY, "--errors", "/nowhere/rank_errors.csv"]);
    assert_eq!(refused.status.code(), Some(73));
}

#[test]
fn won_deals_without_a_date_are_exported() {
    let company = Company::new();
    company.put("customers", "customer_code | customer_name\nA | A");
    company.put(
        "deals",
        "deal_no | customer_code | related_customer_1 | title | stage | amount | ordered_on
         1 | A | A | x | won  | 1 | 2026-10-01
         2 | A |   | x | won  | 1 |
         3 | A |   | x | lost | 1 |
         4 | B |   | x | won  | 1 | 2026-10-01",
    );
    let file = company.rank_settings(&[("source = \"sales\"", "source = \"deals\"")]);
    let path = company.folder.path().join("e.csv");
    company.json(&["rank", "check", "--as-of", DAY, "--settings", &file, "--errors", path.to_str().unwrap()]);
    let text = std::fs::read_to_string(path).unwrap();
    let codes: Vec<&str> = text.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(codes, ["RANK_SELF_LINK", "RANK_UNDATED_DEAL", "RANK_UNKNOWN_CUSTOMER"]);
}
