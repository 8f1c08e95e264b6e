//! What Asterisk sends: its recordings, its channels and its list of them.

use std::fmt::Write as _;

use super::ami_support::{self, RECORDINGS, scenes};
use super::pbx::{Channel, State};
use super::{Pbx, Scenario, System, header};

/// Every recording, and the scenes of calls from outside that were not recorded: a list of channels says nothing of
/// who calls out.
pub(crate) fn scenarios() -> impl Iterator<Item = Scenario> {
    RECORDINGS.into_iter().map(recorded).chain([
        scene("parked-and-taken-by-another", scenes::parked_and_taken_by_another()),
        scene("parked-and-taken-back", scenes::parked_and_taken_back()),
        scene("parked-and-timed-out", scenes::parked_and_timed_out()),
        scene("parked-and-given-up", scenes::parked_and_given_up()),
        scene("parked-by-a-key", scenes::parked_by_a_key_and_taken_by_another()),
        scene("picked-up", scenes::picked_up("*8203")),
        scene("local-channel-taken-out", scenes::local_channel_taken_out()),
        scene("picked-up-behind-local", scenes::picked_up_behind_local()),
        recorded("declined-603"),
        recorded("forward-302"),
        recorded("queue-timeout"),
        recorded("park-retrieve"),
        recorded("mobile-answers"),
        scene("caller-stays-for-a-survey", scenes::caller_stays_for_a_survey()),
        scene("a-mobile-answers", scenes::a_mobile_answers()),
        scene("lifted-but-never-joined", scenes::lifted_but_never_joined()),
        scene("into-a-second-queue", scenes::into_a_second_queue()),
    ])
}

fn scene(name: &'static str, messages: Vec<String>) -> Scenario {
    let before = Pbx::quiet(System::Asterisk);
    Scenario {
        system: System::Asterisk,
        name,
        banner: "Asterisk Call Manager/9.0.0".to_owned(),
        messages,
        before,
    }
}

/// A recording, message by message.
pub(super) fn recorded(name: &'static str) -> Scenario {
    let text = String::from_utf8(ami_support::recording(name)).unwrap();
    let (banner, rest) = text.split_once("\r\n").unwrap();
    let mut before = Pbx { withheld: name == "withheld-getvar", ..Pbx::quiet(System::Asterisk) };
    let mut messages = Vec::new();
    for message in rest.split_inclusive("\r\n\r\n").filter(|m| m.ends_with("\r\n\r\n")) {
        match (header(message, "Event"), header(message, "ActionID")) {
            (Some("CoreShowChannel"), _) => before.apply(message),
            (None, _) | (_, Some(_)) => {}
            _ => messages.push(message.to_owned()),
        }
    }
    assert!(messages.len() > 20, "{name} was not read");
    Scenario { system: System::Asterisk, name, banner: banner.to_owned(), messages, before }
}

/// The columns of a list, and the headers of events that have them.
const COLUMNS: [&str; 6] = ["Linkedid", "Channel", "ChannelState", "CallerIDNum", "CallerIDName", "Exten"];

/// The headers that name a channel.
pub(super) const NAMES: [&str; 12] = [
    "Uniqueid",
    "DestUniqueid",
    "BridgeUniqueid",
    "Linkedid",
    "OrigTransfererUniqueid",
    "TransfererLinkedid",
    "TransfereeLinkedid",
    "ParkeeLinkedid",
    "RetrieverLinkedid",
    "LocalOneLinkedid",
    "LocalTwoLinkedid",
    "TargetLinkedid",
];

pub(super) fn apply(pbx: &mut Pbx, message: &str) {
    let Some(event) = header(message, "Event") else { return };
    if matches!(event, "Newchannel" | "CoreShowChannel") {
        let called = header(message, "ChannelState") == Some("0")
            || header(message, "ApplicationData") == Some("(Outgoing Line)");
        let id = header(message, "Uniqueid").unwrap().to_owned();
        if pbx.find(&id).is_none() {
            pbx.channels.push(Channel { id, called, ..Channel::default() });
        }
    }
    update(pbx, message, "");
    update(pbx, message, "Dest");
    let Some(channel) = header(message, "Uniqueid").and_then(|id| pbx.find(id)) else { return };
    let mut copy = |column, key| {
        channel.row.insert(column, header(message, key).unwrap_or_default().to_owned());
    };
    match event {
        "Newexten" => {
            copy("Application", "Application");
            copy("ApplicationData", "AppData");
        }
        "CoreShowChannel" => {
            ["Application", "ApplicationData", "BridgeId"].into_iter().for_each(|key| copy(key, key));
        }
        "BridgeEnter" => {
            copy("BridgeId", "BridgeUniqueid");
            link_all(pbx, message);
        }
        "BridgeLeave" => drop(channel.row.remove("BridgeId")),
        "Rename" => {
            copy("Channel", "Newname");
            channel.extension = agent(channel.column("Channel")).map(str::to_owned);
        }
        "Hangup" => {
            let id = channel.id.clone();
            pbx.hang_up(&id);
        }
        _ => {}
    }
}

/// Who talks in one bridge has one `Linkedid`, but for the channel whose place is taken.
fn link_all(pbx: &mut Pbx, message: &str) {
    let linked = header(message, "Linkedid").unwrap_or_default();
    let bridge = header(message, "BridgeUniqueid").unwrap_or_default();
    let talks = header(message, "BridgeTechnology") != Some("holding_bridge");
    for channel in pbx.channels.iter_mut().filter(|channel| talks && channel.column("BridgeId") == bridge) {
        if header(message, "SwapUniqueid") != Some(channel.id.as_str()) {
            channel.row.insert("Linkedid", linked.to_owned());
            channel.linked = linked.to_owned();
        }
    }
}

fn update(pbx: &mut Pbx, message: &str, prefix: &str) {
    let value = |key: &str| header(message, &format!("{prefix}{key}"));
    let Some(channel) = value("Uniqueid").and_then(|id| pbx.find(id)) else { return };
    for column in COLUMNS {
        if let Some(value) = value(column) {
            channel.row.insert(column, value.to_owned());
        }
    }
    channel.linked = channel.column("Linkedid").to_owned();
    channel.extension = agent(channel.column("Channel")).map(str::to_owned);
    channel.state = match channel.column("ChannelState") {
        "5" => State::Ringing,
        "6" => State::Up,
        _ => State::Idle,
    };
}

/// The extension, if the channel is an agent's phone.
fn agent(name: &str) -> Option<&str> {
    let peer = name.strip_prefix("PJSIP/")?.split('-').next()?;
    peer.bytes().all(|b| b.is_ascii_digit()).then_some(peer)
}

/// The answer to `CoreShowChannels`, with the headers of the recorded one.
pub(super) fn listing(pbx: &Pbx, action_id: &str) -> Vec<String> {
    let mut list = vec![format!(
        "Response: Success\r\nActionID: {action_id}\r\nEventList: start\r\nMessage: Channels will follow\r\n\r\n"
    )];
    for channel in &pbx.channels {
        let mut entry =
            format!("Event: CoreShowChannel\r\nActionID: {action_id}\r\nUniqueid: {}\r\n", channel.id);
        for column in COLUMNS.into_iter().chain(["Application", "ApplicationData", "BridgeId"]) {
            write!(entry, "{column}: {}\r\n", channel.column(column)).unwrap();
        }
        list.push(entry + "\r\n");
    }
    list.push(format!(
        "Event: CoreShowChannelsComplete\r\nActionID: {action_id}\r\nEventList: Complete\r\nListItems: {}\r\n\r\n",
        pbx.len()
    ));
    list
}
