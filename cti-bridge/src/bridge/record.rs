//! The one thread that writes: call records, agents' notes and wrap-ups, and stale cards when it is idle.
//!
//! The loop never waits for it. While the store cannot be written (an import holds it, the disk is full) call records
//! wait in a bounded queue and are retried; an agent's write fails with an error and is rolled back.

use std::collections::VecDeque;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use chrono::TimeDelta;
use flume::RecvTimeoutError;
use shared::Clock;
use shared::store::{AnswerLimits, CallRecord, Store, StoreError};
use tokio::sync::oneshot;

use super::input::{Input, Results};
use super::write::{Done, NotKept, Requester, Rules, Write, Written};
use crate::metrics::Metrics;

/// Stale cards rebuilt in one transaction: few, so that other writers do not wait long.
const REFRESH_CARDS_MAX: usize = 32;

/// The limits of the recorder.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RecorderLimits {
    /// Records that may wait for the store.
    pub(crate) call_records_max: usize,
    /// Time between two attempts, and between two checks for stale cards.
    pub(crate) retry: Duration,
    /// Time within which a missed call is to be called back.
    pub(crate) callback_within: TimeDelta,
    /// How many answers are kept for requests that are said again.
    pub(crate) answers: AnswerLimits,
}

enum Job {
    Record(Box<CallRecord>),
    Write(Write, Requester),
}

/// Accepts work for the thread, which ends when the last clone is dropped and everything is written or given up.
#[derive(Debug, Clone)]
pub(crate) struct Recorder {
    jobs: flume::Sender<Job>,
    metrics: Metrics,
}

impl Recorder {
    /// Starts the thread, which reports to the loop; the receiver tells when it has ended.
    pub(crate) fn start(
        store: &Store,
        clock: Arc<dyn Clock>,
        limits: RecorderLimits,
        metrics: Metrics,
        results: Results,
    ) -> Result<(Self, oneshot::Receiver<()>), std::io::Error> {
        let (jobs, incoming) = flume::bounded(limits.call_records_max);
        let (ended_tx, ended) = oneshot::channel();
        let mut writer = Writer {
            store: store.clone(),
            clock,
            limits,
            metrics: metrics.clone(),
            incoming,
            waiting: VecDeque::new(),
            results,
            change_no: None,
        };
        thread::Builder::new().name("recorder".to_owned()).spawn(move || {
            writer.run();
            // The receiver may have been dropped.
            let _ = ended_tx.send(());
        })?;
        Ok((Self { jobs, metrics }, ended))
    }

    /// Hands over a record, without waiting.
    pub(crate) fn record(&self, record: CallRecord) {
        self.metrics.call_records_waiting.inc();
        let call_id = record.call_id.clone();
        if self.jobs.try_send(Job::Record(Box::new(record))).is_err() {
            self.metrics.call_records_waiting.dec();
            self.metrics.call_records_lost.inc();
            tracing::error!(%call_id, "too many call records wait for the store; this one is lost");
        }
    }

    /// Hands over something to write, without waiting. When too much waits already, the requester comes back.
    pub(crate) fn write(&self, write: Write, requester: Requester) -> Result<(), Requester> {
        self.jobs.try_send(Job::Write(write, requester)).or_else(|refused| match refused.into_inner() {
            Job::Write(_, requester) => Err(requester),
            Job::Record(_) => Ok(()),
        })
    }
}

/// An item of a batch. The closures of agents' writes are kept apart, because they run once.
enum Item {
    Record(Box<CallRecord>),
    Write(Requester),
}

/// Jobs written in one transaction.
const BATCH_MAX: usize = 256;

struct Writer {
    store: Store,
    clock: Arc<dyn Clock>,
    limits: RecorderLimits,
    metrics: Metrics,
    incoming: flume::Receiver<Job>,
    waiting: VecDeque<Box<CallRecord>>,
    results: Results,
    /// The store's change number at which no card was stale.
    change_no: Option<u64>,
}

impl Writer {
    fn run(&mut self) {
        loop {
            let mut jobs = Vec::new();
            let closing = match self.incoming.recv_timeout(self.limits.retry) {
                Ok(job) => {
                    jobs.push(job);
                    false
                }
                Err(RecvTimeoutError::Timeout) => false,
                Err(RecvTimeoutError::Disconnected) => true,
            };
            while jobs.len() < BATCH_MAX
                && self.waiting.len() + jobs.len() < self.limits.call_records_max
                && let Ok(job) = self.incoming.try_recv()
            {
                jobs.push(job);
            }
            self.write(jobs);
            if closing {
                return self.give_up();
            }
            if self.waiting.is_empty() {
                self.refresh_cards();
            }
        }
    }

    /// Writes what is waiting and then these jobs, in order: a note about a call comes after the call's record.
    fn write(&mut self, jobs: Vec<Job>) {
        let (mut items, mut writes) = (VecDeque::new(), VecDeque::new());
        items.extend(self.waiting.drain(..).map(Item::Record));
        for job in jobs {
            items.push_back(match job {
                Job::Record(record) => Item::Record(record),
                Job::Write(write, requester) => {
                    writes.push_back(write);
                    Item::Write(requester)
                }
            });
        }
        while !items.is_empty() {
            let batch = items.len().min(BATCH_MAX);
            match self.write_batch(items.range(..batch), &mut writes) {
                Ok(results) => {
                    items.drain(..batch).zip(results).for_each(|(item, result)| self.written(item, result));
                }
                Err(error) => {
                    tracing::warn!(%error, waiting = items.len(), "call records wait for the store");
                    return items.into_iter().for_each(|item| self.not_written(item));
                }
            }
        }
    }

    /// Writes a batch in one transaction, with one wait for the disk. An item that is refused does not affect others.
    fn write_batch<'a>(
        &self,
        items: impl Iterator<Item = &'a Item>,
        writes: &mut VecDeque<Write>,
    ) -> Result<Vec<Result<Written, StoreError>>, StoreError> {
        let rules = self.rules();
        self.store.write(|tx| {
            let one = |item: &Item| match item {
                Item::Record(record) => {
                    let recorded =
                        tx.part(|tx| tx.record_call(record, rules.today, rules.callback_within))?;
                    match recorded {
                        Ok(effects) => Ok(Ok(Written { effects, ..Written::default() })),
                        Err(error @ (StoreError::Conflict(_) | StoreError::Corrupt(_))) => Ok(Err(error)),
                        Err(error) => Err(error),
                    }
                }
                Item::Write(_) => match writes.pop_front() {
                    Some(write) => tx.part(|tx| write(tx, &rules)),
                    None => Ok(Ok(Written::default())),
                },
            };
            items.map(one).collect()
        })
    }

    fn written(&self, item: Item, result: Result<Written, StoreError>) {
        match (item, result) {
            (Item::Record(record), result) => {
                self.metrics.call_records_waiting.dec();
                match result {
                    Ok(written) => {
                        self.tell(Done { result: Ok(written), requester: Requester::Bridge("call record") });
                    }
                    Err(error) => {
                        let call_id = record.call_id;
                        tracing::error!(call_id, %error, "the store refuses a call record; it is lost");
                        self.metrics.call_records_lost.inc();
                    }
                }
            }
            (Item::Write(requester), result) => {
                self.tell(Done { result: result.map_err(NotKept::Store), requester });
            }
        }
    }

    /// A record waits for the next attempt; an agent is told to try again.
    fn not_written(&mut self, item: Item) {
        match item {
            Item::Record(record) => self.waiting.push_back(record),
            Item::Write(requester) => self.tell(Done { result: Err(NotKept::Busy), requester }),
        }
    }

    fn rules(&self) -> Rules {
        Rules {
            today: self.clock.today(),
            callback_within: self.limits.callback_within,
            answers: self.limits.answers,
        }
    }

    fn tell(&self, done: Done) {
        self.results.send(Input::Written(done));
    }

    /// Readers rebuild a stale card each time they read it; writing it once saves them that.
    fn refresh_cards(&mut self) {
        let change_no = self.store.reader().and_then(|mut reader| reader.change_no()).ok();
        if change_no.is_none() || change_no == self.change_no {
            return;
        }
        match self.store.refresh_stale_cards(self.clock.today(), REFRESH_CARDS_MAX) {
            Ok(0) => self.change_no = change_no,
            Ok(_) => {}
            // Another program is writing; the cards can wait.
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
