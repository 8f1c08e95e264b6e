//! Click-to-call.

use shared::message;
use shared::message::Explain;
use shared::phone::PhoneNumber;
use tokio::sync::oneshot;

use crate::bridge::{Bridge, Source};
use crate::hub::reply::Reply;
use crate::protocol::{Empty, ErrorCode, Refusal};
use crate::source::{DialError, SourceRequest};

/// Has a number dialled by the PBX on which the agent's phone was seen last; if it was not seen yet, by the first PBX
/// that takes requests.
pub(super) fn dial(bridge: &mut Bridge, agent_code: &str, number: &str, reply: Reply<Empty>) {
    let refuse = |reply: Reply<Empty>, code, message| reply.send(Err(Refusal::new(code, message)));
    let Some(extension) = bridge.hub.extension_of(agent_code).map(str::to_owned) else {
        let message = message!(
            "内線番号が登録されていないため発信できません。管理者に登録を依頼してください",
            "you have no extension, so calls cannot be placed for you; ask the administrator to add one"
        );
        return refuse(reply, ErrorCode::Refused, message);
    };
    let number = match dialled(number) {
        Ok(number) => number,
        Err(refusal) => return reply.send(Err(refusal)),
    };
    let usable = |source: &&Source| source.up && source.requests.is_some();
    let own = bridge.phones_seen.get(&extension).and_then(|at| bridge.sources.get(*at));
    let source = match own {
        Some(own) => Some(own).filter(usable),
        None => bridge.sources.iter().find(usable),
    };
    let Some(requests) = source.and_then(|source| source.requests.clone()) else {
        let message = message!("発信できる PBX に接続していません", "no PBX that can dial is connected");
        return refuse(reply, ErrorCode::Refused, message);
    };
    let (done, answer) = oneshot::channel();
    if requests.try_send(SourceRequest::Dial { extension, number, reply: done }).is_err() {
        let message =
            message!("PBX が混み合っています。もう一度お試しください", "the PBX is busy; try again");
        return refuse(reply, ErrorCode::Busy, message);
    }
    tokio::spawn(async move {
        let answer = answer.await.unwrap_or(Err(DialError::Down));
        reply.send(match answer {
            Ok(()) => Ok(Empty {}),
            Err(error) => Err(Refusal::new(ErrorCode::Refused, error.message())),
        });
    });
}

/// The digits to dial: a whole number as it is dialled in Japan, or an extension.
fn dialled(number: &str) -> Result<String, Refusal> {
    let is_extension = (2..=5).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    // Three digits that begin with 1 are 110, 119 and their like: not by a click.
    if is_extension && !(number.len() == 3 && number.starts_with('1')) {
        return Ok(number.to_owned());
    }
    let number = PhoneNumber::parse(number)
        .map_err(|reason| Refusal::new(ErrorCode::InvalidNumber, reason.message()))?;
    Ok(number.national_digits().unwrap_or_else(|| format!("010{}", number.e164().trim_start_matches('+'))))
}
