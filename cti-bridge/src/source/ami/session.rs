//! A signed-in connection: events in, signals out, questions asked and timed.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use shared::clock::Clock;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tracing::{info, warn};

use super::action::Action;
use super::connection::{Connection, ConnectionError};
use super::dial::Dials;
use super::pause;
use super::{
    AmiConfig, AmiMessage, AmiTranslator, Parties, Presentation, PresentationAsk, PresentationPolicy,
};
use crate::call::CallSignal;
use crate::source::Connect;
use crate::source::connection::requests::Requests;
use crate::source::{SourceEvent, SourceRequest};

/// The list of live channels that is asked for after signing in.
const SNAPSHOT_ID: &str = "snap-1";

/// Events that a busy telephone system sends by the thousand and that say nothing about calls. A manager user that
/// may not set filters (they need `write = system`) gets them as before.
const NOISE: [&str; 6] =
    ["RTCPSent", "RTCPReceived", "Newexten", "DeviceStateChange", "ExtensionStatus", "ContactStatus"];

/// How long after its time an answer about a number still changes what is shown.
const LATE_ANSWER: Duration = Duration::from_secs(60);

/// What a session does besides translating.
struct Session<'a> {
    config: &'a AmiConfig,
    translator: AmiTranslator,
    signals: Vec<CallSignal>,
    asks: Vec<PresentationAsk>,
    /// Bytes to send.
    outbox: Vec<u8>,
    /// Questions without an answer yet, by the number in their ActionID.
    pending: HashMap<u64, PresentationAsk>,
    /// Until when the callers asked about are waited for, in order.
    deadlines: VecDeque<(Instant, u64)>,
    /// Until when a late answer is still taken, in order.
    late: VecDeque<(Instant, u64)>,
    next_ask: u64,
    dials: Dials,
    snapshot: Snapshot,
    /// When the last `Ping` went out, if nothing was heard since.
    pinged: bool,
}

/// How far the list of live channels is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Snapshot {
    Requested(Instant),
    Listing(Instant),
    Done,
}

/// Connects, signs in and tells what happens until the connection ends. `is_up` says whether it got that far.
pub(super) async fn run(
    connect: &impl Connect,
    config: &AmiConfig,
    clock: &dyn Clock,
    out: &mpsc::Sender<SourceEvent>,
    requests: &mut Requests,
    is_up: &mut bool,
) -> Result<std::convert::Infallible, ConnectionError> {
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
            received = connection.receive() => {
                received?;
                session.pinged = false;
            }
            () = sleep_until(wake_at) => session.on_time(connection.heard_at)?,
            request = requests.next() => session.take_request(request),
        }
    }
}

impl<'a> Session<'a> {
    fn new(config: &'a AmiConfig) -> Self {
        let mut outbox = Vec::new();
        for (at, event) in NOISE.iter().enumerate() {
            Action::new("Filter", &format!("filter-{at}"))
                .with("Operation", "Add")
                .with("Filter", &format!("!Event: {event}"))
                .write_to(&mut outbox);
        }
        Action::new("CoreShowChannels", SNAPSHOT_ID).write_to(&mut outbox);
        let deadline = Instant::now() + Duration::from_millis(config.snapshot_timeout_ms);
        Self {
            config,
            translator: AmiTranslator::new(
                Parties::from(config),
                PresentationPolicy::Ask,
                config.channels_max,
            )
            .with_customer_code_variable(&config.customer_code_variable),
            signals: Vec::new(),
            asks: Vec::new(),
            outbox,
            pending: HashMap::new(),
            deadlines: VecDeque::new(),
            late: VecDeque::new(),
            next_ask: 1,
            dials: Dials::default(),
            snapshot: Snapshot::Requested(deadline),
            pinged: false,
        }
    }

    fn take(&mut self, message: &AmiMessage) {
        if let Some(response) = message.response() {
            self.answer(response, message);
            return;
        }
        self.translator.translate(message, &mut self.signals, &mut self.asks);
        for ask in std::mem::take(&mut self.asks) {
            self.ask(ask);
        }
        if message.event() == Some("CoreShowChannelsComplete")
            && message.action_id() == Some(SNAPSHOT_ID)
            && matches!(self.snapshot, Snapshot::Listing(_))
        {
            let is_whole = !message.get("EventList").is_some_and(|e| e.eq_ignore_ascii_case("cancelled"));
            self.snapshot = Snapshot::Done;
            self.signals.push(if is_whole { CallSignal::SnapshotEnd } else { CallSignal::SnapshotAborted });
        }
    }

    fn answer(&mut self, response: &str, message: &AmiMessage) {
        let Some(id) = message.action_id() else { return };
        if id.starts_with("dial-") {
            self.dials.answer(id, response, message.get("Message"));
        } else if id == pause::ID {
            pause::answer(response, message.get("Message"));
        } else if let Some(number) = id.strip_prefix("pres-").and_then(|n| n.parse::<u64>().ok()) {
            if let Some(ask) = self.pending.remove(&number) {
                let value = message.get("Value").filter(|_| response == "Success");
                let answer = value.map_or(Presentation::Unanswered, Presentation::parse);
                self.translator.presentation(&ask, answer, &mut self.signals);
            }
        } else if id == SNAPSHOT_ID
            && let Snapshot::Requested(deadline) = self.snapshot
        {
            // Without `start` no list follows, and pop-ups would wait for its end in vain.
            if message.get("EventList").is_some_and(|list| list.eq_ignore_ascii_case("start")) {
                self.snapshot = Snapshot::Listing(deadline);
                self.signals.push(CallSignal::SnapshotBegin);
            } else {
                warn!(
                    "the telephone system refuses CoreShowChannels: calls that run already are not seen, and \
                       calls lost with a connection stay open; give the manager user `write = reporting`"
                );
                self.snapshot = Snapshot::Done;
            }
        }
    }

    /// Asks whether a number may be shown. With too many questions open the answer is taken as missing.
    fn ask(&mut self, ask: PresentationAsk) {
        if self.pending.len() >= self.config.channels_max {
            self.translator.presentation(&ask, Presentation::Unanswered, &mut self.signals);
            return;
        }
        let number = self.next_ask;
        self.next_ask += 1;
        Action::new("Getvar", &format!("pres-{number}"))
            .with("Channel", &ask.channel_name)
            .with("Variable", "CALLERID(num-pres)")
            .write_to(&mut self.outbox);
        let deadline = Instant::now() + Duration::from_millis(self.config.getvar_timeout_ms);
        self.deadlines.push_back((deadline, number));
        self.late.push_back((deadline + LATE_ANSWER, number));
        self.pending.insert(number, ask);
    }

    fn take_request(&mut self, request: SourceRequest) {
        match request {
            SourceRequest::Dial { extension, number, reply } => {
                let begun = self.dials.begin(self.config, &extension, &number, reply, &mut self.outbox);
                if let Some(channel) = begun {
                    self.translator.expect_dial(channel, number);
                }
            }
            SourceRequest::Pause(pauses) => pause::write(self.config, &pauses, &mut self.outbox),
        }
    }

    /// When something is due next if nothing is received.
    fn wake_at(&self, heard_at: Instant) -> Instant {
        let pings = if self.pinged { 2 } else { 1 };
        let ping = heard_at + Duration::from_millis(self.config.ping_interval_ms.saturating_mul(pings));
        let ask = self.deadlines.front().map_or(ping, |(deadline, _)| *deadline);
        let snapshot = match self.snapshot {
            Snapshot::Requested(deadline) | Snapshot::Listing(deadline) => deadline,
            Snapshot::Done => ping,
        };
        let dial = self.dials.deadline().unwrap_or(ping);
        ping.min(ask).min(snapshot).min(dial)
    }

    /// Does what is due.
    fn on_time(&mut self, heard_at: Instant) -> Result<(), ConnectionError> {
        let now = Instant::now();
        while let Some((_, number)) = self.deadlines.pop_front_if(|(deadline, _)| *deadline <= now) {
            if let Some(ask) = self.pending.get(&number) {
                warn!(
                    "the telephone system did not say in time whether a number may be shown: it is not shown"
                );
                self.translator.presentation(ask, Presentation::Unanswered, &mut self.signals);
            }
        }
        while let Some((_, number)) = self.late.pop_front_if(|(deadline, _)| *deadline <= now) {
            self.pending.remove(&number);
        }
        self.dials.on_time(now);
        match self.snapshot {
            Snapshot::Requested(deadline) if deadline <= now => {
                warn!("the telephone system does not list its channels: calls that run already are not seen");
                self.snapshot = Snapshot::Done;
            }
            Snapshot::Listing(deadline) if deadline <= now => {
                warn!("the telephone system's list of channels broke off");
                self.snapshot = Snapshot::Done;
                self.signals.push(CallSignal::SnapshotAborted);
            }
            _ => {}
        }
        self.keep_alive(now.duration_since(heard_at))
    }

    fn keep_alive(&mut self, quiet: Duration) -> Result<(), ConnectionError> {
        let interval = Duration::from_millis(self.config.ping_interval_ms);
        if quiet >= interval * 2 {
            return Err(ConnectionError::Silent { address: self.config.address.clone() });
        }
        if quiet >= interval && !self.pinged {
            self.pinged = true;
            Action::new("Ping", "ping-1").write_to(&mut self.outbox);
        }
        Ok(())
    }
}
