//! Webhooks whose events come in another order than they happened, too late, again or not at all.

use chrono::{DateTime, TimeDelta, Utc};
use cti_bridge::call::{CallChange, CallIds, CallTracker, TrackerLimits};
use cti_bridge::source::webhook::{Ignored, Outcome, Silence, WebhookEvent, WebhookTranslator};
use serde_json::{Value, json};

use crate::ami_support::{check_contract, lines};

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000 + second, 0).unwrap()
}

/// A sender, the tracker behind it, and what agents saw.
struct Line {
    translator: WebhookTranslator,
    tracker: CallTracker,
    changes: Vec<CallChange>,
    posted: u32,
}

impl Line {
    fn new() -> Self {
        Self {
            translator: WebhookTranslator::new(100, 1_000),
            tracker: CallTracker::new(TrackerLimits::default(), CallIds::seeded(1)),
            changes: Vec::new(),
            posted: 0,
        }
    }

    /// Posts an event that arrives at this second.
    fn post(&mut self, second: i64, event: &Value) -> Outcome {
        self.posted += 1;
        let mut all = json!({"event_id": self.posted.to_string(), "call_id": "42", "extension": "201",
                             "caller_number": "03-1234-5678", "called_number": "0120111111"});
        for (name, value) in event.as_object().unwrap() {
            all[name] = value.clone();
        }
        let event = WebhookEvent::read(all.to_string().as_bytes()).unwrap();
        let mut signals = Vec::new();
        let outcome = self.translator.translate(&event, at(second), &mut signals);
        for signal in signals {
            self.changes.extend(self.tracker.apply(at(second), signal));
        }
        outcome
    }

    fn give_up(&mut self, second: i64) {
        let limits = Silence { ringing: TimeDelta::minutes(5), talking: TimeDelta::hours(4) };
        while let Some((moment, signals)) = self.translator.give_up(at(second), limits) {
            for signal in signals {
                self.changes.extend(self.tracker.apply(moment, signal));
            }
        }
    }

    fn told(&self) -> Vec<String> {
        check_contract(&self.changes);
        lines(&self.changes).into_iter().map(|line| line.replace(": +81312345678 → 0120111111", "")).collect()
    }
}

const RING: &str = "ringing";

fn ring() -> Value {
    json!({"event": RING})
}

fn ended() -> Value {
    json!({"event": "ended", "hung_up_by": "caller"})
}

#[test]
fn a_ring_that_comes_after_the_end_of_its_call_shows_nothing() {
    let mut line = Line::new();
    assert_eq!(line.post(0, &ended()), Outcome::Translated, "it is remembered");
    assert_eq!(line.post(2, &ring()), Outcome::Ignored(Ignored::CallEnded));
    assert_eq!(line.post(3, &json!({"event": "answered"})), Outcome::Ignored(Ignored::CallEnded));
    assert_eq!(line.post(4, &ended()), Outcome::Ignored(Ignored::CallEnded));
    assert_eq!(line.told(), [""; 0]);
    assert_eq!(line.tracker.size().calls, 0);
}

#[test]
fn a_late_ring_of_another_phone_after_the_end_shows_nothing() {
    let mut line = Line::new();
    line.post(0, &ring());
    line.post(1, &ended());
    let late = json!({"event": RING, "extension": "202", "at": at(0).to_rfc3339()});
    assert_eq!(line.post(2, &late), Outcome::Ignored(Ignored::CallEnded));
    assert_eq!(line.post(500, &late), Outcome::Ignored(Ignored::CallEnded), "by its own time");
    assert_eq!(line.told().len(), 3);
}

#[test]
fn a_late_ring_of_another_phone_after_the_answer_shows_nothing() {
    let mut line = Line::new();
    line.post(0, &json!({"event": RING, "at": at(0).to_rfc3339()}));
    line.post(3, &json!({"event": "answered", "at": at(3).to_rfc3339()}));
    let other = |second: i64| json!({"event": RING, "extension": "202", "at": at(second).to_rfc3339()});
    assert_eq!(line.post(4, &other(1)), Outcome::Ignored(Ignored::TooOld));
    assert_eq!(line.post(9, &other(8)), Outcome::Translated, "a colleague is called in");
    assert_eq!(line.told(), ["call1 rings 201", "call1 answered by 201", "call1 rings 202"]);
}

#[test]
fn a_ring_that_comes_after_its_own_end_shows_nothing_and_the_next_one_does() {
    let mut line = Line::new();
    line.post(0, &json!({"event": RING, "extension": "202"}));
    line.post(1, &json!({"event": "no_answer"}));
    assert_eq!(line.post(2, &ring()), Outcome::Ignored(Ignored::PhoneLeft));
    assert_eq!(line.post(30, &ring()), Outcome::Translated);
    assert_eq!(line.told(), ["call1 rings 202", "call1 rings 201"]);
}

#[test]
fn a_phone_rings_again_in_the_same_call() {
    let mut line = Line::new();
    line.post(0, &ring());
    line.post(15, &json!({"event": "no_answer"}));
    line.post(20, &ring());
    line.post(22, &json!({"event": "answered"}));
    line.post(25, &json!({"event": "no_answer"}));
    line.post(30, &json!({"event": "transferred", "to_extension": "202"}));
    line.post(32, &json!({"event": "answered", "extension": "202"}));
    line.post(40, &json!({"event": "transferred", "extension": "202", "to_extension": "201"}));
    line.post(42, &json!({"event": "answered"}));
    line.post(50, &ended());
    assert_eq!(
        line.told(),
        [
            "call1 rings 201",
            "call1 leaves 201: NoAnswer",
            "call1 rings 201",
            "call1 answered by 201",
            "call1 leaves 201: Transferred",
            "call1 rings 202",
            "call1 answered by 202",
            "call1 leaves 202: Transferred",
            "call1 rings 201",
            "call1 answered by 201",
            "call1 ended: Completed by [201+202] +81312345678 → 0120111111",
        ]
    );
}

#[test]
fn an_identity_that_is_used_again_is_another_call() {
    let mut line = Line::new();
    for begin in [0, 200, 400] {
        assert_eq!(line.post(begin, &ring()), Outcome::Translated);
        line.post(begin + 2, &json!({"event": "answered"}));
        line.post(begin + 60, &ended());
        assert_eq!(line.post(begin + 61, &ring()), Outcome::Ignored(Ignored::CallEnded));
    }
    let calls = |line: &str| line.chars().nth(4);
    assert_eq!(line.told().iter().filter_map(|line| calls(line)).collect::<String>(), "111222333");
}

/// The outcome, times and certainty of the calls that ended.
fn ends(line: &Line) -> Vec<(String, u32, u32, bool)> {
    let ends = line.changes.iter().filter_map(|change| match change {
        CallChange::Ended(call) => {
            Some((format!("{:?}", call.outcome), call.ring_seconds, call.talk_seconds, call.uncertain))
        }
        _ => None,
    });
    ends.collect()
}

#[test]
fn a_call_that_rings_and_is_not_heard_of_again_is_lost_after_minutes() {
    let mut line = Line::new();
    line.post(0, &ring());
    line.post(0, &json!({"event": RING, "call_id": "43", "extension": "202"}));
    line.post(1, &json!({"event": "answered", "call_id": "43", "extension": "202"}));
    line.post(2, &json!({"event": "dialing", "call_id": "44", "extension": "203", "direction": "outbound"}));
    line.give_up(300);
    assert_eq!(ends(&line), []);
    line.give_up(301);
    assert_eq!(ends(&line), [("Unknown".to_owned(), 0, 0, true)]);
    assert_eq!(line.told().last().unwrap(), "call1 ended: Unknown by [] +81312345678 → 0120111111 uncertain");
    assert_eq!(line.tracker.size().calls, 2, "who talks is left alone");
    line.post(302, &json!({"event": "ended", "call_id": "43"}));
    assert!(!ends(&line)[1].3);
}

#[test]
fn a_call_whose_end_is_not_told_is_lost_and_the_silence_is_not_talk() {
    let mut line = Line::new();
    line.post(0, &ring());
    line.post(4, &json!({"event": "answered"}));
    line.post(64, &json!({"event": "held"}));
    line.give_up(4 * 3_600 + 64);
    assert_eq!(ends(&line), []);
    line.give_up(4 * 3_600 + 65);
    assert_eq!(ends(&line), [("Completed".to_owned(), 4, 60, true)]);
    assert_eq!(line.post(4 * 3_600 + 70, &json!({"event": "resumed"})), Outcome::Translated, "it goes on");
    assert_eq!(line.post(4 * 3_600 + 80, &ended()), Outcome::Translated);
    assert_eq!(line.tracker.size().calls, 0);
}

#[test]
fn many_lost_calls_are_given_up_at_once() {
    let mut line = Line::new();
    for call in 0..80 {
        line.post(
            call,
            &json!({"event": RING, "call_id": format!("c{call}"), "extension": call.to_string()}),
        );
    }
    line.give_up(10_000);
    assert_eq!((line.tracker.size().calls, line.translator.remembered().0), (0, 0));
    assert!(ends(&line).iter().all(|(outcome, .., uncertain)| outcome == "Unknown" && *uncertain));
}
