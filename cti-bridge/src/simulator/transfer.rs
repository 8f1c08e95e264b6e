//! Plays a call that moves from one agent to another.

use super::channel::{Channel, State};
use super::exchange::NewChannel;
use super::play::{Call, Phone, wait};
use super::text::Text;

/// The agent sends the caller on without asking.
pub(super) async fn blind(call: &Call<'_>, from: &Phone, bridge: &str, to: &str, talk_ms: u64) {
    let exchange = call.exchange;
    exchange.tell("Unhold", "call", from.channel, &[]);
    if let (Some(agent), Some(caller)) = (exchange.channel(from.channel), exchange.channel(call.trunk)) {
        exchange.tell_text(
            Text::event("BlindTransfer", "call")
                .with("Result", "Success")
                .channel("Transferer", &agent)
                .channel("Transferee", &caller)
                .bridge("", bridge, 2)
                .with("IsExternal", "Yes")
                .with("Context", "internal")
                .with("Extension", to),
        );
    }
    exchange.leave(bridge, from.channel);
    exchange.change(call.trunk, |c| c.exten = to.to_owned());
    exchange.leave(bridge, call.trunk);
    exchange.destroy_bridge(bridge);
    call.complete(from, "transfer");
    exchange.hang_up(from.channel, 16, "Normal Clearing");
    let Some(phone) = ring_directly(call, call.trunk, to).await else { return };
    let bridge = call.connect(phone.channel, call.trunk);
    wait(talk_ms).await;
    call.end(&phone, &bridge);
}

/// The phone rings, whatever queue the call came from, and answers.
async fn ring_directly(call: &Call<'_>, source: u64, to: &str) -> Option<Phone> {
    let mut script = call.script.clone();
    script.queue = None;
    let direct = Call { script: &script, ..*call };
    let phone = direct.ring(source, &[to.to_owned()]).pop()?;
    wait(script.ring_ms).await;
    call.up(phone.channel);
    call.dial("DialEnd", source, &phone, Some("ANSWER"));
    Some(phone)
}

/// The agent holds the caller, asks the other in a call of their own, and connects the two.
pub(super) async fn attended(call: &Call<'_>, from: &Phone, bridge: &str, to: &str, talk_ms: u64) {
    let exchange = call.exchange;
    exchange.tell("Hold", "call", from.channel, &[("MusicClass", "default".to_owned())]);
    let question = exchange.new_channel(NewChannel {
        id: None,
        peer: format!("PJSIP/{}", from.extension),
        caller: exchange.agent(&from.extension),
        context: "internal",
        exten: to.to_owned(),
        state: State::Ring,
        linked: None,
        presentation: "allowed_not_screened",
        application: ("Dial", format!("PJSIP/{to}")),
    });
    let Some(phone) = ring_directly(call, question, to).await else { return };
    call.up(question);
    let second = call.connect(phone.channel, question);
    wait(talk_ms).await;

    exchange.tell("Unhold", "call", from.channel, &[]);
    exchange.tell("Unhold", "call", question, &[]);
    let before = [from.channel, question, call.trunk, phone.channel].map(|key| exchange.channel(key));
    exchange.leave(bridge, call.trunk);
    exchange.leave(&second, question);
    exchange.enter(&second, call.trunk, Some(question));
    exchange.tell("SoftHangupRequest", "call", question, &[("Cause", "1".to_owned())]);
    if let [Some(first), Some(question), Some(caller), Some(target)] = before {
        exchange.tell_text(attended_transfer([&first, &question, &caller, &target], bridge, &second));
        exchange.change(phone.channel, |c| {
            c.connected = caller.caller;
            c.linked = caller.linked;
        });
        exchange.change(call.trunk, |c| c.connected = target.caller);
    }
    exchange.tell("NewConnectedLine", "call", phone.channel, &[]);
    exchange.tell("NewConnectedLine", "call", call.trunk, &[]);
    exchange.hang_up(question, 16, "Normal Clearing");
    exchange.leave(bridge, from.channel);
    call.complete(from, "transfer");
    exchange.hang_up(from.channel, 16, "Normal Clearing");
    exchange.destroy_bridge(bridge);
    wait(talk_ms).await;
    call.end(&phone, &second);
}

fn attended_transfer([first, question, caller, target]: [&Channel; 4], bridge: &str, second: &str) -> Text {
    Text::event("AttendedTransfer", "call")
        .with("Result", "Success")
        .channel("OrigTransferer", first)
        .bridge("Orig", bridge, 2)
        .channel("SecondTransferer", question)
        .bridge("Second", second, 2)
        .channel("Transferee", caller)
        .channel("TransferTarget", target)
        .with("IsExternal", "No")
        .with("DestType", "Bridge")
        .with("DestBridgeUniqueid", second)
}
