//! Click-to-call: each order is within the agent's rate and the settings, and in the audit log.

mod policy;

use shared::message;
use shared::message::Explain;
use shared::store::AuditAction;
use tokio::sync::oneshot;

use crate::bridge::{Bridge, Source};
use crate::hub::reply::Reply;
use crate::protocol::{Empty, ErrorCode, Refusal};
use crate::source::{Destination, DialError, SourceRequest};
use crate::throttle::{AGENTS_MAX, Rate, Rates};
pub(crate) use policy::{DialPattern, DialPolicy};
pub(super) use policy::{Dialled, NotDialled};

/// What may be dialled, and how often by one agent.
#[derive(Debug)]
pub(crate) struct Dialling {
    policy: DialPolicy,
    rates: Rates<String>,
}

impl Dialling {
    /// The same policy and rate for every agent.
    pub(crate) fn new(policy: DialPolicy, rate: Rate) -> Self {
        Self { policy, rates: Rates::new(rate, AGENTS_MAX) }
    }
}

/// Has a number dialled by the PBX of the agent's main phone; if that takes no requests (a webhook), by the first that
/// does.
pub(super) fn dial(bridge: &mut Bridge, agent_code: &str, number: &str, reply: Reply<Empty>) {
    let refuse = |reply: Reply<Empty>, code, message| reply.send(Err(Refusal::new(code, message)));
    let Some(extension) = bridge.hub.extension_of(agent_code).map(str::to_owned) else {
        let message = message!(
            "内線番号が登録されていないため発信できません。管理者に登録を依頼してください",
            "you have no extension, so calls cannot be placed for you; ask the administrator to add one"
        );
        return refuse(reply, ErrorCode::Refused, message);
    };
    let dialled = match admit(bridge, agent_code, number) {
        Ok(dialled) => dialled,
        Err(NotDialled { refusal, audited }) => {
            note(bridge, agent_code, AuditAction::DialRefused, &audited);
            return reply.send(Err(refusal));
        }
    };
    let usable = |source: &&Source| source.up && source.requests.is_some();
    let (at, extension) = bridge.place_of(&extension);
    let own = bridge.sources.get(at).filter(|source| source.requests.is_some());
    let at = match own {
        Some(own) => Some(at).filter(|_| usable(&own)),
        None => bridge.sources.iter().position(|source| usable(&source)),
    };
    let requests = at.and_then(|at| Some((at, bridge.sources.get(at)?.requests.clone()?)));
    let Some((at, requests)) = requests else {
        let message = message!("発信できる PBX に接続していません", "no PBX that can dial is connected");
        return refuse(reply, ErrorCode::Refused, message);
    };
    let (done, answer) = oneshot::channel();
    let audited = dialled.audited.clone();
    let to = destination(bridge, at, dialled);
    if requests.try_send(SourceRequest::Dial { extension, to, reply: done }).is_err() {
        let message =
            message!("PBX が混み合っています。もう一度お試しください", "the PBX is busy; try again");
        return refuse(reply, ErrorCode::Busy, message);
    }
    note(bridge, agent_code, AuditAction::Dial, &audited);
    tokio::spawn(async move {
        let answer = answer.await.unwrap_or(Err(DialError::Down));
        reply.send(match answer {
            Ok(()) => Ok(Empty {}),
            Err(error) => Err(Refusal::new(ErrorCode::Refused, error.message())),
        });
    });
}

/// Whether this is dialled inside a PBX or outside, for calls and transfers alike: a short number is an extension, unless
/// it has the form of a service's number and no agent's phone has it.
pub(super) fn destination(bridge: &Bridge, at: usize, dialled: Dialled) -> Destination {
    let of_agent = || bridge.hub.agent_of(&bridge.phone_at(at, dialled.digits.clone())).is_some();
    match dialled.is_short() && (!dialled.may_be_service() || of_agent()) {
        true => Destination::Extension(dialled.digits),
        false => Destination::Number(dialled.digits),
    }
}

/// The digits to dial, if the settings and the agent's rate allow it.
pub(super) fn admit(bridge: &mut Bridge, agent_code: &str, number: &str) -> Result<Dialled, NotDialled> {
    let now = bridge.clock.now();
    let dialled = bridge.dialling.policy.check(number)?;
    match bridge.dialling.rates.take(&agent_code.to_owned(), now) {
        Ok(()) => Ok(dialled),
        Err(wait) => {
            let audited = format!("too often, {}", dialled.audited);
            Err(NotDialled { refusal: Refusal::rate_limited(wait), audited })
        }
    }
}

pub(super) fn note(bridge: &Bridge, agent_code: &str, action: AuditAction, audited: &str) {
    if let Some(audit) = &bridge.audit {
        audit.note(agent_code, action, None, Some(audited.to_owned()));
    }
}
