//! Scenes: whole calls that were not recorded, with the events and headers that Asterisk documents.

mod conversations;
mod parking;
mod pickup;

pub(crate) use conversations::{
    a_mobile_answers, agent_logged_in_all_day, caller_stays_for_a_survey, calls_the_customer_first,
    click_to_call_of_another_program, into_a_second_queue, lifted_but_never_joined,
    two_customers_in_one_conference,
};
pub(crate) use parking::{
    outgoing_parked_and_taken_back, parked_and_given_up, parked_and_taken_back, parked_and_taken_by_another,
    parked_and_timed_out, parked_by_a_key_and_taken_by_another,
};
pub(crate) use pickup::{
    linear_queue, local_channel_taken_out, picked_up, picked_up_behind_local, picked_up_by_a_swap,
};

/// The number of the scenes' outside caller.
pub(crate) const NUMBER: &str = "0312345678";

/// A channel as events describe it.
#[derive(Clone)]
pub(crate) struct Channel {
    name: &'static str,
    id: &'static str,
    linked: &'static str,
    number: &'static str,
    exten: &'static str,
}

impl Channel {
    /// A channel that calls an extension, on its own behalf.
    pub(crate) fn calls(
        name: &'static str,
        id: &'static str,
        number: &'static str,
        exten: &'static str,
    ) -> Self {
        Self { name, id, linked: id, number, exten }
    }

    /// A channel that Asterisk creates on behalf of another.
    pub(crate) fn made_for(other: &Self, name: &'static str, id: &'static str) -> Self {
        Self { name, id, linked: other.linked, number: "", exten: "" }
    }

    /// The same channel in the call of another.
    pub(crate) fn linked_to(&self, other: &Self) -> Self {
        Self { linked: other.linked, ..self.clone() }
    }

    /// The same channel under another name.
    pub(crate) fn named(&self, name: &'static str) -> Self {
        Self { name, ..self.clone() }
    }

    fn headers(&self, prefix: &str, state: u8) -> String {
        let Self { name, id, linked, number, exten } = self;
        [
            ("Channel", *name),
            ("ChannelState", &state.to_string()),
            ("CallerIDNum", number),
            ("CallerIDName", "<unknown>"),
            ("Context", "internal"),
            ("Exten", exten),
            ("Priority", "1"),
            ("Uniqueid", id),
            ("Linkedid", linked),
        ]
        .map(|(key, value)| format!("{prefix}{key}: {value}\r\n"))
        .concat()
    }

    /// An event about this channel.
    pub(crate) fn event(&self, event: &str, state: u8, rest: &[(&str, &str)]) -> String {
        message(event, &self.headers("", state), rest)
    }

    pub(crate) fn new_channel(&self, state: u8) -> String {
        self.event("Newchannel", state, &[])
    }

    pub(crate) fn runs(&self, application: &str, data: &str) -> String {
        self.event("Newexten", 4, &[("Application", application), ("AppData", data)])
    }

    pub(crate) fn state(&self, state: u8) -> String {
        self.event("Newstate", state, &[])
    }

    pub(crate) fn dials(&self, phone: &Self) -> String {
        let string = match phone.name.contains("trunk") {
            true => "0312345678@trunk",
            false => "201",
        };
        message("DialBegin", &(self.headers("", 4) + &phone.headers("Dest", 0)), &[("DialString", string)])
    }

    pub(crate) fn dialled(&self, phone: &Self, status: &str) -> String {
        let state = if status == "ANSWER" { 6 } else { 5 };
        message("DialEnd", &(self.headers("", 4) + &phone.headers("Dest", state)), &[("DialStatus", status)])
    }

    pub(crate) fn enters(&self, bridge: &str, technology: &str) -> String {
        self.event("BridgeEnter", 6, &[("BridgeUniqueid", bridge), ("BridgeTechnology", technology)])
    }

    pub(crate) fn leaves(&self, bridge: &str, technology: &str) -> String {
        self.event("BridgeLeave", 6, &[("BridgeUniqueid", bridge), ("BridgeTechnology", technology)])
    }

    pub(crate) fn renamed(&self, name: &str) -> String {
        let Self { id, linked, .. } = self;
        let rest = [("Channel", self.name), ("Newname", name), ("Uniqueid", id), ("Linkedid", linked)];
        message("Rename", "", &rest)
    }

    pub(crate) fn hangs_up(&self, cause: &str) -> String {
        self.event("Hangup", 6, &[("Cause", cause), ("Cause-txt", "")])
    }
}

fn message(event: &str, headers: &str, rest: &[(&str, &str)]) -> String {
    let rest: String = rest.iter().map(|(key, value)| format!("{key}: {value}\r\n")).collect();
    format!("Event: {event}\r\nPrivilege: call,all\r\n{headers}{rest}\r\n")
}

/// The incoming trunk channel.
pub(crate) fn trunk() -> Channel {
    Channel::calls("PJSIP/trunk-00000001", "1.1", NUMBER, "0331112222")
}

/// A call from outside rings 203.
pub(crate) fn rings_203() -> (Channel, Channel, Vec<String>) {
    let caller = trunk();
    let phone = Channel::made_for(&caller, "PJSIP/203-00000002", "1.2");
    let events = vec![
        caller.new_channel(4),
        caller.runs("Dial", "PJSIP/203"),
        phone.new_channel(0),
        caller.dials(&phone),
        phone.state(5),
    ];
    (caller, phone, events)
}

/// A call from outside that 203 has answered, in the bridge `b1`.
pub(crate) fn answered_by_203() -> (Channel, Channel, Vec<String>) {
    let (caller, phone, mut events) = rings_203();
    events.extend([
        phone.state(6),
        caller.dialled(&phone, "ANSWER"),
        caller.state(6),
        phone.enters("b1", "simple_bridge"),
        caller.enters("b1", "simple_bridge"),
    ]);
    (caller, phone, events)
}

fn blind_transfer(from: &Channel, who: &Channel, exten: &str) -> String {
    let headers = from.headers("Transferer", 6) + &who.headers("Transferee", 6);
    let rest = [("Result", "Success"), ("IsExternal", "No"), ("Context", "internal"), ("Extension", exten)];
    message("BlindTransfer", &headers, &rest)
}

fn both_go(caller: &Channel, phone: &Channel, bridge: &str) -> Vec<String> {
    let phone = phone.linked_to(caller);
    vec![
        caller.event("HangupRequest", 6, &[("Cause", "16")]),
        caller.leaves(bridge, "simple_bridge"),
        phone.leaves(bridge, "simple_bridge"),
        phone.hangs_up("16"),
        caller.hangs_up("16"),
    ]
}
