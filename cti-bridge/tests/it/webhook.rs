//! Webhooks: from posted events to calls.

use std::sync::Arc;

use crate::ami_support::{check_contract, lines};
use chrono::{DateTime, TimeDelta, Utc};
use cti_bridge::call::{CallChange, CallIds, CallTracker, TrackerLimits};
use cti_bridge::source::Secret;
use cti_bridge::source::SourceEvent;
use cti_bridge::source::webhook::{
    EventKind, Ignored, Outcome, Receipt, WebhookConfig, WebhookError, WebhookEvent, WebhookProfile,
    WebhookSource, WebhookTranslator, sign,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use shared::caller::CallerKind;
use shared::label::Lang;
use test_support::FixedClock;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000 + second, 0).unwrap()
}

fn body(event: &Value) -> Vec<u8> {
    let mut all = json!({"event_id": "", "call_id": "42", "caller_number": "03-1234-5678", "called_number": "0120111111"});
    for (name, value) in event.as_object().unwrap() {
        all[name] = value.clone();
    }
    if all["event_id"] == "" {
        all["event_id"] = json!(event.to_string().chars().take(200).collect::<String>());
    }
    all.to_string().into_bytes()
}

/// The changes that events cause, through translator and tracker.
fn play(events: &[Value]) -> Vec<String> {
    let mut translator = WebhookTranslator::new(100, 1_000);
    let mut tracker = CallTracker::new(TrackerLimits::default(), CallIds::seeded(1));
    let mut changes: Vec<CallChange> = Vec::new();
    for (second, event) in (0..).zip(events) {
        let event = WebhookEvent::read(&body(event)).unwrap();
        let mut signals = Vec::new();
        translator.translate(&event, at(second), &mut signals);
        for signal in signals {
            changes.extend(tracker.apply(at(second), signal));
        }
    }
    check_contract(&changes);
    lines(&changes)
}

#[test]
fn ring_all_stops_at_the_answer_and_ends_with_the_call() {
    let told = play(&[
        json!({"event": "ringing", "extension": "201", "queue": "support"}),
        json!({"event": "ringing", "extension": "202", "queue": "support"}),
        json!({"event": "answered", "extension": "201"}),
        json!({"event": "held", "extension": "201"}),
        json!({"event": "resumed", "extension": "201"}),
        json!({"event": "ended", "hung_up_by": "caller"}),
    ]);
    assert_eq!(
        told,
        [
            "call1 rings 201: +81312345678 → 0120111111 (support)",
            "call1 rings 202: +81312345678 → 0120111111 (support)",
            "call1 answered by 201",
            "call1 leaves 202: AnsweredElsewhere",
            "call1 held by 201",
            "call1 resumed by 201",
            "call1 ended: Completed by [201] +81312345678 → 0120111111 (support)",
        ]
    );
}

#[test]
fn unanswered_busy_and_abandoned_calls_have_their_outcomes() {
    let told = play(&[
        json!({"event": "ringing", "extension": "201"}),
        json!({"event": "no_answer", "extension": "201"}),
        json!({"event": "ringing", "extension": "202"}),
        json!({"event": "busy", "extension": "202"}),
        json!({"event": "ringing", "extension": "203"}),
        json!({"event": "ended"}),
    ]);
    assert_eq!(
        told,
        [
            "call1 rings 201: +81312345678 → 0120111111",
            "call1 leaves 201: NoAnswer",
            "call1 rings 202: +81312345678 → 0120111111",
            "call1 leaves 202: Rejected",
            "call1 rings 203: +81312345678 → 0120111111",
            "call1 leaves 203: CallerHungUp",
            "call1 ended: Abandoned by [] +81312345678 → 0120111111",
        ]
    );
}

#[test]
fn a_transfer_dismisses_one_pop_up_and_rings_the_other_phone() {
    let told = play(&[
        json!({"event": "ringing", "extension": "201"}),
        json!({"event": "answered"}),
        json!({"event": "transferred", "to_extension": "202"}),
        json!({"event": "answered", "extension": "202"}),
        json!({"event": "ended"}),
    ]);
    assert_eq!(
        told,
        [
            "call1 rings 201: +81312345678 → 0120111111",
            "call1 answered by 201",
            "call1 leaves 201: Transferred",
            "call1 rings 202: +81312345678 → 0120111111",
            "call1 answered by 202",
            "call1 ended: Completed by [201+202] +81312345678 → 0120111111",
        ]
    );
}

#[test]
fn an_outgoing_call_is_shown_to_the_agent_who_places_it() {
    let out = |event: &str| json!({"event": event, "direction": "outbound", "extension": "201", "called_number": "06-1111-2222"});
    let told = play(&[out("dialing"), out("answered"), out("ended")]);
    assert_eq!(
        told,
        [
            "call1 placed by 201: +81611112222 ⇒ 06-1111-2222",
            "call1 answered by 201",
            "call1 ended: Completed by [201] +81611112222 ⇒ 06-1111-2222",
        ]
    );
}

#[test]
fn a_withheld_number_in_an_event_is_dropped() {
    for (presentation, kind) in [
        ("withheld", "withheld"),
        ("WITHHELD", "withheld"),
        ("restricted", "withheld"),
        ("id", "withheld"),
        ("payphone", "payphone"),
        ("out_of_area", "out_of_area"),
        ("service_conflict", "service_conflict"),
        ("unknown", "unknown"),
    ] {
        let event = json!({"event": "ringing", "extension": "201", "presentation": presentation});
        let read = WebhookEvent::read(&body(&event)).unwrap();
        assert_eq!(read.caller.kind().as_str(), kind, "{presentation}");
        let mut signals = Vec::new();
        WebhookTranslator::new(9, 9).translate(&read, at(0), &mut signals);
        assert!(!format!("{read:?} {signals:?}").contains("12345678"), "{presentation}");
    }
}

#[test]
fn wrong_events_are_refused_without_quoting_them() {
    for (event, named) in [
        (json!({"event": "dances"}), "event"),
        (json!({"event": null}), "event"),
        (json!({"event": "held"}), "extension"),
        (json!({"event": "transferred"}), "to_extension"),
        (json!({"event": "ringing", "at": "yesterday"}), "at"),
        (json!({"event": "ringing", "direction": "up"}), "direction"),
        (json!({"event": "ringing", "caller_number": ["0398765432"]}), "caller_number"),
        (json!({"event": "ringing", "call_id": " "}), "call_id"),
        (json!({"event": "ringing", "queue": "q".repeat(257)}), "queue"),
    ] {
        let error = WebhookEvent::read(&body(&event)).unwrap_err();
        for error in [error.text(Lang::Ja), error.text(Lang::En)] {
            assert!(error.contains(&format!("`{named}`")) && !error.contains("98765432"), "{event}: {error}");
        }
    }
    assert!(WebhookEvent::read(b"\xff{").is_err());
}

#[test]
fn characters_that_would_act_on_a_screen_are_made_visible() {
    let queue = "sales\u{202E}\u{1B}[2J";
    let event = WebhookEvent::read(&body(&json!({"event": "ringing", "queue": queue}))).unwrap();
    assert_eq!(event.queue.as_deref(), Some("sales\\u{202e}\\u{1b}[2J"));
}

#[test]
fn another_senders_payload_is_read_by_its_profile() {
    let profile = WebhookProfile::parse(include_str!("../../../data/webhook/example.toml")).unwrap();
    let payload = json!({
        "id": "e1", "event_type": "call.incoming", "occurred_at": "2026-11-21T10:00:00+09:00",
        "call": {"id": 7, "direction": "in", "from": {"number": "0398765432", "privacy": "id"}, "to": "0120111111",
                 "group": "sales", "ivr": {"customer": "C1"}},
        "user": {"extension": "u-1"},
    });
    let event = profile.read(payload.to_string().as_bytes()).unwrap();
    assert_eq!((event.kind, event.call_id.as_str()), (EventKind::Ringing, "7"));
    assert_eq!((event.caller.kind(), event.extension.as_deref()), (CallerKind::Withheld, Some("201")));
    assert_eq!((event.queue.as_deref(), event.customer_code.as_deref()), (Some("sales"), Some("C1")));
    assert!(profile.read(br#"{"event_type": "call.rated", "call": {"id": 1}}"#).is_err());
    WebhookProfile::parse(include_str!("../../../data/webhook/dialpad.toml")).unwrap();
    for wrong in [
        "",
        "[fields]\nevent = \"e\"\n[events]",
        "[fields]\nevent=\"e\"\ncall_id=\"c\"\n[events]\na=\"b\"",
        "x = 1",
    ] {
        assert!(WebhookProfile::parse(wrong).is_err(), "{wrong}");
    }
}

struct Sender {
    source: Arc<WebhookSource>,
    events: mpsc::Receiver<SourceEvent>,
    clock: Arc<FixedClock>,
}

fn sender(queue: usize) -> Sender {
    let clock = Arc::new(FixedClock::new(at(0)));
    let (out, events) = mpsc::channel(queue);
    let config = WebhookConfig { secret: Secret::new("key"), ..WebhookConfig::default() };
    let source = WebhookSource::start(config, None, clock.clone(), out, CancellationToken::new());
    Sender { source, events, clock }
}

impl Sender {
    fn post(&self, event: &Value) -> Result<Receipt, WebhookError> {
        let (body, time) = (body(event), shared::Clock::now(&*self.clock).timestamp().to_string());
        self.source.receive(&body, Some(&sign("key", Some(&time), &body)), Some(&time))
    }
}

#[tokio::test]
async fn a_repeated_event_counts_once_and_a_wrong_signature_is_refused() {
    let mut sender = sender(8);
    assert!(matches!(sender.events.recv().await, Some(SourceEvent::Up)));
    let ring = json!({"event": "ringing", "extension": "201", "event_id": "e1"});
    assert_eq!(sender.post(&ring), Ok(Receipt::Accepted));
    assert_eq!(sender.post(&ring), Ok(Receipt::Ignored(Ignored::Repeated)));
    assert_eq!(
        sender.source.receive(&body(&ring), Some("00"), Some("1795000000")),
        Err(WebhookError::Unauthorized)
    );
    let old = json!({"event": "ringing", "extension": "202", "at": at(-121).to_rfc3339()});
    assert_eq!(sender.post(&old), Ok(Receipt::Ignored(Ignored::TooOld)), "a phone that rang two minutes ago");
    let late = json!({"event": "ended", "at": at(-500).to_rfc3339()});
    assert_eq!(sender.post(&late), Ok(Receipt::Accepted), "an end counts whenever it comes");
    let mut batches = 0;
    while sender.events.try_recv().is_ok() {
        batches += 1;
    }
    assert_eq!(batches, 2);
}

/// A PBX without times of its own: ring, 3 s, answer, 5 s, hold, 2 s, resume, 5 s, end, while `set` sets the wall clock.
async fn durations(set: impl Fn(&FixedClock)) -> (u32, u32, u32) {
    let mut sender = sender(16);
    let mut tracker = CallTracker::new(TrackerLimits::default(), CallIds::seeded(1));
    for (event, then) in [("ringing", 3), ("answered", 5), ("held", 2), ("resumed", 5), ("ended", 0)] {
        assert_eq!(sender.post(&json!({"event": event, "extension": "201"})), Ok(Receipt::Accepted));
        sender.clock.advance(TimeDelta::seconds(then));
        set(&sender.clock);
    }
    let mut ended = None;
    while ended.is_none() {
        let Some(SourceEvent::Signals { at, signals }) = sender.events.recv().await else { continue };
        for change in signals.into_iter().flat_map(|signal| tracker.apply(at, signal)) {
            if let CallChange::Ended(call) = change {
                ended = Some((call.ring_seconds, call.talk_seconds, call.hold_seconds));
            }
        }
    }
    ended.unwrap()
}

#[tokio::test]
async fn a_wall_clock_that_is_set_changes_no_duration() {
    assert_eq!(durations(|_| ()).await, (3, 10, 2));
    for hours in [-1, 1] {
        assert_eq!(durations(|clock| clock.adjust(TimeDelta::hours(hours))).await, (3, 10, 2), "{hours} h");
    }
}

#[tokio::test]
async fn an_event_refused_by_a_full_queue_may_be_sent_again() {
    let mut sender = sender(1);
    let ring = |id: &str| json!({"event": "ringing", "extension": "201", "event_id": id});
    // The only place in the queue is taken by `Up`.
    while sender.post(&ring("first")) == Err(WebhookError::Busy) {
        sender.events.recv().await.unwrap();
    }
    assert_eq!(sender.post(&ring("second")), Err(WebhookError::Busy));
    sender.events.recv().await.unwrap();
    assert_eq!(sender.post(&ring("second")), Ok(Receipt::Accepted), "it was not remembered as known");
}

fn any_event() -> impl Strategy<Value = Value> {
    let kinds: Vec<&str> = EventKind::ALL.iter().map(|(_, word)| *word).collect();
    let extension = prop::option::of(prop::sample::select(vec!["201", "202", "203"]));
    (prop::sample::select(kinds), 0..4_u8, extension.clone(), extension, 0..30_u8, any::<bool>()).prop_map(
        |(event, call, extension, to, id, out)| {
            json!({"event": event, "call_id": call.to_string(), "extension": extension, "to_extension": to,
                   "event_id": id.to_string(), "direction": if out { "outbound" } else { "inbound" }})
        },
    )
}

proptest! {
    #[test]
    fn any_order_of_events_keeps_the_contract(events in prop::collection::vec(any_event(), 0..60)) {
        let mut translator = WebhookTranslator::new(3, 20);
        let mut tracker = CallTracker::new(TrackerLimits::default(), CallIds::seeded(1));
        let mut changes = Vec::new();
        for (second, event) in (0..).zip(&events) {
            let Ok(event) = WebhookEvent::read(&body(event)) else { continue };
            let mut signals = Vec::new();
            let outcome = translator.translate(&event, at(second), &mut signals);
            prop_assert!(outcome != Outcome::Ignored(Ignored::Repeated) || signals.is_empty());
            for signal in signals {
                changes.extend(tracker.apply(at(second), signal));
            }
            let (calls, ids) = translator.remembered();
            prop_assert!(calls <= 3 && ids <= 20);
            prop_assert!(tracker.size().calls <= 3, "no call outlives what the sender knows of it");
        }
        check_contract(&changes);
    }

    #[test]
    fn any_bytes_are_handled_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = WebhookEvent::read(&bytes);
        let _ = WebhookProfile::parse(&String::from_utf8_lossy(&bytes));
    }
}
