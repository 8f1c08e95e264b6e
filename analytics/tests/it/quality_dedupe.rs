//! `analytics dedupe`: evidence for and against duplicates, and pairs recorded as different.

use std::collections::BTreeSet;

use crate::common::Company;
use proptest::prelude::*;

/// Codes and score of every pair, the best first.
fn pairs(company: &Company, arguments: &[&str]) -> Vec<(String, String, i64)> {
    let json = company.json(&[&["dedupe"], arguments].concat());
    let groups = json["groups"].as_array().unwrap();
    let all = groups.iter().flat_map(|group| group["pairs"].as_array().unwrap());
    all.map(|pair| {
        let text = |name: &str| pair[name].as_str().unwrap().to_owned();
        (text("a"), text("b"), pair["score"].as_i64().unwrap())
    })
    .collect()
}

fn pair(a: &str, b: &str, score: i64) -> (String, String, i64) {
    (a.to_owned(), b.to_owned(), score)
}

#[test]
fn two_spellings_with_one_number_and_address_are_a_duplicate() {
    let company = Company::new();
    company.put(
        "customers",
        "customer_code | customer_name | name_kana
         1 | 株式会社青葉酒販 | アオバシュハン
         2 | ㈱ 青葉酒販     | ｱｵﾊﾞｼｭﾊﾝ
         3 | 白樺食堂         | シラカバショクドウ",
    );
    company.put(
        "contacts",
        "customer_code | phone | email
         1 | 03-1234-5678 | Info@aoba.example
         2 | (03)1234-5678 | info@aoba.example
         3 | 03-9999-0000 |",
    );
    company.put(
        "addresses",
        "customer_code | kind | prefecture | city | street
         1 | head_office | 東京都 | 港区 | 芝一丁目2番3号
         2 | head_office | 東京都 | 港区 | 芝１－２－３",
    );
    // Name 40, reading 10, number 30, mail 30, address 25.
    assert_eq!(pairs(&company, &[]), [pair("1", "2", 135)]);
    assert!(pairs(&company, &["--min-score", "136"]).is_empty());
    let json = company.json(&["dedupe"]);
    let reasons = json["groups"][0]["pairs"][0]["reasons"].as_array().unwrap();
    let codes: Vec<&str> = reasons.iter().map(|reason| reason["reason"].as_str().unwrap()).collect();
    assert_eq!(codes, ["name", "kana", "phone", "email", "address"]);
    assert_eq!(
        company.store.reader().unwrap().control_total(&shared::dataset::CUSTOMERS, None).unwrap().rows,
        3
    );
}

#[test]
fn a_shared_head_office_number_alone_is_not_a_duplicate() {
    let company = Company::new();
    company.put(
        "customers",
        "customer_code | customer_name
         1 | 青葉 第一営業所
         2 | 青葉 第二営業所
         3 | 青葉 第三営業所
         4 | 白樺
         5 | 赤松",
    );
    company.put(
        "contacts",
        "customer_code | phone
         1 | 03-1234-5678
         2 | 03-1234-5678
         3 | 03-1234-5678
         4 | 06-6123-4567(代)
         5 | 06-6123-4567",
    );
    assert!(pairs(&company, &["--min-score", "20"]).is_empty());
    // Weak: 10 for the number, 10 off for the names.
    company.put("customers", "customer_code | customer_name\n5 | 白樺");
    assert_eq!(pairs(&company, &["--min-score", "20"]), [pair("4", "5", 50)]);
}

#[test]
fn the_legal_forms_position_and_another_prefecture_lower_the_score() {
    let company = Company::new();
    company.put(
        "customers",
        "customer_code | customer_name | name_kana
         1 | 株式会社青葉 | アオバ
         2 | 青葉株式会社 | アオバ
         3 | 有限会社白樺 | シラカバ
         4 | (有)白樺 | シラカバ",
    );
    company.put(
        "addresses",
        "customer_code | kind | prefecture | city | street
         3 | head_office | 東京都 | 港区 | 1-1
         4 | head_office | 大阪府 | 堺市 | 1-1",
    );
    assert_eq!(pairs(&company, &["--min-score", "30"]), [pair("1", "2", 40), pair("3", "4", 35)]);
}

#[test]
fn consumers_of_one_name_need_one_number_to_be_duplicates() {
    let company = Company::new();
    company.put(
        "customers",
        "customer_code | customer_name | customer_type
         1 | 佐藤 花子 | direct
         2 | 佐藤花子  | direct
         3 | 佐藤 太郎 | direct",
    );
    assert!(pairs(&company, &[]).is_empty());
    company.put("contacts", "customer_code | phone\n1 | 090-1234-5678\n2 | 090-1234-5678");
    assert_eq!(pairs(&company, &[]), [pair("1", "2", 55)]);
}

#[test]
fn customers_recorded_as_different_are_not_listed_again() {
    let company = Company::new();
    company.put("customers", "customer_code | customer_name\n1 | 青葉\n2 | 青葉\n3 | 青葉");
    assert_eq!(pairs(&company, &[]).len(), 3);
    assert_eq!(company.json(&["dedupe", "--ignore", "2", "1"])["new"], true);
    assert_eq!(company.json(&["dedupe", "--ignore", "1", "2"])["new"], false);
    assert_eq!(pairs(&company, &[]), [pair("1", "3", 40), pair("2", "3", 40)]);
    assert_eq!(company.run(&["dedupe", "--ignore", "1", "9"]).status.code(), Some(65));
    assert_eq!(company.run(&["dedupe", "--ignore", "1", "1"]).status.code(), Some(64));
}

#[test]
fn a_key_shared_by_many_is_counted_but_not_compared() {
    let company = Company::new();
    let rows: String = (0..21).map(|code| format!("\n{code:02} | 支店 | ")).collect();
    company.put("customers", &format!("customer_code | customer_name | name_kana{rows}"));
    let json = company.json(&["dedupe"]);
    assert_eq!((json["groups_found"].as_u64(), json["too_common_keys"].as_u64()), (Some(0), Some(1)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Against every pair compared with every other.
    #[test]
    fn blocking_finds_the_pairs_that_comparing_all_finds(
        rows in prop::collection::vec((0..6_u8, 0..6_u8, 0..12_u8), 2..14),
    ) {
        let company = Company::new();
        let customers: String = rows.iter().enumerate()
            .map(|(code, (name, kana, _))| format!("\n{code:02} | 会社{name} | カナ{kana}")).collect();
        company.put("customers", &format!("customer_code | customer_name | name_kana{customers}"));
        let mails: String = rows.iter().enumerate()
            .map(|(code, (_, _, mail))| format!("\n{code:02} | m{mail}@x.example")).collect();
        company.put("contacts", &format!("customer_code | email{mails}"));
        let mut expected = BTreeSet::new();
        for (a, one) in rows.iter().enumerate() {
            for (b, other) in rows.iter().enumerate().skip(a + 1) {
                let name = if one.0 == other.0 { 40 } else { 0 };
                let kana = if one.1 == other.1 { 10 } else { 0 };
                let mail = if one.2 == other.2 { 30 } else { 0 };
                let unlike = if name + kana == 0 { -10 } else { 0 };
                let score = name + kana + mail + unlike;
                if score >= 20 && name + kana + mail > 0 {
                    expected.insert(pair(&format!("{a:02}"), &format!("{b:02}"), score));
                }
            }
        }
        let found: BTreeSet<_> = pairs(&company, &["--min-score", "20"]).into_iter().collect();
        prop_assert_eq!(found, expected);
    }
}
