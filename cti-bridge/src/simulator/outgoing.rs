//! Plays click-to-call (`Originate`): an agent's phone rings and answers, the number is dialled, the far end answers and
//! talks for a while.

use std::sync::Arc;

use super::call::wait;
use super::channel::{Id, State};
use super::exchange::{Exchange, NewChannel};

/// How long the agent's own phone rings, the far end rings, and both talk. Milliseconds.
const OWN_RING_MS: u64 = 800;
const FAR_RING_MS: u64 = 2_000;
const TALK_MS: u64 = 8_000;
/// Outgoing calls at a time: simulated lines are limited too.
const CALLS_MAX: usize = 50;

/// A request to dial.
#[derive(Debug, Clone)]
pub(super) struct Originate {
    pub(super) extension: String,
    pub(super) number: String,
    /// The identity that the agent's channel must have.
    pub(super) channel_id: Option<String>,
}

/// Places the call in the background; `false` when every line is taken.
pub(super) fn place(exchange: &Arc<Exchange>, order: Originate) -> bool {
    if exchange.channels_len() >= 2 * CALLS_MAX {
        return false;
    }
    let exchange = Arc::clone(exchange);
    tokio::spawn(async move { play(&exchange, &order).await });
    true
}

async fn play(exchange: &Exchange, order: &Originate) {
    let agent = exchange.agent(&order.extension);
    let own = exchange.new_channel(NewChannel {
        id: order.channel_id.clone(),
        peer: format!("PJSIP/{}", order.extension),
        caller: agent.clone(),
        context: "internal",
        exten: order.number.clone(),
        state: State::Down,
        linked: None,
        presentation: "allowed_not_screened",
        application: ("Dial", format!("PJSIP/{}@trunk", order.number)),
    });
    let step = |key, state| {
        exchange.change(key, |c| c.state = state);
        exchange.tell("Newstate", "call", key, &[]);
    };
    step(own, State::Ringing);
    wait(OWN_RING_MS).await;
    step(own, State::Up);
    let far = exchange.new_channel(NewChannel {
        id: None,
        peer: "PJSIP/trunk".to_owned(),
        caller: Id { number: order.number.clone(), name: String::new() },
        context: "outgoing",
        exten: "s".to_owned(),
        state: State::Down,
        linked: Some(own),
        presentation: "allowed_not_screened",
        application: ("AppDial", "(Outgoing Line)".to_owned()),
    });
    exchange.tell_dial("DialBegin", "call", (own, far), &[("DialString", order.number.clone())]);
    step(far, State::Ringing);
    wait(FAR_RING_MS).await;
    exchange.tell_dial("DialEnd", "call", (own, far), &[("DialStatus", "ANSWER".to_owned())]);
    step(far, State::Up);
    let bridge = exchange.new_bridge();
    exchange.enter(&bridge, far, None);
    exchange.enter(&bridge, own, None);
    wait(TALK_MS).await;
    exchange.leave(&bridge, far);
    exchange.leave(&bridge, own);
    exchange.destroy_bridge(&bridge);
    exchange.hang_up(far, 16, "Normal Clearing");
    exchange.hang_up(own, 16, "Normal Clearing");
}
