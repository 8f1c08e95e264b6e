//! The mirror follows the store, rewrites only what changed and survives being cut off.

use std::fs;

use crate::common::Company;
use analytics::mirror::{MirrorError, Pin};
use analytics::warehouse::Columns;
use rust_decimal::Decimal;
use shared::exit;

fn company() -> Company {
    let company = Company::new();
    company.put(
        "customers",
        "customer_code | customer_name | industry\n 001 | ㈱青葉 | 酒販店\n 002 | 白樺商店 | ",
    );
    company.put(
        "sales",
        "slip_no | line_no | sold_on | customer_code | amount | cost
         S1 | 1 | 2026-08-31 | 001 | 1000.5 | 700
         S1 | 2 | 2026-08-31 | 001 | 0.0001 |
         S2 | 1 | 2026-09-01 | 002 | -300 | -200
         S3 | 1 | 2026-10-31 | 001 | 12345678901234.5678 |",
    );
    company
}

fn written(outcome: &analytics::mirror::SyncOutcome) -> Vec<String> {
    outcome.written.iter().map(|file| format!("{}/{}", file.dataset, file.month)).collect()
}

#[test]
fn amounts_are_mirrored_exactly() {
    let company = company();
    company.sync();
    let warehouse = company.context.warehouse().unwrap();
    let frame = warehouse.frame("SELECT COUNT(*) AS n, SUM(amount) AS s, SUM(cost) AS c FROM sales").unwrap();
    let columns = Columns(&frame);
    assert_eq!(columns.counts("n").unwrap(), [4]);
    assert_eq!(columns.amounts("s").unwrap(), ["12345678901935.0679".parse::<Decimal>().unwrap()]);
    assert_eq!(columns.amounts("c").unwrap(), [Decimal::from(500)]);
    let total = warehouse.manifest().total("sales", "amount");
    assert_eq!(total, (4, "12345678901935.0679".parse().unwrap()));
}

#[test]
fn a_second_sync_writes_nothing() {
    let company = company();
    let first = company.sync();
    let second = company.sync();
    assert_eq!((first.version, second.version), (1, 1));
    assert!(second.written.is_empty());
    assert_eq!(second.linked, first.written.len());
}

#[test]
fn a_correction_in_an_old_month_rewrites_that_month_alone() {
    let company = company();
    company.sync();
    company.put("sales", "slip_no|line_no|sold_on|customer_code|amount\n S1|1|2026-08-31|001|999");
    let outcome = company.sync();
    assert_eq!(written(&outcome), ["sales/2026-08"]);
    let found = company.context.mirror().verify(&company.store, &company.context.limits).unwrap();
    assert_eq!(found.different, []);
}

#[test]
fn a_line_that_moves_to_another_month_rewrites_both() {
    let company = company();
    company.sync();
    company.put("sales", "slip_no|line_no|sold_on|customer_code|amount\n S2|1|2026-10-02|002|-300");
    let outcome = company.sync();
    assert_eq!(written(&outcome), ["sales/2026-10"]);
    let warehouse = company.context.warehouse().unwrap();
    // September has no line any more, and no file.
    let months: Vec<&String> = warehouse.manifest().datasets["sales"].files.keys().collect();
    assert_eq!(months, ["2026-08", "2026-10"]);
    assert_eq!(warehouse.manifest().total("sales", "amount").0, 4);
    drop(warehouse);
    assert!(company.sync().written.is_empty());
}

#[test]
fn one_scan_writes_the_changed_months_and_skips_the_others() {
    let company = company();
    company.sync();
    // Two of three months: the scan skips the third.
    company.put(
        "sales",
        "slip_no|line_no|sold_on|customer_code|amount\n S2|1|2026-09-30|002|-301\n S4|1|2026-10-01|001|0.5",
    );
    let outcome = company.sync();
    assert_eq!(written(&outcome), ["sales/2026-09", "sales/2026-10"]);
    let rows: Vec<u64> = outcome.written.iter().map(|file| file.rows).collect();
    assert_eq!(rows, [1, 2]);
    let found = company.context.mirror().verify(&company.store, &company.context.limits).unwrap();
    assert_eq!(found.different, []);
    let warehouse = company.context.warehouse().unwrap();
    let sql = "SELECT COUNT(*) AS n FROM sales WHERE substr(CAST(sold_on AS VARCHAR), 1, 7) = '2026-10'";
    assert_eq!(Columns(&warehouse.frame(sql).unwrap()).counts("n").unwrap(), [2]);
    // A rebuild gives the same sums.
    let total = warehouse.manifest().total("sales", "amount");
    drop(warehouse);
    company.context.mirror().sync(&company.store, &company.context.limits, true, &|_| {}).unwrap();
    assert_eq!(company.context.warehouse().unwrap().manifest().total("sales", "amount"), total);
}

#[test]
fn unchanged_files_are_the_same_file() {
    use std::os::unix::fs::MetadataExt;
    let company = company();
    company.sync();
    company.put("customers", "customer_code|customer_name\n 003|緑屋");
    company.sync();
    let mirror = &company.context.mirror_path;
    let inode = |path: &str| fs::metadata(mirror.join(path)).unwrap().ino();
    assert_eq!(inode("v000001/sales/2026-08.parquet"), inode("v000002/sales/2026-08.parquet"));
    assert_ne!(inode("v000001/customers.parquet"), inode("v000002/customers.parquet"));
}

#[test]
fn versions_are_kept_while_a_reader_uses_them() {
    let company = company();
    company.sync();
    let reader = company.context.warehouse().unwrap();
    for name in ["一", "二", "三"] {
        company.put("customers", &format!("customer_code|customer_name\n 003|{name}"));
        company.sync();
    }
    let there = |version: &str| company.context.mirror_path.join(version).is_dir();
    assert_eq!(["v000001", "v000002", "v000003", "v000004"].map(there), [true, false, true, true]);
    let frame = reader.frame("SELECT COUNT(*) AS n FROM customers").unwrap();
    assert_eq!(Columns(&frame).counts("n").unwrap(), [2]);
    drop(reader);
    company.put("customers", "customer_code|customer_name\n 004|四");
    company.sync();
    assert_eq!(["v000001", "v000003"].map(there), [false, false]);
}

#[test]
fn leftovers_of_a_killed_sync_are_ignored_and_removed() {
    let company = company();
    company.sync();
    let mirror = &company.context.mirror_path;
    // Killed while writing, before the pointer moved, while the pointer was written, while removing.
    fs::create_dir_all(mirror.join("tmp-v000002/sales")).unwrap();
    fs::write(mirror.join("tmp-v000002/sales/2026-08.parquet"), b"half").unwrap();
    fs::create_dir_all(mirror.join("v000003")).unwrap();
    fs::write(mirror.join("tmp-current"), b"v0000").unwrap();
    fs::create_dir_all(mirror.join("tmp-removed-v000000")).unwrap();
    assert_eq!(Pin::newest(mirror).unwrap().manifest().version, 1);
    company.put("customers", "customer_code|customer_name\n 003|緑屋");
    assert_eq!(company.sync().version, 4);
    let mut names: Vec<String> = fs::read_dir(mirror)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["current", "sync.lock", "v000003", "v000004"]);
}

#[test]
fn an_unreadable_mirror_is_rebuilt() {
    let company = company();
    company.sync();
    let mirror = company.context.mirror_path.clone();
    for (file, content) in [
        ("current", "no version"),
        ("current", "v000099"),
        ("v000001/manifest.json", "{\"format\": 999}"),
        ("v000001/manifest.json", ""),
    ] {
        let _ = fs::remove_dir_all(&mirror);
        company.sync();
        fs::write(mirror.join(file), content).unwrap();
        let refused = company.context.warehouse().unwrap_err();
        assert_eq!(refused.code(), exit::DATA, "{refused}");
        let outcome = company.sync();
        assert!(outcome.rebuilt.is_some(), "{file}: {content}");
        assert_eq!(company.context.warehouse().unwrap().manifest().total("sales", "amount").0, 4);
    }
}

#[test]
fn a_missing_file_is_written_again() {
    let company = company();
    company.sync();
    fs::remove_file(company.context.mirror_path.join("v000001/sales/2026-09.parquet")).unwrap();
    assert_eq!(written(&company.sync()), ["sales/2026-09"]);
}

#[test]
fn verify_finds_a_file_that_was_changed() {
    let company = company();
    company.sync();
    let version = company.context.mirror_path.join("v000001/sales");
    fs::remove_file(version.join("2026-09.parquet")).unwrap();
    fs::copy(version.join("2026-08.parquet"), version.join("2026-09.parquet")).unwrap();
    let found = company.context.mirror().verify(&company.store, &company.context.limits).unwrap();
    let months: Vec<&str> = found.different.iter().map(|difference| difference.month.as_str()).collect();
    assert_eq!(months, ["2026-09"]);
}

#[test]
fn concurrent_syncs_do_not_collide() {
    let company = company();
    company.sync();
    let lock = fs::File::open(company.context.mirror_path.join("sync.lock")).unwrap();
    lock.lock().unwrap();
    let refused = company.context.mirror().sync(&company.store, &company.context.limits, false, &|_| ());
    assert!(matches!(refused, Err(MirrorError::Locked(_))));
    for (lang, words) in [("ja", "別の sync が更新中"), ("en", "another sync")] {
        let output = company.run(&["sync", "--lang", lang]);
        assert_eq!(output.status.code(), Some(75));
        assert!(String::from_utf8_lossy(&output.stderr).contains(words));
    }
}

#[test]
fn an_empty_store_has_typed_views() {
    let company = Company::new();
    company.sync();
    let warehouse = company.context.warehouse().unwrap();
    for dataset in shared::dataset::DATASETS {
        let frame = warehouse.frame(&format!("SELECT COUNT(*) AS n FROM {}", dataset.name)).unwrap();
        // A new store has the ranks S, A, B and C.
        let rows = if dataset.name == "ranks" { 4 } else { 0 };
        assert_eq!(Columns(&frame).counts("n").unwrap(), [rows], "{}", dataset.name);
    }
    let sql = "SELECT SUM(amount) AS s, MAX(sold_on) AS d FROM counted_sales";
    let frame = warehouse.frame(sql).unwrap();
    assert_eq!(Columns(&frame).decimals("s").unwrap(), [None]);
    assert_eq!(Columns(&frame).dates("d").unwrap(), [None]);
}
