//! Each recording of both PBXs, damaged in every way that a network, a PBX or a restart
//! may damage it, together with scenes that were not recorded.
//!
//! [`crate::telephone::Pbx`] knows, step by step, which channels are live; an undisturbed replay knows what agents
//! see. What both agree on must be on the screens after any damage that ends with a complete list of live
//! channels, and nothing may be there that neither expects.

use crate::telephone::ami_support::RECORDINGS;
use crate::telephone::desk::Desk;
use crate::telephone::story::stories;
use crate::telephone::{Pbx, System};
use cti_bridge::call::TrackerLimits;
use proptest::prelude::*;
use proptest::sample::Index;

fn story() -> impl Strategy<Value = usize> {
    0..stories().len()
}

/// The two models differ only briefly: while a phone stops ringing, while a call moves.
#[test]
fn the_tracker_mostly_agrees_with_the_list_of_channels() {
    for story in stories() {
        let differ = (0..=story.steps()).filter(|step| story.least[*step] != story.most[*step]).count();
        let shown = story.least.iter().filter(|screens| !screens.is_empty()).count();
        let name = story.scenario.name;
        let is_asterisk = story.scenario.system == System::Asterisk;
        // FreeSWITCH needs fewer messages, but four for the end of a leg; a scene has no more messages
        // than it needs, and an answer is three of them.
        let (part, enough) = if is_asterisk && RECORDINGS.contains(&name) { (2, 15) } else { (8, 1) };
        assert!(shown > differ / part && shown > enough, "{name}: {shown} agree, {differ} differ");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// The connection is lost anywhere, messages are missed, and a list of live channels arrives: at once the
    /// screens are right, and they stay right to the end, with or without a restart of the bridge.
    #[test]
    fn screens_are_right_after_a_lost_connection(
        which in story(),
        cut in any::<Index>(),
        missed in 0_usize..25,
        restarted in any::<bool>(),
        tries in 0_usize..3,
    ) {
        let story = &stories()[which];
        let cut = cut.index(story.steps() + 1);
        let back = (cut + missed).min(story.steps());
        let mut desk = Desk::new(&story.scenario, TrackerLimits::default());
        desk.connect(&story.scenario.before);
        for message in &story.scenario.messages[..cut] {
            desk.hear(message.as_bytes());
            desk.answer_asks();
        }
        story.check(&desk, cut);
        if restarted {
            desk = Desk::new(&story.scenario, TrackerLimits::default());
        } else {
            desk.lose();
        }
        // Incomplete lists say nothing about channels that they did not name.
        for list in 0..tries {
            desk.begin();
            let pbx = story.scenario.pbx_at(back);
            desk.list(&pbx, &pbx.broken_listing(list));
            desk.abort_snapshot();
            desk.lose();
        }
        desk.connect(&story.scenario.pbx_at(back));
        story.check(&desk, back);
        let (known, listed) = (desk.tracker.size().channels, story.scenario.pbx_at(back).len());
        // FreeSWITCH still lists a leg that has announced its hang-up; a bridge that received that ignores the list.
        let disbelieves = story.scenario.system == System::FreeSwitch && !restarted;
        prop_assert!(known == listed || disbelieves && known < listed, "{known} {listed}");
        for (step, message) in story.scenario.messages.iter().enumerate().skip(back) {
            desk.hear(message.as_bytes());
            desk.answer_asks();
            story.check(&desk, step + 1);
        }
        prop_assert_eq!((desk.tracker.size().calls, desk.tracker.size().channels), (0, 0));
        prop_assert_eq!(desk.tracker.size().links, 0);
    }

    /// Messages that arrive twice, now or later, and messages of different channels that overtake each other: every
    /// pop-up and every answer appears exactly once, and nothing stays.
    #[test]
    fn repeated_and_reordered_messages_lose_and_double_no_pop_up(
        which in story(),
        repeats in prop::collection::vec((any::<Index>(), 1_usize..12), 0..30),
        swaps in prop::collection::vec(any::<Index>(), 0..400),
        answer_every in 1_usize..6,
        chunk in 1_usize..4_000,
    ) {
        let story = &stories()[which];
        let mut messages: Vec<&str> = story.scenario.messages.iter().map(String::as_str).collect();
        for swap in &swaps {
            let at = swap.index(messages.len() - 1);
            if story.scenario.system.independent(messages[at], messages[at + 1]) {
                messages.swap(at, at + 1);
            }
        }
        for (at, later) in &repeats {
            let at = at.index(messages.len());
            let again = messages[at];
            // Asterisk repeats the end of an attempt; a later repetition must still be true.
            let until = messages.len().min(at + later);
            let to = (at + 1..until).find(|i| !story.scenario.system.independent(again, messages[*i])).unwrap_or(until);
            messages.insert(to, again);
        }
        let mut desk = Desk::new(&story.scenario, TrackerLimits::default());
        desk.connect(&story.scenario.before);
        let bytes = messages.concat().into_bytes();
        // No answer takes so long that a phone rings out meanwhile, and a scene is short.
        let is_scene = !RECORDINGS.contains(&story.scenario.name);
        let chunk = if is_scene { chunk.min(story.scenario.messages.concat().len() / 40) } else { chunk };
        for (n, chunk) in bytes.chunks(chunk).enumerate() {
            desk.hear(chunk);
            if n % answer_every == 0 {
                desk.answer_asks();
            }
        }
        desk.answer_asks();
        let sorted = |list: &[(String, String)]| {
            let mut list = list.to_vec();
            list.sort();
            list
        };
        prop_assert_eq!(sorted(&desk.rung), sorted(&story.rung), "{}", story.scenario.name);
        prop_assert_eq!(sorted(&desk.answered), sorted(&story.answered), "{}", story.scenario.name);
        prop_assert_eq!(desk.screens(), Vec::new());
        prop_assert_eq!((desk.tracker.size().calls, desk.tracker.size().channels), (0, 0));
    }

    /// However late, early or often messages arrive: once every end was reported, no screen shows anything.
    #[test]
    fn nothing_remains_after_messages_in_any_order(
        which in story(),
        damages in prop::collection::vec(harmless(), 0..60),
    ) {
        let story = &stories()[which];
        let mut desk = Desk::new(&story.scenario, TrackerLimits::default());
        desk.connect(&story.scenario.before);
        for event in mistreated(&story.scenario.messages, &damages) {
            match event {
                Event::Message(message) => desk.hear(message.as_bytes()),
                _ => desk.answer_asks(),
            }
        }
        prop_assert_eq!(desk.screens(), Vec::new());
        prop_assert_eq!((desk.tracker.size().calls, desk.tracker.size().channels), (0, 0));
        prop_assert_eq!(desk.tracker.size().links, 0);
    }

    /// A complete list makes up for lost messages: the screens are what they would be.
    #[test]
    fn a_complete_list_makes_up_for_lost_messages(
        which in story(),
        drops in prop::collection::vec(any::<Index>(), 1..60),
        end in any::<Index>(),
    ) {
        let story = &stories()[which];
        let end = end.index(story.steps() + 1);
        let mut desk = Desk::new(&story.scenario, TrackerLimits::default());
        desk.connect(&story.scenario.before);
        let drops: Vec<Damage> = drops.into_iter().map(Damage::Drop).collect();
        for event in mistreated(&story.scenario.messages[..end], &drops) {
            if let Event::Message(message) = event {
                desk.hear(message.as_bytes());
                desk.answer_asks();
            }
        }
        desk.lose();
        desk.connect(&story.scenario.pbx_at(end));
        story.check(&desk, end);
    }

    /// Anything at all: dropped, repeated or moved messages, lost connections, complete or incomplete lists. The
    /// contract holds, memory stays bounded, and one complete list puts everything right.
    #[test]
    fn a_complete_list_repairs_any_damage(
        which in story(),
        damages in prop::collection::vec(damage(), 0..60),
        end in any::<Index>(),
        channels_max in 2_usize..50,
        gone_max in 0_usize..20,
    ) {
        let story = &stories()[which];
        let limits = TrackerLimits { calls_max: channels_max, channels_max, gone_max };
        let end = end.index(story.steps() + 1);
        let mut desk = Desk::new(&story.scenario, limits);
        desk.connect(&story.scenario.before);
        for event in mistreated(&story.scenario.messages[..end], &damages) {
            match event {
                Event::Message(message) => desk.hear(message.as_bytes()),
                Event::Answers => desk.answer_asks(),
                Event::Lost => { desk.lose(); desk.begin(); }
                Event::List(at, whole) => {
                    desk.begin();
                    let pbx = story.scenario.pbx_at(at.min(end));
                    let listing = if whole { pbx.listing("snap-1") } else { pbx.broken_listing(pbx.len()) };
                    desk.list(&pbx, &listing);
                }
            }
            let tracker = &desk.tracker;
            prop_assert!(tracker.size().channels <= channels_max && tracker.size().calls <= channels_max);
            prop_assert!(tracker.size().links <= 2 * channels_max && tracker.size().gone <= gone_max);
            prop_assert!(desk.calls_shown().len() <= tracker.size().calls);
        }
        // The true list, and then an empty one.
        desk.lose();
        let pbx = story.scenario.pbx_at(end);
        desk.connect(&pbx);
        prop_assert!(desk.tracker.size().channels <= pbx.len());
        desk.lose();
        desk.connect(&Pbx::quiet(story.scenario.system));
        prop_assert_eq!(desk.screens(), Vec::new());
        prop_assert_eq!((desk.tracker.size().calls, desk.tracker.size().channels), (0, 0));
        prop_assert_eq!(desk.tracker.size().links, 0);
    }
}

/// One way in which the stream may be damaged.
#[derive(Debug, Clone)]
enum Damage {
    Drop(Index),
    Repeat(Index, Index),
    Move(Index, Index),
    Answers(Index),
    Lost(Index),
    List(Index, bool),
}

/// Nothing is missing, but the order is arbitrary.
fn harmless() -> impl Strategy<Value = Damage> {
    let index = any::<Index>;
    prop_oneof![
        3 => (index(), index()).prop_map(|(a, b)| Damage::Repeat(a, b)),
        3 => (index(), index()).prop_map(|(a, b)| Damage::Move(a, b)),
        2 => index().prop_map(Damage::Answers),
    ]
}

fn damage() -> impl Strategy<Value = Damage> {
    let index = any::<Index>;
    prop_oneof![
        3 => index().prop_map(Damage::Drop),
        8 => harmless(),
        1 => index().prop_map(Damage::Lost),
        1 => (index(), any::<bool>()).prop_map(|(at, whole)| Damage::List(at, whole)),
    ]
}

/// What the bridge receives.
#[derive(Debug, Clone)]
enum Event<'a> {
    Message(&'a str),
    Answers,
    Lost,
    List(usize, bool),
}

fn mistreated<'a>(messages: &'a [String], damages: &[Damage]) -> Vec<Event<'a>> {
    let mut events: Vec<Event<'a>> = messages.iter().map(|m| Event::Message(m)).collect();
    for damage in damages {
        // A position after the last event is valid too.
        let place = |at: &Index, events: &[Event<'_>]| at.index(events.len() + 1);
        match damage {
            _ if events.is_empty() => {}
            Damage::Drop(at) => drop(events.remove(at.index(events.len()))),
            Damage::Repeat(at, to) => {
                events.insert(place(to, &events), events[at.index(events.len())].clone());
            }
            Damage::Move(at, to) => {
                let moved = events.remove(at.index(events.len()));
                events.insert(place(to, &events), moved);
            }
            Damage::Answers(at) => events.insert(place(at, &events), Event::Answers),
            Damage::Lost(at) => events.insert(place(at, &events), Event::Lost),
            Damage::List(at, whole) => {
                let at = place(at, &events);
                events.insert(at, Event::List(at, *whole));
            }
        }
    }
    events
}
