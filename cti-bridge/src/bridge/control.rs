//! Control from the screen: an agent's own part in a call is ended, held or transferred by the call's PBX, and a call that
//! rings a colleague is fetched.

use shared::message;
use shared::message::Explain;
use shared::store::AuditAction;
use tokio::sync::oneshot;

use super::Bridge;
use super::active_call::{ActiveCall, Leg};
use super::dial::{self, NotDialled};
use crate::call::CallId;
use crate::hub::reply::Reply;
use crate::popup::LegState;
use crate::protocol::{Empty, ErrorCode, Refusal};
use crate::source::{Destination, Order, OrderError, SourceRequest};

/// What an agent wants done with a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Hang up.
    Hangup,
    /// Put the other party on hold, or take it off.
    Hold(bool),
    /// Send the other party to somebody else.
    Transfer(TransferTo),
}

/// To whom a call is transferred.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TransferTo {
    /// The agent with this code.
    Agent(String),
    /// A queue of the settings.
    Queue(String),
    /// A whole number or an extension.
    Number(String),
}

/// Has the PBX do it, if the agent has the call.
pub(super) fn control(
    bridge: &mut Bridge,
    agent_code: &str,
    call_id: &str,
    wish: &Wish,
    reply: Reply<Empty>,
) {
    let ordered = ordered(bridge, agent_code, call_id, wish);
    send(bridge, agent_code, ordered, reply);
}

/// An order, the place of its PBX, and how the audit log names it.
type Ordered = (usize, Order, String);

/// Has the PBX send a call that rings a colleague to the agent's own phone.
pub(super) fn pick_up(bridge: &mut Bridge, agent_code: &str, from: &str, reply: Reply<Empty>) {
    let ordered = picked_up(bridge, agent_code, from);
    send(bridge, agent_code, ordered, reply);
}

fn send(bridge: &Bridge, agent_code: &str, ordered: Result<Ordered, Refusal>, reply: Reply<Empty>) {
    let (at, order, audited) = match ordered {
        Ok(ordered) => ordered,
        Err(refusal) => return reply.send(Err(refusal)),
    };
    let requests =
        bridge.sources.get(at).filter(|source| source.up).and_then(|source| source.requests.clone());
    let Some(requests) = requests else { return reply.send(Err(refused(OrderError::Down))) };
    let (done, answer) = oneshot::channel();
    if requests.try_send(SourceRequest::Order { order, reply: done }).is_err() {
        let message =
            message!("PBX が混み合っています。もう一度お試しください", "the PBX is busy; try again");
        return reply.send(Err(Refusal::new(ErrorCode::Busy, message)));
    }
    dial::note(bridge, agent_code, AuditAction::Control, &audited);
    tokio::spawn(async move {
        let answer = answer.await.unwrap_or(Err(OrderError::Down));
        reply.send(answer.map(|()| Empty {}).map_err(refused));
    });
}

#[expect(clippy::needless_pass_by_value, reason = "it maps errors")]
fn refused(error: OrderError) -> Refusal {
    Refusal::new(ErrorCode::Refused, error.message())
}

/// The order that fetches the call which rings this colleague longest.
fn picked_up(bridge: &Bridge, agent_code: &str, from: &str) -> Result<Ordered, Refusal> {
    let conflict = |message| Refusal::new(ErrorCode::Conflict, message);
    let rings = |call: &&ActiveCall, agent: &str| {
        let rings =
            |leg: &Leg| leg.state == LegState::Ringing && bridge.hub.agent_of(&leg.extension) == Some(agent);
        call.is_live() && !call.legs.iter().any(Leg::talks) && call.legs.iter().any(rings)
    };
    let ringing = bridge.calls.values().filter(|call| rings(call, from));
    let call = ringing.min_by_key(|call| (call.info.started_at, call.info.call_id)).ok_or_else(|| {
        conflict(message!("そのオペレーターの電話は鳴っていません", "no call rings that colleague's phone"))
    })?;
    if rings(&call, agent_code) {
        let message = message!(
            "お手元の電話機が鳴っています。そのまま応答してください",
            "your own phone rings for this call; answer it"
        );
        return Err(conflict(message));
    }
    let (at, id) = (call.source, call.info.call_id);
    let source = bridge.sources.get(at).ok_or_else(|| refused(OrderError::Down))?;
    if !source.controls.transfer {
        return Err(refused(OrderError::NotSupported));
    }
    let extension = extension_at(bridge, agent_code, at).ok_or_else(|| {
        conflict(message!(
            "この通話の PBX に内線番号がないため、代理応答できません",
            "you have no extension on this call's PBX"
        ))
    })?;
    let caller = source.tracker.caller_in(id).cloned().ok_or_else(|| refused(OrderError::Gone))?;
    let order = Order::PickUp { caller, to: Destination::Extension(extension) };
    Ok((at, order, format!("pickup {id} from {from}")))
}

/// The agent's extension on a PBX.
fn extension_at(bridge: &Bridge, agent_code: &str, at: usize) -> Option<String> {
    let on_it = |phone: String| Some(bridge.place_of(&phone)).filter(|(place, _)| *place == at);
    bridge.hub.phones_of(agent_code).into_iter().find_map(on_it).map(|(_, extension)| extension)
}

/// The order for the agent's own part.
fn ordered(bridge: &mut Bridge, agent_code: &str, call_id: &str, wish: &Wish) -> Result<Ordered, Refusal> {
    let no_call = || {
        let message = message!("この通話は終了しています", "this call is over");
        Refusal::new(ErrorCode::Conflict, message)
    };
    let id: CallId = call_id.parse().map_err(|_| no_call())?;
    let call = bridge.calls.get(&id).filter(|call| call.is_live()).ok_or_else(no_call)?;
    let leg = call.legs.iter().find(|leg| bridge.hub.agent_of(&leg.extension) == Some(agent_code));
    let leg = leg.ok_or_else(|| {
        let message = message!(
            "この通話には参加していないため操作できません。自分の通話だけを操作できます",
            "you are not in this call; only your own calls can be controlled"
        );
        Refusal::new(ErrorCode::Forbidden, message)
    })?;
    let has_it = match wish {
        Wish::Hangup => leg.talks() || leg.state == LegState::Dialing,
        Wish::Hold(_) | Wish::Transfer(_) => leg.talks(),
    };
    if !has_it {
        let message = message!(
            "まだ通話中ではありません。電話に出てから操作してください",
            "you are not talking in this call yet; answer it first"
        );
        return Err(Refusal::new(ErrorCode::Conflict, message));
    }
    let at = call.source;
    let source = bridge.sources.get(at).ok_or_else(|| refused(OrderError::Down))?;
    let supported = match wish {
        Wish::Hangup => source.controls.hangup,
        Wish::Hold(_) => source.controls.hold,
        Wish::Transfer(_) => source.controls.transfer,
    };
    if !supported {
        return Err(refused(OrderError::NotSupported));
    }
    let phone =
        source.tracker.phone_in(id, &leg.extension).cloned().ok_or_else(|| refused(OrderError::Gone))?;
    Ok(match wish {
        Wish::Hangup => (at, Order::Hangup { phone }, format!("hangup {id}")),
        Wish::Hold(held) => {
            let word = if *held { "hold" } else { "unhold" };
            (at, Order::Hold { phone, held: *held }, format!("{word} {id}"))
        }
        Wish::Transfer(to) => {
            let (to, whom) = destination(bridge, agent_code, at, to)?;
            (at, Order::Transfer { phone, to }, format!("transfer {id} to {whom}"))
        }
    })
}

/// Where a transfer goes, and how the audit log names it.
fn destination(
    bridge: &mut Bridge,
    agent_code: &str,
    at: usize,
    to: &TransferTo,
) -> Result<(Destination, String), Refusal> {
    match to {
        TransferTo::Agent(code) if code == agent_code => {
            let message = message!("自分には転送できません", "a call cannot be transferred to yourself");
            Err(Refusal::new(ErrorCode::Conflict, message))
        }
        TransferTo::Agent(code) => {
            let extension = extension_at(bridge, code, at).ok_or_else(|| {
                let message = message!(
                    "転送先のオペレーターが見つからないか、この通話の PBX に内線番号がありません",
                    "there is no such agent, or the agent has no extension on this call's PBX"
                );
                Refusal::new(ErrorCode::Conflict, message)
            })?;
            Ok((Destination::Extension(extension), code.clone()))
        }
        TransferTo::Queue(queue) => {
            let known = bridge.sources.get(at).and_then(|source| source.controls.queues.get(queue).cloned());
            let extension = known.ok_or_else(|| {
                let message = message!(
                    "この着信グループへの転送は設定されていません(transfer_queues)",
                    "transfers to this queue are not set up (transfer_queues)"
                );
                Refusal::new(ErrorCode::Conflict, message)
            })?;
            Ok((Destination::Extension(extension), format!("queue {queue}")))
        }
        TransferTo::Number(number) => match dial::admit(bridge, agent_code, number) {
            Ok(dialled) => {
                let audited = dialled.audited.clone();
                Ok((dial::destination(bridge, at, dialled), audited))
            }
            Err(NotDialled { refusal, audited }) => {
                dial::note(bridge, agent_code, AuditAction::DialRefused, &audited);
                Err(refusal)
            }
        },
    }
}
