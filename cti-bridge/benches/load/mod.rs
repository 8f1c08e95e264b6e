//! Many agents and many calls: a PBX that plays calls over TCP at a steady rate, agents' sockets that
//! count what comes, and the figures. The bridge under load may be in this process or another.
#![allow(dead_code, reason = "each program uses its own part")]
#![allow(clippy::unwrap_used, reason = "a load that cannot be made has no figures")]

pub(crate) mod agents;
pub(crate) mod child;
pub(crate) mod pbx;
pub(crate) mod relay;
pub(crate) mod soak;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use shared::dataset;
use shared::store::{NewAgent, Store, StoreError};
use shared::{Clock, SystemClock};
use test_support::put;

/// How much is going on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    /// Agents with an open page.
    pub(crate) agents: usize,
    /// One agent in this many reads nothing at all; 0: none.
    pub(crate) stuck_every: usize,
    /// New calls a second.
    pub(crate) calls_per_second: u32,
    /// How long new calls come.
    pub(crate) length: Duration,
    /// How long a phone rings.
    pub(crate) ring: Duration,
    /// Duration of a call after it is answered.
    pub(crate) talk: Duration,
}

impl Load {
    /// Calls altogether.
    pub(crate) fn calls(&self) -> usize {
        usize::try_from(u64::from(self.calls_per_second) * self.length.as_secs()).unwrap()
    }

    /// Whether this agent's browser reads nothing.
    pub(crate) fn is_stuck(&self, agent: usize) -> bool {
        self.stuck_every > 0 && agent % self.stuck_every == self.stuck_every - 1
    }

    /// The agents whose phones a call rings; the first answers. Every fourth call rings two.
    pub(crate) fn rung_by(&self, call: usize) -> (usize, Option<usize>) {
        let first = (call * 3) % self.agents;
        (first, call.is_multiple_of(4).then_some((first + 1) % self.agents))
    }
}

/// An agent's extension.
pub(crate) fn extension(agent: usize) -> String {
    (10_000 + agent).to_string()
}

/// The number that a call dials: it names the call in the pop-up.
pub(crate) fn dialled(call: usize) -> String {
    format!("05{call:08}")
}

/// Customers of the company; nine callers of ten are one of them.
const CUSTOMERS: usize = 2_000;

/// Who calls.
pub(crate) fn caller(call: usize) -> String {
    if call % 10 == 9 { format!("036{:07}", call % 1_000_000) } else { number(call % CUSTOMERS) }
}

fn number(customer: usize) -> String {
    format!("035{customer:07}")
}

/// What became of the calls.
pub(crate) struct Board {
    begun: Instant,
    calls: Vec<Call>,
    /// From a phone's ring to its pop-up at the agent's socket, in microseconds.
    latencies: std::sync::Mutex<Vec<u32>>,
    /// Bytes of all pop-ups that came.
    pub(crate) popup_bytes: AtomicU64,
    /// Sockets that the bridge closed or that ended by themselves, of agents who read.
    pub(crate) broken: AtomicU64,
}

/// One call: when its phones rang, and how many pushes of each kind came to agents who read.
#[derive(Default)]
struct Call {
    rang_at_us: AtomicU64,
    expected: AtomicU8,
    ringing: AtomicU8,
    answered: AtomicU8,
    ended: AtomicU8,
    dismissed: AtomicU8,
}

/// The sums.
#[derive(Debug, Default, Clone)]
pub(crate) struct Tally {
    pub(crate) calls: usize,
    /// Pop-ups that were expected.
    pub(crate) expected: usize,
    pub(crate) lost: usize,
    pub(crate) doubled: usize,
    /// Pop-ups that were shown and never went, or went twice.
    pub(crate) stayed: usize,
    pub(crate) p50_us: u32,
    pub(crate) p99_us: u32,
    pub(crate) max_us: u32,
}

impl Board {
    pub(crate) fn new(calls: usize) -> Arc<Self> {
        Arc::new(Self {
            begun: Instant::now(),
            calls: (0..calls).map(|_| Call::default()).collect(),
            latencies: std::sync::Mutex::default(),
            popup_bytes: AtomicU64::new(0),
            broken: AtomicU64::new(0),
        })
    }

    fn now_us(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_micros()).unwrap()
    }

    /// The phones of a call ring now; this many of their agents read.
    pub(crate) fn rings(&self, call: usize, readers: u8) {
        self.calls[call].expected.store(readers, Ordering::Relaxed);
        self.calls[call].rang_at_us.store(self.now_us(), Ordering::Release);
    }

    /// A pop-up of this many bytes has arrived.
    pub(crate) fn popped_up(&self, call: usize, bytes: usize) {
        self.popup_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        let waited = self.now_us() - self.calls[call].rang_at_us.load(Ordering::Acquire);
        self.calls[call].ringing.fetch_add(1, Ordering::Relaxed);
        self.latencies.lock().unwrap().push(u32::try_from(waited).unwrap());
    }

    /// Another push about a call has arrived.
    pub(crate) fn pushed(&self, call: usize, kind: &str) {
        let call = &self.calls[call];
        let counter = match kind {
            "call.answered" => &call.answered,
            "call.ended" => &call.ended,
            "call.dismissed" => &call.dismissed,
            _ => return,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether everything expected has arrived.
    pub(crate) fn is_complete(&self) -> bool {
        self.calls.iter().all(|call| {
            let get = |counter: &AtomicU8| counter.load(Ordering::Relaxed);
            get(&call.ringing) >= get(&call.expected)
                && get(&call.ended) + get(&call.dismissed) >= get(&call.expected)
        })
    }

    /// Bytes of a pop-up on average.
    pub(crate) fn popup_bytes_mean(&self) -> usize {
        let count = self.latencies.lock().unwrap().len().max(1);
        usize::try_from(self.popup_bytes.load(Ordering::Relaxed)).unwrap() / count
    }

    pub(crate) fn tally(&self) -> Tally {
        let mut tally = Tally { calls: self.calls.len(), ..Tally::default() };
        for call in &self.calls {
            let get = |counter: &AtomicU8| usize::from(counter.load(Ordering::Relaxed));
            let (expected, came) = (get(&call.expected), get(&call.ringing));
            tally.expected += expected;
            tally.lost += expected.saturating_sub(came);
            tally.doubled += came.saturating_sub(expected) + get(&call.answered).saturating_sub(1);
            tally.stayed += (get(&call.ended) + get(&call.dismissed)).abs_diff(came);
        }
        let mut latencies = self.latencies.lock().unwrap().clone();
        latencies.sort_unstable();
        let at = |share: f64| {
            let place = (latencies.len() as f64 * share) as usize;
            latencies.get(place.min(latencies.len().saturating_sub(1))).copied().unwrap_or_default()
        };
        (tally.p50_us, tally.p99_us, tally.max_us) = (at(0.50), at(0.99), at(1.0));
        tally
    }
}

/// Counts the calls that were not placed because the PBX had no connection; the count should stay 0.
pub(crate) static NOT_PLACED: AtomicU32 = AtomicU32::new(0);

/// Creates a company with this many agents in its own store; returns their tokens.
pub(crate) fn company(folder: &Path, agents: usize) -> (Store, Vec<String>) {
    let store = Store::create(&folder.join("company.db")).unwrap();
    let now = SystemClock.now();
    let tokens = store.write(|tx| {
        for n in 0..CUSTOMERS {
            let code = format!("C{n:05}");
            let name = format!("株式会社顧客{n}");
            put(tx, &dataset::CUSTOMERS, &[("customer_code", &code), ("customer_name", &name)]);
            let contact = [("customer_code", code.as_str()), ("purpose", "sales"), ("phone", &number(n))];
            put(tx, &dataset::CONTACTS, &contact);
        }
        (0..agents)
            .map(|n| {
                let agent = NewAgent {
                    agent_code: format!("A{n:05}"),
                    agent_name: format!("Agent {n}"),
                    extension: Some(extension(n)),
                    role: shared::agent::AgentRole::Agent,
                    token_expires_at: None,
                };
                tx.add_agent(&agent, now)
            })
            .collect::<Result<Vec<_>, StoreError>>()
    });
    (store, tokens.unwrap())
}

/// Resident memory of a process, in bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Resident {
    /// Its own.
    pub(crate) own: u64,
    /// Pages of files that it reads through a mapping, the store's above all: the system takes them back when it
    /// needs them.
    pub(crate) mapped: u64,
}

/// What a process keeps in memory.
pub(crate) fn resident(process: u32) -> Resident {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let bytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.split_whitespace().next().unwrap().parse::<u64>().unwrap() * 1_024
    };
    Resident { own: bytes("RssAnon:"), mapped: bytes("RssFile:") + bytes("RssShmem:") }
}
