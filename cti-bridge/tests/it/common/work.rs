//! A server whose PBX is the test, for what agents do with calls.

use chrono::{DateTime, Utc};
use cti_bridge::call::{CallSignal, Caller, ChannelState, GoneCause, Party, Role};
use cti_bridge::config::Config;
use cti_bridge::source::SourceEvent;
use serde_json::{Value, json};
use shared::caller::CallerNumber;
use shared::phone::PhoneNumber;
use tokio::sync::mpsc;

use super::{Client, Company, Running, company, start};

/// A server whose PBX is the test.
pub struct World {
    pub company: Company,
    pub server: Running,
    pub events: mpsc::Sender<SourceEvent>,
    seconds: i64,
}

pub fn config() -> Config {
    Config::parse("[calls]\nafter_call_work_seconds = 3600\n[limits]\nagents_refresh_ms = 50").unwrap()
}

impl World {
    pub async fn new() -> Self {
        Self::with(config()).await
    }

    pub async fn with(config: Config) -> Self {
        let company = company();
        let (events, source) = mpsc::channel(64);
        let server = start(&company, &config, Some(source)).await;
        events.send(SourceEvent::Up).await.unwrap();
        Self::of(company, server, events)
    }

    pub fn of(company: Company, server: Running, events: mpsc::Sender<SourceEvent>) -> Self {
        Self { company, server, events, seconds: 0 }
    }

    pub async fn agent(&self, index: usize) -> Client {
        let (mut client, data) = Client::sign_in(self.server.address, &self.company.tokens[index]).await;
        if data["source_up"] == json!(false) {
            client.push("source.state").await;
        }
        client
    }

    pub async fn tell(&mut self, signals: Vec<CallSignal>) {
        self.seconds += 1;
        let at: DateTime<Utc> = DateTime::from_timestamp(1_795_000_000 + self.seconds, 0).unwrap();
        self.events.send(SourceEvent::Signals { at: at.into(), signals }).await.unwrap();
    }

    /// A call comes in, and the phones of these extensions ring.
    pub async fn rings(&mut self, name: &str, caller: CallerNumber, extensions: &[&str]) {
        let mut signals = vec![seen(name, Party::Outside, Role::Origin, Some(caller))];
        for extension in extensions {
            let phone = format!("{name}-{extension}");
            let party = Party::Agent { extension: (*extension).to_owned() };
            signals.push(seen(&phone, party, Role::Destination, None));
            signals.push(CallSignal::DialBegin {
                source: Some(name.into()),
                destination: phone.as_str().into(),
                dialled: None,
            });
            signals.push(CallSignal::State { channel: phone.as_str().into(), state: ChannelState::Ringing });
        }
        self.tell(signals).await;
    }

    pub async fn answers(&mut self, name: &str, extension: &str) {
        let phone = format!("{name}-{extension}");
        let mut signals = vec![CallSignal::State { channel: phone.as_str().into(), state: ChannelState::Up }];
        for channel in [name, &phone] {
            signals.push(CallSignal::BridgeEnter { channel: channel.into(), bridge: name.into() });
        }
        self.tell(signals).await;
    }

    pub async fn ends(&mut self, name: &str, extensions: &[&str]) {
        let mut signals = vec![CallSignal::HungUp { channel: name.into(), cause: GoneCause::Normal }];
        for extension in extensions {
            let channel = format!("{name}-{extension}");
            signals.push(CallSignal::Gone { channel: channel.as_str().into(), cause: GoneCause::Normal });
        }
        signals.push(CallSignal::Gone { channel: name.into(), cause: GoneCause::Normal });
        self.tell(signals).await;
    }
}

pub fn seen(channel: &str, party: Party, role: Role, caller: Option<CallerNumber>) -> CallSignal {
    CallSignal::ChannelSeen {
        channel: channel.into(),
        linked: None,
        party,
        role,
        state: ChannelState::Idle,
        dialled: Some("0120111111".to_owned()),
        caller: caller.map(Caller::Known),
        uncertain: false,
    }
}

pub fn number(text: &str) -> CallerNumber {
    CallerNumber::Number(PhoneNumber::parse(text).unwrap())
}

/// The next push of this kind, whatever comes before it.
pub async fn until(client: &mut Client, kind: &str) -> Value {
    loop {
        let frame = match client.pushes.is_empty() {
            true => client.frame().await.unwrap(),
            false => client.pushes.remove(0),
        };
        if frame["ev"] == kind {
            return frame["data"].clone();
        }
    }
}

pub fn id_of(popup: &Value) -> Value {
    popup["call"]["call_id"].clone()
}
