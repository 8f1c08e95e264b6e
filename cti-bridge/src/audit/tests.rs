use std::ops::ControlFlow;

use shared::store::AuditFilter;
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
        self.store.reader().unwrap().audit_trail(&AuditFilter::default(), &mut each).unwrap();
        found
    }
}

#[tokio::test]
async fn all_entries_are_written_in_order_before_the_stop() {
    let world = world();
    let (audit, ended) = world.start(10_000);
    for n in 0..2_500 {
        audit.note("A201", Action::Lookup, Some(&format!("C{n}")), None);
    }
    drop(audit);
    ended.await.unwrap();
    let log = world.log();
    assert_eq!(log.len(), 2_500);
    assert!(log.iter().enumerate().all(|(n, entry)| entry.subject == Some(format!("C{n}"))));
    assert_eq!((world.metrics.audit_waiting.get(), world.metrics.audit_lost.get()), (0, 0));
}

#[tokio::test]
async fn a_locked_store_delays_no_request_and_lost_entries_are_counted() {
    let world = world();
    let (audit, ended) = world.start(3);
    let handed_over = 100;
    world
        .store
        .write(|_| {
            // The store is locked here: the writer has at most one batch, the queue three.
            for _ in 0..handed_over {
                audit.note("A201", Action::History, Some("C1"), None);
            }
            Ok::<_, StoreError>(())
        })
        .unwrap();
    drop(audit);
    ended.await.unwrap();
    let log = world.log();
    let lost = world.metrics.audit_lost.get();
    let written = log.iter().filter(|entry| entry.action == "customer.history").count();
    assert_eq!(written as u64 + lost, handed_over);
    assert!(lost > 0 && written >= 3);
    // However many entries say so, their sum is what was lost.
    let told = log.iter().filter(|entry| entry.action == Action::Lost.word());
    let told: u64 =
        told.map(|e| e.detail.as_ref().unwrap().split(' ').next().unwrap().parse::<u64>().unwrap()).sum();
    assert_eq!(told, lost);
}

#[test]
fn the_actions_are_the_documented_ones() {
    let page = include_str!("../../../docs/security.md");
    let (_, section) = page.split_once("\n| action |").expect("the page has the table");
    let rows = section.lines().skip(2).take_while(|line| line.starts_with('|'));
    let documented: Vec<&str> = rows.filter_map(|row| row.split('`').nth(1)).collect();
    let coded: Vec<&str> = Action::ALL.iter().map(|action| action.word()).collect();
    assert_eq!(documented, coded);
}
