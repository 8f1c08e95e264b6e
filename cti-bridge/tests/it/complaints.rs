//! The most frequent complaints about other systems, one test each.

use std::time::{Duration, Instant};

use crate::common::{Client, Company, SHARED_NUMBER, company, put, soon};
use crate::telephone::Scenario;
use crate::telephone::agents::{Bridge, Page};
use crate::telephone::desk::Desk;
use crate::telephone::line::Line;
use cti_bridge::call::TrackerLimits;
use cti_bridge::config::{Config, Limits};
use serde_json::json;
use shared::dataset;
use shared::store::StoreError;

struct World {
    company: Company,
    line: Line,
    bridge: Bridge,
    pages: Vec<Page>,
    /// What should be on the screens.
    desk: Desk,
}

const ONE: usize = 0;
const TWO: usize = 1;
const THREE: usize = 2;

impl World {
    async fn of(scenario: &Scenario) -> Self {
        Self::with(scenario, company(), Config::default()).await
    }

    async fn with(scenario: &Scenario, company: Company, config: Config) -> Self {
        let line = Line::start(scenario).await;
        let bridge = Bridge::start(&company.store, &line, config).await;
        let mut desk = Desk::new(scenario, TrackerLimits::default());
        desk.connect(&scenario.before);
        let mut world = Self { company, line, bridge, pages: Vec::new(), desk };
        for (extension, token) in ["201", "202", "203"].iter().zip(&world.company.tokens) {
            let mut page = Page::new(extension, token);
            soon(page.open(world.bridge.address)).await;
            world.pages.push(page);
        }
        world.until_up().await;
        world
    }

    async fn until_up(&mut self) {
        for page in self.pages.iter_mut().filter(|page| page.is_open()) {
            while !page.source_up {
                soon(page.take()).await;
            }
        }
    }

    fn say(&self, messages: &[String]) {
        messages.iter().for_each(|message| self.line.say(message));
    }

    /// Sends message by message and waits until the open pages show what each means.
    async fn play(&mut self, messages: &[String]) {
        for message in messages {
            self.line.say(message);
            self.desk.hear(message.as_bytes());
            self.desk.answer_asks();
            let right = self.desk.screens();
            for page in self.pages.iter_mut().filter(|page| page.is_open()) {
                let right: Vec<_> = right.iter().filter(|s| s.extension == page.extension).cloned().collect();
                while page.screens() != right {
                    soon(page.take()).await;
                }
            }
        }
    }

    /// Waits until an agent has received this many pushes about calls.
    async fn pushes(&mut self, agent: usize, count: usize) {
        let page = &mut self.pages[agent];
        while page.history.len() < count {
            soon(page.take()).await;
        }
    }

    /// What every agent's page shows after everything was sent; a newly opened page shows the same.
    async fn settled(&mut self) -> Vec<usize> {
        let mut shown = Vec::new();
        for page in self.pages.iter_mut().filter(|page| page.is_open()) {
            page.settle().await;
            assert_eq!(page.views(), page.fresh(self.bridge.address).await);
            shown.push(page.calls.len());
        }
        shown
    }
}

/// The first message of this event about a channel of this name, behind `from`.
fn find(scenario: &Scenario, from: usize, event: &str, channel: &str) -> usize {
    let is_it = |message: &String| {
        crate::telephone::header(message, "Event") == Some(event)
            && crate::telephone::header(message, "Channel").is_some_and(|name| name.starts_with(channel))
    };
    from + scenario.messages[from..].iter().position(is_it).expect("the recording has it")
}

/// The same recording with another caller.
fn from_caller(scenario: &Scenario, number: &str) -> Scenario {
    let mut scenario = scenario.clone();
    for message in &mut scenario.messages {
        *message = message.replace("0312345678", number);
    }
    scenario
}

/// The same recording as another call: other channels, other bridges.
fn another_call(scenario: &Scenario) -> Scenario {
    let mut scenario = scenario.clone();
    for message in &mut scenario.messages {
        *message = message.replace("17952", "27952").replace("BridgeUniqueid: ", "BridgeUniqueid: another-");
    }
    scenario
}

#[tokio::test]
async fn ring_all_leaves_no_ghost_pop_up() {
    for (name, pushes) in [("ringall-answered", [3, 2]), ("abandoned", [2, 2])] {
        let scenario = Scenario::of(name);
        let mut world = World::of(&scenario).await;
        let (first, second) =
            (find(&scenario, 0, "Newstate", "PJSIP/201"), find(&scenario, 0, "Newstate", "PJSIP/202"));
        let ringing = first.max(second) + 1;
        world.play(&scenario.messages[..ringing]).await;
        world.pushes(ONE, 1).await;
        world.pushes(TWO, 1).await;
        assert_eq!(world.settled().await, [1, 1, 0], "{name}: both see it");
        world.play(&scenario.messages[ringing..]).await;
        for agent in [ONE, TWO] {
            world.pushes(agent, pushes[agent]).await;
        }
        assert_eq!(world.settled().await, [0, 0, 0], "{name}: nobody sees it any more");
        assert_eq!(world.pages[TWO].history.len(), 2, "{name}: {:?}", world.pages[TWO].history);
        assert!(world.pages[THREE].history.is_empty());
    }
}

#[tokio::test]
async fn a_second_call_does_not_overwrite_the_first() {
    let first = Scenario::of("hold");
    let second = another_call(&from_caller(&first, "09012345678"));
    let mut world = World::of(&first).await;
    let talking = find(&first, 0, "BridgeEnter", "PJSIP/trunk") + 1;
    let ringing = find(&second, 0, "Newstate", "PJSIP/203") + 1;
    world.play(&first.messages[..talking]).await;
    world.pushes(THREE, 2).await;
    let before = world.pages[THREE].views();
    world.play(&second.messages[..ringing]).await;
    world.pushes(THREE, 3).await;
    let page = &world.pages[THREE];
    assert_eq!(page.history, ["ringing", "answered", "ringing"]);
    assert_eq!(page.customers, [json!("C00017"), json!("C00018")]);
    assert_eq!(page.calls.len(), 2);
    assert!(page.views().contains(&before[0]), "the first call's pop-up is what it was");
    // Each ends on its own, in any order.
    world.play(&first.messages[talking..]).await;
    world.pushes(THREE, 6).await;
    assert_eq!(world.pages[THREE].history[3..], ["held", "resumed", "ended"]);
    assert_eq!(world.settled().await, [0, 0, 1]);
    world.play(&second.messages[ringing..]).await;
    world.pushes(THREE, 10).await;
    assert_eq!(world.pages[THREE].history[6..], ["answered", "held", "resumed", "ended"]);
    assert_eq!(world.settled().await, [0, 0, 0]);
}

#[tokio::test]
async fn a_number_of_several_customers_picks_none() {
    let scenario = from_caller(&Scenario::of("hold"), &SHARED_NUMBER.replace('-', ""));
    let mut world = World::of(&scenario).await;
    world.play(&scenario.messages[..=find(&scenario, 0, "Newstate", "PJSIP/203")]).await;
    world.pushes(THREE, 1).await;
    let popup = &world.pages[THREE].calls[0].1;
    assert_eq!((&popup["match"], &popup["customer"]), (&json!("many"), &json!(null)));
    let candidates = popup["candidates"].as_array().unwrap();
    let codes: Vec<_> = candidates.iter().map(|c| c["customer_code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["C00019", "C00020"]);
    assert!(candidates.iter().all(|c| c["matched_contact"]["purpose"] == json!("sales")), "with the reason");
    // Nor does the record of the call name one of them.
    world.play(&scenario.messages[find(&scenario, 0, "Newstate", "PJSIP/203") + 1..]).await;
    world.pushes(THREE, 5).await;
    let reader = &mut world.company.store.reader().unwrap();
    let record = soon(async {
        loop {
            let since = "2020-01-01T00:00:00Z".parse().unwrap();
            if let Some(record) = reader.calls_of_agent("A203", since, 1).unwrap().pop() {
                return record;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!((record.caller_e164.as_deref(), record.customer_code), (Some("+81611112222"), None));
}

#[tokio::test]
async fn every_spelling_of_a_number_finds_its_customer() {
    let company = company();
    // As offices write the number of one customer each, and as PBXs and networks send it.
    let written = [
        ("C1", "０４５－１１１－２２２２", "0451112222"),
        ("C2", "(045)111-3333", "+81451113333"),
        ("C3", "+81 45 111 4444", "0451114444"),
        ("C4", "045 111 5555", "81451115555"),
        ("C5", "045-111-6666 内線12", "0081451116666"),
        ("C6", "TEL:０４５（１１１）７７７７", "010 81 45 111 7777"),
        ("C7", "080.1111.8888", "080-1111-8888"),
    ];
    let filled = company.store.write(|tx| {
        for (code, phone, _) in written {
            let customer = [("customer_code", code), ("customer_name", code)];
            put(tx, &dataset::CUSTOMERS, &customer);
            let contact = [("customer_code", code), ("purpose", "sales"), ("phone", phone)];
            put(tx, &dataset::CONTACTS, &contact);
        }
        Ok::<_, StoreError>(())
    });
    filled.unwrap();
    let scenario = Scenario::of("hold");
    let mut world = World::with(&scenario, company, Config::default()).await;
    for (n, (code, phone, sent)) in written.into_iter().enumerate() {
        let call = from_caller(&scenario, sent);
        let messages: Vec<String> = call
            .messages
            .iter()
            .map(|message| message.replace("17952", &format!("{:05}", 30_000 + n)))
            .collect();
        world.play(&messages).await;
        world.pushes(THREE, (n + 1) * 5).await;
        assert_eq!(world.pages[THREE].customers[n], json!(code), "{phone} is {sent}");
    }
}

#[tokio::test]
async fn after_a_reconnect_no_event_is_lost_and_no_old_call_pops_up_again() {
    let scenario = Scenario::of("no-answer-then-next");
    let mut world = World::of(&scenario).await;
    let first_rings = find(&scenario, 0, "Newstate", "PJSIP/201") + 1;
    let next_rings = find(&scenario, 0, "Newstate", "PJSIP/203") + 1;
    world.say(&scenario.messages[..first_rings]);
    world.pushes(ONE, 1).await;
    let call = world.pages[ONE].calls[0].0.clone();

    // The browser's connection: what happens meanwhile is sent again, once, in its order.
    world.pages[ONE].cut();
    world.say(&scenario.messages[first_rings..next_rings]);
    world.pushes(THREE, 1).await;
    let address = world.bridge.address;
    soon(world.pages[ONE].open(address)).await;
    assert_eq!(world.pages[ONE].history, ["ringing", "dismissed no_answer"]);
    assert_eq!(world.pages[THREE].calls[0].0, call, "one call, whoever it rings");

    // The telephone connection, while the phone is answered: the running call is kept and does not ring again.
    world.line.cut();
    for page in &mut world.pages {
        while page.source_up {
            soon(page.take()).await;
        }
    }
    let talking = find(&scenario, next_rings, "BridgeEnter", "PJSIP/trunk") + 1;
    world.say(&scenario.messages[next_rings..talking]);
    world.line.restore();
    world.until_up().await;
    world.pushes(THREE, 2).await;
    assert_eq!(world.pages[THREE].history, ["ringing", "answered"]);
    assert_eq!(world.pages[THREE].calls[0].0, call);

    // Both, while the call ends: it goes, and comes back with no later connection.
    world.line.cut();
    world.pages[THREE].cut();
    world.say(&scenario.messages[talking..]);
    world.line.restore();
    soon(world.pages[THREE].open(address)).await;
    world.until_up().await;
    while !world.pages[THREE].calls.is_empty() {
        soon(world.pages[THREE].take()).await;
    }
    assert_eq!(world.settled().await, [0, 0, 0]);
    let rings = world.pages.iter().map(|page| page.history.iter().filter(|push| *push == "ringing").count());
    assert_eq!(rings.collect::<Vec<_>>(), [1, 0, 1]);
}

#[tokio::test]
async fn after_a_transfer_the_card_shows_the_right_party() {
    for name in ["blind-transfer", "attended-transfer"] {
        let scenario = Scenario::of(name);
        let mut world = World::of(&scenario).await;
        let end = find(&scenario, 0, "HangupRequest", "PJSIP/trunk");
        world.play(&scenario.messages[..end]).await;
        // The agent who received the call sees the outside caller; the one who transferred it sees nothing.
        let to = &mut world.pages[ONE];
        let shows_caller = |page: &Page| {
            page.calls.len() == 1 && page.calls[0].1["customer"]["customer_code"] == json!("C00017")
        };
        while !shows_caller(to) || to.calls[0].1["call"]["state"] != json!("answered") {
            soon(to.take()).await;
        }
        let caller = &to.calls[0].1["call"]["caller"];
        assert_eq!(
            (&caller["kind"], &caller["number"]),
            (&json!("number"), &json!("+81312345678")),
            "{name}"
        );
        while world.pages[THREE].history.last().map(String::as_str) != Some("dismissed transferred") {
            soon(world.pages[THREE].take()).await;
        }
        assert_eq!(world.settled().await, [1, 0, 0], "{name}");
        world.play(&scenario.messages[end..]).await;
        while !world.pages[ONE].calls.is_empty() {
            soon(world.pages[ONE].take()).await;
        }
        assert_eq!(world.settled().await, [0, 0, 0], "{name}");
    }
}

#[tokio::test]
async fn a_slow_browser_stalls_no_other() {
    let scenario = Scenario::of("ringall-answered");
    let limits = Limits { agent_queue_max: 4, writes_per_agent_per_second: 0, ..Limits::default() };
    let mut world = World::with(&scenario, company(), Config { limits, ..Config::default() }).await;
    let (address, token) = (world.bridge.address, world.company.tokens[TWO].clone());
    world.pages[TWO].cut();
    // A page of 202 that reads nothing at all, in a window of 4 KiB; another one of 202 that makes pushes for both.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4 * 1024).unwrap();
    let mut stuck = Client::over(socket.connect(address).await.unwrap(), address).await;
    stuck.ask(json!({"op": "hello", "token": token})).await.unwrap();
    let (mut busy, _) = Client::sign_in(address, &token).await;
    let mut calls = 0;
    // Until its queue is full and the bridge drops it, calls ring 201 as ever; and one more after that.
    loop {
        for _ in 0..300 {
            let away = json!({"op": "presence", "state": "away", "reason": "遅".repeat(100)});
            busy.ask(away).await.unwrap();
        }
        busy.pushes.clear();
        let dropped = crate::common::http(address, "/metrics", "").await.1.contains("reads too slowly");
        let call: Vec<String> =
            scenario.messages.iter().map(|m| m.replace("17952", &format!("{:05}", 40_000 + calls))).collect();
        let begun = Instant::now();
        world.play(&call).await;
        assert!(begun.elapsed() < Duration::from_secs(2), "call {calls} took {:?}", begun.elapsed());
        calls += 1;
        assert_eq!(world.pages[ONE].history.len(), calls * 3);
        if dropped {
            break;
        }
        assert!(calls < 1_000, "the slow browser is never dropped");
    }
    assert!(calls > 1, "calls came while it was stuck");
    // Its own socket is all it lost; the next one shows what is true.
    soon(world.pages[TWO].open(address)).await;
    assert_eq!(world.settled().await, [0, 0, 0]);
    assert!(matches!(stuck.end().await, crate::common::Ended::Closed(4429) | crate::common::Ended::Cut));
}
