//! Calls that are picked up, local channels, and a queue that rings one phone after the other.

use super::{Channel, both_go, message, rings_203, trunk};

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
        message(
            "Pickup",
            &(channel.named(zombie).headers("", 6) + &target.named(name).headers("Target", 5)),
            &[],
        ),
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
