//! The one thread that writes: call records, agents' notes and wrap-ups, and stale cards when it is idle.
//!
//! The loop never waits for it. While the store cannot be written (an import holds it, the disk is full) call records
//! and times of after-call work wait in a bounded queue, are retried, and are in a journal meanwhile, so that neither a
//! stop nor a kill loses them; an agent's write fails with an error and is rolled back.

mod writer;

use std::collections::VecDeque;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use chrono::TimeDelta;
use shared::Clock;
use shared::store::{AnswerLimits, CallRecord, Store};
use tokio::sync::oneshot;

use super::health::{Health, HealthLimits};
use super::input::Results;
use super::journal::{Entry, Journal};
use super::write::{Requester, Write};
use crate::events_out::{CallEvent, EventsOut};
use crate::metrics::Metrics;
use writer::Writer;

/// The limits of the recorder.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RecorderLimits {
    /// Records that may wait for the store.
    pub(crate) call_records_max: usize,
    /// Time between two attempts, and between two checks for stale cards.
    pub(crate) retry: Duration,
    /// Time within which a missed call is to be called back.
    pub(crate) callback_within: TimeDelta,
    /// How many answers are kept for requests that are repeated.
    pub(crate) answers: AnswerLimits,
    /// When the bridge counts as not ready.
    pub(crate) health: HealthLimits,
}

enum Job {
    Keep(Entry),
    Write(Write, Requester),
}

/// Accepts work for the thread, which ends when the last clone is dropped and everything is written or in the journal.
#[derive(Debug, Clone)]
pub(crate) struct Recorder {
    jobs: flume::Sender<Job>,
    metrics: Metrics,
    health: Arc<Health>,
    events: Arc<EventsOut>,
}

impl Recorder {
    /// Writes what an earlier run could not write, and starts the thread, which reports to the loop; the receiver tells
    /// when it has ended.
    pub(crate) fn start(
        store: &Store,
        clock: Arc<dyn Clock>,
        limits: RecorderLimits,
        metrics: Metrics,
        results: Results,
        events: Arc<EventsOut>,
    ) -> Result<(Self, oneshot::Receiver<()>), std::io::Error> {
        let (jobs, incoming) = flume::bounded(limits.call_records_max);
        let (ended_tx, ended) = oneshot::channel();
        let health = Arc::new(Health::new(clock.clone(), store.location().to_owned(), limits.health));
        let mut writer = Writer {
            health: health.clone(),
            store: store.clone(),
            journal: Journal::beside(store.location()),
            clock,
            limits,
            metrics: metrics.clone(),
            incoming,
            waiting: VecDeque::new(),
            results,
            change_no: None,
            events: events.clone(),
        };
        writer.write_journal()?;
        thread::Builder::new().name("recorder".to_owned()).spawn(move || {
            writer.run();
            // The receiver may have been dropped.
            let _ = ended_tx.send(());
        })?;
        Ok((Self { jobs, metrics, health, events }, ended))
    }

    /// What is known of the store and of the loop.
    pub(crate) fn health(&self) -> Arc<Health> {
        self.health.clone()
    }

    /// How much waits for the thread.
    pub(super) fn waiting(&self) -> usize {
        self.jobs.len()
    }

    /// Hands over a record, without waiting.
    pub(crate) fn record(&self, record: CallRecord) {
        self.keep(Entry::Call(Box::new(record)));
    }

    /// Hands over what other systems are to be told, without waiting. Call records come first: when half the queue is
    /// taken, no more events are.
    pub(super) fn event(&self, event: CallEvent) {
        if !self.events.wants(event.kind) {
            return;
        }
        match self.jobs.capacity().is_some_and(|most| self.jobs.len() * 2 >= most) {
            true => self.events.count("lost"),
            false => self.keep(Entry::Event(Box::new(event))),
        }
    }

    /// Hands over what must be written in the end, without waiting.
    pub(crate) fn keep(&self, entry: Entry) {
        count(&self.metrics, &entry, 1);
        if let Err(refused) = self.jobs.try_send(Job::Keep(entry))
            && let Job::Keep(entry) = refused.into_inner()
        {
            count(&self.metrics, &entry, -1);
            lost(&self.metrics, &entry);
            tracing::error!(what = entry.name(), "too much waits for the store; this is lost");
        }
    }

    /// Hands over something to write, without waiting. When too much waits already, the requester comes back.
    pub(crate) fn write(&self, write: Write, requester: Requester) -> Result<(), Requester> {
        self.jobs.try_send(Job::Write(write, requester)).or_else(|refused| match refused.into_inner() {
            Job::Write(_, requester) => Err(requester),
            Job::Keep(_) => Ok(()),
        })
    }
}

/// Call records have a gauge.
fn count(metrics: &Metrics, entry: &Entry, change: i64) {
    if matches!(entry, Entry::Call(_)) {
        metrics.call_records_waiting.inc_by(change);
    }
}

fn lost(metrics: &Metrics, entry: &Entry) {
    if matches!(entry, Entry::Call(_)) {
        metrics.call_records_lost.inc();
    }
}
