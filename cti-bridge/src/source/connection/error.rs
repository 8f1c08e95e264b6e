//! Why a connection ended.

use std::io;

use shared::cause::Cause as _;
use shared::label::Lang;
use shared::message;
use shared::message::{Explain, Label, Message};
use tokio_rustls::rustls;

use super::tls::Refusal;
use crate::source::SourceError;

/// Longest text of the PBX's that is quoted, in characters.
const EXCERPT_CHARS_MAX: usize = 200;

/// Why a connection ended. Of the PBX's data it contains only the text of a refusal.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.message().text(Lang::En))]
pub(in crate::source) enum ConnectionError {
    /// It could not be made.
    Connect { error: io::Error, advice: Label },
    /// It could not be made within `connect_timeout_ms`.
    ConnectTimeout,
    /// An answer did not arrive within this setting.
    Timeout { setting: &'static str },
    /// The PBX refused something, in these words.
    Refused(Message),
    /// The PBX closed it.
    Closed,
    /// It broke.
    Broken(io::Error),
    /// Nothing was received, not even the answer to a ping.
    Silent,
    /// What the PBX sends cannot be decoded.
    Decode(Box<dyn std::error::Error + Send + Sync>),
    /// Reconnecting is useless.
    Fatal(#[from] SourceError),
    /// The bridge has dropped the receiver: the program is ending.
    NoReceiver,
}

impl ConnectionError {
    /// An answer did not arrive within this setting.
    pub(in crate::source) const fn timeout(setting: &'static str) -> Self {
        Self::Timeout { setting }
    }

    /// Whether reconnecting is useless.
    pub(super) fn is_final(&self) -> bool {
        matches!(self, Self::Fatal(_) | Self::NoReceiver)
    }
}

impl Explain for ConnectionError {
    fn message(&self) -> Message {
        match self {
            Self::Connect { error, advice } => message!(
                "接続できません({error})。{advice}",
                "cannot connect: {error}; {advice}",
                error = cause(error),
                advice = advice,
            ),
            Self::ConnectTimeout => message!(
                "connect_timeout_ms 以内に接続できません。アドレスとファイアウォールを確認してください",
                "no answer within connect_timeout_ms; check the address and firewalls"
            ),
            Self::Timeout { setting } => {
                message!("{setting} 以内に応答がありません", "no answer within {setting}", setting = setting)
            }
            Self::Refused(words) => words.clone(),
            Self::Closed => message!("PBX が接続を切断しました", "the PBX closed the connection"),
            Self::Broken(error) => {
                message!("接続が切れました({error})", "the connection broke: {error}", error = cause(error))
            }
            Self::Silent => message!(
                "ping_interval_ms の2倍の時間、ping への応答を含めて何も届いていません",
                "nothing received for twice ping_interval_ms, not even an answer to a ping"
            ),
            Self::Decode(error) => message!(
                "PBX から届いたデータを読み取れません({error})。アドレスとポートを確認してください",
                "cannot decode what the PBX sends: {error}; check the address and the port",
                error = error
            ),
            Self::Fatal(error) => error.message(),
            Self::NoReceiver => {
                message!("イベントの受け手がありません", "the bridge no longer receives events")
            }
        }
    }
}

/// What went wrong with the network, or why a certificate was refused.
fn cause(error: &io::Error) -> Message {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match tls.and_then(Refusal::of) {
        Some(refusal) => refusal.message(),
        None => error.cause(),
    }
}

/// The text of a refusal as one short line.
pub(in crate::source) fn excerpt(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(EXCERPT_CHARS_MAX).collect()
}
