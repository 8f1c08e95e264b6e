//! Threads that read the store, so that sockets never wait for a disk.
//!
//! Each thread has a reading connection of its own. Rings come before requests: one thread serves only rings, the
//! others look for a ring before each request. Both queues are bounded; what does not fit is refused at once.

use std::panic::{AssertUnwindSafe, catch_unwind};
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

/// Work for a reading connection.
type Work = Box<dyn FnOnce(&mut Reader) + Send>;

/// Work, and when its requester stops waiting.
struct Job {
    work: Work,
    expires: Instant,
}

/// The queue is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the lookup queue is full")]
pub struct QueueFull;

/// The limits of the pool.
#[derive(Debug, Clone, Copy)]
pub struct LookupLimits {
    /// Threads for requests, beside the one for rings.
    pub threads: usize,
    /// Requests that may wait, and as many rings.
    pub queue_max: usize,
    /// How long a requester waits for an answer.
    pub timeout: Duration,
}

/// The pool. Cheap to clone; the threads end when the last clone is gone.
#[derive(Clone)]
pub struct Lookups {
    rings: flume::Sender<Job>,
    requests: flume::Sender<Job>,
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
        let (rings, rings_rx) = flume::bounded(limits.queue_max);
        let (requests, requests_rx) = flume::bounded(limits.queue_max);
        spawn("lookup-ring".to_owned(), Worker::new(store, metrics)?, rings_rx.clone(), None)?;
        for n in 0..limits.threads.max(1) {
            let worker = Worker::new(store, metrics)?;
            spawn(format!("lookup-{n}"), worker, requests_rx.clone(), Some(rings_rx.clone()))?;
        }
        Ok(Self { rings, requests, timeout: limits.timeout })
    }

    /// Hands over the work of a request.
    ///
    /// # Errors
    /// The queue is full.
    pub fn request(&self, work: impl FnOnce(&mut Reader) + Send + 'static) -> Result<(), QueueFull> {
        self.send(&self.requests, Box::new(work))
    }

    /// Hands over work for a ringing phone: it goes before any request.
    ///
    /// # Errors
    /// The queue is full.
    pub fn ring(&self, work: impl FnOnce(&mut Reader) + Send + 'static) -> Result<(), QueueFull> {
        self.send(&self.rings, Box::new(work))
    }

    /// Reads the store on one of the threads and waits for the result.
    ///
    /// # Errors
    /// `busy`, `timeout`, or the refusal that the work's error stands for.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Reader) -> Result<T, ProfileError> + Send + 'static,
    ) -> Result<T, Refusal> {
        let (to, answer) = oneshot::channel();
        self.request(move |reader| {
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

    /// Work that waits, rings included.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.rings.len() + self.requests.len()
    }

    fn send(&self, queue: &flume::Sender<Job>, work: Work) -> Result<(), QueueFull> {
        queue.try_send(Job { work, expires: Instant::now() + self.timeout }).map_err(|_| QueueFull)
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
}

fn spawn(
    name: String,
    mut worker: Worker,
    own: flume::Receiver<Job>,
    first: Option<flume::Receiver<Job>>,
) -> Result<(), StoreError> {
    let location = worker.store.location().to_owned();
    thread::Builder::new()
        .name(name)
        .spawn(move || {
            while let Ok(job) = own.recv() {
                while let Some(ring) = first.as_ref().and_then(|rings| rings.try_recv().ok()) {
                    worker.run(ring);
                }
                worker.run(job);
            }
        })
        .map(|_| ())
        .map_err(|e| StoreError::Unusable { path: location, reason: e.cause() })
}
