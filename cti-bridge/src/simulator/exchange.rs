//! The state of the simulated PBX and the clients that receive its events.
//!
//! One lock covers channels and clients, so that a list of live channels and the events around it reach a client in a
//! consistent order.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::SimulatorOptions;
use super::channel::{Channel, Id, State};
use super::text::Text;

/// A channel's key in the exchange.
pub(super) type ChannelKey = u64;

/// A text on its way to clients.
pub(super) type Outgoing = Arc<str>;

/// The simulated PBX.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) options: SimulatorOptions,
    booted_at: i64,
    inner: Mutex<Inner>,
    signed_in: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct Inner {
    channels: BTreeMap<ChannelKey, Channel>,
    next_channel: ChannelKey,
    next_bridge: u64,
    clients: BTreeMap<u64, mpsc::Sender<Outgoing>>,
    next_client: u64,
}

/// What a new channel is.
pub(super) struct NewChannel {
    /// The identity; one of the exchange's own when `None`.
    pub(super) id: Option<String>,
    /// Such as `PJSIP/201`; a serial is added.
    pub(super) peer: String,
    pub(super) caller: Id,
    pub(super) context: &'static str,
    pub(super) exten: String,
    pub(super) state: State,
    pub(super) linked: Option<ChannelKey>,
    pub(super) presentation: &'static str,
    pub(super) application: (&'static str, String),
}

impl Exchange {
    pub(super) fn new(options: SimulatorOptions, now: DateTime<Utc>) -> Self {
        let (inner, signed_in) = (Mutex::default(), watch::Sender::new(false));
        Self { options, booted_at: now.timestamp(), inner, signed_in }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) async fn client_signed_in(&self) {
        // The sender lives as long as `self`, so waiting cannot fail.
        let _ = self.signed_in.subscribe().wait_for(|is| *is).await;
    }

    pub(super) fn disconnect_clients(&self) {
        self.lock().clients.clear();
    }

    pub(super) fn forget_channels(&self) {
        self.lock().channels.clear();
    }

    /// Sends events to a client from now on, after these texts.
    pub(super) fn add_client(&self, client: mpsc::Sender<Outgoing>, greeting: Vec<String>) -> u64 {
        let mut inner = self.lock();
        let id = inner.next_client;
        inner.next_client += 1;
        for text in greeting {
            // A client whose queue is too small for the greeting is disconnected at the next event.
            let _ = client.try_send(text.into());
        }
        inner.clients.insert(id, client);
        drop(inner);
        self.signed_in.send_replace(true);
        id
    }

    pub(super) fn remove_client(&self, id: u64) {
        self.lock().clients.remove(&id);
    }

    /// The name of the agent with this extension.
    pub(super) fn agent(&self, extension: &str) -> Id {
        let name = self.options.agents.iter().find(|a| a.extension == extension).map(|a| a.name.clone());
        Id { number: extension.to_owned(), name: name.unwrap_or_default() }
    }

    pub(super) fn new_channel(&self, new: NewChannel) -> ChannelKey {
        let mut inner = self.lock();
        let key = inner.next_channel;
        inner.next_channel += 1;
        let id = new.id.unwrap_or_else(|| format!("{}.{key}", self.booted_at));
        let linked = new.linked.and_then(|l| inner.channels.get(&l)).map(|l| l.linked.clone());
        let channel = Channel {
            name: format!("{}-{key:08x}", new.peer),
            state: new.state,
            caller: new.caller,
            connected: Id::default(),
            context: new.context,
            exten: new.exten,
            linked: linked.unwrap_or_else(|| id.clone()),
            id,
            presentation: new.presentation,
            application: new.application,
            bridge: None,
            since: Instant::now(),
        };
        inner.broadcast(Text::event("Newchannel", "call").channel("", &channel));
        inner.channels.insert(key, channel);
        key
    }

    /// How many channels are live.
    pub(super) fn channels_len(&self) -> usize {
        self.lock().channels.len()
    }

    /// Changes a channel without an event.
    pub(super) fn change(&self, key: ChannelKey, change: impl FnOnce(&mut Channel)) {
        if let Some(channel) = self.lock().channels.get_mut(&key) {
            change(channel);
        }
    }

    pub(super) fn channel(&self, key: ChannelKey) -> Option<Channel> {
        self.lock().channels.get(&key).cloned()
    }

    /// Sends an event about one channel.
    pub(super) fn tell(&self, event: &str, class: &str, key: ChannelKey, rest: &[(&str, String)]) {
        let mut inner = self.lock();
        let Some(channel) = inner.channels.get(&key) else { return };
        let text = Text::event(event, class).channel("", channel);
        let text = rest.iter().fold(text, |text, (key, value)| text.with(key, value));
        inner.broadcast(text);
    }

    /// Sends an event about a caller's channel and a phone's.
    pub(super) fn tell_dial(
        &self,
        event: &str,
        class: &str,
        keys: (ChannelKey, ChannelKey),
        rest: &[(&str, String)],
    ) {
        let mut inner = self.lock();
        let (Some(from), Some(to)) = (inner.channels.get(&keys.0), inner.channels.get(&keys.1)) else {
            return;
        };
        let text = Text::event(event, class).channel("", from).channel("Dest", to);
        let text = rest.iter().fold(text, |text, (key, value)| text.with(key, value));
        inner.broadcast(text);
    }

    /// Sends an event that is complete already.
    pub(super) fn tell_text(&self, text: Text) {
        self.lock().broadcast(text);
    }

    pub(super) fn new_bridge(&self) -> String {
        let mut inner = self.lock();
        inner.next_bridge += 1;
        let id = format!("{:08x}-0000-4000-8000-{:012x}", self.booted_at, inner.next_bridge);
        inner.broadcast(Text::event("BridgeCreate", "call").bridge("", &id, 0));
        id
    }

    pub(super) fn enter(&self, bridge: &str, key: ChannelKey, swap: Option<ChannelKey>) {
        let mut inner = self.lock();
        if let Some(channel) = inner.channels.get_mut(&key) {
            channel.bridge = Some(bridge.to_owned());
        }
        let swap = swap.and_then(|swap| inner.channels.get(&swap)).map(|c| c.id.clone());
        inner.tell_bridge("BridgeEnter", bridge, key, swap);
    }

    pub(super) fn leave(&self, bridge: &str, key: ChannelKey) {
        let mut inner = self.lock();
        if let Some(channel) = inner.channels.get_mut(&key) {
            channel.bridge = None;
        }
        inner.tell_bridge("BridgeLeave", bridge, key, None);
    }

    pub(super) fn destroy_bridge(&self, bridge: &str) {
        self.tell_text(Text::event("BridgeDestroy", "call").bridge("", bridge, 0));
    }

    pub(super) fn hang_up(&self, key: ChannelKey, cause: u8, words: &str) {
        self.tell("Hangup", "call", key, &[("Cause", cause.to_string()), ("Cause-txt", words.to_owned())]);
        self.lock().channels.remove(&key);
    }

    /// The value of `CALLERID(num-pres)` on the channel of this name.
    pub(super) fn presentation(&self, name: &str) -> Option<&'static str> {
        self.lock().channels.values().find(|c| c.name == name).map(|c| c.presentation)
    }

    /// Sends one client a list made from the live channels, without an event in between.
    pub(super) fn answer_with(
        &self,
        client: &mpsc::Sender<Outgoing>,
        make: impl FnOnce(&[Channel]) -> Vec<String>,
    ) -> bool {
        let inner = self.lock();
        let channels: Vec<Channel> = inner.channels.values().cloned().collect();
        make(&channels).into_iter().all(|text| client.try_send(text.into()).is_ok())
    }
}

impl Inner {
    /// Sends a text to every client. A client that does not keep up is disconnected: its queue ends, then its connection.
    fn broadcast(&mut self, text: Text) {
        let text: Outgoing = text.finish().into();
        self.clients.retain(|_, client| client.try_send(Arc::clone(&text)).is_ok());
    }

    fn tell_bridge(&mut self, event: &str, bridge: &str, key: ChannelKey, swap: Option<String>) {
        let Some(channel) = self.channels.get(&key) else { return };
        let members = self.channels.values().filter(|c| c.bridge.as_deref() == Some(bridge)).count();
        let text = Text::event(event, "call").bridge("", bridge, members).channel("", channel);
        let text = swap.into_iter().fold(text, |text, id| text.with("SwapUniqueid", id));
        self.broadcast(text);
    }
}
