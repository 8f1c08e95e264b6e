//! A bridge on which tests take each step by hand.

use chrono::{DateTime, Utc};
use serde_json::Value;
use shared::dataset::Dataset;
use shared::store::{Agent, CallRecord, Value as Stored};
use tokio::sync::oneshot;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::*;
use crate::call::{Direction, EndedCall};
use crate::events_out::EventsOut;
use crate::hub::HubLimits;
use crate::hub::socket::{Closer, SocketHandle};
use crate::lookup::LookupLimits;

/// A loop that does not run: the test applies each step by hand and sees what agents 201 and 202 get.
pub(super) struct Desk {
    pub(super) bridge: Bridge,
    pub(super) clock: Arc<FixedClock>,
    results: mpsc::UnboundedReceiver<Input>,
    /// Results that came while the test waited for one of another kind.
    others: Vec<Input>,
    sockets: Vec<(Closer, mpsc::Receiver<Utf8Bytes>)>,
    pub(super) recorded: oneshot::Receiver<()>,
    pub(super) store: Store,
    _folder: tempfile::TempDir,
}

pub(super) fn agent(extension: &str) -> Agent {
    Agent {
        phones: Vec::new(),
        agent_code: format!("A{extension}"),
        agent_name: "x".to_owned(),
        extension: Some(extension.to_owned()),
        role: shared::agent::AgentRole::Agent,
        revoked_at: None,
    }
}

pub(super) fn put(store: &Store, dataset: &Dataset, cells: &[(&str, &str)]) {
    let mut values = vec![None; dataset.columns.len()];
    for (name, text) in cells {
        values[dataset.column_index(name).unwrap()] = Some(Stored::Text((*text).to_owned()));
    }
    store.write(|tx| tx.upsert(dataset, &values, DateTime::UNIX_EPOCH).map(|_| ())).unwrap();
}

pub(super) fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000 + second, 0).unwrap()
}

impl Desk {
    pub(super) fn new() -> Self {
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
            HubLimits { replay_max: 8, replay_age: TimeDelta::seconds(300), sockets_per_agent_max: 8 },
            metrics.clone(),
        )
        .unwrap();
        hub.set_agents(vec![agent("201"), agent("202")]);
        let limits = RecorderLimits {
            call_records_max: 8,
            retry: Duration::from_millis(10),
            callback_within: TimeDelta::minutes(30),
            answers: AnswerLimits { per_agent_max: 8, age: TimeDelta::hours(24) },
            health: health_limits(),
        };
        let (sender, results) = Results::channel();
        let (recorder, recorded) = Recorder::start(
            &store,
            clock.clone(),
            limits,
            metrics.clone(),
            sender.clone(),
            EventsOut::none(),
        )
        .unwrap();
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

    pub(super) fn join(&mut self, extension: &str) -> Value {
        let closer = Closer::new(&CancellationToken::new());
        let (handle, frames) = SocketHandle::new(closer.clone(), 64);
        self.sockets.push((closer, frames));
        let welcome = self.bridge.welcome(agent(extension), None, handle).unwrap();
        serde_json::from_str(welcome.data.get()).unwrap()
    }

    /// What a socket got since: `call.ringing one`, `call.dismissed no_answer` …
    pub(super) fn seen(&mut self, socket: usize) -> Vec<String> {
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

    /// The texts of the notes that a socket got since.
    pub(super) fn notes(&mut self, socket: usize) -> Vec<String> {
        let frames = &mut self.sockets[socket].1;
        std::iter::from_fn(|| frames.try_recv().ok())
            .map(|frame| serde_json::from_str::<Value>(&frame).unwrap())
            .filter(|push| push["ev"] == "call.note")
            .map(|push| push["data"]["text"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The next result of a kind; others are kept for later.
    pub(super) async fn result(&mut self, is_it: fn(&Input) -> bool) -> Input {
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
    pub(super) fn has(&mut self, is_it: fn(&Input) -> bool) -> bool {
        self.others.extend(std::iter::from_fn(|| self.results.try_recv().ok()));
        self.others.iter().any(is_it)
    }

    pub(super) async fn found(&mut self) -> Found {
        match self.result(|result| matches!(result, Input::Found(_))).await {
            Input::Found(found) => found,
            _ => unreachable!("asked for this kind"),
        }
    }

    pub(super) async fn finish_lookup(&mut self) {
        let found = self.found().await;
        self.bridge.on_found(found);
    }

    pub(super) async fn finish_preparation(&mut self) {
        let prepared = self.result(|result| matches!(result, Input::Prepared(_))).await;
        self.bridge.apply(prepared);
    }

    pub(super) async fn finish_refresh(&mut self) {
        let found = self.result(|result| matches!(result, Input::FoundAgain(_))).await;
        self.bridge.apply(found);
    }

    pub(super) fn ring(&mut self, call: &CallInfo, extension: &str) {
        let extension = extension.to_owned();
        self.bridge
            .on_change(0, CallChange::Ringing { call: call.clone(), extension, at: at(1), uncertain: false });
    }

    pub(super) fn answer(&mut self, call: &CallInfo, extension: &str) {
        self.bridge.on_change(
            0,
            CallChange::Answered { call: call.clone(), extension: extension.to_owned(), at: at(4) },
        );
    }

    pub(super) fn dismiss(&mut self, call: &CallInfo, extension: &str, reason: DismissReason) {
        let (call_id, extension) = (call.call_id, extension.to_owned());
        self.bridge.on_change(0, CallChange::Dismissed { call_id, extension, reason, at: at(4) });
    }

    pub(super) fn end(&mut self, call: &CallInfo, outcome: CallOutcome, answered_by: &[&str]) {
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
                parts: Vec::new(),
                visits: Vec::new(),
                pbx_call_id: None,
                recordings: Vec::new(),
                uncertain: false,
            }),
        );
    }

    /// Ends the loop and gives the calls that the store then has of an agent.
    pub(super) async fn records(self, agent_code: &str) -> Vec<CallRecord> {
        drop(self.bridge);
        self.recorded.await.unwrap();
        self.store.reader().unwrap().calls_of_agent(agent_code, at(-100), 10).unwrap()
    }
}

pub(super) fn call(caller: CallerNumber) -> CallInfo {
    CallInfo {
        call_id: "c-0000000000000001".parse().unwrap(),
        direction: Direction::Inbound,
        caller,
        caller_name: None,
        called: Some("0120111111".to_owned()),
        queue: Some("support".to_owned()),
        queued_at: None,
        customer_code: None,
        started_at: at(0),
    }
}

pub(super) fn akagi() -> CallInfo {
    call(CallerNumber::Number(PhoneNumber::parse("0312345678").unwrap()))
}
