//! What the queues are told of presence.

use super::*;
use crate::bridge::blindness::Blindness;
use crate::call::{CallIds, CallTracker, TrackerLimits};
use crate::protocol::Presence;
use crate::source::SourceEvent;
use crate::source::SourceRequest;
use shared::message;
use shared::store::KeptPresence;

/// A desk with a PBX, and the requests that the PBX gets.
fn desk() -> (Desk, mpsc::Receiver<SourceRequest>) {
    let mut desk = Desk::new();
    let (requests, asked) = mpsc::channel(8);
    desk.bridge.sources.push(Source {
        lists_calls: true,
        name: "pbx".to_owned(),
        tracker: CallTracker::new(TrackerLimits::default(), CallIds::seeded(1)),
        events: None,
        requests: Some(requests),
        controls: std::sync::Arc::default(),
        recording_url: None,
        up: true,
        blindness: Blindness::default(),
    });
    (desk, asked)
}

/// `201 paused lunch`, `201 free` …
fn told(asked: &mut mpsc::Receiver<SourceRequest>) -> Vec<String> {
    let mut lines = Vec::new();
    while let Ok(request) = asked.try_recv() {
        let SourceRequest::Pause(pauses) = request else { panic!("{request:?}") };
        lines.extend(pauses.into_iter().map(|pause| {
            let state = if pause.paused { "paused" } else { "free" };
            [&pause.extension, state, pause.reason.as_deref().unwrap_or("")].join(" ").trim_end().to_owned()
        }));
    }
    lines.sort();
    lines
}

#[tokio::test]
async fn queues_do_not_ring_agents_who_are_away_or_in_after_call_work() {
    let (mut desk, mut asked) = desk();
    desk.bridge.presence_by_hand("A201", Presence::Away, Some("lunch".to_owned()));
    assert_eq!(told(&mut asked), ["201 paused lunch"]);
    desk.bridge.presence_by_hand("A201", Presence::Away, Some("meeting".to_owned()));
    assert_eq!(told(&mut asked), Vec::<String>::new(), "paused already");
    desk.bridge.presence_by_hand("A201", Presence::Ready, None);
    assert_eq!(told(&mut asked), ["201 free"]);
    desk.ring(&akagi(), "201");
    desk.answer(&akagi(), "201");
    assert_eq!(told(&mut asked), Vec::<String>::new(), "the queue knows who talks");
    desk.end(&akagi(), CallOutcome::Completed, &["201"]);
    assert_eq!(told(&mut asked), ["201 paused after_call_work"]);
    desk.clock.set(at(100));
    desk.bridge.end_due_after_call_work();
    assert_eq!(told(&mut asked), ["201 free"]);
}

#[tokio::test]
async fn queues_are_told_again_after_a_reconnect_and_nobody_is_freed_who_was_not_paused_here() {
    let (mut desk, mut asked) = desk();
    desk.bridge.presence_by_hand("A202", Presence::Away, None);
    assert_eq!(told(&mut asked), ["202 paused"]);
    desk.join("201");
    assert_eq!(told(&mut asked), Vec::<String>::new(), "a supervisor may have paused 201");
    desk.bridge.on_source(0, SourceEvent::Down { reason: message!("切断", "cut") });
    desk.bridge.presence_by_hand("A201", Presence::Away, None);
    assert_eq!(told(&mut asked), Vec::<String>::new(), "nobody is there to be told");
    desk.bridge.on_source(0, SourceEvent::Up);
    assert_eq!(told(&mut asked), ["201 paused", "202 paused"]);
    desk.bridge.on_source(0, SourceEvent::Down { reason: message!("切断", "cut") });
    desk.bridge.presence_by_hand("A202", Presence::Ready, None);
    desk.bridge.on_source(0, SourceEvent::Up);
    assert_eq!(told(&mut asked), ["201 paused", "202 free"], "202 was freed meanwhile");
    desk.bridge.on_source(0, SourceEvent::Down { reason: message!("切断", "cut") });
    desk.bridge.on_source(0, SourceEvent::Up);
    assert_eq!(told(&mut asked), ["201 paused"], "202 is not freed twice");
}

#[tokio::test]
async fn presence_and_pauses_are_known_after_a_restart() {
    let (mut desk, mut asked) = desk();
    desk.bridge.sources[0].up = false;
    let kept = |extension: &str, away: bool, reason: Option<&str>| KeptPresence {
        agent_code: format!("A{extension}"),
        away,
        reason: reason.map(str::to_owned),
        since: at(-60),
        queue_paused: true,
    };
    // 202 did after-call work when the bridge ended.
    let before = vec![kept("201", true, Some("lunch")), kept("202", false, None)];
    desk.bridge = desk.bridge.with_presence(before);
    let presence = |agent: &str| {
        let state = desk.bridge.hub.presence(agent).unwrap();
        (state.presence, state.reason.clone(), state.since)
    };
    assert_eq!(presence("A201"), (Presence::Away, Some("lunch".to_owned()), at(-60)));
    assert_eq!(presence("A202").0, Presence::Ready);
    desk.bridge.on_source(0, SourceEvent::Up);
    assert_eq!(told(&mut asked), ["201 paused lunch", "202 free"]);
    assert_eq!(told(&mut asked), Vec::<String>::new());
}
