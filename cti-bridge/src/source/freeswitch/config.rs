//! Settings of a FreeSWITCH. The name of every limit and time-out ends with its unit.

use std::collections::BTreeMap;

use shared::message;
use shared::message::Message;
use shared::settings_reader::{Table, Value, texts, whole};

use super::{EslLimits, templates};
use crate::source::settings::{
    BYTES_MAX, COUNT_MAX, DIAL_MS_MAX, DIGITS_MAX, ENTRIES_MAX, WAIT_MS_MAX, secret_variable,
};
use crate::source::{Controls, LineNumbers, RecordingUrl, Secret};

/// How to reach a FreeSWITCH over its event socket, and how to read what it sends.
#[derive(Debug, Clone)]
pub struct FreeSwitchConfig {
    /// `host:port` of the event socket (FreeSWITCH: 8021). The socket has no encryption of its own: keep it on the
    /// same machine, or in a tunnel.
    pub address: String,
    /// The password of `event_socket.conf.xml`.
    pub secret: Secret,
    /// The environment variable that holds the password.
    pub secret_env: String,
    /// Longest wait for the TCP connection.
    pub connect_timeout_ms: u64,
    /// Longest wait for the greeting and for each answer while signing in.
    pub login_timeout_ms: u64,
    /// Quiet time before a command asks for a sign of life; after twice that the connection is dropped. FreeSWITCH sends
    /// a `HEARTBEAT` every 20 s by itself.
    pub ping_interval_ms: u64,
    /// Longest wait for the reply to a command. Replies come in order, so without one the connection is dropped.
    pub command_timeout_ms: u64,
    /// Longest wait for the list of live channels and the questions about them. New pop-ups wait for it too.
    pub snapshot_timeout_ms: u64,
    /// Click-to-call: longest wait until the agent's phone rings.
    pub dial_timeout_ms: u64,
    /// Longest line of headers, in bytes.
    pub line_bytes_max: usize,
    /// Most headers of a message.
    pub headers_max: usize,
    /// Longest body, in bytes; the list of live channels is about 1 KB a channel.
    pub body_bytes_max: usize,
    /// Longest message with its body, in bytes.
    pub message_bytes_max: usize,
    /// Channels remembered at most. Beyond that the oldest is forgotten.
    pub channels_max: usize,
    /// Questions about live channels that may be unanswered at once.
    pub questions_max: usize,
    /// Click-to-call: requests that may be pending at once.
    pub dials_max: usize,
    /// First wait before reconnecting.
    pub reconnect_min_ms: u64,
    /// Longest wait before reconnecting.
    pub reconnect_max_ms: u64,
    /// A leg named by at most this many digits is an agent's phone; a longer number names a trunk.
    pub extension_digits_max: usize,
    /// Further names of agents' phones, such as `front-desk`.
    pub extensions: Vec<String>,
    /// The domains whose extensions are those of the agents; an extension of another domain is another phone
    /// (`201@other.example`). Empty: the first domain that is seen.
    pub domains: Vec<String>,
    /// Names that start with one of these are trunks, even if they look like an extension.
    pub trunk_prefixes: Vec<String>,
    /// An incoming leg in one of these dialplan contexts is a trunk, whatever number it shows: a caller can send any
    /// number.
    pub trunk_contexts: Vec<String>,
    /// How it writes numbers. Digits before `{number}` in `dial_destination` count as a prefix for an outside line too.
    pub numbers: LineNumbers,
    /// The channel variable in which an IVR stores the customer code that the caller entered.
    pub customer_code_variable: String,
    /// Click-to-call: the endpoint of the agent's phone, with `{extension}`. Empty: no click-to-call.
    pub dial_endpoint: String,
    /// Click-to-call: where the phone is connected once answered, with `{number}`: a dialplan extension
    /// (`{number} XML default`) or an application (`&bridge(sofia/gateway/carrier/{number})`).
    pub dial_destination: String,
    /// Click-to-call: the company's number, which the called party sees. Empty: what the dialplan says.
    pub dial_caller_number: String,
    /// Click-to-call: channel variables of the agent's leg, `name=value`, with `{extension}` and `{number}`.
    pub dial_variables: Vec<String>,
    /// Transfers from the screen: where `uuid_transfer` sends a call, with `{extension}`, such as `{extension} XML default`.
    /// Empty: no transfers.
    pub transfer_destination: String,
    /// Where recordings can be listened to, with `{file}`, `{path}` or `{id}`.
    pub recording_url: Option<RecordingUrl>,
    /// The queues to which calls can be transferred, with their extension in the dialplan.
    pub transfer_queues: BTreeMap<String, String>,
    /// Queues: the agent's name in `mod_callcenter`, such as `{extension}@pbx.example`. Queues then do not ring agents
    /// who are away or in after-call work. Empty: queues are not told.
    pub queue_agent: String,
}

impl Default for FreeSwitchConfig {
    fn default() -> Self {
        Self {
            address: String::new(),
            secret: Secret::default(),
            secret_env: "CHAKUDEN_FREESWITCH_SECRET".to_owned(),
            connect_timeout_ms: 5_000,
            login_timeout_ms: 5_000,
            ping_interval_ms: 30_000,
            command_timeout_ms: 30_000,
            snapshot_timeout_ms: 3_000,
            dial_timeout_ms: 8_000,
            line_bytes_max: 64 * 1024,
            headers_max: 2_000,
            body_bytes_max: 16 * 1024 * 1024,
            message_bytes_max: 17 * 1024 * 1024,
            channels_max: 20_000,
            questions_max: 64,
            dials_max: 100,
            reconnect_min_ms: 500,
            reconnect_max_ms: 30_000,
            extension_digits_max: 5,
            extensions: Vec::new(),
            domains: Vec::new(),
            trunk_prefixes: Vec::new(),
            trunk_contexts: Vec::new(),
            numbers: LineNumbers::default(),
            customer_code_variable: "chakuden_customer_code".to_owned(),
            dial_endpoint: "user/{extension}".to_owned(),
            dial_destination: "{number} XML default".to_owned(),
            dial_caller_number: String::new(),
            dial_variables: vec!["originate_timeout=30".to_owned()],
            transfer_destination: "{extension} XML default".to_owned(),
            transfer_queues: BTreeMap::new(),
            recording_url: None,
            queue_agent: String::new(),
        }
    }
}

impl FreeSwitchConfig {
    /// Default settings apart from address and password.
    #[must_use]
    pub fn new(address: impl Into<String>, secret: Secret) -> Self {
        Self { address: address.into(), secret, ..Self::default() }
    }

    /// Which orders it takes.
    pub(super) fn controls(&self) -> Controls {
        let transfer = !self.transfer_destination.is_empty();
        Controls { hangup: true, hold: true, transfer, queues: self.transfer_queues.clone() }
    }

    /// The decoder's limits.
    #[must_use]
    pub fn limits(&self) -> EslLimits {
        EslLimits {
            line_bytes_max: self.line_bytes_max,
            headers_max: self.headers_max,
            body_bytes_max: self.body_bytes_max,
            message_bytes_max: self.message_bytes_max,
        }
    }

    /// Reads `[freeswitch.NAME]`.
    pub(super) fn of(table: &Table<'_>) -> Self {
        let mut config = Self::default();
        table.fields(|fields| {
            let wait = || whole(1..=WAIT_MS_MAX);
            let size = || whole(1..=BYTES_MAX);
            let count = || whole(1..=COUNT_MAX);
            let list = || texts(ENTRIES_MAX);
            config.address = fields.needed("address", Value::name).unwrap_or_default();
            fields.set("secret_env", &mut config.secret_env, secret_variable);
            fields.set("connect_timeout_ms", &mut config.connect_timeout_ms, wait());
            fields.set("login_timeout_ms", &mut config.login_timeout_ms, wait());
            fields.set("ping_interval_ms", &mut config.ping_interval_ms, wait());
            fields.set("command_timeout_ms", &mut config.command_timeout_ms, wait());
            fields.set("snapshot_timeout_ms", &mut config.snapshot_timeout_ms, wait());
            fields.set("dial_timeout_ms", &mut config.dial_timeout_ms, whole(1..=DIAL_MS_MAX));
            fields.set("line_bytes_max", &mut config.line_bytes_max, size());
            fields.set("headers_max", &mut config.headers_max, count());
            fields.set("body_bytes_max", &mut config.body_bytes_max, size());
            fields.set("message_bytes_max", &mut config.message_bytes_max, size());
            fields.set("channels_max", &mut config.channels_max, count());
            fields.set("questions_max", &mut config.questions_max, count());
            fields.set("dials_max", &mut config.dials_max, whole(0..=COUNT_MAX));
            fields.set("reconnect_min_ms", &mut config.reconnect_min_ms, wait());
            fields.set("reconnect_max_ms", &mut config.reconnect_max_ms, wait());
            fields.set("extension_digits_max", &mut config.extension_digits_max, whole(0..=DIGITS_MAX));
            fields.set("extensions", &mut config.extensions, list());
            fields.set("domains", &mut config.domains, list());
            fields.set("trunk_prefixes", &mut config.trunk_prefixes, list());
            fields.set("trunk_contexts", &mut config.trunk_contexts, list());
            config.numbers.read(fields);
            templates::read(fields, &mut config);
        });
        config
    }

    /// Checks that the password fits into a line.
    ///
    /// # Errors
    /// It does not.
    pub(super) fn check_secret(&self) -> Result<(), Message> {
        if !self.secret.expose().chars().any(char::is_control) {
            return Ok(());
        }
        Err(message!(
            "環境変数 {variable} のパスワードに改行などの制御文字が含まれています。取り除いてください",
            "the password in {variable} contains a line end or another control character; remove it",
            variable = self.secret_env,
        ))
    }
}

#[cfg(test)]
mod tests;
