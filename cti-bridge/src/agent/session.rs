//! One socket's life: sign in, then requests, answers and pushes until somebody closes it.
//!
//! A session is one task that owns its socket. It never waits for the store or for another socket: answers come
//! back through a queue, pushes through another. While it waits for a slow reader it reads nothing, and the hub
//! closes it when its pushes no longer fit.

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use shared::store::Reader;
use tokio::sync::mpsc;
use tokio::time::{Instant, Sleep, sleep_until, timeout};
use tokio_tungstenite::tungstenite::{Error as WsError, Message, Utf8Bytes};

use super::permission::{Permissions, SharedPermissions};
use super::protocol::{self, CloseCode, ErrorCode, Parsed, Refusal};
use super::reply::{Answered, Reply};
use super::socket::{Closer, SocketHandle, Ws};
use crate::bridge::command::Command;
use crate::metrics::Kind;
use crate::popup::ProfileError;
use crate::server::App;

mod close;
mod hello;
mod requests;

/// Frames put into one write at most.
const BATCH_MAX: usize = 64;
/// Why the loop ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The peer has gone.
    Gone,
    /// The bridge closes.
    Close(CloseCode),
}

/// A request under way.
#[derive(Debug)]
struct Pending {
    key: u64,
    id: Arc<str>,
    expires: Instant,
}

/// Who signed in.
#[derive(Debug, Clone)]
struct SignedIn {
    agent_code: Arc<str>,
    /// What the agent may do, as the hub has it now.
    permissions: SharedPermissions,
    /// Those that were missing and are in the audit trail already: once a socket is enough.
    refused: Permissions,
}

struct Session {
    ws: Ws,
    app: Arc<App>,
    /// Whom the connection is with.
    peer: IpAddr,
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

/// Serves a socket until it is closed.
pub(crate) async fn serve(ws: Ws, app: Arc<App>, peer: IpAddr) {
    app.metrics.sockets.inc();
    let mut session = Session::new(ws, app, peer);
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
    fn new(ws: Ws, app: Arc<App>, peer: IpAddr) -> Self {
        let closer = Closer::new(&app.stopping);
        let (handle, pushes) = SocketHandle::new(closer.clone(), app.limits.agent_queue_max);
        // One place for each request, and some for answers that come after their time-out.
        let (answers_tx, answers) = mpsc::channel(app.limits.requests_max + 64);
        let now = Instant::now();
        let timer = Box::pin(sleep_until(now + app.limits.hello_timeout));
        Self {
            ws,
            app,
            peer,
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

    /// An answer is sent unless its request was already answered with `timeout`.
    fn settle(&mut self, answer: Answered) -> Option<Utf8Bytes> {
        let at = self.pending.iter().position(|p| p.key == answer.key)?;
        self.pending.swap_remove(at);
        Some(answer.frame)
    }

    /// Sends a frame and whatever else waits to go out, in one write.
    async fn send(&mut self, first: Message) -> Result<(), End> {
        let limit = self.app.limits.idle_timeout;
        match timeout(limit, self.send_batch(first)).await {
            Ok(sent) => sent.map_err(|_| End::Gone),
            Err(_) => Err(End::Close(CloseCode::TooSlow)),
        }
    }

    async fn send_batch(&mut self, first: Message) -> Result<(), WsError> {
        self.ws.feed(first).await?;
        for _ in 1..BATCH_MAX {
            let next = match self.answers.try_recv() {
                Ok(answer) => match self.settle(answer) {
                    Some(frame) => frame,
                    None => continue,
                },
                Err(_) if self.agent.is_none() => break,
                Err(_) => match self.pushes.try_recv() {
                    Ok(frame) => frame,
                    Err(_) => break,
                },
            };
            self.ws.feed(Message::Text(next)).await?;
        }
        self.ws.flush().await
    }

    async fn on_message(&mut self, message: Message) -> Result<(), End> {
        match message {
            Message::Text(text) => self.on_text(&text).await,
            Message::Binary(_) => {
                self.on_bad_frame(&Refusal::new(ErrorCode::BadRequest, "frames are text, not binary")).await
            }
            Message::Close(_) => Err(End::Gone),
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => Ok(()),
        }
    }

    async fn on_text(&mut self, text: &str) -> Result<(), End> {
        match protocol::parse(text) {
            Ok(Parsed { id, request: Ok(request) }) => {
                self.bad_frames = 0;
                self.on_request(id.into(), request).await
            }
            Ok(Parsed { id, request: Err(refusal) }) => {
                self.bad_frames = 0;
                self.refuse(Some(&id), &refusal).await
            }
            Err(refusal) => self.on_bad_frame(&refusal).await,
        }
    }

    async fn on_bad_frame(&mut self, refusal: &Refusal) -> Result<(), End> {
        self.bad_frames += 1;
        self.refuse(None, refusal).await?;
        if self.bad_frames >= self.app.limits.bad_frames_max {
            return Err(End::Close(CloseCode::Protocol));
        }
        Ok(())
    }

    async fn refuse(&mut self, id: Option<&str>, refusal: &Refusal) -> Result<(), End> {
        self.app.metrics.frames_refused.get_or_create(&Kind { kind: refusal.code.word() }).inc();
        self.send_text(protocol::refuse(id, refusal)).await
    }

    async fn send_text(&mut self, frame: String) -> Result<(), End> {
        self.send(Message::Text(frame.into())).await
    }

    /// Hands a request to the store's threads; the answer comes back through the queue.
    async fn ask(
        &mut self,
        id: Arc<str>,
        work: impl FnOnce(&mut Reader, &str) -> Result<String, ProfileError> + Send + 'static,
    ) -> Result<(), End> {
        let key = self.next_key;
        self.next_key += 1;
        let (answers, metrics, work_id) = (self.answers_tx.clone(), self.app.metrics.clone(), id.clone());
        let asked = self.app.lookups.request(move |reader| {
            let frame = work(reader, &work_id).unwrap_or_else(|error| {
                let refusal = error.refusal(&work_id);
                metrics.frames_refused.get_or_create(&Kind { kind: refusal.code.word() }).inc();
                protocol::refuse(Some(&work_id), &refusal)
            });
            // A session that has gone needs no answer.
            let _ = answers.try_send(Answered { key, frame: frame.into() });
        });
        if asked.is_err() {
            return self.refuse(Some(&id), &Refusal::new(ErrorCode::Busy, "the lookup queue is full")).await;
        }
        let expires = Instant::now() + self.app.lookups.timeout();
        self.pending.push(Pending { key, id, expires });
        if self.timer.deadline() > expires {
            self.timer.as_mut().reset(expires);
        }
        Ok(())
    }

    /// A reply that comes back through the queue, within this time.
    fn reply_within(&mut self, id: &Arc<str>, wait: Duration) -> Reply {
        let key = self.next_key;
        self.next_key += 1;
        let expires = Instant::now() + wait;
        self.pending.push(Pending { key, id: id.clone(), expires });
        if self.timer.deadline() > expires {
            self.timer.as_mut().reset(expires);
        }
        let (answers, refused) = (self.answers_tx.clone(), self.app.metrics.frames_refused.clone());
        Reply { answers, key, id: id.clone(), refused }
    }

    async fn on_timer(&mut self) -> Result<(), End> {
        let limits = self.app.limits;
        let now = Instant::now();
        let hello_by = self.opened + limits.hello_timeout;
        if self.agent.is_none() && now >= hello_by {
            return Err(End::Close(CloseCode::Silent));
        }
        if now >= self.alive + limits.idle_timeout {
            return Err(End::Close(CloseCode::Silent));
        }
        while let Some(at) = self.pending.iter().position(|p| p.expires <= now) {
            let late = self.pending.swap_remove(at);
            self.refuse(
                Some(&late.id),
                &Refusal::new(ErrorCode::Timeout, "the store did not answer in time"),
            )
            .await?;
        }
        if !self.pinged && now >= self.alive + limits.ping_interval {
            self.pinged = true;
            self.send(Message::Ping(Vec::new().into())).await?;
        }
        let quiet = if self.pinged { limits.idle_timeout } else { limits.ping_interval };
        let mut next = self.alive + quiet;
        if self.agent.is_none() {
            next = next.min(hello_by);
        }
        if let Some(first) = self.pending.iter().map(|p| p.expires).min() {
            next = next.min(first);
        }
        self.timer.as_mut().reset(next.max(now + Duration::from_millis(1)));
        Ok(())
    }

    /// Tells the hub that this socket has gone.
    async fn leave(&mut self) {
        self.app.watch.remove(self.handle.id());
        if let Some(agent) = self.agent.take() {
            let bye = Command::Bye { agent_code: agent.agent_code, socket_id: self.handle.id() };
            // When the loop has ended there is no hub to tell.
            let _ = self.app.inbox.send(bye).await;
        }
    }
}
