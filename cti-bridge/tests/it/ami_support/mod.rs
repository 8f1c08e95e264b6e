//! Replays recorded bytes through decoder, translator and tracker, and formats changes as short lines.

pub(crate) mod scenes;

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use cti_bridge::call::{
    CallChange, CallId, CallIds, CallInfo, CallSignal, CallTracker, Direction, TrackerLimits,
};
use cti_bridge::source::Secret;
use cti_bridge::source::ami::{
    AmiConfig, AmiDecoder, AmiLimits, AmiTranslator, Parties, Presentation, PresentationPolicy,
};

/// The bytes of a recording.
pub(crate) fn recording(name: &str) -> Vec<u8> {
    let path = format!("{}/../data/captures/ami/{name}.ami", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// All recordings.
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

/// The start of every replay.
pub(crate) fn start() -> DateTime<Utc> {
    "2026-11-21T01:00:00Z".parse().unwrap()
}

/// The signals of a recording, cut into chunks of these sizes (repeated). Recorded answers to `Getvar` answer the
/// translator's questions in order; with `AssumeAllowed` there are none.
pub(crate) fn signals(bytes: &[u8], chunks: &[usize], policy: PresentationPolicy) -> Vec<CallSignal> {
    let mut decoder = AmiDecoder::new(AmiLimits::default());
    let parties = Parties::from(&AmiConfig::new("pbx:5038", "chakuden", Secret::new("s")));
    let mut translator = AmiTranslator::new(parties, policy, 1_000);
    let (mut out, mut questions) = (Vec::new(), Vec::new());
    let mut rest = bytes;
    let mut sizes = chunks.iter().cycle();
    while !rest.is_empty() {
        let (chunk, tail) = rest.split_at((*sizes.next().unwrap()).clamp(1, rest.len()));
        rest = tail;
        decoder.push(chunk);
        while let Some(message) = decoder.next_message().unwrap() {
            match (message.response(), message.action_id()) {
                (Some("Success"), Some("snap-1")) => out.push(CallSignal::ChannelListBegin),
                (Some("Success"), _) if message.get("Value").is_some() && !questions.is_empty() => {
                    let answer = Presentation::parse(message.get("Value").unwrap());
                    translator.presentation(&questions.remove(0), answer, &mut out);
                }
                _ => translator.translate(&message, &mut out, &mut questions),
            }
            if message.event() == Some("CoreShowChannelsComplete") {
                out.push(CallSignal::ChannelListEnd);
            }
        }
    }
    out
}

/// A tracker with predictable identities.
pub(crate) fn tracker() -> CallTracker {
    CallTracker::new(TrackerLimits::default(), CallIds::seeded(1))
}

/// Applies signals, 100 ms apart.
pub(crate) fn apply(
    tracker: &mut CallTracker,
    signals: impl IntoIterator<Item = CallSignal>,
) -> Vec<CallChange> {
    let mut changes = Vec::new();
    for (n, signal) in signals.into_iter().enumerate() {
        let now = start() + TimeDelta::milliseconds(100) * i32::try_from(n).unwrap();
        changes.extend(tracker.apply(now, signal));
    }
    changes
}

/// The changes that the signals of whole calls cause, of which nothing must stay.
#[track_caller]
pub(crate) fn settled(signals: impl IntoIterator<Item = CallSignal>) -> Vec<CallChange> {
    let mut tracker = tracker();
    let changes = apply(&mut tracker, signals);
    check_contract(&changes);
    let left = tracker.size();
    assert_eq!((left.calls, left.channels), (0, 0), "every call has ended: {:?}", lines(&changes));
    changes
}

/// Formats changes, one per line; calls are numbered in the order of appearance. That an agent left is a line only if
/// the call goes on without anybody: not if its end or a hand-over comes next.
pub(crate) fn lines(changes: &[CallChange]) -> Vec<String> {
    let mut calls: Vec<CallId> = Vec::new();
    let shown = changes.iter().enumerate().filter(|(at, change)| match change {
        CallChange::Left { call_id, .. } => {
            let goes_on = |next: &CallChange| match next {
                CallChange::Ended(ended) => ended.call.call_id != *call_id,
                CallChange::Dismissed { call_id: id, .. } | CallChange::Left { call_id: id, .. } => {
                    id != call_id
                }
                _ => true,
            };
            changes.get(at + 1).is_none_or(goes_on)
        }
        _ => true,
    });
    shown.map(|(_, change)| line(change, &mut calls)).collect()
}

fn line(change: &CallChange, calls: &mut Vec<CallId>) -> String {
    let mut number = |id: CallId| {
        let place = calls.iter().position(|c| *c == id).unwrap_or_else(|| {
            calls.push(id);
            calls.len() - 1
        });
        format!("call{}", place + 1)
    };
    match change {
        CallChange::Ringing { call, extension, uncertain, .. } => {
            let doubt = if *uncertain { " uncertain" } else { "" };
            format!("{} rings {extension}: {}{doubt}", number(call.call_id), who(call))
        }
        CallChange::Placed { call, extension, uncertain, .. } => {
            let doubt = if *uncertain { " uncertain" } else { "" };
            format!("{} placed by {extension}: {}{doubt}", number(call.call_id), who(call))
        }
        CallChange::Answered { call, extension, .. } => {
            format!("{} answered by {extension}", number(call.call_id))
        }
        CallChange::Dismissed { call_id, extension, reason, .. } => {
            format!("{} leaves {extension}: {reason:?}", number(*call_id))
        }
        CallChange::Left { call_id, extension, .. } => format!("{} left by {extension}", number(*call_id)),
        CallChange::Held { call_id, extension, .. } => format!("{} held by {extension}", number(*call_id)),
        CallChange::Resumed { call_id, extension, .. } => {
            format!("{} resumed by {extension}", number(*call_id))
        }
        CallChange::CallerChanged { call } => format!("{} is from {}", number(call.call_id), who(call)),
        CallChange::Ended(ended) => {
            let by = ended.answered_by.join("+");
            let doubt = if ended.uncertain { " uncertain" } else { "" };
            let (id, who) = (number(ended.call.call_id), who(&ended.call));
            format!("{id} ended: {:?} by [{by}] {who}{doubt}", ended.outcome)
        }
    }
}

fn who(call: &CallInfo) -> String {
    let caller = match call.caller.number() {
        Some(number) => number.e164().to_owned(),
        None => format!("{:?}", call.caller),
    };
    let arrow = match call.direction {
        Direction::Inbound => "→",
        Direction::Outbound => "⇒",
        Direction::Internal => "~",
    };
    let called = call.called.as_deref().unwrap_or("?");
    let queue = call.queue.as_ref().map(|q| format!(" ({q})")).unwrap_or_default();
    format!("{caller} {arrow} {called}{queue}")
}

/// Checks the contract in `call.rs`.
pub(crate) fn check_contract(changes: &[CallChange]) {
    #[derive(Debug, PartialEq)]
    enum Screen {
        Dialing,
        Ringing,
        Answered,
        Held,
        Left,
    }
    let mut screens: HashMap<(CallId, String), Screen> = HashMap::new();
    let mut ended = Vec::new();
    for change in changes {
        let id = match change {
            CallChange::Ringing { call, .. }
            | CallChange::Placed { call, .. }
            | CallChange::Answered { call, .. }
            | CallChange::CallerChanged { call } => call.call_id,
            CallChange::Dismissed { call_id, .. }
            | CallChange::Left { call_id, .. }
            | CallChange::Held { call_id, .. }
            | CallChange::Resumed { call_id, .. } => *call_id,
            CallChange::Ended(ended) => ended.call.call_id,
        };
        assert!(!ended.contains(&id), "nothing follows the end: {change:?}");
        let set = |screens: &mut HashMap<(CallId, String), Screen>,
                   extension: &String,
                   from: Option<Screen>,
                   to: Option<Screen>| {
            let key = (id, extension.clone());
            let was = screens.remove(&key);
            assert_eq!(was, from, "{change:?}");
            if let Some(to) = to {
                screens.insert(key, to);
            }
        };
        match change {
            CallChange::Ringing { extension, .. } => {
                set(&mut screens, extension, None, Some(Screen::Ringing));
            }
            CallChange::Placed { extension, .. } => set(&mut screens, extension, None, Some(Screen::Dialing)),
            CallChange::Answered { extension, .. } => {
                let dials = screens.get(&(id, extension.clone())) == Some(&Screen::Dialing);
                let from = if dials { Screen::Dialing } else { Screen::Ringing };
                set(&mut screens, extension, Some(from), Some(Screen::Answered));
            }
            CallChange::Left { extension, .. } => {
                let holds = screens.get(&(id, extension.clone())) == Some(&Screen::Held);
                let from = if holds { Screen::Held } else { Screen::Answered };
                set(&mut screens, extension, Some(from), Some(Screen::Left));
            }
            CallChange::Held { extension, .. } => {
                set(&mut screens, extension, Some(Screen::Answered), Some(Screen::Held));
            }
            CallChange::Resumed { extension, .. } => {
                set(&mut screens, extension, Some(Screen::Held), Some(Screen::Answered));
            }
            CallChange::Dismissed { extension, .. } => {
                let was = screens.remove(&(id, extension.clone()));
                assert!(was.is_some(), "only a pop-up that is there can go: {change:?}");
            }
            CallChange::CallerChanged { .. } => {}
            CallChange::Ended(_) => {
                let ringing = screens.iter().any(|((call, _), s)| *call == id && *s == Screen::Ringing);
                assert!(!ringing, "a call does not end while a phone rings: {change:?}");
                screens.retain(|(call, _), _| *call != id);
                ended.push(id);
            }
        }
    }
}
