//! What every operation has in common: its permission, its answer, and the next step of its work.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use shared::store::{Reader, StoreError, Transaction};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::audit::Auditor;
use crate::bridge::access::{Object, Target};
use crate::bridge::command::Command;
use crate::bridge::write::{AgentWrite, Draft, Written};
use crate::hub::reply::Reply;
use crate::metrics::Kind;
use crate::permission::{Permission, Permissions};
use crate::popup::ProfileError;
use crate::protocol::{self, Refusal, WriteKey};

/// An operation of the protocol; the type itself is the request.
pub(crate) trait Operation: Sized {
    /// The permission that an agent needs; `None`: everybody who signed in may.
    const PERMISSION: Option<Permission>;

    /// A request as JSON, without `id` and `op`: every field that can be given together.
    const EXAMPLE: &'static str;

    /// The answer's data.
    type Answer: Serialize + JsonSchema + 'static;

    /// What the request acts on: an agent may not write on everything that the permission is about.
    fn object(&self) -> Object;

    /// What the request uses up of the agent's rates.
    fn cost(&self) -> Cost;

    /// Decides what to do. It must not wait: reading and writing are steps that others carry out.
    ///
    /// # Errors
    /// Why nothing is done.
    fn handle(self, cx: &Context) -> Result<Step<Self::Answer>, Refusal>;
}

/// What a request uses up of its agent's rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// A customer's card comes back, in the answer or as a push.
    pub card: bool,
    /// Something is written, or other screens are told.
    pub write: bool,
}

impl Cost {
    /// Nothing.
    pub const FREE: Self = Self { card: false, write: false };
    /// A card.
    pub const CARD: Self = Self { card: true, write: false };
    /// A write.
    pub const WRITE: Self = Self { card: false, write: true };

    /// This and a card.
    #[must_use]
    pub const fn and_card(self) -> Self {
        Self { card: true, ..self }
    }
}

/// Who asks, when, and where it is written down.
#[derive(Clone)]
pub(crate) struct Context {
    /// The agent.
    pub(crate) agent_code: Arc<str>,
    /// The client's key of what it wants written.
    pub(crate) key: Option<WriteKey>,
    /// What the agent may do now.
    pub(crate) permissions: Permissions,
    /// The agent's socket.
    pub(crate) socket_id: u64,
    /// The time.
    pub(crate) now: DateTime<Utc>,
    /// The day in Japan.
    pub(crate) today: NaiveDate,
    /// The audit log.
    pub(crate) audit: Auditor,
    /// How long a search may read the store.
    pub(crate) search_max: Duration,
    /// Counts lookups by what they found.
    pub(crate) lookups: Family<Kind, Counter>,
}

/// Work for a lookup thread.
type ReadWork<A> = Box<dyn FnOnce(&mut Reader) -> Result<A, ProfileError> + Send>;

/// Which of the lookup queues a request waits in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadKind {
    /// What an index answers.
    Request,
    /// What may read every customer.
    Search,
}

/// The next step of a request.
pub(crate) enum Step<A> {
    /// Answer at once.
    Answer(A),
    /// Tell the loop something that needs no answer of its own, and answer at once.
    Tell(Command, A),
    /// Have the loop answer.
    Ask(Box<dyn FnOnce(Reply<A>) -> Command + Send>),
    /// Read the store, on a lookup thread.
    Read(ReadKind, ReadWork<A>),
    /// Write to the store what the request acts on, then show it, then answer.
    Write(AgentWrite),
    /// The same, each time anew: a repeated `key` is not answered from what was kept.
    WriteAnew(AgentWrite),
}

impl<A: Serialize + 'static> Step<A> {
    /// Has the loop answer.
    pub(crate) fn ask(command: impl FnOnce(Reply<A>) -> Command + Send + 'static) -> Self {
        Self::Ask(Box::new(command))
    }

    /// Reads the store.
    pub(crate) fn read(work: impl FnOnce(&mut Reader) -> Result<A, ProfileError> + Send + 'static) -> Self {
        Self::Read(ReadKind::Request, Box::new(work))
    }

    /// Reads the store for a search, which may cost much more than a lookup.
    pub(crate) fn search(work: impl FnOnce(&mut Reader) -> Result<A, ProfileError> + Send + 'static) -> Self {
        Self::Read(ReadKind::Search, Box::new(work))
    }

    /// Writes to the store, if the agent may write on the request's object.
    pub(crate) fn write(
        work: impl FnOnce(&mut Transaction<'_>, Draft) -> Result<(A, Written), StoreError> + Send + 'static,
    ) -> Self {
        Self::Write(Box::new(|tx, draft| {
            let (answer, written) = work(tx, draft)?;
            let answer = to_raw_value(&answer).map_err(|error| StoreError::Database(error.to_string()))?;
            Ok(Written { answer, ..written })
        }))
    }

    /// The same step, carried out each time, also with the key of a request before.
    pub(crate) fn each_time(self) -> Self {
        match self {
            Self::Write(write) => Self::WriteAnew(write),
            other => other,
        }
    }

    /// The step with its answers as frames for this request, which acts on `target`.
    pub(crate) fn into_task(self, id: &RawValue, cx: &Context, target: Target) -> Task {
        match self {
            Self::Answer(data) => Task::Answer(protocol::answer(id, &data)),
            Self::Tell(command, data) => Task::Tell(command, protocol::answer(id, &data)),
            Self::Ask(command) => Task::Ask(Box::new(|reply| command(reply.typed()))),
            Self::Read(kind, work) => {
                let id = id.to_owned();
                Task::Read(kind, Box::new(move |reader| Ok(protocol::answer(&id, &work(reader)?))))
            }
            Self::Write(write) => asked_to_write(write, cx.key.clone(), cx, target),
            Self::WriteAnew(write) => asked_to_write(write, None, cx, target),
        }
    }
}

fn asked_to_write(write: AgentWrite, key: Option<WriteKey>, cx: &Context, target: Target) -> Task {
    let agent_code = cx.agent_code.clone();
    Task::Ask(Box::new(|reply| Command::Write { agent_code, key, target, write, reply: reply.typed() }))
}

/// A step of any operation, for the session.
pub(crate) enum Task {
    /// Send this answer.
    Answer(Utf8Bytes),
    /// Send this command to the loop, then this answer to the client.
    Tell(Command, Utf8Bytes),
    /// Send this command to the loop, which answers.
    Ask(Box<dyn FnOnce(Reply<()>) -> Command + Send>),
    /// Have a lookup thread make the answer.
    Read(ReadKind, ReadWork<Utf8Bytes>),
}
