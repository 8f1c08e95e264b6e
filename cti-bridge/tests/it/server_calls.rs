//! Calls from the simulated PBX to the agents' sockets, through the whole server.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::common::{
    AKAGI, Client, Company, LEAD_NUMBER, MEMO, Running, SHARED_NUMBER, add_agent_as, company, http, soon,
};
use cti_bridge::config::{Config, Limits};
use cti_bridge::server::{Parts, Server};
use cti_bridge::simulator::{CallScript, CallerPresentation, Ending, Simulator, SimulatorOptions};
use cti_bridge::source::ami::{self, AmiConfig};
use cti_bridge::source::{Secret, SourceContext};
use serde_json::{Value, json};
use shared::SystemClock;
use shared::store::{AuditEntry, AuditFilter};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

struct World {
    company: Company,
    server: Running,
    simulator: Simulator,
}

const SECRET: &str = "a secret of the PBX";

async fn world() -> World {
    world_of(&Config::default()).await
}

async fn world_of(config: &Config) -> World {
    let company = company();
    let stopping = CancellationToken::new();
    let telephone = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = telephone.local_addr().expect("an address").to_string();
    let options = SimulatorOptions::new("test", Secret::new(SECRET), Vec::new());
    let simulator = Simulator::new(options, &SystemClock);
    let (serving, stop) = (simulator.clone(), stopping.clone());
    tokio::spawn(async move { serving.run(telephone, stop).await });
    let mut asterisk = AmiConfig::new(address, "test", Secret::new(SECRET));
    asterisk.reconnect_min_ms = 1;
    asterisk.dial_context = "outgoing".to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let store = company.store.clone();
    let clock = Arc::new(SystemClock);
    let context = SourceContext { clock: clock.clone(), stopping: stopping.clone() };
    let sources = vec![ami::start("pbx", asterisk, &context)];
    let parts = Parts { store, listener, sources, clock, stopping: stopping.clone() };
    let server = Server::start(parts, config).expect("it starts");
    let running = Running { address: server.address(), stopping, ended: tokio::spawn(server.wait()) };
    World { company, server: running, simulator }
}

impl World {
    /// Signs agent 201, 202 or 203 in, once the PBX is connected.
    async fn agent(&self, index: usize) -> Client {
        let (mut client, data) = Client::sign_in(self.server.address, &self.company.tokens[index]).await;
        if data["source_up"] == json!(false) {
            assert_eq!(client.push("source.state").await["data"]["up"], true);
        }
        client
    }

    /// Begins a call, which then runs on its own.
    fn call(&self, script: CallScript) {
        let simulator = self.simulator.clone();
        tokio::spawn(async move { simulator.place(&script).await });
    }
}

fn script(caller: &str, ring: &[&str], ending: Ending) -> CallScript {
    CallScript {
        caller_number: caller.replace('-', ""),
        caller_name: String::new(),
        presentation: CallerPresentation::Allowed,
        did: "0120111111".to_owned(),
        queue: Some("support".to_owned()),
        ring: ring.iter().map(|e| (*e).to_owned()).collect(),
        // Longer than a lookup takes on a loaded machine: an answer before it has another first push.
        ring_ms: 400,
        ending,
    }
}

fn answered_by(by: &str) -> Ending {
    Ending::Answer { by: by.to_owned(), talk_ms: 30, hold_ms: None }
}

#[tokio::test]
async fn ring_all_pops_up_for_both_and_stays_with_who_answers() {
    let world = world().await;
    let (mut one, mut two, mut three) = (world.agent(0).await, world.agent(1).await, world.agent(2).await);
    world.call(script(AKAGI, &["201", "202"], answered_by("201")));

    let popup = one.push("call.ringing").await;
    let call_id = popup["data"]["call"]["call_id"].clone();
    let call = &popup["data"]["call"];
    let caller =
        json!({"kind": "number", "number": "+81312345678", "display": "03-1234-5678", "area": "東京"});
    assert_eq!((&call["caller"], &call["state"]), (&caller, &json!("ringing")));
    assert_eq!((&call["called_display"], &call["queue"]), (&json!("0120-111-111"), &json!("support")));
    assert_eq!(popup["data"]["match"], "one");
    assert_eq!(popup["data"]["customer"]["customer_code"], "C00017");
    assert_eq!(two.push("call.ringing").await["data"]["call"]["call_id"], call_id);
    assert_eq!(one.ask(json!({"op": "call.shown", "call_id": call_id})).await, Ok(json!({})));

    assert_eq!(one.push("call.answered").await["data"]["call_id"], call_id);
    let gone = two.push("call.dismissed").await;
    assert_eq!(gone["data"], json!({"call_id": call_id, "reason": "answered_elsewhere"}));
    let ended = one.push("call.ended").await;
    assert_eq!((&ended["data"]["call_id"], &ended["data"]["outcome"]), (&call_id, &json!("completed")));
    assert_eq!(ended["data"]["uncertain"], false);

    // A third agent's phone did not ring, and the second received only the dismissal.
    assert!(two.ask(json!({"op": "ping"})).await.is_ok() && two.pushes.is_empty());
    assert!(three.ask(json!({"op": "ping"})).await.is_ok() && three.pushes.is_empty());
    let recorded = calls_of(&mut one, 1).await;
    assert_eq!((&recorded[0]["call_id"], &recorded[0]["customer_code"]), (&call_id, &json!("C00017")));
    assert_eq!(recorded[0]["caller_display"], "03-1234-5678");
    let metrics = http(world.server.address, "/metrics", "").await.1;
    assert!(metrics.contains("chakuden_ring_to_shown_seconds_count 1"), "{metrics}");
    world.server.stop().await;
}

/// Asks for the calls of today until the recorder has written this many.
async fn calls_of(client: &mut Client, count: usize) -> Vec<Value> {
    soon(async {
        loop {
            let answer = client.ask(json!({"op": "calls"})).await.expect("an answer");
            let calls = answer["calls"].as_array().cloned().unwrap_or_default();
            if calls.len() >= count {
                return calls;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}

#[tokio::test]
async fn every_kind_of_caller_has_its_pop_up() {
    let world = world().await;
    let mut agent = world.agent(0).await;
    let payphone = CallScript {
        caller_number: "anonymous".to_owned(),
        caller_name: "Coin line/payphone".to_owned(),
        presentation: CallerPresentation::Withheld,
        ..script("", &["201"], answered_by("201"))
    };
    let withheld = CallScript {
        presentation: CallerPresentation::Withheld,
        ..script(AKAGI, &["201"], answered_by("201"))
    };
    for (script, kind, matched, candidates) in [
        (script(AKAGI, &["201"], answered_by("201")), "number", "one", 1),
        (script(SHARED_NUMBER, &["201"], answered_by("201")), "number", "many", 2),
        (script("0399999999", &["201"], answered_by("201")), "number", "none", 0),
        (script(LEAD_NUMBER, &["201"], answered_by("201")), "number", "one", 1),
        (withheld, "withheld", "unidentified", 0),
        (payphone, "payphone", "unidentified", 0),
    ] {
        world.call(script);
        let popup = agent.push("call.ringing").await["data"].clone();
        assert_eq!((&popup["call"]["caller"]["kind"], &popup["match"]), (&json!(kind), &json!(matched)));
        assert_eq!(popup["candidates"].as_array().map(Vec::len), Some(candidates), "{kind} {matched}");
        if matched == "unidentified" {
            let text = popup.to_string();
            assert!(
                !text.contains("312345678") && !text.contains("1234-5678"),
                "a withheld number is nowhere"
            );
        }
        agent.push("call.answered").await;
        agent.push("call.ended").await;
    }
    world.server.stop().await;
}

#[tokio::test]
async fn no_answer_abandon_hold_and_transfer_are_pushed() {
    let world = world().await;
    let (mut one, mut three) = (world.agent(0).await, world.agent(2).await);

    world.call(script(AKAGI, &["201"], Ending::Abandon));
    one.push("call.ringing").await;
    assert_eq!(one.push("call.dismissed").await["data"]["reason"], "caller_hung_up");

    let next = Ending::NoAnswerThenNext { next: "203".to_owned(), talk_ms: 30 };
    world.call(script(AKAGI, &["201"], next));
    one.push("call.ringing").await;
    assert_eq!(one.push("call.dismissed").await["data"]["reason"], "no_answer");
    assert_eq!(three.push("call.ringing").await["data"]["match"], "one");
    three.push("call.answered").await;
    three.push("call.ended").await;

    let held = Ending::Answer { by: "201".to_owned(), talk_ms: 30, hold_ms: Some(30) };
    world.call(script(AKAGI, &["201"], held));
    for kind in ["call.ringing", "call.answered", "call.held", "call.resumed", "call.ended"] {
        one.push(kind).await;
    }

    let blind = Ending::BlindTransfer { by: "203".to_owned(), to: "201".to_owned(), talk_ms: 30 };
    world.call(CallScript { queue: None, ..script(AKAGI, &["203"], blind) });
    three.push("call.ringing").await;
    three.push("call.answered").await;
    assert_eq!(three.push("call.dismissed").await["data"]["reason"], "transferred");
    assert_eq!(one.push("call.ringing").await["data"]["customer"]["customer_code"], "C00017");
    one.push("call.answered").await;
    assert_eq!(one.push("call.ended").await["data"]["outcome"], "completed");
    world.server.stop().await;
}

#[tokio::test]
async fn a_reconnecting_page_gets_the_live_pop_up() {
    let world = world().await;
    let mut one = world.agent(0).await;
    let long = Ending::Answer { by: "201".to_owned(), talk_ms: 600_000, hold_ms: None };
    world.call(script(AKAGI, &["201"], long));
    one.push("call.ringing").await;
    one.push("call.answered").await;
    drop(one);
    let (_again, data) = Client::sign_in(world.server.address, &world.company.tokens[0]).await;
    let calls = data["calls"].as_array().expect("a list");
    assert_eq!(calls.len(), 1);
    assert_eq!((&calls[0]["call"]["state"], &calls[0]["match"]), (&json!("answered"), &json!("one")));
    assert!(calls[0]["call"]["answered_at"].is_string());
    world.server.stop().await;
}

#[tokio::test]
async fn a_lost_pbx_is_reported_and_reconnects() {
    let world = world().await;
    let mut one = world.agent(0).await;
    world.simulator.disconnect_clients();
    assert_eq!(one.push("source.state").await["data"]["up"], false);
    assert_eq!(
        one.push("source.state").await["data"],
        json!({"up": true, "source": "pbx", "source_up": true, "degraded": false, "problems": []})
    );
    world.call(script(AKAGI, &["201"], answered_by("201")));
    assert_eq!(one.push("call.ringing").await["data"]["match"], "one");
    world.server.stop().await;
}

/// Commits a rank run that gives this customer a rank.
fn rank_run(world: &World, customer_code: &str, rank_after: &str) -> i64 {
    let now = shared::Clock::now(&SystemClock);
    let as_of = "2026-10-31".parse().expect("a date");
    let run = shared::store::RankRun {
        run_id: 0,
        as_of,
        trigger: shared::rank::RankTrigger::Manual,
        config_hash: String::new(),
        config: String::new(),
        config_version: None,
        mode: shared::rank::RankRunMode::Run,
        reverts: None,
        started_at: now,
        finished_at: now,
        evaluated: 1,
        changed: 1,
        excluded: 0,
        not_target: 0,
        warnings: 0,
        actor: None,
    };
    let score = shared::store::RankScore {
        customer_code: customer_code.to_owned(),
        latest_date: None,
        months_within: None,
        count: 1.into(),
        amount: 1.into(),
        points_recency: Some(4),
        points_count: None,
        points_amount: None,
        total: 180.into(),
        rank_before: None,
        rank_after: Some(rank_after.to_owned()),
        reason: shared::rank::RankReason::Changed,
        direction: Some(shared::rank::RankDirection::Initial),
    };
    let written = world.company.store.write(|tx| tx.publish_rank_run(&run, &mut std::iter::once(score)));
    written.expect("it is written")
}

#[tokio::test]
async fn an_agent_sees_a_changed_rank_without_reloading() {
    let limits = Limits { agents_refresh_ms: 20, ..Limits::default() };
    let config = Config { limits, ..Config::default() };
    let world = world_of(&config).await;
    let (mut one, mut two) = (world.agent(0).await, world.agent(1).await);
    let long = Ending::Answer { by: "201".to_owned(), talk_ms: 600_000, hold_ms: None };
    world.call(script(AKAGI, &["201"], long));
    assert_eq!(one.push("call.ringing").await["data"]["customer"]["rank"], Value::Null);
    one.push("call.answered").await;
    let run_id = rank_run(&world, "C00017", "A");
    let told = one.push("rank.updated").await;
    assert_eq!(told["data"], json!({"run_id": run_id, "as_of": "2026-10-31"}));
    let popup = one.push("call.updated").await;
    let customer = &popup["data"]["customer"];
    assert_eq!((&customer["rank"], &customer["rank_change"]["total"]), (&json!("A"), &json!("180")));
    assert_eq!(popup["data"]["call"]["state"], "answered");
    // Who has no call is told too, and finds the new rank when looking again.
    assert_eq!(two.push("rank.updated").await["data"]["run_id"], json!(run_id));
    world.server.stop().await;
}

#[tokio::test]
async fn pushes_and_snapshots_leave_out_what_the_role_may_not_see() {
    let config = Config::parse("[permissions.agent]\nmemo_read = false").expect("settings");
    let mut world = world_of(&config).await;
    world.company.tokens[1] = add_agent_as(&world.company.store, "202", "supervisor");
    let (mut agent, mut supervisor) = (world.agent(0).await, world.agent(1).await);
    world.call(script(
        AKAGI,
        &["201", "202"],
        Ending::Answer { by: "201".to_owned(), talk_ms: 2_000, hold_ms: None },
    ));
    let pushed = agent.push("call.ringing").await;
    assert_eq!((&pushed["data"]["match"], &pushed["data"]["memo"]), (&json!("one"), &Value::Null));
    assert_eq!(supervisor.push("call.ringing").await["data"]["memo"], MEMO);
    let (_second, hello) = Client::sign_in(world.server.address, &world.company.tokens[0]).await;
    assert_eq!(hello["calls"][0]["customer"]["customer_code"], "C00017");
    assert_eq!(hello["calls"][0]["memo"], Value::Null);
    let store = world.company.store.clone();
    world.server.stop().await;
    let mut shown = Vec::new();
    let mut each = |entry: AuditEntry| {
        shown.push((entry.actor, entry.subject));
        ControlFlow::Continue(())
    };
    let popups = AuditFilter { action: Some("popup.shown".to_owned()), ..AuditFilter::default() };
    shared::audit_log::trail(&store, &popups, &mut each).expect("readable");
    shown.sort();
    let of = |agent: &str| (agent.to_owned(), Some("C00017".to_owned()));
    assert_eq!(shown, [of("A201"), of("A202")]);
}

#[tokio::test]
async fn a_click_calls_the_number_and_shows_whose_it_is() {
    let world = world().await;
    let mut agent = world.agent(0).await;
    agent.ask(json!({"op": "call.dial", "number": "03-1234-5678"})).await.expect("it is taken");
    let card = agent.push("call.dialing").await["data"].clone();
    assert_eq!((&card["call"]["direction"], &card["call"]["state"]), (&json!("outbound"), &json!("dialing")));
    assert_eq!((&card["match"], &card["customer"]["customer_code"]), (&json!("one"), &json!("C00017")));
    let answered = agent.push("call.answered").await["data"].clone();
    assert_eq!(answered["call_id"], card["call"]["call_id"]);
    world.server.stop().await;
}
