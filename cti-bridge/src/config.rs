//! Settings: a TOML file (`bridge.example.toml`), overridden by flags. Every limit is named with its unit last.

mod hours;
mod limits;
mod lines;
mod permissions;
mod retention;
mod sign_in;

use hours::NamedHours;
pub use limits::Limits;
pub use retention::RetentionSettings;
pub use sign_in::SignInSettings;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use shared::exit::{self, Failure};
use shared::message;
use shared::message::Label;
use shared::settings_reader::{Mistake, Table, Value, read_with_secrets, texts, whole};
use shared::store::{AnswerLimits, NUMBER_PREFIX_MAX};

use crate::bridge::BridgeTimes;
use crate::bridge::dial::{DialPattern, DialPolicy, Dialling};
use crate::bridge::record::RecorderLimits;
use crate::events_out::EventsOutConfig;
use crate::files::read_text;
use crate::oidc::OidcConfig;
use crate::permission::PermissionSettings;
use crate::popup::{Hours, Lines};
use crate::source::Sources;
use crate::throttle::AddressRange;
use crate::tls::TlsConfig;

/// The largest settings file that is read. Bytes.
const FILE_BYTES_MAX: u64 = 1024 * 1024;
/// Origins that may be listed.
const ORIGINS_MAX: usize = 1_000;
/// Ranges of proxies that may be listed.
const PROXIES_MAX: usize = 1_000;
/// Numbers and prefixes that may be listed.
const PATTERNS_MAX: usize = 1_000;
/// A day.
const DAY_SECONDS: u64 = 86_400;
/// A year.
const YEAR_MINUTES: u32 = 525_600;

const ADDRESS: Label = Label::new(
    "「127.0.0.1:8080」のように、IPアドレスとポート番号を書いてください",
    "must be an IP address and a port, such as \"127.0.0.1:8080\"",
);

const NUMBER_PREFIX: Label = Label::new(
    "「CK-」のように、半角の英大文字・数字・ハイフンで1〜8文字を書いてください",
    "must be 1 to 8 capital letters, digits and hyphens, such as \"CK-\"",
);

const RANGE: Label = Label::new(
    "「127.0.0.1」や「10.0.0.0/8」のように、IPアドレスかその範囲を書いてください",
    "must be an IP address or a range of them, such as \"10.0.0.0/8\"",
);

const PATTERN: Label = Label::new(
    "「+1」「0570」のような番号の先頭、「104」のような2〜5桁の番号、または番号の種類(international、premium、navi_dial など)を書いてください",
    "must be the beginning of a number such as \"+1\" or \"0570\", a short number of 2 to 5 digits such as \"104\", or a kind of \
     number (international, premium, navi_dial …)",
);

/// All settings of `serve`.
#[derive(Debug, Clone)]
pub struct Config {
    /// The store's file.
    pub store: Option<PathBuf>,
    /// The beginning of the numbers that records made here get; without it that of the store.
    pub number_prefix: Option<String>,
    /// Address of the agent page and the protocol.
    pub listen: SocketAddr,
    /// Whether to listen unencrypted on an address that other machines can reach.
    pub allow_plaintext_remote: bool,
    /// Certificate and key of the listener; without them it speaks plain text.
    pub tls: Option<TlsConfig>,
    /// Origins of other web pages that may open a WebSocket: `https://crm.example.com`.
    pub allowed_origins: Vec<String>,
    /// Proxies in front of the bridge, whose `X-Forwarded-For` names the client.
    pub trusted_proxies: Vec<AddressRange>,
    /// The PBXs, from tables such as `[ami.NAME]`; without any there are lookups only.
    pub sources: Sources,
    /// What happens after calls.
    pub calls: CallSettings,
    /// The company's lines, with their names and greetings.
    pub lines: Lines,
    /// Changes to the permissions that roles have by default (`docs/security.md`).
    pub permissions: PermissionSettings,
    /// Signing in.
    pub sign_in: SignInSettings,
    /// Single sign-on; without it there are tokens and passwords only.
    pub oidc: Option<OidcConfig>,
    /// Other systems that are told of calls.
    pub events_out: EventsOutConfig,
    /// What `prune` removes, and when.
    pub retention: RetentionSettings,
    /// Limits.
    pub limits: Limits,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            store: None,
            number_prefix: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            allow_plaintext_remote: false,
            tls: None,
            allowed_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            sources: Sources::default(),
            calls: CallSettings::default(),
            lines: Lines::default(),
            permissions: PermissionSettings::default(),
            sign_in: SignInSettings::default(),
            oidc: None,
            events_out: EventsOutConfig::default(),
            retention: RetentionSettings::default(),
            limits: Limits::default(),
        }
    }
}

/// What happens after calls.
#[derive(Debug, Clone)]
pub struct CallSettings {
    /// How long after-call work lasts when a call has ended; 0: there is none.
    pub after_call_work_seconds: u64,
    /// Time within which a missed call is to be called back.
    pub callback_within_minutes: u32,
    /// The opening hours of lines that name none of their own; without them they are always open.
    pub hours: Option<Arc<Hours>>,
    /// Which numbers may be dialled by a click.
    pub dial: DialPolicy,
}

impl Default for CallSettings {
    fn default() -> Self {
        Self {
            after_call_work_seconds: 30,
            callback_within_minutes: 30,
            hours: None,
            dial: DialPolicy::default(),
        }
    }
}

impl CallSettings {
    fn read(table: &Table<'_>, hours: &NamedHours) -> Self {
        let mut calls = Self::default();
        table.fields(|fields| {
            fields.set("after_call_work_seconds", &mut calls.after_call_work_seconds, whole(0..=DAY_SECONDS));
            fields.set(
                "callback_within_minutes",
                &mut calls.callback_within_minutes,
                whole(0..=YEAR_MINUTES),
            );
            fields.set("hours", &mut calls.hours, |value| hours.named(value).map(Some));
            fields.set("dial_allow", &mut calls.dial.allow, patterns);
            fields.set("dial_deny", &mut calls.dial.deny, patterns);
        });
        calls
    }
}

impl Config {
    /// Reads a settings file.
    ///
    /// # Errors
    /// The file is missing (66), cannot be read (74), or has mistakes (78), of which each is a line of its own.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let text = read_text(path, FILE_BYTES_MAX)?;
        Self::parse(&text).map_err(|mistakes| Failure::mistakes(exit::CONFIG, path, &mistakes))
    }

    /// Reads settings from text.
    ///
    /// # Errors
    /// Every mistake, without the values of what could be a secret.
    pub fn parse(text: &str) -> Result<Self, Vec<Mistake>> {
        read_with_secrets(text, |root| Some(Self::of(root)))
    }

    fn of(root: &Table<'_>) -> Self {
        let mut config = Self::default();
        root.fields(|fields| {
            fields.set("store", &mut config.store, |value| value.file().map(Some));
            fields.set("number_prefix", &mut config.number_prefix, |value| {
                value.parsed(NUMBER_PREFIX, number_prefix).map(Some)
            });
            fields.set("listen", &mut config.listen, |value| value.parsed(ADDRESS, |text| text.parse().ok()));
            fields.set("allow_plaintext_remote", &mut config.allow_plaintext_remote, Value::flag);
            fields.set("tls", &mut config.tls, |value| TlsConfig::read(&value.table()?).map(Some));
            fields.set("allowed_origins", &mut config.allowed_origins, texts(ORIGINS_MAX));
            fields.set("trusted_proxies", &mut config.trusted_proxies, |value| {
                let ranges = value.list(PROXIES_MAX)?;
                Some(ranges.iter().filter_map(|range| range.parsed(RANGE, AddressRange::parse)).collect())
            });
            let mut hours = NamedHours::default();
            fields.set("hours", &mut hours, |value| Some(NamedHours::read(&value.table()?)));
            fields.set("calls", &mut config.calls, |value| Some(CallSettings::read(&value.table()?, &hours)));
            fields.set("lines", &mut config.lines, |value| Some(lines::read(&value.table()?, &hours)));
            fields.set("permissions", &mut config.permissions, |value| {
                Some(permissions::read(&value.table()?))
            });
            fields.set("sign_in", &mut config.sign_in, |value| Some(SignInSettings::read(&value.table()?)));
            fields.set("oidc", &mut config.oidc, |value| OidcConfig::read(&value.table()?).map(Some));
            fields.set("events_out", &mut config.events_out, |value| {
                Some(EventsOutConfig::read(&value.table()?))
            });
            fields.set("retention", &mut config.retention, |value| {
                Some(RetentionSettings::read(&value.table()?))
            });
            fields.set("limits", &mut config.limits, |value| Some(Limits::read(&value.table()?)));
            config.sources = Sources::read(fields);
        });
        config.lines = config.lines.with_hours(config.calls.hours.clone());
        config
    }

    /// Refuses to listen without TLS on an address that other machines can reach, unless the settings allow it: tokens
    /// and customers' data would cross the network unencrypted.
    ///
    /// # Errors
    /// [`Failure`] with exit code 78.
    pub fn check_listen(&self) -> Result<(), Failure> {
        if self.listen.ip().is_loopback() || self.tls.is_some() || self.allow_plaintext_remote {
            return Ok(());
        }
        Err(Failure::config(message!(
            "{listen} は他のコンピューターから接続できるアドレスですが、TLS が設定されていません。--tls-cert と --tls-key(設定ファイルでは [tls])を指定するか、127.0.0.1 で待ち受けてください。暗号化しないことを承知のうえで待ち受ける場合は --allow-plaintext-remote を指定してください",
            "{listen} can be reached by other machines and no TLS is set; give --tls-cert and --tls-key (or [tls] in \
             the settings), listen on 127.0.0.1, or accept plain text with --allow-plaintext-remote",
            listen = self.listen,
        )))
    }
}

/// The beginning of the numbers that records get.
fn number_prefix(text: &str) -> Option<String> {
    let fits = |letter: u8| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == b'-';
    let is_one = (1..=NUMBER_PREFIX_MAX).contains(&text.len()) && text.bytes().all(fits);
    is_one.then(|| text.to_owned())
}

/// A list of numbers that may or may not be dialled.
fn patterns(value: &Value<'_>) -> Option<Vec<DialPattern>> {
    let entries = value.list(PATTERNS_MAX)?;
    let read: Vec<_> = entries.iter().map(|entry| entry.parsed(PATTERN, DialPattern::parse)).collect();
    read.into_iter().collect()
}

impl Config {
    pub(crate) fn dialling(&self) -> Dialling {
        Dialling::new(self.calls.dial.clone(), self.limits.dial_rate())
    }

    pub(crate) fn recorder(&self) -> RecorderLimits {
        RecorderLimits {
            call_records_max: self.limits.call_records_max,
            retry: Duration::from_millis(self.limits.store_retry_ms),
            callback_within: TimeDelta::minutes(self.calls.callback_within_minutes.into()),
            answers: AnswerLimits {
                per_agent_max: self.limits.write_keys_per_agent_max,
                age: TimeDelta::hours(self.limits.write_keys_hours.into()),
            },
            health: self.limits.health(),
        }
    }

    pub(crate) fn bridge(&self) -> BridgeTimes {
        let refresh = Duration::from_millis(self.limits.agents_refresh_ms);
        let timeout = Duration::from_millis(self.limits.lookup_timeout_ms);
        // Short enough that neither wait takes much longer than it should.
        BridgeTimes {
            agents_refresh: refresh,
            tick: (refresh.min(timeout) / 4).max(Duration::from_millis(5)),
            after_call_work: Duration::from_secs(self.calls.after_call_work_seconds),
        }
    }
}

#[cfg(test)]
mod tests;
