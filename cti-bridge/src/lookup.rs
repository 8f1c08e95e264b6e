//! Threads that read the store, so that sockets never wait for a disk.
//!
//! Each thread has a reading connection of its own, and each kind of work its own queue and threads: one thread serves
//! only rings, one only searches, which cost the most; the others serve rings, then what the bridge itself reads, then
//! requests. Agents take turns, so that one who asks much delays the others by one request. All queues are bounded; what
//! does not fit is refused at once.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use shared::cause::Cause as _;
use shared::message;
use shared::store::{Reader, Store, StoreError};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::metrics::Metrics;
use crate::popup::ProfileError;
use crate::protocol::{ErrorCode, Refusal};
use crate::throttle::network;

use turns::Turns;

mod turns;

/// What part of a queue one asker may fill: a quarter.
const SHARE: usize = 4;

/// Work for a reading connection.
type Work = Box<dyn FnOnce(&mut Reader) + Send>;

/// Work, and when its requester stops waiting.
struct Job {
    work: Work,
    expires: Instant,
}

/// Who asks. Each asker has a turn of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Asker {
    /// The bridge itself; it goes before all others.
    Bridge,
    /// An agent, over all sockets and HTTP.
    Agent(Arc<str>),
    /// Somebody in this network who has not signed in yet; see [`Asker::at`].
    Network(IpAddr),
}

impl Asker {
    /// Somebody at this address who has not signed in yet. All addresses that one attacker is likely to have are one
    /// asker.
    #[must_use]
    pub fn at(address: IpAddr) -> Self {
        Self::Network(network(address))
    }
}

/// The queue is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the lookup queue is full")]
pub struct QueueFull;

/// The limits of the pool.
#[derive(Debug, Clone, Copy)]
pub struct LookupLimits {
    /// Threads for requests, beside the one for rings and the one for searches.
    pub threads: usize,
    /// Requests that may wait, and as many rings and searches.
    pub queue_max: usize,
    /// How long a requester waits for an answer.
    pub timeout: Duration,
}

/// The pool. Cheap to clone; the threads end when the last clone is gone.
#[derive(Clone)]
pub struct Lookups {
    pool: Arc<Pool>,
    timeout: Duration,
}

impl std::fmt::Debug for Lookups {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lookups").field("waiting", &self.waiting()).finish_non_exhaustive()
    }
}

impl Lookups {
    /// Opens the connections and starts the threads.
    ///
    /// # Errors
    /// The store cannot be read, or the system gives no thread.
    pub fn start(store: &Store, limits: LookupLimits, metrics: &Metrics) -> Result<Self, StoreError> {
        let pool = Arc::new(Pool { queues: Arc::new(Queues::new(limits.queue_max)) });
        let spawn = |name: String, lane: Lane| {
            let worker = Worker::new(store, metrics)?;
            worker.spawn(name, lane, pool.queues.clone())
        };
        spawn("lookup-ring".to_owned(), Lane::Rings)?;
        spawn("lookup-search".to_owned(), Lane::Searches)?;
        for n in 0..limits.threads.max(1) {
            spawn(format!("lookup-{n}"), Lane::Requests)?;
        }
        Ok(Self { pool, timeout: limits.timeout })
    }

    /// Hands over the work of a request.
    ///
    /// # Errors
    /// The queue is full, or the asker's share of it.
    pub fn request(
        &self,
        asker: &Asker,
        work: impl FnOnce(&mut Reader) + Send + 'static,
    ) -> Result<(), QueueFull> {
        let job = self.job(work);
        self.pool.queues.put(Lane::Requests, |waiting| match asker {
            Asker::Bridge => waiting.own_work(job),
            _ => waiting.requests.push(asker, job).map_err(|_| QueueFull),
        })
    }

    /// Hands over the work of a search, which may read every customer.
    ///
    /// # Errors
    /// The queue is full, or the asker's share of it.
    pub fn search(
        &self,
        asker: &Asker,
        work: impl FnOnce(&mut Reader) + Send + 'static,
    ) -> Result<(), QueueFull> {
        let job = self.job(work);
        self.pool
            .queues
            .put(Lane::Searches, |waiting| waiting.searches.push(asker, job).map_err(|_| QueueFull))
    }

    /// Hands over work for a ringing phone: it goes before any request.
    ///
    /// # Errors
    /// The queue is full.
    pub fn ring(&self, work: impl FnOnce(&mut Reader) + Send + 'static) -> Result<(), QueueFull> {
        let job = self.job(work);
        self.pool.queues.put(Lane::Rings, |waiting| waiting.ring(job))
    }

    /// Reads the store on one of the threads and waits for the result.
    ///
    /// # Errors
    /// `busy`, `timeout`, or the refusal that the work's error stands for.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        asker: &Asker,
        work: impl FnOnce(&mut Reader) -> Result<T, ProfileError> + Send + 'static,
    ) -> Result<T, Refusal> {
        let (to, answer) = oneshot::channel();
        self.request(asker, move |reader| {
            // The requester may have disconnected.
            let _ = to.send(work(reader));
        })
        .map_err(|_| Refusal::queue_full())?;
        match timeout(self.timeout, answer).await {
            Ok(Ok(done)) => done.map_err(|error| error.refusal("")),
            Ok(Err(_)) => {
                let message = message!("検索できませんでした", "the lookup failed");
                Err(Refusal::new(ErrorCode::Internal, message))
            }
            Err(_) => Err(Refusal::timeout()),
        }
    }

    /// How long a requester waits for an answer.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Work that waits, rings and searches included.
    #[must_use]
    pub fn waiting(&self) -> usize {
        let waiting = self.pool.queues.lock();
        waiting.rings.len() + waiting.own.len() + waiting.requests.len() + waiting.searches.len()
    }

    fn job(&self, work: impl FnOnce(&mut Reader) + Send + 'static) -> Job {
        Job { work: Box::new(work), expires: Instant::now() + self.timeout }
    }
}

/// Closes the queues with the last clone of the pool.
struct Pool {
    queues: Arc<Queues>,
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.queues.lock().closed = true;
        for ready in [&self.queues.rings, &self.queues.requests, &self.queues.searches] {
            ready.notify_all();
        }
    }
}

/// Which work a thread serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lane {
    Rings,
    Requests,
    Searches,
}

/// The work that waits.
struct Waiting {
    max: usize,
    closed: bool,
    rings: VecDeque<Job>,
    /// What the bridge itself reads.
    own: VecDeque<Job>,
    requests: Turns<Asker, Job>,
    searches: Turns<Asker, Job>,
}

impl Waiting {
    fn ring(&mut self, job: Job) -> Result<(), QueueFull> {
        push(&mut self.rings, self.max, job)
    }

    fn own_work(&mut self, job: Job) -> Result<(), QueueFull> {
        push(&mut self.own, self.max, job)
    }

    fn next(&mut self, lane: Lane) -> Option<Job> {
        match lane {
            Lane::Rings => self.rings.pop_front(),
            Lane::Searches => self.searches.pop(),
            Lane::Requests => {
                self.rings.pop_front().or_else(|| self.own.pop_front()).or_else(|| self.requests.pop())
            }
        }
    }
}

fn push(queue: &mut VecDeque<Job>, max: usize, job: Job) -> Result<(), QueueFull> {
    if queue.len() >= max {
        return Err(QueueFull);
    }
    queue.push_back(job);
    Ok(())
}

/// The queues, and the threads that wait for work.
struct Queues {
    waiting: Mutex<Waiting>,
    rings: Condvar,
    requests: Condvar,
    searches: Condvar,
}

impl Queues {
    fn new(max: usize) -> Self {
        let share = (max / SHARE).max(1);
        let waiting = Waiting {
            max,
            closed: false,
            rings: VecDeque::new(),
            own: VecDeque::new(),
            requests: Turns::new(max, share),
            searches: Turns::new(max, share),
        };
        Self {
            waiting: Mutex::new(waiting),
            rings: Condvar::new(),
            requests: Condvar::new(),
            searches: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // Nothing can panic while the lock is held.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ready(&self, lane: Lane) -> &Condvar {
        match lane {
            Lane::Rings => &self.rings,
            Lane::Requests => &self.requests,
            Lane::Searches => &self.searches,
        }
    }

    fn put(
        &self,
        lane: Lane,
        put: impl FnOnce(&mut Waiting) -> Result<(), QueueFull>,
    ) -> Result<(), QueueFull> {
        put(&mut self.lock())?;
        self.ready(lane).notify_one();
        Ok(())
    }

    /// The next work of a thread. `None`: the pool is gone, and nothing is left to do.
    fn take(&self, lane: Lane) -> Option<Job> {
        let mut waiting = self.lock();
        loop {
            if let Some(job) = waiting.next(lane) {
                return Some(job);
            }
            if waiting.closed {
                return None;
            }
            waiting = self.ready(lane).wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// One thread's connection.
struct Worker {
    store: Store,
    reader: Reader,
    metrics: Metrics,
}

impl Worker {
    fn new(store: &Store, metrics: &Metrics) -> Result<Self, StoreError> {
        Ok(Self { store: store.clone(), reader: store.reader()?, metrics: metrics.clone() })
    }

    fn run(&mut self, job: Job) {
        let begun = Instant::now();
        if begun > job.expires {
            // The requester got `timeout` already; the work would only delay the next.
            self.metrics.lookups_expired.inc();
            return;
        }
        // A panic is a bug. It costs this one answer, not the thread.
        if catch_unwind(AssertUnwindSafe(|| (job.work)(&mut self.reader))).is_err() {
            tracing::error!("a lookup panicked; this is a bug, its answer is lost");
            match self.store.reader() {
                Ok(reader) => self.reader = reader,
                Err(error) => tracing::error!(%error, "no new connection to the store"),
            }
        }
        self.metrics.lookup_seconds.observe(begun.elapsed().as_secs_f64());
    }

    fn spawn(mut self, name: String, lane: Lane, queues: Arc<Queues>) -> Result<(), StoreError> {
        let location = self.store.location().to_owned();
        thread::Builder::new()
            .name(name)
            .spawn(move || {
                while let Some(job) = queues.take(lane) {
                    self.run(job);
                }
            })
            .map(|_| ())
            .map_err(|e| StoreError::Unusable { path: location, reason: e.cause() })
    }
}

#[cfg(test)]
mod tests;
