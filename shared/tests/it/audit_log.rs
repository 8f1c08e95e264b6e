//! The audit log's files beside the store.

use std::fs;
use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use shared::audit_log::{AuditWriter, Trail, folder_of, trail};
use shared::store::{AuditEntry, AuditFilter, Store};

use test_support::new_store;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn entry(at: DateTime<Utc>, n: usize) -> AuditEntry {
    AuditEntry {
        at,
        actor: format!("A{}", n % 3),
        action: ["customer.lookup", "customer.history", "sign_in"][n % 3].to_owned().into(),
        subject: (!n.is_multiple_of(4)).then(|| format!("C{}", n % 4)),
        detail: Some(format!("「{n}」\n\"x\"")),
    }
}

fn append(store: &Store, entries: &[AuditEntry]) {
    let mut writer = AuditWriter::beside(store.location());
    let mut rest = entries;
    while !rest.is_empty() {
        rest = &rest[writer.append(rest).unwrap()..];
    }
}

fn read(store: &Store, filter: &AuditFilter) -> (Vec<AuditEntry>, Trail) {
    let mut found = Vec::new();
    let trail = trail(store, filter, &mut |entry| {
        found.push(entry);
        ControlFlow::Continue(())
    });
    (found, trail.unwrap())
}

#[test]
fn each_month_in_japan_has_a_file_that_only_its_owner_reads() {
    let (_folder, store) = new_store();
    let folder = folder_of(store.location());
    // The second is the first instant of November in Japan.
    let entries = [at("2026-10-31T14:59:59.999Z"), at("2026-10-31T15:00:00Z"), at("2026-12-01T00:00:00Z")]
        .map(|at| entry(at, 1));
    append(&store, &entries);
    let mut names: Vec<String> =
        fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["2026-10.jsonl", "2026-11.jsonl", "2026-12.jsonl"]);
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(&folder.join("2026-10.jsonl"))), (0o700, 0o600));
    assert_eq!(read(&store, &AuditFilter::default()), (entries.to_vec(), Trail { damaged: 0 }));
}

#[test]
fn lines_that_a_crash_cut_off_or_that_are_damaged_are_counted_and_hide_nothing_else() {
    let (_folder, store) = new_store();
    let path = folder_of(store.location()).join("2026-11.jsonl");
    let now = at("2026-11-22T00:00:00Z");
    append(&store, &[entry(now, 1)]);
    let mut content = fs::read(&path).unwrap();
    content.extend(b"not an entry\n");
    content.extend(vec![b'x'; 1_000_000]);
    content.extend(b"\n{\"at\":\"2026-11-22T00:00:01Z\",\"actor\":\"A2");
    fs::write(&path, content).unwrap();
    append(&store, &[entry(now, 2), entry(now, 3)]);
    assert_eq!(
        read(&store, &AuditFilter::default()),
        (vec![entry(now, 1), entry(now, 2), entry(now, 3)], Trail { damaged: 3 })
    );
}

#[test]
fn a_file_that_was_moved_away_is_made_again() {
    let (_folder, store) = new_store();
    let folder = folder_of(store.location());
    let now = at("2026-11-22T00:00:00Z");
    let mut writer = AuditWriter::beside(store.location());
    writer.append(&[entry(now, 1)]).unwrap();
    fs::rename(folder.join("2026-11.jsonl"), folder.join("2026-11-first.jsonl")).unwrap();
    writer.append(&[entry(now, 2)]).unwrap();
    fs::remove_dir_all(&folder).unwrap();
    writer.append(&[entry(now, 3)]).unwrap();
    assert_eq!(read(&store, &AuditFilter::default()).0, [entry(now, 3)]);
}

#[test]
fn what_cannot_be_written_is_not_there_by_half() {
    let (_folder, store) = new_store();
    fs::write(folder_of(store.location()), "").unwrap();
    let mut writer = AuditWriter::beside(store.location());
    let now = at("2026-11-22T00:00:00Z");
    let error = writer.append(&[entry(now, 1)]).unwrap_err().to_string();
    assert!(error.contains("company.db-audit") && error.contains("disk space"), "{error}");
    fs::remove_file(folder_of(store.location())).unwrap();
    assert_eq!(writer.append(&[entry(now, 1)]).unwrap(), 1);
    assert_eq!(read(&store, &AuditFilter::default()).0.len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// Against a naive model: all entries of both places, filtered, in the order of time, the last few.
    #[test]
    fn the_trail_merges_store_and_files(
        stored in proptest::collection::vec(0_i64..4_000, 0..20),
        filed in proptest::collection::vec(0_i64..4_000, 0..40),
        since in proptest::option::of(0_i64..4_000), until in proptest::option::of(0_i64..4_000),
        actor in proptest::option::of("A[0-3]"), subject in proptest::option::of("C[0-4]"),
        action in proptest::option::of("customer\\.|customer\\.lookup|sign_in|customer|nothing"),
        limit in proptest::option::of(0_usize..70),
    ) {
        let (_folder, store) = new_store();
        // 4,000 hours are more than five months.
        let hour = |n: i64| at("2026-06-01T00:00:00Z") + TimeDelta::hours(n);
        let of = |hours: &[i64], first: usize| -> Vec<AuditEntry> {
            let mut hours = hours.to_vec();
            hours.sort_unstable();
            hours.iter().enumerate().map(|(n, h)| entry(hour(*h), first + n)).collect()
        };
        let (stored, filed) = (of(&stored, 0), of(&filed, 100));
        store.write(|tx| stored.iter().try_for_each(|entry| tx.audit(entry))).unwrap();
        append(&store, &filed);
        let filter = AuditFilter { since: since.map(hour), until: until.map(hour), actor, action, subject, limit };
        // A stable sort: of one instant, those of the files come first.
        let mut model: Vec<AuditEntry> = filed.into_iter().chain(stored).collect();
        model.sort_by_key(|entry| entry.at);
        model.retain(|entry| {
            filter.since.is_none_or(|since| entry.at >= since)
                && filter.until.is_none_or(|until| entry.at < until)
                && filter.actor.as_ref().is_none_or(|actor| &entry.actor == actor)
                && filter.subject.as_ref().is_none_or(|subject| entry.subject.as_ref() == Some(subject))
                && filter.action.as_ref().is_none_or(|action| match action.ends_with('.') {
                    true => entry.action.as_str().starts_with(action),
                    false => entry.action.as_str() == action,
                })
        });
        let first = model.len().saturating_sub(limit.unwrap_or(usize::MAX));
        prop_assert_eq!(read(&store, &filter).0, model.split_off(first));
    }
}
