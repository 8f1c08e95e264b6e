//! What is remembered of live legs.

use std::fmt;

use crate::call::{ChannelId, ChannelState, Party, Role};
use crate::source::channel_memory::ChannelMemory;

/// A live leg.
#[derive(Clone)]
pub(super) struct Leg {
    pub(super) role: Role,
    pub(super) party: Party,
    /// Created by FreeSWITCH, not incoming.
    pub(super) is_outbound: bool,
    /// The leg on whose behalf it exists.
    pub(super) owner: Option<ChannelId>,
    pub(super) state: ChannelState,
    /// It carries a number that was shown, or may still be.
    pub(super) has_number: bool,
    /// Some leg of the call said that the number is withheld.
    pub(super) is_withheld: bool,
    /// A number from the list of live channels, which must not be used before the answer.
    pub(super) asked: Option<AskedNumber>,
    pub(super) queue: Option<String>,
    pub(super) customer_code: Option<String>,
}

/// A number that is being asked about.
#[derive(Clone)]
pub(super) struct AskedNumber {
    pub(super) number: String,
    pub(super) name: String,
    /// The two questions that have been answered in favour of showing it.
    pub(super) allowed: Allowed,
}

/// What is known about whether a number may be shown; both are needed.
#[derive(Clone, Copy, Default)]
pub(super) struct Allowed {
    pub(super) by_system: bool,
    pub(super) by_header: bool,
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

    /// An incoming trunk leg.
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

/// All live legs.
pub(super) type Legs = ChannelMemory<Leg>;

impl Legs {
    /// The legs that exist on behalf of this one, in a fixed order.
    pub(super) fn owned_by(&self, owner: &ChannelId) -> Vec<ChannelId> {
        let is_owned = |leg: &Leg| leg.owner.as_ref() == Some(owner);
        let mut owned: Vec<_> =
            self.iter().filter(|(_, leg)| is_owned(leg)).map(|(id, _)| id.clone()).collect();
        owned.sort();
        owned
    }
}
