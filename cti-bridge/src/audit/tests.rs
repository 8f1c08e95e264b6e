use std::ops::ControlFlow;

use shared::audit_log::{self, folder_of};
use shared::store::{AuditFilter, StoreError};
use test_support::FixedClock;

use super::*;

struct World {
    store: Store,
    metrics: Metrics,
    _folder: tempfile::TempDir,
}

fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(&folder.path().join("s.db")).unwrap();
    World { store, metrics: Metrics::new(), _folder: folder }
}

impl World {
    fn start(&self, queue_max: usize) -> (Auditor, oneshot::Receiver<()>) {
        let limits =
            AuditLimits { queue_max, flush: Duration::from_millis(1), retry: Duration::from_millis(5) };
        let clock = Arc::new(FixedClock::new("2026-11-22T00:00:00Z".parse().unwrap()));
        Auditor::start(&self.store, clock, limits, self.metrics.clone()).unwrap()
    }

    fn log(&self) -> Vec<AuditEntry> {
        let mut found = Vec::new();
        let mut each = |entry| {
            found.push(entry);
            ControlFlow::Continue(())
        };
        audit_log::trail(&self.store, &AuditFilter::default(), &mut each).unwrap();
        found
    }
}

#[tokio::test]
async fn all_entries_are_written_in_order_before_the_stop() {
    let world = world();
    let (audit, ended) = world.start(10_000);
    for n in 0..2_500 {
        audit.note("A201", AuditAction::Lookup, Some(&format!("C{n}")), None);
    }
    drop(audit);
    ended.await.unwrap();
    let log = world.log();
    assert_eq!(log.len(), 2_500);
    assert!(log.iter().enumerate().all(|(n, entry)| entry.subject == Some(format!("C{n}"))));
    assert_eq!((world.metrics.audit_waiting.get(), world.metrics.audit_lost.get()), (0, 0));
}

#[test]
fn a_locked_store_does_not_hold_up_the_audit_log() {
    let world = world();
    let (audit, ended) = world.start(10);
    let (done_tx, done) = std::sync::mpsc::channel();
    world
        .store
        .write(|_| {
            audit.note("A201", AuditAction::Lookup, Some("C1"), None);
            drop(audit);
            done_tx.send(ended.blocking_recv()).unwrap();
            Ok::<_, StoreError>(())
        })
        .unwrap();
    assert!(done.recv().unwrap().is_ok());
    assert_eq!(world.log().len(), 1);
}

#[tokio::test]
async fn a_full_disk_delays_nobody_and_lost_entries_are_counted_and_recorded() {
    let world = world();
    // A file where the folder should be: nothing can be written until it is gone.
    let folder = folder_of(world.store.location());
    std::fs::write(&folder, "").unwrap();
    let (audit, ended) = world.start(3);
    let handed_over = 2_000;
    for _ in 0..handed_over {
        audit.note("A201", AuditAction::History, Some("C1"), None);
    }
    std::fs::remove_file(&folder).unwrap();
    drop(audit);
    ended.await.unwrap();
    let log = world.log();
    let lost = world.metrics.audit_lost.get();
    let written = log.iter().filter(|entry| entry.action.known() == Some(AuditAction::History)).count();
    assert_eq!(written as u64 + lost, handed_over);
    assert!(lost > 0 && written >= 3);
    // However many entries say so, their sum is what was lost.
    let told = log.iter().filter(|entry| entry.action.known() == Some(AuditAction::Lost));
    let told: u64 =
        told.map(|e| e.detail.as_ref().unwrap().split(' ').next().unwrap().parse::<u64>().unwrap()).sum();
    assert_eq!(told, lost);
}

#[tokio::test]
async fn a_flood_of_refusals_is_summed_up() {
    let world = world();
    let (audit, ended) = world.start(10_000);
    for _ in 0..5_000 {
        audit.note("unknown", AuditAction::SignInRefused, None, None);
    }
    audit.note("A201", AuditAction::Lookup, Some("C1"), None);
    drop(audit);
    ended.await.unwrap();
    let log = world.log();
    assert_eq!(log.len(), 60 + 1 + 1);
    let sum = log.iter().find(|entry| entry.actor == "bridge").unwrap();
    assert_eq!(
        (sum.action.as_str(), sum.detail.as_deref()),
        ("sign_in.refused", Some("4940 more in the minute before"))
    );
    assert_eq!((world.metrics.audit_waiting.get(), world.metrics.audit_lost.get()), (0, 0));
}

#[test]
fn the_actions_are_the_documented_ones() {
    let page = include_str!("../../../docs/security.md");
    let (_, section) = page.split_once("\n| action |").expect("the page has the table");
    let rows = section.lines().skip(2).take_while(|line| line.starts_with('|'));
    let of_bridge = rows.filter_map(|row| row.split('`').nth(1));
    let (_, commands) = section.split_once("Commands write entries too:").expect("the page names them");
    let (commands, _) = commands.split_once("Their actor").expect("the page says who did it");
    let documented: Vec<&str> = of_bridge.chain(commands.split('`').skip(1).step_by(2)).collect();
    let coded: Vec<&str> = AuditAction::ALL.iter().map(|action| action.as_str()).collect();
    assert_eq!(documented, coded);
}
