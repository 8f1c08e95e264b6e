//! Scenes: whole calls that were not recorded, with the events and headers that Asterisk documents.

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
        message("DialBegin", &(self.headers("", 4) + &phone.headers("Dest", 0)), &[("DialString", "201")])
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

/// 203 transfers the caller to the extension of the parking lot, and hangs up when the space was read out.
fn parked_by_203() -> (Channel, Vec<String>) {
    let (caller, phone, mut events) = answered_by_203();
    events.extend([
        blind_transfer(&phone, &caller, "700"),
        caller.leaves("b1", "simple_bridge"),
        caller.enters("lot", "holding_bridge"),
        parking("ParkedCall", &caller, &[]),
        phone.leaves("b1", "simple_bridge"),
        phone.hangs_up("16"),
    ]);
    (caller, events)
}

fn blind_transfer(from: &Channel, who: &Channel, exten: &str) -> String {
    let headers = from.headers("Transferer", 6) + &who.headers("Transferee", 6);
    let rest = [("Result", "Success"), ("IsExternal", "No"), ("Context", "internal"), ("Extension", exten)];
    message("BlindTransfer", &headers, &rest)
}

/// An event of the parking lot. It also names the agent who retrieves a call.
fn parking(event: &str, parked: &Channel, taken_by: &[&Channel]) -> String {
    let taken_by = taken_by.iter().map(|channel| channel.headers("Retriever", 6));
    let headers: String = std::iter::once(parked.headers("Parkee", 6)).chain(taken_by).collect();
    let rest = [
        ("ParkerDialString", "PJSIP/203"),
        ("Parkinglot", "default"),
        ("ParkingSpace", "701"),
        ("ParkingTimeout", "45"),
        ("ParkingDuration", "0"),
    ];
    message(event, &headers, &rest)
}

/// Dialling the space of a parked call retrieves it.
fn taken(caller: &Channel, by: &Channel, bridge: &str) -> Vec<String> {
    let joined = by.linked_to(caller);
    vec![
        by.new_channel(4),
        by.runs("ParkedCall", "default,701"),
        by.state(6),
        caller.leaves("lot", "holding_bridge"),
        parking("UnParkedCall", caller, &[by]),
        caller.enters(bridge, "simple_bridge"),
        joined.enters(bridge, "simple_bridge"),
    ]
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

/// 203 parks the caller; 201 dials the space and has the call.
pub(crate) fn parked_and_taken_by_another() -> Vec<String> {
    let (caller, mut events) = parked_by_203();
    let other = Channel::calls("PJSIP/201-00000003", "2.1", "201", "701");
    events.extend(taken(&caller, &other, "b2"));
    events.extend(both_go(&caller, &other, "b2"));
    events
}

/// 203 parks the caller and dials the space itself.
pub(crate) fn parked_and_taken_back() -> Vec<String> {
    let (caller, mut events) = parked_by_203();
    let again = Channel::calls("PJSIP/203-00000003", "2.1", "203", "701");
    events.extend(taken(&caller, &again, "b2"));
    events.extend(both_go(&caller, &again, "b2"));
    events
}

/// The parked call is not retrieved: after a while it rings back at 203, who parked it.
pub(crate) fn parked_and_timed_out() -> Vec<String> {
    let (caller, mut events) = parked_by_203();
    let back = Channel::made_for(&caller, "PJSIP/203-00000004", "1.4");
    events.extend([
        caller.leaves("lot", "holding_bridge"),
        parking("ParkedCallTimeOut", &caller, &[]),
        caller.runs("Dial", "PJSIP/203,30,t"),
        back.new_channel(0),
        caller.dials(&back),
        back.state(5),
        back.state(6),
        caller.dialled(&back, "ANSWER"),
        back.enters("b3", "simple_bridge"),
        caller.enters("b3", "simple_bridge"),
    ]);
    events.extend(both_go(&caller, &back, "b3"));
    events
}

/// The parked caller hangs up.
pub(crate) fn parked_and_given_up() -> Vec<String> {
    let (caller, mut events) = parked_by_203();
    events.extend([
        caller.event("HangupRequest", 6, &[("Cause", "16")]),
        caller.leaves("lot", "holding_bridge"),
        parking("ParkedCallGiveUp", &caller, &[]),
        caller.hangs_up("16"),
    ]);
    events
}

/// 203 parks the caller with a key during the call: no event reports a transfer.
pub(crate) fn parked_by_a_key_and_taken_by_another() -> Vec<String> {
    let events = parked_and_taken_by_another();
    events.into_iter().filter(|message| !message.starts_with("Event: BlindTransfer")).collect()
}

/// An agent calls an outside number, parks the call and dials the space.
pub(crate) fn outgoing_parked_and_taken_back(phone: &Channel, line: &Channel) -> Vec<String> {
    let mut events = vec![
        phone.new_channel(4),
        phone.runs("Dial", "PJSIP/0312345678@trunk"),
        line.new_channel(0),
        phone.dials(line),
        line.state(5),
        line.state(6),
        phone.dialled(line, "ANSWER"),
        phone.state(6),
        line.enters("b1", "simple_bridge"),
        phone.enters("b1", "simple_bridge"),
        blind_transfer(phone, line, "700"),
        line.leaves("b1", "simple_bridge"),
        line.enters("lot", "holding_bridge"),
        parking("ParkedCall", line, &[]),
        phone.leaves("b1", "simple_bridge"),
        phone.hangs_up("16"),
    ];
    let again = Channel::calls("PJSIP/203-00000003", "2.1", "203", "701");
    events.extend(taken(line, &again, "b2"));
    events.extend(both_go(line, &again, "b2"));
    events
}

/// `channel` takes over the ringing phone `target`: it continues under the phone's identity, as Asterisk masquerades it.
fn moved(channel: &Channel, target: &Channel) -> Vec<String> {
    let (name, target_name) = (channel.name, target.name);
    let zombie: &'static str = format!("{target_name}<ZOMBIE>").leak();
    let between: &'static str = format!("{name}<MASQ>").leak();
    vec![
        channel.state(6),
        channel.renamed(between),
        target.renamed(name),
        channel.named(between).renamed(zombie),
        message("Pickup", &(channel.headers("", 6) + &target.headers("Target", 5)), &[]),
        channel.named(zombie).hangs_up("26"),
        target.named(name).state(6),
    ]
}

/// 203 rings and 202 picks the call up, by its number (`*8203`) or by the group's (`*8`).
pub(crate) fn picked_up(exten: &'static str) -> Vec<String> {
    let (caller, phone, mut events) = rings_203();
    let picker = Channel::calls("PJSIP/202-00000005", "2.1", "202", exten);
    let phone_of_202 = phone.named("PJSIP/202-00000005");
    events.extend([picker.new_channel(4), picker.runs("Pickup", "203")]);
    events.extend(moved(&picker, &phone));
    events.extend([
        caller.dialled(&phone_of_202, "ANSWER"),
        caller.state(6),
        phone_of_202.enters("b1", "simple_bridge"),
        caller.enters("b1", "simple_bridge"),
    ]);
    events.extend(both_go(&caller, &phone_of_202, "b1"));
    events
}

/// The same where Asterisk swaps identity and name of the two channels at once (`channel_do_masquerade`): the ringing
/// phone is cancelled, and the phone that picked up is called in its place.
pub(crate) fn picked_up_by_a_swap() -> Vec<String> {
    let (caller, phone, mut events) = rings_203();
    let picker = Channel::calls("PJSIP/202-00000005", "2.1", "202", "*8203");
    let joined = picker.linked_to(&caller);
    events.extend([
        picker.new_channel(4),
        picker.runs("Pickup", "203"),
        picker.state(6),
        caller.dialled(&phone, "CANCEL"),
        caller.dials(&joined),
        message("Pickup", &(phone.headers("", 6) + &joined.headers("Target", 6)), &[]),
        phone.hangs_up("26"),
        caller.dialled(&joined, "ANSWER"),
        caller.state(6),
        joined.enters("b1", "simple_bridge"),
        caller.enters("b1", "simple_bridge"),
    ]);
    events.extend(both_go(&caller, &joined, "b1"));
    events
}

/// A caller whose call goes through a `Local` channel to 203: the near half, the far half and the phone.
fn rings_203_behind_local() -> ([Channel; 4], Vec<String>) {
    let caller = trunk();
    let near = Channel::made_for(&caller, "Local/203@agents-00000001;1", "1.2");
    let far = Channel { exten: "203", ..Channel::made_for(&caller, "Local/203@agents-00000001;2", "1.3") };
    let phone = Channel::made_for(&caller, "PJSIP/203-00000002", "1.4");
    let events = vec![
        caller.new_channel(4),
        caller.runs("Dial", "Local/203@agents"),
        near.new_channel(0),
        far.new_channel(4),
        message(
            "LocalBridge",
            &(near.headers("LocalOne", 0) + &far.headers("LocalTwo", 4)),
            &[("Context", "agents"), ("Exten", "203"), ("LocalOptimization", "Yes")],
        ),
        caller.dials(&near),
        far.runs("Dial", "PJSIP/203"),
        phone.new_channel(0),
        far.dials(&phone),
        phone.state(5),
        near.state(5),
    ];
    ([caller, near, far, phone], events)
}

/// The phone behind the `Local` channel answers, Asterisk optimizes the `Local` channel away, and both hang up.
fn optimised([caller, near, far, phone]: &[Channel; 4]) -> Vec<String> {
    let halves = near.headers("LocalOne", 6) + &far.headers("LocalTwo", 6);
    let optimization = |event| message(event, &halves, &[("Success", "Yes"), ("Id", "1")]);
    let mut events = vec![
        far.dialled(phone, "ANSWER"),
        far.state(6),
        phone.enters("b2", "simple_bridge"),
        far.enters("b2", "simple_bridge"),
        caller.dialled(near, "ANSWER"),
        near.state(6),
        caller.state(6),
        near.enters("b1", "simple_bridge"),
        caller.enters("b1", "simple_bridge"),
        optimization("LocalOptimizationBegin"),
        phone.leaves("b2", "simple_bridge"),
        near.leaves("b1", "simple_bridge"),
        phone.event(
            "BridgeEnter",
            6,
            &[("BridgeUniqueid", "b1"), ("BridgeTechnology", "simple_bridge"), ("SwapUniqueid", near.id)],
        ),
        optimization("LocalOptimizationEnd"),
        far.leaves("b2", "simple_bridge"),
        near.hangs_up("16"),
        far.hangs_up("16"),
    ];
    events.extend(both_go(caller, phone, "b1"));
    events
}

/// A call through a `Local` channel that is optimized away when 203 answers.
pub(crate) fn local_channel_taken_out() -> Vec<String> {
    let (channels, mut events) = rings_203_behind_local();
    events.extend(optimised(&channels));
    events
}

/// 202 picks up a call that rings 203 behind a `Local` channel.
pub(crate) fn picked_up_behind_local() -> Vec<String> {
    let ([caller, near, far, phone], mut events) = rings_203_behind_local();
    let picker = Channel::calls("PJSIP/202-00000005", "2.1", "202", "*8203");
    events.extend([picker.new_channel(4), picker.runs("Pickup", "203")]);
    events.extend(moved(&picker, &phone));
    events.extend(optimised(&[caller, near, far, phone.named("PJSIP/202-00000005")]));
    events
}

/// A queue's event about one of its members.
fn member(event: &str, caller: &Channel, interface: &str) -> String {
    let rest =
        [("Queue", "sales"), ("Interface", interface), ("MemberName", interface), ("RingTime", "15000")];
    message(event, &caller.headers("", 6), &rest)
}

/// A queue that rings one phone after the other, and the first one again: 201, 202, 201, who answers.
pub(crate) fn linear_queue() -> Vec<String> {
    let caller = trunk();
    let mut events = vec![
        caller.new_channel(4),
        caller.state(6),
        caller.event("QueueCallerJoin", 6, &[("Queue", "sales"), ("Position", "1"), ("Count", "1")]),
    ];
    let tries = [
        ("PJSIP/201-00000002", "1.2", "PJSIP/201"),
        ("PJSIP/202-00000003", "1.3", "PJSIP/202"),
        ("PJSIP/201-00000004", "1.4", "PJSIP/201"),
    ];
    for (name, id, interface) in tries {
        let phone = Channel::made_for(&caller, name, id);
        events.extend([
            phone.new_channel(0),
            caller.dials(&phone),
            member("AgentCalled", &caller, interface),
            phone.state(5),
        ]);
        if id == "1.4" {
            events.extend([
                phone.state(6),
                caller.dialled(&phone, "ANSWER"),
                caller.event("QueueCallerLeave", 6, &[("Queue", "sales"), ("Position", "1"), ("Count", "0")]),
                member("AgentConnect", &caller, interface),
                phone.enters("b1", "simple_bridge"),
                caller.enters("b1", "simple_bridge"),
            ]);
            events.extend(both_go(&caller, &phone, "b1"));
        } else {
            events.extend([
                caller.dialled(&phone, "NOANSWER"),
                member("AgentRingNoAnswer", &caller, interface),
                phone.hangs_up("19"),
            ]);
        }
    }
    events
}
