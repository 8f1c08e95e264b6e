//! A small company, a running server and clients that speak the protocol, for the tests beside this folder.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "helpers of tests: each file uses its own part"
)]

pub mod log;
pub mod work;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::protocol_schema::frames;
use cti_bridge::config::Config;
use cti_bridge::server::{Parts, Server};
use cti_bridge::source::{Controls, RecordingUrl, SourceEvent, SourceLink, SourceRequest};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use shared::SystemClock;
use shared::dataset;
use shared::store::{Store, StoreError};
pub use test_support::put;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error as WsError, Message};
use tokio_util::sync::CancellationToken;

/// Longer than anything takes; only a broken program waits so long.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Waits for something that must come.
pub async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what).await.expect("this must not take so long")
}

/// A folder with a store: two customers of their own number, two on one number, a lead; three agents.
pub struct Company {
    pub folder: tempfile::TempDir,
    pub store: Store,
    pub tokens: [String; 3],
}

pub const AKAGI: &str = "03-1234-5678";
pub const SHARED_NUMBER: &str = "06-1111-2222";
pub const LEAD_NUMBER: &str = "052-333-4444";
pub const MEMO: &str = "値引きは部長決裁";

pub fn company() -> Company {
    let (folder, store) = test_support::new_store();
    store
        .write(|tx| {
            for (code, name, kana, phone) in [
                ("C00017", "株式会社赤木電機", "カブシキガイシャアカギデンキ", AKAGI),
                ("C00018", "髙橋商店", "タカハシショウテン", "090-1234-5678"),
                ("C00019", "浜田建設", "ハマダケンセツ", SHARED_NUMBER),
                ("C00020", "浜田不動産", "ハマダフドウサン", SHARED_NUMBER),
            ] {
                let memo = ("internal_memo", MEMO);
                let customer = [("customer_code", code), ("customer_name", name), ("name_kana", kana), memo];
                put(tx, &dataset::CUSTOMERS, &customer);
                let contact = [
                    ("customer_code", code),
                    ("person_name", "担当"),
                    ("purpose", "sales"),
                    ("phone", phone),
                ];
                put(tx, &dataset::CONTACTS, &contact);
            }
            let lead = [("lead_code", "L1"), ("company_name", "新規商事"), ("phone", LEAD_NUMBER)];
            put(tx, &dataset::LEADS, &lead);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    let tokens = ["201", "202", "203"].map(|extension| add_agent(&store, extension));
    Company { folder, store, tokens }
}

/// Adds the agent `A<extension>`; returns the token.
pub fn add_agent(store: &Store, extension: &str) -> String {
    add_agent_as(store, extension, "agent")
}

/// Adds the agent `A<extension>` of a role; returns the token.
pub fn add_agent_as(store: &Store, extension: &str, role: &str) -> String {
    test_support::add_agent(store, &format!("A{extension}"), Some(extension), role)
}

impl Company {
    pub fn path(&self) -> PathBuf {
        self.store.location().to_owned()
    }
}

/// Pushes that follow from calls by themselves.
const FOLLOWING: [&str; 3] = ["presence.changed", "missed.changed", "agents.changed"];

/// A server in this process.
pub struct Running {
    pub address: SocketAddr,
    pub stopping: CancellationToken,
    pub ended: JoinHandle<Result<(), shared::exit::Failure>>,
}

/// Starts a server with settings of the test's choice.
pub async fn start(
    company: &Company,
    config: &Config,
    source: Option<mpsc::Receiver<SourceEvent>>,
) -> Running {
    start_with(company, config, source, Arc::new(SystemClock)).await
}

/// Starts a server with a clock of the test's choice.
pub async fn start_with(
    company: &Company,
    config: &Config,
    source: Option<mpsc::Receiver<SourceEvent>>,
    clock: Arc<dyn shared::Clock>,
) -> Running {
    let sources = source.into_iter().map(|events| SourceLink::listening("pbx", events)).collect();
    start_of(company, config, sources, clock).await
}

/// Starts a server whose PBX also takes orders, for the test to answer.
pub async fn start_dialling(
    company: &Company,
    config: &Config,
    source: mpsc::Receiver<SourceEvent>,
    requests: mpsc::Sender<SourceRequest>,
    clock: Arc<dyn shared::Clock>,
) -> Running {
    let mut link = SourceLink::listening("pbx", source);
    link.requests = Some(requests);
    link.controls = Controls {
        hangup: true,
        hold: true,
        transfer: true,
        queues: [("support".to_owned(), "7001".to_owned())].into(),
    };
    link.recording_url = RecordingUrl::parse("https://pbx.example/rec/{file}?call={id}");
    start_of(company, config, vec![link], clock).await
}

async fn start_of(
    company: &Company,
    config: &Config,
    sources: Vec<SourceLink>,
    clock: Arc<dyn shared::Clock>,
) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let stopping = CancellationToken::new();
    let parts = Parts { store: company.store.clone(), listener, sources, clock, stopping: stopping.clone() };
    let server = Server::start(parts, config).unwrap();
    Running { address: server.address(), stopping, ended: tokio::spawn(server.wait()) }
}

impl Running {
    /// Stops the server and waits for its end.
    pub async fn stop(self) {
        self.stopping.cancel();
        soon(self.ended).await.unwrap().unwrap();
    }

    /// The body of a `GET`.
    pub async fn get(&self, path: &str) -> String {
        http(self.address, path, "").await.1
    }
}

/// A `GET` over a connection of its own: status and body.
pub async fn http(address: SocketAddr, path: &str, headers: &str) -> (u16, String) {
    let response = http_raw(
        address,
        &format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n{headers}connection: close\r\n\r\n"),
    )
    .await;
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

/// A `POST` of JSON over a connection of its own: status, headers and body.
pub async fn post(address: SocketAddr, path: &str, headers: &str, body: &str) -> (u16, String, String) {
    let length = body.len();
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    let response = http_raw(address, &request).await;
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), head.to_lowercase(), body.to_owned())
}

/// Sends bytes, reads until the end.
pub async fn http_raw(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = Vec::new();
    soon(stream.read_to_end(&mut response)).await.unwrap();
    String::from_utf8(response).unwrap()
}

/// A client of the protocol.
pub struct Client {
    pub ws: WebSocketStream<TcpStream>,
    next_id: u64,
    /// Pushes that came while an answer was waited for.
    pub pushes: Vec<Value>,
}

/// How a socket ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Ended {
    /// With a close frame.
    Closed(u16),
    /// Without.
    Cut,
}

impl Client {
    /// Opens a socket, not signed in.
    pub async fn connect(address: SocketAddr) -> Self {
        Self::over(TcpStream::connect(address).await.unwrap(), address).await
    }

    /// Opens a socket over an open connection.
    pub async fn over(stream: TcpStream, address: SocketAddr) -> Self {
        let mut request = format!("ws://{address}/ws").into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "chakuden.v1".parse().unwrap());
        let (ws, response) = soon(tokio_tungstenite::client_async(request, stream)).await.unwrap();
        assert_eq!(response.headers()["sec-websocket-protocol"], "chakuden.v1");
        Self::of(ws)
    }

    /// A client on an open socket.
    pub fn of(ws: WebSocketStream<TcpStream>) -> Self {
        Self { ws, next_id: 1, pushes: Vec::new() }
    }

    /// Opens a socket and signs in; returns the answer's data too.
    pub async fn sign_in(address: SocketAddr, token: &str) -> (Self, Value) {
        let mut client = Self::connect(address).await;
        let data = client.ask(json!({"op": "hello", "token": token})).await.unwrap();
        (client, data)
    }

    pub async fn send_text(&mut self, text: &str) {
        self.ws.send(Message::text(text)).await.unwrap();
    }

    /// Asks and waits for the answer: its data, or the error's code. Pushes in between are kept.
    pub async fn ask(&mut self, mut request: Value) -> Result<Value, String> {
        let id = self.next_id;
        self.next_id += 1;
        request["id"] = json!(id);
        self.send_text(&request.to_string()).await;
        loop {
            let frame = self.frame().await.expect("the socket is open");
            if frame.get("ev").is_some() {
                self.pushes.push(frame);
                continue;
            }
            assert_eq!(frame["re"], json!(id), "{frame}");
            return match frame["ok"].as_bool() {
                Some(true) => {
                    frames::check_answer(request["op"].as_str().unwrap(), &frame["data"]);
                    Ok(frame["data"].clone())
                }
                _ => Err(frame["error"]["code"].as_str().unwrap().to_owned()),
            };
        }
    }

    /// The next frame, or how the socket ended.
    pub async fn frame(&mut self) -> Result<Value, Ended> {
        loop {
            match soon(self.ws.next()).await {
                Some(Ok(Message::Text(text))) => {
                    let frame = serde_json::from_str(&text).unwrap();
                    frames::check(&frame);
                    return Ok(frame);
                }
                Some(Ok(Message::Close(Some(frame)))) => return Err(Ended::Closed(frame.code.into())),
                Some(Ok(Message::Close(None))) | None => return Err(Ended::Cut),
                Some(Ok(_)) => {}
                Some(Err(WsError::ConnectionClosed | WsError::AlreadyClosed)) => return Err(Ended::Cut),
                Some(Err(_)) => return Err(Ended::Cut),
            }
        }
    }

    /// The next push of this kind; others before it are an error, but for those that follow from calls by themselves.
    pub async fn push(&mut self, kind: &str) -> Value {
        loop {
            let frame = match self.pushes.is_empty() {
                true => self.frame().await.expect("the socket is open"),
                false => self.pushes.remove(0),
            };
            if frame["ev"] != kind && FOLLOWING.iter().any(|following| frame["ev"] == *following) {
                continue;
            }
            assert_eq!(frame["ev"], kind, "{frame}");
            return frame;
        }
    }

    /// Reads until the socket ends.
    pub async fn end(&mut self) -> Ended {
        loop {
            if let Err(ended) = self.frame().await {
                return ended;
            }
        }
    }
}
