//! Settings of an AMI connection. Every limit and every wait is here, the unit last in its name.

use std::path::PathBuf;

use serde::Deserialize;

use super::AmiLimits;
use crate::source::{Connector, Secret};

/// How to reach and read a telephone system over AMI.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmiConfig {
    /// `host:port` of the manager interface.
    pub address: String,
    /// Manager user. It needs `read = system,call,agent,user,reporting` and `write = call,reporting`; for
    /// click-to-call also `write = originate`, for filters `write = system`.
    pub user: String,
    /// The manager user's secret.
    #[serde(skip)]
    pub secret: Secret,
    /// Whether the connection is encrypted (manager.conf: `tlsenable`); the certificate must be for the address's host.
    #[serde(default)]
    pub tls: bool,
    /// The authority that signed the certificate, as PEM; without it the system's are trusted.
    #[serde(default)]
    pub tls_ca: Option<PathBuf>,
    /// What encrypts, made of these two.
    #[serde(skip)]
    pub connector: Option<Connector>,
    /// Longest wait for the TCP connection.
    #[serde(default = "defaults::connect_timeout_ms")]
    pub connect_timeout_ms: u64,
    /// Longest wait for the banner and for each answer of the sign-in.
    #[serde(default = "defaults::login_timeout_ms")]
    pub login_timeout_ms: u64,
    /// Quiet time after which a `Ping` asks whether the far end lives; twice that and the connection is given up.
    #[serde(default = "defaults::ping_interval_ms")]
    pub ping_interval_ms: u64,
    /// Longest wait for the answer whether a number may be shown. Without one the caller stays unknown.
    #[serde(default = "defaults::getvar_timeout_ms")]
    pub getvar_timeout_ms: u64,
    /// Longest wait for the list of live channels, while which new pop-ups wait too.
    #[serde(default = "defaults::snapshot_timeout_ms")]
    pub snapshot_timeout_ms: u64,
    /// Longest line, in bytes.
    #[serde(default = "defaults::line_bytes_max")]
    pub line_bytes_max: usize,
    /// Longest message, in bytes.
    #[serde(default = "defaults::message_bytes_max")]
    pub message_bytes_max: usize,
    /// Most lines of a message.
    #[serde(default = "defaults::message_lines_max")]
    pub message_lines_max: usize,
    /// Channels remembered at most; the oldest is forgotten (its caller then stays unknown).
    #[serde(default = "defaults::channels_max")]
    pub channels_max: usize,
    /// First wait before connecting again.
    #[serde(default = "defaults::reconnect_min_ms")]
    pub reconnect_min_ms: u64,
    /// Longest wait before connecting again.
    #[serde(default = "defaults::reconnect_max_ms")]
    pub reconnect_max_ms: u64,
    /// Channel technologies whose peers may be agents' phones.
    #[serde(default = "defaults::agent_technologies")]
    pub agent_technologies: Vec<String>,
    /// Peers whose name begins so are lines to the outside even if the name looks like an extension.
    #[serde(default = "defaults::trunk_prefixes")]
    pub trunk_prefixes: Vec<String>,
    /// A peer named by so many digits at most is an agent's phone; a longer one is a line named by its number.
    #[serde(default = "defaults::extension_digits_max")]
    pub extension_digits_max: usize,
    /// Agents' phones whose peer name is not a number.
    #[serde(default)]
    pub extensions: Vec<String>,
    /// The environment variable that holds the secret.
    #[serde(default = "defaults::secret_env")]
    pub secret_env: String,
    /// Click-to-call: how an agent's phone is named; `{extension}` stands for the extension.
    #[serde(default = "defaults::dial_channel")]
    pub dial_channel: String,
    /// Click-to-call: the dialplan's context for outgoing calls. Empty: numbers are not dialled.
    #[serde(default)]
    pub dial_context: String,
    /// Click-to-call: what is dialled before a number (`0` for a line to the outside).
    #[serde(default)]
    pub dial_prefix: String,
    /// Click-to-call: how long the agent's own phone rings.
    #[serde(default = "defaults::dial_ring_ms")]
    pub dial_ring_ms: u64,
    /// Queues: how an agent's phone is named as a member, such as `PJSIP/{extension}`. Queues then do not ring who is
    /// away or at after-call work; the manager user needs `write = agent`. Empty: queues are not told.
    #[serde(default)]
    pub queue_interface: String,
    /// The channel variable into which an IVR puts the customer code that the caller typed.
    #[serde(default = "defaults::customer_code_variable")]
    pub customer_code_variable: String,
}

impl AmiConfig {
    /// The defaults for everything but the address, the user and the secret.
    #[must_use]
    pub fn new(address: impl Into<String>, user: impl Into<String>, secret: Secret) -> Self {
        Self {
            address: address.into(),
            user: user.into(),
            secret,
            tls: false,
            tls_ca: None,
            connector: None,
            connect_timeout_ms: defaults::connect_timeout_ms(),
            login_timeout_ms: defaults::login_timeout_ms(),
            ping_interval_ms: defaults::ping_interval_ms(),
            getvar_timeout_ms: defaults::getvar_timeout_ms(),
            snapshot_timeout_ms: defaults::snapshot_timeout_ms(),
            line_bytes_max: defaults::line_bytes_max(),
            message_bytes_max: defaults::message_bytes_max(),
            message_lines_max: defaults::message_lines_max(),
            channels_max: defaults::channels_max(),
            reconnect_min_ms: defaults::reconnect_min_ms(),
            reconnect_max_ms: defaults::reconnect_max_ms(),
            agent_technologies: defaults::agent_technologies(),
            trunk_prefixes: defaults::trunk_prefixes(),
            extension_digits_max: defaults::extension_digits_max(),
            extensions: Vec::new(),
            secret_env: defaults::secret_env(),
            dial_channel: defaults::dial_channel(),
            dial_context: String::new(),
            dial_prefix: String::new(),
            dial_ring_ms: defaults::dial_ring_ms(),
            queue_interface: String::new(),
            customer_code_variable: defaults::customer_code_variable(),
        }
    }

    /// The decoder's share of the limits.
    #[must_use]
    pub fn limits(&self) -> AmiLimits {
        AmiLimits {
            line_bytes_max: self.line_bytes_max,
            message_bytes_max: self.message_bytes_max,
            message_lines_max: self.message_lines_max,
        }
    }
}

/// The defaults, one a setting: serde wants a function for each.
mod defaults {
    pub(super) fn connect_timeout_ms() -> u64 {
        5_000
    }
    pub(super) fn login_timeout_ms() -> u64 {
        5_000
    }
    pub(super) fn ping_interval_ms() -> u64 {
        15_000
    }
    pub(super) fn getvar_timeout_ms() -> u64 {
        500
    }
    pub(super) fn snapshot_timeout_ms() -> u64 {
        3_000
    }
    pub(super) fn line_bytes_max() -> usize {
        64 * 1024
    }
    pub(super) fn message_bytes_max() -> usize {
        256 * 1024
    }
    pub(super) fn message_lines_max() -> usize {
        2_000
    }
    pub(super) fn channels_max() -> usize {
        20_000
    }
    pub(super) fn reconnect_min_ms() -> u64 {
        500
    }
    pub(super) fn reconnect_max_ms() -> u64 {
        30_000
    }
    pub(super) fn agent_technologies() -> Vec<String> {
        ["PJSIP", "SIP", "IAX2", "SCCP"].map(String::from).to_vec()
    }
    pub(super) fn trunk_prefixes() -> Vec<String> {
        vec!["trunk".to_owned()]
    }
    pub(super) fn extension_digits_max() -> usize {
        8
    }
    pub(super) fn secret_env() -> String {
        "CHAKUDEN_AMI_SECRET".to_owned()
    }
    pub(super) fn dial_channel() -> String {
        "PJSIP/{extension}".to_owned()
    }
    pub(super) fn dial_ring_ms() -> u64 {
        30_000
    }
    pub(super) fn customer_code_variable() -> String {
        "CHAKUDEN_CUSTOMER_CODE".to_owned()
    }
}
