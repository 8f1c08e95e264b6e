//! Every limit and every wait of `serve`, each with its unit last.

use std::time::Duration;

use chrono::TimeDelta;
use shared::settings_reader::{Table, Value, whole};

use crate::app::HttpLimits;
use crate::app::places::PlaceLimits;
use crate::audit::AuditLimits;
use crate::bridge::health::HealthLimits;
use crate::hub::HubLimits;
use crate::hub::socket::SocketLimits;
use crate::lookup::LookupLimits;
use crate::throttle::Rate;

/// A day.
const DAY_MS: u64 = 86_400_000;
/// A pebibyte.
const MIB_MAX: u32 = 1 << 30;
/// A year.
const YEAR_HOURS: u32 = 8_760;
/// A year.
const YEAR_SECONDS: u32 = 31_536_000;
/// What may be open, wait or be kept at a time.
const COUNT_MAX: usize = 10_000_000;
/// Threads.
const THREADS_MAX: usize = 1_024;
/// The largest frame, in bytes.
const FRAME_BYTES: std::ops::RangeInclusive<usize> = 1_024..=1 << 30;
/// Requests of one agent, in a burst or a second.
const RATE_MAX: u32 = 1_000_000;

/// Every limit and every wait.
#[derive(Debug, Clone)]
pub struct Limits {
    /// TCP connections open at a time.
    pub connections_max: usize,
    /// TCP connections of one address that have not signed in.
    pub connections_per_address_max: usize,
    /// Wait for the TLS handshake, and for a request's header.
    pub http_header_timeout_ms: u64,
    /// Wait for a request's body.
    pub http_body_timeout_ms: u64,
    /// Wait for a client that accepts no data (HTTP, or 4429).
    pub write_timeout_ms: u64,
    /// Signed-in WebSockets open at a time. Their places are kept: other connections never take them.
    pub sockets_max: usize,
    /// WebSockets of one address before `hello`.
    pub sockets_waiting_per_address_max: usize,
    /// WebSockets of one agent.
    pub sockets_per_agent_max: usize,
    /// Pushes that wait for one WebSocket; when there are more, it is closed (4429).
    pub agent_queue_max: usize,
    /// Pushes kept for an agent whose WebSocket reconnects.
    pub replay_max: usize,
    /// How long they are kept. A client that reconnects later gets the snapshot.
    pub replay_seconds: u32,
    /// Requests of one WebSocket under way at a time.
    pub agent_requests_max: usize,
    /// Size of a frame from a client, in bytes.
    pub frame_bytes_max: usize,
    /// Invalid frames in a row until the WebSocket is closed (4400).
    pub bad_frames_max: u32,
    /// Wait for `hello` (4408).
    pub hello_timeout_ms: u64,
    /// Idle time until a ping.
    pub ping_interval_ms: u64,
    /// Idle time until a WebSocket is closed (4408), and the longest that one write to it may take (4429).
    pub idle_timeout_ms: u64,
    /// Threads that read the store, beside the one for ringing phones.
    pub lookup_threads: usize,
    /// Lookups that wait, and as many rings and searches. One agent's take a quarter of it at most.
    pub lookup_queue_max: usize,
    /// Wait for a lookup.
    pub lookup_timeout_ms: u64,
    /// How long a search may read the store before it is cut short.
    pub search_max_ms: u64,
    /// Call records that wait for the store.
    pub call_records_max: usize,
    /// Answers to writes that are kept for each agent, so that a repeated request is carried out once.
    pub write_keys_per_agent_max: usize,
    /// How long they are kept.
    pub write_keys_hours: u32,
    /// Wait between two attempts to write call records or audit entries.
    pub store_retry_ms: u64,
    /// How often a store with nothing to write is written to, to see whether it can be.
    pub store_check_ms: u64,
    /// The longest time without a successful write until the bridge is not ready.
    pub store_write_age_max_seconds: u32,
    /// The least room beside the store, in MiB, until the bridge is not ready.
    pub disk_free_min_mib: u32,
    /// Interval at which the list of agents and the last rank run are read.
    pub agents_refresh_ms: u64,
    /// Requests of one agent in a burst that show a customer's card, such as lookups, searches and choices.
    pub lookups_per_agent_max: u32,
    /// The same a second after a burst; 0: no limit.
    pub lookups_per_agent_per_second: u32,
    /// Requests of one agent in a burst that write, or tell other screens something.
    pub writes_per_agent_max: u32,
    /// The same a second after a burst; 0: no limit.
    pub writes_per_agent_per_second: u32,
    /// Calls that one agent may have dialled in a burst.
    pub dials_per_agent_max: u32,
    /// The same a minute after a burst; 0: no limit.
    pub dials_per_agent_per_minute: u32,
    /// Audit entries that wait for the disk.
    pub audit_queue_max: usize,
    /// How long an audit entry waits for others, to be written together.
    pub audit_flush_ms: u64,
    /// Time for a shutdown after the first signal.
    pub shutdown_timeout_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            connections_max: 2_048,
            connections_per_address_max: 512,
            http_header_timeout_ms: 5_000,
            http_body_timeout_ms: 10_000,
            write_timeout_ms: 10_000,
            sockets_max: 1_000,
            sockets_waiting_per_address_max: 128,
            sockets_per_agent_max: 8,
            agent_queue_max: 256,
            replay_max: 256,
            replay_seconds: 300,
            agent_requests_max: 32,
            frame_bytes_max: 64 * 1024,
            bad_frames_max: 3,
            hello_timeout_ms: 5_000,
            ping_interval_ms: 20_000,
            idle_timeout_ms: 60_000,
            lookup_threads: cores.clamp(2, 8),
            lookup_queue_max: 1_024,
            lookup_timeout_ms: 2_000,
            search_max_ms: 20,
            call_records_max: 4_096,
            write_keys_per_agent_max: 256,
            write_keys_hours: 24,
            store_retry_ms: 500,
            store_check_ms: 10_000,
            store_write_age_max_seconds: 60,
            disk_free_min_mib: 100,
            agents_refresh_ms: 2_000,
            lookups_per_agent_max: 200,
            lookups_per_agent_per_second: 10,
            writes_per_agent_max: 100,
            writes_per_agent_per_second: 10,
            dials_per_agent_max: 10,
            dials_per_agent_per_minute: 10,
            audit_queue_max: 8_192,
            audit_flush_ms: 200,
            shutdown_timeout_ms: 1_800,
        }
    }
}

impl Limits {
    pub(super) fn read(table: &Table<'_>) -> Self {
        let mut limits = Self::default();
        table.fields(|fields| {
            let count = || whole(1..=COUNT_MAX);
            let wait = || whole(1..=DAY_MS);
            let rate = |value: &Value<'_>| value.whole(0..=RATE_MAX);
            fields.set("connections_max", &mut limits.connections_max, count());
            fields.set("connections_per_address_max", &mut limits.connections_per_address_max, count());
            fields.set("http_header_timeout_ms", &mut limits.http_header_timeout_ms, wait());
            fields.set("http_body_timeout_ms", &mut limits.http_body_timeout_ms, wait());
            fields.set("write_timeout_ms", &mut limits.write_timeout_ms, wait());
            fields.set("sockets_max", &mut limits.sockets_max, count());
            let waiting = &mut limits.sockets_waiting_per_address_max;
            fields.set("sockets_waiting_per_address_max", waiting, count());
            fields.set("sockets_per_agent_max", &mut limits.sockets_per_agent_max, count());
            fields.set("agent_queue_max", &mut limits.agent_queue_max, count());
            fields.set("replay_max", &mut limits.replay_max, whole(0..=COUNT_MAX));
            fields.set("replay_seconds", &mut limits.replay_seconds, whole(0..=YEAR_SECONDS));
            fields.set("agent_requests_max", &mut limits.agent_requests_max, count());
            fields.set("frame_bytes_max", &mut limits.frame_bytes_max, whole(FRAME_BYTES));
            fields.set("bad_frames_max", &mut limits.bad_frames_max, whole(1..=RATE_MAX));
            fields.set("hello_timeout_ms", &mut limits.hello_timeout_ms, wait());
            fields.set("ping_interval_ms", &mut limits.ping_interval_ms, wait());
            fields.set("idle_timeout_ms", &mut limits.idle_timeout_ms, wait());
            fields.set("lookup_threads", &mut limits.lookup_threads, whole(1..=THREADS_MAX));
            fields.set("lookup_queue_max", &mut limits.lookup_queue_max, count());
            fields.set("lookup_timeout_ms", &mut limits.lookup_timeout_ms, wait());
            fields.set("search_max_ms", &mut limits.search_max_ms, wait());
            fields.set("call_records_max", &mut limits.call_records_max, count());
            fields.set("write_keys_per_agent_max", &mut limits.write_keys_per_agent_max, count());
            fields.set("write_keys_hours", &mut limits.write_keys_hours, whole(1..=YEAR_HOURS));
            fields.set("store_retry_ms", &mut limits.store_retry_ms, wait());
            fields.set("store_check_ms", &mut limits.store_check_ms, wait());
            fields.set(
                "store_write_age_max_seconds",
                &mut limits.store_write_age_max_seconds,
                whole(1..=YEAR_SECONDS),
            );
            fields.set("disk_free_min_mib", &mut limits.disk_free_min_mib, whole(0..=MIB_MAX));
            fields.set("agents_refresh_ms", &mut limits.agents_refresh_ms, wait());
            fields.set("lookups_per_agent_max", &mut limits.lookups_per_agent_max, rate);
            fields.set("lookups_per_agent_per_second", &mut limits.lookups_per_agent_per_second, rate);
            fields.set("writes_per_agent_max", &mut limits.writes_per_agent_max, rate);
            fields.set("writes_per_agent_per_second", &mut limits.writes_per_agent_per_second, rate);
            fields.set("dials_per_agent_max", &mut limits.dials_per_agent_max, rate);
            fields.set("dials_per_agent_per_minute", &mut limits.dials_per_agent_per_minute, rate);
            fields.set("audit_queue_max", &mut limits.audit_queue_max, count());
            fields.set("audit_flush_ms", &mut limits.audit_flush_ms, wait());
            fields.set("shutdown_timeout_ms", &mut limits.shutdown_timeout_ms, whole(0..=DAY_MS));
        });
        limits
    }

    pub(crate) fn http(&self) -> HttpLimits {
        HttpLimits {
            header_timeout: Duration::from_millis(self.http_header_timeout_ms),
            body_timeout: Duration::from_millis(self.http_body_timeout_ms),
            write_timeout: Duration::from_millis(self.write_timeout_ms),
        }
    }

    pub(crate) fn places(&self) -> PlaceLimits {
        PlaceLimits {
            connections_max: self.connections_max,
            connections_per_address_max: self.connections_per_address_max,
            sockets_max: self.sockets_max,
            waiting_per_address_max: self.sockets_waiting_per_address_max,
        }
    }

    pub(crate) fn socket(&self) -> SocketLimits {
        SocketLimits {
            agent_queue_max: self.agent_queue_max,
            requests_max: self.agent_requests_max,
            frame_bytes_max: self.frame_bytes_max,
            bad_frames_max: self.bad_frames_max,
            hello_timeout: Duration::from_millis(self.hello_timeout_ms),
            ping_interval: Duration::from_millis(self.ping_interval_ms),
            idle_timeout: Duration::from_millis(self.idle_timeout_ms),
            search_max: Duration::from_millis(self.search_max_ms),
        }
    }

    pub(crate) fn hub(&self) -> HubLimits {
        HubLimits {
            replay_max: self.replay_max,
            replay_age: TimeDelta::seconds(i64::from(self.replay_seconds)),
            sockets_per_agent_max: self.sockets_per_agent_max,
        }
    }

    pub(crate) fn lookup(&self) -> LookupLimits {
        LookupLimits {
            threads: self.lookup_threads,
            queue_max: self.lookup_queue_max,
            timeout: Duration::from_millis(self.lookup_timeout_ms),
        }
    }

    pub(crate) fn health(&self) -> HealthLimits {
        HealthLimits {
            check: Duration::from_millis(self.store_check_ms),
            write_age_max: Duration::from_secs(self.store_write_age_max_seconds.into()),
            disk_free_min: u64::from(self.disk_free_min_mib) << 20,
        }
    }

    pub(crate) fn lookup_rate(&self) -> Rate {
        Rate::per_second(self.lookups_per_agent_max, self.lookups_per_agent_per_second)
    }

    pub(crate) fn write_rate(&self) -> Rate {
        Rate::per_second(self.writes_per_agent_max, self.writes_per_agent_per_second)
    }

    pub(crate) fn dial_rate(&self) -> Rate {
        Rate::per_minute(self.dials_per_agent_max, self.dials_per_agent_per_minute)
    }

    pub(crate) fn audit(&self) -> AuditLimits {
        AuditLimits {
            queue_max: self.audit_queue_max,
            flush: Duration::from_millis(self.audit_flush_ms),
            retry: Duration::from_millis(self.store_retry_ms),
        }
    }
}
