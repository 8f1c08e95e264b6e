//! Reports as Parquet, read back by DuckDB (docs/reports.md, Output).

use std::path::Path;
use std::sync::Arc;

use analytics::context::Context;
use analytics::labels::Label;
use analytics::output::{Cell, Report, Sheet, SheetColumn, Unit};
use duckdb::Connection;
use rust_decimal::Decimal;
use shared::label::Lang;
use test_support::FixedClock;

use crate::common::Company;
use crate::common::report::{products, written};

fn context() -> Context {
    let clock = FixedClock::new("2026-10-30T15:30:00Z".parse().unwrap());
    Context { lang: Lang::Ja, ..Context::quiet(Path::new("company.db"), Arc::new(clock)) }
}

/// The rows of a query over the file, as text.
fn query(file: &Path, select: &str) -> Vec<String> {
    let connection = Connection::open_in_memory().unwrap();
    let sql = select.replace("FILE", &format!("'{}'", file.display()));
    let mut statement = connection.prepare(&sql).unwrap();
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

fn kept(report: &Report) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.parquet");
    std::fs::write(&file, written(&context(), report, "parquet")).unwrap();
    (folder, file)
}

#[test]
fn duckdb_reads_exact_values_of_every_kind() {
    let mut report = products(Lang::Ja, 12);
    report.sheet.columns.push(SheetColumn::figure("occurred_at", Label::new("日時", "time"), Unit::Moment));
    for row in &mut report.sheet.rows {
        row.push(Cell::Moment("2026-10-31T15:30:00Z".parse().unwrap()));
    }
    let (_folder, file) = kept(&report);
    let types = query(
        &file,
        "SELECT column_name || ' ' || column_type FROM (DESCRIBE SELECT * FROM read_parquet(FILE))",
    );
    assert_eq!(
        types,
        [
            "product_code VARCHAR",
            "product_name VARCHAR",
            "sales_amount DECIMAL(38,4)",
            "cost DECIMAL(38,4)",
            "gross_profit DECIMAL(38,4)",
            "gross_margin_rate DECIMAL(38,6)",
            "quantity DECIMAL(38,4)",
            "slips BIGINT",
            "change_amount DECIMAL(38,4)",
            "last_sold_on DATE",
            "share DECIMAL(38,6)",
            "costed_sales_amount DECIMAL(38,4)",
            "occurred_at TIMESTAMP WITH TIME ZONE",
        ]
    );
    let sums = query(
        &file,
        "SELECT concat_ws(' ', count(*), count(cost), sum(sales_amount), sum(change_amount), sum(slips), \
         min(last_sold_on), min(product_name), epoch(min(occurred_at))::BIGINT) FROM read_parquet(FILE)",
    );
    assert_eq!(sums, ["12 11 96296245.5000 -96296245.5000 12066 2026-10-31 =純米大吟醸 1793460600"]);
    let kept = query(
        &file,
        "SELECT decode(value) FROM parquet_kv_metadata(FILE) WHERE decode(key) = 'chakuden.report'",
    );
    let kept: serde_json::Value = serde_json::from_str(&kept[0]).unwrap();
    assert_eq!((&kept["report"], &kept["control"]["source_rows"]), (&"products".into(), &12.into()));
    assert!(kept.get("rows").is_none());
}

#[test]
fn the_most_exact_and_the_largest_numbers_fit_or_are_refused() {
    let heading = |ja: &'static str| Label::new(ja, ja);
    let report = |amounts: &[&str]| {
        let columns = vec![SheetColumn::figure("amount", heading("金額"), Unit::Yen)];
        let rows = amounts.iter().map(|amount| vec![Cell::Money(amount.parse().unwrap())]).collect();
        Report { sheet: Sheet { columns, rows, ..Sheet::default() }, chart: None, ..products(Lang::Ja, 1) }
    };
    let (_folder, file) = kept(&report(&["-79228162514264337593543950335", "0.0000001", "-1"]));
    let read = query(&file, "SELECT amount::VARCHAR FROM read_parquet(FILE)");
    assert_eq!(read, ["-79228162514264337593543950335.0000000", "0.0000001", "-1.0000000"]);
    let refused = analytics::output::parquet::render(
        &report(&["79228162514264337593543950335", "0.0000000000000000000001"]).sheet,
        None,
        Lang::Ja,
        &serde_json::Value::Null,
    );
    assert_eq!(refused.unwrap_err().code(), 65);
    assert_eq!(Decimal::MAX.to_string(), "79228162514264337593543950335");
}

#[test]
fn results_without_rows_and_without_a_table_are_files_too() {
    let (_folder, file) = kept(&products(Lang::Ja, 0));
    assert_eq!(query(&file, "SELECT count(*)::VARCHAR FROM read_parquet(FILE)"), ["0"]);
    let company = Company::tiny();
    let file = company.folder.path().join("published.parquet");
    let output = company.run(&["publish", "--out", file.to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(query(&file, "SELECT value FROM read_parquet(FILE)"), ["4"]);
    for command in [&["report", "segment"][..], &["ltv"]] {
        let file = company.folder.path().join(format!("{}.parquet", command.join("-")));
        assert!(company.run(&[command, &["--out", file.to_str().unwrap()]].concat()).status.success());
        assert_ne!(query(&file, "SELECT count(*)::VARCHAR FROM read_parquet(FILE)"), ["0"]);
    }
}
