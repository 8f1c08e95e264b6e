//! Settings of an event-socket connection. Every limit and every wait is here, the unit last in its name.

use serde::Deserialize;

use super::EslLimits;
use super::{dial, pause};
use crate::source::Secret;

/// How to reach and read a FreeSWITCH over its event socket.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreeSwitchConfig {
    /// `host:port` of the event socket (FreeSWITCH: 8021). The socket has no encryption of its own: keep it on the
    /// same machine, or in a tunnel.
    pub address: String,
    /// The password of `event_socket.conf.xml`.
    #[serde(skip)]
    pub secret: Secret,
    /// The environment variable that holds the password.
    #[serde(default = "defaults::secret_env")]
    pub secret_env: String,
    /// Longest wait for the TCP connection.
    #[serde(default = "defaults::connect_timeout_ms")]
    pub connect_timeout_ms: u64,
    /// Longest wait for the greeting and for each answer of the sign-in.
    #[serde(default = "defaults::login_timeout_ms")]
    pub login_timeout_ms: u64,
    /// Quiet time after which a command asks whether the far end lives; twice that and the connection is given up.
    /// FreeSWITCH itself is heard every 20 s (`HEARTBEAT`).
    #[serde(default = "defaults::ping_interval_ms")]
    pub ping_interval_ms: u64,
    /// Longest wait for the answer to a command; FreeSWITCH answers in order, so without one the connection is given
    /// up.
    #[serde(default = "defaults::command_timeout_ms")]
    pub command_timeout_ms: u64,
    /// Longest wait for the list of live channels and what is asked about them, while which new pop-ups wait too.
    #[serde(default = "defaults::snapshot_timeout_ms")]
    pub snapshot_timeout_ms: u64,
    /// Longest wait until a phone rings that was asked to dial.
    #[serde(default = "defaults::dial_timeout_ms")]
    pub dial_timeout_ms: u64,
    /// Longest line of headers, in bytes.
    #[serde(default = "defaults::line_bytes_max")]
    pub line_bytes_max: usize,
    /// Most headers of a message.
    #[serde(default = "defaults::headers_max")]
    pub headers_max: usize,
    /// Longest body, in bytes; the list of live channels is about 1 KB a channel.
    #[serde(default = "defaults::body_bytes_max")]
    pub body_bytes_max: usize,
    /// Longest message with its body, in bytes.
    #[serde(default = "defaults::message_bytes_max")]
    pub message_bytes_max: usize,
    /// Channels remembered at most; the oldest is forgotten.
    #[serde(default = "defaults::channels_max")]
    pub channels_max: usize,
    /// Questions about live channels that may be under way at once.
    #[serde(default = "defaults::questions_max")]
    pub questions_max: usize,
    /// Orders to dial that may be under way at once.
    #[serde(default = "defaults::dials_max")]
    pub dials_max: usize,
    /// First wait before connecting again.
    #[serde(default = "defaults::reconnect_min_ms")]
    pub reconnect_min_ms: u64,
    /// Longest wait before connecting again.
    #[serde(default = "defaults::reconnect_max_ms")]
    pub reconnect_max_ms: u64,
    /// A leg named by so many digits at most is an agent's phone; a longer one is a line named by its number.
    #[serde(default = "defaults::extension_digits_max")]
    pub extension_digits_max: usize,
    /// Agents' phones whose name is not a short number.
    #[serde(default)]
    pub extensions: Vec<String>,
    /// Names that begin so are lines to the outside even if they look like an extension.
    #[serde(default)]
    pub trunk_prefixes: Vec<String>,
    /// A leg that comes in with one of these dialplan contexts is a line from outside, whatever number it shows: a
    /// caller can send any number.
    #[serde(default)]
    pub trunk_contexts: Vec<String>,
    /// The channel variable in which an IVR leaves the customer code that it collected.
    #[serde(default = "defaults::customer_code_variable")]
    pub customer_code_variable: String,
    /// Click-to-call: which phone is rung first; `{extension}` is the agent's. Empty: no dialling.
    #[serde(default = "defaults::dial_endpoint")]
    pub dial_endpoint: String,
    /// Where that phone is connected to when it is answered; `{number}` is the number: an extension of the dialplan
    /// (`{number} XML default`) or an application (`&bridge(sofia/gateway/carrier/{number})`).
    #[serde(default = "defaults::dial_destination")]
    pub dial_destination: String,
    /// Channel variables of that first leg, `name=value`; `{extension}` and `{number}` stand for themselves.
    #[serde(default = "defaults::dial_variables")]
    pub dial_variables: Vec<String>,
    /// Queues: how an agent is named in `mod_callcenter`, such as `{extension}@pbx.example`. Queues then do not ring who
    /// is away or at after-call work. Empty: queues are not told.
    #[serde(default)]
    pub queue_agent: String,
}

impl FreeSwitchConfig {
    /// The defaults for everything but the address and the password.
    #[must_use]
    pub fn new(address: impl Into<String>, secret: Secret) -> Self {
        Self {
            address: address.into(),
            secret,
            secret_env: defaults::secret_env(),
            connect_timeout_ms: defaults::connect_timeout_ms(),
            login_timeout_ms: defaults::login_timeout_ms(),
            ping_interval_ms: defaults::ping_interval_ms(),
            command_timeout_ms: defaults::command_timeout_ms(),
            snapshot_timeout_ms: defaults::snapshot_timeout_ms(),
            dial_timeout_ms: defaults::dial_timeout_ms(),
            line_bytes_max: defaults::line_bytes_max(),
            headers_max: defaults::headers_max(),
            body_bytes_max: defaults::body_bytes_max(),
            message_bytes_max: defaults::message_bytes_max(),
            channels_max: defaults::channels_max(),
            questions_max: defaults::questions_max(),
            dials_max: defaults::dials_max(),
            reconnect_min_ms: defaults::reconnect_min_ms(),
            reconnect_max_ms: defaults::reconnect_max_ms(),
            extension_digits_max: defaults::extension_digits_max(),
            extensions: Vec::new(),
            trunk_prefixes: Vec::new(),
            trunk_contexts: Vec::new(),
            customer_code_variable: defaults::customer_code_variable(),
            dial_endpoint: defaults::dial_endpoint(),
            dial_destination: defaults::dial_destination(),
            dial_variables: defaults::dial_variables(),
            queue_agent: String::new(),
        }
    }

    /// The decoder's share of the limits.
    #[must_use]
    pub fn limits(&self) -> EslLimits {
        EslLimits {
            line_bytes_max: self.line_bytes_max,
            headers_max: self.headers_max,
            body_bytes_max: self.body_bytes_max,
            message_bytes_max: self.message_bytes_max,
        }
    }

    /// Checks what serde cannot.
    ///
    /// # Errors
    /// Which setting is wrong, and what is right.
    pub fn check(&self) -> Result<(), String> {
        if self.secret.expose().chars().any(char::is_control) {
            return Err("the event socket's password has a line end or another control character".to_owned());
        }
        if !is_variable_name(&self.customer_code_variable) {
            return Err(
                "customer_code_variable must be a channel variable's name: letters, digits, `_`, `-`, \
                 at most 64 of them"
                    .to_owned(),
            );
        }
        if self.questions_max == 0 {
            return Err("questions_max must be at least 1".to_owned());
        }
        pause::check_template(&self.queue_agent)?;
        if self.dial_endpoint.is_empty() {
            return Ok(());
        }
        dial::check_templates(self)
    }
}

fn is_variable_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

/// The defaults, one a setting: serde wants a function for each.
mod defaults {
    pub(super) fn secret_env() -> String {
        "CHAKUDEN_FREESWITCH_SECRET".to_owned()
    }
    pub(super) fn connect_timeout_ms() -> u64 {
        5_000
    }
    pub(super) fn login_timeout_ms() -> u64 {
        5_000
    }
    pub(super) fn ping_interval_ms() -> u64 {
        30_000
    }
    pub(super) fn command_timeout_ms() -> u64 {
        30_000
    }
    pub(super) fn snapshot_timeout_ms() -> u64 {
        3_000
    }
    pub(super) fn dial_timeout_ms() -> u64 {
        10_000
    }
    pub(super) fn line_bytes_max() -> usize {
        64 * 1024
    }
    pub(super) fn headers_max() -> usize {
        2_000
    }
    pub(super) fn body_bytes_max() -> usize {
        16 * 1024 * 1024
    }
    pub(super) fn message_bytes_max() -> usize {
        17 * 1024 * 1024
    }
    pub(super) fn channels_max() -> usize {
        20_000
    }
    pub(super) fn questions_max() -> usize {
        64
    }
    pub(super) fn dials_max() -> usize {
        100
    }
    pub(super) fn reconnect_min_ms() -> u64 {
        500
    }
    pub(super) fn reconnect_max_ms() -> u64 {
        30_000
    }
    pub(super) fn extension_digits_max() -> usize {
        5
    }
    pub(super) fn customer_code_variable() -> String {
        "chakuden_customer_code".to_owned()
    }
    pub(super) fn dial_endpoint() -> String {
        "user/{extension}".to_owned()
    }
    pub(super) fn dial_destination() -> String {
        "{number} XML default".to_owned()
    }
    pub(super) fn dial_variables() -> Vec<String> {
        vec!["originate_timeout=30".to_owned()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> FreeSwitchConfig {
        FreeSwitchConfig::new("pbx:8021", Secret::new("s"))
    }

    #[test]
    fn the_defaults_of_a_file_are_those_of_the_code() {
        let read: FreeSwitchConfig = toml::from_str("address = \"pbx:8021\"").unwrap();
        let mut expected = config();
        expected.secret = Secret::default();
        assert_eq!(format!("{read:?}"), format!("{expected:?}"));
        assert_eq!(read.limits(), EslLimits::default());
        assert_eq!(read.check(), Ok(()));
        assert!(toml::from_str::<FreeSwitchConfig>("address = \"a:1\"\nsecret = \"x\"").is_err());
    }

    #[test]
    fn what_could_carry_another_command_is_refused() {
        let wrong = |change: fn(&mut FreeSwitchConfig)| {
            let mut config = config();
            change(&mut config);
            config.check().unwrap_err()
        };
        assert!(wrong(|c| c.secret = Secret::new("a\nexit")).contains("password"));
        assert!(wrong(|c| c.customer_code_variable = "a b".to_owned()).contains("customer_code_variable"));
        assert!(wrong(|c| c.customer_code_variable = String::new()).contains("customer_code_variable"));
        assert!(wrong(|c| c.questions_max = 0).contains("questions_max"));
        assert!(wrong(|c| c.dial_endpoint = "user/201".to_owned()).contains("dial_endpoint"));
        assert!(wrong(|c| c.dial_endpoint = "user/{extension}\n".to_owned()).contains("dial_endpoint"));
        assert!(wrong(|c| c.dial_destination = "0312345678".to_owned()).contains("dial_destination"));
        assert!(wrong(|c| c.dial_variables = vec!["a".to_owned()]).contains("dial_variables"));
        assert!(wrong(|c| c.dial_variables = vec!["a=b}user/202".to_owned()]).contains("dial_variables"));
        assert!(
            wrong(|c| c.dial_variables = vec!["a={extension},b=1".to_owned()]).contains("dial_variables")
        );
        for agent in ["201", "{extension} Available", "{extension}'", "{extension}\n"] {
            let mut config = config();
            config.queue_agent = agent.to_owned();
            assert!(config.check().unwrap_err().contains("queue_agent"), "{agent}");
        }
        let mut off = config();
        (off.dial_endpoint, off.dial_destination) = (String::new(), String::new());
        assert_eq!(off.check(), Ok(()));
    }
}
