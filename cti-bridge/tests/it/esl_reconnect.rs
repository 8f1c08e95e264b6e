//! The connection to FreeSWITCH is lost at every step of every recording, and restored at every later step: each time
//! the screens are right after the list of live channels, and nothing is left at the end.

use std::collections::{BTreeMap, BTreeSet};

use crate::ami_support::{apply, check_contract, lines, tracker};
use crate::esl_support::{RECORDINGS, config, messages, recording};
use cti_bridge::call::{CallChange, CallSignal};
use cti_bridge::source::freeswitch::{
    EslAnswer, EslMessage, EslQuestion, EslTopic, EslTranslator, channel_rows,
};
use serde_json::{Value, json};

/// What FreeSWITCH itself knows about a leg, from its own events.
#[derive(Debug, Clone, Default)]
struct Truth {
    first: BTreeMap<String, String>,
    now: BTreeMap<String, String>,
    hung_up: bool,
}

/// All legs, read from the events independently of the translator.
#[derive(Debug, Clone, Default)]
struct World(BTreeMap<String, Truth>);

impl World {
    fn take(&mut self, message: &EslMessage) {
        let (Some(event), Some(id)) = (message.event(), message.get("Unique-ID")) else { return };
        if event == "CHANNEL_DESTROY" {
            self.0.remove(id);
            return;
        }
        let headers = || message.headers().map(|(k, v)| (k.to_owned(), v.to_owned()));
        let leg = self.0.entry(id.to_owned()).or_default();
        if event == "CHANNEL_CREATE" {
            leg.first.extend(headers());
        }
        leg.now.extend(headers());
        leg.hung_up |= event == "CHANNEL_HANGUP";
    }

    /// `show channels as json`.
    fn list(&self) -> String {
        let row = |leg: &Truth| {
            let now = |key: &str| leg.now.get(key).cloned().unwrap_or_default();
            let first = |key: &str| leg.first.get(key).cloned().unwrap_or_default();
            json!({
                "uuid": now("Unique-ID"), "direction": now("Call-Direction"), "name": now("Channel-Name"),
                "cid_name": now("Caller-Caller-ID-Name"), "cid_num": now("Caller-Caller-ID-Number"),
                "dest": now("Caller-Destination-Number"), "initial_dest": first("Caller-Destination-Number"),
                "presence_id": now("Channel-Presence-ID"), "callstate": now("Channel-Call-State"),
                "call_uuid": now("Channel-Call-UUID"),
            })
        };
        let rows: Vec<Value> = self.0.values().map(row).collect();
        json!({"row_count": rows.len(), "rows": rows}).to_string()
    }

    fn answer(&self, question: &EslQuestion) -> String {
        let Some(leg) = self.0.get(question.channel.as_str()) else {
            return "-ERR No such channel!\n".to_owned();
        };
        let key = match question.topic {
            EslTopic::Presentation => "Caller-Privacy-Hide-Number",
            EslTopic::Privacy => "variable_sip_Privacy",
            EslTopic::Queue => "variable_cc_queue",
            EslTopic::CustomerCode => "variable_chakuden_customer_code",
            EslTopic::Owner(_) => "variable_cc_member_session_uuid",
        };
        leg.now.get(key).cloned().unwrap_or_else(|| "_undef_".to_owned())
    }

    /// Agents who certainly ring or talk, and agents who may: the list is a step behind
    /// the events at both ends.
    fn busy(&self) -> (BTreeSet<String>, BTreeSet<String>) {
        let is_agent = |leg: &&Truth| leg.now["Call-Direction"] == "outbound";
        let state = |leg: &&Truth| leg.now["Channel-Call-State"].clone();
        let agents = |is_one: &dyn Fn(&&Truth) -> bool| -> BTreeSet<String> {
            let legs = self.0.values().filter(is_agent).filter(|leg| is_one(leg));
            legs.map(|leg| leg.first["variable_dialed_user"].clone()).collect()
        };
        let certain = agents(&|leg| ["RINGING", "ACTIVE"].contains(&&*state(leg)) && !leg.hung_up);
        (certain, agents(&|leg| state(leg) != "HANGUP"))
    }
}

/// Extensions that show a pop-up now, and those of them that have answered.
fn screens(changes: &[CallChange]) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut shown, mut answered) = (BTreeSet::new(), BTreeSet::new());
    for change in changes {
        match change {
            CallChange::Ringing { extension, .. } => {
                assert!(shown.insert(extension.clone()), "no pop-up comes twice");
            }
            CallChange::Answered { extension, .. } => {
                answered.insert(extension.clone());
            }
            CallChange::Dismissed { extension, .. } => {
                shown.remove(extension);
                answered.remove(extension);
            }
            CallChange::Ended(_) => {
                shown.clear();
                answered.clear();
            }
            _ => {}
        }
    }
    (shown, answered)
}

/// Loses the connection after `lost` messages and restores it after `back`.
fn check(name: &str, messages: &[EslMessage], lost: usize, back: usize) -> Vec<CallChange> {
    let at = format!("{name}: lost at {lost}, back at {back}");
    let mut signals = Vec::new();
    let mut before = EslTranslator::new(&config());
    messages[..lost].iter().for_each(|message| before.translate(message, &mut signals));
    signals.extend([CallSignal::SourceLost, CallSignal::ChannelListBegin]);

    let mut world = World::default();
    messages[..back].iter().for_each(|message| world.take(message));
    let (mut after, mut questions) = (EslTranslator::new(&config()), Vec::new());
    after.channel_list(channel_rows(&world.list()).unwrap(), &mut signals, &mut questions);
    for question in questions {
        let body = world.answer(&question);
        after.answer(&question, EslAnswer::parse(&body), &mut signals);
    }
    signals.push(CallSignal::ChannelListEnd);

    let mut tracker = tracker();
    let mut changes = apply(&mut tracker, signals);
    let (shown, answered) = screens(&changes);
    let (certain, possible) = world.busy();
    assert!(certain.is_subset(&shown), "{at}: {certain:?} ring or talk, {shown:?} are shown");
    // An agent who has talked and hung up may keep the pop-up to the end of the call.
    let ghosts: Vec<_> = shown.difference(&possible).filter(|e| !answered.contains(*e)).collect();
    assert!(ghosts.is_empty(), "{at}: {ghosts:?} are shown and do not ring");

    let mut rest = Vec::new();
    messages[back..].iter().for_each(|message| after.translate(message, &mut rest));
    changes.extend(apply(&mut tracker, rest));
    check_contract(&changes);
    screens(&changes);
    assert_eq!(
        (tracker.size().calls, tracker.size().channels, after.legs_len()),
        (0, 0, 0),
        "{at}: nothing is left"
    );
    let ends = changes.iter().filter(|change| matches!(change, CallChange::Ended(_))).count();
    assert!(ends <= 1, "{at}: it is one call: {:?}", lines(&changes));
    changes
}

#[test]
fn screens_are_right_after_a_connection_lost_at_any_point() {
    let mut cases = 0;
    for name in RECORDINGS.into_iter().filter(|name| *name != "snapshot-mid-call") {
        let messages = messages(&recording(name), &[usize::MAX]);
        for lost in 0..=messages.len() {
            for back in lost..=messages.len() {
                check(name, &messages, lost, back);
                cases += 1;
            }
        }
    }
    assert!(cases >= 500, "{cases}");
}

#[test]
fn a_reconnect_does_not_show_a_withheld_number() {
    let messages = messages(&recording("withheld"), &[usize::MAX]);
    for lost in 0..=messages.len() {
        for back in lost..=messages.len() {
            let changes = check("withheld", &messages, lost, back);
            assert!(!lines(&changes).join("\n").contains("98765432"), "lost at {lost}, back at {back}");
        }
    }
}
