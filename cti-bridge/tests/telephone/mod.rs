//! A telephone system made of a recording: what it sends step by step, and which channels live at each step.
//!
//! [`Pbx`] is a naive second opinion beside the call tracker. It knows nothing of calls, legs and merges: it only
//! keeps the last state that each channel was seen in, which is what a telephone system lists when it is asked.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::unwrap_used, reason = "helpers of tests: a panic is a failed test")]

pub(crate) mod desk;
pub(crate) mod line;
pub(crate) mod story;

use std::fmt::Write as _;

/// Every recording.
pub(crate) const RECORDINGS: [&str; 9] = [
    "ringall-answered",
    "abandoned",
    "no-answer-then-next",
    "withheld-getvar",
    "payphone",
    "blind-transfer",
    "attended-transfer",
    "hold",
    "snapshot-mid-call",
];

/// A recording, message by message, without what belongs to the recording client's own questions.
#[derive(Debug, Clone)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) banner: String,
    /// What the system sent by itself, in its order.
    pub(crate) messages: Vec<String>,
    /// The system before the first message.
    pub(crate) before: Pbx,
}

impl Scenario {
    pub(crate) fn of(name: &'static str) -> Self {
        let path = format!("{}/../data/captures/ami/{name}.ami", env!("CARGO_MANIFEST_DIR"));
        let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let text = String::from_utf8(bytes).unwrap();
        let (banner, rest) = text.split_once("\r\n").unwrap();
        let mut before = Pbx::default();
        let mut messages = Vec::new();
        for message in rest.split_inclusive("\r\n\r\n").filter(|m| m.ends_with("\r\n\r\n")) {
            match (header(message, "Event"), header(message, "ActionID")) {
                (Some("CoreShowChannel"), _) => before.apply(message),
                (None, _) | (_, Some(_)) => {}
                _ => messages.push(message.to_owned()),
            }
        }
        assert!(messages.len() > 20, "{name} was not read");
        Self { name, banner: banner.to_owned(), messages, before }
    }

    pub(crate) fn all() -> Vec<Self> {
        RECORDINGS.iter().map(|name| Self::of(name)).collect()
    }

    /// What the system answers when it is asked whether a caller's number may be shown.
    pub(crate) fn presentation(&self) -> &'static str {
        if self.name == "withheld-getvar" { "prohib" } else { "allowed_not_screened" }
    }

    /// The system after so many messages.
    pub(crate) fn pbx_at(&self, step: usize) -> Pbx {
        let mut pbx = self.before.clone();
        self.messages[..step].iter().for_each(|message| pbx.apply(message));
        pbx
    }
}

/// The value of a header.
pub(crate) fn header<'a>(message: &'a str, key: &str) -> Option<&'a str> {
    message.split("\r\n").find_map(|line| line.strip_prefix(key)?.strip_prefix(':').map(str::trim))
}

/// The live channels, oldest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pbx {
    channels: Vec<Channel>,
    /// Agents' phones that hung up while the other end is still there.
    left: Vec<Channel>,
}

/// A channel as it was seen last.
#[derive(Debug, Clone, Default)]
pub(crate) struct Channel {
    pub(crate) id: String,
    pub(crate) linked: String,
    pub(crate) name: String,
    pub(crate) state: String,
    number: String,
    caller_name: String,
    exten: String,
    application: String,
    data: String,
    bridge: String,
    /// The telephone system made it to reach a phone.
    called: bool,
}

/// What an agent's screen should show: one line for each pop-up.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Screen {
    pub(crate) extension: String,
    /// `+81…`, or the word for a caller without a number.
    pub(crate) caller: String,
    pub(crate) ringing: bool,
}

impl Channel {
    /// Rings, or is past that.
    fn rings(&self) -> bool {
        matches!(self.state.as_str(), "5" | "6")
    }
}

impl Pbx {
    /// Takes note of what the system sends.
    pub(crate) fn apply(&mut self, message: &str) {
        let Some(event) = header(message, "Event") else { return };
        if matches!(event, "Newchannel" | "CoreShowChannel") {
            let called = header(message, "ChannelState") == Some("0")
                || header(message, "ApplicationData") == Some("(Outgoing Line)");
            let id = header(message, "Uniqueid").unwrap().to_owned();
            if !self.channels.iter().any(|c| c.id == id) {
                self.channels.push(Channel { id, called, ..Channel::default() });
            }
        }
        self.update(message, "");
        self.update(message, "Dest");
        let Some(channel) =
            header(message, "Uniqueid").and_then(|id| self.channels.iter_mut().find(|c| c.id == id))
        else {
            return;
        };
        let value = |key| header(message, key).unwrap_or_default().to_owned();
        match event {
            "Newexten" => (channel.application, channel.data) = (value("Application"), value("AppData")),
            "CoreShowChannel" => {
                (channel.application, channel.data) = (value("Application"), value("ApplicationData"));
                channel.bridge = value("BridgeId");
            }
            "BridgeEnter" => channel.bridge = value("BridgeUniqueid"),
            "BridgeLeave" => channel.bridge.clear(),
            "Hangup" => {
                let gone = channel.clone();
                self.channels.retain(|c| c.id != gone.id);
                if gone.called && gone.state == "6" {
                    self.left.push(gone);
                }
            }
            _ => {}
        }
    }

    fn update(&mut self, message: &str, prefix: &str) {
        let value = |key: &str| header(message, &format!("{prefix}{key}"));
        let Some(channel) = value("Uniqueid").and_then(|id| self.channels.iter_mut().find(|c| c.id == id))
        else {
            return;
        };
        for (key, field) in [
            ("Linkedid", &mut channel.linked),
            ("Channel", &mut channel.name),
            ("ChannelState", &mut channel.state),
            ("CallerIDNum", &mut channel.number),
            ("CallerIDName", &mut channel.caller_name),
            ("Exten", &mut channel.exten),
        ] {
            if let Some(value) = value(key) {
                value.clone_into(field);
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.channels.len()
    }

    pub(crate) fn names(&self, id: &str) -> bool {
        self.channels.iter().any(|c| c.id == id)
    }

    pub(crate) fn channels(&self) -> &[Channel] {
        &self.channels
    }

    /// The answer to `CoreShowChannels`, with the headers of the recorded one.
    pub(crate) fn listing(&self, action_id: &str) -> Vec<String> {
        let mut list = vec![format!(
            "Response: Success\r\nActionID: {action_id}\r\nEventList: start\r\nMessage: Channels will follow\r\n\r\n"
        )];
        for channel in &self.channels {
            let mut entry = format!("Event: CoreShowChannel\r\nActionID: {action_id}\r\n");
            for (key, value) in [
                ("Channel", &channel.name),
                ("ChannelState", &channel.state),
                ("CallerIDNum", &channel.number),
                ("CallerIDName", &channel.caller_name),
                ("Exten", &channel.exten),
                ("Uniqueid", &channel.id),
                ("Linkedid", &channel.linked),
                ("Application", &channel.application),
                ("ApplicationData", &channel.data),
                ("BridgeId", &channel.bridge),
            ] {
                write!(entry, "{key}: {value}\r\n").unwrap();
            }
            list.push(entry + "\r\n");
        }
        list.push(format!(
            "Event: CoreShowChannelsComplete\r\nActionID: {action_id}\r\nEventList: Complete\r\nListItems: {}\r\n\r\n",
            self.channels.len()
        ));
        list
    }

    /// What may still be shown although no channel says so: whoever talked last and hung up keeps the pop-up until
    /// the call ends or goes on with somebody else.
    pub(crate) fn lingering(&self, withheld: bool) -> Vec<Screen> {
        let is_free =
            |left: &&Channel| !self.channels.iter().any(|c| c.called && c.linked == left.linked && c.rings());
        self.left.iter().filter(is_free).filter_map(|left| self.screen(left, withheld)).collect()
    }

    /// What the agents' screens should show as far as a list of channels says it: every called phone that rings
    /// or is up, for whoever began its call.
    pub(crate) fn screens(&self, withheld: bool) -> Vec<Screen> {
        let mut screens: Vec<Screen> =
            self.channels.iter().filter_map(|c| self.screen(c, withheld)).collect();
        screens.sort();
        screens.dedup();
        screens
    }

    fn screen(&self, channel: &Channel, withheld: bool) -> Option<Screen> {
        let extension = agent(&channel.name).filter(|_| channel.called)?;
        let ringing = match channel.state.as_str() {
            "5" => true,
            "6" => false,
            _ => return None,
        };
        let origin = self.channels.iter().find(|c| c.linked == channel.linked && !c.called)?;
        let caller = match agent(&origin.name) {
            Some(extension) => extension.to_owned(),
            None => outside(origin, withheld),
        };
        Some(Screen { extension: extension.to_owned(), caller, ringing })
    }
}

/// The extension, if the channel is an agent's phone.
pub(crate) fn agent(name: &str) -> Option<&str> {
    let peer = name.strip_prefix("PJSIP/")?.split('-').next()?;
    peer.bytes().all(|b| b.is_ascii_digit()).then_some(peer)
}

fn outside(origin: &Channel, withheld: bool) -> String {
    if origin.caller_name.contains("payphone") {
        return "payphone".to_owned();
    }
    if withheld {
        return "withheld".to_owned();
    }
    let national = origin.number.trim_start_matches("+81").trim_start_matches('0');
    format!("+81{national}")
}

/// Whether each line of `least` is among `shown`, and each line of `shown` among `most`, as often as it is there.
pub(crate) fn between(least: &[Screen], shown: &[Screen], most: &[Screen]) -> bool {
    within(least, shown) && within(shown, most)
}

fn within(few: &[Screen], many: &[Screen]) -> bool {
    let mut rest: Vec<&Screen> = many.iter().collect();
    few.iter().all(|screen| {
        let at = rest.iter().position(|other| *other == screen);
        at.map(|at| rest.swap_remove(at)).is_some()
    })
}

/// Lines that two opinions share.
pub(crate) fn common(a: &[Screen], b: &[Screen]) -> Vec<Screen> {
    let mut rest = b.to_vec();
    a.iter()
        .filter(|screen| rest.iter().position(|o| o == *screen).map(|at| rest.swap_remove(at)).is_some())
        .cloned()
        .collect()
}

/// Lines of either opinion; what both have counts once.
pub(crate) fn either(a: &[Screen], b: &[Screen]) -> Vec<Screen> {
    let mut all = a.to_vec();
    let mut rest = a.to_vec();
    for screen in b {
        match rest.iter().position(|o| o == screen) {
            Some(at) => drop(rest.swap_remove(at)),
            None => all.push(screen.clone()),
        }
    }
    all
}
