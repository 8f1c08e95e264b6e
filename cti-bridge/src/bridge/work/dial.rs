//! Click-to-call.

use shared::phone::PhoneNumber;
use tokio::sync::oneshot;

use crate::agent::protocol::{ErrorCode, Refusal};
use crate::agent::reply::Reply;
use crate::bridge::{Bridge, Source};
use crate::source::{DialError, SourceRequest};

/// Asks the telephone system on which the agent's phone was seen last; one whose phone was not seen yet is dialled for
/// by the first that takes requests.
pub(super) fn dial(bridge: &mut Bridge, agent_code: &str, number: &str, reply: Reply) {
    let refuse = |reply: Reply, code, message: &'static str| reply.send(Err(Refusal::new(code, message)));
    let Some(extension) = bridge.hub.extension_of(agent_code).map(str::to_owned) else {
        return refuse(reply, ErrorCode::Refused, "you have no telephone: nothing can be dialled for you");
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
        return refuse(reply, ErrorCode::Refused, "no telephone system that can dial is connected");
    };
    let (done, answer) = oneshot::channel();
    if requests.try_send(SourceRequest::Dial { extension, number, reply: done }).is_err() {
        return refuse(reply, ErrorCode::Busy, "the telephone system is busy; try again");
    }
    tokio::spawn(async move {
        let answer = answer.await.unwrap_or(Err(DialError::Down));
        reply.send(match answer {
            Ok(()) => Ok("{}".to_owned()),
            Err(error) => Err(Refusal::new(ErrorCode::Refused, error.to_string())),
        });
    });
}

/// What the telephone system is to dial: a whole number as it is dialled in Japan, or one of our extensions.
fn dialled(number: &str) -> Result<String, Refusal> {
    let is_extension = (2..=5).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    // Three digits that begin with 1 are 110, 119 and their like: not by a click.
    if is_extension && !(number.len() == 3 && number.starts_with('1')) {
        return Ok(number.to_owned());
    }
    let number =
        PhoneNumber::parse(number).map_err(|e| Refusal::new(ErrorCode::InvalidNumber, e.to_string()))?;
    Ok(number.national_digits().unwrap_or_else(|| format!("010{}", number.e164().trim_start_matches('+'))))
}
