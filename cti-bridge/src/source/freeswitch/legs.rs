//! What is remembered of live legs.

use std::collections::{HashMap, VecDeque};
use std::fmt;

use crate::call::{ChannelId, ChannelState, Party, Role};

/// A live leg.
#[derive(Clone)]
pub(super) struct Leg {
    pub(super) role: Role,
    pub(super) party: Party,
    /// FreeSWITCH made this leg; it did not come in.
    pub(super) is_outbound: bool,
    /// On whose behalf it rings.
    pub(super) owner: Option<ChannelId>,
    pub(super) state: ChannelState,
    /// A number that was shown, or may yet be, came in with it.
    pub(super) has_number: bool,
    /// Some leg of the call said that its number is withheld.
    pub(super) is_withheld: bool,
    /// A number from a list, which must not leave this memory before the answer.
    pub(super) asked: Option<Asked>,
    pub(super) queue: Option<String>,
    pub(super) customer_code: Option<String>,
}

/// A number that is being asked about.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) number: String,
    pub(super) name: String,
}

impl Leg {
    pub(super) fn new(role: Role, party: Party, is_outbound: bool, owner: Option<ChannelId>) -> Self {
        Self {
            role,
            party,
            is_outbound,
            owner,
            state: ChannelState::Idle,
            has_number: false,
            is_withheld: false,
            asked: None,
            queue: None,
            customer_code: None,
        }
    }

    /// A line from outside that calls us.
    pub(super) fn calls_in(&self) -> bool {
        !self.is_outbound && self.party == Party::Outside
    }
}

/// Hides the number.
impl fmt::Debug for Leg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leg")
            .field("role", &self.role)
            .field("owner", &self.owner)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// All live legs, up to a limit.
#[derive(Debug)]
pub(super) struct Legs {
    legs: HashMap<ChannelId, Leg>,
    order: VecDeque<ChannelId>,
    max: usize,
}

impl Legs {
    pub(super) fn new(max: usize) -> Self {
        Self { legs: HashMap::new(), order: VecDeque::new(), max }
    }

    pub(super) fn len(&self) -> usize {
        self.legs.len()
    }

    pub(super) fn get(&self, channel: &ChannelId) -> Option<&Leg> {
        self.legs.get(channel)
    }

    pub(super) fn get_mut(&mut self, channel: &ChannelId) -> Option<&mut Leg> {
        self.legs.get_mut(channel)
    }

    /// The legs that exist on behalf of this one, in a fixed order.
    pub(super) fn owned_by(&self, owner: &ChannelId) -> Vec<ChannelId> {
        let is_owned = |leg: &Leg| leg.owner.as_ref() == Some(owner);
        let mut owned: Vec<_> =
            self.legs.iter().filter(|(_, leg)| is_owned(leg)).map(|(id, _)| id.clone()).collect();
        owned.sort();
        owned
    }

    pub(super) fn remove(&mut self, channel: &ChannelId) -> Option<Leg> {
        self.legs.remove(channel)
    }

    pub(super) fn insert(&mut self, channel: &ChannelId, leg: Leg) {
        if self.legs.insert(channel.clone(), leg).is_none() {
            self.order.push_back(channel.clone());
        }
        // The order also names legs that are gone: forget those first, then the oldest that live.
        while self.legs.len() > self.max || self.order.len() > self.max.saturating_mul(2) {
            let Some(oldest) = self.order.pop_front() else { return };
            self.legs.remove(&oldest);
        }
    }
}
