//! What a pop-up says about a caller beside the card: the name that came with the call, and earlier calls of today.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use cti_bridge::call::CallSignal;
use cti_bridge::config::Config;
use serde_json::{Value, json};
use shared::Clock as _;
use shared::caller::CallerNumber;
use test_support::FixedClock;
use tokio::sync::mpsc;

use crate::common::work::{World, config, number, until};
use crate::common::{Client, company, start_with};
use cti_bridge::source::SourceEvent;

const STRANGER: &str = "06-5555-0001";

/// A world whose clock stands at its calls' time.
async fn world() -> (World, Arc<FixedClock>) {
    world_with(&config()).await
}

async fn world_with(config: &Config) -> (World, Arc<FixedClock>) {
    let company = company();
    let clock = Arc::new(FixedClock::new(DateTime::from_timestamp(1_795_000_000, 0).unwrap()));
    let (events, source) = mpsc::channel(64);
    let server = start_with(&company, config, Some(source), clock.clone()).await;
    events.send(SourceEvent::Up).await.unwrap();
    (World::of(company, server, events), clock)
}

/// One more call of the number, which nobody answers or 201 does; what its pop-up says of earlier ones.
async fn calls(world: &mut World, agent: &mut Client, name: &str, caller: CallerNumber, talk: bool) -> Value {
    world.rings(name, caller, &["201"]).await;
    let popup = until(agent, "call.ringing").await;
    if talk {
        world.answers(name, "201").await;
        until(agent, "call.answered").await;
    }
    world.ends(name, &["201"]).await;
    let ended = if talk { "call.ended" } else { "call.dismissed" };
    until(agent, ended).await;
    popup["call"]["earlier_today"].clone()
}

#[tokio::test]
async fn a_pop_up_says_how_often_the_number_called_today_and_whether_anybody_talked_with_it() {
    let (mut world, clock) = world().await;
    let mut agent = world.agent(0).await;
    let caller = || number(STRANGER);
    assert_eq!(calls(&mut world, &mut agent, "1", caller(), false).await, Value::Null);
    until(&mut agent, "missed.changed").await;
    let second = calls(&mut world, &mut agent, "2", caller(), false).await;
    assert_eq!((&second["calls"], &second["talked_at"]), (&json!(1), &Value::Null));
    until(&mut agent, "missed.changed").await;
    let third = calls(&mut world, &mut agent, "3", caller(), true).await;
    assert_eq!((&third["calls"], &third["talked_at"]), (&json!(2), &Value::Null));
    assert!(third["last_at"].as_str() > second["last_at"].as_str(), "{third}");
    // The missed calls are closed once the conversation is stored.
    until(&mut agent, "missed.changed").await;
    let fourth = calls(&mut world, &mut agent, "4", caller(), false).await;
    assert_eq!(fourth["calls"], 3);
    assert!(fourth["talked_at"].as_str() > third["last_at"].as_str(), "{fourth}");
    until(&mut agent, "missed.changed").await;
    // Another number, one that is withheld, and the next day begin anew.
    assert_eq!(calls(&mut world, &mut agent, "5", number("06-5555-0002"), false).await, Value::Null);
    assert_eq!(calls(&mut world, &mut agent, "6", CallerNumber::Withheld, false).await, Value::Null);
    clock.set(clock.now() + Duration::days(1));
    assert_eq!(calls(&mut world, &mut agent, "7", caller(), false).await, Value::Null);
    world.server.stop().await;
}

#[tokio::test]
async fn a_callers_name_is_a_hint_that_goes_with_its_number() {
    let (mut world, _) = world().await;
    let mut agent = world.agent(0).await;
    let named = |name: &str| CallSignal::CallerNamed { channel: "in".into(), name: name.to_owned() };
    world.rings("in", number(STRANGER), &["201"]).await;
    let popup = until(&mut agent, "call.ringing").await;
    assert_eq!((&popup["call"]["caller_name"], &popup["match"]), (&Value::Null, &json!("none")));
    world.tell(vec![named("アカギ デンキ")]).await;
    let popup = until(&mut agent, "call.updated").await;
    assert_eq!((&popup["call"]["caller_name"], &popup["match"]), (&json!("アカギ デンキ"), &json!("none")));
    // A number that is withheld after all takes its name with it, and no name comes without a number.
    let withheld = CallSignal::CallerKnown { channel: "in".into(), caller: CallerNumber::Withheld };
    world.tell(vec![withheld, named("アカギ デンキ")]).await;
    let popup = until(&mut agent, "call.updated").await;
    assert_eq!((&popup["call"]["caller_name"], &popup["match"]), (&Value::Null, &json!("unidentified")));
    world.server.stop().await;
}

#[tokio::test]
async fn a_missed_call_outside_the_lines_hours_is_marked_and_due_when_they_begin() {
    // The calls come on a Wednesday at 20:06.
    for (hours, outside, due_at) in [
        ("friday = [\"09:00-17:30\"]", true, "2026-11-20T00:20:00Z"),
        (
            "wednesday = [\"09:00-20:06\"]\nthursday = [\"09:00-17:30\"]\nholidays = [\"2026-11-19\"]",
            true,
            "2026-11-25T00:20:00Z",
        ),
        ("wednesday = [\"09:00-20:07\"]", false, "2026-11-18T11:26:41Z"),
    ] {
        let settings = format!(
            "[calls]\ncallback_within_minutes = 20\n[hours.night]\n{hours}\n\
             [lines.\"0120111111\"]\nname = \"代表\"\nhours = \"night\"\n[limits]\nagents_refresh_ms = 50"
        );
        let (mut world, _) = world_with(&Config::parse(&settings).unwrap()).await;
        let mut agent = world.agent(0).await;
        calls(&mut world, &mut agent, "1", number(STRANGER), false).await;
        let missed = until(&mut agent, "missed.changed").await;
        let due = missed["due_at"].as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
        assert_eq!((&missed["outside_hours"], due), (&json!(outside), due_at.parse().unwrap()), "{hours}");
        // It is the entry's first call that counts; another one moves nothing.
        calls(&mut world, &mut agent, "2", number(STRANGER), false).await;
        let again = until(&mut agent, "missed.changed").await;
        assert_eq!((&again["count"], &again["due_at"]), (&json!(2), &missed["due_at"]));
        world.server.stop().await;
    }
}

#[tokio::test]
async fn a_nuisance_is_marked_from_a_call_and_shown_until_it_is_unmarked() {
    let (mut world, _) = world().await;
    let (mut agent, mut colleague) = (world.agent(0).await, world.agent(1).await);
    world.rings("1", number(STRANGER), &["201"]).await;
    let popup = until(&mut agent, "call.ringing").await;
    assert_eq!(popup["call"]["nuisance"], Value::Null);
    let mark = |on: bool, popup: &Value| json!({"op": "call.nuisance", "call_id": popup["call"]["call_id"], "nuisance": on});
    assert_eq!(colleague.ask(mark(true, &popup)).await, Err("forbidden".to_owned()), "not their call");
    assert_eq!(agent.ask(mark(true, &popup)).await, Ok(json!({})));
    let updated = until(&mut agent, "call.updated").await;
    assert_eq!(updated["call"]["nuisance"]["by"], "Agent 201");
    world.ends("1", &["201"]).await;
    let missed = until(&mut agent, "missed.changed").await;
    assert_eq!(missed["nuisance"], true);

    // A colleague sees it at the next call; who marked it first stays.
    world.rings("2", number(STRANGER), &["202"]).await;
    let popup = until(&mut colleague, "call.ringing").await;
    assert_eq!(popup["call"]["nuisance"]["by"], "Agent 201");
    assert_eq!(colleague.ask(mark(true, &popup)).await, Ok(json!({})));
    assert_eq!(colleague.ask(mark(false, &popup)).await, Ok(json!({})));
    world.ends("2", &["202"]).await;
    world.rings("3", number(STRANGER), &["202"]).await;
    let popup = until(&mut colleague, "call.ringing").await;
    assert_eq!(popup["call"]["nuisance"], Value::Null);
    world.rings("4", CallerNumber::Withheld, &["201"]).await;
    let popup = until(&mut agent, "call.ringing").await;
    assert_eq!(agent.ask(mark(true, &popup)).await, Err("conflict".to_owned()), "there is no number");
    world.server.stop().await;
}
