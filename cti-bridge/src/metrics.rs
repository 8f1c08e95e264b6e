//! Counters and measurements, in Prometheus' text format (`docs/metrics.md`).

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::sync::Arc;

/// One label called `kind`: a push, an outcome, a reason, an error code.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Kind {
    /// The label's value; always one of a fixed list.
    pub kind: &'static str,
}

/// What a PBX does not let the bridge see or do.
pub type SourceProblem = Kind;

/// Every instrument. Cheap to clone.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each is described where it is registered, in Metrics::new")]
pub struct Metrics {
    pub connections: Gauge,
    pub connections_refused: Family<Kind, Counter>,
    pub sockets: Gauge,
    pub sockets_dropped: Family<Kind, Counter>,
    pub frames_refused: Family<Kind, Counter>,
    pub pushes: Family<Kind, Counter>,
    pub lookups: Family<Kind, Counter>,
    pub lookups_expired: Counter,
    pub lookup_queue: Gauge,
    pub lookup_seconds: Histogram,
    pub ring_to_push_seconds: Histogram,
    pub ring_to_shown_seconds: Histogram,
    pub source_up: Gauge,
    pub source_problems: Family<SourceProblem, Gauge>,
    pub calls_live: Gauge,
    pub calls: Family<Kind, Counter>,
    pub store_writable: Gauge,
    pub store_write_age_seconds: Gauge,
    pub disk_free_bytes: Gauge,
    pub writes_waiting: Gauge,
    pub call_records_waiting: Gauge,
    pub call_records_lost: Counter,
    pub audit_waiting: Gauge,
    pub audit_lost: Counter,
    pub webhook_events: Family<Kind, Counter>,
    pub events_out: Family<Kind, Counter>,
    pub events_out_waiting: Gauge,
    registry: Arc<Registry>,
}

/// Buckets from 10 µs, each twice as wide, to about 5 s.
fn latency() -> Histogram {
    Histogram::new((0..20).map(|n| 1e-5 * f64::from(1_u32 << n)))
}

impl Metrics {
    /// New instruments, all at zero.
    #[must_use]
    pub fn new() -> Self {
        let mut all = Self {
            connections: Gauge::default(),
            connections_refused: Family::default(),
            sockets: Gauge::default(),
            sockets_dropped: Family::default(),
            frames_refused: Family::default(),
            pushes: Family::default(),
            lookups: Family::default(),
            lookups_expired: Counter::default(),
            lookup_queue: Gauge::default(),
            lookup_seconds: latency(),
            ring_to_push_seconds: latency(),
            ring_to_shown_seconds: latency(),
            source_up: Gauge::default(),
            source_problems: Family::default(),
            calls_live: Gauge::default(),
            calls: Family::default(),
            store_writable: Gauge::default(),
            store_write_age_seconds: Gauge::default(),
            disk_free_bytes: Gauge::default(),
            writes_waiting: Gauge::default(),
            call_records_waiting: Gauge::default(),
            call_records_lost: Counter::default(),
            audit_waiting: Gauge::default(),
            audit_lost: Counter::default(),
            webhook_events: Family::default(),
            events_out: Family::default(),
            events_out_waiting: Gauge::default(),
            registry: Arc::new(Registry::default()),
        };
        all.registry = Arc::new(all.registered());
        all
    }

    fn registered(&self) -> Registry {
        let mut r = Registry::with_prefix("chakuden");
        r.register("webhook_events", "Events over HTTP, by result", self.webhook_events.clone());
        r.register("events_out", "Events for other systems, by what became of them", self.events_out.clone());
        r.register(
            "events_out_waiting",
            "Events that other systems are still to be told of",
            self.events_out_waiting.clone(),
        );
        r.register("connections", "Open TCP connections", self.connections.clone());
        r.register(
            "connections_refused",
            "Clients turned away or given up, by the setting that limits them",
            self.connections_refused.clone(),
        );
        r.register("sockets", "Open WebSockets", self.sockets.clone());
        r.register(
            "sockets_dropped",
            "WebSockets that the bridge closed, by reason",
            self.sockets_dropped.clone(),
        );
        r.register("frames_refused", "Requests answered with an error, by code", self.frames_refused.clone());
        r.register("pushes", "Pushes, by kind, one per agent", self.pushes.clone());
        r.register("lookups", "Lookups, by result", self.lookups.clone());
        r.register(
            "lookups_expired",
            "Lookups dropped because their requester had given up",
            self.lookups_expired.clone(),
        );
        r.register("lookup_queue", "Lookups waiting", self.lookup_queue.clone());
        r.register(
            "lookup_seconds",
            "Time that a lookup takes in the store, without waiting",
            self.lookup_seconds.clone(),
        );
        r.register(
            "ring_to_push_seconds",
            "From reading the ring to the push",
            self.ring_to_push_seconds.clone(),
        );
        r.register(
            "ring_to_shown_seconds",
            "From the ring to the page's confirmation",
            self.ring_to_shown_seconds.clone(),
        );
        r.register("source_up", "1 while all PBXs are connected", self.source_up.clone());
        r.register(
            "source_problems",
            "PBXs that do not let the bridge see or do everything, by what it is",
            self.source_problems.clone(),
        );
        r.register("calls_live", "Live calls", self.calls_live.clone());
        r.register("calls", "Ended calls, by outcome", self.calls.clone());
        r.register("store_writable", "1 while the store can be written", self.store_writable.clone());
        r.register(
            "store_write_age_seconds",
            "Time since the last successful write",
            self.store_write_age_seconds.clone(),
        );
        r.register("disk_free_bytes", "Room beside the store", self.disk_free_bytes.clone());
        r.register("writes_waiting", "Writes not yet begun", self.writes_waiting.clone());
        r.register("call_records_waiting", "Call records not yet written", self.call_records_waiting.clone());
        r.register(
            "call_records_lost",
            "Call records that could not be written",
            self.call_records_lost.clone(),
        );
        r.register("audit_waiting", "Audit entries not yet written", self.audit_waiting.clone());
        r.register("audit_lost", "Audit entries that could not be written", self.audit_lost.clone());
        r
    }

    /// The text format.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut out = String::with_capacity(8 * 1024);
        // Writing into a String fails only if an instrument's own encoder does.
        if let Err(error) = text::encode(&mut out, &self.registry) {
            tracing::error!(%error, "the metrics could not be written");
        }
        out
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}
