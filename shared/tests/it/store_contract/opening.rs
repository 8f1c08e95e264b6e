//! Opening a store, and what a transaction is.

use super::{akagi, noon, with_pragma, write};
use shared::agent::AgentRole;
use shared::dataset;
use shared::store::{AuditEntry, NewAgent, Store, StoreError};
use test_support::{new_store, put};

#[test]
fn a_file_that_is_not_a_store_is_refused_and_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    assert!(matches!(Store::open(&path), Err(StoreError::Missing(_))));
    assert!(!path.exists(), "opening must not create");

    std::fs::write(&path, "顧客コード,顧客名\n".repeat(100)).unwrap();
    let before = std::fs::read(&path).unwrap();
    assert!(matches!(Store::open(&path), Err(StoreError::NotAStore { .. })));
    assert!(matches!(Store::create(&path), Err(StoreError::Exists(_))));
    assert_eq!(std::fs::read(&path).unwrap(), before);

    assert!(matches!(Store::open(folder.path()), Err(StoreError::NotAStore { .. })));
    std::fs::write(&path, "").unwrap();
    assert!(matches!(Store::open(&path), Err(StoreError::NotAStore { .. })));
    assert!(Store::create(&path).is_ok(), "an empty file is what a killed init leaves behind");
}

#[test]
fn foreign_databases_and_newer_schemas_are_refused() {
    let (folder, store) = new_store();
    let path = folder.path().join("company.db");
    drop(store);
    with_pragma(&path, "PRAGMA user_version = 999");
    let Err(StoreError::Newer { found, known, .. }) = Store::open(&path) else {
        panic!("newer schema accepted")
    };
    assert!(found == 999 && known < 999);
    with_pragma(&path, "PRAGMA application_id = 7");
    assert!(matches!(Store::open(&path), Err(StoreError::NotAStore { .. })));
}

#[test]
fn nothing_is_put_beside_another_programs_database() {
    for settings in ["", "PRAGMA application_id = 7;", "PRAGMA journal_mode = WAL;"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("other.db");
        with_pragma(&path, &format!("{settings} CREATE TABLE customer (name TEXT)"));
        let beside = || {
            std::fs::read_dir(folder.path())
                .unwrap()
                .map(|entry| entry.unwrap().file_name())
                .collect::<Vec<_>>()
        };
        let (before, bytes) = (beside(), std::fs::read(&path).unwrap());
        assert!(matches!(Store::open(&path), Err(StoreError::NotAStore { .. })), "{settings}");
        assert_eq!((beside(), std::fs::read(&path).unwrap()), (before, bytes), "{settings}");
    }
}

#[test]
fn a_failed_transaction_leaves_nothing() {
    let (_folder, store) = new_store();
    let failed = store.write(|tx| {
        put(tx, &dataset::CUSTOMERS, &[("customer_code", "1"), ("customer_name", "x")]);
        Err::<(), _>(StoreError::Conflict(shared::message!("中止", "stop")))
    });
    assert!(failed.is_err());
    let mut reader = store.reader().unwrap();
    assert_eq!(reader.control_total(&dataset::CUSTOMERS, None).unwrap().rows, 0);
    assert_eq!(reader.change_no().unwrap(), 0);
}

#[test]
fn a_token_works_until_it_is_revoked_or_expires_and_is_never_stored() {
    let (folder, store) = new_store();
    let now = noon("2026-11-01");
    let agent = |code: &str, extension: &str| NewAgent {
        agent_code: code.to_owned(),
        agent_name: "佐藤 花子".to_owned(),
        extension: Some(extension.to_owned()),
        role: AgentRole::Agent,
        token_expires_at: Some(noon("2026-12-01")),
    };
    let token = store.write(|tx| tx.add_agent(&agent("A201", "201"), now)).unwrap();
    let mut reader = store.reader().unwrap();
    assert_eq!(reader.signed_in(&token, now).unwrap().unwrap().agent.agent_code, "A201");
    assert!(reader.signed_in(&token, noon("2026-12-01")).unwrap().is_none(), "expired");
    assert!(reader.signed_in("wrong", now).unwrap().is_none());
    let taken = store.write(|tx| tx.add_agent(&agent("A999", "201"), now));
    assert!(matches!(taken, Err(StoreError::Conflict(_))), "one extension, one agent");
    store.write(|tx| tx.add_agent(&agent("A202", "202"), now)).unwrap();
    let give = |code: &str, phone: &str| store.write(|tx| tx.add_phone(code, phone));
    assert!(give("A202", "osaka/202").unwrap() && !give("A202", "osaka/202").unwrap(), "it has it already");
    assert!(!give("A202", "202").unwrap(), "its main phone is none beside it");
    for (code, phone) in [("A202", "201"), ("A201", "osaka/202"), ("A777", "777")] {
        assert!(matches!(give(code, phone), Err(StoreError::Conflict(_))), "{code} {phone}");
    }
    let taken = store.write(|tx| tx.add_agent(&agent("A999", "osaka/202"), now));
    assert!(matches!(taken, Err(StoreError::Conflict(_))), "one phone, one agent");
    assert_eq!(reader.active_agent("A202").unwrap().unwrap().phones, ["osaka/202"]);
    assert!(store.write(|tx| tx.remove_phone("A202", "osaka/202")).unwrap());
    assert!(!store.write(|tx| tx.remove_phone("A202", "osaka/202")).unwrap());
    let second = store.write(|tx| tx.add_agent(&agent("A201", "201"), now)).unwrap();
    assert_ne!(token, second);
    assert!(store.write(|tx| tx.revoke_agent("A201", now)).unwrap());
    assert!(!store.write(|tx| tx.revoke_agent("A777", now)).unwrap());
    assert!(reader.signed_in(&token, now).unwrap().is_none());
    assert!(reader.signed_in(&second, now).unwrap().is_none());
    drop((reader, store));
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(token.len()).any(|part| part == token.as_bytes()), "the token is in the file");
    }
}

#[test]
fn the_audit_trail_cannot_be_rewritten() {
    let (folder, store) = new_store();
    let entry = AuditEntry {
        at: noon("2026-11-01"),
        actor: "A201".to_owned(),
        action: "lookup".to_owned().into(),
        subject: Some("00017".to_owned()),
        detail: None,
    };
    store.write(|tx| tx.audit(&entry)).unwrap();
    let connection = rusqlite::Connection::open(folder.path().join("company.db")).unwrap();
    assert!(connection.execute("UPDATE audit SET actor = 'x'", []).is_err());
    assert!(connection.execute("DELETE FROM audit", []).is_err());
    let row = "INTO audit (audit_no, at, actor, action) VALUES (1, '2026-11-01', 'x', 'y')";
    for instead in ["REPLACE", "INSERT OR REPLACE", "INSERT OR IGNORE"] {
        // Whether it is refused or ignored: what was written stays.
        let _ = connection.execute(&format!("{instead} {row}"), []);
        let actor: String = connection.query_row("SELECT actor FROM audit", [], |row| row.get(0)).unwrap();
        assert_eq!(actor, "A201", "{instead}");
    }
    store.write(|tx| tx.audit(&entry)).unwrap();
}

#[test]
fn readers_read_while_a_writer_writes_and_see_whole_transactions() {
    let (_folder, store) = new_store();
    akagi(&store);
    let mut reader = store.reader().unwrap();
    store
        .write(|tx| {
            put(tx, &dataset::CUSTOMERS, &[("customer_code", "2"), ("customer_name", "x")]);
            assert_eq!(reader.control_total(&dataset::CUSTOMERS, None)?.rows, 1, "not committed yet");
            Ok::<_, StoreError>(())
        })
        .unwrap();
    let (first, second) = reader
        .consistent(|reader| {
            let first = reader.control_total(&dataset::CUSTOMERS, None)?.rows;
            write(&store, &[(&dataset::CUSTOMERS, &[("customer_code", "3"), ("customer_name", "y")])]);
            Ok::<_, StoreError>((first, reader.control_total(&dataset::CUSTOMERS, None)?.rows))
        })
        .unwrap();
    assert_eq!((first, second), (2, 2), "one consistent state");
    assert_eq!(reader.control_total(&dataset::CUSTOMERS, None).unwrap().rows, 3);
}
