//! What agents do during and after calls, through the whole server with real sockets.

use crate::common::work::{World, config, id_of, number, seen, until};
use crate::common::{Client, add_agent_as, start};
use cti_bridge::call::{CallSignal, ChannelState, Party, Role};
use cti_bridge::source::SourceEvent;
use serde_json::{Value, json};
use shared::caller::CallerNumber;
use tokio::sync::mpsc;

const STRANGER: &str = "06-5555-0001";

#[tokio::test]
async fn an_unknown_caller_is_registered_from_the_pop_up_and_known_at_once() {
    let mut world = World::new().await;
    let mut agent = world.agent(0).await;
    world.rings("in", number(STRANGER), &["201"]).await;
    let popup = until(&mut agent, "call.ringing").await;
    assert_eq!(popup["match"], "none");
    let request = json!({"op": "customer.create", "call_id": id_of(&popup), "customer_name": "新規商店"});
    let created = agent.ask(request).await.unwrap();
    let popup = until(&mut agent, "call.updated").await;
    assert_eq!(popup["customer"]["customer_code"], created["customer_code"]);
    world.rings("again", number(STRANGER), &["201"]).await;
    let popup = until(&mut agent, "call.ringing").await;
    assert_eq!((&popup["match"], &popup["customer"]["customer_name"]), (&json!("one"), &json!("新規商店")));
    world.server.stop().await;
}

#[tokio::test]
async fn a_choice_among_candidates_is_remembered_until_it_is_forgotten() {
    let mut world = World::new().await;
    let mut agent = world.agent(0).await;
    for name in ["一号店", "二号店"] {
        let request = json!({"op": "customer.create", "customer_name": name, "phone": STRANGER});
        agent.ask(request).await.unwrap();
    }
    world.rings("one", number(STRANGER), &["201"]).await;
    let popup = until(&mut agent, "call.ringing").await;
    assert_eq!((&popup["match"], &popup["customer"]), (&json!("many"), &Value::Null), "nothing is picked");
    let second = popup["candidates"][1]["customer_code"].clone();
    let request = json!({"op": "call.choose", "call_id": id_of(&popup), "customer_code": second});
    agent.ask(request).await.unwrap();
    let shown = until(&mut agent, "call.updated").await;
    assert_eq!((&shown["match"], &shown["match_by"]), (&json!("chosen"), &json!("choice")));
    assert_eq!(shown["customer"]["customer_code"], second);
    assert_eq!(shown["call"]["chosen"]["by"], "Agent 201");
    let mut trail = Vec::new();
    let mut each = |entry: shared::store::AuditEntry| {
        trail.push((String::from(entry.action), entry.actor, entry.subject));
        std::ops::ControlFlow::Continue(())
    };
    shared::audit_log::trail(&world.company.store, &Default::default(), &mut each).unwrap();
    let choice = ("call.choose".to_owned(), "A201".to_owned(), second.as_str().map(str::to_owned));
    assert!(trail.contains(&choice), "{trail:?}");
    world.rings("two", number(STRANGER), &["201"]).await;
    let popup = until(&mut agent, "call.ringing").await;
    assert_eq!((&popup["match"], &popup["customer"]["customer_code"]), (&json!("chosen"), &second));
    assert_eq!(popup["candidates"].as_array().unwrap().len(), 2, "the other one stays within reach");
    // Who calls next is looked up before the phone rings, and what was remembered is forgotten then.
    world.tell(vec![seen("three", Party::Outside, Role::Origin, Some(number(STRANGER)))]).await;
    for _ in 0..3 {
        agent.ask(json!({"op": "lookup", "number": STRANGER})).await.unwrap();
    }
    agent.ask(json!({"op": "call.forget", "call_id": id_of(&popup)})).await.unwrap();
    world.rings("three", number(STRANGER), &["201"]).await;
    loop {
        let popup = until(&mut agent, "call.ringing").await;
        if popup["call"]["call_id"] != id_of(&shown) {
            assert_eq!(popup["match"], "many");
            break;
        }
    }
    world.server.stop().await;
}

#[tokio::test]
async fn a_code_from_the_ivr_takes_precedence_over_the_number() {
    let mut world = World::new().await;
    let mut agent = world.agent(0).await;
    let other = agent.ask(json!({"op": "customer.create", "customer_name": "本人"})).await.unwrap();
    let code = other["customer_code"].as_str().unwrap().to_owned();
    let caller = seen("in", Party::Outside, Role::Origin, Some(number("03-1234-5678")));
    world.tell(vec![caller]).await;
    world.tell(vec![CallSignal::CustomerCode { channel: "in".into(), customer_code: code.clone() }]).await;
    world.rings("in", number("03-1234-5678"), &["201"]).await;
    let popup = until(&mut agent, "call.ringing").await;
    assert_eq!((&popup["match_by"], &popup["customer"]["customer_code"]), (&json!("code"), &json!(code)));
    assert_eq!(popup["call"]["customer_code"], code);
    // An unknown code was mistyped: the number counts.
    let mistyped = CallSignal::CustomerCode { channel: "in".into(), customer_code: "99999999".to_owned() };
    world.tell(vec![mistyped]).await;
    let popup = until(&mut agent, "call.updated").await;
    assert_eq!(popup["match_by"], "number");
    world.server.stop().await;
}

#[tokio::test]
async fn a_transferred_call_keeps_its_note_and_customer() {
    let mut world = World::new().await;
    let (mut first, mut second) = (world.agent(0).await, world.agent(1).await);
    world.rings("in", number(STRANGER), &["201"]).await;
    let popup = until(&mut first, "call.ringing").await;
    world.answers("in", "201").await;
    let request = json!({"op": "customer.create", "call_id": id_of(&popup), "customer_name": "新規商店"});
    let created = first.ask(request).await.unwrap();
    let note = json!({"op": "call.note", "call_id": id_of(&popup), "text": "納期を確認中"});
    first.ask(note).await.unwrap();
    let phone = Party::Agent { extension: "202".to_owned() };
    world
        .tell(vec![
            CallSignal::Transferred { by: vec!["in-201".into()] },
            seen("in-202", phone, Role::Destination, None),
            CallSignal::DialBegin { source: Some("in".into()), destination: "in-202".into(), dialled: None },
            CallSignal::State { channel: "in-202".into(), state: ChannelState::Ringing },
        ])
        .await;
    let popup = until(&mut second, "call.ringing").await;
    assert_eq!(
        (&popup["call"]["note"], &popup["call"]["note_by"]),
        (&json!("納期を確認中"), &json!("Agent 201"))
    );
    assert_eq!(popup["customer"]["customer_code"], created["customer_code"]);
    assert_eq!(until(&mut first, "call.dismissed").await["reason"], "transferred");
    world.server.stop().await;
}

#[tokio::test]
async fn after_call_work_begins_by_itself_and_ends_with_the_wrap_up() {
    let mut world = World::new().await;
    let mut agent = world.agent(0).await;
    world.rings("in", number("03-1234-5678"), &["201"]).await;
    let popup = until(&mut agent, "call.ringing").await;
    world.answers("in", "201").await;
    assert_eq!(until(&mut agent, "presence.changed").await["presence"], "on_call");
    let said = agent.ask(json!({"op": "presence", "state": "away", "reason": "lunch"})).await.unwrap();
    assert_eq!(said["presence"], "on_call", "the call goes on; away comes after it");
    world.ends("in", &["201"]).await;
    let after = until(&mut agent, "presence.changed").await;
    assert_eq!((&after["presence"], &after["call_id"]), (&json!("after_call_work"), &id_of(&popup)));
    assert!(after["until"].is_string());
    let masters = agent.ask(json!({"op": "masters"})).await.unwrap();
    assert_eq!(masters["categories"][0]["label"], "注文");
    let wrap_up = json!({
        "op": "call.wrapup", "call_id": id_of(&popup), "category": "delivery_date", "result": "call_back",
        "status": "in_progress", "note": "明日折り返す", "follow_up_at": "2026-01-01T00:00:00Z",
        "inquiry": {"kind": "complaint", "subject": "納期遅延"}, "task": {"title": "再回答"},
    });
    let kept = agent.ask(wrap_up).await.unwrap();
    assert!(kept["inquiry_no"].is_string() && kept["task_no"].is_string() && kept["callback_no"].is_number());
    let rest = until(&mut agent, "presence.changed").await;
    assert_eq!(
        (&rest["presence"], &rest["reason"]),
        (&json!("away"), &json!("lunch")),
        "what was said before"
    );
    assert_eq!(until(&mut agent, "callback.due").await["callback_no"], kept["callback_no"]);
    // On any other screen at the next call of the customer.
    let mut other = world.agent(1).await;
    world.rings("next", number("03-1234-5678"), &["202"]).await;
    let popup = until(&mut other, "call.ringing").await;
    assert_eq!(popup["open"]["inquiries"][0]["subject"], "納期遅延");
    assert_eq!(popup["open"]["tasks"][0]["title"], "再回答");
    let timeline = popup["interactions"].as_array().unwrap();
    assert!(timeline.iter().any(|entry| entry["kind"] == "call" && entry["body"] == "明日折り返す"));
    world.server.stop().await;
}

#[tokio::test]
async fn new_inquiries_and_tasks_appear_on_a_ringing_pop_up() {
    let mut world = World::new().await;
    let (mut one, mut two) = (world.agent(0).await, world.agent(1).await);
    world.rings("in", number("03-1234-5678"), &["202"]).await;
    let popup = until(&mut two, "call.ringing").await;
    let code = popup["customer"]["customer_code"].clone();
    let request =
        json!({"op": "inquiry.create", "customer_code": code, "kind": "request", "subject": "カタログ"});
    one.ask(request).await.unwrap();
    assert_eq!(until(&mut two, "customer.changed").await["customer_code"], code);
    let popup = until(&mut two, "call.updated").await;
    assert_eq!(popup["open"]["inquiries"][0]["subject"], "カタログ");
    let request = json!({"op": "task.create", "customer_code": code, "title": "カタログを送る", "due_on": "2026-12-01"});
    let made = one.ask(request).await.unwrap();
    assert_eq!(until(&mut two, "customer.changed").await["customer_code"], code);
    let found = one.ask(json!({"op": "lookup", "customer_code": code})).await.unwrap();
    let task = json!({"task_no": made["task_no"], "title": "カタログを送る", "due_on": "2026-12-01", "assignee": "Agent 201", "origin": "here"});
    assert_eq!(found["open"]["tasks"], json!([task]), "the customer has the task");
    for request in [
        json!({"op": "inquiry.create", "customer_code": "none", "kind": "inquiry", "subject": "x"}),
        json!({"op": "task.create", "customer_code": "none", "title": "x"}),
    ] {
        assert_eq!(one.ask(request.clone()).await.unwrap_err(), "conflict", "{request}");
    }
    world.server.stop().await;
}

#[tokio::test]
async fn an_unanswered_ring_all_call_is_missed_once_and_closed_by_the_next_answer() {
    let mut world = World::new().await;
    let mut agent = world.agent(0).await;
    world.rings("in", number("03-1234-5678"), &["201", "202", "203"]).await;
    until(&mut agent, "call.ringing").await;
    world.ends("in", &["201", "202", "203"]).await;
    let missed = until(&mut agent, "missed.changed").await;
    assert_eq!((&missed["count"], &missed["status"]), (&json!(1), &json!("open")));
    assert_eq!(missed["caller"]["display"], "03-1234-5678");
    let list = agent.ask(json!({"op": "missed"})).await.unwrap();
    assert_eq!(list["missed"].as_array().unwrap().len(), 1);
    let claim = json!({"op": "missed.claim", "missed_no": missed["missed_no"]});
    agent.ask(claim.clone()).await.unwrap();
    let mut other = world.agent(1).await;
    assert_eq!(other.ask(claim).await.unwrap_err(), "conflict");
    world.rings("again", number("03-1234-5678"), &["202"]).await;
    world.answers("again", "202").await;
    world.ends("again", &["202"]).await;
    let closed = loop {
        let changed = until(&mut other, "missed.changed").await;
        if changed["status"] == "done" {
            break changed;
        }
    };
    assert!(closed["closed_by_call"].is_string());
    world.server.stop().await;
}

#[tokio::test]
async fn several_tabs_of_an_agent_show_the_same_and_only_one_rings() {
    let world = World::new().await;
    let token = &world.company.tokens[0];
    let (mut one, first) = Client::sign_in(world.server.address, token).await;
    let (mut two, second) = Client::sign_in(world.server.address, token).await;
    assert_eq!(first["rings"], first["socket"]);
    assert_eq!(second["rings"], first["socket"], "the second tab stays silent");
    two.ask(json!({"op": "ring.here"})).await.unwrap();
    assert_eq!(until(&mut one, "ring.moved").await["socket"], second["socket"]);
    drop(two);
    assert_eq!(until(&mut one, "ring.moved").await["socket"], first["socket"], "the one that is left");
    world.server.stop().await;
}

#[tokio::test]
async fn an_empty_wrap_up_and_a_wrong_code_are_refused() {
    let mut world = World::new().await;
    let mut agent = world.agent(0).await;
    world.rings("in", CallerNumber::Withheld, &["201"]).await;
    let popup = until(&mut agent, "call.ringing").await;
    for (request, code) in [
        (json!({"op": "call.wrapup", "call_id": "c-0000000000000001"}), "conflict"),
        (json!({"op": "call.wrapup", "call_id": id_of(&popup), "category": "nonsense"}), "conflict"),
        (json!({"op": "call.wrapup", "call_id": id_of(&popup), "task": {"title": "x"}}), "conflict"),
        (json!({"op": "call.wrapup", "call_id": id_of(&popup), "task": {"title": ""}}), "bad_request"),
        (json!({"op": "call.choose", "call_id": id_of(&popup), "customer_code": "none"}), "conflict"),
        (json!({"op": "call.choose", "call_id": id_of(&popup)}), "bad_request"),
        (json!({"op": "contact.attach", "call_id": id_of(&popup), "customer_code": "C1"}), "conflict"),
        (json!({"op": "call.note", "call_id": id_of(&popup), "text": "x".repeat(4_001)}), "bad_request"),
        (json!({"op": "call.dial", "number": "119"}), "forbidden"),
        (json!({"op": "call.dial", "number": "03-1234-5678"}), "refused"),
        (json!({"op": "missed.close", "missed_no": 99, "result": "done"}), "conflict"),
        (json!({"op": "presence", "state": "on_call"}), "bad_request"),
        (json!({"op": "agents"}), "forbidden"),
    ] {
        assert_eq!(agent.ask(request.clone()).await.unwrap_err(), code, "{request}");
    }
    world.server.stop().await;
}

#[tokio::test]
async fn a_restarted_bridge_shows_the_running_call_again_with_its_note() {
    let mut world = World::new().await;
    let mut agent = world.agent(0).await;
    world.rings("in", number("03-1234-5678"), &["201"]).await;
    let before = until(&mut agent, "call.ringing").await;
    world.answers("in", "201").await;
    agent.ask(json!({"op": "call.note", "call_id": id_of(&before), "text": "途中まで"})).await.unwrap();
    world.server.stop().await;
    let (events, source) = mpsc::channel(64);
    world.server = start(&world.company, &config(), Some(source)).await;
    world.events = events;
    world.events.send(SourceEvent::Up).await.unwrap();
    let mut agent = world.agent(0).await;
    let running = |channel: &str, party, role, caller| match seen(channel, party, role, caller) {
        CallSignal::ChannelSeen { channel, party, role, dialled, caller, .. } => CallSignal::ChannelSeen {
            channel,
            linked: Some("in".into()),
            party,
            role,
            state: ChannelState::Up,
            dialled,
            caller,
            uncertain: true,
        },
        other => other,
    };
    let phone = Party::Agent { extension: "201".to_owned() };
    world
        .tell(vec![
            CallSignal::ChannelListBegin,
            running("in", Party::Outside, Role::Origin, Some(number("03-1234-5678"))),
            running("in-201", phone, Role::Destination, None),
            CallSignal::ChannelListEnd,
        ])
        .await;
    let after = until(&mut agent, "call.updated").await;
    assert_eq!(id_of(&after), id_of(&before), "the same call");
    assert_eq!((&after["call"]["note"], &after["call"]["uncertain"]), (&json!("途中まで"), &json!(true)));
    assert_eq!(after["call"]["state"], "answered");
    world.server.stop().await;
}

#[tokio::test]
async fn a_callback_and_a_task_are_given_to_a_colleague() {
    let mut world = World::new().await;
    add_agent_as(&world.company.store, "900", "integration");
    let gone = |tx: &mut shared::store::Transaction<'_>| {
        tx.revoke_agent("A203", shared::Clock::now(&shared::SystemClock))
    };
    world.company.store.write(gone).unwrap();
    let (mut one, mut two) = (world.agent(0).await, world.agent(1).await);
    let listed = one.ask(json!({"op": "colleagues"})).await.unwrap();
    let colleague = |code: &str, name: &str| json!({"agent_code": code, "agent_name": name});
    let people = json!([colleague("A201", "Agent 201"), colleague("A202", "Agent 202")]);
    assert_eq!(
        listed,
        json!({ "colleagues": people }),
        "no programs, nobody who left, and no more than names"
    );
    world.rings("in", number("03-1234-5678"), &["201"]).await;
    let popup = until(&mut one, "call.ringing").await;
    let wrap_up = json!({
        "op": "call.wrapup", "call_id": id_of(&popup), "note": "代わりに", "follow_up_at": "2026-01-05T01:00:00Z",
        "follow_up_by": "A202", "customer_code": "C00017", "task": {"title": "見積を送る", "assignee": "Agent 202"},
    });
    let made = one.ask(wrap_up.clone()).await.unwrap();
    let due = until(&mut two, "callback.due").await;
    assert_eq!((&due["callback_no"], &due["assignee"]), (&made["callback_no"], &json!("A202")));
    let mine = one.ask(json!({"op": "callbacks"})).await.unwrap();
    assert_eq!(mine["callbacks"], json!([]), "it is the colleague's");
    let card = one.ask(json!({"op": "lookup", "customer_code": "C00017"})).await.unwrap();
    assert_eq!(card["open"]["tasks"][0]["assignee"], "Agent 202");
    for nobody in ["A203", "A999"] {
        let mut wrap_up = wrap_up.clone();
        wrap_up["follow_up_by"] = json!(nobody);
        assert_eq!(one.ask(wrap_up).await.unwrap_err(), "conflict", "{nobody}");
    }
    world.server.stop().await;
}

#[tokio::test]
async fn an_agent_may_be_away_for_a_reason_in_their_own_words() {
    let world = World::new().await;
    let mut agent = world.agent(0).await;
    let leader = add_agent_as(&world.company.store, "300", "supervisor");
    let (mut leader, _) = Client::sign_in(world.server.address, &leader).await;
    let longest = "銀".repeat(100);
    for reason in ["銀行へ", longest.as_str()] {
        agent.ask(json!({"op": "presence", "state": "away", "reason": reason})).await.unwrap();
        let told = until(&mut agent, "presence.changed").await;
        assert_eq!((&told["presence"], &told["reason"]), (&json!("away"), &json!(reason)));
        while until(&mut leader, "agents.changed").await["reason"] != json!(reason) {}
    }
    let refused = json!({"op": "presence", "state": "away", "reason": "銀".repeat(101)});
    assert_eq!(agent.ask(refused).await.unwrap_err(), "bad_request");
    world.server.stop().await;
}
