//! Settings of a FreeSWITCH. The name of every limit and time-out ends with its unit.

use serde::Deserialize;
use shared::message;
use shared::message::Message;

use super::{EslLimits, templates};
use crate::source::Secret;
use crate::source::settings::required;

/// Longest name of a channel variable, in characters.
const VARIABLE_CHARS_MAX: usize = 64;

/// How to reach a FreeSWITCH over its event socket, and how to read what it sends.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FreeSwitchConfig {
    /// `host:port` of the event socket (FreeSWITCH: 8021). The socket has no encryption of its own: keep it on the
    /// same machine, or in a tunnel.
    pub address: String,
    /// The password of `event_socket.conf.xml`.
    #[serde(skip)]
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
    /// Names that start with one of these are trunks, even if they look like an extension.
    pub trunk_prefixes: Vec<String>,
    /// An incoming leg in one of these dialplan contexts is a trunk, whatever number it shows: a caller can send any
    /// number.
    pub trunk_contexts: Vec<String>,
    /// The channel variable in which an IVR stores the customer code that the caller entered.
    pub customer_code_variable: String,
    /// Click-to-call: the endpoint of the agent's phone, with `{extension}`. Empty: no click-to-call.
    pub dial_endpoint: String,
    /// Click-to-call: where the phone is connected once answered, with `{number}`: a dialplan extension
    /// (`{number} XML default`) or an application (`&bridge(sofia/gateway/carrier/{number})`).
    pub dial_destination: String,
    /// Click-to-call: channel variables of the agent's leg, `name=value`, with `{extension}` and `{number}`.
    pub dial_variables: Vec<String>,
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
            dial_timeout_ms: 10_000,
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
            trunk_prefixes: Vec::new(),
            trunk_contexts: Vec::new(),
            customer_code_variable: "chakuden_customer_code".to_owned(),
            dial_endpoint: "user/{extension}".to_owned(),
            dial_destination: "{number} XML default".to_owned(),
            dial_variables: vec!["originate_timeout=30".to_owned()],
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

    /// Checks what the file's syntax cannot; `place` names the table.
    ///
    /// # Errors
    /// The first setting that is wrong.
    pub fn check(&self, place: &str) -> Result<(), Message> {
        required(place, "address", &self.address)?;
        if self.secret.expose().chars().any(char::is_control) {
            return Err(message!(
                "環境変数 {variable} のパスワードに改行などの制御文字が含まれています。取り除いてください",
                "the password in {variable} contains a line end or another control character; remove it",
                variable = self.secret_env,
            ));
        }
        if !is_variable_name(&self.customer_code_variable) {
            return Err(message!(
                "[{place}] の customer_code_variable「{value}」は使えません。半角英数字・「_」・「-」で{max}文字以内のチャネル変数名にしてください",
                "[{place}]: customer_code_variable `{value}` is not a channel variable's name; use 1 to {max} letters, digits, `_`, `-`",
                place = place,
                value = self.customer_code_variable,
                max = VARIABLE_CHARS_MAX,
            ));
        }
        if self.questions_max == 0 {
            return Err(message!(
                "[{place}] の questions_max は 1 以上にしてください",
                "[{place}]: questions_max must be at least 1",
                place = place,
            ));
        }
        templates::check_queue_agent(&self.queue_agent, place)?;
        if self.dial_endpoint.is_empty() {
            return Ok(());
        }
        templates::check_dial(self, place)
    }
}

fn is_variable_name(name: &str) -> bool {
    (1..=VARIABLE_CHARS_MAX).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use shared::label::Lang;

    use super::*;

    fn config() -> FreeSwitchConfig {
        FreeSwitchConfig::new("pbx:8021", Secret::new("s"))
    }

    #[test]
    fn the_defaults_of_the_file_are_those_of_the_code() {
        let read: FreeSwitchConfig = toml::from_str("address = \"pbx:8021\"").unwrap();
        let mut expected = config();
        expected.secret = Secret::default();
        assert_eq!(format!("{read:?}"), format!("{expected:?}"));
        assert_eq!(read.limits(), EslLimits::default());
        assert_eq!(read.check("freeswitch.hq"), Ok(()));
        assert!(toml::from_str::<FreeSwitchConfig>("address = \"a:1\"\nsecret = \"x\"").is_err());
    }

    #[test]
    fn settings_that_could_inject_a_command_are_refused() {
        let wrong = |change: fn(&mut FreeSwitchConfig)| {
            let mut config = config();
            change(&mut config);
            config.check("freeswitch.hq").unwrap_err().text(Lang::En).to_owned()
        };
        assert!(wrong(|c| c.address.clear()).contains("address"));
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
            assert!(
                config.check("freeswitch.hq").unwrap_err().text(Lang::En).contains("queue_agent"),
                "{agent}"
            );
        }
        let mut off = config();
        (off.dial_endpoint, off.dial_destination) = (String::new(), String::new());
        assert_eq!(off.check("freeswitch.hq"), Ok(()));
    }
}
