//! Plays a script from the first ring to the end.

use super::call::{Call, Phone, wait};
use super::exchange::Exchange;
use super::{CallScript, Ending, transfer};

/// Plays a script.
pub(super) async fn play(exchange: &Exchange, script: &CallScript) {
    let call = Call::begin(exchange, script);
    let phones = call.ring(call.trunk, &script.ring);
    wait(script.ring_ms).await;
    match &script.ending {
        Ending::Answer { by, talk_ms, hold_ms } => {
            let (phone, bridge) = call.answer(&phones, by);
            talk(&call, &phone, *talk_ms, *hold_ms).await;
            call.end(&phone, &bridge);
        }
        Ending::Abandon => call.abandon(&phones),
        Ending::NoAnswerThenNext { next, talk_ms } => {
            call.ring_out(&phones);
            let phones = call.ring(call.trunk, std::slice::from_ref(next));
            wait(script.ring_ms).await;
            let (phone, bridge) = call.answer(&phones, next);
            wait(*talk_ms).await;
            call.end(&phone, &bridge);
        }
        Ending::BlindTransfer { by, to, talk_ms } => {
            let (phone, bridge) = call.answer(&phones, by);
            wait(*talk_ms).await;
            transfer::blind(&call, &phone, &bridge, to, *talk_ms).await;
        }
        Ending::AttendedTransfer { by, to, talk_ms } => {
            let (phone, bridge) = call.answer(&phones, by);
            wait(*talk_ms).await;
            transfer::attended(&call, &phone, &bridge, to, *talk_ms).await;
        }
    }
}

async fn talk(call: &Call<'_>, phone: &Phone, talk_ms: u64, hold_ms: Option<u64>) {
    let Some(hold_ms) = hold_ms else { return wait(talk_ms).await };
    wait(talk_ms / 2).await;
    call.exchange.tell("Hold", "call", phone.channel, &[("MusicClass", "default".to_owned())]);
    wait(hold_ms).await;
    call.exchange.tell("Unhold", "call", phone.channel, &[]);
    wait(talk_ms - talk_ms / 2).await;
}
