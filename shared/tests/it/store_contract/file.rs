//! The store's file under an open store, and after a crash.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::write;
use shared::dataset;
use shared::store::{Store, StoreError};
use test_support::{new_store, put};

fn add(store: &Store, code: usize) {
    let code = format!("{code:05}");
    write(store, &[(&dataset::CUSTOMERS, &[("customer_code", &code), ("customer_name", "x")])]);
}

fn customers(store: &Store) -> u64 {
    store.reader().unwrap().control_total(&dataset::CUSTOMERS, None).unwrap().rows
}

fn is_refused(store: &Store) -> bool {
    let written = store.write(|tx| {
        put(tx, &dataset::CUSTOMERS, &[("customer_code", "late"), ("customer_name", "x")]);
        Ok::<_, StoreError>(())
    });
    let refused = matches!(written, Err(StoreError::Moved { .. }));
    assert_eq!(refused, matches!(store.check_file(), Err(StoreError::Moved { .. })));
    assert_eq!(refused, matches!(store.reader(), Err(StoreError::Moved { .. })));
    refused
}

#[test]
fn nothing_is_acknowledged_once_the_file_is_deleted_moved_replaced_or_cut() {
    let harms: [fn(&Path); 4] = [
        |file| std::fs::remove_file(file).unwrap(),
        |file| std::fs::rename(file, file.with_extension("moved")).unwrap(),
        |file| {
            std::fs::copy(file, file.with_extension("copy")).unwrap();
            std::fs::rename(file.with_extension("copy"), file).unwrap();
        },
        |file| std::fs::write(file, b"SQLite format 3\0").unwrap(),
    ];
    for harm in harms {
        let (folder, store) = new_store();
        add(&store, 1);
        assert!(!is_refused(&store));
        harm(&folder.path().join("company.db"));
        assert!(is_refused(&store));
    }
}

#[test]
fn nothing_is_acknowledged_once_the_log_is_deleted() {
    let (folder, store) = new_store();
    add(&store, 1);
    std::fs::remove_file(folder.path().join("company.db-wal")).unwrap();
    assert!(is_refused(&store));
}

#[test]
fn a_write_is_not_acknowledged_when_the_file_goes_while_it_is_made() {
    let (folder, store) = new_store();
    let written = store.write(|tx| {
        put(tx, &dataset::CUSTOMERS, &[("customer_code", "1"), ("customer_name", "x")]);
        std::fs::remove_file(folder.path().join("company.db")).unwrap();
        Ok::<_, StoreError>(())
    });
    assert!(matches!(written, Err(StoreError::Moved { .. })));
}

#[test]
fn a_link_to_the_store_is_the_store() {
    let (folder, store) = new_store();
    let link = folder.path().join("link.db");
    std::os::unix::fs::symlink(folder.path().join("company.db"), &link).unwrap();
    let linked = Store::open(&link).unwrap();
    add(&linked, 1);
    add(&store, 2);
    assert_eq!((customers(&linked), customers(&store)), (2, 2));
    let claim = store.claim_for_bridge().unwrap();
    assert!(matches!(linked.claim_for_bridge(), Err(StoreError::Served(_))));
    drop(claim);
    assert!(linked.claim_for_bridge().is_ok());
}

/// The files of a store as a crash would leave them: copied while it is open.
struct Image {
    folder: PathBuf,
}

impl Image {
    fn take(store: &Path, folder: PathBuf) -> Self {
        std::fs::create_dir(&folder).unwrap();
        for ending in ["", "-wal"] {
            let name = format!("company.db{ending}");
            std::fs::copy(store.join(&name), folder.join(&name)).unwrap();
        }
        Self { folder }
    }

    fn store(&self) -> PathBuf {
        self.folder.join("company.db")
    }
}

/// Copies of the file are made between writes and checkpoints. Beside the log as it is at the end each of them is either
/// refused, or the log makes it the store as it is at the end.
#[test]
fn a_log_is_written_into_no_file_that_it_was_not_made_for() {
    const STEPS: usize = 60;
    let (folder, store) = new_store();
    let path = folder.path().join("company.db");
    let mut copies = Vec::new();
    for step in 0..STEPS {
        add(&store, step);
        if step % 7 == 3 {
            let other = rusqlite::Connection::open(&path).unwrap();
            other.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())).unwrap();
        }
        let copy = folder.path().join(format!("copy-{step}"));
        std::fs::copy(&path, &copy).unwrap();
        copies.push(copy);
    }
    let image = Image::take(folder.path(), folder.path().join("image"));
    let log = std::fs::read(image.folder.join("company.db-wal")).unwrap();
    assert_eq!(customers(&Store::open(&image.store()).unwrap()), STEPS as u64, "the crashed store itself");

    let (mut refused, mut accepted) = (0, 0);
    for copy in copies {
        std::fs::copy(copy, image.store()).unwrap();
        std::fs::write(image.folder.join("company.db-wal"), &log).unwrap();
        let _ = std::fs::remove_file(image.folder.join("company.db-shm"));
        match Store::open(&image.store()) {
            Err(StoreError::StrayLog { .. }) => refused += 1,
            Err(error) => panic!("{error}"),
            Ok(opened) => {
                assert_eq!(customers(&opened), STEPS as u64);
                let found = opened.reader().unwrap().check_whole_file().unwrap();
                assert!(found.problems.is_empty(), "{found:?}");
                accepted += 1;
            }
        }
    }
    assert!(refused > STEPS / 2 && accepted > 0, "{refused} refused, {accepted} accepted");
}

#[test]
fn a_backup_never_takes_the_log_of_the_store_that_it_was_made_of() {
    let (folder, store) = new_store();
    add(&store, 1);
    let backup = folder.path().join("backup.db");
    let made = store.back_up(&backup).unwrap();
    assert_eq!(made.store_id, store.store_id().unwrap());
    assert!(matches!(store.back_up(&backup), Err(StoreError::Exists(_))));
    add(&store, 2);
    let image = Image::take(folder.path(), folder.path().join("image"));
    std::fs::copy(&backup, image.store()).unwrap();
    assert!(matches!(Store::open(&image.store()), Err(StoreError::StrayLog { .. })));

    let opened = Store::open(&backup).unwrap();
    assert_eq!((customers(&opened), customers(&store)), (1, 2));
    assert_eq!(opened.store_id().unwrap(), store.store_id().unwrap());
}

#[test]
fn every_new_store_has_a_number_of_its_own() {
    let ((_one, first), (_two, second)) = (new_store(), new_store());
    let (first, second) = (first.store_id().unwrap(), second.store_id().unwrap());
    assert_eq!((first.len(), second.len()), (32, 32));
    assert_ne!(first, second);
}

/// One program writes one transaction after the other; another has something to write now and then.
#[test]
fn who_waits_to_write_comes_before_the_next_transaction_of_a_program_that_goes_on_and_on() {
    const WRITES: usize = 20;
    let (folder, busy) = new_store();
    let agent = Store::open(&folder.path().join("company.db")).unwrap();
    let (begun, done) = (AtomicUsize::new(0), AtomicBool::new(false));
    let worst = std::thread::scope(|threads| {
        threads.spawn(|| {
            for step in 0.. {
                if done.load(Ordering::SeqCst) {
                    break;
                }
                busy.write(|tx| {
                    begun.fetch_add(1, Ordering::SeqCst);
                    for row in 0..500 {
                        let code = format!("{step}-{row}");
                        put(tx, &dataset::CUSTOMERS, &[("customer_code", &code), ("customer_name", "x")]);
                    }
                    Ok::<_, StoreError>(())
                })
                .unwrap();
            }
        });
        while begun.load(Ordering::SeqCst) == 0 {
            std::thread::yield_now();
        }
        let overtaken = |_| {
            let asked = begun.load(Ordering::SeqCst);
            let written = agent.write(|_| Ok::<_, StoreError>(begun.load(Ordering::SeqCst)));
            written.unwrap() - asked
        };
        let worst = (0..WRITES).map(overtaken).max();
        done.store(true, Ordering::SeqCst);
        worst
    });
    // The one that was about to begin, and the one that began while the agent was asking.
    assert!(worst.is_some_and(|worst| worst <= 2), "{worst:?} transactions came before");
}
