//! The audit trail: who looked at which customer when, who signed in, and what was refused (`docs/security.md`).
//!
//! Whoever does something hands an entry over and goes on; a thread writes them in batches. It has a queue of its own
//! beside the call recorder's, so that neither waits for the other. While the store cannot be written entries wait;
//! when too many wait they are lost, which is counted, logged, and told by the trail itself.

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

/// Declares what is done, with its word and what a reader of `docs/security.md` is told.
macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)+) => {
        /// What somebody did.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Action { $($(#[$doc])* $name,)+ }

        impl Action {
            /// Every action of the bridge, in the order of `docs/security.md`.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The word in the trail.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }
        }
    };
}

actions! {
    /// Signed in with a password or single sign-on, or opened a socket with a token.
    SignIn = "sign_in",
    /// Tried to.
    SignInRefused = "sign_in.refused",
    /// Signed out.
    SignOut = "sign_out",
    /// Asked for something without the permission.
    Forbidden = "forbidden",
    /// Saw a customer's card.
    Lookup = "customer.lookup",
    /// Read a customer's timeline.
    History = "customer.history",
    /// Searched for customers.
    Search = "customer.search",
    /// Got a pop-up for a call.
    Popup = "popup.shown",
    /// Said who a caller is.
    Choose = "call.choose",
    /// Entries are missing here.
    Lost = "audit.lost",
}

/// The limits of the trail's queue.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AuditLimits {
    /// Entries that wait for the store.
    pub(crate) queue_max: usize,
    /// How long an entry waits for others to be written with it.
    pub(crate) flush: Duration,
    /// Time between two tries.
    pub(crate) retry: Duration,
}

/// Takes entries. The thread ends when the last clone is gone and everything is written or given up.
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
            // Whoever waits may have given up.
            let _ = done_tx.send(());
        })?;
        Ok((Self { entries, lost, clock, metrics }, done))
    }

    /// Hands an entry over, without waiting. `detail` never holds a telephone number, a name or a memo.
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

    /// Waits for an entry, then a little for more. `true`: no more will come.
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

    /// Until the next try. The queue is left alone meanwhile: it has its bound.
    fn wait(&self) {
        let until = Instant::now() + self.limits.retry;
        // Nothing is ever sent here: it is a wait that the end of the senders does not cut short either.
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
