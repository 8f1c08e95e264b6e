//! The call tracker in situations that no recording contains.

mod callers;
mod lists;
mod moves;
mod order;
mod rings;

use crate::ami_support::{lines, settled};
use cti_bridge::call::{CallSignal, Caller, ChannelState, DialResult, GoneCause, Party, Role};
use shared::caller::CallerNumber;

fn number(text: &str) -> CallerNumber {
    CallerNumber::from_caller_id(text, "")
}

fn seen(channel: &str, linked: &str, party: Party, role: Role) -> CallSignal {
    CallSignal::ChannelSeen {
        channel: channel.into(),
        linked: Some(linked.into()),
        party,
        role,
        state: ChannelState::Idle,
        dialled: (role == Role::Origin).then(|| "0331112222".to_owned()),
        caller: None,
        uncertain: false,
    }
}

/// A caller from outside whose number is known.
fn caller(channel: &str) -> Vec<CallSignal> {
    vec![
        seen(channel, channel, Party::Outside, Role::Origin),
        CallSignal::CallerKnown { channel: channel.into(), caller: number("0312345678") },
    ]
}

/// A caller from outside whose number is being asked about.
fn pending(channel: &str) -> CallSignal {
    let mut signal = seen(channel, channel, Party::Outside, Role::Origin);
    if let CallSignal::ChannelSeen { caller, .. } = &mut signal {
        *caller = Some(Caller::Pending);
    }
    signal
}

fn agent(extension: &str) -> Party {
    Party::Agent { extension: extension.to_owned() }
}

/// A phone rings on behalf of a channel.
fn rings(source: &str, channel: &str, extension: &str) -> Vec<CallSignal> {
    vec![
        seen(channel, source, agent(extension), Role::Destination),
        CallSignal::DialBegin { source: Some(source.into()), destination: channel.into(), dialled: None },
        state(channel, ChannelState::Ringing),
    ]
}

fn state(channel: &str, state: ChannelState) -> CallSignal {
    CallSignal::State { channel: channel.into(), state }
}

fn up(channel: &str) -> CallSignal {
    state(channel, ChannelState::Up)
}

/// The phone is answered and joined with the other party.
fn answers(channel: &str, with: &str) -> Vec<CallSignal> {
    vec![up(channel), enter(channel, "talk"), enter(with, "talk")]
}

fn dial_end(channel: &str, result: DialResult) -> CallSignal {
    CallSignal::DialEnd { destination: channel.into(), result }
}

fn enter(channel: &str, bridge: &str) -> CallSignal {
    CallSignal::BridgeEnter { channel: channel.into(), bridge: bridge.into() }
}

fn hung_up(channel: &str) -> CallSignal {
    CallSignal::HungUp { channel: channel.into(), cause: GoneCause::Normal }
}

fn gone(channel: &str) -> CallSignal {
    CallSignal::Gone { channel: channel.into(), cause: GoneCause::Normal }
}

/// The changes that signals cause, of which nothing stays.
#[track_caller]
fn check(story: impl IntoIterator<Item = Vec<CallSignal>>, expected: &[&str]) {
    assert_eq!(lines(&settled(story.into_iter().flatten())), expected);
}
