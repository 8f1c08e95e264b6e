//! A signed-in connection: events in, signals out, commands asked in order and timed.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use shared::clock::Clock;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tracing::{info, warn};

use super::connection::{Connection, ConnectionError};
use super::dialling::Dialling;
use super::pause;
use super::{
    EslAnswer, EslAsk, EslKind, EslMessage, EslTranslator, FreeSwitchConfig, channel_rows, snapshot,
};
use crate::call::CallSignal;
use crate::source::Connect;
use crate::source::connection::requests::Requests;
use crate::source::{SourceEvent, SourceRequest};

/// Asks a silent FreeSWITCH for a sign of life.
const PROBE: &str = "api echo chakuden";

/// What a session does besides translating.
struct Session<'a> {
    config: &'a FreeSwitchConfig,
    translator: EslTranslator,
    signals: Vec<CallSignal>,
    /// Bytes to send.
    outbox: Vec<u8>,
    /// Commands without an answer yet. Answers carry no identity: they come in the order of the commands.
    commands: VecDeque<(Instant, Command)>,
    /// Orders to queues that wait for their turn.
    pauses: VecDeque<String>,
    /// Questions that wait for their turn: with all of them in one go both ends might wait for the other to read.
    questions: VecDeque<EslAsk>,
    asked: usize,
    snapshot: Snapshot,
    dialling: Dialling,
}

/// What an answer will be about.
enum Command {
    List,
    Ask(EslAsk),
    Dial(String),
    Pause,
    Probe,
}

/// How far the list of live channels is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Snapshot {
    Requested(Instant),
    /// It is here; what has to be asked about the channels is not.
    Asking(Instant),
    Done,
}

/// Connects, signs in and tells what happens until the connection ends. `is_up` says whether it got that far.
pub(super) async fn run(
    connect: &impl Connect,
    config: &FreeSwitchConfig,
    clock: &dyn Clock,
    out: &mpsc::Sender<SourceEvent>,
    requests: &mut Requests,
    is_up: &mut bool,
) -> Result<Infallible, ConnectionError> {
    let mut connection = requests
        .refuse_during(async {
            let mut connection = Connection::open(config, connect).await?;
            connection.login().await?;
            Ok::<_, ConnectionError>(connection)
        })
        .await?;
    *is_up = true;
    info!(address = %config.address, "signed in to the telephone system");
    out.send(SourceEvent::Up).await.map_err(|_| ConnectionError::Unheard)?;
    let mut session = Session::new(config);
    loop {
        while let Some(message) = connection.next_message()? {
            session.take(&message);
        }
        session.ask_more();
        if !session.outbox.is_empty() {
            connection.send(&std::mem::take(&mut session.outbox)).await?;
        }
        if !session.signals.is_empty() {
            let (at, signals) = (clock.now(), std::mem::take(&mut session.signals));
            let event = SourceEvent::Signals { at, signals };
            out.send(event).await.map_err(|_| ConnectionError::Unheard)?;
        }
        let wake_at = session.wake_at(connection.heard_at);
        tokio::select! {
            received = connection.receive() => received?,
            request = requests.next() => session.request(request),
            () = sleep_until(wake_at) => session.on_time(connection.heard_at)?,
        }
    }
}

impl<'a> Session<'a> {
    /// A session that has asked for the live channels. The list begins now, not with its answer: FreeSWITCH writes it
    /// from a table that is a little behind its events, so a channel heard of meanwhile may be missing there.
    fn new(config: &'a FreeSwitchConfig) -> Self {
        let deadline = Instant::now() + Duration::from_millis(config.snapshot_timeout_ms);
        let mut session = Self {
            config,
            translator: EslTranslator::new(config),
            signals: vec![CallSignal::SnapshotBegin],
            outbox: Vec::new(),
            commands: VecDeque::new(),
            pauses: VecDeque::new(),
            questions: VecDeque::new(),
            asked: 0,
            snapshot: Snapshot::Requested(deadline),
            dialling: Dialling::default(),
        };
        session.command(snapshot::LIST, Command::List);
        session
    }

    fn command(&mut self, text: &str, command: Command) {
        self.outbox.extend_from_slice(text.as_bytes());
        self.outbox.extend_from_slice(b"\n\n");
        let deadline = Instant::now() + Duration::from_millis(self.config.command_timeout_ms);
        self.commands.push_back((deadline, command));
    }

    fn take(&mut self, message: &EslMessage) {
        match message.kind() {
            EslKind::Event => {
                self.dialling.heed(message);
                self.translator.translate(message, &mut self.signals);
            }
            EslKind::CommandReply | EslKind::ApiResponse => self.answer(message),
            _ => {}
        }
    }

    fn answer(&mut self, message: &EslMessage) {
        let Some((_, command)) = self.commands.pop_front() else { return };
        match command {
            Command::List => self.list(message.body()),
            Command::Ask(ask) => {
                self.asked = self.asked.saturating_sub(1);
                self.translator.answer(&ask, EslAnswer::parse(message.body()), &mut self.signals);
                self.end_if_all_is_answered();
            }
            Command::Dial(leg) => self.dialling.replied(&leg, message.reply()),
            Command::Pause => {
                self.asked = self.asked.saturating_sub(1);
                pause::answer(message.body());
                self.end_if_all_is_answered();
            }
            Command::Probe => {}
        }
    }

    fn list(&mut self, body: &str) {
        // Given up already, or never begun.
        let Snapshot::Requested(deadline) = self.snapshot else { return };
        match channel_rows(body) {
            Some(rows) if rows.len() <= self.config.channels_max => {
                let mut asks = Vec::new();
                self.translator.snapshot(rows, &mut self.signals, &mut asks);
                self.questions.extend(asks);
                self.snapshot = Snapshot::Asking(deadline);
                self.end_if_all_is_answered();
            }
            rows => {
                let reason = if rows.is_some() { "longer than channels_max" } else { "not one" };
                warn!(
                    reason,
                    "the telephone system's list of channels is not usable: calls that run already are not seen"
                );
                self.abort_snapshot();
            }
        }
    }

    fn abort_snapshot(&mut self) {
        self.translator.snapshot_failed();
        self.snapshot = Snapshot::Done;
        self.signals.push(CallSignal::SnapshotAborted);
    }

    fn end_if_all_is_answered(&mut self) {
        let is_asking = matches!(self.snapshot, Snapshot::Asking(_));
        if is_asking && self.asked == 0 && self.questions.is_empty() {
            self.snapshot = Snapshot::Done;
            self.signals.push(CallSignal::SnapshotEnd);
        }
    }

    /// Asks what may be asked now.
    fn ask_more(&mut self) {
        while self.asked < self.config.questions_max
            && let Some(ask) = self.questions.pop_front()
        {
            self.asked += 1;
            self.command(&ask.command(&self.config.customer_code_variable), Command::Ask(ask));
        }
        while self.asked < self.config.questions_max
            && let Some(pause) = self.pauses.pop_front()
        {
            self.asked += 1;
            self.command(&pause, Command::Pause);
        }
    }

    fn request(&mut self, request: SourceRequest) {
        match request {
            SourceRequest::Dial { extension, number, reply } => {
                let order = (extension.as_str(), number.as_str());
                if let Some((leg, command)) = self.dialling.order(order, reply, self.config, Instant::now()) {
                    self.command(&command, Command::Dial(leg));
                }
            }
            SourceRequest::Pause(pauses) => {
                self.pauses.extend(pauses.iter().filter_map(|pause| pause::command(self.config, pause)));
            }
        }
    }

    /// When something is due next if nothing is received.
    fn wake_at(&self, heard_at: Instant) -> Instant {
        let quiet = if self.has_probed() { 2 } else { 1 };
        let ping = heard_at + Duration::from_millis(self.config.ping_interval_ms.saturating_mul(quiet));
        let snapshot = match self.snapshot {
            Snapshot::Requested(deadline) | Snapshot::Asking(deadline) => Some(deadline),
            Snapshot::Done => None,
        };
        let command = self.commands.front().map(|(deadline, _)| *deadline);
        [snapshot, command, self.dialling.wake_at()].into_iter().flatten().fold(ping, Instant::min)
    }

    fn has_probed(&self) -> bool {
        self.commands.iter().any(|(_, command)| matches!(command, Command::Probe))
    }

    /// Does what is due.
    fn on_time(&mut self, heard_at: Instant) -> Result<(), ConnectionError> {
        let now = Instant::now();
        self.dialling.on_time(now);
        match self.snapshot {
            Snapshot::Requested(deadline) if deadline <= now => {
                warn!("the telephone system does not list its channels: calls that run already are not seen");
                self.abort_snapshot();
            }
            Snapshot::Asking(deadline) if deadline <= now => {
                warn!(
                    "the telephone system did not say in time whose numbers may be shown: they are not shown"
                );
                self.end_unanswered();
            }
            _ => {}
        }
        let address = || self.config.address.clone();
        let (quiet, interval) =
            (now.duration_since(heard_at), Duration::from_millis(self.config.ping_interval_ms));
        if quiet >= interval * 2 {
            return Err(ConnectionError::Silent { address: address() });
        }
        if self.commands.front().is_some_and(|(deadline, _)| *deadline <= now) {
            return Err(ConnectionError::CommandTimeout { address: address() });
        }
        if quiet >= interval && !self.has_probed() {
            self.command(PROBE, Command::Probe);
        }
        Ok(())
    }

    /// The list is whole, so what it did not name is gone; who calls stays unknown until the answers come after all.
    fn end_unanswered(&mut self) {
        let asked = self.commands.iter().filter_map(|(_, command)| match command {
            Command::Ask(ask) => Some(ask),
            _ => None,
        });
        for ask in asked.chain(&self.questions) {
            self.translator.unanswered(ask, &mut self.signals);
        }
        self.snapshot = Snapshot::Done;
        self.signals.push(CallSignal::SnapshotEnd);
    }
}
