use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use shared::store::Store;
use tempfile::TempDir;

use super::{Asker, LookupLimits, Lookups};
use crate::metrics::Metrics;

const WAIT: Duration = Duration::from_secs(20);

/// A pool with one thread for requests, and what it did, in order.
struct Site {
    lookups: Lookups,
    done: Sender<&'static str>,
    order: Receiver<&'static str>,
    _folder: TempDir,
}

impl Site {
    fn new(queue_max: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("s.db")).unwrap();
        let limits = LookupLimits { threads: 1, queue_max, timeout: WAIT };
        let (done, order) = channel();
        let lookups = Lookups::start(&store, limits, &Metrics::new()).unwrap();
        Self { lookups, done, order, _folder: folder }
    }

    fn request(&self, asker: &Asker, name: &'static str) -> bool {
        let done = self.done.clone();
        self.lookups.request(asker, move |_| done.send(name).unwrap()).is_ok()
    }

    fn search(&self, asker: &Asker, name: &'static str) -> bool {
        let done = self.done.clone();
        self.lookups.search(asker, move |_| done.send(name).unwrap()).is_ok()
    }

    fn next(&self) -> &'static str {
        self.order.recv_timeout(WAIT).unwrap()
    }
}

/// Work that has begun and does not end before the sender is dropped.
fn block(start: impl FnOnce(Box<dyn FnOnce() + Send>)) -> Sender<()> {
    let (release, released) = channel::<()>();
    let (begin, begun) = channel();
    start(Box::new(move || {
        begin.send(()).unwrap();
        let _ = released.recv();
    }));
    begun.recv_timeout(WAIT).unwrap();
    release
}

fn agent(code: &str) -> Asker {
    Asker::Agent(code.into())
}

#[test]
fn lookups_and_rings_do_not_wait_for_searches() {
    let site = Site::new(64);
    let searching = block(|wait| site.lookups.search(&agent("A1"), move |_| wait()).unwrap());
    (0..8).for_each(|_| assert!(site.search(&agent("A1"), "search")));
    assert!(site.request(&agent("A2"), "lookup"));
    assert_eq!(site.next(), "lookup");
    let done = site.done.clone();
    site.lookups.ring(move |_| done.send("ring").unwrap()).unwrap();
    assert_eq!(site.next(), "ring");
    drop(searching);
    assert_eq!(site.next(), "search");
}

#[test]
fn agents_take_turns_and_the_bridge_goes_first() {
    let site = Site::new(64);
    let working = block(|wait| site.lookups.request(&agent("A1"), move |_| wait()).unwrap());
    (0..10).for_each(|_| assert!(site.request(&agent("A1"), "busy agent")));
    assert!(site.request(&agent("A2"), "other agent"));
    assert!(site.request(&Asker::Bridge, "bridge"));
    drop(working);
    let order: Vec<_> = (0..4).map(|_| site.next()).collect();
    assert_eq!(order, ["bridge", "busy agent", "other agent", "busy agent"]);
}

#[test]
fn an_agent_who_fills_their_share_leaves_room_for_others() {
    let site = Site::new(16);
    let working = block(|wait| site.lookups.request(&agent("A1"), move |_| wait()).unwrap());
    let accepted = (0..20).filter(|_| site.request(&agent("A1"), "busy agent")).count();
    assert_eq!(accepted, 4);
    assert!(site.request(&agent("A2"), "other agent"));
    drop(working);
}

#[test]
fn what_waits_is_still_done_when_the_pool_is_dropped() {
    let site = Site::new(16);
    let working = block(|wait| site.lookups.request(&agent("A1"), move |_| wait()).unwrap());
    assert!(site.request(&agent("A2"), "last"));
    let Site { lookups, done, order, _folder } = site;
    drop((lookups, done));
    drop(working);
    assert_eq!(order.recv_timeout(WAIT), Ok("last"));
    assert_eq!(
        order.recv_timeout(WAIT),
        Err(RecvTimeoutError::Disconnected),
        "the work is gone with its sender"
    );
}
