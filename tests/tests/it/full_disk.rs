//! A disk that fills up midway, and a folder without read permission: one clear line, the right exit code, and the store
//! unchanged.

use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

use crate::support::{csv, sales, sales_rows, wrapped};
use shared::dataset;
use test_support::Company;

/// Runs `analytics` where no file can grow beyond `kib`: every write beyond fails, as on a full disk.
fn with_room(company: &Company, kib: u64, arguments: &[&str]) -> Output {
    let command = company.analytics(arguments);
    let mut shell = Command::new("bash");
    // Without the trap the kernel would end the program instead of failing the write.
    shell.args(["-c", &format!("trap '' XFSZ; ulimit -f {kib}; exec \"$0\" \"$@\"")]);
    wrapped(shell, &command)
}

#[test]
fn a_full_disk_during_an_import_leaves_the_store_unchanged() {
    let company = Company::new();
    let first = sales(&company, "sales-1.csv", "S", 0..1_000);
    company.analytics_ok(&["import", &first]);
    // As many as one slice holds.
    let more = sales(&company, "sales-2.csv", "S", 1_000..16_000);
    for kib in [600, 900, 1_200] {
        let output = with_room(&company, kib, &["import", &more]);
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(74), "{kib}: {complaint}");
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
        assert!(complaint.contains("company.db") && complaint.contains("disk space"), "{complaint}");
        assert_eq!(sales_rows(&company), 1_000);
        company.verify_cards();
    }
    let report = company.analytics_json(&["import", &more]);
    assert_eq!(report["files"][0]["new"], 15_000);
    assert_eq!(report["files"][0]["in_store"]["rows"], 16_000);
}

#[test]
fn a_full_disk_during_a_long_import_leaves_whole_rows_and_says_so() {
    let company = Company::new();
    let file = sales(&company, "sales.csv", "S", 0..110_000);
    // Enough for the first slice's log, not for the store's file after it.
    let output = with_room(&company, 8_192, &["import", &file]);
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(74), "{complaint}");
    assert!(complaint.contains("has not come to its end") && complaint.contains("disk space"), "{complaint}");
    let kept = sales_rows(&company);
    assert!((1..110_000).contains(&kept), "{kept}");
    company.verify_cards();
    let report = company.analytics_json(&["import", &file]);
    assert_eq!(report["files"][0]["new"], 110_000 - kept);
    assert!(company.store().reader().unwrap().unfinished_imports().unwrap().is_empty());
}

#[test]
fn an_unreadable_folder_is_named_and_nothing_is_written() {
    let company = Company::new();
    let folder = company.path("closed");
    std::fs::create_dir(&folder).unwrap();
    company.file("closed/sales.csv", "slip_no,line_no,sold_on,customer_code,amount\nS1,1,2026-01-01,C1,1\n");
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o000)).unwrap();
    let command = company.analytics(&["import", folder.to_str().unwrap()]);
    // Permissions apply to root too once it has dropped the capabilities that override them.
    let mut held = Command::new("setpriv");
    held.args(["--bounding-set", "-dac_override,-dac_read_search"]);
    held.args(["--inh-caps", "-dac_override,-dac_read_search", "--"]);
    let superuser = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let output = wrapped(if superuser { held } else { Command::new("env") }, &command);
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700)).unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(77), "{complaint}");
    assert!(complaint.contains("closed") && complaint.contains("cannot be read"), "{complaint}");
    assert_eq!(sales_rows(&company), 0);
}

#[test]
fn a_full_disk_during_a_sync_is_reported_as_such() {
    let company = Company::new();
    company.analytics_ok(&["import", &sales(&company, "sales.csv", "S", 0..60_000)]);
    let output = with_room(&company, 200, &["sync", "--rebuild"]);
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(74), "{complaint}");
    assert!(complaint.contains("check disk space and permissions"), "{complaint}");
    company.analytics_ok(&["sync", "--verify"]);
}

#[test]
fn an_import_without_room_for_cards_says_that_its_rows_are_stored() {
    let company = Company::new();
    let rows = |from: usize, to: usize| {
        let rows = (from..to).map(|row| format!("C{row:05},株式会社{row},{}", "備考".repeat(30)));
        csv("customer_code,customer_name,remarks", rows)
    };
    company.analytics_ok(&["import", &company.file("customers.csv", &rows(0, 10))]);
    let more = company.file("customers-2.csv", &rows(10, 3_000));
    // Somewhere between "nothing fits" and "everything fits" there is room for the rows only.
    let mut waited = 0;
    for kib in (400..12_000).step_by(200) {
        let output = with_room(&company, kib, &["import", &more, "--format", "json"]);
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        let customers =
            company.store().reader().unwrap().control_total(&dataset::CUSTOMERS, None).unwrap().rows;
        match output.status.code() {
            Some(74) => assert_eq!(customers, 10, "{kib}: {complaint}"),
            Some(0) => {
                assert_eq!(customers, 3_000, "{kib}");
                waited += usize::from(report["warnings"][0]["code"] == "cards_waiting");
                break;
            }
            other => panic!("{kib}: {other:?} {complaint}"),
        }
    }
    assert_eq!(waited, 1, "the smallest room for the rows has none for the cards");
    company.verify_cards();
}

#[test]
fn an_export_without_room_prints_one_line_and_leaves_no_file() {
    let company = Company::new();
    company.analytics_ok(&["import", &sales(&company, "sales.csv", "S", 0..20_000)]);
    let folder = company.path("out");
    for kind in ["csv", "xlsx"] {
        let arguments = ["export", "sales", "--out", folder.to_str().unwrap(), "--as", kind];
        let output = with_room(&company, 40, &arguments);
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(74), "{kind}: {complaint}");
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
        assert!(complaint.contains(&format!("sales.{kind} cannot be written")), "{complaint}");
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "{kind}");
        company.analytics_ok(&arguments);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}

#[test]
fn a_report_without_room_prints_one_line_and_leaves_the_old_file() {
    let company = Company::new();
    let rows = (0..6_000).map(|row| format!("C{row:05},株式会社{row}"));
    let customers = company.file("customers.csv", &csv("customer_code,customer_name", rows));
    company.analytics_ok(&["import", &customers]);
    company.analytics_ok(&["sync"]);
    for kind in ["xlsx", "csv", "html"] {
        let file = company.path(&format!("ltv.{kind}"));
        let arguments = ["ltv", "--top", "6000", "--out", file.to_str().unwrap()];
        company.analytics_ok(&arguments);
        let before = std::fs::read(&file).unwrap();
        let output = with_room(&company, 40, &arguments);
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(74), "{kind}: {complaint}");
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
        assert!(complaint.contains(&format!("ltv.{kind} cannot be written")), "{complaint}");
        assert!(std::fs::read(&file).unwrap() == before, "{kind}");
        let left = std::fs::read_dir(file.parent().unwrap()).unwrap().flatten();
        assert!(left.map(|entry| entry.file_name()).all(|name| !name.to_string_lossy().ends_with(".tmp")));
    }
}

#[test]
fn a_workbook_is_not_blamed_when_there_is_no_room_to_unpack_it() {
    let company = Company::new();
    company.analytics_ok(&["import", &sales(&company, "sales.csv", "S", 0..20_000)]);
    let folder = company.path("out");
    company.analytics_ok(&["export", "sales", "--out", folder.to_str().unwrap(), "--as", "xlsx"]);
    let book = folder.join("sales.xlsx");
    let book = book.to_str().unwrap();
    let full = with_room(&company, 100, &["import", book]);
    let missing = company.analytics(&["import", book]).env("TMPDIR", "/nowhere").output().unwrap();
    for output in [full, missing] {
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(74), "{complaint}");
        assert!(complaint.contains("temporary files") && complaint.contains("TMPDIR"), "{complaint}");
        assert!(!complaint.contains("sales.xlsx"), "{complaint}");
    }
}
