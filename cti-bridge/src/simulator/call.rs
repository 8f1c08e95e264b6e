//! A call being played: its channels, and the events of each step in Asterisk's order.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::channel::{Id, State};
use super::exchange::{ChannelKey, Exchange, NewChannel};
use super::{CallScript, CallerPresentation};

/// A call being played.
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

impl<'a> Call<'a> {
    pub(super) fn begin(exchange: &'a Exchange, script: &'a CallScript) -> Self {
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

    /// Sends an event of the queue, if the call is in one.
    fn tell_queue(&self, event: &str, rest: &[(&'static str, String)]) {
        let Some(queue) = &self.script.queue else { return };
        let mut headers = vec![("Queue", queue.clone())];
        headers.extend_from_slice(rest);
        self.exchange.tell(event, "agent", self.trunk, &headers);
    }

    /// Sends an event of the queue about one of its members.
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

    /// Makes phones ring on behalf of a channel.
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

    /// One phone answers; the others stop. If the script names a phone that does not ring, the first answers.
    pub(super) fn answer(&self, phones: &[Phone], by: &str) -> (Phone, String) {
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

    /// A channel is up now; nothing is sent if it was up before.
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

    /// The queue counts a call as completed.
    pub(super) fn complete(&self, phone: &Phone, reason: &str) {
        let times =
            [("HoldTime", "0".to_owned()), ("TalkTime", self.seconds()), ("Reason", reason.to_owned())];
        self.tell_member("AgentComplete", phone, &times);
    }

    /// The caller gives up while phones ring. A queue reports the end of each attempt twice, as the real one does.
    pub(super) fn abandon(&self, phones: &[Phone]) {
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

    /// No answer; the phones stop and the caller keeps waiting.
    pub(super) fn ring_out(&self, phones: &[Phone]) {
        for phone in phones {
            self.tell_member("AgentRingNoAnswer", phone, &[("RingTime", self.script.ring_ms.to_string())]);
            self.dial("DialEnd", self.trunk, phone, Some("NOANSWER"));
            self.dial("DialEnd", self.trunk, phone, Some("CANCEL"));
            self.exchange.hang_up(phone.channel, 0, "Unknown");
        }
    }
}
