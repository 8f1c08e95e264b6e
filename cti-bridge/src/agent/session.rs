//! One socket's life: sign in, then requests, answers and pushes until either side closes it.
//!
//! A session is one task that owns its socket. It never waits for the store or for another socket: answers come
//! back through a queue, pushes through another. Whatever goes out is flushed before more is read, pongs included, so
//! that a client which never reads cannot make the bridge keep its answers; the hub closes a socket whose pushes no
//! longer fit.

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use futures_util::StreamExt;
use serde_json::value::RawValue;
use shared::lang::Lang;
use tokio::sync::mpsc;
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Error as WsError, Message, Utf8Bytes};

use crate::app::App;
use crate::app::places::Seat;
use crate::bridge::command::Command;
use crate::client::Connection;
use crate::hub::reply::Answered;
use crate::hub::socket::{Closer, SocketHandle};
use crate::metrics::Kind;
use crate::permission::{Permissions, SharedPermissions};
use crate::protocol::CloseCode;

mod close;
mod frames;
mod hello;
mod requests;
mod send;
mod timer;

/// A WebSocket on the server's side.
type Ws = WebSocketStream<Connection>;

/// Why the loop ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The client has disconnected.
    Gone,
    /// The bridge closes.
    Close(CloseCode),
}

/// A request under way.
#[derive(Debug)]
struct Pending {
    key: u64,
    id: Box<RawValue>,
    expires: Instant,
}

/// Who signed in.
#[derive(Debug, Clone)]
struct SignedIn {
    agent_code: Arc<str>,
    /// What the agent may do, as the hub has it now.
    permissions: SharedPermissions,
    /// Missing permissions that are in the audit log already: once a socket is enough.
    refused: Permissions,
}

struct Session {
    ws: Ws,
    app: Arc<App>,
    seat: Seat,
    /// The client's address.
    peer: IpAddr,
    /// The language of the client's messages.
    lang: Lang,
    closer: Closer,
    handle: SocketHandle,
    pushes: mpsc::Receiver<Utf8Bytes>,
    answers: mpsc::Receiver<Answered>,
    answers_tx: mpsc::Sender<Answered>,
    pending: Vec<Pending>,
    next_key: u64,
    agent: Option<SignedIn>,
    bad_frames: u32,
    opened: Instant,
    alive: Instant,
    pinged: bool,
    timer: Pin<Box<Sleep>>,
}

/// Serves a socket until it is closed. `lang` is the language of messages until `hello` names another.
pub(crate) async fn serve(ws: Ws, app: Arc<App>, seat: Seat, peer: IpAddr, lang: Lang) {
    app.metrics.sockets.inc();
    let mut session = Session::new(ws, app, seat, peer, lang);
    let end = session.run().await;
    session.leave().await;
    if let End::Close(code) = end {
        session.app.metrics.sockets_dropped.get_or_create(&Kind { kind: code.reason() }).inc();
        session.close(code).await;
    }
    session.app.metrics.sockets.dec();
}

/// What woke the session.
enum Wake {
    End(End),
    Out(Utf8Bytes),
    Answer(Answered),
    Frame(Message),
    Timer,
}

impl Session {
    fn new(ws: Ws, app: Arc<App>, seat: Seat, peer: IpAddr, lang: Lang) -> Self {
        let closer = Closer::new(&app.stopping);
        let (handle, pushes) = SocketHandle::new(closer.clone(), app.limits.agent_queue_max);
        // One place for each request, and some for answers that come after their time-out.
        let (answers_tx, answers) = mpsc::channel(app.limits.requests_max + 64);
        let now = Instant::now();
        let timer = Box::pin(sleep_until(now + app.limits.hello_timeout));
        Self {
            ws,
            app,
            seat,
            peer,
            lang,
            closer,
            handle,
            pushes,
            answers,
            answers_tx,
            pending: Vec::new(),
            next_key: 0,
            agent: None,
            bad_frames: 0,
            opened: now,
            alive: now,
            pinged: false,
            timer,
        }
    }

    async fn run(&mut self) -> End {
        let closer = self.closer.clone();
        let mut asked = std::pin::pin!(closer.asked());
        loop {
            let wake = tokio::select! {
                biased;
                code = &mut asked => Wake::End(End::Close(code)),
                wake = self.next() => wake,
            };
            let handled = tokio::select! {
                biased;
                handled = self.handle_wake(wake) => handled,
                code = &mut asked => Err(End::Close(code)),
            };
            if let Err(end) = handled {
                return end;
            }
        }
    }

    /// Waits for whatever comes first.
    async fn next(&mut self) -> Wake {
        tokio::select! {
            biased;
            Some(answer) = self.answers.recv() => Wake::Answer(answer),
            Some(frame) = self.pushes.recv() => Wake::Out(frame),
            frame = self.ws.next(), if self.pending.len() < self.app.limits.requests_max => {
                match frame {
                    Some(Ok(message)) => Wake::Frame(message),
                    Some(Err(WsError::Capacity(_))) => Wake::End(End::Close(CloseCode::TooLarge)),
                    Some(Err(WsError::Protocol(_) | WsError::Utf8(_))) => Wake::End(End::Close(CloseCode::Protocol)),
                    Some(Err(_)) | None => Wake::End(End::Gone),
                }
            }
            () = &mut self.timer => Wake::Timer,
        }
    }

    async fn handle_wake(&mut self, wake: Wake) -> Result<(), End> {
        match wake {
            Wake::End(end) => Err(end),
            Wake::Out(frame) => self.send(Message::Text(frame)).await,
            Wake::Answer(answer) => match self.settle(answer) {
                Some(frame) => self.send(Message::Text(frame)).await,
                None => Ok(()),
            },
            Wake::Frame(message) => {
                self.alive = Instant::now();
                self.pinged = false;
                self.on_message(message).await
            }
            Wake::Timer => self.on_timer().await,
        }
    }

    /// Tells the hub that this socket has closed.
    async fn leave(&mut self) {
        self.app.watch.remove(self.handle.id());
        if let Some(agent) = self.agent.take() {
            let bye = Command::Bye { agent_code: agent.agent_code, socket_id: self.handle.id() };
            // The loop may have ended.
            let _ = self.app.inbox.send(bye).await;
        }
    }
}
