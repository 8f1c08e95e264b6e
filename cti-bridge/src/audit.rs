//! The audit log: who looked at which customer and when, who signed in, and what was refused (`docs/security.md`).
//!
//! Entries are handed over without waiting, and a thread appends them in batches to the files beside the store. Its
//! queue is separate from the call recorder's, so that neither waits for the other. While the files cannot be written,
//! entries wait; when too many wait, further ones are lost, which is counted, logged, and recorded in the audit log
//! itself. Refusals beyond a share of each minute are summed up.

mod queue;
mod refusals;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use shared::Clock;
use shared::audit_log::{AuditLogError, AuditWriter};
use shared::store::{AuditAction, AuditEntry, Store};
use tokio::sync::oneshot;

use queue::{Bunch, Entries, Incoming};
use refusals::{Refusals, Sum};

use crate::metrics::Metrics;

/// How often the writer looks whether sums of refusals are due.
const SUMS_EVERY: Duration = Duration::from_secs(1);
/// The actor of the entries that the bridge makes by itself.
const BRIDGE: &str = "bridge";

/// The limits of the queue.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AuditLimits {
    /// Entries that may wait for the disk.
    pub(crate) queue_max: usize,
    /// How long an entry waits for others, to be written together.
    pub(crate) flush: Duration,
    /// Time between two attempts.
    pub(crate) retry: Duration,
}

/// What the auditors and the writer share.
#[derive(Default)]
struct Counts {
    lost: AtomicU64,
    refusals: Mutex<Refusals>,
}

impl Counts {
    fn refusals(&self) -> MutexGuard<'_, Refusals> {
        // Nothing can panic while the lock is held.
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Accepts entries. The thread ends when the last clone is dropped and everything is written or given up.
#[derive(Clone)]
pub(crate) struct Auditor {
    entries: Arc<Entries>,
    counts: Arc<Counts>,
    clock: Arc<dyn Clock>,
    metrics: Metrics,
}

impl Auditor {
    /// Starts the thread, which writes beside this store; the receiver tells when it has ended.
    pub(crate) fn start(
        store: &Store,
        clock: Arc<dyn Clock>,
        limits: AuditLimits,
        metrics: Metrics,
    ) -> Result<(Self, oneshot::Receiver<()>), std::io::Error> {
        let (entries, incoming) = queue::bounded(limits.queue_max);
        let counts = Arc::<Counts>::default();
        let (done_tx, done) = oneshot::channel();
        let mut writer = Writer {
            log: AuditWriter::beside(store.location()),
            clock: clock.clone(),
            limits,
            metrics: metrics.clone(),
            incoming,
            counts: counts.clone(),
            batch: Vec::new(),
        };
        thread::Builder::new().name("audit".to_owned()).spawn(move || {
            writer.run();
            // The receiver may have been dropped.
            let _ = done_tx.send(());
        })?;
        Ok((Self { entries: Arc::new(entries), counts, clock, metrics }, done))
    }

    /// Hands over an entry without waiting. `detail` never contains a telephone number, a name or a memo.
    pub(crate) fn note(
        &self,
        actor: &str,
        action: AuditAction,
        subject: Option<&str>,
        detail: Option<String>,
    ) {
        let at = self.clock.now();
        if matches!(action, AuditAction::SignInRefused | AuditAction::Forbidden) {
            let (by_itself, due) = self.counts.refusals().count(action, at);
            due.into_iter().for_each(|sum| self.send(told(sum)));
            if !by_itself {
                return;
            }
        }
        self.send(AuditEntry {
            at,
            actor: actor.to_owned(),
            action: action.into(),
            subject: subject.map(str::to_owned),
            detail,
        });
    }

    fn send(&self, entry: AuditEntry) {
        self.metrics.audit_waiting.inc();
        if !self.entries.put(entry) {
            self.metrics.audit_waiting.dec();
            self.metrics.audit_lost.inc();
            if self.counts.lost.fetch_add(1, Ordering::Relaxed) == 0 {
                tracing::error!("too many audit entries wait for the disk; entries are lost");
            }
        }
    }
}

/// The entry that stands for refusals which were not written one by one: it has the time of their minute's end.
fn told(sum: Sum) -> AuditEntry {
    AuditEntry {
        at: sum.minute + chrono::TimeDelta::minutes(1),
        actor: BRIDGE.to_owned(),
        action: sum.action.into(),
        subject: None,
        detail: Some(format!("{} more in the minute before", sum.count)),
    }
}

struct Writer {
    log: AuditWriter,
    clock: Arc<dyn Clock>,
    limits: AuditLimits,
    metrics: Metrics,
    incoming: Incoming,
    counts: Arc<Counts>,
    batch: Vec<AuditEntry>,
}

impl Writer {
    fn run(&mut self) {
        loop {
            let closing = self.collect();
            if closing {
                let sums = self.counts.refusals().take();
                self.add(sums);
            }
            match (self.write(), closing) {
                (true, true) if self.incoming.len() == 0 => return,
                (true, _) => {}
                (false, true) => return self.give_up(),
                (false, false) => self.incoming.pause(self.limits.retry),
            }
        }
    }

    /// Waits for entries, unless some could not be written yet. Returns whether no further ones can come.
    fn collect(&mut self) -> bool {
        if !self.batch.is_empty() {
            return self.incoming.closed();
        }
        // Somebody has to look at the sums when no further refusal does.
        let look = self.counts.refusals().wait().then_some(SUMS_EVERY);
        let Bunch { entries, closed } = self.incoming.take(look, self.limits.flush);
        self.batch = entries;
        let sums = self.counts.refusals().due(self.clock.now());
        self.add(sums);
        closed
    }

    fn add(&mut self, sums: Vec<Sum>) {
        self.metrics.audit_waiting.inc_by(i64::try_from(sums.len()).unwrap_or(i64::MAX));
        self.batch.extend(sums.into_iter().map(told));
    }

    /// Writes what has been collected; what could not be written stays for the next attempt.
    fn write(&mut self) -> bool {
        let written = self.write_batch().and_then(|()| self.write_lost());
        if let Err(error) = &written {
            tracing::warn!(%error, waiting = self.batch.len(), "audit entries wait for the disk");
        }
        written.is_ok()
    }

    fn write_batch(&mut self) -> Result<(), AuditLogError> {
        while !self.batch.is_empty() {
            let written = self.log.append(&self.batch)?;
            self.batch.drain(..written);
            self.metrics.audit_waiting.dec_by(i64::try_from(written).unwrap_or(i64::MAX));
        }
        Ok(())
    }

    fn write_lost(&mut self) -> Result<(), AuditLogError> {
        let lost = self.counts.lost.swap(0, Ordering::Relaxed);
        if lost == 0 {
            return Ok(());
        }
        let entry = AuditEntry {
            at: self.clock.now(),
            actor: BRIDGE.to_owned(),
            action: AuditAction::Lost.into(),
            subject: None,
            detail: Some(format!("{lost} entries before this one")),
        };
        let written = self.log.append(&[entry]);
        if written.is_err() {
            self.counts.lost.fetch_add(lost, Ordering::Relaxed);
        }
        written.map(|_| ())
    }

    fn give_up(&mut self) {
        let lost = self.batch.len() + self.incoming.len();
        self.metrics.audit_lost.inc_by(u64::try_from(lost).unwrap_or(u64::MAX));
        tracing::error!(
            lost,
            "the bridge ends while the audit log cannot be written; these entries are lost"
        );
    }
}

#[cfg(test)]
mod tests;
