//! A telephone system made of a recording: what it sends step by step, and which channels live at each step.
//!
//! [`Pbx`] is a naive second opinion beside the call tracker. It knows nothing of calls, legs and merges: it only
//! keeps the last state that each channel was seen in, which is what a telephone system lists when it is asked.
//! [`asterisk`] and [`freeswitch`] are what differs between the two; everything else is the same for both.

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

/// Whose messages these are.
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
        // FreeSWITCH writes `att:` before the leg that a call was given to.
        let bare = |value: &str| value.rsplit("%3A").next().unwrap_or_default().to_owned();
        let names = |message| keys.iter().filter_map(|key| header(message, key)).map(bare).collect();
        let (a, b): (Vec<String>, Vec<String>) = (names(a), names(b));
        a.iter().all(|name| !b.contains(name))
    }
}

/// What a telephone system sends, message by message, without what belongs to the recording client's own questions.
#[derive(Debug, Clone)]
pub(crate) struct Scenario {
    pub(crate) system: System,
    pub(crate) name: &'static str,
    pub(crate) banner: String,
    /// What the system sent by itself, in its order.
    pub(crate) messages: Vec<String>,
    /// The system before the first message.
    pub(crate) before: Pbx,
}

impl Scenario {
    /// A recording of Asterisk.
    pub(crate) fn of(name: &'static str) -> Self {
        asterisk::recorded(name)
    }

    /// What Asterisk answers when it is asked whether a caller's number may be shown.
    pub(crate) fn presentation(&self) -> &'static str {
        if self.before.withheld { "prohib" } else { "allowed_not_screened" }
    }

    /// The system after so many messages.
    pub(crate) fn pbx_at(&self, step: usize) -> Pbx {
        let mut pbx = self.before.clone();
        self.messages[..step].iter().for_each(|message| pbx.apply(message));
        pbx
    }
}

/// The value of a header, as it is written.
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
