//! The recorder's thread: batches, one transaction each, and what waits for the store.

use std::collections::VecDeque;
use std::sync::Arc;

use flume::RecvTimeoutError;
use shared::Clock;
use shared::store::{Store, StoreError};

use super::super::health::Health;
use super::super::input::{Input, Results};
use super::super::journal::{Journal, Waiting};
use super::super::write::{Done, NotKept, Requester, Rules, Write, Written};
use super::{Job, RecorderLimits, count, lost};
use crate::bridge::journal::Entry;
use crate::events_out::EventsOut;
use crate::metrics::Metrics;

/// Stale cards rebuilt in one transaction: few, so that other writers do not wait long.
const REFRESH_CARDS_MAX: usize = 32;

/// An item of a batch. The closures of agents' writes are kept apart, because they run once.
enum Item {
    Keep(Waiting),
    Write(Requester),
}

/// Jobs written in one transaction.
const BATCH_MAX: usize = 256;

/// The thread's state.
pub(super) struct Writer {
    pub(super) store: Store,
    pub(super) health: Arc<Health>,
    pub(super) journal: Journal,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) limits: RecorderLimits,
    pub(super) metrics: Metrics,
    pub(super) incoming: flume::Receiver<Job>,
    pub(super) waiting: VecDeque<Waiting>,
    pub(super) results: Results,
    /// The store's change number at which no card was stale.
    pub(super) change_no: Option<u64>,
    pub(super) events: Arc<EventsOut>,
}

impl Writer {
    /// Before the bridge serves: what an earlier run could not write.
    pub(super) fn write_journal(&mut self) -> Result<(), std::io::Error> {
        self.waiting = self.journal.read()?.into();
        if self.waiting.is_empty() {
            return Ok(());
        }
        let (entries, file) = (self.waiting.len(), self.journal.path().display().to_string());
        self.waiting.iter().for_each(|one| count(&self.metrics, &one.entry, 1));
        self.write(Vec::new());
        match self.waiting.is_empty() {
            true => tracing::info!(entries, file, "what an earlier run could not write is in the store now"),
            false => tracing::warn!(entries, file, "what an earlier run could not write still waits"),
        }
        Ok(())
    }

    pub(super) fn run(&mut self) {
        loop {
            let (jobs, closing) = self.collect();
            if closing {
                return self.finish(jobs);
            }
            self.write(jobs);
            if self.waiting.is_empty() {
                self.refresh_cards();
                self.check_store();
            }
        }
    }

    /// Waits for a job and takes those behind it. Returns whether these are the last.
    fn collect(&self) -> (Vec<Job>, bool) {
        let mut jobs = Vec::new();
        match self.incoming.recv_timeout(self.limits.retry) {
            Ok(job) => jobs.push(job),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return (jobs, true),
        }
        let closing = self.incoming.is_disconnected();
        while (closing
            || jobs.len() < BATCH_MAX && self.waiting.len() + jobs.len() < self.limits.call_records_max)
            && let Ok(job) = self.incoming.try_recv()
        {
            jobs.push(job);
        }
        (jobs, closing)
    }

    /// Writes what is waiting and then these jobs, in order: a note about a call comes after the call's record.
    fn write(&mut self, jobs: Vec<Job>) {
        let (items, writes) = self.items(jobs);
        self.write_items(items, writes);
    }

    fn items(&mut self, jobs: Vec<Job>) -> (VecDeque<Item>, VecDeque<Write>) {
        let (mut items, mut writes) = (VecDeque::new(), VecDeque::new());
        let is_event = |entry: &Entry| matches!(entry, Entry::Event(_));
        let mut events = self.waiting.iter().filter(|waiting| is_event(&waiting.entry)).count();
        items.extend(self.waiting.drain(..).map(Item::Keep));
        for job in jobs {
            if let Job::Keep(entry) = &job
                && is_event(entry)
            {
                // The records of calls come first, however long the store cannot be written.
                if events * 2 >= self.limits.call_records_max {
                    self.events.count("lost");
                    continue;
                }
                events += 1;
            }
            items.push_back(match job {
                Job::Keep(entry) => Item::Keep(Waiting::new(entry)),
                Job::Write(write, requester) => {
                    writes.push_back(write);
                    Item::Write(requester)
                }
            });
        }
        (items, writes)
    }

    fn write_items(&mut self, mut items: VecDeque<Item>, mut writes: VecDeque<Write>) {
        while !items.is_empty() {
            let batch = items.len().min(BATCH_MAX);
            let written = self.write_batch(items.range(..batch), &mut writes);
            self.health.wrote(written.is_ok());
            match written {
                Ok(results) => {
                    self.events.committed();
                    items.drain(..batch).zip(results).for_each(|(item, result)| self.written(item, result));
                }
                Err(error) => {
                    tracing::warn!(%error, waiting = items.len(), "call records wait for the store");
                    items.into_iter().for_each(|item| self.not_written(item));
                    return self.keep_in_journal();
                }
            }
        }
        if let Err(error) = self.journal.clear() {
            // The next start writes it again, which changes nothing.
            let file = self.journal.path().display();
            tracing::warn!(%error, %file, "everything is in the store, but the journal could not be removed");
        }
    }

    fn keep_in_journal(&mut self) {
        let kept = self.journal.keep(self.waiting.iter_mut());
        let file = self.journal.path().display();
        match kept {
            Ok(0) => {}
            Ok(entries) => tracing::warn!(entries, %file, "what waits for the store is kept in this file"),
            Err(error) => {
                tracing::error!(%error, %file, "neither the store nor the journal beside it can be written");
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
                Item::Keep(waiting) => match tx.part(|tx| waiting.entry.write(tx, &rules))? {
                    Ok(written) => Ok(Ok(written)),
                    Err(error @ (StoreError::Conflict(_) | StoreError::Corrupt(_))) => Ok(Err(error)),
                    Err(error) => Err(error),
                },
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
            (Item::Keep(Waiting { entry, .. }), result) => {
                count(&self.metrics, &entry, -1);
                match result {
                    Ok(written) => {
                        self.tell(Done { result: Ok(written), requester: Requester::Bridge(entry.name()) });
                    }
                    Err(error) => {
                        lost(&self.metrics, &entry);
                        tracing::error!(what = entry.name(), %error, "the store refuses this; it is lost");
                    }
                }
            }
            (Item::Write(requester), result) => {
                self.tell(Done { result: result.map_err(NotKept::Store), requester });
            }
        }
    }

    /// An entry waits for the next attempt; an agent is told to try again.
    fn not_written(&mut self, item: Item) {
        match item {
            Item::Keep(waiting) => self.waiting.push_back(waiting),
            Item::Write(requester) => self.tell(Done { result: Err(NotKept::Busy), requester }),
        }
    }

    fn rules(&self) -> Rules {
        Rules {
            now: self.clock.now(),
            today: self.clock.today(),
            callback_within: self.limits.callback_within,
            answers: self.limits.answers,
            events: self.events.clone(),
        }
    }

    fn tell(&self, done: Done) {
        self.results.send(Input::Written(done));
    }

    /// With nothing to write for a while, writes something that changes nothing: whether the store can be written shows
    /// before a call has to be.
    fn check_store(&self) {
        if self.health.check_is_due() {
            let written = self.store.write(|tx| tx.prove_writable());
            if let Err(error) = &written {
                tracing::warn!(%error, "the store cannot be written");
            }
            self.health.wrote(written.is_ok());
        }
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

    /// The bridge ends: what is left goes into the journal first, which takes no time, and then into the store.
    fn finish(&mut self, jobs: Vec<Job>) {
        let (mut items, writes) = self.items(jobs);
        let kept = self.journal.keep(items.iter_mut().filter_map(|item| match item {
            Item::Keep(waiting) => Some(waiting),
            Item::Write(_) => None,
        }));
        if let Err(error) = kept {
            tracing::error!(%error, file = %self.journal.path().display(), "the journal cannot be written");
        }
        self.write_items(items, writes);
        let (safe, unsafe_yet): (Vec<_>, Vec<_>) = self.waiting.drain(..).partition(|one| one.safe);
        unsafe_yet.iter().for_each(|one| lost(&self.metrics, &one.entry));
        if !unsafe_yet.is_empty() {
            let lost = unsafe_yet.len();
            tracing::error!(
                lost,
                "the bridge ends while the store cannot be written; these entries are lost"
            );
        }
        if !safe.is_empty() {
            tracing::warn!(
                entries = safe.len(),
                file = %self.journal.path().display(),
                "the bridge ends while the store cannot be written; the next start writes it"
            );
        }
    }
}
