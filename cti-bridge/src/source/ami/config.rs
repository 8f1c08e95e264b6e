//! Settings of an Asterisk. The name of every limit and time-out ends with its unit.

use std::collections::BTreeMap;
use std::path::PathBuf;

use shared::message::Label;
use shared::settings_reader::{Table, Value, texts, whole};

use super::AmiLimits;
use crate::source::settings::{
    BYTES_MAX, COUNT_MAX, DIAL_MS_MAX, DIGITS_MAX, ENTRIES_MAX, WAIT_MS_MAX, secret_variable,
};
use crate::source::{Connector, Controls, Fingerprint, LineNumbers, RecordingUrl, Secret, order};

const FINGERPRINT: Label = Label::new(
    "証明書の SHA-256 フィンガープリントを書いてください(openssl x509 -noout -fingerprint -sha256 -in cert.pem の出力)",
    "must be the SHA-256 fingerprint of the certificate, as `openssl x509 -noout -fingerprint -sha256 -in cert.pem` prints it",
);

/// How to reach an Asterisk over AMI, and how to read what it sends.
#[derive(Debug, Clone)]
pub struct AmiConfig {
    /// `host:port` of the manager interface.
    pub address: String,
    /// Manager user. It needs `read = call,agent,user,dialplan` and `write = reporting`; for click-to-call also
    /// `write = originate`, for pauses `agent`, for filters `system` (docs/asterisk.md).
    pub user: String,
    /// The manager user's secret.
    pub secret: Secret,
    /// Whether the connection is encrypted (manager.conf: `tlsenable`). The certificate must be valid for the address's
    /// host.
    pub tls: bool,
    /// The authority that signed the certificate (PEM file); `None` trusts the system's authorities.
    pub tls_ca: Option<PathBuf>,
    /// The certificate that is trusted whoever signed it; then `tls_ca` and the address's host do not matter.
    pub tls_fingerprint: Option<Fingerprint>,
    /// Opens encrypted connections; made from the two settings above.
    pub connector: Option<Connector>,
    /// Longest wait for the TCP connection.
    pub connect_timeout_ms: u64,
    /// Longest wait for each answer while signing in.
    pub login_timeout_ms: u64,
    /// Quiet time before a `Ping` is sent; after twice that the connection is dropped.
    pub ping_interval_ms: u64,
    /// Longest wait for the answer whether a number may be shown. Without an answer the caller stays unknown.
    pub getvar_timeout_ms: u64,
    /// Longest wait for the list of live channels. New pop-ups wait for it too.
    pub snapshot_timeout_ms: u64,
    /// Longest line, in bytes.
    pub line_bytes_max: usize,
    /// Longest message, in bytes.
    pub message_bytes_max: usize,
    /// Most lines of a message.
    pub message_lines_max: usize,
    /// Channels remembered at most. Beyond that the oldest is forgotten, and its caller stays unknown.
    pub channels_max: usize,
    /// First wait before reconnecting.
    pub reconnect_min_ms: u64,
    /// Longest wait before reconnecting.
    pub reconnect_max_ms: u64,
    /// Channel technologies whose peers may be agents' phones.
    pub agent_technologies: Vec<String>,
    /// Peers whose name starts with one of these are trunks, even if the name looks like an extension.
    pub trunk_prefixes: Vec<String>,
    /// A peer named by at most this many digits is an agent's phone; a longer number names a trunk.
    pub extension_digits_max: usize,
    /// Further peers that are agents' phones, such as `front-desk`.
    pub extensions: Vec<String>,
    /// How it writes numbers. `dial_prefix` counts as a prefix for an outside line too.
    pub numbers: LineNumbers,
    /// The environment variable that holds the secret.
    pub secret_env: String,
    /// Click-to-call: the channel of an agent's phone, with `{extension}`.
    pub dial_channel: String,
    /// Click-to-call: the dialplan's context for outgoing calls. Empty: no click-to-call.
    pub dial_context: String,
    /// Click-to-call: the prefix dialled before a number, such as `0` for an outside line.
    pub dial_prefix: String,
    /// Click-to-call: longest wait until the agent's own phone rings.
    pub dial_timeout_ms: u64,
    /// Click-to-call: how long the agent's own phone rings.
    pub dial_ring_ms: u64,
    /// Control from the screen: the dialplan's context with the extensions of agents and queues, to which calls are
    /// transferred; the manager user needs `write = call`. Empty: calls are not controlled.
    pub transfer_context: String,
    /// Where recordings can be listened to, with `{file}`, `{path}` or `{id}`.
    pub recording_url: Option<RecordingUrl>,
    /// The queues to which calls can be transferred, with their extension in `transfer_context`.
    pub transfer_queues: BTreeMap<String, String>,
    /// Queues: the interface of an agent's phone, such as `PJSIP/{extension}`. Queues then do not ring agents who are
    /// away or in after-call work; the manager user needs `write = agent`. Empty: queues are not told.
    pub queue_interface: String,
    /// The channel variable in which an IVR stores the customer code that the caller entered.
    pub customer_code_variable: String,
}

impl Default for AmiConfig {
    fn default() -> Self {
        Self {
            address: String::new(),
            user: String::new(),
            secret: Secret::default(),
            tls: false,
            tls_ca: None,
            tls_fingerprint: None,
            connector: None,
            connect_timeout_ms: 5_000,
            login_timeout_ms: 5_000,
            ping_interval_ms: 15_000,
            getvar_timeout_ms: 500,
            snapshot_timeout_ms: 3_000,
            line_bytes_max: 64 * 1024,
            message_bytes_max: 256 * 1024,
            message_lines_max: 2_000,
            channels_max: 20_000,
            reconnect_min_ms: 500,
            reconnect_max_ms: 30_000,
            agent_technologies: ["PJSIP", "SIP", "IAX2", "SCCP"].map(String::from).to_vec(),
            trunk_prefixes: vec!["trunk".to_owned()],
            extension_digits_max: 8,
            extensions: Vec::new(),
            numbers: LineNumbers::default(),
            secret_env: "CHAKUDEN_AMI_SECRET".to_owned(),
            dial_channel: "PJSIP/{extension}".to_owned(),
            dial_context: String::new(),
            dial_prefix: String::new(),
            dial_timeout_ms: 8_000,
            dial_ring_ms: 30_000,
            transfer_context: String::new(),
            transfer_queues: BTreeMap::new(),
            recording_url: None,
            queue_interface: String::new(),
            customer_code_variable: "CHAKUDEN_CUSTOMER_CODE".to_owned(),
        }
    }
}

impl AmiConfig {
    /// Default settings apart from address, user and secret.
    #[must_use]
    pub fn new(address: impl Into<String>, user: impl Into<String>, secret: Secret) -> Self {
        Self { address: address.into(), user: user.into(), secret, ..Self::default() }
    }

    /// Reads `[ami.NAME]`.
    pub(super) fn of(table: &Table<'_>) -> Self {
        let mut config = Self::default();
        table.fields(|fields| {
            let wait = || whole(1..=WAIT_MS_MAX);
            let dial_wait = || whole(1..=DIAL_MS_MAX);
            let size = || whole(1..=BYTES_MAX);
            let count = || whole(1..=COUNT_MAX);
            let list = || texts(ENTRIES_MAX);
            config.address = fields.needed("address", Value::name).unwrap_or_default();
            config.user = fields.needed("user", Value::name).unwrap_or_default();
            fields.set("tls", &mut config.tls, Value::flag);
            fields.set("tls_ca", &mut config.tls_ca, |value| value.file().map(Some));
            fields.set("tls_fingerprint", &mut config.tls_fingerprint, |value| {
                value.parsed(FINGERPRINT, Fingerprint::parse).map(Some)
            });
            fields.set("connect_timeout_ms", &mut config.connect_timeout_ms, wait());
            fields.set("login_timeout_ms", &mut config.login_timeout_ms, wait());
            fields.set("ping_interval_ms", &mut config.ping_interval_ms, wait());
            fields.set("getvar_timeout_ms", &mut config.getvar_timeout_ms, wait());
            fields.set("snapshot_timeout_ms", &mut config.snapshot_timeout_ms, wait());
            fields.set("line_bytes_max", &mut config.line_bytes_max, size());
            fields.set("message_bytes_max", &mut config.message_bytes_max, size());
            fields.set("message_lines_max", &mut config.message_lines_max, count());
            fields.set("channels_max", &mut config.channels_max, count());
            fields.set("reconnect_min_ms", &mut config.reconnect_min_ms, wait());
            fields.set("reconnect_max_ms", &mut config.reconnect_max_ms, wait());
            fields.set("agent_technologies", &mut config.agent_technologies, list());
            fields.set("trunk_prefixes", &mut config.trunk_prefixes, list());
            fields.set("extension_digits_max", &mut config.extension_digits_max, whole(0..=DIGITS_MAX));
            fields.set("extensions", &mut config.extensions, list());
            config.numbers.read(fields);
            fields.set("secret_env", &mut config.secret_env, secret_variable);
            fields.set("dial_channel", &mut config.dial_channel, Value::text);
            fields.set("dial_context", &mut config.dial_context, Value::text);
            fields.set("dial_prefix", &mut config.dial_prefix, Value::text);
            fields.set("dial_timeout_ms", &mut config.dial_timeout_ms, dial_wait());
            fields.set("dial_ring_ms", &mut config.dial_ring_ms, wait());
            fields.set("transfer_context", &mut config.transfer_context, Value::text);
            fields.set("transfer_queues", &mut config.transfer_queues, order::queues);
            fields.set("recording_url", &mut config.recording_url, RecordingUrl::read);
            fields.set("queue_interface", &mut config.queue_interface, Value::text);
            fields.set("customer_code_variable", &mut config.customer_code_variable, Value::text);
        });
        config
    }

    /// Which orders it takes. Asterisk has none that puts a party on hold.
    pub(super) fn controls(&self) -> Controls {
        match self.transfer_context.is_empty() {
            true => Controls::default(),
            false => {
                Controls { hangup: true, hold: false, transfer: true, queues: self.transfer_queues.clone() }
            }
        }
    }

    /// The decoder's limits.
    #[must_use]
    pub fn limits(&self) -> AmiLimits {
        AmiLimits {
            line_bytes_max: self.line_bytes_max,
            message_bytes_max: self.message_bytes_max,
            message_lines_max: self.message_lines_max,
        }
    }
}
