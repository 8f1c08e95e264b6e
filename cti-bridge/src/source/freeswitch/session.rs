//! A signed-in connection to FreeSWITCH: events, replies, requests and time-outs.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;
use tracing::warn;

use super::channel_rows::LIST_COMMAND;
use super::dial::Dials;
use super::{EslAnswer, EslKind, EslMessage, EslQuestion, EslTranslator, FreeSwitchConfig, channel_rows};
use super::{orders, pause};
use crate::call::{CallSignal, ChannelId};
use crate::source::connection::{ChannelList, ConnectionError, Output, Phase, Session};
use crate::source::problem::{Problem, Problems};
use crate::source::{OrderReply, SourceRequest};

/// Asks a quiet FreeSWITCH for a sign of life.
const PING: &str = "api echo chakuden";

/// A session.
pub(in crate::source) struct EslSession<'a> {
    config: &'a FreeSwitchConfig,
    translator: EslTranslator,
    output: Output,
    /// Commands without a reply yet. Replies carry no identity: they come in the order of the commands.
    commands: VecDeque<(Instant, Command)>,
    /// Commands to queues that wait for their turn.
    pauses: VecDeque<String>,
    /// Questions that wait for their turn: if all were sent at once, both ends might wait for the other to read.
    questions: VecDeque<EslQuestion>,
    /// Questions and pauses without a reply.
    in_flight: usize,
    channel_list: ChannelList,
    dials: Dials,
    problems: Problems,
    /// The problems were found out or have changed.
    has_news: bool,
    /// A queue knows an agent by the name in the settings.
    queue_knows: bool,
}

/// What a reply will be about.
enum Command {
    List,
    Question(EslQuestion),
    Dial(String),
    /// With the caller who is sent to another phone.
    Order(OrderReply, Option<ChannelId>),
    Pause,
    /// Whether there are queues.
    Module,
    /// The end of a leg to a phone that did not respond.
    Kill,
    Ping,
}

impl<'a> EslSession<'a> {
    /// A session that asks for the live channels. The list begins now, not with its reply: FreeSWITCH writes it from a
    /// table that lags behind its events, so a channel that appears meanwhile may be missing in it.
    pub(super) fn new(config: &'a FreeSwitchConfig) -> Self {
        let mut session = Self {
            config,
            translator: EslTranslator::new(config),
            output: Output { signals: vec![CallSignal::ChannelListBegin], ..Output::default() },
            problems: Problems::new(),
            has_news: false,
            queue_knows: false,
            commands: VecDeque::new(),
            pauses: VecDeque::new(),
            questions: VecDeque::new(),
            in_flight: 0,
            channel_list: ChannelList::requested(config.snapshot_timeout_ms),
            dials: Dials::new(config.dials_max),
        };
        session.send(LIST_COMMAND, Command::List);
        if config.queue_agent.is_empty() {
            session.has_news = true;
        } else {
            session.send(pause::MODULE_COMMAND, Command::Module);
        }
        session
    }

    fn send(&mut self, text: &str, command: Command) {
        self.output.bytes.extend_from_slice(text.as_bytes());
        self.output.bytes.extend_from_slice(b"\n\n");
        let deadline = Instant::now() + Duration::from_millis(self.config.command_timeout_ms);
        self.commands.push_back((deadline, command));
    }

    fn reply(&mut self, message: &EslMessage) {
        let Some((_, command)) = self.commands.pop_front() else { return };
        match command {
            Command::List => self.list(message.body()),
            Command::Question(question) => {
                let answer = EslAnswer::parse(message.body());
                self.translator.answer(&question, answer, &mut self.output.signals);
                self.arrived();
            }
            Command::Dial(leg) => self.dials.replied(&leg, message.reply()),
            // The requester may have disconnected.
            Command::Order(reply, redirected) => {
                let result = orders::result(message.body());
                let redirected = redirected.filter(|_| result.is_ok());
                self.output.signals.extend(redirected.map(|channel| CallSignal::Redirected { channel }));
                drop(reply.send(result));
            }
            Command::Pause => {
                pause::answer(message.body());
                self.paused(message.body());
                self.arrived();
            }
            Command::Module => {
                if message.body().trim() == "false" {
                    self.problems.insert(Problem::NoCallcenter);
                }
                self.has_news = true;
            }
            Command::Kill | Command::Ping => {}
        }
    }

    /// The reply to a question or a pause has arrived.
    fn arrived(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.end_list_when_answered();
    }

    /// Whether queues know the agents by the name in the settings.
    fn paused(&mut self, result: &str) {
        if result.starts_with("+OK") {
            self.queue_knows = true;
            self.has_news |= self.problems.remove(&Problem::QueueUnknown);
        } else if pause::is_unknown(result) && !self.queue_knows {
            self.has_news |= self.problems.insert(Problem::QueueUnknown);
        }
    }

    fn list(&mut self, body: &str) {
        // It was given up before.
        if self.channel_list.phase != Phase::Requested {
            return;
        }
        match channel_rows(body) {
            Some(rows) if rows.len() <= self.config.channels_max => {
                let mut questions = Vec::new();
                self.translator.channel_list(rows, &mut self.output.signals, &mut questions);
                self.questions.extend(questions);
                self.channel_list.phase = Phase::Reading;
                self.end_list_when_answered();
            }
            rows => {
                let reason = if rows.is_some() { "longer than channels_max" } else { "unreadable" };
                warn!("FreeSWITCH's list of live channels is {reason}: running calls are not found");
                self.abort_list();
            }
        }
    }

    fn abort_list(&mut self) {
        self.translator.channel_list_failed();
        self.channel_list.phase = Phase::Done;
        self.output.signals.push(CallSignal::ChannelListAborted);
    }

    fn end_list_when_answered(&mut self) {
        if self.channel_list.phase == Phase::Reading && self.in_flight == 0 && self.questions.is_empty() {
            self.channel_list.phase = Phase::Done;
            self.output.signals.push(CallSignal::ChannelListEnd);
        }
    }

    /// The list itself is complete, so the channels it lacks are gone. Callers stay unknown until late answers arrive.
    fn end_list_unanswered(&mut self) {
        let sent = self.commands.iter().filter_map(|(_, command)| match command {
            Command::Question(question) => Some(question),
            _ => None,
        });
        for question in sent.chain(&self.questions) {
            self.translator.unanswered(question, &mut self.output.signals);
        }
        self.output.signals.push(CallSignal::ChannelListEnd);
    }

    /// Sends waiting questions and pauses, up to the limit.
    fn send_waiting(&mut self) {
        while self.in_flight < self.config.questions_max
            && let Some(question) = self.questions.pop_front()
        {
            self.in_flight += 1;
            let command = question.command(&self.config.customer_code_variable);
            self.send(&command, Command::Question(question));
        }
        while self.in_flight < self.config.questions_max
            && let Some(pause) = self.pauses.pop_front()
        {
            self.in_flight += 1;
            self.send(&pause, Command::Pause);
        }
    }
}

impl Session for EslSession<'_> {
    type Message = EslMessage;

    fn receive(&mut self, message: &EslMessage) {
        match message.kind() {
            EslKind::Event => {
                self.dials.event(message);
                self.translator.translate(message, &mut self.output.signals);
            }
            EslKind::CommandReply | EslKind::ApiResponse => self.reply(message),
            _ => {}
        }
    }

    fn request(&mut self, request: SourceRequest) {
        match request {
            SourceRequest::Dial { extension, to, reply } => {
                if let Some((leg, command)) = self.dials.originate(self.config, &extension, &to, reply) {
                    self.send(&command, Command::Dial(leg));
                }
            }
            SourceRequest::Order { order, reply } => match orders::command(self.config, &order) {
                Ok(command) => self.send(&command, Command::Order(reply, order.redirected())),
                Err(error) => drop(reply.send(Err(error))),
            },
            SourceRequest::Pause(pauses) => {
                self.pauses.extend(pauses.iter().filter_map(|pause| pause::command(self.config, pause)));
            }
        }
    }

    fn deadline(&self) -> Option<Instant> {
        let reply = self.commands.front().map(|(deadline, _)| *deadline);
        [reply, self.channel_list.deadline(), self.dials.deadline()].into_iter().flatten().min()
    }

    fn on_deadline(&mut self, now: Instant) -> Result<(), ConnectionError> {
        for command in self.dials.expire(now) {
            self.send(&command, Command::Kill);
        }
        match self.channel_list.expire(now) {
            Some(Phase::Requested) => {
                warn!("FreeSWITCH does not list its channels: running calls are not found");
                self.abort_list();
            }
            Some(Phase::Reading) => {
                warn!("FreeSWITCH did not say in time whose numbers may be shown: they are not shown");
                self.end_list_unanswered();
            }
            Some(Phase::Done) | None => {}
        }
        if self.commands.front().is_some_and(|(deadline, _)| *deadline <= now) {
            return Err(ConnectionError::timeout("command_timeout_ms"));
        }
        Ok(())
    }

    fn ping(&mut self) {
        if !self.commands.iter().any(|(_, command)| matches!(command, Command::Ping)) {
            self.send(PING, Command::Ping);
        }
    }

    fn output(&mut self) -> &mut Output {
        self.send_waiting();
        self.output.problems = std::mem::take(&mut self.has_news).then(|| self.problems.clone());
        &mut self.output
    }
}
