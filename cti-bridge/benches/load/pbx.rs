//! The PBX of a load: it plays calls at a steady rate to all clients that are connected.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::{Board, Load, NOT_PLACED, caller, dialled, extension};

/// How long before a phone rings its caller's channel appears: time enough to answer whether the number may be shown.
const BEFORE_RING: Duration = Duration::from_millis(100);

/// The PBX.
#[derive(Clone)]
pub(crate) struct LoadPbx {
    pub(crate) address: SocketAddr,
    client: Arc<Mutex<Option<mpsc::UnboundedSender<String>>>>,
    /// How often calls were played: a channel's identity never comes again.
    runs: Arc<AtomicUsize>,
}

impl LoadPbx {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let pbx =
            Self { address: listener.local_addr().unwrap(), client: Arc::default(), runs: Arc::default() };
        let accepting = pbx.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(accepting.clone().serve(stream));
            }
        });
        pbx
    }

    async fn serve(self, stream: TcpStream) {
        stream.set_nodelay(true).unwrap();
        let (reader, mut writer) = stream.into_split();
        let (out, mut outgoing) = mpsc::unbounded_channel::<String>();
        let _ = out.send("Asterisk Call Manager/13.0.0\r\n".to_owned());
        tokio::spawn(async move {
            while let Some(text) = outgoing.recv().await {
                if writer.write_all(text.as_bytes()).await.is_err() {
                    return;
                }
            }
        });
        let mut lines = BufReader::new(reader).lines();
        let (mut action, mut id) = (String::new(), String::new());
        while let Ok(Some(line)) = lines.next_line().await {
            match line.split_once(": ") {
                Some(("Action", value)) => value.clone_into(&mut action),
                Some(("ActionID", value)) => value.clone_into(&mut id),
                Some(_) => {}
                None => self.reply(&action, &id, &out),
            }
        }
    }

    fn reply(&self, action: &str, id: &str, out: &mpsc::UnboundedSender<String>) {
        let success = |rest: &str| format!("Response: Success\r\nActionID: {id}\r\n{rest}\r\n");
        let text = match action {
            "Challenge" => success("Challenge: 840415273\r\n"),
            "Getvar" => success("Variable: CALLERID(num-pres)\r\nValue: allowed_not_screened\r\n"),
            "CoreShowChannels" => {
                let end = format!(
                    "Event: CoreShowChannelsComplete\r\nActionID: {id}\r\nEventList: Complete\r\nListItems: 0\r\n\r\n"
                );
                success("EventList: start\r\n") + &end
            }
            _ => success(""),
        };
        let _ = out.send(text);
        if action == "Login" {
            *self.client.lock().unwrap() = Some(out.clone());
        }
    }

    fn say(&self, text: String) {
        let sent = self.client.lock().unwrap().as_ref().is_some_and(|client| client.send(text).is_ok());
        if !sent {
            NOT_PLACED.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Plays all calls of a load, at its rate, and ends when the last has ended.
    pub(crate) async fn play(&self, load: Load, board: &Arc<Board>) {
        let run = self.runs.fetch_add(1, Ordering::Relaxed);
        let mut running = JoinSet::new();
        let mut tick = interval(Duration::from_secs(1) / load.calls_per_second);
        tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
        for call in 0..load.calls() {
            tick.tick().await;
            let (pbx, board) = (self.clone(), board.clone());
            running.spawn(async move { pbx.call(load, run, call, &board).await });
            while running.try_join_next().is_some() {}
        }
        while running.join_next().await.is_some() {}
    }

    async fn call(&self, load: Load, run: usize, call: usize, board: &Board) {
        let (first, second) = load.rung_by(call);
        let id = |n: usize| format!("{}.{}", 1_800_000_000 + run, call * 3 + n);
        let rung = std::iter::once(first).chain(second).enumerate();
        let legs: Vec<Leg> = rung.map(|(n, agent)| Leg::new(id(n + 1), call, agent)).collect();
        let trunk = Trunk::new(id(0), call);
        self.say(trunk.event("Newchannel", 4, ""));
        sleep(BEFORE_RING).await;
        let readers = std::iter::once(first).chain(second).filter(|agent| !load.is_stuck(*agent)).count();
        let rings: String = legs.iter().map(|leg| leg.rings(&trunk)).collect();
        board.rings(call, u8::try_from(readers).unwrap());
        self.say(rings);
        sleep(load.ring).await;
        self.say(answered(&trunk, &legs));
        sleep(load.talk).await;
        self.say(ended(&trunk, &legs[0]));
    }
}

/// The caller's channel.
struct Trunk {
    id: String,
    bridge: String,
    headers: String,
}

impl Trunk {
    fn new(id: String, call: usize) -> Self {
        let headers = format!(
            "CallerIDNum: {}\r\nCallerIDName: <unknown>\r\nExten: {}\r\nUniqueid: {id}\r\nLinkedid: {id}\r\n",
            caller(call),
            dialled(call)
        );
        Self { bridge: format!("bridge-{id}"), id, headers }
    }

    fn event(&self, event: &str, state: u8, rest: &str) -> String {
        let headers = &self.headers;
        format!(
            "Event: {event}\r\nChannel: PJSIP/trunk-{}\r\nChannelState: {state}\r\n{headers}{rest}\r\n",
            self.id
        )
    }
}

/// An agent's phone.
struct Leg {
    id: String,
    name: String,
    extension: String,
}

impl Leg {
    fn new(id: String, call: usize, agent: usize) -> Self {
        let extension = extension(agent);
        Self { name: format!("PJSIP/{extension}-{call:08x}"), id, extension }
    }

    fn event(&self, event: &str, state: u8, trunk: &Trunk, rest: &str) -> String {
        format!(
            "Event: {event}\r\nChannel: {}\r\nChannelState: {state}\r\nCallerIDNum: {}\r\nExten: \r\n\
             Uniqueid: {}\r\nLinkedid: {}\r\n{rest}\r\n",
            self.name, self.extension, self.id, trunk.id
        )
    }

    fn dial(&self, event: &str, trunk: &Trunk, rest: &str) -> String {
        let dest = format!(
            "DestChannel: {}\r\nDestChannelState: 0\r\nDestCallerIDNum: {}\r\nDestUniqueid: {}\r\nDestLinkedid: {}\r\n{rest}",
            self.name, self.extension, self.id, trunk.id
        );
        trunk.event(event, 4, &dest)
    }

    fn rings(&self, trunk: &Trunk) -> String {
        self.event("Newchannel", 0, trunk, "")
            + &self.dial("DialBegin", trunk, "")
            + &self.event("Newstate", 5, trunk, "")
    }
}

fn answered(trunk: &Trunk, legs: &[Leg]) -> String {
    let bridge = format!("BridgeUniqueid: {}\r\nBridgeTechnology: simple_bridge\r\n", trunk.bridge);
    let mut text = legs[0].event("Newstate", 6, trunk, "");
    for leg in &legs[1..] {
        text += &leg.dial("DialEnd", trunk, "DialStatus: CANCEL\r\n");
        text += &leg.event("Hangup", 5, trunk, "Cause: 26\r\n");
    }
    text += &legs[0].dial("DialEnd", trunk, "DialStatus: ANSWER\r\n");
    text += &trunk.event("Newstate", 6, "");
    text += &legs[0].event("BridgeEnter", 6, trunk, &bridge);
    text + &trunk.event("BridgeEnter", 6, &bridge)
}

fn ended(trunk: &Trunk, leg: &Leg) -> String {
    trunk.event("HangupRequest", 6, "")
        + &trunk.event("Hangup", 6, "Cause: 16\r\n")
        + &leg.event("Hangup", 6, trunk, "Cause: 16\r\n")
}
