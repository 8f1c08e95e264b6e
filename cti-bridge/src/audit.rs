//! The audit log: who looked at which customer and when, who signed in, and what was refused (`docs/security.md`).
//!
//! Entries are handed over without waiting, and a thread writes them in batches. Its queue is separate from the call
//! recorder's, so that neither waits for the other. While the store cannot be written, entries wait; when too many wait,
//! further ones are lost, which is counted, logged, and recorded in the audit log itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use flume::RecvTimeoutError;
use shared::Clock;
use shared::store::{AuditEntry, Store, StoreError};
use tokio::sync::oneshot;

use crate::metrics::Metrics;

/// Entries written in one transaction.
const BATCH_MAX: usize = 1_000;

/// Declares the actions, each with its word in the audit log and in `docs/security.md`.
macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)+) => {
        /// What was done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Action { $($(#[$doc])* $name,)+ }

        impl Action {
            /// Every action of the bridge, in the order of `docs/security.md`.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The word in the audit log.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }
        }
    };
}

actions! {
    /// A sign-in with a password or single sign-on, or a socket opened with a token.
    SignIn = "sign_in",
    /// A sign-in that was refused.
    SignInRefused = "sign_in.refused",
    /// A sign-out.
    SignOut = "sign_out",
    /// A request without its permission.
    Forbidden = "forbidden",
    /// A customer's card was looked up.
    Lookup = "customer.lookup",
    /// A customer's timeline was read.
    History = "customer.history",
    /// A search for customers.
    Search = "customer.search",
    /// A pop-up was sent for a call.
    Popup = "popup.shown",
    /// An agent chose who a caller is.
    Choose = "call.choose",
    /// Entries before this one are missing.
    Lost = "audit.lost",
}

/// The limits of the queue.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AuditLimits {
    /// Entries that may wait for the store.
    pub(crate) queue_max: usize,
    /// How long an entry waits for others, to be written together.
    pub(crate) flush: Duration,
    /// Time between two attempts.
    pub(crate) retry: Duration,
}

/// Accepts entries. The thread ends when the last clone is dropped and everything is written or given up.
#[derive(Clone)]
pub(crate) struct Auditor {
    entries: flume::Sender<AuditEntry>,
    lost: Arc<AtomicU64>,
    clock: Arc<dyn Clock>,
    metrics: Metrics,
}

impl Auditor {
    /// Starts the thread; the receiver tells when it has ended.
    pub(crate) fn start(
        store: &Store,
        clock: Arc<dyn Clock>,
        limits: AuditLimits,
        metrics: Metrics,
    ) -> Result<(Self, oneshot::Receiver<()>), std::io::Error> {
        let (entries, incoming) = flume::bounded(limits.queue_max);
        let lost = Arc::new(AtomicU64::new(0));
        let (done_tx, done) = oneshot::channel();
        let (clock_of_writer, told, counted) = (clock.clone(), lost.clone(), metrics.clone());
        let mut writer = Writer {
            store: store.clone(),
            clock: clock_of_writer,
            limits,
            metrics: counted,
            incoming,
            lost: told,
            batch: Vec::new(),
        };
        thread::Builder::new().name("audit".to_owned()).spawn(move || {
            writer.run();
            // The receiver may have been dropped.
            let _ = done_tx.send(());
        })?;
        Ok((Self { entries, lost, clock, metrics }, done))
    }

    /// Hands over an entry without waiting. `detail` never contains a telephone number, a name or a memo.
    pub(crate) fn note(&self, actor: &str, action: Action, subject: Option<&str>, detail: Option<String>) {
        let entry = AuditEntry {
            at: self.clock.now(),
            actor: actor.to_owned(),
            action: action.word().to_owned(),
            subject: subject.map(str::to_owned),
            detail,
        };
        self.metrics.audit_waiting.inc();
        if self.entries.try_send(entry).is_err() {
            self.metrics.audit_waiting.dec();
            self.metrics.audit_lost.inc();
            if self.lost.fetch_add(1, Ordering::Relaxed) == 0 {
                tracing::error!("too many audit entries wait for the store; entries are lost");
            }
        }
    }
}

struct Writer {
    store: Store,
    clock: Arc<dyn Clock>,
    limits: AuditLimits,
    metrics: Metrics,
    incoming: flume::Receiver<AuditEntry>,
    lost: Arc<AtomicU64>,
    batch: Vec<AuditEntry>,
}

impl Writer {
    fn run(&mut self) {
        loop {
            let closing = self.collect();
            let written = self.batch.is_empty() || self.write();
            match (written, closing) {
                (true, true) if self.incoming.is_empty() => return,
                (true, _) => {}
                (false, true) => return self.give_up(),
                (false, false) => self.wait(),
            }
        }
    }

    /// Waits for an entry, then briefly for more. Returns whether the channel is closed.
    fn collect(&mut self) -> bool {
        if self.batch.is_empty() {
            match self.incoming.recv() {
                Ok(entry) => self.batch.push(entry),
                Err(_) => return true,
            }
        }
        let until = Instant::now() + self.limits.flush;
        while self.batch.len() < BATCH_MAX {
            match self.incoming.recv_deadline(until) {
                Ok(entry) => self.batch.push(entry),
                Err(RecvTimeoutError::Timeout) => return false,
                Err(RecvTimeoutError::Disconnected) => return true,
            }
        }
        false
    }

    fn write(&mut self) -> bool {
        let lost = self.lost.swap(0, Ordering::Relaxed);
        let told = (lost > 0).then(|| AuditEntry {
            at: self.clock.now(),
            actor: "bridge".to_owned(),
            action: Action::Lost.word().to_owned(),
            subject: None,
            detail: Some(format!("{lost} entries before this one")),
        });
        let batch = &self.batch;
        let written: Result<(), StoreError> =
            self.store.write(|tx| batch.iter().chain(&told).try_for_each(|entry| tx.audit(entry)));
        match written {
            Ok(()) => {
                self.metrics.audit_waiting.dec_by(i64::try_from(self.batch.len()).unwrap_or(i64::MAX));
                self.batch.clear();
                true
            }
            Err(error) => {
                self.lost.fetch_add(lost, Ordering::Relaxed);
                tracing::warn!(%error, waiting = self.batch.len(), "audit entries wait for the store");
                false
            }
        }
    }

    /// Waits for the next attempt. Meanwhile the bounded queue fills.
    fn wait(&self) {
        let until = Instant::now() + self.limits.retry;
        // A wait on a channel that nothing is sent on: unlike one on the queue, the end of the senders does not end it.
        let (_held, never) = flume::bounded::<()>(0);
        let _ = never.recv_deadline(until);
    }

    fn give_up(&mut self) {
        let lost = self.batch.len() + self.incoming.len();
        self.metrics.audit_lost.inc_by(u64::try_from(lost).unwrap_or(u64::MAX));
        tracing::error!(
            lost,
            "the bridge ends while the store cannot be written; these audit entries are lost"
        );
    }
}

#[cfg(test)]
mod tests;
