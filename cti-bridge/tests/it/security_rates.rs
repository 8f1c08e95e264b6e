//! How often one agent may do what, over real sockets and with a clock that the test turns.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::common::work::{World, id_of, number, until};
use crate::common::{company, soon, start_dialling, start_with};
use chrono::{DateTime, TimeDelta};
use cti_bridge::agent::ops::{Op, parse};
use cti_bridge::config::Config;
use cti_bridge::source::{SourceEvent, SourceRequest};
use serde_json::{Value, json};
use shared::store::{AuditEntry, AuditFilter, Store};
use test_support::FixedClock;
use tokio::sync::mpsc;

fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock::new(DateTime::from_timestamp(1_795_000_000, 0).unwrap()))
}

/// A world in which time stands still until the test turns the clock.
async fn world(config: &Config) -> (World, Arc<FixedClock>) {
    let (clock, company) = (clock(), company());
    let (events, source) = mpsc::channel(64);
    let server = start_with(&company, config, Some(source), clock.clone()).await;
    events.send(SourceEvent::Up).await.unwrap();
    (World::of(company, server, events), clock)
}

fn limited<T>(answer: &Result<T, String>) -> bool {
    answer.as_ref().is_err_and(|code| code == "rate_limited")
}

fn request(op: Op) -> Value {
    let mut request: Value = serde_json::from_str(op.example()).unwrap();
    request["op"] = json!(op.word());
    request
}

#[tokio::test]
async fn every_way_to_a_card_uses_up_the_same_lookups() {
    let mut config = Config::default();
    config.limits.lookups_per_agent_max = 1;
    config.limits.lookups_per_agent_per_second = 1;
    let (world, clock) = world(&config).await;
    let mut agent = world.agent(0).await;
    let mut counted = 0;
    for op in Op::ALL {
        let mut framed = request(*op);
        framed["id"] = json!(1);
        if !parse(&framed.to_string()).unwrap().request.unwrap().cost().card {
            continue;
        }
        counted += 1;
        clock.advance(TimeDelta::seconds(1));
        assert!(!limited(&agent.ask(request(*op)).await), "{}: the first", op.word());
        assert!(limited(&agent.ask(request(*op)).await), "{}: the second", op.word());
        assert!(limited(&agent.ask(json!({"op": "lookup", "number": "03-1234-5678"})).await));
    }
    assert_eq!(counted, 10);
    world.server.stop().await;
}

#[tokio::test]
async fn choosing_customer_after_customer_copies_no_more_cards_than_looking_them_up() {
    let mut config = Config::default();
    config.limits.lookups_per_agent_max = 5;
    config.limits.lookups_per_agent_per_second = 1;
    let (mut world, _clock) = world(&config).await;
    let mut agent = world.agent(0).await;
    world.rings("in", number("06-5555-0001"), &["201"]).await;
    let popup = until(&mut agent, "call.ringing").await;
    let codes = ["C00017", "C00018", "C00019", "C00020"];
    let mut chosen = 0;
    for code in codes.iter().cycle().take(40) {
        let request =
            json!({"op": "call.choose", "call_id": id_of(&popup), "customer_code": code, "remember": false});
        chosen += usize::from(agent.ask(request).await.is_ok());
    }
    assert_eq!(chosen, 5);
    world.server.stop().await;
}

#[tokio::test]
async fn notes_have_a_rate_over_all_sockets_and_the_answer_says_when_to_try_again() {
    let config =
        Config::parse("[limits]\nwrites_per_agent_max = 20\nwrites_per_agent_per_second = 2").unwrap();
    let (mut world, clock) = world(&config).await;
    let (mut one, mut two, mut other) = (world.agent(0).await, world.agent(0).await, world.agent(1).await);
    world.rings("in", number("03-1234-5678"), &["201", "202"]).await;
    let popup = until(&mut one, "call.ringing").await;
    let note = |text: &str| json!({"op": "call.note", "call_id": id_of(&popup), "text": text});
    for at in 0..10 {
        one.ask(note(&format!("{at}"))).await.unwrap();
        two.ask(note(&format!("{at}b"))).await.unwrap();
    }
    assert!(limited(&one.ask(note("x")).await) && limited(&two.ask(note("x")).await));
    assert!(
        limited(&one.ask(json!({"op": "presence", "state": "away"})).await),
        "other screens are told too"
    );
    assert!(one.ask(json!({"op": "calls"})).await.is_ok(), "reading goes on");
    other.ask(note("mine")).await.unwrap();
    let mut last = note("last");
    last["id"] = json!("last");
    one.send_text(&last.to_string()).await;
    let refused = loop {
        let frame = one.frame().await.unwrap();
        if frame["re"] == json!("last") {
            break frame;
        }
    };
    assert_eq!(refused["error"]["message"], "too many requests; try again in 1 s");
    while until(&mut other, "call.note").await["text"] != "mine" {}
    clock.advance(TimeDelta::milliseconds(500));
    one.ask(note("later")).await.unwrap();
    assert!(limited(&one.ask(note("x")).await));
    world.server.stop().await;
}

fn trail(store: &Store, action: &str) -> Vec<(String, String)> {
    let mut entries = Vec::new();
    let mut each = |entry: AuditEntry| {
        entries.push((entry.action.into(), entry.detail.unwrap_or_default()));
        ControlFlow::Continue(())
    };
    let filter = AuditFilter { action: Some(action.to_owned()), ..AuditFilter::default() };
    shared::audit_log::trail(store, &filter, &mut each).unwrap();
    entries
}

#[tokio::test]
async fn dialling_follows_the_settings_and_a_rate_and_every_order_is_audited() {
    let config = Config::parse(
        "[calls]\ndial_allow = [\"+44\"]\ndial_deny = [\"090\"]\n[limits]\ndials_per_agent_max = 2\n\
         dials_per_agent_per_minute = 1",
    )
    .unwrap();
    let clock = clock();
    let company = company();
    let (dials, mut ordered) = mpsc::channel(8);
    let (events, source) = mpsc::channel(8);
    let server = start_dialling(&company, &config, source, dials, clock.clone()).await;
    events.send(SourceEvent::Up).await.unwrap();
    let world = World::of(company, server, events);
    let mut agent = world.agent(0).await;
    tokio::spawn(async move {
        while let Some(order) = ordered.recv().await {
            if let SourceRequest::Dial { reply, .. } = order {
                let _ = reply.send(Ok(()));
            }
        }
    });
    for (number, expected) in [
        ("+1 415-555-2671", Err("forbidden".to_owned())),
        ("0570-012-345", Err("forbidden".to_owned())),
        ("0990-512-345", Err("forbidden".to_owned())),
        ("110", Err("forbidden".to_owned())),
        ("104", Err("forbidden".to_owned())),
        ("090-1234-5678", Err("forbidden".to_owned())),
        ("03-1234", Err("invalid_number".to_owned())),
        ("03-1234-5678", Ok(json!({}))),
        ("+44 20-7946-0958", Ok(json!({}))),
        ("03-1234-5678", Err("rate_limited".to_owned())),
    ] {
        assert_eq!(agent.ask(json!({"op": "call.dial", "number": number})).await, expected, "{number}");
    }
    clock.advance(TimeDelta::seconds(60));
    assert!(agent.ask(json!({"op": "call.dial", "number": "202"})).await.is_ok());
    let expected = [
        ("call.dial.refused", "international +*********71"),
        ("call.dial.refused", "navi_dial +*********45"),
        ("call.dial.refused", "premium +*********45"),
        ("call.dial.refused", "emergency"),
        ("call.dial.refused", "service"),
        ("call.dial.refused", "mobile +**********78"),
        ("call.dial.refused", "not a number"),
        ("call.dial", "fixed +*********78"),
        ("call.dial", "international +**********58"),
        ("call.dial.refused", "too often, fixed +*********78"),
        ("call.dial", "short number"),
    ]
    .map(|(action, detail)| (action.to_owned(), detail.to_owned()));
    let audited = || {
        let mut all = trail(&world.company.store, "call.");
        all.retain(|(action, _)| action.starts_with("call.dial"));
        all
    };
    soon(async {
        while audited().len() < expected.len() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(audited(), expected);
    world.server.stop().await;
}
