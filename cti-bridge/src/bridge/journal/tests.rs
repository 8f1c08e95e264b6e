use super::*;

fn waiting(seconds: i64) -> Waiting {
    Waiting::new(Entry::AfterCallWork {
        call_id: "c-1".to_owned(),
        agent_code: None,
        seconds,
        key: seconds.to_string(),
    })
}

fn seconds(read: &[Waiting]) -> Vec<i64> {
    let seconds = |one: &Waiting| match &one.entry {
        Entry::AfterCallWork { seconds, .. } => *seconds,
        other => panic!("{other:?}"),
    };
    read.iter().map(seconds).collect()
}

#[test]
fn entries_come_back_in_their_order_and_each_is_written_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::beside(&folder.path().join("company.db"));
    assert!(journal.read().unwrap().is_empty());
    let mut entries = vec![waiting(1), waiting(2)];
    journal.keep(entries.iter_mut()).unwrap();
    entries.push(waiting(3));
    entries.push(Waiting::new(Entry::Unfinished { at: DateTime::UNIX_EPOCH }));
    journal.keep(entries.iter_mut()).unwrap();
    assert!(entries.iter().all(|one| one.safe));
    let file = folder.path().join("company.db-unwritten.jsonl");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(seconds(&journal.read().unwrap()), [1, 2, 3], "not the one that each start makes anew");
    journal.clear().unwrap();
    assert!(!file.exists());
}

#[test]
fn a_torn_line_costs_no_other_and_is_kept_aside() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::beside(&folder.path().join("company.db"));
    journal.keep([waiting(1), waiting(2)].iter_mut()).unwrap();
    let mut bytes = fs::read(journal.path()).unwrap();
    bytes.extend(b"{\"after_call_work\":{\"call_id\":\"c-");
    fs::write(journal.path(), bytes).unwrap();
    assert_eq!(seconds(&journal.read().unwrap()), [1, 2]);
    let aside = folder.path().join("company.db-unwritten.jsonl.unreadable");
    assert!(fs::read_to_string(aside).unwrap().starts_with("{\"after_call_work\""));
}
