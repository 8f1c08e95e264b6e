//! A bridge that can be killed, and the agents' pages as the protocol wants them: a snapshot, then pushes.

use std::net::SocketAddr;
use std::sync::Arc;

use cti_bridge::config::Config;
use cti_bridge::server::{Parts, Server};
use cti_bridge::source::ami::{self, AmiConfig};
use cti_bridge::source::{Secret, SourceContext};
use serde_json::{Value, json};
use shared::SystemClock;
use shared::store::Store;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use crate::common::{Client, soon};
use crate::telephone::Screen;
use crate::telephone::line::Line;

/// A bridge on threads of its own, so that all of it can be gone at once.
pub(crate) struct Bridge {
    runtime: Option<Runtime>,
    pub(crate) address: SocketAddr,
}

impl Bridge {
    /// Starts over a store, connected to a telephone line.
    pub(crate) async fn start(store: &Store, line: &Line, config: Config) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (store, telephone) = (store.clone(), line.address.to_string());
        let address = runtime
            .spawn(async move {
                let stopping = CancellationToken::new();
                let mut asterisk = AmiConfig::new(telephone, "test", Secret::new("secret"));
                (asterisk.reconnect_min_ms, asterisk.reconnect_max_ms) = (1, 20);
                let clock = Arc::new(SystemClock);
                let context = SourceContext { clock: clock.clone(), stopping: stopping.clone() };
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                let sources = vec![ami::start("pbx", asterisk, &context)];
                let parts = Parts { store, listener, sources, clock, stopping };
                let server = Server::start(parts, &config).unwrap();
                let address = server.address();
                tokio::spawn(server.wait());
                address
            })
            .await
            .unwrap();
        Self { runtime: Some(runtime), address }
    }

    /// As `kill -9` does: no farewell to anybody.
    pub(crate) fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        self.end();
    }
}

/// One agent's page.
pub(crate) struct Page {
    pub(crate) extension: String,
    token: String,
    client: Option<Client>,
    epoch: String,
    seq: u64,
    pub(crate) source_up: bool,
    /// Live pop-ups: call id and what it shows.
    pub(crate) calls: Vec<(String, Value)>,
    /// Every push about a call, in its order: `ringing`, `dismissed transferred` …
    pub(crate) history: Vec<String>,
    /// The customers of the pop-ups, in the order of their coming.
    pub(crate) customers: Vec<Value>,
    /// Everything that came, as text.
    pub(crate) frames: Vec<String>,
}

impl Page {
    pub(crate) fn new(extension: &str, token: &str) -> Self {
        Self {
            extension: extension.to_owned(),
            token: token.to_owned(),
            client: None,
            epoch: String::new(),
            seq: 0,
            source_up: false,
            calls: Vec::new(),
            history: Vec::new(),
            customers: Vec::new(),
            frames: Vec::new(),
        }
    }

    /// Opens a socket and signs in, resuming what was seen before. The snapshot must be what the missed pushes lead
    /// to, when the bridge has them.
    pub(crate) async fn open(&mut self, address: SocketAddr) {
        let mut client = Client::connect(address).await;
        let mut hello = json!({"op": "hello", "token": self.token});
        if !self.epoch.is_empty() {
            hello["resume"] = json!({"epoch": self.epoch, "seq": self.seq});
        }
        let data = client.ask(hello).await.unwrap();
        assert_eq!(client.pushes, Vec::<Value>::new(), "nothing comes before the answer to hello");
        self.frames.push(data.to_string());
        let snapshot: Vec<(String, Value)> =
            data["calls"].as_array().unwrap().iter().map(|popup| (call_id(popup), popup.clone())).collect();
        let newest = data["seq"].as_u64().unwrap();
        if data["resumed"] == json!(true) {
            assert_eq!(data["epoch"], json!(self.epoch));
            self.client = Some(client);
            while self.seq < newest {
                self.take().await;
            }
            assert_eq!(views(&self.calls), views(&snapshot), "pushes and snapshot of {}", self.extension);
        } else {
            self.client = Some(client);
        }
        data["epoch"].as_str().unwrap().clone_into(&mut self.epoch);
        self.seq = newest;
        self.source_up = data["source_up"] == json!(true);
        self.calls = snapshot;
    }

    /// The browser is gone, or its network.
    pub(crate) fn cut(&mut self) {
        self.client = None;
    }

    pub(crate) fn is_open(&self) -> bool {
        self.client.is_some()
    }

    /// Takes the next push.
    pub(crate) async fn take(&mut self) {
        let client = self.client.as_mut().expect("the page is open");
        let frame = match client.pushes.is_empty() {
            true => client.frame().await.unwrap_or_else(|end| panic!("{}: {end:?}", self.extension)),
            false => client.pushes.remove(0),
        };
        self.on_push(&frame);
    }

    /// Takes what the bridge has sent until now.
    pub(crate) async fn settle(&mut self) {
        let client = self.client.as_mut().expect("the page is open");
        client.ask(json!({"op": "ping"})).await.unwrap();
        for frame in std::mem::take(&mut client.pushes) {
            self.on_push(&frame);
        }
    }

    fn on_push(&mut self, frame: &Value) {
        self.frames.push(frame.to_string());
        let (kind, data) = (frame["ev"].as_str().unwrap(), &frame["data"]);
        assert_eq!(frame["seq"], json!(self.seq + 1), "no push is missing: {frame}");
        self.seq += 1;
        let id = match kind {
            "call.ringing" | "call.updated" => Some(call_id(data)),
            _ => data["call_id"].as_str().map(str::to_owned),
        };
        if let Some(word) = kind.strip_prefix("call.") {
            let reason = data["reason"].as_str().map(|reason| format!(" {reason}")).unwrap_or_default();
            self.history.push(format!("{word}{reason}"));
        }
        if matches!(kind, "call.ringing" | "call.updated") {
            self.customers.push(data["customer"]["customer_code"].clone());
        }
        let at = self.calls.iter().position(|(call, _)| Some(call) == id.as_ref());
        match kind {
            "source.state" => self.source_up = data["up"] == json!(true),
            "call.ringing" => {
                assert!(at.is_none(), "{} pops up twice: {frame}", self.extension);
                self.calls.push((id.unwrap(), data.clone()));
            }
            "call.updated" => match at {
                Some(at) => self.calls[at].1 = data.clone(),
                None => self.calls.push((id.unwrap(), data.clone())),
            },
            "call.answered" => {
                let popup = &mut self.calls[at.expect("it is shown")].1;
                popup["call"]["state"] = json!("answered");
                popup["call"]["answered_at"] = data["answered_at"].clone();
            }
            "call.held" => self.calls[at.expect("it is shown")].1["call"]["state"] = json!("held"),
            "call.resumed" => self.calls[at.expect("it is shown")].1["call"]["state"] = json!("answered"),
            "call.dismissed" | "call.ended" => drop(self.calls.remove(at.expect("it is shown"))),
            _ => {}
        }
    }

    /// What the page shows.
    pub(crate) fn screens(&self) -> Vec<Screen> {
        let mut screens: Vec<Screen> = self
            .calls
            .iter()
            .map(|(_, popup)| {
                let caller = &popup["call"]["caller"];
                let word = caller["number"].as_str().or(caller["kind"].as_str()).unwrap();
                Screen {
                    extension: self.extension.clone(),
                    caller: word.to_owned(),
                    ringing: popup["call"]["state"] == json!("ringing"),
                }
            })
            .collect();
        screens.sort();
        screens
    }

    /// What a page that is opened only now shows: the bridge's truth.
    pub(crate) async fn fresh(&self, address: SocketAddr) -> Vec<(String, Value)> {
        let mut page = Self::new(&self.extension, &self.token);
        soon(page.open(address)).await;
        views(&page.calls)
    }

    /// What the page shows, call by call, for a comparison with [`Self::fresh`].
    pub(crate) fn views(&self) -> Vec<(String, Value)> {
        views(&self.calls)
    }
}

fn call_id(popup: &Value) -> String {
    popup["call"]["call_id"].as_str().unwrap().to_owned()
}

/// The order in which pop-ups came does not matter to what is shown.
fn views(calls: &[(String, Value)]) -> Vec<(String, Value)> {
    let mut calls = calls.to_vec();
    calls.sort_by(|a, b| a.0.cmp(&b.0));
    calls
}
