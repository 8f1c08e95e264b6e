//! Events of calls for other systems: posted and signed, at least once, through the whole server with real sockets.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use cti_bridge::config::Config;
use cti_bridge::events_out::{SigningKey, sign};
use cti_bridge::source::{Secret, SourceEvent};
use serde_json::{Value, json};
use shared::SystemClock;
use shared::caller::CallerNumber;
use shared::store::{EventFilter, OutEvent};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::common::work::{World, id_of, number, until};
use crate::common::{AKAGI, Client, Company, add_agent_as, company, soon, start};

const KEY: &str = "a key of at least twenty-four bytes";

/// A system that takes events: it answers with these statuses, and then with 200.
struct Endpoint {
    url: String,
    requests: mpsc::UnboundedReceiver<(String, String)>,
    answers: Arc<Mutex<VecDeque<&'static str>>>,
}

async fn endpoint(answers: &[&'static str]) -> Endpoint {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let (told, requests) = mpsc::unbounded_channel();
    let answers = Arc::new(Mutex::new(answers.iter().copied().collect::<VecDeque<_>>()));
    let left = answers.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let answer = left.lock().unwrap().pop_front().unwrap_or("200 OK");
            let Some(request) = read_request(stream, answer).await else { continue };
            // The test may be over.
            let _ = told.send(request);
        }
    });
    Endpoint { url, requests, answers }
}

/// One request over a connection: head and body.
async fn read_request(mut stream: TcpStream, answer: &str) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_lowercase();
            let length: usize = head.split_once("content-length: ")?.1.lines().next()?.parse().ok()?;
            if body.len() >= length {
                let answer = format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\n\r\n");
                stream.write_all(answer.as_bytes()).await.ok()?;
                return Some((head, body.to_owned()));
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

fn header<'h>(head: &'h str, name: &str) -> &'h str {
    head.lines().find_map(|line| line.strip_prefix(&format!("{name}: "))).unwrap_or_default()
}

impl Endpoint {
    /// The next request: its identity and what it says. Its signature is right.
    async fn next(&mut self) -> (String, Value) {
        let (head, body) = soon(self.requests.recv()).await.unwrap();
        let (id, at) = (header(&head, "webhook-id").to_owned(), header(&head, "webhook-timestamp"));
        let key = SigningKey::parse(KEY).unwrap();
        // Headers were read in lower case.
        let signature = sign(&key, &id, at.parse().unwrap(), &body).to_lowercase();
        assert_eq!(header(&head, "webhook-signature"), signature);
        assert_eq!(header(&head, "content-type"), "application/json");
        (id, serde_json::from_str(&body).unwrap())
    }

    async fn kinds(&mut self, count: usize) -> Vec<Value> {
        let mut kinds = Vec::new();
        for _ in 0..count {
            kinds.push(self.next().await.1["type"].clone());
        }
        kinds
    }
}

/// Settings that tell `crm` at this address.
fn settings(url: &str, more: &str) -> Config {
    let text = format!(
        "[calls]\nafter_call_work_seconds = 3600\n[limits]\nagents_refresh_ms = 50\n[events_out.crm]\n\
         url = \"{url}\"\nsecret_env = \"UNSET\"\nretry_min_ms = 1\nretry_max_ms = 1\n{more}"
    );
    let mut config = Config::parse(&text).unwrap();
    config.events_out.endpoints[0].secret = Secret::new(KEY);
    config
}

async fn serve(company: Company, config: &Config) -> World {
    let (events, source) = mpsc::channel(64);
    let server = start(&company, config, Some(source)).await;
    events.send(SourceEvent::Up).await.unwrap();
    World::of(company, server, events)
}

/// What waits in the outbox, once it is `count` events.
async fn outbox(
    company: &Company,
    filter: EventFilter,
    is_it: impl Fn(&[OutEvent]) -> bool,
) -> Vec<OutEvent> {
    let mut reader = company.store.reader().unwrap();
    soon(async {
        loop {
            let events = reader.out_events(&filter, 100).unwrap();
            if is_it(&events) {
                return events;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}

/// A call that 201 answers, and that ends.
async fn conversation(world: &mut World, agent: &mut Client, caller: CallerNumber) -> Value {
    converse(world, agent, "in", caller).await
}

async fn converse(world: &mut World, agent: &mut Client, name: &str, caller: CallerNumber) -> Value {
    world.rings(name, caller, &["201"]).await;
    let call_id = id_of(&until(agent, "call.ringing").await);
    world.answers(name, "201").await;
    until(agent, "call.answered").await;
    world.ends(name, &["201"]).await;
    until(agent, "call.ended").await;
    call_id
}

#[tokio::test]
async fn a_call_is_told_from_its_ring_to_its_after_call_work() {
    let mut crm = endpoint(&[]).await;
    let mut world =
        serve(company(), &settings(&crm.url, "fields = [\"number\", \"customer\", \"note\"]")).await;
    let mut agent = world.agent(0).await;
    let call_id = conversation(&mut world, &mut agent, number(AKAGI)).await;
    let mut ids = Vec::new();
    for (kind, answered) in [("call.ringing", false), ("call.answered", true), ("call.ended", true)] {
        let (id, event) = crm.next().await;
        let data = &event["data"];
        assert_eq!((&event["type"], &data["call_id"]), (&json!(kind), &call_id));
        assert_eq!(
            (&data["number"], &data["customer_code"], &data["customer_name"], &data["agent_code"]),
            (&json!("+81312345678"), &json!("C00017"), &json!("株式会社赤木電機"), &json!("A201")),
            "{event}"
        );
        assert_eq!((data["answered_at"].is_string(), &data["direction"]), (answered, &json!("inbound")));
        assert_eq!(data["outcome"].is_string(), kind == "call.ended", "{event}");
        ids.push(id);
    }
    let wrapup = json!({"op": "call.wrapup", "call_id": call_id, "note": "資料を送る", "result": "done"});
    agent.ask(wrapup).await.unwrap();
    let (id, event) = crm.next().await;
    let data = &event["data"];
    assert_eq!(
        (&event["type"], &data["note"], &data["result"], &data["wrapped_by"]),
        (&json!("call.wrapup"), &json!("資料を送る"), &json!("done"), &json!("A201"))
    );
    ids.push(id);
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 4, "each event has an identity of its own");
    outbox(&world.company, EventFilter::default(), <[OutEvent]>::is_empty).await;
    let metrics = world.server.get("/metrics").await;
    assert!(metrics.contains("chakuden_events_out_total{kind=\"delivered\"} 4"), "{metrics}");
    world.server.stop().await;
}

#[tokio::test]
async fn a_missed_call_of_a_withheld_number_is_told_without_it_and_only_what_was_asked_for() {
    let mut crm = endpoint(&[]).await;
    let more = "events = [\"call.missed\", \"call.ended\"]\nfields = []";
    let mut world = serve(company(), &settings(&crm.url, more)).await;
    let mut agent = world.agent(0).await;
    for (name, caller, kind) in [("1", CallerNumber::Withheld, "withheld"), ("2", number(AKAGI), "number")] {
        world.rings(name, caller, &["201"]).await;
        until(&mut agent, "call.ringing").await;
        world.ends(name, &["201"]).await;
        until(&mut agent, "call.dismissed").await;
        for expected in ["call.ended", "call.missed"] {
            let (_, event) = crm.next().await;
            assert_eq!((&event["type"], &event["data"]["caller_kind"]), (&json!(expected), &json!(kind)));
            for field in ["number", "customer_code", "customer_name", "note"] {
                assert_eq!(event["data"][field], Value::Null, "{event}");
            }
        }
    }
    world.server.stop().await;
}

#[tokio::test]
async fn what_fails_is_sent_again_with_its_identity_and_redirects_are_not_followed() {
    let mut other = endpoint(&[]).await;
    let mut crm =
        endpoint(&["500 Internal Server Error", "302 Found\r\nlocation: http://127.0.0.1:1/x"]).await;
    let mut world = serve(company(), &settings(&crm.url, "events = [\"call.ended\"]")).await;
    let mut agent = world.agent(0).await;
    conversation(&mut world, &mut agent, number(AKAGI)).await;
    let (first, body) = crm.next().await;
    for _ in 0..2 {
        assert_eq!(crm.next().await, (first.clone(), body.clone()), "the same event");
    }
    outbox(&world.company, EventFilter::default(), <[OutEvent]>::is_empty).await;
    assert!(other.requests.try_recv().is_err() && crm.requests.try_recv().is_err());
    world.server.stop().await;
}

#[tokio::test]
async fn what_is_given_up_is_kept_and_sent_again_when_asked() {
    let mut crm = endpoint(&["503 No", "503 No", "503 No", "503 No"]).await;
    let config = settings(&crm.url, "events = [\"call.ringing\", \"call.ended\"]\nattempts_max = 2");
    let mut world = serve(company(), &config).await;
    let mut agent = world.agent(0).await;
    conversation(&mut world, &mut agent, number(AKAGI)).await;
    let given_up = EventFilter { given_up: true, ..EventFilter::default() };
    let events = outbox(&world.company, given_up.clone(), |events| events.len() == 2).await;
    for event in &events {
        assert_eq!((event.attempts, event.last_error.as_deref()), (2, Some("status 503")));
        assert!(event.endpoint == "crm" && event.next_at.is_none());
    }
    assert!(crm.answers.lock().unwrap().is_empty());
    for _ in 0..4 {
        crm.next().await;
    }
    let again = world.company.store.write(|tx| tx.retry_events(&given_up, shared::Clock::now(&SystemClock)));
    assert_eq!(again.unwrap(), 2);
    let mut kinds = crm.kinds(2).await;
    kinds.sort_by_key(Value::to_string);
    assert_eq!(kinds, ["call.ended", "call.ringing"]);
    outbox(&world.company, EventFilter::default(), <[OutEvent]>::is_empty).await;
    world.server.stop().await;
}

#[tokio::test]
async fn what_was_not_delivered_before_a_stop_is_delivered_after_the_next_start() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", silent.local_addr().unwrap());
    let mut world = serve(company(), &settings(&url, "events = [\"call.ended\"]\noutbox_max = 1")).await;
    let mut agent = world.agent(0).await;
    let call_id = conversation(&mut world, &mut agent, number(AKAGI)).await;
    let waiting = outbox(&world.company, EventFilter::default(), |events| events.len() == 1).await;
    assert_eq!(json!(waiting[0].call_id), call_id);
    converse(&mut world, &mut agent, "second", number(AKAGI)).await;
    soon(async {
        while !world.server.get("/metrics").await.contains("events_out_total{kind=\"lost\"} 1") {}
    })
    .await;
    let World { company, server, .. } = world;
    // The endpoint has taken the connection and never answers: the stop does not wait for it.
    server.stop().await;
    let mut crm = endpoint(&[]).await;
    let world = serve(company, &settings(&crm.url, "")).await;
    let (id, event) = crm.next().await;
    assert_eq!((id, &event["data"]["call_id"]), (waiting[0].event_id.clone(), &call_id));
    world.server.stop().await;
}

#[tokio::test]
async fn a_program_listens_to_all_calls_and_reads_them_and_agents_do_not() {
    let company = company();
    let token = add_agent_as(&company.store, "900", "integration");
    let config = crate::common::work::config();
    let mut world = serve(company, &config).await;
    let (mut program, data) = Client::sign_in(world.server.address, &token).await;
    assert!(data["permissions"].as_array().unwrap().contains(&json!("calls.listen")));
    let mut agent = world.agent(0).await;
    let call_id = conversation(&mut world, &mut agent, number(AKAGI)).await;
    for kind in ["call.ringing", "call.answered", "call.ended"] {
        let event = until(&mut program, "call.event").await;
        assert_eq!((&event["type"], &event["data"]["call_id"]), (&json!(kind), &call_id));
        assert_eq!(event["data"]["number"], "+81312345678");
        assert_eq!(event["data"]["customer_code"], "C00017");
    }
    let note = json!({"op": "call.wrapup", "call_id": call_id, "note": "秘密"});
    agent.ask(note).await.unwrap();
    let event = until(&mut program, "call.event").await;
    assert_eq!((&event["type"], &event["data"]["note"]), (&json!("call.wrapup"), &Value::Null));
    let since = json!({"op": "calls.all", "since": "2020-01-01T00:00:00Z"});
    let calls = program.ask(since.clone()).await.unwrap();
    assert_eq!((&calls["calls"][0]["call_id"], &calls["calls"][0]["note"]), (&call_id, &Value::Null));
    assert_eq!(agent.ask(since).await, Err("forbidden".to_owned()));
    assert!(agent.pushes.iter().all(|push| push["ev"] != "call.event"));
    world.server.stop().await;
}

#[tokio::test]
async fn a_program_without_lookup_is_told_no_customer() {
    let company = company();
    let token = add_agent_as(&company.store, "900", "integration");
    let config = Config::parse("[permissions.integration]\nlookup = false").unwrap();
    let mut world = serve(company, &config).await;
    let (mut program, _) = Client::sign_in(world.server.address, &token).await;
    let mut agent = world.agent(0).await;
    conversation(&mut world, &mut agent, number(AKAGI)).await;
    for _ in 0..3 {
        let event = until(&mut program, "call.event").await;
        assert_eq!(
            (&event["data"]["customer_code"], &event["data"]["customer_name"]),
            (&Value::Null, &Value::Null)
        );
    }
    world.server.stop().await;
}

#[test]
fn settings_name_a_safe_address_and_a_key() {
    let mistakes = |url: &str, more: &str| {
        let text = format!("[events_out.crm]\nurl = \"{url}\"\nsecret_env = \"KEY\"\n{more}");
        Config::parse(&text).err().map(|mistakes| mistakes.len())
    };
    for url in ["https://crm.example/hook", "http://127.0.0.1:9/x", "http://localhost/x"] {
        assert_eq!(mistakes(url, ""), None, "{url}");
    }
    for url in ["http://crm.example/hook", "ftp://crm.example", "crm.example", ""] {
        assert_eq!(mistakes(url, ""), Some(1), "{url}");
    }
    let safe = "https://crm.example/hook";
    for more in ["events = [\"call.rang\"]", "fields = [\"memo\"]", "attempts_max = 0", "timeout_ms = 60001"]
    {
        assert_eq!(mistakes(safe, more), Some(1), "{more}");
    }
}
