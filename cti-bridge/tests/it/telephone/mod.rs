//! A PBX made from a recording: what it sends step by step, and which channels are live at each step.
//!
//! [`Pbx`] is a naive model to compare with the call tracker. It knows nothing about calls, legs and merges: it only
//! keeps the latest state of each channel, which is what a PBX lists on request.
//! [`asterisk`] and [`freeswitch`] hold what differs between the two; everything else is shared.

pub(crate) mod agents;
pub(crate) mod asterisk;
pub(crate) mod desk;
pub(crate) mod freeswitch;
pub(crate) mod line;
pub(crate) mod pbx;
pub(crate) mod receiver;
pub(crate) mod story;

pub(crate) use crate::{ami_support, esl_support};
pub(crate) use pbx::{Pbx, Screen};

/// The make of a PBX.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum System {
    /// Asterisk's manager interface.
    #[default]
    Asterisk,
    /// FreeSWITCH's event socket.
    FreeSwitch,
}

impl System {
    /// Whether two messages are about different channels and bridges: only those may overtake each other.
    pub(crate) fn independent(self, a: &str, b: &str) -> bool {
        let keys: &[&str] = match self {
            Self::Asterisk => &asterisk::NAMES,
            Self::FreeSwitch => &freeswitch::NAMES,
        };
        // FreeSWITCH writes `att:` before the leg to which a call was transferred.
        let bare = |value: &str| value.rsplit("%3A").next().unwrap_or_default().to_owned();
        let names = |message| keys.iter().filter_map(|key| header(message, key)).map(bare).collect();
        let (a, b): (Vec<String>, Vec<String>) = (names(a), names(b));
        a.iter().all(|name| !b.contains(name))
    }
}

/// What a PBX sends, message by message, without the answers to the recording client's own questions.
#[derive(Debug, Clone)]
pub(crate) struct Scenario {
    pub(crate) system: System,
    pub(crate) name: &'static str,
    pub(crate) banner: String,
    /// The messages sent unasked, in order.
    pub(crate) messages: Vec<String>,
    /// The PBX before the first message.
    pub(crate) before: Pbx,
}

impl Scenario {
    /// A recording of Asterisk.
    pub(crate) fn of(name: &'static str) -> Self {
        asterisk::recorded(name)
    }

    /// Asterisk's answer to the question whether a caller's number may be shown.
    pub(crate) fn presentation(&self) -> &'static str {
        if self.before.withheld { "prohib" } else { "allowed_not_screened" }
    }

    /// The PBX after this many messages.
    pub(crate) fn pbx_at(&self, step: usize) -> Pbx {
        let mut pbx = self.before.clone();
        self.messages[..step].iter().for_each(|message| pbx.apply(message));
        pbx
    }
}

/// The value of a header, undecoded.
pub(crate) fn header<'a>(message: &'a str, key: &str) -> Option<&'a str> {
    message.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':').map(str::trim))
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

/// Lines that two models share.
pub(crate) fn common(a: &[Screen], b: &[Screen]) -> Vec<Screen> {
    let mut rest = b.to_vec();
    a.iter()
        .filter(|screen| rest.iter().position(|o| o == *screen).map(|at| rest.swap_remove(at)).is_some())
        .cloned()
        .collect()
}

/// Lines of either model; lines of both count once.
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
