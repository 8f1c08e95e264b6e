//! A client of a PBX that connects in memory or over a socket, and a tracker for its signals.

use std::io;
use std::sync::Arc;

use crate::ami_support::{check_contract, lines, start, tracker};
use cti_bridge::call::{CallChange, CallSignal, CallTracker};
use cti_bridge::source::{
    Connect, Destination, DialError, Order, OrderError, SourceChannels, SourceEvent, SourceRequest,
};
use shared::label::Lang;
use test_support::FixedClock;
use tokio::io::DuplexStream;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

/// Events that a test waits through at most.
const EVENTS_MAX: usize = 1_000;

/// Connects in memory; the server's end is sent to the test.
pub(crate) struct InMemory(pub(crate) mpsc::Sender<DuplexStream>);

impl Connect for InMemory {
    type Stream = DuplexStream;

    async fn connect(&self, _: &str) -> io::Result<DuplexStream> {
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        self.0.send(theirs).await.map_err(|_| io::ErrorKind::ConnectionRefused)?;
        Ok(ours)
    }
}

/// A running client, and a tracker for its signals.
pub(crate) struct Bench {
    pub(crate) events: mpsc::Receiver<SourceEvent>,
    pub(crate) requests: mpsc::Sender<SourceRequest>,
    pub(crate) tracker: CallTracker,
    pub(crate) changes: Vec<CallChange>,
    pub(crate) stopping: CancellationToken,
    /// Whether the connection may be lost while a test waits for a signal.
    pub(crate) may_go_down: bool,
}

impl Bench {
    /// Starts a client with `run`.
    pub(crate) fn start(run: impl FnOnce(SourceChannels)) -> Self {
        let ((out, events), (requests, asked)) = (mpsc::channel(64), mpsc::channel(8));
        let stopping = CancellationToken::new();
        let clock = Arc::new(FixedClock::new(start()));
        run(SourceChannels { clock, events: out, requests: asked, stopping: stopping.clone() });
        Self { events, requests, tracker: tracker(), changes: Vec::new(), stopping, may_go_down: false }
    }

    pub(crate) async fn until_up(&mut self) {
        loop {
            match self.events.recv().await.unwrap() {
                SourceEvent::Up => return,
                SourceEvent::Down { .. } | SourceEvent::Checked(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    pub(crate) async fn down_reason(&mut self) -> String {
        loop {
            match self.events.recv().await.unwrap() {
                SourceEvent::Down { reason } => return reason.text(Lang::En).to_owned(),
                SourceEvent::Signals { signals, .. } => self.apply(signals),
                SourceEvent::Up | SourceEvent::Checked(_) => {}
                SourceEvent::Fatal(error) => panic!("{error}"),
            }
        }
    }

    fn apply(&mut self, signals: Vec<CallSignal>) {
        assert!(!signals.is_empty());
        for signal in signals {
            self.changes.extend(self.tracker.apply(start(), signal));
        }
    }

    /// Applies signals until a batch contains one that matches.
    pub(crate) async fn until(&mut self, is_it: impl Fn(&CallSignal) -> bool) {
        for _ in 0..EVENTS_MAX {
            match self.events.recv().await.unwrap() {
                SourceEvent::Signals { signals, .. } => {
                    let found = signals.iter().any(&is_it);
                    self.apply(signals);
                    if found {
                        return;
                    }
                }
                SourceEvent::Up | SourceEvent::Checked(_) => {}
                SourceEvent::Down { reason } => assert!(self.may_go_down, "{}", reason.text(Lang::En)),
                SourceEvent::Fatal(error) => panic!("{error}"),
            }
        }
        panic!("what is waited for does not come");
    }

    pub(crate) async fn until_listed(&mut self) {
        self.until(|signal| matches!(signal, CallSignal::ChannelListEnd)).await;
    }

    /// Applies signals until this many calls have ended; returns all changes so far.
    pub(crate) async fn until_ended(&mut self, calls: usize) -> Vec<String> {
        while self.changes.iter().filter(|c| matches!(c, CallChange::Ended(_))).count() < calls {
            self.until(|_| true).await;
        }
        self.lines()
    }

    /// All changes so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        check_contract(&self.changes);
        lines(&self.changes)
    }

    pub(crate) async fn order(&self, order: Order) -> oneshot::Receiver<Result<(), OrderError>> {
        let (reply, outcome) = oneshot::channel();
        self.requests.send(SourceRequest::Order { order, reply }).await.unwrap();
        outcome
    }

    pub(crate) async fn dial(
        &self,
        extension: &str,
        number: &str,
    ) -> oneshot::Receiver<Result<(), DialError>> {
        let (reply, outcome) = oneshot::channel();
        let (extension, to) = (extension.to_owned(), Destination::Number(number.to_owned()));
        self.requests.send(SourceRequest::Dial { extension, to, reply }).await.unwrap();
        outcome
    }
}
