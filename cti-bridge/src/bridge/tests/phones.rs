//! Phones of several telephone systems, and several phones of one agent.

use super::*;
use crate::call::{CallIds, CallSignal, CallTracker, Caller, ChannelState, Party, Role, TrackerLimits};
use crate::source::SourceEvent;

fn system(name: &str, seed: u64) -> Source {
    Source {
        lists_calls: true,
        name: name.to_owned(),
        tracker: CallTracker::new(TrackerLimits::default(), CallIds::seeded(seed)),
        events: None,
        requests: None,
        controls: std::sync::Arc::default(),
        recording_url: None,
        up: true,
        blindness: crate::bridge::blindness::Blindness::default(),
    }
}

/// A desk with the telephone systems `tokyo` and `osaka`, whose agent A201 has these phones beside 201.
fn desk(phones: &[&str]) -> Desk {
    let mut desk = Desk::new();
    desk.bridge.sources.extend([system("tokyo", 1), system("osaka", 2)]);
    let phones = phones.iter().map(|phone| (*phone).to_owned()).collect();
    desk.bridge.hub.set_agent(Agent { phones, ..agent("201") });
    desk
}

/// A call from outside rings phones of a telephone system.
fn rings(desk: &mut Desk, at: usize, extensions: &[&str]) {
    let seen = |channel: &str, party, role, caller| CallSignal::ChannelSeen {
        channel: channel.into(),
        linked: Some("t".into()),
        party,
        role,
        state: ChannelState::Idle,
        dialled: None,
        caller,
        uncertain: false,
    };
    let caller = Some(Caller::Known(CallerNumber::from_caller_id("0312345678", "")));
    let mut signals = vec![seen("t", Party::Outside, Role::Origin, caller)];
    for extension in extensions {
        let party = Party::Agent { extension: (*extension).to_owned() };
        signals.push(seen(extension, party, Role::Destination, None));
        signals.push(CallSignal::State { channel: (*extension).into(), state: ChannelState::Ringing });
    }
    desk.bridge.on_source(at, SourceEvent::Signals { at: desk.clock.moment(), signals });
}

/// The agents whose phones ring, for each leg of the only call; `-` for a phone that nobody has.
fn rung(desk: &Desk) -> Vec<String> {
    let [call] = desk.bridge.calls.values().collect::<Vec<_>>()[..] else { panic!("one call") };
    let agent = |phone: &str| desk.bridge.hub.agent_of(phone).unwrap_or("-").to_owned();
    call.legs.iter().map(|leg| agent(&leg.extension)).collect()
}

#[tokio::test]
async fn the_same_extension_of_another_system_is_another_phone() {
    let mut tokyo = desk(&[]);
    rings(&mut tokyo, 0, &["201"]);
    assert_eq!(rung(&tokyo), ["A201"]);
    let mut osaka = desk(&[]);
    rings(&mut osaka, 1, &["201"]);
    assert_eq!(rung(&osaka), ["-"]);
}

#[tokio::test]
async fn all_phones_of_an_agent_are_one() {
    for (at, extensions) in [(0, ["201", "99201"]), (1, ["201", "301"])] {
        let mut desk = desk(&["99201", "osaka/201", "osaka/301"]);
        rings(&mut desk, at, &extensions);
        assert_eq!(rung(&desk), ["A201"], "{at}");
    }
}
