//! Whose calls, missed calls and callbacks an agent may write on, over real sockets.

use std::ops::ControlFlow;

use crate::common::work::{World, config, number, until};
use crate::common::{Client, add_agent_as, soon, start};
use cti_bridge::agent::ops::{Object, Op, Relation, parse};
use cti_bridge::call::{CallIds, CallSignal, GoneCause};
use cti_bridge::config::Config;
use cti_bridge::source::SourceEvent;
use serde_json::{Value, json};
use shared::agent::AgentRole;
use shared::store::{AuditEntry, AuditFilter, CallWork};
use tokio::sync::mpsc;

/// The identity that the bridge gives a call. Everybody can compute it, which is why it authorizes nothing.
fn computed(name: &str) -> String {
    CallIds::of_source("pbx").unwrap().id_of(&name.into()).to_string()
}

/// What an operation's example acts on.
fn object(op: Op) -> Object {
    let frame = json_with(&serde_json::from_str(op.example()).unwrap(), op, "op-1");
    parse(&frame.to_string()).unwrap().request.unwrap().object()
}

fn json_with(example: &Value, op: Op, id: &str) -> Value {
    let mut request = example.clone();
    request["op"] = json!(op.word());
    request["id"] = json!(id);
    request
}

/// The example as a request about this company, so that it succeeds where it is allowed.
fn request(op: Op, field: &str, value: Value) -> Value {
    let mut request: Value = serde_json::from_str(op.example()).unwrap();
    request["op"] = json!(op.word());
    if request.get("customer_code").is_some() {
        request["customer_code"] = json!("C00017");
    }
    request[field] = value;
    request
}

/// An agent of a role who is signed in.
struct Actor {
    role: AgentRole,
    code: String,
    extension: &'static str,
    client: Client,
}

struct Scene {
    world: World,
    /// Agent A201, whose calls are somebody else's for the actors.
    other: Client,
    calls: usize,
}

impl Scene {
    async fn new() -> (Self, Vec<Actor>) {
        let mut config = config();
        config.limits.writes_per_agent_per_second = 0;
        config.limits.lookups_per_agent_per_second = 0;
        let world = World::with(config).await;
        let other = world.agent(0).await;
        let mut actors = Vec::new();
        for (extension, role) in ["301", "302", "303", "304"].into_iter().zip(AgentRole::ALL) {
            let token = add_agent_as(&world.company.store, extension, role.as_str());
            let (client, _) = Client::sign_in(world.server.address, &token).await;
            actors.push(Actor { role: *role, code: format!("A{extension}"), extension, client });
        }
        (Self { world, other, calls: 0 }, actors)
    }

    /// A call that rings on this extension, or nowhere; and that is over or not.
    async fn call(&mut self, extension: Option<&str>, ended: bool, on: Option<&mut Client>) -> String {
        self.calls += 1;
        let name = format!("call-{}", self.calls);
        let (id, caller) = (computed(&name), number(&format!("03-5555-{:04}", self.calls)));
        let extensions: Vec<&str> = extension.into_iter().collect();
        self.world.rings(&name, caller, &extensions).await;
        let client = on.unwrap_or(&mut self.other);
        if extension.is_some() {
            while until(client, "call.ringing").await["call"]["call_id"] != json!(id) {}
        }
        if ended {
            self.world.ends(&name, &extensions).await;
            self.recorded(&id).await;
        }
        id
    }

    /// Waits until the end of a call is stored.
    async fn recorded(&self, call_id: &str) {
        let mut reader = self.world.company.store.reader().unwrap();
        soon(async {
            while reader.call(call_id).unwrap().is_none_or(|call| call.ended_at.is_none()) {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    /// The missed call of a call that nobody answered, claimed by this agent, if any.
    async fn missed(&mut self, claimed_by: Option<&str>) -> i64 {
        self.call(None, true, None).await;
        let display = format!("03-5555-{:04}", self.calls);
        let missed = loop {
            let missed = until(&mut self.other, "missed.changed").await;
            if missed["caller"]["display"] == json!(display) {
                break missed["missed_no"].as_i64().unwrap();
            }
        };
        if let Some(code) = claimed_by {
            self.world.company.store.write(|tx| tx.assign_missed(missed, code, true, false)).unwrap();
        }
        missed
    }

    /// A call of A201 with a callback that is assigned to this agent: the call and the callback.
    async fn callback(&mut self, assignee: &str) -> (String, i64) {
        let call_id = self.call(Some("201"), true, None).await;
        let now = shared::Clock::now(&shared::SystemClock);
        let work = CallWork {
            call_id: call_id.clone(),
            by: assignee.to_owned(),
            at: now,
            follow_up_at: Some(now),
            draft: true,
            ..CallWork::default()
        };
        let no = self.world.company.store.write(|tx| tx.write_call_work(&work)).unwrap().unwrap();
        (call_id, no)
    }

    fn trail(&self, action: &str) -> Vec<(String, String)> {
        let mut entries = Vec::new();
        let mut each = |entry: AuditEntry| {
            entries.push((entry.actor, entry.detail.unwrap_or_default()));
            ControlFlow::Continue(())
        };
        let filter = AuditFilter { action: Some(action.to_owned()), ..AuditFilter::default() };
        shared::audit_log::trail(&self.world.company.store, &filter, &mut each).unwrap();
        entries
    }
}

fn others() -> Relation {
    Relation::Others { agent_code: "A201".to_owned(), agent_name: "Agent 201".to_owned() }
}

impl Actor {
    /// Asks, and compares with the declaration.
    async fn asks(&mut self, op: Op, relation: &Relation, request: Value, case: &str) {
        let object = object(op);
        let has = |permission: cti_bridge::permission::Permission| permission.is_given_to(self.role);
        let may = op.permission().is_none_or(has);
        let expected = match (may, object.needs(relation).is_none_or(has), &object) {
            (true, true, _) => Ok(()),
            // Who comes second to a missed call is told that somebody else has it.
            (true, false, Object::MissedCall { claims: true, .. }) => Err("conflict".to_owned()),
            _ => Err("forbidden".to_owned()),
        };
        let answer = self.client.ask(request.clone()).await.map(|_| ());
        assert_eq!(answer, expected, "{} {} {case}: {request}", self.role, op.word());
    }
}

#[tokio::test]
async fn every_operation_on_a_call_is_open_to_those_who_took_part_and_to_supervisors() {
    let (mut scene, mut actors) = Scene::new().await;
    let ops = Op::ALL.iter().copied().filter(|op| matches!(object(*op), Object::Call(_)));
    let ops: Vec<Op> = ops.collect();
    assert_eq!(ops.len(), 9, "{ops:?}");
    for op in ops {
        for actor in &mut actors {
            for ended in [false, true] {
                let id = scene.call(Some(actor.extension), ended, Some(&mut actor.client)).await;
                let mine = request(op, "call_id", json!(id));
                actor.asks(op, &Relation::Own, mine, &format!("own, ended: {ended}")).await;
                let id = scene.call(Some("201"), ended, None).await;
                let theirs = request(op, "call_id", json!(id));
                actor.asks(op, &others(), theirs, &format!("somebody else's, ended: {ended}")).await;
            }
            let (id, _) = scene.callback(&actor.code).await;
            actor.asks(op, &Relation::Own, request(op, "call_id", json!(id)), "assigned").await;
            let missed_no = scene.missed(None).await;
            let id = computed(&format!("call-{}", scene.calls));
            let nobodys = request(op, "call_id", json!(id));
            actor.asks(op, &Relation::Nobodys, nobodys.clone(), "nobody's").await;
            scene
                .world
                .company
                .store
                .write(|tx| tx.assign_missed(missed_no, &actor.code, true, false))
                .unwrap();
            actor.asks(op, &Relation::Own, nobodys, "of a missed call that was claimed").await;
        }
    }
    scene.world.server.stop().await;
}

#[tokio::test]
async fn missed_calls_and_callbacks_are_open_to_who_has_them_and_to_supervisors() {
    let (mut scene, mut actors) = Scene::new().await;
    for op in Op::ALL.iter().copied() {
        for actor in &mut actors {
            match object(op) {
                Object::MissedCall { .. } => {
                    let (mine, theirs) = (actor.code.clone(), "A201".to_owned());
                    for (relation, holder) in [
                        (Relation::Own, Some(mine.as_str())),
                        (Relation::Nobodys, None),
                        (others(), Some(theirs.as_str())),
                    ] {
                        let no = scene.missed(holder).await;
                        let request = request(op, "missed_no", json!(no));
                        actor.asks(op, &relation, request, &format!("{relation:?}")).await;
                    }
                }
                Object::Callback(_) => {
                    let code = actor.code.clone();
                    for (relation, assignee) in [(Relation::Own, code.as_str()), (others(), "A201")] {
                        let (_, no) = scene.callback(assignee).await;
                        let request = request(op, "callback_no", json!(no));
                        actor.asks(op, &relation, request, &format!("{relation:?}")).await;
                    }
                }
                Object::Shared | Object::Own | Object::Call(_) => {}
            }
        }
    }
    scene.world.server.stop().await;
}

#[tokio::test]
async fn work_on_somebody_elses_call_is_audited_and_a_refusal_says_whom_to_ask() {
    let (mut scene, mut actors) = Scene::new().await;
    let id = scene.call(Some("201"), false, None).await;
    let note = json!({"op": "call.note", "call_id": id, "text": "代わりに"});
    actors[1].client.ask(note.clone()).await.unwrap();
    let audited = format!("call.note {id} of A201");
    assert_eq!(scene.trail("others.work"), [("A302".to_owned(), audited)]);

    actors[0].client.send_text(&json_with(&note, Op::CallNote, "x").to_string()).await;
    let answer = loop {
        let frame = actors[0].client.frame().await.unwrap();
        if frame["re"] == json!("x") {
            break frame;
        }
    };
    assert_eq!(answer["error"]["code"], "forbidden");
    let sentence = "you took no part in this call; ask an agent who did, or a supervisor";
    assert_eq!(answer["error"]["message"], sentence);
    let refused = ("A301".to_owned(), format!("call.note {id}"));
    soon(async {
        while scene.trail("forbidden") != [refused.clone()] {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let mut reader = scene.world.company.store.reader().unwrap();
    assert_eq!(reader.call(&id).unwrap().unwrap().note.as_deref(), Some("代わりに"));

    let own = json!({"op": "call.note", "call_id": id, "text": "自分で"});
    scene.other.ask(own).await.unwrap();
    assert_eq!(scene.trail("others.work").len(), 1, "one's own work is not somebody else's");
    scene.world.server.stop().await;
}

#[tokio::test]
async fn whose_phone_rang_is_known_after_a_restart() {
    let mut world = World::new().await;
    let mut agents = [world.agent(0).await, world.agent(1).await, world.agent(2).await];
    world.rings("in", number("03-1234-5678"), &["201", "202"]).await;
    until(&mut agents[1], "call.ringing").await;
    world.answers("in", "201").await;
    world
        .tell(vec![CallSignal::Gone { channel: "in-202".into(), cause: GoneCause::AnsweredElsewhere }])
        .await;
    until(&mut agents[1], "call.dismissed").await;
    world.ends("in", &["201"]).await;
    until(&mut agents[0], "call.ended").await;
    world.server.stop().await;
    let (events, source) = mpsc::channel(64);
    world.server = start(&world.company, &config(), Some(source)).await;
    events.send(SourceEvent::Up).await.unwrap();
    for (index, expected) in [(0, Ok(json!({}))), (1, Ok(json!({}))), (2, Err("forbidden".to_owned()))] {
        let (mut agent, _) = Client::sign_in(world.server.address, &world.company.tokens[index]).await;
        let note = json!({"op": "call.note", "call_id": computed("in"), "text": "あとから"});
        assert_eq!(agent.ask(note).await, expected, "{index}");
    }
    world.server.stop().await;
}

#[tokio::test]
async fn closing_a_closed_missed_call_tells_who_closed_it() {
    let (mut scene, mut actors) = Scene::new().await;
    let no = scene.missed(None).await;
    let close = |result: &str| json!({"op": "missed.close", "missed_no": no, "result": result});
    scene.other.ask(close("no_need")).await.unwrap();
    assert_eq!(scene.other.ask(close("no_need")).await, Ok(json!({})), "the same once more");
    assert_eq!(scene.other.ask(close("done")).await, Err("conflict".to_owned()));
    for actor in &mut actors[..3] {
        let mut request = close("no_need");
        request["id"] = json!("x");
        actor.client.send_text(&request.to_string()).await;
        let answer = loop {
            let frame = actor.client.frame().await.unwrap();
            if frame["re"] == json!("x") {
                break frame;
            }
        };
        let error = &answer["error"];
        assert_eq!(error["code"], "conflict", "{}", actor.role);
        assert_eq!(error["message"], "Agent 201 has already closed the missed call", "{}", actor.role);
    }
    scene.world.server.stop().await;
}

#[tokio::test]
async fn a_program_writes_on_calls_with_both_permissions_only() {
    for (settings, expected) in [
        ("calls_all = true", Err("forbidden".to_owned())),
        ("calls_work = true", Err("forbidden".to_owned())),
        ("calls_work = true\ncalls_all = true", Ok(json!({}))),
    ] {
        let config = Config::parse(&format!("[permissions.integration]\n{settings}")).unwrap();
        let mut world = World::with(config).await;
        let mut agent = world.agent(0).await;
        world.rings("in", number("03-5555-0001"), &["201"]).await;
        until(&mut agent, "call.ringing").await;
        let token = add_agent_as(&world.company.store, "900", "integration");
        let (mut program, _) = Client::sign_in(world.server.address, &token).await;
        let note = json!({"op": "call.note", "call_id": computed("in"), "text": "在庫あり"});
        assert_eq!(program.ask(note).await, expected, "{settings}");
        world.server.stop().await;
    }
}
