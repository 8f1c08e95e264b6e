//! Rank settings, and companies with customers to rank.

use analytics::rank::settings::{RankSettings, SettingsError};
use serde_json::Value;
use shared::message;
use shared::rank::RankMaster;
use shared::settings_reader::Mistake;

use super::Company;

pub(crate) use test_support::RANK_SETTINGS as SAMPLE;

/// The sample with some of its lines replaced.
pub(crate) fn sample(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(SAMPLE.to_owned(), |text, (old, new)| {
        assert!(text.contains(old), "the sample has no {old}");
        text.replace(old, new)
    })
}

/// Reads settings, or finds their mistakes.
pub(crate) fn read(text: &str) -> Result<RankSettings, Vec<Mistake>> {
    let origin = message!("テスト", "test");
    RankSettings::parse(text, &RankMaster::default(), &origin).map_err(|error| match error {
        SettingsError::Invalid { mistakes, .. } => mistakes,
        SettingsError::Unreadable { .. } => panic!("no file was read"),
    })
}

/// The published example of `docs/rank.md#vectors`: three sales, in which AKAGI has three roles.
pub(crate) fn akagi() -> Company {
    Company::of(
        "customer_code | customer_name   | name_kana | rank
         AKAGI         | 株式会社赤木電機 | アカギ    | C
         OTHER         | 他社            | タシャ    | C",
        "slip_no | line_no | sold_on    | customer_code | related_customer_1 | related_customer_2 | amount
         1       | 1       | 2010-11-01 | AKAGI         |                    |                    | 2000000
         2       | 1       | 2011-03-30 | OTHER         | AKAGI              |                    | 800000
         3       | 1       | 2011-05-31 | OTHER         |                    | AKAGI              | 1000000",
    )
}

/// Scores every customer with these settings; writes nothing.
pub(crate) fn simulate(company: &Company, as_of: &str, text: &str) -> Vec<Value> {
    let file = company.file("rank.toml", text);
    let found = company.json(&["rank", "simulate", "--all", "--settings", &file, "--as-of", as_of]);
    found.as_array().unwrap().clone()
}

/// Scores one customer.
pub(crate) fn one(company: &Company, code: &str, as_of: &str, text: &str) -> Value {
    simulate(company, as_of, text).into_iter().find(|row| row["customer_code"] == code).unwrap()
}

/// The as-of date of the commands on [`twenty_customers`], independent of today.
pub(crate) const DAY: &str = "2026-10-31";

/// Twenty customers with a sale each, on 2026-10-01 … 2026-10-20; 021 has only a related link, 022 nothing.
pub(crate) fn twenty_customers() -> Company {
    let company = Company::new();
    let mut customers = String::from("customer_code | customer_name | name_kana | rank");
    let mut sales =
        String::from("slip_no | line_no | sold_on | customer_code | related_customer_1 | amount | status");
    for n in 1..=20 {
        customers.push_str(&format!("\n{n:03} | 会社{n} | カイシャ{n} | C"));
        sales.push_str(&format!("\nS{n} | 1 | 2026-10-{n:02} | {n:03} | 021 | {}00000 |", n * 3));
    }
    customers.push_str("\n021 | 関連のみ | ワ | C\n022 | 取引なし | |");
    sales.push_str("\nC1 | 1 | 2026-10-30 | 001 | | 100 | cancelled\nF1 | 1 | 2026-11-01 | 002 | | 100 |");
    company.put("customers", &customers);
    company.put("sales", &sales);
    company
}

/// The customers of a list.
pub(crate) fn codes(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|row| row["customer_code"].as_str().unwrap()).collect()
}
