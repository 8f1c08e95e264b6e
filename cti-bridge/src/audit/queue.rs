//! The entries that wait for the writer. Only the first of a bunch wakes it: under load an entry costs no system call.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use shared::store::AuditEntry;

/// Entries that end the writer's wait for more.
const BUNCH: usize = 1_000;

#[derive(Default)]
struct Waiting {
    entries: Vec<AuditEntry>,
    closed: bool,
}

struct Shared {
    waiting: Mutex<Waiting>,
    ready: Condvar,
    max: usize,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // Nothing can panic while the lock is held.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The end that takes entries in; dropped, it closes the queue.
pub(super) struct Entries(Arc<Shared>);

/// The writer's end.
pub(super) struct Incoming(Arc<Shared>);

/// What the writer got.
pub(super) struct Bunch {
    pub(super) entries: Vec<AuditEntry>,
    /// No further entry can come.
    pub(super) closed: bool,
}

/// A queue in which at most `max` entries wait.
pub(super) fn bounded(max: usize) -> (Entries, Incoming) {
    let shared = Arc::new(Shared { waiting: Mutex::default(), ready: Condvar::new(), max });
    (Entries(shared.clone()), Incoming(shared))
}

impl Entries {
    /// Adds an entry without waiting. Returns whether there was room.
    pub(super) fn put(&self, entry: AuditEntry) -> bool {
        let mut waiting = self.0.lock();
        if waiting.entries.len() >= self.0.max {
            return false;
        }
        waiting.entries.push(entry);
        let wakes = waiting.entries.len() == 1 || waiting.entries.len() == BUNCH;
        drop(waiting);
        if wakes {
            self.0.ready.notify_one();
        }
        true
    }
}

impl Drop for Entries {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.ready.notify_one();
    }
}

impl Incoming {
    /// Waits for an entry, `look` at most, then up to `flush` for more, and takes all.
    pub(super) fn take(&self, look: Option<Duration>, flush: Duration) -> Bunch {
        let nothing = |waiting: &mut Waiting| waiting.entries.is_empty() && !waiting.closed;
        let few = |waiting: &mut Waiting| waiting.entries.len() < BUNCH && !waiting.closed;
        let Shared { ready, .. } = &*self.0;
        let mut waiting = self.0.lock();
        waiting = match look {
            Some(look) => {
                ready.wait_timeout_while(waiting, look, nothing).unwrap_or_else(PoisonError::into_inner).0
            }
            None => ready.wait_while(waiting, nothing).unwrap_or_else(PoisonError::into_inner),
        };
        if !waiting.entries.is_empty() {
            waiting = ready.wait_timeout_while(waiting, flush, few).unwrap_or_else(PoisonError::into_inner).0;
        }
        Bunch { entries: std::mem::take(&mut waiting.entries), closed: waiting.closed }
    }

    /// Waits, whatever comes, unless no further entry can.
    pub(super) fn pause(&self, time: Duration) {
        let waiting = self.0.lock();
        let open = |waiting: &mut Waiting| !waiting.closed;
        let _ = self.0.ready.wait_timeout_while(waiting, time, open).unwrap_or_else(PoisonError::into_inner);
    }

    /// How many entries wait.
    pub(super) fn len(&self) -> usize {
        self.0.lock().entries.len()
    }

    /// Whether no further entry can come.
    pub(super) fn closed(&self) -> bool {
        self.0.lock().closed
    }
}
