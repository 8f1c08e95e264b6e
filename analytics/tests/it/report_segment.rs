//! The segment report against figures that were worked out by hand.

use crate::common::{Company, day};
use serde_json::{Value, json};

const SEGMENT: &[&str] = &["report", "segment", "--as-of", "2026-10-31"];

fn report(company: &Company, more: &[&str]) -> Value {
    company.json(&[SEGMENT, more].concat())
}

/// The row of a segment.
fn row<'a>(report: &'a Value, segment: &Value) -> &'a Value {
    let rows = report["rows"].as_array().unwrap();
    rows.iter().find(|row| row["segment"] == *segment && row["unknown_customer"] == false).unwrap()
}

#[test]
fn every_figure_of_a_segment_is_right() {
    let company = Company::tiny();
    let report = report(&company, &["--by", "industry"]);
    assert_eq!(
        report["rows"][0],
        json!({
            "segment": {"industry": "酒販店"}, "unknown_customer": false, "industry": "酒販店",
            "customers": 2, "active_customers": 1, "repeat_customers": 1, "slips": 2, "source_rows": 4,
            "sales_amount": "3200", "cost": "1900", "costed_sales_amount": "2700", "gross_profit": "800",
            "gross_margin_rate": "0.296296", "average_per_customer": "3200", "average_per_slip": "1600",
            "repeat_rate": "1", "previous_sales_amount": "0", "change_amount": "3200", "change_rate": null,
            "share": "0.735632",
        })
    );
    let dining = row(&report, &json!({"industry": "飲食店"}));
    assert_eq!((&dining["sales_amount"], &dining["previous_sales_amount"]), (&json!("700"), &json!("900")));
    assert_eq!((&dining["change_amount"], &dining["change_rate"]), (&json!("-200"), &json!("-0.222222")));
    assert_eq!((&dining["repeat_rate"], &dining["gross_margin_rate"]), (&json!("0"), &json!("0")));
}

#[test]
fn the_header_states_date_period_and_filters() {
    let report = report(&Company::tiny(), &["--by", "industry"]);
    assert_eq!(report["report"], "segment");
    assert_eq!(report["as_of"], "2026-10-31");
    assert_eq!(report["period"], json!({"from": "2025-11-01", "to": "2026-10-31"}));
    assert_eq!(report["totals"], report["total"]);
    assert_eq!(report["columns"][0], json!({"id": "industry", "label": "業種", "unit": "text"}));
    let described: Vec<&str> =
        report["columns"].as_array().unwrap().iter().map(|column| column["id"].as_str().unwrap()).collect();
    let row = report["rows"][0].as_object().unwrap();
    let own = ["segment", "unknown_customer"];
    assert!(
        row.keys().all(|id| described.contains(&id.as_str()) || own.contains(&id.as_str())),
        "{described:?}"
    );
    assert_eq!(described.len() + own.len(), row.len());
    // The first sale is of 2025-10-31; the year before begins on 2024-11-01.
    assert!(report["notes"][0].as_str().unwrap().contains("2025-10-31"), "{}", report["notes"]);
    assert_eq!((&report["from"], &report["to"]), (&json!("2025-11-01"), &json!("2026-10-31")));
    assert_eq!(report["by"], json!(["industry"]));
    assert_eq!(report["filters"], json!({}));
    let control = &report["control"];
    assert_eq!((&control["source_rows"], &control["sales_amount"]), (&json!(7), &json!("4350")));
    assert_eq!((&control["mirror_sales_amount"], &control["difference"]), (&json!("4350"), &json!("0")));
    assert_eq!((&control["not_counted_rows"], &control["not_counted_amount"]), (&json!(1), &json!("9999")));
    assert_eq!((&control["uncosted_rows"], &control["uncosted_amount"]), (&json!(1), &json!("500")));
    assert_eq!(control["future_rows"], 1);
    assert_eq!(control["store"], json!({"rows": 10, "amount": "25249"}));
    assert_eq!(control["store_difference"], "0");
    assert_eq!(report["total"]["sales_amount"], "4350");
    assert_eq!(report["mirror"]["up_to_date"], true);
}

#[test]
fn customers_without_an_industry_and_unknown_codes_are_in_the_report() {
    let report = report(&Company::tiny(), &["--by", "industry"]);
    let rows = report["rows"].as_array().unwrap();
    // By sales, then the customers without an industry, then the codes that no customer has.
    let names: Vec<&Value> = rows.iter().map(|row| &row["segment"]["industry"]).collect();
    assert_eq!(names, [&json!("酒販店"), &json!("飲食店"), &Value::Null, &Value::Null]);
    assert_eq!((&rows[2]["unknown_customer"], &rows[2]["sales_amount"]), (&json!(false), &json!("400")));
    assert_eq!((&rows[3]["unknown_customer"], &rows[3]["sales_amount"]), (&json!(true), &json!("50")));
}

#[test]
fn ranks_are_in_the_order_of_the_master() {
    let report = report(&Company::tiny(), &["--by", "rank"]);
    let rows = report["rows"].as_array().unwrap();
    let ranks: Vec<&Value> = rows.iter().map(|row| &row["segment"]["rank"]).collect();
    // B has more sales than A.
    assert_eq!(ranks, [&json!("A"), &json!("B"), &Value::Null, &Value::Null]);
}

#[test]
fn two_axes_make_a_row_of_each_pair() {
    let report = report(&Company::tiny(), &["--by", "industry", "--by", "rank"]);
    let pairs: Vec<(&Value, &Value)> = report["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (&row["segment"]["industry"], &row["segment"]["rank"]))
        .collect();
    assert_eq!(
        pairs,
        [
            (&json!("酒販店"), &json!("A")),
            (&json!("酒販店"), &json!("B")),
            (&json!("飲食店"), &json!("A")),
            (&Value::Null, &Value::Null),
            (&Value::Null, &Value::Null),
        ]
    );
}

#[test]
fn three_axes_make_a_row_of_each_combination() {
    let report = report(&Company::tiny(), &["--by", "industry,rank,customer_type"]);
    let row = &report["rows"][0];
    assert_eq!(
        (&row["industry"], &row["rank"], &row["customer_type"]),
        (&json!("酒販店"), &json!("A"), &json!("wholesale"))
    );
    assert_eq!(row["segment"], json!({"industry": "酒販店", "rank": "A", "customer_type": "wholesale"}));
    let sum: i64 =
        report["rows"].as_array().unwrap().iter().map(|row| row["source_rows"].as_i64().unwrap()).sum();
    assert_eq!(json!(sum), report["total"]["source_rows"]);
}

#[test]
fn filters_apply_together_to_every_figure() {
    let company = Company::tiny();
    let total = |more: &[&str]| report(&company, more)["total"]["sales_amount"].clone();
    assert_eq!(total(&["--industry", "酒販店"]), "3200");
    assert_eq!(total(&["--rank", "A,B"]), "3900");
    assert_eq!(total(&["--rank", "A,B", "--type", "卸売"]), "3200");
    assert_eq!(total(&["--rank", "A", "--type", "wholesale"]), "0");
    assert_eq!(total(&["--industry", "不明"]), "400");
    assert_eq!(total(&["--industry", "不明,飲食店"]), "1100");
    assert_eq!(total(&["--industry", "ない"]), "0");
    let filtered = report(&company, &["--type", "卸売"]);
    assert_eq!(filtered["filters"], json!({"customer_type": ["wholesale"]}));
    assert_eq!(
        (&filtered["control"]["difference"], &filtered["total"]["customers"]),
        (&json!("0"), &json!(2))
    );
}

#[test]
fn the_period_includes_both_its_days() {
    let company = Company::tiny();
    let total = |from: &str, to: &str| {
        report(&company, &["--from", from, "--to", to])["total"]["sales_amount"].clone()
    };
    assert_eq!(total("2026-10-01", "2026-10-31"), "3200");
    assert_eq!(total("2026-10-02", "2026-10-31"), "1700");
    assert_eq!(total("2026-10-01", "2026-10-30"), "1500");
    assert_eq!(total("2025-10-31", "2025-10-31"), "900");
}

#[test]
fn a_customers_own_area_takes_precedence_over_the_prefecture() {
    let company = Company::tiny();
    company.put("customers", "customer_code|customer_name|sales_area\n 002|食堂しらかば|北海道・東北");
    company.put(
        "addresses",
        "customer_code|kind|prefecture\n 001|ship_to|大阪府\n 001|head_office|東京都\n 002|head_office|東京都",
    );
    company.sync();
    let report = report(&company, &["--by", "sales_area", "--area", "関東"]);
    let rows = report["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (&rows[0]["segment"]["sales_area"], &rows[0]["sales_amount"]),
        (&json!("関東"), &json!("3200"))
    );
}

#[test]
fn a_company_can_define_its_own_areas() {
    let company = Company::tiny();
    company.put("addresses", "customer_code|kind|prefecture\n 001|head_office|静岡\n 002|head_office|山梨県");
    company.sync();
    let file = company.folder.path().join("areas.toml");
    std::fs::write(&file, "\"東海\" = [\"静岡県\", \"愛知県\"]\n").unwrap();
    let report = report(&company, &["--by", "sales_area", "--areas", file.to_str().unwrap()]);
    let areas: Vec<&Value> =
        report["rows"].as_array().unwrap().iter().map(|row| &row["segment"]["sales_area"]).collect();
    assert_eq!(areas, [&json!("東海"), &json!("中部"), &Value::Null, &Value::Null]);
    std::fs::write(&file, "\"東海\" = [\"静岡県\"]\n\"中部\" = [\"静岡県\"]\n").unwrap();
    let wrong = company.run(&[SEGMENT, &["--areas", file.to_str().unwrap()]].concat());
    assert_eq!(wrong.status.code(), Some(78));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("静岡県"));
}

#[test]
fn years_are_sorted_chronologically() {
    let report = report(&Company::tiny(), &["--by", "first_trade_year"]);
    let years: Vec<&Value> =
        report["rows"].as_array().unwrap().iter().map(|row| &row["segment"]["first_trade_year"]).collect();
    assert_eq!(years, [&json!("2024"), &json!("2025"), &Value::Null, &Value::Null]);
}

#[test]
fn an_empty_store_gives_an_empty_report() {
    let company = Company::new();
    company.sync();
    let report = report(&company, &["--by", "industry"]);
    assert_eq!(report["rows"], json!([]));
    assert_eq!(report["total"]["sales_amount"], "0");
    assert_eq!(report["total"]["gross_margin_rate"], Value::Null);
    assert_eq!(report["control"]["difference"], "0");
    assert!(company.run(SEGMENT).status.success());
}

#[test]
fn a_report_tells_when_the_store_has_changed_since_the_sync() {
    let company = Company::tiny();
    company.put("sales", "slip_no|line_no|sold_on|customer_code|amount\n S9|1|2026-10-05|001|1");
    let report = report(&company, &["--no-sync"]);
    assert_eq!(report["mirror"]["up_to_date"], false);
    assert_eq!(report["total"]["sales_amount"], "4350");
    let table = String::from_utf8(company.run(&[SEGMENT, &["--no-sync"]].concat()).stdout).unwrap();
    assert!(table.contains("注意"), "{table}");
}

#[test]
fn a_wrong_command_line_is_refused() {
    let company = Company::tiny();
    for (arguments, code) in [
        (&["--by", "industry", "--by", "industry"][..], 64),
        (&["--by", "industry,rank,sales_area,customer_type"], 64),
        (&["--by", "colour"], 64),
        (&["--to", "2026-11-01"], 64),
        (&["--from", "2026-10-31", "--to", "2026-10-30"], 64),
    ] {
        let output = company.run(&[SEGMENT, arguments].concat());
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty());
    }
}

fn with_routes() -> Company {
    let company = Company::tiny();
    company.put(
        "extension_fields",
        "dataset | field_code | label_ja\n customers | route | 配送便\n customers | seats | 席数\n leads | rating | 評価",
    );
    company.put(
        "extension_values",
        "dataset | row_key | field_code | value
         customers | 001 | route | A便
         customers | 002 | route | B便
         customers | 003 | route | A便
         customers | 001 | seats | 20",
    );
    company.sync();
    company
}

#[test]
fn extension_fields_are_axes_and_filters_of_every_report() {
    let company = with_routes();
    let report = report(&company, &["--by", "ext:route"]);
    let rows: Vec<(&Value, &Value)> = report["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (&row["segment"]["ext:route"], &row["sales_amount"]))
        .collect();
    assert_eq!(
        rows,
        [
            (&json!("A便"), &json!("3600")),
            (&json!("B便"), &json!("700")),
            (&Value::Null, &json!("0")),
            (&Value::Null, &json!("50")),
        ]
    );
    assert_eq!((&report["by"], &report["control"]["difference"]), (&json!(["ext:route"]), &json!("0")));
    let filtered = company.json(&[SEGMENT, &["--where", "配送便=A便", "--industry", "酒販店"]].concat());
    assert_eq!(filtered["total"]["sales_amount"], "3200");
    assert_eq!(filtered["filters"], json!({"industry": ["酒販店"], "ext:route": ["A便"]}));
    let table = company.run(&[SEGMENT, &["--by", "ext:席数", "--where", "route=A便"]].concat()).stdout;
    let table = String::from_utf8(table).unwrap();
    assert!(table.contains("席数") && table.contains("配送便 = A便") && table.contains("不明"), "{table}");
    let ltv = company.json(&["ltv", "--as-of", "2026-10-31", "--by", "ext:route", "--where", "席数=20"]);
    assert_eq!((&ltv["total"]["ltv"], &ltv["control"]["difference"]), (&json!("800"), &json!("0")));
}

#[test]
fn a_filter_value_is_read_like_an_imported_one() {
    let company = Company::tiny();
    company.put(
        "extension_fields",
        "dataset | field_code | label_ja | kind\n customers | fridge | 冷蔵庫 | flag\n customers | opened | 開店日 | date",
    );
    company.put(
        "extension_values",
        "dataset | row_key | field_code | value\n customers | 001 | fridge | 1\n customers | 001 | opened | 2025-04-01",
    );
    company.sync();
    for condition in ["冷蔵庫=○", "fridge=あり", "fridge=1", "開店日=令和7年4月1日", "opened=2025/4/1"]
    {
        let report = company.json(&[SEGMENT, &["--where", condition]].concat());
        assert_eq!(report["total"]["sales_amount"], "3200", "{condition}");
    }
    let output = company.run(&[SEGMENT, &["--where", "冷蔵庫=たぶん"]].concat());
    assert_eq!(output.status.code(), Some(64));
}

#[test]
fn an_undefined_field_is_refused_in_one_line() {
    let company = with_routes();
    for arguments in
        [&["--by", "ext:色"][..], &["--where", "色=赤"], &["--by", "ext:rating"], &["--where", "route"]]
    {
        for command in [SEGMENT, &["ltv"]] {
            let output = company.run(&[command, arguments].concat());
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!((output.status.code(), said.lines().count()), (Some(64), 1), "{arguments:?}: {said}");
            let names_them = said.contains("route (配送便), seats (席数)") && !said.contains("rating (評価)");
            assert!(names_them || said.contains("「項目=値」"), "{said}");
        }
    }
    let none = Company::tiny().run(&[SEGMENT, &["--by", "ext:x"]].concat());
    assert!(String::from_utf8(none.stderr).unwrap().contains("拡張項目は登録されていません"));
}

#[test]
fn the_table_is_japanese_and_aligned() {
    let company = Company::tiny();
    let table = String::from_utf8(company.run(SEGMENT).stdout).unwrap();
    for word in [
        "業種",
        "売上金額",
        "粗利率",
        "構成比",
        "酒販店",
        "不明",
        "未登録の得意先コード",
        "合計",
        "3,200",
        "29.6%",
    ] {
        assert!(table.contains(word), "{word} is missing in:\n{table}");
    }
    assert!(!table.contains('\u{1b}'), "colour without a terminal");
    let grid = table.lines().skip_while(|line| !line.is_empty()).skip(1).take_while(|line| !line.is_empty());
    let widths: Vec<usize> = grid.filter(|line| !line.starts_with('─')).map(width).collect();
    assert!(widths.len() == 6 && widths.iter().all(|width| *width == widths[0]), "{widths:?}\n{table}");
    let english = company.run(&[SEGMENT, &["--lang", "en"]].concat());
    let english = String::from_utf8(english.stdout).unwrap();
    assert!(english.contains("Industry") && english.contains("unknown customer code"), "{english}");
}

#[test]
fn csv_has_exact_numbers() {
    let company = Company::tiny();
    company
        .put("sales", "slip_no|line_no|sold_on|customer_code|amount|cost\n S4|1|2025-11-01|002|700.1234|0");
    company.sync();
    let output = company.run(&[SEGMENT, &["--format", "csv"]].concat());
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines = text.split("\r\n");
    assert!(lines.next().unwrap().starts_with("業種,顧客数,購入顧客数,伝票数,売上金額,原価,"), "{text}");
    assert!(lines.nth(1).unwrap().starts_with("飲食店,1,1,1,700.1234,0,700.1234,1,700.1234,"), "{text}");
}

/// Columns that a line takes on a terminal, well enough for these words.
fn width(line: &str) -> usize {
    line.chars().map(|c| if ('\u{2e80}'..='\u{ffef}').contains(&c) { 2 } else { 1 }).sum()
}

#[test]
fn the_default_day_is_today_in_tokyo() {
    // The clock is at 15:30 UTC of the previous day.
    assert_eq!(Company::new().context.as_of, day("2026-10-31"));
}
