use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use shared::FixedClock;
use shared::caller::CallerNumber;
use shared::dataset::{self, Dataset};
use shared::phone::PhoneNumber;
use shared::store::{Agent, Store, Value as Stored};

use tokio::sync::oneshot;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::input::{Found, LastRun};
use super::*;
use crate::bridge::record::RecorderLimits;
use crate::call::{CallInfo, CallOutcome, Direction, DismissReason, EndedCall};
use crate::hub::HubLimits;
use crate::hub::socket::{Closer, SocketHandle};
use crate::lookup::LookupLimits;
use crate::permission::Permissions;

/// A loop that does not run: the test applies each step by hand and sees what agents 201 and 202 get.
struct Desk {
    bridge: Bridge,
    clock: Arc<FixedClock>,
    results: mpsc::UnboundedReceiver<Input>,
    /// Results that came while the test waited for one of another kind.
    others: Vec<Input>,
    sockets: Vec<(Closer, mpsc::Receiver<Utf8Bytes>)>,
    recorded: oneshot::Receiver<()>,
    store: Store,
    _folder: tempfile::TempDir,
}

fn agent(extension: &str) -> Agent {
    Agent {
        agent_code: format!("A{extension}"),
        agent_name: "x".to_owned(),
        extension: Some(extension.to_owned()),
        role: shared::agent::AgentRole::Agent,
        revoked_at: None,
    }
}

fn put(store: &Store, dataset: &Dataset, cells: &[(&str, &str)]) {
    let mut values = vec![None; dataset.columns.len()];
    for (name, text) in cells {
        values[dataset.column_index(name).unwrap()] = Some(Stored::Text((*text).to_owned()));
    }
    store.write(|tx| tx.upsert(dataset, &values, chrono::DateTime::UNIX_EPOCH).map(|_| ())).unwrap();
}

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000 + second, 0).unwrap()
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("s.db")).unwrap();
        put(&store, &dataset::CUSTOMERS, &[("customer_code", "C1"), ("customer_name", "赤木")]);
        put(&store, &dataset::CONTACTS, &[("customer_code", "C1"), ("phone", "03-1234-5678")]);
        let clock = Arc::new(FixedClock::new(at(0)));
        let metrics = Metrics::new();
        let timeout = Duration::from_secs(5);
        let lookups =
            Lookups::start(&store, LookupLimits { threads: 1, queue_max: 8, timeout }, &metrics).unwrap();
        let mut hub = Hub::new(
            HubLimits { replay_max: 8, replay_age: TimeDelta::seconds(300), sockets_per_agent_max: 2 },
            metrics.clone(),
        )
        .unwrap();
        hub.set_agents(vec![agent("201"), agent("202")]);
        let limits = RecorderLimits {
            call_records_max: 8,
            retry: Duration::from_millis(10),
            callback_within: TimeDelta::minutes(30),
        };
        let (sender, results) = Results::channel();
        let (recorder, recorded) =
            Recorder::start(&store, clock.clone(), limits, metrics.clone(), sender.clone()).unwrap();
        let times =
            BridgeTimes { agents_refresh: timeout, tick: timeout, after_call_work: Duration::from_secs(30) };
        let sources = Vec::new();
        let bridge = Bridge::new(
            sources,
            hub,
            Workers { lookups, recorder, results: sender },
            clock.clone(),
            metrics,
            times,
        );
        let mut desk = Self {
            bridge,
            clock,
            results,
            others: Vec::new(),
            sockets: Vec::new(),
            recorded,
            store,
            _folder: folder,
        };
        desk.join("201");
        desk.join("202");
        desk
    }

    fn join(&mut self, extension: &str) -> Value {
        let closer = Closer::new(&CancellationToken::new());
        let (handle, frames) = SocketHandle::new(closer.clone(), 64);
        self.sockets.push((closer, frames));
        let welcome = self.bridge.welcome(agent(extension), None, handle).unwrap();
        serde_json::from_str(welcome.data.get()).unwrap()
    }

    /// What a socket got since: `call.ringing one`, `call.dismissed no_answer` …
    fn seen(&mut self, socket: usize) -> Vec<String> {
        let frames = &mut self.sockets[socket].1;
        std::iter::from_fn(|| frames.try_recv().ok())
            .filter(|frame| !frame.contains("\"ev\":\"presence.changed\""))
            .map(|frame| {
                let push: Value = serde_json::from_str(&frame).unwrap();
                let data = &push["data"];
                let detail =
                    ["match", "reason", "outcome"].iter().find_map(|key| data[key].as_str()).unwrap_or("");
                let state = data["call"]["state"].as_str().unwrap_or("");
                [push["ev"].as_str().unwrap(), detail, state].join(" ").trim_end().to_owned()
            })
            .collect()
    }

    /// The next result of a kind; others are kept for later.
    async fn result(&mut self, is_it: fn(&Input) -> bool) -> Input {
        if let Some(at) = self.others.iter().position(is_it) {
            return self.others.remove(at);
        }
        loop {
            let result = self.results.recv().await.unwrap();
            if is_it(&result) {
                return result;
            }
            self.others.push(result);
        }
    }

    /// Whether a result of a kind has arrived.
    fn has(&mut self, is_it: fn(&Input) -> bool) -> bool {
        self.others.extend(std::iter::from_fn(|| self.results.try_recv().ok()));
        self.others.iter().any(is_it)
    }

    async fn found(&mut self) -> Found {
        match self.result(|result| matches!(result, Input::Found(_))).await {
            Input::Found(found) => found,
            _ => unreachable!("asked for this kind"),
        }
    }

    async fn finish_lookup(&mut self) {
        let found = self.found().await;
        self.bridge.on_found(found);
    }

    async fn finish_preparation(&mut self) {
        let prepared = self.result(|result| matches!(result, Input::Prepared(_))).await;
        self.bridge.apply(prepared);
    }

    async fn finish_refresh(&mut self) {
        let found = self.result(|result| matches!(result, Input::FoundAgain(_))).await;
        self.bridge.apply(found);
    }

    fn ring(&mut self, call: &CallInfo, extension: &str) {
        let extension = extension.to_owned();
        self.bridge
            .on_change(0, CallChange::Ringing { call: call.clone(), extension, at: at(1), uncertain: false });
    }

    fn answer(&mut self, call: &CallInfo, extension: &str) {
        self.bridge.on_change(
            0,
            CallChange::Answered { call: call.clone(), extension: extension.to_owned(), at: at(4) },
        );
    }

    fn dismiss(&mut self, call: &CallInfo, extension: &str, reason: DismissReason) {
        let (call_id, extension) = (call.call_id, extension.to_owned());
        self.bridge.on_change(0, CallChange::Dismissed { call_id, extension, reason, at: at(4) });
    }

    fn end(&mut self, call: &CallInfo, outcome: CallOutcome, answered_by: &[&str]) {
        self.bridge.on_change(
            0,
            CallChange::Ended(EndedCall {
                call: call.clone(),
                outcome,
                answered_by: answered_by.iter().map(|e| (*e).to_owned()).collect(),
                answered_at: (!answered_by.is_empty()).then(|| at(4)),
                ended_at: at(9),
                ring_seconds: 3,
                talk_seconds: 5,
                hold_seconds: 0,
                uncertain: false,
            }),
        );
    }

    /// Ends the loop and gives the calls that the store then has of an agent.
    async fn records(self, agent_code: &str) -> Vec<shared::store::CallRecord> {
        drop(self.bridge);
        self.recorded.await.unwrap();
        self.store.reader().unwrap().calls_of_agent(agent_code, at(-100), 10).unwrap()
    }
}

fn call(caller: CallerNumber) -> CallInfo {
    CallInfo {
        call_id: "c-0000000000000001".parse().unwrap(),
        direction: Direction::Inbound,
        caller,
        called: Some("0120111111".to_owned()),
        queue: Some("support".to_owned()),
        queued_at: None,
        customer_code: None,
        started_at: at(0),
    }
}

fn akagi() -> CallInfo {
    call(CallerNumber::Number(PhoneNumber::parse("0312345678").unwrap()))
}

#[tokio::test]
async fn both_ring_one_answers_the_other_is_told_and_the_call_is_recorded() {
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
async fn a_ring_that_stops_before_its_lookup_is_never_pushed_but_recorded_with_its_customer() {
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
async fn who_withholds_the_number_pops_up_at_once_and_is_recorded_without_one() {
    let mut desk = Desk::new();
    let call = call(CallerNumber::Withheld);
    desk.ring(&call, "201");
    assert_eq!(desk.seen(0), ["call.ringing unidentified ringing"]);
    desk.end(&call, CallOutcome::Abandoned, &[]);
    let records = desk.records("A201").await;
    assert_eq!((records[0].caller_kind.as_str(), &records[0].caller_e164), ("withheld", &None));
}

#[tokio::test]
async fn a_late_store_costs_the_customer_not_the_pop_up() {
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
        kept: None,
    };
    desk.bridge.on_found(broken);
    assert_eq!(desk.seen(0), Vec::<String>::new());
}

#[tokio::test]
async fn the_snapshot_holds_what_is_live_and_nothing_else() {
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
async fn unknown_calls_and_extensions_disturb_nothing() {
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

/// The run as stored.
fn run(run_id: i64) -> LastRun {
    Some((run_id, "2026-10-31".parse().unwrap()))
}

#[tokio::test]
async fn a_rank_run_is_told_and_pop_ups_that_it_changed_are_pushed_again() {
    let mut desk = Desk::new();
    let call = akagi();
    // A run stored before the start is not news.
    desk.bridge.on_ranks(run(1));
    desk.ring(&call, "201");
    desk.finish_lookup().await;
    assert_eq!(desk.seen(0), ["call.ringing one ringing"]);
    assert_eq!(desk.seen(1), [""; 0]);

    // A run that did not change this customer.
    desk.bridge.on_ranks(run(2));
    desk.finish_refresh().await;
    assert_eq!(
        (desk.seen(0), desk.seen(1)),
        (vec!["rank.updated".to_owned()], vec!["rank.updated".to_owned()])
    );

    put(&desk.store, &dataset::CUSTOMERS, &[("customer_code", "C1"), ("rank", "A")]);
    desk.bridge.on_ranks(run(3));
    desk.finish_refresh().await;
    assert_eq!(desk.seen(0), ["rank.updated", "call.updated one ringing"]);
    assert_eq!(desk.seen(1), ["rank.updated"]);
    // The same run is no news, and who comes now sees the new rank.
    desk.bridge.on_ranks(run(3));
    assert_eq!(desk.seen(0), [""; 0]);
    let snapshot = desk.join("201");
    assert_eq!(snapshot["calls"][0]["customer"]["rank"], "A");
}

#[tokio::test]
async fn a_caller_who_is_looked_up_while_ranks_change_is_looked_up_once_more() {
    let mut desk = Desk::new();
    let call = akagi();
    desk.bridge.on_ranks(None);
    desk.ring(&call, "201");
    // The answer is on its way and may be from before the run.
    let early = desk.found().await;
    put(&desk.store, &dataset::CUSTOMERS, &[("customer_code", "C1"), ("rank", "B")]);
    desk.bridge.on_ranks(run(1));
    desk.bridge.on_found(early);
    desk.finish_refresh().await;
    assert_eq!(desk.seen(0), ["rank.updated", "call.ringing one ringing", "call.updated one ringing"]);
}

mod prepare;
mod queues;
mod record;
