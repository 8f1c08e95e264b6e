//! A call from its ring to its record.

use chrono::{DateTime, Utc};

use super::*;
use crate::permission::Permissions;
use crate::popup::Line;
use serde_json::Value;

#[tokio::test]
async fn when_one_of_two_phones_answers_the_other_is_told_and_the_call_is_recorded() {
    let mut desk = Desk::new();
    let call = akagi();
    desk.ring(&call, "201");
    desk.ring(&call, "202");
    assert_eq!(desk.seen(0), Vec::<String>::new(), "nothing before the lookup");
    desk.finish_lookup().await;
    assert_eq!(
        (desk.seen(0), desk.seen(1)),
        (vec!["call.ringing one ringing".to_owned()], vec!["call.ringing one ringing".to_owned()])
    );
    desk.answer(&call, "201");
    desk.dismiss(&call, "202", DismissReason::AnsweredElsewhere);
    desk.end(&call, CallOutcome::Completed, &["201"]);
    assert_eq!(desk.seen(0), ["call.answered", "call.ended completed"]);
    assert_eq!(desk.seen(1), ["call.dismissed answered_elsewhere"]);
    let records = desk.records("A201").await;
    let record = &records[0];
    assert_eq!(
        (record.customer_code.as_deref(), record.outcome.as_ref().map(|o| o.as_str())),
        (Some("C1"), Some("completed"))
    );
    assert_eq!((record.extension.as_deref(), record.talk_seconds), (Some("201"), Some(5)));
}

#[tokio::test]
async fn a_ring_that_stops_before_its_lookup_is_recorded_but_not_pushed() {
    let mut desk = Desk::new();
    let call = akagi();
    desk.ring(&call, "201");
    desk.dismiss(&call, "201", DismissReason::CallerHungUp);
    desk.end(&call, CallOutcome::Abandoned, &[]);
    desk.finish_lookup().await;
    assert_eq!(desk.seen(0), Vec::<String>::new());
    let records = desk.records("A201").await;
    assert_eq!(
        (records[0].customer_code.as_deref(), records[0].outcome.as_ref().map(|o| o.as_str())),
        (Some("C1"), Some("abandoned"))
    );
}

#[tokio::test]
async fn an_answer_before_the_lookup_still_gets_its_pop_up() {
    let mut desk = Desk::new();
    let call = akagi();
    desk.ring(&call, "201");
    desk.answer(&call, "201");
    desk.finish_lookup().await;
    assert_eq!(desk.seen(0), ["call.updated one answered"]);
}

#[tokio::test]
async fn a_lookup_of_an_earlier_caller_is_dropped() {
    let mut desk = Desk::new();
    let stranger = call(CallerNumber::Number(PhoneNumber::parse("0399999999").unwrap()));
    desk.ring(&stranger, "201");
    let late = desk.found().await;
    desk.bridge.on_change(0, CallChange::CallerChanged { call: akagi() });
    desk.bridge.on_found(late);
    assert_eq!(desk.seen(0), Vec::<String>::new());
    desk.finish_lookup().await;
    assert_eq!(desk.seen(0), ["call.ringing one ringing"]);
    desk.bridge.on_change(0, CallChange::CallerChanged { call: stranger });
    desk.finish_lookup().await;
    assert_eq!(desk.seen(0), ["call.updated none ringing"]);
}

#[tokio::test]
async fn a_withheld_caller_pops_up_at_once_and_is_recorded_without_a_number() {
    let mut desk = Desk::new();
    let call = call(CallerNumber::Withheld);
    desk.ring(&call, "201");
    assert_eq!(desk.seen(0), ["call.ringing unidentified ringing"]);
    desk.end(&call, CallOutcome::Abandoned, &[]);
    let records = desk.records("A201").await;
    assert_eq!((records[0].caller_kind.as_str(), &records[0].caller_e164), ("withheld", &None));
}

#[tokio::test]
async fn a_slow_store_gives_a_pop_up_without_the_customer() {
    let mut desk = Desk::new();
    let call = akagi();
    desk.ring(&call, "201");
    let late = desk.found().await;
    desk.bridge.set_profile(call.call_id, Arc::new(Profile::empty(MatchKind::Failed)));
    assert_eq!(desk.seen(0), ["call.ringing failed ringing"]);
    desk.bridge.on_found(late);
    assert_eq!(desk.seen(0), ["call.updated one ringing"], "better late than never");
    let broken = Found {
        call_id: call.call_id,
        generation: 99,
        profile: Ok(Profile::empty(MatchKind::None)),
        said: None,
    };
    desk.bridge.on_found(broken);
    assert_eq!(desk.seen(0), Vec::<String>::new());
}

#[tokio::test]
async fn the_snapshot_holds_live_calls_only() {
    let mut desk = Desk::new();
    let call = akagi();
    desk.ring(&call, "201");
    assert_eq!(desk.join("201")["calls"], serde_json::json!([]), "not yet looked up");
    desk.finish_lookup().await;
    desk.answer(&call, "201");
    let hold =
        |kind: fn(CallId, String, DateTime<Utc>) -> CallChange| kind(call.call_id, "201".to_owned(), at(5));
    desk.bridge.on_change(0, hold(|call_id, extension, at| CallChange::Held { call_id, extension, at }));
    desk.clock.advance(TimeDelta::seconds(1));
    assert_eq!(desk.join("202")["calls"], serde_json::json!([]), "another agent does not see it");
    let mine = desk.bridge.calls[&call.call_id].popup_for("A201", &desk.bridge.hub, Permissions::ALL);
    let mine = serde_json::to_value(mine.unwrap()).unwrap();
    assert_eq!((&mine["call"]["state"], &mine["match"]), (&"held".into(), &"one".into()));
    desk.end(&call, CallOutcome::Completed, &["201"]);
    assert!(desk.bridge.calls.is_empty());
}

#[tokio::test]
async fn a_call_that_rang_nowhere_is_recorded_with_its_customer() {
    let mut desk = Desk::new();
    desk.end(&akagi(), CallOutcome::Abandoned, &[]);
    desk.finish_lookup().await;
    drop(desk.bridge);
    desk.recorded.await.unwrap();
    let history = desk.store.reader().unwrap().history("C1", None, 10).unwrap();
    assert_eq!(history.len(), 1);
}

#[tokio::test]
async fn unknown_calls_and_extensions_are_ignored() {
    let mut desk = Desk::new();
    let call = akagi();
    desk.dismiss(&call, "201", DismissReason::Lost);
    desk.ring(&call, "999");
    desk.finish_lookup().await;
    desk.answer(&call, "999");
    desk.end(&call, CallOutcome::Completed, &["999"]);
    assert_eq!((desk.seen(0), desk.seen(1)), (Vec::new(), Vec::new()));
    assert!(desk.bridge.calls.is_empty());
}

#[tokio::test]
async fn a_pop_up_names_the_line_of_the_number_called_and_none_for_another_number() {
    let mut desk = Desk::new();
    let line = Line { name: "ご注文専用".to_owned(), greeting: None };
    let mut lines = Lines::default();
    lines.add("0120111111", line, None);
    desk.bridge.lines = lines;
    let mut call = akagi();
    desk.ring(&call, "201");
    desk.finish_lookup().await;
    let line_now = |desk: &mut Desk| desk.join("201")["calls"][0]["call"]["line"]["name"].clone();
    assert_eq!(line_now(&mut desk), "ご注文専用");
    call.called = None;
    desk.answer(&call, "201");
    assert_eq!(line_now(&mut desk), "ご注文専用", "the event does not say what was called");
    call.called = Some("0331112222".to_owned());
    desk.bridge.on_change(0, CallChange::CallerChanged { call: call.clone() });
    assert_eq!(line_now(&mut desk), Value::Null, "that is no line");
    call.called = Some("+81120111111".to_owned());
    desk.ring(&call, "202");
    assert_eq!(line_now(&mut desk), "ご注文専用");
}
