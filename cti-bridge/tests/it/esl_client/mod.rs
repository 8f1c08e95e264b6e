//! The FreeSWITCH client against a scripted event socket: over real sockets where nothing depends on time, in memory
//! with tokio's paused clock where something does.

mod connection;
mod lists;
mod requests;

use crate::client_bench::{Bench, InMemory};
use crate::esl_support::Leg;
use cti_bridge::source::freeswitch::{self, FreeSwitchConfig};
use cti_bridge::source::{Secret, Tcp};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader, DuplexStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// Settings with time-outs so long that none expires during a test over real sockets.
fn patient(address: String) -> FreeSwitchConfig {
    let mut config = FreeSwitchConfig::new(address, Secret::new("ClueCon"));
    config.login_timeout_ms = 60_000;
    config.snapshot_timeout_ms = 60_000;
    config.dial_timeout_ms = 60_000;
    (config.reconnect_min_ms, config.reconnect_max_ms) = (1, 10);
    config
}

/// A client of a server over TCP, with settings that `change` has changed.
async fn over_tcp_with(change: impl FnOnce(&mut FreeSwitchConfig)) -> (Bench, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut config = patient(listener.local_addr().unwrap().to_string());
    change(&mut config);
    let bench = Bench::start(|channels| {
        tokio::spawn(freeswitch::run_over(Tcp, config, channels));
    });
    (bench, listener)
}

async fn over_tcp() -> (Bench, TcpListener) {
    over_tcp_with(|_| {}).await
}

/// A client and the server's sides of its connections, in memory.
fn in_memory() -> (Bench, mpsc::Receiver<DuplexStream>) {
    let (server, streams) = mpsc::channel(1);
    let config = FreeSwitchConfig::new("pbx:8021", Secret::new("ClueCon"));
    let bench = Bench::start(|channels| {
        tokio::spawn(freeswitch::run_over(InMemory(server), config, channels));
    });
    (bench, streams)
}

/// The server's side of one connection.
struct Peer<S>(BufReader<S>);

impl<S: AsyncRead + AsyncWrite + Unpin> Peer<S> {
    fn new(stream: S) -> Self {
        Self(BufReader::new(stream))
    }

    async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).await.unwrap();
    }

    /// The next command, without its end.
    async fn command(&mut self) -> String {
        let mut command = String::new();
        while !command.ends_with("\n\n") {
            assert_ne!(self.0.read_line(&mut command).await.unwrap(), 0, "the client hung up");
        }
        command.trim_end().to_owned()
    }

    async fn reply(&mut self, text: &str) {
        self.write(format!("Content-Type: command/reply\nReply-Text: {text}\n\n")).await;
    }

    async fn api(&mut self, body: &str) {
        self.write(format!("Content-Type: api/response\nContent-Length: {}\n\n{body}", body.len())).await;
    }

    /// Signs the client in, up to its request for the list of channels.
    async fn sign_in(&mut self) {
        self.write("Content-Type: auth/request\n\n").await;
        assert_eq!(self.command().await, "auth ClueCon");
        self.reply("+OK accepted").await;
        let subscription = self.command().await;
        assert!(subscription.starts_with("event plain CHANNEL_CREATE "), "{subscription}");
        assert!(subscription.ends_with(" CUSTOM callcenter::info"), "{subscription}");
        self.reply("+OK event listener enabled plain").await;
        assert_eq!(self.command().await, "api show channels as json");
    }

    /// Signs the client in; no channel is live.
    async fn sign_in_idle(&mut self) {
        self.sign_in().await;
        self.api("{\"row_count\": 0}").await;
    }

    /// Answers this many questions about channels.
    async fn answer_questions(&mut self, count: usize, answer: impl Fn(&str) -> &'static str) {
        for _ in 0..count {
            let command = self.command().await;
            let question = command.strip_prefix("api uuid_getvar ").unwrap_or_else(|| panic!("{command}"));
            self.api(answer(question)).await;
        }
    }
}

async fn accepted(listener: &TcpListener) -> Peer<TcpStream> {
    Peer::new(listener.accept().await.unwrap().0)
}

/// A call that rings at 203.
fn ringing() -> Vec<u8> {
    let (a, b) = (Leg::inbound("A", "0312345678", "0331112222"), Leg::outbound("B", "203", "A"));
    [a.create(), b.create(), b.progress()].concat()
}

const RINGING: &str = "call1 rings 203: +81312345678 → 0331112222";
