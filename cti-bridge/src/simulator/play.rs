//! Plays a script: the events of a call in Asterisk's order.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::channel::{Id, State};
use super::exchange::{ChannelKey, Exchange, NewChannel};
use super::{CallScript, CallerPresentation, Ending, transfer};

/// A call on the stage.
pub(super) struct Call<'a> {
    pub(super) exchange: &'a Exchange,
    pub(super) script: &'a CallScript,
    /// The caller's channel.
    pub(super) trunk: ChannelKey,
    pub(super) began_at: Instant,
}

/// A phone that rings or talks.
#[derive(Debug, Clone)]
pub(super) struct Phone {
    pub(super) extension: String,
    pub(super) channel: ChannelKey,
}

pub(super) async fn wait(milliseconds: u64) {
    sleep(Duration::from_millis(milliseconds)).await;
}

pub(super) async fn play(exchange: &Exchange, script: &CallScript) {
    let call = Call::begin(exchange, script);
    let phones = call.ring(call.trunk, &script.ring);
    wait(script.ring_ms).await;
    match &script.ending {
        Ending::Answer { by, talk_ms, hold_ms } => {
            let (phone, bridge) = call.answer(&phones, by);
            talk(&call, &phone, *talk_ms, *hold_ms).await;
            call.end(&phone, &bridge);
        }
        Ending::Abandon => call.abandon(&phones),
        Ending::NoAnswerThenNext { next, talk_ms } => {
            call.ring_out(&phones);
            let phones = call.ring(call.trunk, std::slice::from_ref(next));
            wait(script.ring_ms).await;
            let (phone, bridge) = call.answer(&phones, next);
            wait(*talk_ms).await;
            call.end(&phone, &bridge);
        }
        Ending::BlindTransfer { by, to, talk_ms } => {
            let (phone, bridge) = call.answer(&phones, by);
            wait(*talk_ms).await;
            transfer::blind(&call, &phone, &bridge, to, *talk_ms).await;
        }
        Ending::AttendedTransfer { by, to, talk_ms } => {
            let (phone, bridge) = call.answer(&phones, by);
            wait(*talk_ms).await;
            transfer::attended(&call, &phone, &bridge, to, *talk_ms).await;
        }
    }
}

async fn talk(call: &Call<'_>, phone: &Phone, talk_ms: u64, hold_ms: Option<u64>) {
    let Some(hold_ms) = hold_ms else { return wait(talk_ms).await };
    wait(talk_ms / 2).await;
    call.exchange.tell("Hold", "call", phone.channel, &[("MusicClass", "default".to_owned())]);
    wait(hold_ms).await;
    call.exchange.tell("Unhold", "call", phone.channel, &[]);
    wait(talk_ms - talk_ms / 2).await;
}

impl<'a> Call<'a> {
    fn begin(exchange: &'a Exchange, script: &'a CallScript) -> Self {
        let application = match &script.queue {
            Some(queue) => ("Queue", format!("{queue},tT,,,20")),
            None => ("Dial", script.ring.iter().map(|e| format!("PJSIP/{e}")).collect::<Vec<_>>().join("&")),
        };
        let trunk = exchange.new_channel(NewChannel {
            id: None,
            peer: "PJSIP/trunk".to_owned(),
            caller: Id { number: script.caller_number.clone(), name: script.caller_name.clone() },
            context: "incoming",
            exten: script.did.clone(),
            state: State::Ring,
            linked: None,
            presentation: match script.presentation {
                CallerPresentation::Allowed => "allowed_not_screened",
                CallerPresentation::Withheld => "prohib_not_screened",
            },
            application,
        });
        let call = Self { exchange, script, trunk, began_at: Instant::now() };
        call.tell_queue("QueueCallerJoin", &[("Position", "1".to_owned()), ("Count", "1".to_owned())]);
        call
    }

    /// Tells an event of the queue, if the call is in one.
    fn tell_queue(&self, event: &str, rest: &[(&'static str, String)]) {
        let Some(queue) = &self.script.queue else { return };
        let mut headers = vec![("Queue", queue.clone())];
        headers.extend_from_slice(rest);
        self.exchange.tell(event, "agent", self.trunk, &headers);
    }

    /// Tells an event of the queue about one of its members.
    pub(super) fn tell_member(&self, event: &str, phone: &Phone, rest: &[(&'static str, String)]) {
        let Some(queue) = &self.script.queue else { return };
        let name = self.exchange.agent(&phone.extension).name;
        let interface = format!("PJSIP/{}", phone.extension);
        let mut headers = vec![("Queue", queue.clone()), ("Interface", interface), ("MemberName", name)];
        headers.extend_from_slice(rest);
        self.exchange.tell_dial(event, "agent", (self.trunk, phone.channel), &headers);
    }

    fn seconds(&self) -> String {
        self.began_at.elapsed().as_secs().to_string()
    }

    /// Lets phones ring on behalf of a channel.
    pub(super) fn ring(&self, source: ChannelKey, extensions: &[String]) -> Vec<Phone> {
        let in_queue = self.script.queue.is_some() && source == self.trunk;
        let phones: Vec<Phone> = extensions.iter().map(|e| self.call(source, e, in_queue)).collect();
        for phone in &phones {
            self.exchange.change(phone.channel, |c| c.state = State::Ringing);
            self.exchange.tell("Newstate", "call", phone.channel, &[]);
            if in_queue {
                self.exchange.tell("NewConnectedLine", "call", phone.channel, &[]);
            } else {
                let agent = self.exchange.agent(&phone.extension);
                self.exchange.change(source, |c| c.connected = agent);
                self.exchange.tell("NewConnectedLine", "call", source, &[]);
            }
            self.dial("DialState", source, phone, Some("RINGING"));
        }
        phones
    }

    fn call(&self, source: ChannelKey, extension: &str, in_queue: bool) -> Phone {
        let from = self.exchange.channel(source);
        let channel = self.exchange.new_channel(NewChannel {
            id: None,
            peer: format!("PJSIP/{extension}"),
            caller: self.exchange.agent(extension),
            context: "internal",
            exten: "s".to_owned(),
            state: State::Down,
            linked: Some(source),
            presentation: "allowed_not_screened",
            application: (if in_queue { "AppQueue" } else { "AppDial" }, "(Outgoing Line)".to_owned()),
        });
        let phone = Phone { extension: extension.to_owned(), channel };
        self.exchange.change(channel, |c| {
            c.connected = from.as_ref().map(|f| f.caller.clone()).unwrap_or_default();
            c.exten = from.map(|f| f.exten).unwrap_or_default();
        });
        if in_queue {
            self.tell_member("AgentCalled", &phone, &[]);
        } else {
            self.exchange.tell("NewConnectedLine", "call", channel, &[]);
        }
        let dial_string = [("DialString", extension.to_owned())];
        self.exchange.tell_dial("DialBegin", "call", (source, channel), &dial_string);
        phone
    }

    pub(super) fn dial(&self, event: &str, source: ChannelKey, phone: &Phone, status: Option<&str>) {
        let headers: Vec<_> = status.map(|s| ("DialStatus", s.to_owned())).into_iter().collect();
        self.exchange.tell_dial(event, "call", (source, phone.channel), &headers);
    }

    /// One phone answers; the others stop. A script that lets nobody answer who rings lets the first.
    fn answer(&self, phones: &[Phone], by: &str) -> (Phone, String) {
        let fallback = Phone { extension: by.to_owned(), channel: self.trunk };
        let phone = phones.iter().find(|p| p.extension == by).or(phones.first()).unwrap_or(&fallback).clone();
        let others: Vec<&Phone> = phones.iter().filter(|p| p.channel != phone.channel).collect();
        self.up(phone.channel);
        self.dial("DialEnd", self.trunk, &phone, Some("ANSWER"));
        others.iter().for_each(|o| self.dial("DialEnd", self.trunk, o, Some("CANCEL")));
        if self.script.queue.is_some() {
            let agent = self.exchange.agent(&phone.extension);
            self.exchange.change(self.trunk, |c| c.connected = agent);
            self.exchange.tell("NewConnectedLine", "call", self.trunk, &[]);
            others.iter().for_each(|o| self.dial("DialEnd", self.trunk, o, Some("CANCEL")));
            self.tell_queue("QueueCallerLeave", &[("Position", "1".to_owned()), ("Count", "0".to_owned())]);
            let times = [("HoldTime", self.seconds()), ("RingTime", self.seconds())];
            self.tell_member("AgentConnect", &phone, &times);
        }
        self.up(self.trunk);
        for other in others {
            self.exchange.hang_up(other.channel, 26, "Answered elsewhere");
        }
        let bridge = self.connect(phone.channel, self.trunk);
        (phone, bridge)
    }

    /// A channel is up now; nothing is told if it was.
    pub(super) fn up(&self, channel: ChannelKey) {
        if self.exchange.channel(channel).is_some_and(|c| c.state != State::Up) {
            self.exchange.change(channel, |c| c.state = State::Up);
            self.exchange.tell("Newstate", "call", channel, &[]);
        }
    }

    /// Joins two channels in a new bridge.
    pub(super) fn connect(&self, phone: ChannelKey, other: ChannelKey) -> String {
        let bridge = self.exchange.new_bridge();
        self.exchange.enter(&bridge, phone, None);
        self.exchange.enter(&bridge, other, None);
        bridge
    }

    /// The caller hangs up after talking.
    pub(super) fn end(&self, phone: &Phone, bridge: &str) {
        let exchange = self.exchange;
        exchange.tell("HangupRequest", "call", self.trunk, &[("Cause", "16".to_owned())]);
        self.complete(phone, "caller");
        exchange.leave(bridge, self.trunk);
        exchange.tell("SoftHangupRequest", "call", self.trunk, &[("Cause", "16".to_owned())]);
        exchange.leave(bridge, phone.channel);
        exchange.destroy_bridge(bridge);
        exchange.change(self.trunk, |c| c.exten = "h".to_owned());
        exchange.hang_up(self.trunk, 16, "Normal Clearing");
        exchange.hang_up(phone.channel, 16, "Normal Clearing");
    }

    /// The queue counts a call as done.
    pub(super) fn complete(&self, phone: &Phone, reason: &str) {
        let times =
            [("HoldTime", "0".to_owned()), ("TalkTime", self.seconds()), ("Reason", reason.to_owned())];
        self.tell_member("AgentComplete", phone, &times);
    }

    /// The caller gives up while phones ring. A queue tells the end of each attempt twice, as the real one does.
    fn abandon(&self, phones: &[Phone]) {
        let exchange = self.exchange;
        exchange.tell("HangupRequest", "call", self.trunk, &[("Cause", "127".to_owned())]);
        let times = if self.script.queue.is_some() { 2 } else { 1 };
        for _ in 0..times {
            phones.iter().for_each(|p| self.dial("DialEnd", self.trunk, p, Some("CANCEL")));
        }
        let position = ("Position", "1".to_owned());
        let original = ("OriginalPosition", "1".to_owned());
        self.tell_queue("QueueCallerAbandon", &[position.clone(), original, ("HoldTime", self.seconds())]);
        self.tell_queue("QueueCallerLeave", &[position, ("Count", "0".to_owned())]);
        exchange.tell("SoftHangupRequest", "call", self.trunk, &[("Cause", "16".to_owned())]);
        for phone in phones.iter().rev() {
            exchange.hang_up(phone.channel, 0, "Unknown");
        }
        exchange.change(self.trunk, |c| c.exten = "h".to_owned());
        exchange.hang_up(self.trunk, 127, "Interworking, unspecified");
    }

    /// Nobody answers; the phones stop and the caller waits on.
    fn ring_out(&self, phones: &[Phone]) {
        for phone in phones {
            self.tell_member("AgentRingNoAnswer", phone, &[("RingTime", self.script.ring_ms.to_string())]);
            self.dial("DialEnd", self.trunk, phone, Some("NOANSWER"));
            self.dial("DialEnd", self.trunk, phone, Some("CANCEL"));
            self.exchange.hang_up(phone.channel, 0, "Unknown");
        }
    }
}
