//! Settings: a TOML file (`bridge.example.toml`), overridden by flags. Every limit is named with its unit last.

mod sign_in;

pub use sign_in::SignInSettings;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::TimeDelta;
use serde::Deserialize;
use shared::label::Lang;
use toml::de::DeTable;

use crate::agent::HubLimits;
use crate::agent::permission::PermissionSettings;
use crate::agent::socket::SocketLimits;
use crate::bridge::BridgeTimes;
use crate::bridge::record::RecorderLimits;
use crate::exit::Failure;
use crate::files::{read_text, toml_error};
use crate::lookup::LookupLimits;
use crate::oidc::OidcConfig;
use crate::source::Sources;
use crate::tls::TlsConfig;

/// The largest settings file that is read. Bytes.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// All settings of `serve`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The store's file.
    pub store: Option<PathBuf>,
    /// Address of the agent page and the protocol.
    pub listen: SocketAddr,
    /// Whether an address that other machines reach may be listened on, unencrypted.
    pub allow_plaintext_remote: bool,
    /// Certificate and key of the listener; none: it speaks plain text.
    pub tls: Option<TlsConfig>,
    /// Origins of web pages, beside our own, that may open a WebSocket: `https://crm.example.com`.
    pub allowed_origins: Vec<String>,
    /// The PBXs, from tables such as `[ami.NAME]`; without any there are lookups only.
    #[serde(skip)]
    pub sources: Sources,
    /// What happens after calls.
    pub calls: CallSettings,
    /// What the roles may do beside or without what `docs/security.md` says.
    pub permissions: PermissionSettings,
    /// Signing in.
    pub sign_in: SignInSettings,
    /// Single sign-on; none: tokens and passwords only.
    pub oidc: Option<OidcConfig>,
    /// Limits.
    pub limits: Limits,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            store: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            allow_plaintext_remote: false,
            tls: None,
            allowed_origins: Vec::new(),
            sources: Sources::default(),
            calls: CallSettings::default(),
            permissions: PermissionSettings::default(),
            sign_in: SignInSettings::default(),
            oidc: None,
            limits: Limits::default(),
        }
    }
}

/// What happens after calls.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CallSettings {
    /// How long an agent is at after-call work when a call has ended; 0: not at all.
    pub after_call_work_seconds: u64,
    /// Within which time a missed call is to be called back.
    pub callback_within_minutes: u32,
}

impl Default for CallSettings {
    fn default() -> Self {
        Self { after_call_work_seconds: 30, callback_within_minutes: 30 }
    }
}

/// Every limit and every wait.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// TCP connections open at a time.
    pub connections_max: usize,
    /// Wait for a request's header.
    pub http_header_timeout_ms: u64,
    /// WebSockets open at a time.
    pub sockets_max: usize,
    /// WebSockets of one agent.
    pub sockets_per_agent_max: usize,
    /// Pushes that wait for one WebSocket; when they are more, it is closed (4429).
    pub agent_queue_max: usize,
    /// Pushes kept for an agent whose WebSocket comes back.
    pub replay_max: usize,
    /// How long they are kept. Whoever comes back later gets the snapshot.
    pub replay_seconds: u32,
    /// Requests of one WebSocket under way at a time.
    pub agent_requests_max: usize,
    /// Size of a frame from a client.
    pub frame_bytes_max: usize,
    /// Frames in a row that are none of the protocol, until the WebSocket is closed (4400).
    pub bad_frames_max: u32,
    /// Wait for `hello` (4408).
    pub hello_timeout_ms: u64,
    /// Quiet time until a ping.
    pub ping_interval_ms: u64,
    /// Quiet time until a WebSocket is given up (4408), and longest wait for one that takes nothing.
    pub idle_timeout_ms: u64,
    /// Threads that read the store, beside the one for rings.
    pub lookup_threads: usize,
    /// Lookups that wait.
    pub lookup_queue_max: usize,
    /// Wait for a lookup.
    pub lookup_timeout_ms: u64,
    /// Call records that wait for the store.
    pub call_records_max: usize,
    /// Wait between two tries to write call records.
    pub store_retry_ms: u64,
    /// Wait between two looks at the list of agents and at the last rank run.
    pub agents_refresh_ms: u64,
    /// Lookups, searches and timelines of one agent at once.
    pub lookups_per_agent_max: u32,
    /// Lookups, searches and timelines of one agent a second, after those; 0: no limit.
    pub lookups_per_agent_per_second: u32,
    /// Audit entries that wait for the store.
    pub audit_queue_max: usize,
    /// How long an audit entry waits for others to be written with it.
    pub audit_flush_ms: u64,
    /// Wait for everything to end after the first signal.
    pub shutdown_timeout_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            connections_max: 2_048,
            http_header_timeout_ms: 5_000,
            sockets_max: 1_000,
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
            call_records_max: 4_096,
            store_retry_ms: 500,
            agents_refresh_ms: 2_000,
            lookups_per_agent_max: 200,
            lookups_per_agent_per_second: 10,
            audit_queue_max: 8_192,
            audit_flush_ms: 200,
            shutdown_timeout_ms: 1_800,
        }
    }
}

impl Config {
    /// Reads a settings file.
    ///
    /// # Errors
    /// The file is missing (66), cannot be read (74), or holds a wrong or unknown key (78), which is named.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let text = read_text(path, FILE_BYTES_MAX)?;
        Self::parse(&text).map_err(|e| Failure::config(format!("{}: {e}", path.display())))
    }

    /// Reads settings from text.
    ///
    /// # Errors
    /// One line: where, which key, what was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let config = Self::from_toml(text).map_err(|e| toml_error(text, &e))?;
        config.limits.check()?;
        config.sign_in.check()?;
        config.sources.check_names().map_err(|e| e.text(Lang::En).to_owned())?;
        if config.calls.after_call_work_seconds > 86_400 {
            return Err("calls.after_call_work_seconds must be at most 86400".to_owned());
        }
        Ok(config)
    }

    fn from_toml(text: &str) -> Result<Self, toml::de::Error> {
        let mut file = DeTable::parse(text)?;
        let sources = Sources::take_from(file.get_mut())?;
        Ok(Self { sources, ..Self::deserialize(toml::Deserializer::from(file))? })
    }

    /// Refuses an address that other machines reach without TLS, unless that is wanted: tokens and customers' data
    /// would cross the network unencrypted.
    ///
    /// # Errors
    /// [`Failure`] with exit code 78.
    pub fn check_listen(&self) -> Result<(), Failure> {
        if self.listen.ip().is_loopback() || self.tls.is_some() || self.allow_plaintext_remote {
            return Ok(());
        }
        Err(Failure::config(format!(
            "{} can be reached by other machines and no TLS is set; give --tls-cert and --tls-key (or [tls] in the \
             settings), listen on 127.0.0.1, or accept plain text with --allow-plaintext-remote",
            self.listen
        )))
    }
}

impl Limits {
    fn check(&self) -> Result<(), String> {
        let at_least_one = [
            ("connections_max", self.connections_max),
            ("sockets_max", self.sockets_max),
            ("sockets_per_agent_max", self.sockets_per_agent_max),
            ("agent_queue_max", self.agent_queue_max),
            ("agent_requests_max", self.agent_requests_max),
            ("lookup_threads", self.lookup_threads),
            ("lookup_queue_max", self.lookup_queue_max),
            ("call_records_max", self.call_records_max),
            ("audit_queue_max", self.audit_queue_max),
        ];
        if let Some((name, _)) = at_least_one.iter().find(|(_, value)| *value == 0) {
            return Err(format!("limits.{name} must be at least 1"));
        }
        if self.frame_bytes_max < 1024 {
            return Err("limits.frame_bytes_max must be at least 1024".to_owned());
        }
        if self.bad_frames_max == 0 {
            return Err("limits.bad_frames_max must be at least 1".to_owned());
        }
        let waits = [
            ("http_header_timeout_ms", self.http_header_timeout_ms),
            ("hello_timeout_ms", self.hello_timeout_ms),
            ("ping_interval_ms", self.ping_interval_ms),
            ("idle_timeout_ms", self.idle_timeout_ms),
            ("lookup_timeout_ms", self.lookup_timeout_ms),
            ("store_retry_ms", self.store_retry_ms),
            ("agents_refresh_ms", self.agents_refresh_ms),
            ("audit_flush_ms", self.audit_flush_ms),
        ];
        match waits.iter().find(|(_, value)| !(1..=86_400_000).contains(value)) {
            Some((name, _)) => Err(format!("limits.{name} must be from 1 to 86400000")),
            None => Ok(()),
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
}

impl Config {
    pub(crate) fn recorder(&self) -> RecorderLimits {
        RecorderLimits {
            call_records_max: self.limits.call_records_max,
            retry: Duration::from_millis(self.limits.store_retry_ms),
            callback_within: TimeDelta::minutes(self.calls.callback_within_minutes.into()),
        }
    }

    pub(crate) fn bridge(&self) -> BridgeTimes {
        let refresh = Duration::from_millis(self.limits.agents_refresh_ms);
        let timeout = Duration::from_millis(self.limits.lookup_timeout_ms);
        // Fine enough that neither wait is much longer than it says.
        BridgeTimes {
            agents_refresh: refresh,
            tick: (refresh.min(timeout) / 4).max(Duration::from_millis(5)),
            after_call_work: Duration::from_secs(self.calls.after_call_work_seconds),
        }
    }
}

#[cfg(test)]
mod tests;
