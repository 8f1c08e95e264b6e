//! Answers that are made elsewhere and come back through the session's queue.

use std::fmt;
use std::marker::PhantomData;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use serde::Serialize;
use serde_json::value::RawValue;
use shared::lang::Lang;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::metrics::Kind;
use crate::protocol::{self, Refusal};

/// An answer on its way to its session.
#[derive(Debug)]
pub(crate) struct Answered {
    /// The session's own number of the request.
    pub(crate) key: u64,
    /// The whole answer.
    pub(crate) frame: Utf8Bytes,
}

/// Where an answer goes, and how it is written.
#[derive(Debug)]
pub(crate) struct ReplyTo {
    /// The session's queue.
    pub(crate) answers: mpsc::Sender<Answered>,
    /// The session's own number of the request.
    pub(crate) key: u64,
    /// The client's id of the request.
    pub(crate) id: Box<RawValue>,
    /// The client's language.
    pub(crate) lang: Lang,
    /// Counts refusals by their code.
    pub(crate) refused: Family<Kind, Counter>,
}

/// The pending answer to a request, with data of the type `A`.
pub(crate) struct Reply<A> {
    to: ReplyTo,
    data: PhantomData<fn(A)>,
}

impl<A> fmt::Debug for Reply<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reply").field(&self.to.id).finish()
    }
}

impl Reply<()> {
    /// A reply whose type follows from the operation.
    pub(crate) fn new(to: ReplyTo) -> Self {
        Self { to, data: PhantomData }
    }

    /// The reply with the operation's type.
    pub(crate) fn typed<A>(self) -> Reply<A> {
        Reply { to: self.to, data: PhantomData }
    }
}

impl<A: Serialize> Reply<A> {
    /// Answers with data, or with a refusal.
    pub(crate) fn send(self, answer: Result<A, Refusal>) {
        let ReplyTo { answers, key, id, lang, refused } = self.to;
        let frame = match answer {
            Ok(data) => protocol::answer(&id, &data),
            Err(refusal) => {
                refused.get_or_create(&Kind { kind: refusal.code.word() }).inc();
                protocol::refuse(Some(&id), &refusal, lang)
            }
        };
        // The session may have ended.
        let _ = answers.try_send(Answered { key, frame });
    }
}
