//! Conversations that are not one caller and one agent from the first ring to the end.

use super::{Channel, answered_by_203, blind_transfer, message, rings_203, trunk};

/// 203 hangs up and the caller stays for a survey.
pub(crate) fn caller_stays_for_a_survey() -> Vec<String> {
    let (caller, phone, mut events) = answered_by_203();
    events.extend([
        phone.event("HangupRequest", 6, &[("Cause", "16")]),
        phone.leaves("b1", "simple_bridge"),
        caller.leaves("b1", "simple_bridge"),
        phone.hangs_up("16"),
        caller.runs("Playback", "survey"),
        caller.event("HangupRequest", 6, &[("Cause", "16")]),
        caller.hangs_up("16"),
    ]);
    events
}

/// A ring group with 203 and a mobile behind the trunk; the mobile answers.
pub(crate) fn a_mobile_answers() -> Vec<String> {
    let (caller, phone, mut events) = rings_203();
    let mobile =
        Channel { number: "07055556666", ..Channel::made_for(&caller, "PJSIP/trunk-00000003", "1.3") };
    events.extend([
        mobile.new_channel(0),
        caller.dials(&mobile),
        mobile.state(5),
        mobile.state(6),
        caller.dialled(&mobile, "ANSWER"),
        caller.dialled(&phone, "CANCEL"),
        phone.hangs_up("26"),
        caller.state(6),
        mobile.enters("b1", "simple_bridge"),
        caller.enters("b1", "simple_bridge"),
        caller.event("HangupRequest", 6, &[("Cause", "16")]),
        caller.leaves("b1", "simple_bridge"),
        caller.hangs_up("16"),
        mobile.leaves("b1", "simple_bridge"),
        mobile.hangs_up("16"),
    ]);
    events
}

/// 203 lifts the handset and hangs up before the queue has joined it with the caller, who waits on and gives up.
pub(crate) fn lifted_but_never_joined() -> Vec<String> {
    let (caller, phone, mut events) = rings_203();
    events.extend([
        caller.event("QueueCallerJoin", 6, &[("Queue", "support"), ("Position", "1"), ("Count", "1")]),
        phone.state(6),
        caller.dialled(&phone, "ANSWER"),
        phone.event("HangupRequest", 6, &[("Cause", "16")]),
        phone.hangs_up("16"),
        caller.event("HangupRequest", 6, &[("Cause", "16")]),
        caller.event("QueueCallerAbandon", 6, &[("Queue", "support"), ("Position", "1")]),
        caller.hangs_up("16"),
    ]);
    events
}

/// 203 sends the caller into a second queue, where 201 answers.
pub(crate) fn into_a_second_queue() -> Vec<String> {
    let (caller, phone, mut events) = answered_by_203();
    let next = Channel::made_for(&caller, "PJSIP/201-00000005", "1.5");
    events.extend([
        blind_transfer(&phone, &caller, "800"),
        caller.leaves("b1", "simple_bridge"),
        phone.leaves("b1", "simple_bridge"),
        phone.hangs_up("16"),
        caller.event("QueueCallerJoin", 6, &[("Queue", "sales"), ("Position", "1"), ("Count", "1")]),
        next.new_channel(0),
        caller.dials(&next),
        next.state(5),
        next.state(6),
        caller.dialled(&next, "ANSWER"),
        caller.event("QueueCallerLeave", 6, &[("Queue", "sales"), ("Position", "1")]),
        next.enters("b2", "simple_bridge"),
        caller.enters("b2", "simple_bridge"),
        caller.event("HangupRequest", 6, &[("Cause", "16")]),
        caller.leaves("b2", "simple_bridge"),
        caller.hangs_up("16"),
        next.leaves("b2", "simple_bridge"),
        next.hangs_up("16"),
    ]);
    events
}

/// Asterisk calls a customer on its own (`Originate` of the trunk), with the company's number as caller id.
pub(crate) fn calls_the_customer_first(answers: bool) -> Vec<String> {
    let customer = Channel { exten: "s", number: "0120111111", ..trunk() };
    let dials = |state| {
        message("DialBegin", &customer.headers("Dest", state), &[("DialString", "09012345678@trunk")])
    };
    let ends = |status| message("DialEnd", &customer.headers("Dest", 5), &[("DialStatus", status)]);
    let mut events = vec![customer.new_channel(0), dials(0), customer.state(5)];
    if !answers {
        events.extend([ends("NOANSWER"), customer.hangs_up("19")]);
        return events;
    }
    let phone = Channel::made_for(&customer, "PJSIP/203-00000002", "1.2");
    events.extend([
        customer.state(6),
        ends("ANSWER"),
        customer.event("QueueCallerJoin", 6, &[("Queue", "callback"), ("Position", "1"), ("Count", "1")]),
        phone.new_channel(0),
        customer.dials(&phone),
        phone.state(5),
        phone.state(6),
        customer.dialled(&phone, "ANSWER"),
        phone.enters("b1", "simple_bridge"),
        customer.enters("b1", "simple_bridge"),
        customer.event("HangupRequest", 6, &[("Cause", "16")]),
        customer.leaves("b1", "simple_bridge"),
        customer.hangs_up("16"),
        phone.leaves("b1", "simple_bridge"),
        phone.hangs_up("16"),
    ]);
    events
}

/// Another program's click-to-call: it rings 203's phone and then dials the number, by itself or by a `Local` channel.
pub(crate) fn click_to_call_of_another_program(by_local: bool) -> Vec<String> {
    let phone = Channel { exten: "s", ..Channel::calls("PJSIP/203-00000001", "1.1", "0312345678", "s") };
    let near = Channel { exten: "203", ..Channel::calls("Local/203@internal-00000001;1", "1.1", "", "203") };
    let far = Channel { exten: "203", ..Channel::made_for(&near, "Local/203@internal-00000001;2", "1.2") };
    let (phone, mut events) = match by_local {
        true => {
            let phone = Channel::made_for(&near, "PJSIP/203-00000001", "1.3");
            let halves = near.headers("LocalOne", 0) + &far.headers("LocalTwo", 4);
            let events = vec![
                near.new_channel(0),
                far.new_channel(4),
                message("LocalBridge", &halves, &[("Context", "internal"), ("Exten", "203")]),
                message("DialBegin", &near.headers("Dest", 0), &[("DialString", "203@internal")]),
                phone.new_channel(0),
                far.dials(&phone),
            ];
            (phone, events)
        }
        false => {
            let dials = message("DialBegin", &phone.headers("Dest", 0), &[("DialString", "203")]);
            (phone.clone(), vec![phone.new_channel(0), dials])
        }
    };
    let calling = if by_local { &near } else { &phone };
    let line = Channel::made_for(calling, "PJSIP/trunk-00000002", "1.4");
    events.extend([phone.state(5), phone.state(6)]);
    if by_local {
        events.extend([
            far.dialled(&phone, "ANSWER"),
            phone.enters("b1", "simple_bridge"),
            far.enters("b1", "simple_bridge"),
            near.state(6),
            message("DialEnd", &near.headers("Dest", 6), &[("DialStatus", "ANSWER")]),
        ]);
    }
    events.extend([
        line.new_channel(0),
        calling.dials(&line),
        line.state(5),
        line.state(6),
        calling.dialled(&line, "ANSWER"),
        line.enters("b2", "simple_bridge"),
        calling.enters("b2", "simple_bridge"),
        phone.event("HangupRequest", 6, &[("Cause", "16")]),
    ]);
    if by_local {
        events.extend([phone.leaves("b1", "simple_bridge"), far.hangs_up("16"), near.hangs_up("16")]);
    }
    events.extend([phone.hangs_up("16"), line.leaves("b2", "simple_bridge"), line.hangs_up("16")]);
    events
}

/// A customer of the scenes with an agent who stays on the line: the trunk's channel, and the bridge's identity.
fn customer(n: usize) -> (Channel, &'static str) {
    let of = |text: String| -> &'static str { text.leak() };
    let (name, id) = (of(format!("PJSIP/trunk-000000{n}0")), of(format!("{n}0.1")));
    (Channel::calls(name, id, of(format!("031234567{n}")), "0120111111"), of(format!("talk{n}")))
}

/// 201 is logged in with `AgentLogin` all day; customers come through a `Local` channel, one after the other.
pub(crate) fn agent_logged_in_all_day() -> Vec<String> {
    let agent = Channel::calls("PJSIP/201-00000001", "1.1", "201", "*11");
    let pool = |agent: &Channel| agent.enters("pool", "holding_bridge");
    let mut events = vec![agent.new_channel(4), agent.state(6), pool(&agent)];
    for n in 1..=2 {
        let (caller, talk) = customer(n);
        let of = |text: String| -> &'static str { text.leak() };
        let near = Channel::made_for(&caller, of(format!("Local/201@agents-{n};1")), of(format!("{n}0.2")));
        let far = Channel::made_for(&caller, of(format!("Local/201@agents-{n};2")), of(format!("{n}0.3")));
        let joined = caller.linked_to(&agent);
        let queue = of(format!("queue{n}"));
        events.extend([
            caller.new_channel(4),
            caller.event("QueueCallerJoin", 4, &[("Queue", "support"), ("Position", "1"), ("Count", "1")]),
            near.new_channel(0),
            far.new_channel(4),
            caller.dials(&near),
            agent.leaves("pool", "holding_bridge"),
            far.enters(talk, "simple_bridge"),
            agent.enters(talk, "simple_bridge"),
            far.state(6),
            near.state(6),
            caller.dialled(&near, "ANSWER"),
            caller.event("QueueCallerLeave", 4, &[("Queue", "support"), ("Position", "1")]),
            caller.state(6),
            near.enters(queue, "simple_bridge"),
            caller.enters(queue, "simple_bridge"),
            joined.leaves(queue, "simple_bridge"),
            joined.enters(talk, "simple_bridge"),
            far.leaves(talk, "simple_bridge"),
            near.leaves(queue, "simple_bridge"),
            near.hangs_up("16"),
            far.hangs_up("16"),
            joined.event("HangupRequest", 6, &[("Cause", "16")]),
            joined.leaves(talk, "simple_bridge"),
            joined.hangs_up("16"),
            agent.leaves(talk, "simple_bridge"),
            pool(&agent),
        ]);
    }
    events.push(agent.hangs_up("16"));
    events
}

/// 201 sits in a conference room; two customers are in it at once, and the second goes on to 202 by a queue while the
/// first still talks with 201.
pub(crate) fn two_customers_in_one_conference() -> Vec<String> {
    let agent = Channel::calls("PJSIP/201-00000001", "1.1", "201", "900");
    let (one, _) = customer(1);
    let (two, _) = customer(2);
    let in_room = |channel: &Channel| channel.linked_to(&agent).enters("room", "softmix");
    // Linked to the agent's channel, as everything that was in one bridge with it.
    let phone = Channel::made_for(&agent, "PJSIP/202-00000004", "20.4");
    let two_there = two.linked_to(&agent);
    vec![
        agent.new_channel(4),
        agent.state(6),
        in_room(&agent),
        one.new_channel(4),
        one.state(6),
        in_room(&one),
        two.new_channel(4),
        two.state(6),
        in_room(&two),
        two_there.leaves("room", "softmix"),
        two_there.event("QueueCallerJoin", 6, &[("Queue", "support"), ("Position", "1"), ("Count", "1")]),
        phone.new_channel(0),
        two_there.dials(&phone),
        phone.state(5),
        phone.state(6),
        two_there.dialled(&phone, "ANSWER"),
        phone.enters("b2", "simple_bridge"),
        two_there.enters("b2", "simple_bridge"),
        one.linked_to(&agent).hangs_up("16"),
        two_there.event("HangupRequest", 6, &[("Cause", "16")]),
        two_there.hangs_up("16"),
        phone.hangs_up("16"),
        agent.leaves("room", "softmix"),
        agent.hangs_up("16"),
    ]
}
