//! The baseline: a bare relay from TCP to WebSockets. It knows nothing of calls: each line names a socket and holds the
//! frame to send, as large as the bridge's.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use super::agents::small_buffers;
use super::{Board, Load, dialled};

type Sockets = Arc<Vec<Mutex<Option<mpsc::UnboundedSender<Utf8Bytes>>>>>;

/// A relay on threads of its own.
pub(crate) struct Relay {
    pub(crate) agents: SocketAddr,
    telephone: SocketAddr,
    // Ends the relay when it is dropped.
    _runtime: Runtime,
}

impl Relay {
    pub(crate) fn start(agents: usize) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let sockets: Sockets = Arc::new((0..agents).map(|_| Mutex::default()).collect());
        let bind = || TcpListener::bind("127.0.0.1:0");
        let (ws, lines) = std::thread::scope(|scope| {
            // The caller may be in a runtime itself.
            scope
                .spawn(|| runtime.block_on(async { (bind().await.unwrap(), bind().await.unwrap()) }))
                .join()
                .unwrap()
        });
        let (agents, telephone) = (ws.local_addr().unwrap(), lines.local_addr().unwrap());
        let joining = sockets.clone();
        runtime.spawn(async move {
            while let Ok((stream, _)) = ws.accept().await {
                tokio::spawn(serve(stream, joining.clone()));
            }
        });
        runtime.spawn(async move {
            while let Ok((stream, _)) = lines.accept().await {
                tokio::spawn(relay(stream, sockets.clone()));
            }
        });
        Self { agents, telephone, _runtime: runtime }
    }

    /// The same calls as [`super::pbx::LoadPbx::play`], as frames that are ready to be sent.
    pub(crate) async fn play(&self, load: Load, board: &Arc<Board>, popup_bytes: usize) {
        let stream = TcpStream::connect(self.telephone).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let line = Line {
            writer: tokio::sync::Mutex::new(stream.into_split().1),
            seqs: (0..load.agents).map(|_| AtomicU64::new(0)).collect(),
            popup_bytes,
        };
        let (line, mut running) = (Arc::new(line), JoinSet::new());
        let mut tick = interval(Duration::from_secs(1) / load.calls_per_second);
        tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
        for call in 0..load.calls() {
            tick.tick().await;
            let (line, board) = (line.clone(), board.clone());
            running.spawn(async move { line.call(load, call, &board).await });
            while running.try_join_next().is_some() {}
        }
        while running.join_next().await.is_some() {}
    }
}

async fn serve(stream: TcpStream, sockets: Sockets) {
    stream.set_nodelay(true).unwrap();
    let mut ws = tokio_tungstenite::accept_async_with_config(stream, Some(small_buffers())).await.unwrap();
    let hello = ws.next().await.unwrap().unwrap().into_text().unwrap();
    let hello: serde_json::Value = serde_json::from_str(&hello).unwrap();
    let agent: usize = hello["token"].as_str().unwrap().parse().unwrap();
    let (frames, mut outgoing) = mpsc::unbounded_channel();
    *sockets[agent].lock().unwrap() = Some(frames);
    ws.send(Message::text(r#"{"re":0,"ok":true}"#)).await.unwrap();
    while let Some(frame) = outgoing.recv().await {
        if ws.send(Message::Text(frame)).await.is_err() {
            return;
        }
    }
}

async fn relay(stream: TcpStream, sockets: Sockets) {
    stream.set_nodelay(true).unwrap();
    let mut lines = BufReader::new(stream).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let Some((agent, frame)) = line.split_once(' ') else { continue };
        let socket = sockets[agent.parse::<usize>().unwrap()].lock().unwrap();
        if let Some(socket) = &*socket {
            // A socket that has gone takes no frames.
            let _ = socket.send(frame.into());
        }
    }
}

/// The telephone's side of the relay.
struct Line {
    writer: tokio::sync::Mutex<OwnedWriteHalf>,
    seqs: Vec<AtomicU64>,
    popup_bytes: usize,
}

impl Line {
    async fn call(&self, load: Load, call: usize, board: &Board) {
        let (first, second) = load.rung_by(call);
        let rung: Vec<usize> = std::iter::once(first).chain(second).collect();
        sleep(Duration::from_millis(100)).await;
        board.rings(call, u8::try_from(rung.len()).unwrap());
        let popup = self.popup(call);
        self.send(&rung, "call.ringing", &popup).await;
        sleep(load.ring).await;
        let about = format!(r#"{{"call_id":"c{call}","answered_at":"2026-11-21T01:00:00.000Z"}}"#);
        self.send(&rung[..1], "call.answered", &about).await;
        self.send(&rung[1..], "call.dismissed", &about).await;
        sleep(load.talk).await;
        self.send(&rung[..1], "call.ended", &about).await;
    }

    /// A pop-up of the size of the bridge's.
    fn popup(&self, call: usize) -> String {
        let head = format!(r#"{{"call":{{"call_id":"c{call}","called":"{}"}},"rest":""#, dialled(call));
        let rest = self.popup_bytes.saturating_sub(head.len() + 64);
        format!("{head}{}\"}}", "x".repeat(rest))
    }

    async fn send(&self, agents: &[usize], ev: &str, data: &str) {
        let mut text = String::new();
        let mut writer = self.writer.lock().await;
        for agent in agents {
            let seq = self.seqs[*agent].fetch_add(1, Ordering::Relaxed) + 1;
            text += &format!("{agent} {{\"ev\":\"{ev}\",\"seq\":{seq},\"data\":{data}}}\n");
        }
        writer.write_all(text.as_bytes()).await.unwrap();
    }
}
