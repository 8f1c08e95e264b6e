//! Attributes of customers as axes of the segment report.

use crate::common::Company;
use serde_json::json;

#[test]
fn every_attribute_of_a_customer_is_an_axis() {
    let company = Company::new();
    let customers = company.file(
        "customers.csv",
        "customer_code,customer_name,industry,customer_type,rank,sales_area,account_owner,first_trade_date,\
         trading_status,acquisition_source,payment_method\n\
         C1,赤木電機,家電卸,法人,A,関東,高橋,2019-05-01,取引中,紹介,振込\n\
         C2,青木商店,小売,直販,B,関西,佐藤,2021-12-31,取引停止,展示会,現金\n",
    );
    let sales = company.file(
        "sales.csv",
        "slip_no,line_no,sold_on,customer_code,amount\nS1,1,2026-10-01,C1,300\nS2,1,2026-10-02,C2,200\n",
    );
    company.json(&["import", &customers, &sales]);
    company.sync();
    for (axis, first, second) in [
        ("industry", "家電卸", "小売"),
        ("customer_type", "corporate", "direct"),
        ("rank", "A", "B"),
        ("sales_area", "関東", "関西"),
        ("account_owner", "高橋", "佐藤"),
        ("first_trade_year", "2019", "2021"),
        ("trading_status", "active", "suspended"),
        ("acquisition_source", "referral", "exhibition"),
        ("payment_method", "bank_transfer", "cash"),
    ] {
        let report = company.json(&["report", "segment", "--as-of", "2026-10-31", "--by", axis]);
        let rows = report["rows"].as_array().unwrap();
        assert_eq!(rows.len(), 2, "{axis}");
        for (value, amount) in [(first, "300"), (second, "200")] {
            let is_there =
                rows.iter().any(|row| row["segment"][axis] == value && row["sales_amount"] == json!(amount));
            assert!(is_there, "{axis} {value}: {report}");
        }
    }
}
