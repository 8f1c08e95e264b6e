//! Control from the screen: what agents have done with their calls, through the whole server with real sockets.

use cti_bridge::call::{CallSignal, DialResult};
use cti_bridge::config::Config;
use cti_bridge::source::{Destination, Order, OrderError, SourceEvent, SourceRequest};
use serde_json::{Value, json};
use shared::message;
use shared::store::{AuditEntry, AuditFilter, Store};
use std::ops::ControlFlow;
use std::sync::Arc;
use tokio::sync::mpsc;

use crate::common::work::{World, id_of, number, until};
use crate::common::{AKAGI, Client, company, soon, start_dialling};

type Orders = mpsc::Receiver<SourceRequest>;

async fn world(settings: &str) -> (World, Orders) {
    let company = company();
    let (events, source) = mpsc::channel(64);
    let (requests, orders) = mpsc::channel(8);
    let config = Config::parse(settings).unwrap();
    let server = start_dialling(&company, &config, source, requests, Arc::new(shared::SystemClock)).await;
    events.send(SourceEvent::Up).await.unwrap();
    (World::of(company, server, events), orders)
}

/// Asks, and answers the order that the PBX then gets; the order and the request's answer.
async fn ordered(
    agent: &mut Client,
    orders: &mut Orders,
    request: Value,
    result: Result<(), OrderError>,
) -> (Order, Result<Value, String>) {
    let answering = async {
        loop {
            // Queues may be told of presence too.
            if let SourceRequest::Order { order, reply } = soon(orders.recv()).await.unwrap() {
                reply.send(result).unwrap();
                return order;
            }
        }
    };
    tokio::join!(answering, agent.ask(request))
}

fn none_ordered(orders: &mut Orders) -> bool {
    std::iter::from_fn(|| orders.try_recv().ok()).all(|one| !matches!(one, SourceRequest::Order { .. }))
}

/// A call that 201 has answered: the world, its orders, the agent, and the call's id.
async fn talking(settings: &str) -> (World, Orders, Client, Value) {
    let (mut world, orders) = world(settings).await;
    let mut agent = world.agent(0).await;
    world.rings("in", number(AKAGI), &["201"]).await;
    let call_id = id_of(&until(&mut agent, "call.ringing").await);
    world.answers("in", "201").await;
    until(&mut agent, "call.answered").await;
    (world, orders, agent, call_id)
}

fn request(op: &str, call_id: &Value, more: &Value) -> Value {
    let mut request = json!({"op": op, "call_id": call_id});
    request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    request
}

/// The orders and refused numbers of the audit log, without the call's id.
fn trail(store: &Store, call_id: &Value) -> Vec<(String, String)> {
    let mut trail = Vec::new();
    let mut each = |entry: AuditEntry| {
        let action = entry.action.as_str().to_owned();
        if action.starts_with("call.control") || action.starts_with("call.dial") {
            let detail = entry.detail.unwrap().replace(call_id.as_str().unwrap(), "CALL");
            trail.push((action, detail));
        }
        ControlFlow::Continue(())
    };
    shared::audit_log::trail(store, &AuditFilter::default(), &mut each).unwrap();
    trail.sort();
    trail
}

#[tokio::test]
async fn an_agent_holds_and_ends_the_own_call_and_no_other() {
    let (mut world, mut orders) = world("").await;
    let (mut agent, mut colleague) = (world.agent(0).await, world.agent(1).await);
    world.rings("in", number(AKAGI), &["201"]).await;
    let popup = until(&mut agent, "call.ringing").await;
    let call_id = id_of(&popup);
    assert_eq!(
        popup["call"]["controls"],
        json!({"hangup": true, "hold": true, "transfer": true, "queues": ["support"]})
    );
    let nothing = json!({});
    for op in ["call.hold", "call.hangup"] {
        let answer = agent.ask(request(op, &call_id, &nothing)).await;
        assert_eq!(answer, Err("conflict".to_owned()), "it only rings");
    }
    world.answers("in", "201").await;
    until(&mut agent, "call.answered").await;
    for (op, more) in
        [("call.hold", json!({})), ("call.hangup", json!({})), ("call.transfer", json!({"queue": "support"}))]
    {
        let answer = colleague.ask(request(op, &call_id, &more)).await;
        assert_eq!(answer, Err("forbidden".to_owned()), "not their call");
    }
    assert!(none_ordered(&mut orders));
    let phone = || "in-201".into();
    for (op, more, expected) in [
        ("call.hold", json!({}), Order::Hold { phone: phone(), held: true }),
        ("call.hold", json!({"held": false}), Order::Hold { phone: phone(), held: false }),
        ("call.hangup", json!({}), Order::Hangup { phone: phone() }),
    ] {
        let (order, answer) = ordered(&mut agent, &mut orders, request(op, &call_id, &more), Ok(())).await;
        assert_eq!((order, answer), (expected, Ok(json!({}))));
    }
    world.ends("in", &["201"]).await;
    until(&mut agent, "call.ended").await;
    let late = agent.ask(request("call.hangup", &call_id, &nothing)).await;
    assert_eq!(late, Err("conflict".to_owned()));
    assert!(none_ordered(&mut orders));
    let store = world.company.store.clone();
    world.server.stop().await;
    let expected = ["hangup CALL", "hold CALL", "unhold CALL"];
    assert_eq!(trail(&store, &call_id), expected.map(|what| ("call.control".to_owned(), what.to_owned())));
}

#[tokio::test]
async fn a_call_is_transferred_to_a_colleague_a_queue_or_a_number_that_may_be_dialled() {
    let (world, mut orders, mut agent, call_id) = talking("").await;
    let extension = |text: &str| Destination::Extension(text.to_owned());
    for (to, expected) in [
        (json!({"agent_code": "A202"}), extension("202")),
        (json!({"queue": "support"}), extension("7001")),
        (json!({"number": "205"}), extension("205")),
        (json!({"number": "06-1111-2222"}), Destination::Number("0611112222".to_owned())),
    ] {
        let refused = OrderError::Refused(message!("Transfer failed", "Transfer failed"));
        let transfer = request("call.transfer", &call_id, &to);
        let (order, answer) = ordered(&mut agent, &mut orders, transfer, Err(refused)).await;
        assert_eq!(order, Order::Transfer { phone: "in-201".into(), to: expected });
        assert_eq!(answer, Err("refused".to_owned()));
    }
    for (to, code) in [
        (json!({}), "bad_request"),
        (json!({"agent_code": "A202", "queue": "support"}), "bad_request"),
        (json!({"agent_code": "A201"}), "conflict"),
        (json!({"agent_code": "A999"}), "conflict"),
        (json!({"queue": "sales"}), "conflict"),
        (json!({"number": "119"}), "forbidden"),
        (json!({"number": "+14155550123"}), "forbidden"),
        (json!({"number": "abc"}), "invalid_number"),
    ] {
        let answer = agent.ask(request("call.transfer", &call_id, &to)).await;
        assert_eq!(answer, Err(code.to_owned()), "{to}");
    }
    assert!(none_ordered(&mut orders));
    let store = world.company.store.clone();
    world.server.stop().await;
    let expected = [
        ("call.control", "transfer CALL to A202"),
        ("call.control", "transfer CALL to fixed +*********22"),
        ("call.control", "transfer CALL to queue support"),
        ("call.control", "transfer CALL to short number"),
        ("call.dial.refused", "emergency"),
        ("call.dial.refused", "international +*********23"),
        ("call.dial.refused", "not a number"),
    ];
    assert_eq!(trail(&store, &call_id), expected.map(|(action, what)| (action.to_owned(), what.to_owned())));
}

#[tokio::test]
async fn transfers_to_numbers_count_towards_the_rate_of_dialling() {
    let settings = "[limits]\ndials_per_agent_max = 2\ndials_per_agent_per_minute = 1";
    let (world, mut orders, mut agent, call_id) = talking(settings).await;
    let refused = || OrderError::Refused(message!("Transfer failed", "Transfer failed"));
    let number = json!({"number": "06-1111-2222"});
    for to in [&json!({"agent_code": "A202"}), &number, &number] {
        let transfer = request("call.transfer", &call_id, to);
        let (_, answer) = ordered(&mut agent, &mut orders, transfer, Err(refused())).await;
        assert_eq!(answer, Err("refused".to_owned()), "{to}");
    }
    let third = agent.ask(request("call.transfer", &call_id, &number)).await;
    assert_eq!(third, Err("rate_limited".to_owned()));
    let dialled = agent.ask(json!({"op": "call.dial", "number": "06-1111-2222"})).await;
    assert_eq!(dialled, Err("rate_limited".to_owned()));
    assert!(none_ordered(&mut orders));
    world.server.stop().await;
}

#[tokio::test]
async fn without_the_permission_nothing_is_offered_and_a_number_needs_that_of_dialling() {
    let (world, mut orders, mut agent, call_id) = talking("[permissions.agent]\ncalls_dial = false").await;
    let transfer = json!({"op": "call.transfer", "call_id": call_id, "number": AKAGI});
    assert_eq!(agent.ask(transfer).await, Err("forbidden".to_owned()));
    assert!(none_ordered(&mut orders));
    world.server.stop().await;

    let (mut world, mut orders) = self::world("[permissions.agent]\ncalls_control = false").await;
    let mut agent = world.agent(0).await;
    world.rings("in", number(AKAGI), &["201"]).await;
    let popup = until(&mut agent, "call.ringing").await;
    assert_eq!(popup["call"]["controls"], Value::Null);
    let hangup = json!({"op": "call.hangup", "call_id": id_of(&popup)});
    assert_eq!(agent.ask(hangup).await, Err("forbidden".to_owned()));
    assert!(none_ordered(&mut orders));
    world.server.stop().await;
}

#[tokio::test]
async fn a_pbx_that_is_not_connected_or_takes_no_orders_says_so() {
    let (world, mut orders, mut agent, call_id) = talking("").await;
    world.events.send(SourceEvent::Down { reason: message!("切断", "gone") }).await.unwrap();
    until(&mut agent, "source.state").await;
    let hangup = json!({"op": "call.hangup", "call_id": call_id});
    assert_eq!(agent.ask(hangup).await, Err("refused".to_owned()));
    assert!(none_ordered(&mut orders));
    world.server.stop().await;

    let mut world = World::new().await;
    let mut agent = world.agent(0).await;
    world.rings("in", number(AKAGI), &["201"]).await;
    let popup = until(&mut agent, "call.ringing").await;
    assert_eq!(popup["call"]["controls"]["hangup"], false);
    world.answers("in", "201").await;
    until(&mut agent, "call.answered").await;
    let hangup = json!({"op": "call.hangup", "call_id": id_of(&popup)});
    assert_eq!(agent.ask(hangup).await, Err("refused".to_owned()));
    world.server.stop().await;
}

#[tokio::test]
async fn calls_and_transfers_go_inside_to_short_numbers_and_outside_to_whole_ones_and_services() {
    let settings = "[calls]\ndial_allow = [\"104\", \"203\", \"119\"]\n[limits]\ndials_per_agent_max = 50";
    let (world, mut orders, mut agent, call_id) = talking(settings).await;
    let inside = |text: &str| Destination::Extension(text.to_owned());
    let outside = |text: &str| Destination::Number(text.to_owned());
    for (written, expected) in [
        ("202", inside("202")),
        ("7001", inside("7001")),
        ("203", inside("203")),
        ("104", outside("104")),
        ("119", outside("119")),
        ("06-1111-2222", outside("0611112222")),
    ] {
        let transfer = request("call.transfer", &call_id, &json!({"number": written}));
        let (order, answer) = ordered(&mut agent, &mut orders, transfer, Ok(())).await;
        assert_eq!(order, Order::Transfer { phone: "in-201".into(), to: expected.clone() }, "{written}");
        assert_eq!(answer, Ok(json!({})));
        let dialling = async {
            loop {
                if let SourceRequest::Dial { to, reply, .. } = soon(orders.recv()).await.unwrap() {
                    reply.send(Ok(())).unwrap();
                    return to;
                }
            }
        };
        let dial = json!({"op": "call.dial", "number": written});
        let (dialled, answer) = tokio::join!(dialling, agent.ask(dial));
        assert_eq!((dialled, answer), (expected, Ok(json!({}))), "{written}");
    }
    world.server.stop().await;
}

#[tokio::test]
async fn an_agents_extension_is_inside_even_if_it_looks_like_a_service() {
    let company = company();
    crate::common::add_agent(&company.store, "104");
    let (events, source) = mpsc::channel(64);
    let (requests, mut orders) = mpsc::channel(8);
    let config = Config::parse("[calls]\ndial_allow = [\"104\"]").unwrap();
    let server = start_dialling(&company, &config, source, requests, Arc::new(shared::SystemClock)).await;
    events.send(SourceEvent::Up).await.unwrap();
    let world = World::of(company, server, events);
    let mut agent = world.agent(0).await;
    let dialling = async {
        loop {
            if let SourceRequest::Dial { to, reply, .. } = soon(orders.recv()).await.unwrap() {
                reply.send(Ok(())).unwrap();
                return to;
            }
        }
    };
    let (dialled, _) = tokio::join!(dialling, agent.ask(json!({"op": "call.dial", "number": "104"})));
    assert_eq!(dialled, Destination::Extension("104".to_owned()));
    world.server.stop().await;
}

#[tokio::test]
async fn a_call_that_rings_a_colleague_is_picked_up_and_others_are_told() {
    let (mut world, mut orders) = world("").await;
    let (mut agent, mut colleague) = (world.agent(0).await, world.agent(1).await);
    let pick_up = |code: &str| json!({"op": "call.pickup", "agent_code": code});
    assert_eq!(agent.ask(pick_up("A202")).await, Err("conflict".to_owned()), "nothing rings");
    world.rings("in", number(AKAGI), &["202", "203"]).await;
    let call_id = id_of(&until(&mut colleague, "call.ringing").await);
    for code in ["A201", "A999"] {
        assert_eq!(agent.ask(pick_up(code)).await, Err("conflict".to_owned()), "{code}");
    }
    assert_eq!(colleague.ask(pick_up("A203")).await, Err("conflict".to_owned()), "the own phone rings too");
    assert!(none_ordered(&mut orders));
    let reason = message!("Channel is gone", "Channel is gone");
    let refused = Err(OrderError::Refused(reason));
    let expected = Order::PickUp { caller: "in".into(), to: Destination::Extension("201".to_owned()) };
    for (result, answer) in [(refused, Err("refused".to_owned())), (Ok(()), Ok(json!({})))] {
        let done = ordered(&mut agent, &mut orders, pick_up("A202"), result).await;
        assert_eq!(done, (expected.clone(), answer));
    }
    // What the PBX then does.
    let ends = |phone: &str| CallSignal::DialEnd { destination: phone.into(), result: DialResult::Cancelled };
    let redirected = CallSignal::Redirected { channel: "in".into() };
    world.tell(vec![redirected, ends("in-202"), ends("in-203")]).await;
    assert_eq!(until(&mut colleague, "call.dismissed").await["reason"], "answered_elsewhere");
    world.rings("in", number(AKAGI), &["201"]).await;
    assert_eq!(id_of(&until(&mut agent, "call.ringing").await), call_id);
    world.answers("in", "201").await;
    until(&mut agent, "call.answered").await;
    assert_eq!(colleague.ask(pick_up("A201")).await, Err("conflict".to_owned()), "it was answered");
    let store = world.company.store.clone();
    world.server.stop().await;
    let entry = ("call.control".to_owned(), "pickup CALL from A202".to_owned());
    assert_eq!(trail(&store, &call_id), [entry.clone(), entry]);
}

#[tokio::test]
async fn picking_up_needs_its_permission_and_a_pbx_that_does_it() {
    let pick_up = json!({"op": "call.pickup", "agent_code": "A202"});
    let (world, _orders) = world("[permissions.agent]\ncalls_pickup = false").await;
    assert_eq!(world.agent(0).await.ask(pick_up.clone()).await, Err("forbidden".to_owned()));
    world.server.stop().await;
    let mut world = World::new().await;
    let (mut agent, mut colleague) = (world.agent(0).await, world.agent(1).await);
    world.rings("in", number(AKAGI), &["202"]).await;
    until(&mut colleague, "call.ringing").await;
    assert_eq!(agent.ask(pick_up).await, Err("refused".to_owned()), "no controls");
    world.server.stop().await;
}
