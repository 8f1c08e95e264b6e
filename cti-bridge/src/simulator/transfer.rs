//! Plays transfers from one agent to another.

use super::call::{Call, Phone, wait};
use super::channel::{Channel, State};
use super::exchange::NewChannel;
use super::text::Text;

/// Blind transfer.
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

/// The phone rings outside any queue, and answers.
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

/// Attended transfer: the agent holds the caller, consults the other agent, and connects the two.
pub(super) async fn attended(call: &Call<'_>, from: &Phone, bridge: &str, to: &str, talk_ms: u64) {
    let exchange = call.exchange;
    exchange.tell("Hold", "call", from.channel, &[("MusicClass", "default".to_owned())]);
    let consultation = exchange.new_channel(NewChannel {
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
    let Some(phone) = ring_directly(call, consultation, to).await else { return };
    call.up(consultation);
    let second = call.connect(phone.channel, consultation);
    wait(talk_ms).await;

    exchange.tell("Unhold", "call", from.channel, &[]);
    exchange.tell("Unhold", "call", consultation, &[]);
    let before = [from.channel, consultation, call.trunk, phone.channel].map(|key| exchange.channel(key));
    exchange.leave(bridge, call.trunk);
    exchange.leave(&second, consultation);
    exchange.enter(&second, call.trunk, Some(consultation));
    exchange.tell("SoftHangupRequest", "call", consultation, &[("Cause", "1".to_owned())]);
    if let [Some(first), Some(second_leg), Some(caller), Some(target)] = before {
        exchange.tell_text(attended_transfer([&first, &second_leg, &caller, &target], bridge, &second));
        exchange.change(phone.channel, |c| {
            c.connected = caller.caller;
            c.linked = caller.linked;
        });
        exchange.change(call.trunk, |c| c.connected = target.caller);
    }
    exchange.tell("NewConnectedLine", "call", phone.channel, &[]);
    exchange.tell("NewConnectedLine", "call", call.trunk, &[]);
    exchange.hang_up(consultation, 16, "Normal Clearing");
    exchange.leave(bridge, from.channel);
    call.complete(from, "transfer");
    exchange.hang_up(from.channel, 16, "Normal Clearing");
    exchange.destroy_bridge(bridge);
    wait(talk_ms).await;
    call.end(&phone, &second);
}

fn attended_transfer([first, second_leg, caller, target]: [&Channel; 4], bridge: &str, second: &str) -> Text {
    Text::event("AttendedTransfer", "call")
        .with("Result", "Success")
        .channel("OrigTransferer", first)
        .bridge("Orig", bridge, 2)
        .channel("SecondTransferer", second_leg)
        .bridge("Second", second, 2)
        .channel("Transferee", caller)
        .channel("TransferTarget", target)
        .with("IsExternal", "No")
        .with("DestType", "Bridge")
        .with("DestBridgeUniqueid", second)
}
