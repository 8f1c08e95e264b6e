//! A signed-in connection to Asterisk: events, answers, requests and time-outs.

use std::collections::HashSet;

use tokio::time::Instant;
use tracing::{info, warn};

use super::action::Action;
use super::checks::{self, Checks};
use super::dial::{self, Dials};
use super::orders::{self, Orders};
use super::pause;
use super::questions::Questions;
use super::{
    AmiConfig, AmiMessage, AmiTranslator, Parties, Presentation, PresentationPolicy, PresentationQuestion,
};
use crate::call::{CallSignal, ChannelId};
use crate::source::SourceRequest;
use crate::source::connection::{ChannelList, ConnectionError, Output, Phase, Session};
use crate::source::problem::Problem;

/// The action id of the list of live channels.
const LIST_ID: &str = "snap-1";

/// Phones of which the log says that no queue knows them.
const UNKNOWN_MEMBERS_MAX: usize = 1_000;

/// Events that a busy Asterisk sends by the thousand and that say nothing about calls. Filters need `write = system`;
/// a manager user without it simply receives these events.
const IGNORED_EVENTS: [&str; 6] =
    ["RTCPSent", "RTCPReceived", "Newexten", "DeviceStateChange", "ExtensionStatus", "ContactStatus"];

/// A session.
pub(in crate::source) struct AmiSession<'a> {
    config: &'a AmiConfig,
    translator: AmiTranslator,
    output: Output,
    new_questions: Vec<PresentationQuestion>,
    questions: Questions,
    dials: Dials,
    orders: Orders,
    channel_list: ChannelList,
    checks: Checks,
    /// Extensions of which the log has said that no queue knows them.
    unknown_members: HashSet<String>,
}

impl<'a> AmiSession<'a> {
    /// A session that asks what the user may do, sets filters and asks for the live channels.
    pub(super) fn new(config: &'a AmiConfig, banner: Option<&str>) -> Self {
        let mut output = Output::default();
        let checks = Checks::begin(banner, &mut output.bytes);
        for (at, event) in IGNORED_EVENTS.iter().enumerate() {
            Action::new("Filter", &format!("filter-{at}"))
                .with("Operation", "Add")
                .with("Filter", &format!("!Event: {event}"))
                .write_to(&mut output.bytes);
        }
        Action::new("CoreShowChannels", LIST_ID).write_to(&mut output.bytes);
        let parties = Parties::from(config);
        Self {
            config,
            translator: AmiTranslator::new(parties, PresentationPolicy::Ask, config.channels_max)
                .with_customer_code_variable(&config.customer_code_variable)
                .with_numbers(config.numbers.clone().and_prefix(&config.dial_prefix)),
            output,
            new_questions: Vec::new(),
            questions: Questions::default(),
            dials: Dials::default(),
            orders: Orders::default(),
            channel_list: ChannelList::requested(config.snapshot_timeout_ms),
            checks,
            unknown_members: HashSet::new(),
        }
    }

    fn event(&mut self, message: &AmiMessage) {
        if let Some(event) = message.event() {
            let channels = &self.translator.channels;
            if self.checks.listed(message, |id| channels.get(id).is_some()) {
                return;
            }
            self.checks.event(event, message);
        }
        self.dials.event(message);
        self.translator.translate(message, &mut self.output.signals, &mut self.new_questions);
        for question in std::mem::take(&mut self.new_questions) {
            self.ask(question);
        }
        let ends_list =
            message.event() == Some("CoreShowChannelsComplete") && message.action_id() == Some(LIST_ID);
        if ends_list && self.channel_list.phase == Phase::Reading {
            self.channel_list.phase = Phase::Done;
            let is_cancelled = message.get("EventList").is_some_and(|e| e.eq_ignore_ascii_case("cancelled"));
            let end = if is_cancelled { CallSignal::ChannelListAborted } else { CallSignal::ChannelListEnd };
            self.output.signals.push(end);
        }
    }

    fn answer(&mut self, response: &str, message: &AmiMessage) {
        let Some(id) = message.action_id() else { return };
        if let Some(extension) = id.strip_prefix(pause::ID_PREFIX) {
            self.paused(extension, response, message.get("Message"));
        } else if id.starts_with(orders::ID_PREFIX) {
            let redirected = self.orders.answer(id, response, message.get("Message"));
            self.output.signals.extend(redirected.map(|channel| CallSignal::Redirected { channel }));
        } else if id == dial::END_ID {
            Dials::ended(response, message.get("Message"));
        } else if id == checks::COMMANDS_ID {
            self.checks.commands(message, self.config);
        } else if id == LIST_ID {
            self.list_answer(message);
        } else if let Some(question) = self.questions.answered(id) {
            self.checks.number_answered(response, message.get("Message"));
            let value = message.get("Value").filter(|_| response == "Success");
            let answer = value.map_or(Presentation::Unanswered, Presentation::parse);
            self.translator.presentation(&question, answer, &mut self.output.signals);
        } else {
            self.dials.answer(id, response, message.get("Message"), self.config.dial_timeout_ms);
        }
    }

    /// The answer to `CoreShowChannels`. Without `start` no list follows, and waiting for its end would hold pop-ups
    /// back in vain.
    fn list_answer(&mut self, message: &AmiMessage) {
        if self.channel_list.phase != Phase::Requested {
            return;
        }
        if message.get("EventList").is_some_and(|list| list.eq_ignore_ascii_case("start")) {
            self.channel_list.phase = Phase::Reading;
            self.output.signals.push(CallSignal::ChannelListBegin);
        } else {
            self.checks.found(Problem::ListRefused);
            self.channel_list.phase = Phase::Done;
        }
    }

    /// A queue was told about a phone.
    fn paused(&mut self, extension: &str, response: &str, message: Option<&str>) {
        self.checks.pause_answered(response, message);
        if message.is_some_and(pause::is_unknown)
            && self.unknown_members.len() < UNKNOWN_MEMBERS_MAX
            && self.unknown_members.insert(extension.to_owned())
        {
            info!(extension, "no queue has this phone as a member; if one does, check queue_interface");
        }
    }

    /// Asks whether a number may be shown. With too many open questions it counts as unanswered.
    fn ask(&mut self, question: PresentationQuestion) {
        if self.questions.len() >= self.config.channels_max {
            self.translator.presentation(&question, Presentation::Unanswered, &mut self.output.signals);
            return;
        }
        self.questions.ask(question, self.config.getvar_timeout_ms, &mut self.output.bytes);
    }
}

/// The names of channels.
fn name_of(translator: &AmiTranslator) -> impl Fn(&ChannelId) -> Option<String> {
    |channel| Some(translator.channels.get(channel.as_str())?.name.as_deref()?.to_owned())
}

impl Session for AmiSession<'_> {
    type Message = AmiMessage;

    fn receive(&mut self, message: &AmiMessage) {
        match message.response() {
            Some(response) => self.answer(response, message),
            None => self.event(message),
        }
    }

    fn request(&mut self, request: SourceRequest) {
        match request {
            SourceRequest::Dial { extension, to, reply } => {
                let bytes = &mut self.output.bytes;
                let channel = self.dials.originate(self.config, &extension, &to, reply, bytes);
                if let Some(channel) = channel {
                    self.translator.expect_dial(channel, to.digits().to_owned());
                }
            }
            SourceRequest::Order { order, reply } => {
                let name_of = name_of(&self.translator);
                self.orders.send(self.config, &order, name_of, reply, &mut self.output.bytes);
            }
            SourceRequest::Pause(pauses) => pause::write(self.config, &pauses, &mut self.output.bytes),
        }
    }

    fn deadline(&self) -> Option<Instant> {
        let deadlines = [
            self.questions.deadline(),
            self.channel_list.deadline(),
            self.dials.deadline(),
            self.orders.deadline(),
            self.checks.deadline(),
        ];
        deadlines.into_iter().flatten().min()
    }

    fn on_deadline(&mut self, now: Instant) -> Result<(), ConnectionError> {
        for question in self.questions.overdue(now) {
            warn!("Asterisk did not say in time whether a number may be shown: it is not shown");
            self.translator.presentation(&question, Presentation::Unanswered, &mut self.output.signals);
        }
        self.dials.expire(now);
        self.orders.expire(now);
        self.checks.on_deadline(now, &mut self.output.bytes);
        match self.channel_list.expire(now) {
            Some(Phase::Requested) => {
                warn!("Asterisk does not list its channels: running calls are not found");
            }
            Some(Phase::Reading) => {
                warn!("Asterisk's list of live channels broke off");
                self.output.signals.push(CallSignal::ChannelListAborted);
            }
            Some(Phase::Done) | None => {}
        }
        Ok(())
    }

    fn ping(&mut self) {
        Action::new("Ping", "ping-1").write_to(&mut self.output.bytes);
    }

    fn output(&mut self) -> &mut Output {
        self.dials.end_given_up(name_of(&self.translator), &mut self.output.bytes);
        self.output.problems = self.checks.news();
        &mut self.output
    }
}
