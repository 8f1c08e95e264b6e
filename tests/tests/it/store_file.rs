//! What people do to the store's file: copy a backup over it, move one in its place, delete it, start a second bridge.

use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use crate::support::{csv, sales, sales_rows};
use test_support::{Company, Process};

/// Longer than a bridge takes to notice and to end.
const PATIENCE: Duration = Duration::from_secs(60);
/// The exit codes of `docs/exit-codes.md`.
const DATA: i32 = 65;
const UNAVAILABLE: i32 = 69;
const LOCKED: i32 = 75;

fn serve(company: &Company) -> Command {
    let mut command = company.bridge(&["serve", "--listen", "127.0.0.1:0"]);
    command.env("CHAKUDEN_LANG", "en");
    command
}

/// A bridge that serves the store; what it complains about goes into a file.
fn bridge(company: &Company) -> Process {
    let command = serve(company);
    let mut shell = test_support::command("bash");
    shell.args(["-c", "exec \"$0\" \"$@\" 2> \"$COMPLAINTS\""]).env("COMPLAINTS", complaints(company));
    shell.env("CHAKUDEN_LANG", "en").arg(command.get_program()).args(command.get_args());
    let bridge = Process::start(shell);
    bridge.listening();
    bridge
}

fn complaints(company: &Company) -> PathBuf {
    company.path("complaints.txt")
}

fn refused(output: &Output, code: i32) -> String {
    let complaint = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{complaint}");
    assert_eq!(complaint.lines().count(), 1, "{complaint}");
    complaint
}

/// A company with 100 sales lines, a copy of its file from before, and 50 more lines that only the log has: the bridge
/// that had the store open was killed.
fn crashed() -> (Company, PathBuf) {
    let company = Company::new();
    company.analytics_ok(&["import", &sales(&company, "sales-1.csv", "A", 0..100)]);
    let backup = company.path("copy.db");
    std::fs::copy(company.store_path(), &backup).unwrap();
    company.analytics_ok(&["import", &sales(&company, "sales-2.csv", "B", 0..10)]);
    let bridge = bridge(&company);
    company.analytics_ok(&["import", &sales(&company, "sales-3.csv", "C", 0..40)]);
    bridge.kill();
    assert!(company.path("company.db-wal").metadata().unwrap().len() > 0);
    (company, backup)
}

#[test]
fn a_crashed_store_has_everything_that_was_acknowledged() {
    let (company, _) = crashed();
    assert_eq!(sales_rows(&company), 150);
    company.analytics_ok(&["store", "check"]);
    company.verify_cards();
}

#[test]
fn a_backup_copied_over_a_crashed_store_is_not_mixed_with_the_log_of_the_other_file() {
    let (company, backup) = crashed();
    std::fs::copy(&backup, company.store_path()).unwrap();
    let before = std::fs::read(company.store_path()).unwrap();
    let more = sales(&company, "sales-4.csv", "D", 0..5);
    let complaint = refused(&company.analytics(&["import", &more]).output().unwrap(), DATA);
    assert!(complaint.contains("company.db-wal") && complaint.contains("store restore"), "{complaint}");
    let complaint = refused(&serve(&company).output().unwrap(), DATA);
    assert!(complaint.contains("company.db-wal"), "{complaint}");
    assert_eq!(std::fs::read(company.store_path()).unwrap(), before, "nothing was written");

    company.analytics_ok(&["store", "restore", backup.to_str().unwrap(), "--yes"]);
    company.analytics_ok(&["store", "check"]);
    assert_eq!(sales_rows(&company), 100);
    company.verify_cards();
}

#[test]
fn a_crashed_store_can_be_restored_and_its_file_is_kept_with_its_log() {
    let (company, backup) = crashed();
    let restored = company.analytics_json(&["store", "restore", backup.to_str().unwrap(), "--yes"]);
    assert_eq!(sales_rows(&company), 100);
    let kept = PathBuf::from(restored["kept"].as_str().unwrap());
    std::fs::rename(company.store_path(), company.path("restored.db")).unwrap();
    for ending in ["", "-wal"] {
        let from = format!("{}{ending}", kept.display());
        std::fs::rename(from, company.path(&format!("company.db{ending}"))).unwrap();
    }
    assert_eq!(sales_rows(&company), 150, "the file that was replaced");
}

#[test]
fn a_bridge_whose_store_is_replaced_ends_with_a_reason_and_damages_neither_file() {
    let company = Company::new();
    company.analytics_ok(&["import", &sales(&company, "sales-1.csv", "A", 0..100)]);
    let backup = company.path("backup.db");
    company.analytics_ok(&["store", "backup", backup.to_str().unwrap()]);
    let mut bridge = bridge(&company);
    company.analytics_ok(&["import", &sales(&company, "sales-2.csv", "B", 0..50)]);
    std::fs::rename(company.store_path(), company.path("aside.db")).unwrap();
    std::fs::rename(&backup, company.store_path()).unwrap();
    let ended = bridge.ended_within(PATIENCE).expect("the bridge notices");
    let said = std::fs::read_to_string(complaints(&company)).unwrap();
    assert_eq!(ended.code(), Some(UNAVAILABLE), "{said}");
    let last = said.lines().last().unwrap();
    assert!(
        last.contains("company.db") && last.contains("another file") && last.contains("restore"),
        "{last}"
    );
    // The last writes of the file that was moved away are in the log that it left: the log goes where its file went.
    let complaint = refused(&company.analytics(&["store", "check"]).output().unwrap(), DATA);
    assert!(complaint.contains("company.db-wal"), "{complaint}");
    std::fs::rename(company.path("company.db-wal"), company.path("aside.db-wal")).unwrap();
    company.analytics_ok(&["store", "check"]);
    assert_eq!(sales_rows(&company), 100, "the backup is in its place");
    for ending in ["", "-wal"] {
        let from = company.path(&format!("aside.db{ending}"));
        std::fs::rename(from, company.path(&format!("company.db{ending}"))).unwrap();
    }
    company.analytics_ok(&["store", "check"]);
    assert_eq!(sales_rows(&company), 150, "the file that the bridge had open");
}

#[test]
fn programs_refuse_a_store_while_a_bridge_still_uses_the_file_that_was_there_before() {
    let company = Company::new();
    company.analytics_ok(&["import", &sales(&company, "sales-1.csv", "A", 0..100)]);
    let backup = company.path("backup.db");
    company.analytics_ok(&["store", "backup", backup.to_str().unwrap()]);
    let held = company.store();
    std::fs::rename(company.store_path(), company.path("aside.db")).unwrap();
    std::fs::rename(&backup, company.store_path()).unwrap();
    let more = sales(&company, "sales-2.csv", "B", 0..5);
    let complaint = refused(&company.analytics(&["import", &more]).output().unwrap(), UNAVAILABLE);
    assert!(complaint.contains("company.db"), "{complaint}");
    drop(held);
    company.analytics_ok(&["import", &more]);
    assert_eq!(sales_rows(&company), 105);
}

#[test]
fn a_bridge_whose_store_is_deleted_ends_with_a_reason() {
    let company = Company::new();
    let mut bridge = bridge(&company);
    std::fs::remove_file(company.store_path()).unwrap();
    let ended = bridge.ended_within(PATIENCE).expect("the bridge notices");
    let said = std::fs::read_to_string(complaints(&company)).unwrap();
    assert_eq!(ended.code(), Some(UNAVAILABLE), "{said}");
    assert!(said.contains("deleted or moved"), "{said}");
}

#[test]
fn a_second_bridge_is_refused_until_the_first_is_gone() {
    let company = Company::new();
    let first = bridge(&company);
    let complaint = refused(&serve(&company).output().unwrap(), LOCKED);
    assert!(complaint.contains("company.db") && complaint.contains("another cti-bridge"), "{complaint}");
    let demo = company.bridge(&["demo"]).env("CHAKUDEN_LANG", "en").output().unwrap();
    assert!(refused(&demo, LOCKED).contains("another cti-bridge"));
    first.kill();
    bridge(&company).kill();
}

#[test]
fn a_store_in_use_is_not_replaced() {
    let company = Company::new();
    company.analytics_ok(&["import", &sales(&company, "sales-1.csv", "A", 0..100)]);
    let backup = company.path("backup.db");
    let backup = backup.to_str().unwrap();
    company.analytics_ok(&["store", "backup", backup]);
    company.analytics_ok(&["import", &sales(&company, "sales-2.csv", "B", 0..1)]);
    let bridge = bridge(&company);
    let restore = ["store", "restore", backup, "--yes"];
    let complaint = refused(&company.analytics(&restore).output().unwrap(), LOCKED);
    assert!(complaint.contains("company.db") && complaint.contains("stop cti-bridge"), "{complaint}");
    assert_eq!(sales_rows(&company), 101);
    bridge.kill();
    company.analytics_ok(&restore);
    assert_eq!(sales_rows(&company), 100);
    assert!(!company.path("backup.db-wal").exists() && !company.path("backup.db-shm").exists());
}

#[test]
fn a_backup_that_is_damaged_or_no_store_replaces_nothing() {
    let company = Company::new();
    company.analytics_ok(&["import", &sales(&company, "sales-1.csv", "A", 0..5_000)]);
    let backup = company.path("backup.db");
    company.analytics_ok(&["store", "backup", backup.to_str().unwrap()]);
    damage(&backup);
    let text = company.file("text.db", &csv("customer_code", (0..100).map(|row| row.to_string())));
    for (file, told) in [(backup.to_str().unwrap(), "is damaged"), (&text, "is not a Chakuden store")] {
        let output = company.analytics(&["store", "restore", file, "--yes"]).output().unwrap();
        let complaint = refused(&output, DATA);
        assert!(complaint.contains(file) && complaint.contains(told), "{complaint}");
    }
    assert_eq!(sales_rows(&company), 5_000);
}

/// Overwrites the middle of a file.
fn damage(path: &Path) {
    let file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
    let middle = file.metadata().unwrap().len() / 2 / 4_096 * 4_096;
    file.write_all_at(&[0xa5; 4 * 4_096], middle).unwrap();
}

#[test]
fn a_store_that_was_damaged_when_its_program_ended_is_not_opened() {
    let company = Company::new();
    company.analytics_ok(&["import", &sales(&company, "sales-1.csv", "A", 0..5_000)]);
    let bridge = bridge(&company);
    company.analytics_ok(&["import", &sales(&company, "sales-2.csv", "B", 0..1)]);
    bridge.kill();
    damage(&company.store_path());
    let complaint = refused(&serve(&company).output().unwrap(), DATA);
    assert!(complaint.contains("is damaged") && complaint.contains("store restore"), "{complaint}");
}

#[test]
fn only_its_owner_can_read_the_store_and_what_lies_beside_it() {
    let company = Company::new();
    let store = company.store();
    company.analytics_ok(&["import", &sales(&company, "sales-1.csv", "A", 0..1)]);
    let backup = company.path("backup.db");
    company.analytics_ok(&["store", "backup", backup.to_str().unwrap()]);
    let files = ["company.db", "company.db-wal", "company.db-shm", "company.db-lock", "backup.db"];
    for name in files {
        let mode = company.path(name).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{name}: {mode:o}");
    }
    drop(store);
}

#[test]
fn a_backup_names_what_is_not_in_it() {
    let company = Company::new();
    company.analytics_ok(&["sync"]);
    std::fs::create_dir(company.path("company.db-audit")).unwrap();
    company.file("company.db-unwritten.jsonl", "");
    company.file("company.db.schedule.toml", "");
    let backup = company.path("company.db-monday");
    let made = company.analytics_json(&["store", "backup", backup.to_str().unwrap()]);
    let expected = ["company.db-audit", "company.db-unwritten.jsonl", "company.db.schedule.toml"];
    assert_eq!(made["left_out"], serde_json::json!(expected));
}
