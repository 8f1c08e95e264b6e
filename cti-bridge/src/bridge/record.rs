//! The one thread that writes: call records, and stale cards when there is nothing else to do.
//!
//! The loop never waits for it. While the store cannot be written (an import holds it, the disk is full) records
//! wait in a bounded queue and are tried again.

use std::collections::VecDeque;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use flume::RecvTimeoutError;
use shared::Clock;
use shared::store::{CallRecord, Store, StoreError};
use tokio::sync::oneshot;

use crate::metrics::Metrics;

/// Stale cards rebuilt in one transaction: short, so that nobody waits for it.
const REFRESH_CARDS_MAX: usize = 32;

/// The limits of the recorder.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RecorderLimits {
    /// Records that may wait for the store.
    pub(crate) call_records_max: usize,
    /// Time between two tries, and between two looks for stale cards.
    pub(crate) retry: Duration,
}

/// Takes records. The thread ends when the last clone is gone and everything is written or given up.
#[derive(Debug, Clone)]
pub(crate) struct Recorder {
    records: flume::Sender<CallRecord>,
    metrics: Metrics,
}

impl Recorder {
    /// Starts the thread; the receiver tells when it has ended.
    pub(crate) fn start(
        store: &Store,
        clock: Arc<dyn Clock>,
        limits: RecorderLimits,
        metrics: Metrics,
    ) -> Result<(Self, oneshot::Receiver<()>), std::io::Error> {
        let (records, incoming) = flume::bounded(limits.call_records_max);
        let (done_tx, done) = oneshot::channel();
        let mut writer = Writer {
            store: store.clone(),
            clock,
            limits,
            metrics: metrics.clone(),
            incoming,
            waiting: VecDeque::new(),
            change_no: None,
        };
        thread::Builder::new().name("recorder".to_owned()).spawn(move || {
            writer.run();
            // Whoever waits may have given up.
            let _ = done_tx.send(());
        })?;
        Ok((Self { records, metrics }, done))
    }

    /// Hands over a record, without waiting.
    pub(crate) fn record(&self, record: CallRecord) {
        self.metrics.call_records_waiting.inc();
        if let Err(refused) = self.records.try_send(record) {
            self.metrics.call_records_waiting.dec();
            self.metrics.call_records_lost.inc();
            let call_id = refused.into_inner().call_id;
            tracing::error!(%call_id, "too many call records wait for the store; this one is lost");
        }
    }
}

struct Writer {
    store: Store,
    clock: Arc<dyn Clock>,
    limits: RecorderLimits,
    metrics: Metrics,
    incoming: flume::Receiver<CallRecord>,
    waiting: VecDeque<CallRecord>,
    /// The store's change number at which no card was stale.
    change_no: Option<u64>,
}

impl Writer {
    fn run(&mut self) {
        loop {
            let closing = match self.incoming.recv_timeout(self.limits.retry) {
                Ok(record) => {
                    self.waiting.push_back(record);
                    false
                }
                Err(RecvTimeoutError::Timeout) => false,
                Err(RecvTimeoutError::Disconnected) => true,
            };
            while self.waiting.len() < self.limits.call_records_max
                && let Ok(record) = self.incoming.try_recv()
            {
                self.waiting.push_back(record);
            }
            self.write_waiting();
            if closing {
                return self.give_up();
            }
            if self.waiting.is_empty() {
                self.refresh_cards();
            }
        }
    }

    fn write_waiting(&mut self) {
        while let Some(record) = self.waiting.front() {
            let today = self.clock.today();
            let written = self.store.write(|tx| tx.record_call(record, today));
            match written {
                Ok(()) => {}
                Err(error @ (StoreError::Conflict(_) | StoreError::Corrupt(_))) => {
                    tracing::error!(call_id = record.call_id, %error, "the store refuses a call record; it is lost");
                    self.metrics.call_records_lost.inc();
                }
                Err(error) => {
                    tracing::warn!(%error, waiting = self.waiting.len(), "call records wait for the store");
                    return;
                }
            }
            self.waiting.pop_front();
            self.metrics.call_records_waiting.dec();
        }
    }

    /// A reader rebuilds a stale card for itself each time; writing it once spares them that.
    fn refresh_cards(&mut self) {
        let change_no = self.store.reader().and_then(|mut reader| reader.change_no()).ok();
        if change_no.is_none() || change_no == self.change_no {
            return;
        }
        match self.store.refresh_stale_cards(self.clock.today(), REFRESH_CARDS_MAX) {
            Ok(0) => self.change_no = change_no,
            Ok(_) => {}
            // Somebody else writes; the cards can wait.
            Err(error) => tracing::debug!(%error, "stale cards stay stale for now"),
        }
    }

    fn give_up(&mut self) {
        let lost = self.waiting.len();
        if lost > 0 {
            self.metrics.call_records_lost.inc_by(u64::try_from(lost).unwrap_or(u64::MAX));
            tracing::error!(
                lost,
                "the bridge ends while the store cannot be written; these call records are lost"
            );
        }
    }
}
