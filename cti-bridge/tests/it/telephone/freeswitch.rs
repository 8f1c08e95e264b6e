//! What FreeSWITCH sends: recordings and scenes, its channels and its list of them.

use cti_bridge::source::freeswitch::{EslAnswer, EslQuestion, EslTopic};
use serde_json::{Map, Value, json};

use super::esl_support::{self, scenes};
use super::pbx::{Channel, State};
use super::{Pbx, Scenario, System, header};

/// Every recording, and every scene that was not recorded.
pub(crate) fn scenarios() -> impl Iterator<Item = Scenario> {
    esl_support::RECORDINGS.into_iter().map(recorded).chain([
        scene("hold-and-unhold", &scenes::hold_and_unhold()),
        scene("attended-transfer", &scenes::attended_transfer()),
        scene("attended-transfer-without-variables", &scenes::attended_transfer_without_variables()),
        scene("withheld-in-a-queue", &scenes::withheld_in_a_queue()),
        scene("parked-and-timed-out", &scenes::parked_and_timed_out()),
        scene("picked-up", &scenes::picked_up()),
    ])
}

fn recorded(name: &'static str) -> Scenario {
    let text = String::from_utf8(esl_support::recording(name)).unwrap();
    let mut before = Pbx::quiet(System::FreeSwitch);
    let mut messages = Vec::new();
    for message in split(&text) {
        let body = message.split_once("\n\n").map_or("", |(_, body)| body);
        match header(message, "Content-Type") {
            Some("text/event-plain") => messages.push(message.to_owned()),
            Some("api/response") => before = listed(body).unwrap_or(before),
            _ => {}
        }
    }
    assert!(messages.len() > 10, "{name} was not read");
    Scenario { system: System::FreeSwitch, name, banner: String::new(), messages, before }
}

fn scene(name: &'static str, events: &[Vec<u8>]) -> Scenario {
    let messages = events.concat();
    let messages = split(std::str::from_utf8(&messages).unwrap()).map(str::to_owned).collect();
    let before = Pbx::quiet(System::FreeSwitch);
    Scenario { system: System::FreeSwitch, name, banner: String::new(), messages, before }
}

/// Messages one by one: headers, an empty line and a body as long as the headers say.
fn split(mut rest: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let headers = rest.find("\n\n")? + 2;
        let body = header(&rest[..headers], "Content-Length").map_or(0, |length| length.parse().unwrap());
        let (message, tail) = rest.split_at(headers + body);
        rest = tail;
        Some(message)
    })
}

/// The columns of a list, and the headers of events that have them.
const COLUMNS: [(&str, &str); 8] = [
    ("direction", "Call-Direction"),
    ("name", "Channel-Name"),
    ("cid_num", "Caller-Caller-ID-Number"),
    ("cid_name", "Caller-Caller-ID-Name"),
    ("dest", "Caller-Destination-Number"),
    ("presence_id", "Channel-Presence-ID"),
    ("callstate", "Channel-Call-State"),
    ("call_uuid", "Channel-Call-UUID"),
];

/// The headers that name a channel.
pub(super) const NAMES: [&str; 9] = [
    "Unique-ID",
    "Other-Leg-Unique-ID",
    "Channel-Call-UUID",
    "Bridge-A-Unique-ID",
    "Bridge-B-Unique-ID",
    "variable_cc_member_session_uuid",
    "CC-Member-Session-UUID",
    "CC-Agent-UUID",
    "variable_transfer_to",
];

pub(super) fn apply(pbx: &mut Pbx, message: &str) {
    let value = |key: &str| header(message, key).map(decoded);
    let (Some(event), Some(id)) = (header(message, "Event-Name"), value("Unique-ID")) else { return };
    if event == "CHANNEL_CREATE" && pbx.find(&id).is_none() {
        pbx.channels.push(created(&id, &value));
    }
    if matches!(event, "CHANNEL_HANGUP_COMPLETE" | "CHANNEL_DESTROY") {
        pbx.ending.retain(|channel| channel.id != id);
    }
    let Some(channel) = pbx.find(&id) else { return };
    let state = channel.state;
    channel.hanging_up |= event == "CHANNEL_HANGUP" && channel.called;
    for (column, key) in COLUMNS {
        if let Some(value) = value(key) {
            channel.row.insert(column, value);
        }
    }
    channel.withheld |= !channel.called && value("Caller-Privacy-Hide-Number").as_deref() == Some("true");
    // Scenes have no state of their own.
    if header(message, "Channel-Call-State").is_none() {
        let state = match event {
            "CHANNEL_PROGRESS" => "RINGING",
            "CHANNEL_ANSWER" | "CHANNEL_UNHOLD" => "ACTIVE",
            "CHANNEL_HOLD" => "HELD",
            "CHANNEL_HANGUP" => "HANGUP",
            _ => channel.column("callstate"),
        };
        channel.row.insert("callstate", state.to_owned());
    }
    settle(channel);
    if event == "CHANNEL_BRIDGE" {
        let applied = value("variable_current_application_data");
        let is_dialled = header(message, "variable_current_application") == Some("bridge");
        let ends = [value("Bridge-A-Unique-ID").unwrap(), value("Bridge-B-Unique-ID").unwrap()];
        bridge(pbx, &ends, applied.as_ref().filter(|_| is_dialled));
    }
    if let Some(channel) = pbx.find(&id).filter(|channel| channel.column("callstate") == "HANGUP") {
        channel.state = state;
        pbx.hang_up(&id);
    }
}

fn created(id: &str, value: &impl Fn(&str) -> Option<String>) -> Channel {
    let is_outbound = value("Call-Direction").as_deref() == Some("outbound");
    let originator =
        value("Other-Leg-Unique-ID").filter(|_| value("Other-Type").as_deref() == Some("originator"));
    let member = value("variable_cc_member_session_uuid").filter(|_| is_outbound);
    let mut row = std::collections::BTreeMap::new();
    row.insert("callstate", "DOWN".to_owned());
    row.insert("call_uuid", originator.clone().unwrap_or_else(|| id.to_owned()));
    row.insert("initial_dest", value("Caller-Destination-Number").unwrap_or_default());
    row.insert("initial_context", value("Caller-Context").unwrap_or_default());
    let user = if is_outbound { value("variable_dialed_user") } else { None };
    row.insert("presence_id", user.map_or_else(String::new, |user| format!("{user}@pbx.example")));
    row.insert("cc_member_session_uuid", member.clone().unwrap_or_default());
    let linked = member.or(originator);
    Channel {
        called: is_outbound && linked.is_some(),
        linked: linked.unwrap_or_else(|| id.to_owned()),
        id: id.to_owned(),
        row,
        ..Channel::default()
    }
}

/// What follows from the columns.
fn settle(channel: &mut Channel) {
    channel.state = match channel.column("callstate") {
        "RINGING" | "EARLY" if channel.called => State::Ringing,
        "ACTIVE" | "HELD" | "UNHELD" => State::Up,
        _ => State::Idle,
    };
    let user = channel.column("presence_id").split('@').next().unwrap_or_default();
    let name = if channel.called { user } else { channel.column("cid_num") };
    let is_short = (1..=5).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_digit());
    channel.extension = is_short.then(|| name.to_owned());
}

/// Two channels hear each other: a phone and the outside caller. A list names the partner, unless the
/// dialplan's `bridge` made the call, of which it has only the command.
fn bridge(pbx: &mut Pbx, ends: &[String; 2], command: Option<&String>) {
    for (own, other) in [(0, 1), (1, 0)] {
        let is_outside = pbx.find(&ends[other]).is_some_and(|c| !c.called && c.extension.is_none());
        let Some(channel) = pbx.find(&ends[own]) else { continue };
        if is_outside && channel.called {
            channel.linked.clone_from(&ends[other]);
            channel.row.insert("call_uuid", ends[other].clone());
        }
        match command {
            Some(command) if own == 0 => drop(channel.row.insert("application_data", command.clone())),
            Some(_) => {}
            None => drop(channel.row.insert("application_data", ends[other].clone())),
        }
    }
}

/// The channels of a recorded list.
fn listed(body: &str) -> Option<Pbx> {
    let list: Value = serde_json::from_str(body).ok()?;
    let mut pbx = Pbx::quiet(System::FreeSwitch);
    for row in list["rows"].as_array()? {
        let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let (id, linked) = (text("uuid"), text("call_uuid"));
        let mut channel = Channel { called: id != linked, id, linked, ..Channel::default() };
        for column in COLUMNS.map(|(column, _)| column).into_iter().chain([
            "initial_dest",
            "initial_context",
            "application_data",
        ]) {
            channel.row.insert(column, text(column));
        }
        settle(&mut channel);
        pbx.channels.push(channel);
    }
    Some(pbx)
}

/// The answer to `show channels as json`, cut off after this many channels.
pub(super) fn listing(pbx: &Pbx, channels: usize) -> String {
    let row = |channel: &Channel| {
        let columns = channel.row.iter().map(|(column, value)| ((*column).to_owned(), json!(value)));
        let columns: Map<_, _> = columns.chain([("uuid".to_owned(), json!(channel.id))]).collect();
        Value::Object(columns)
    };
    let rows: Vec<Value> = pbx.channels.iter().take(channels).map(row).collect();
    // An incomplete list, even one that breaks off after the last channel, is not a list.
    let row_count = if channels == usize::MAX { pbx.len() } else { pbx.len() + 1 };
    let body = json!({ "row_count": row_count, "rows": rows }).to_string();
    format!("Content-Type: api/response\nContent-Length: {}\n\n{body}", body.len())
}

/// What FreeSWITCH answers about a channel of its list.
pub(super) fn answer<'a>(pbx: &'a Pbx, question: &EslQuestion) -> EslAnswer<'a> {
    let Some(channel) = pbx.channels.iter().find(|channel| channel.id == question.channel.as_str()) else {
        return EslAnswer::Gone;
    };
    match question.topic {
        EslTopic::Presentation => EslAnswer::Value(if channel.withheld { "true" } else { "false" }),
        EslTopic::Owner(_) => EslAnswer::parse(channel.column("cc_member_session_uuid")),
        EslTopic::Privacy | EslTopic::Queue | EslTopic::CustomerCode => EslAnswer::Missing,
    }
}

/// Percent-decodes a value.
fn decoded(value: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = value.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).filter(|_| *first == b'%').and_then(|h| std::str::from_utf8(h).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => (bytes.push(byte), rest = &tail[2..]).1,
            None => (bytes.push(*first), rest = tail).1,
        }
    }
    String::from_utf8(bytes).unwrap()
}
