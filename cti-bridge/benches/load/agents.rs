//! Agents' sockets: they count what comes, or read nothing at all.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_util::sync::CancellationToken;

use super::{Board, Load};

pub(crate) type Ws = WebSocketStream<TcpStream>;

/// Sockets that sign in at a time.
const SIGN_INS: usize = 64;
/// How long a page that reads nothing keeps its socket before it opens another.
///
/// Longer than the bridge's patience (`idle_timeout_ms`), so that it is the bridge that closes it.
const STUCK_FOR: Duration = Duration::from_secs(90);
/// The receive buffer of a page that reads nothing.
const STUCK_BUFFER_BYTES: u32 = 4 * 1024;

/// Pushes after which a page says what it has handled.
const ACK_EVERY: u64 = 8;

#[derive(Deserialize)]
struct Push<'a> {
    ev: &'a str,
    seq: u64,
    #[serde(borrow)]
    data: &'a RawValue,
}

#[derive(Deserialize)]
struct Popup {
    call: PopupCall,
}

#[derive(Deserialize)]
struct PopupCall {
    call_id: String,
    called: String,
}

#[derive(Deserialize)]
struct About {
    call_id: String,
}

/// What a client needs: its messages are few and small.
pub(crate) fn small_buffers() -> WebSocketConfig {
    WebSocketConfig::default().read_buffer_size(4 * 1024).write_buffer_size(0)
}

/// Opens a socket and signs in.
pub(crate) async fn sign_in(address: SocketAddr, token: &str, stuck: bool) -> Ws {
    let socket = TcpSocket::new_v4().unwrap();
    if stuck {
        socket.set_recv_buffer_size(STUCK_BUFFER_BYTES).unwrap();
    }
    let stream = socket.connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let url = format!("ws://{address}/ws");
    let opened = tokio_tungstenite::client_async_with_config(url, stream, Some(small_buffers())).await;
    let (mut ws, _) = opened.unwrap();
    ws.send(Message::text(format!(r#"{{"id":0,"op":"hello","token":"{token}"}}"#))).await.unwrap();
    let welcome = ws.next().await.unwrap().unwrap().into_text().unwrap();
    assert!(welcome.contains(r#""ok":true"#), "{welcome}");
    ws
}

/// Signs all agents in and lets them read (or not) until the stop.
pub(crate) async fn open_all(
    address: SocketAddr,
    tokens: &[String],
    load: Load,
    board: &Arc<Board>,
    stop: &CancellationToken,
) -> JoinSet<()> {
    let (permits, mut opening) = (Arc::new(Semaphore::new(SIGN_INS)), JoinSet::new());
    for (agent, token) in tokens.iter().cloned().enumerate() {
        let (permits, stuck) = (permits.clone(), load.is_stuck(agent));
        opening.spawn(async move {
            let _permit = permits.acquire().await.unwrap();
            (agent, sign_in(address, &token, stuck).await, token)
        });
    }
    let mut pages = JoinSet::new();
    while let Some(opened) = opening.join_next().await {
        let (agent, ws, token) = opened.unwrap();
        let (board, stop, stuck) = (board.clone(), stop.clone(), load.is_stuck(agent));
        pages.spawn(async move {
            stop.run_until_cancelled(async {
                if stuck { keep_stuck(address, &token, ws).await } else { read(ws, &board).await }
            })
            .await;
        });
    }
    pages
}

/// Reads nothing; after a while it is closed and opened again, like a page that hangs.
async fn keep_stuck(address: SocketAddr, token: &str, mut ws: Ws) {
    loop {
        tokio::time::sleep(STUCK_FOR).await;
        drop(ws);
        ws = sign_in(address, token, true).await;
    }
}

/// Counts every push. The sequence numbers of a stream have no gaps, even when other sockets are stuck.
async fn read(mut ws: Ws, board: &Board) {
    let mut calls: HashMap<String, usize> = HashMap::new();
    let mut seq = None;
    while let Some(Ok(message)) = ws.next().await {
        let Message::Text(text) = message else { continue };
        // The answer to an `ack`.
        if text.starts_with(r#"{"re":"#) {
            continue;
        }
        let push: Push<'_> = serde_json::from_str(&text).unwrap();
        assert!(seq.is_none_or(|seq| push.seq == seq + 1), "a push is missing");
        seq = Some(push.seq);
        if push.seq.is_multiple_of(ACK_EVERY) {
            let ack = format!(r#"{{"id":1,"op":"ack","seq":{}}}"#, push.seq);
            if ws.send(Message::text(ack)).await.is_err() {
                break;
            }
        }
        match push.ev {
            // The first push of a call may be an update: then it was answered before its lookup ended.
            ev @ ("call.ringing" | "call.updated") => {
                let popup: Popup = serde_json::from_str(push.data.get()).unwrap();
                let call = popup.call.called[2..].parse().unwrap();
                if calls.insert(popup.call.call_id, call).is_none() || ev == "call.ringing" {
                    board.popped_up(call, text.len());
                }
            }
            ev @ ("call.answered" | "call.dismissed" | "call.ended") => {
                let about: About = serde_json::from_str(push.data.get()).unwrap();
                // A pop-up that never came is counted as lost already.
                let Some(&call) = calls.get(&about.call_id) else { continue };
                board.pushed(call, ev);
                if ev != "call.answered" {
                    calls.remove(&about.call_id);
                }
            }
            _ => {}
        }
    }
    board.broken.fetch_add(1, Ordering::Relaxed);
}
