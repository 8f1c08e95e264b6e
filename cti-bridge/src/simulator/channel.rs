//! A channel of the simulated PBX.

use tokio::time::Instant;

use super::text::Text;

/// A channel's state, with the number and word of Asterisk's `channelstate.h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Down,
    Ring,
    Ringing,
    Up,
}

impl State {
    fn code(self) -> (u8, &'static str) {
        match self {
            Self::Down => (0, "Down"),
            Self::Ring => (4, "Ring"),
            Self::Ringing => (5, "Ringing"),
            Self::Up => (6, "Up"),
        }
    }
}

/// A number and a name; empty ones print as `<unknown>`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Id {
    pub(super) number: String,
    pub(super) name: String,
}

/// A live channel.
#[derive(Debug, Clone)]
pub(super) struct Channel {
    pub(super) name: String,
    pub(super) state: State,
    pub(super) caller: Id,
    pub(super) connected: Id,
    pub(super) context: &'static str,
    pub(super) exten: String,
    pub(super) id: String,
    pub(super) linked: String,
    /// The value of `CALLERID(num-pres)`.
    pub(super) presentation: &'static str,
    pub(super) application: (&'static str, String),
    pub(super) bridge: Option<String>,
    pub(super) since: Instant,
}

fn known(text: &str) -> &str {
    if text.is_empty() { "<unknown>" } else { text }
}

impl Text {
    /// Adds the headers of a channel, each name with this prefix.
    pub(super) fn channel(self, prefix: &str, channel: &Channel) -> Self {
        let (code, word) = channel.state.code();
        let key = |name: &str| format!("{prefix}{name}");
        self.with(&key("Channel"), &channel.name)
            .with(&key("ChannelState"), code)
            .with(&key("ChannelStateDesc"), word)
            .with(&key("CallerIDNum"), known(&channel.caller.number))
            .with(&key("CallerIDName"), known(&channel.caller.name))
            .with(&key("ConnectedLineNum"), known(&channel.connected.number))
            .with(&key("ConnectedLineName"), known(&channel.connected.name))
            .with(&key("Language"), "en")
            .with(&key("AccountCode"), "")
            .with(&key("Context"), channel.context)
            .with(&key("Exten"), &channel.exten)
            .with(&key("Priority"), 1)
            .with(&key("Uniqueid"), &channel.id)
            .with(&key("Linkedid"), &channel.linked)
    }

    /// Adds the headers of a bridge, each name with this prefix.
    pub(super) fn bridge(self, prefix: &str, id: &str, channels: usize) -> Self {
        let key = |name: &str| format!("{prefix}Bridge{name}");
        self.with(&key("Uniqueid"), id)
            .with(&key("Type"), "basic")
            .with(&key("Technology"), "simple_bridge")
            .with(&key("Creator"), "<unknown>")
            .with(&key("Name"), "<unknown>")
            .with(&key("NumChannels"), channels)
            .with(&key("VideoSourceMode"), "none")
    }
}
