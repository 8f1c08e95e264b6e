//! Which channels are live, and what a list of them says about the agents' screens.

use std::collections::BTreeMap;

use super::{System, asterisk, freeswitch};

/// The live channels, oldest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pbx {
    pub(crate) system: System,
    /// Outside callers withhold their number, although no message says so.
    pub(crate) withheld: bool,
    pub(super) channels: Vec<Channel>,
    /// Agents' phones that hung up while the other end is still there.
    pub(super) left: Vec<Channel>,
    /// Channels that are hanging up: no list names them any more, but their end was not reported yet.
    pub(super) ending: Vec<Channel>,
    /// Channels that started a call and hung up. FreeSWITCH reports an attended transfer step by step: for a moment the
    /// consulted agent has a call without an origin, and a client that missed a step knows only who had started it.
    pub(super) began: Vec<Channel>,
}

/// A channel's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum State {
    #[default]
    Idle,
    Ringing,
    Up,
}

/// The latest state of a channel.
#[derive(Debug, Clone, Default)]
pub(crate) struct Channel {
    pub(super) id: String,
    /// The first channel of its call.
    pub(super) linked: String,
    /// Created by the PBX to reach a phone.
    pub(super) called: bool,
    pub(super) state: State,
    /// The extension, if it is an agent's phone.
    pub(super) extension: Option<String>,
    /// It has announced its hang-up, but is still listed.
    pub(super) hanging_up: bool,
    /// It says itself that its number is withheld.
    pub(super) withheld: bool,
    /// Its columns in a list, by name.
    pub(super) row: BTreeMap<&'static str, String>,
}

/// What an agent's screen should show: one line per pop-up.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Screen {
    pub(crate) extension: String,
    /// `+81…`, or the word for a caller without a number.
    pub(crate) caller: String,
    pub(crate) ringing: bool,
}

impl Channel {
    pub(super) fn column(&self, name: &str) -> &str {
        self.row.get(name).map(String::as_str).unwrap_or_default()
    }
}

impl Pbx {
    /// A PBX of this make without a call.
    pub(crate) fn quiet(system: System) -> Self {
        Self { system, ..Self::default() }
    }

    /// Applies a message of the PBX.
    pub(crate) fn apply(&mut self, message: &str) {
        match self.system {
            System::Asterisk => asterisk::apply(self, message),
            System::FreeSwitch => freeswitch::apply(self, message),
        }
    }

    /// The list of live channels.
    pub(crate) fn listing(&self, action_id: &str) -> Vec<String> {
        match self.system {
            System::Asterisk => asterisk::listing(self, action_id),
            System::FreeSwitch => vec![freeswitch::listing(self, usize::MAX)],
        }
    }

    /// The same list, broken off after this many channels.
    pub(crate) fn broken_listing(&self, channels: usize) -> Vec<String> {
        match self.system {
            System::Asterisk => {
                let listing = asterisk::listing(self, "snap-1");
                let whole = listing.len();
                listing.into_iter().take((channels + 1).min(whole - 1)).collect()
            }
            System::FreeSwitch => vec![freeswitch::listing(self, channels)],
        }
    }

    /// How many channels it lists.
    pub(crate) fn len(&self) -> usize {
        self.channels.len()
    }

    pub(super) fn find(&mut self, id: &str) -> Option<&mut Channel> {
        self.channels.iter_mut().find(|channel| channel.id == id)
    }

    /// A phone hangs up. One that was up is remembered until its call is over.
    pub(super) fn hang_up(&mut self, id: &str) {
        let Some(at) = self.channels.iter().position(|channel| channel.id == id) else { return };
        let gone = self.channels.remove(at);
        if self.system == System::FreeSwitch {
            self.ending.push(gone.clone());
            self.began.extend(Some(gone.clone()).filter(|gone| !gone.called));
        }
        if gone.called && gone.state == State::Up {
            self.left.push(gone);
        }
    }

    /// What may still be shown although no channel says so: an agent who talked last and hung up keeps the pop-up until
    /// the call ends or continues with somebody else, and a phone that hangs up rings until its end.
    pub(crate) fn lingering(&self) -> Vec<Screen> {
        let rings = |c: &Channel| c.called && c.state != State::Idle;
        let is_free = |left: &&Channel| !self.channels.iter().any(|c| c.linked == left.linked && rings(c));
        let left = self.left.iter().filter(is_free).filter_map(|left| self.screen(left));
        let began = || self.channels.iter().chain(&self.began);
        let ending = self.channels.iter().filter(|channel| channel.hanging_up).chain(&self.ending);
        let ending = ending.filter_map(|channel| self.screen_of(channel, began()));
        let orphans = self.channels.iter().filter(|channel| self.screen(channel).is_none());
        let orphans = orphans
            .flat_map(|channel| self.began.iter().filter_map(|origin| self.screen_for(channel, origin)));
        left.chain(ending).chain(orphans).collect()
    }

    /// What the agents' screens should show according to a list of channels: every called phone that rings
    /// or is up, with the origin of its call.
    pub(crate) fn screens(&self) -> Vec<Screen> {
        let stays = self.channels.iter().filter(|channel| !channel.hanging_up);
        let mut screens: Vec<Screen> = stays.filter_map(|channel| self.screen(channel)).collect();
        screens.sort();
        screens.dedup();
        screens
    }

    fn screen(&self, channel: &Channel) -> Option<Screen> {
        self.screen_of(channel, &self.channels)
    }

    fn screen_of<'a>(
        &self,
        channel: &Channel,
        began: impl IntoIterator<Item = &'a Channel>,
    ) -> Option<Screen> {
        let origin = began.into_iter().find(|c| c.linked == channel.linked && !c.called)?;
        self.screen_for(channel, origin)
    }

    fn screen_for(&self, channel: &Channel, origin: &Channel) -> Option<Screen> {
        let extension = channel.extension.clone().filter(|_| channel.called || self.has_joined(channel))?;
        let ringing = match channel.state {
            State::Ringing => true,
            State::Up => false,
            State::Idle => return None,
        };
        let caller = match &origin.extension {
            Some(extension) => extension.clone(),
            None => self.outside(origin),
        };
        Some(Screen { extension, caller, ringing })
    }

    /// Whether it started a call and talks in another now: a parked call was retrieved.
    fn has_joined(&self, channel: &Channel) -> bool {
        let (bridge, linked) = (channel.column("BridgeId"), &channel.linked);
        let talks_with = |other: &Channel| other.id == *linked && other.column("BridgeId") == bridge;
        *linked != channel.id && !bridge.is_empty() && self.channels.iter().any(talks_with)
    }

    fn outside(&self, origin: &Channel) -> String {
        let (number, name) = match self.system {
            System::Asterisk => (origin.column("CallerIDNum"), origin.column("CallerIDName")),
            System::FreeSwitch => (origin.column("cid_num"), origin.column("cid_name")),
        };
        if name.contains("payphone") {
            return "payphone".to_owned();
        }
        if self.withheld || origin.withheld {
            return "withheld".to_owned();
        }
        let national = number.trim_start_matches("+81").trim_start_matches('0');
        format!("+81{national}")
    }
}
