//! A write and its result: handed to the recorder's thread, and applied by the loop once it is stored.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::value::RawValue;
use shared::message;
use shared::message::Explain;
use shared::store::{AnswerLimits, CallEffects, CallRecord, CallWork, MissedCall, StoreError, Transaction};

use tokio::sync::oneshot;

use crate::events_out::{CallEvent, EventsOut};
use crate::hub::reply::Reply;
use crate::permission::Permissions;
use crate::popup::Choice;
use crate::protocol::{ErrorCode, Refusal};
use crate::source::RecordingUrl;

/// Something to write in one transaction: all of it is kept, or nothing.
pub(crate) type Write = Box<dyn FnOnce(&mut Transaction<'_>, &Rules) -> Result<Written, StoreError> + Send>;

/// What a write needs to know about the day and the settings.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    /// The time.
    pub(crate) now: DateTime<Utc>,
    /// Today.
    pub(crate) today: NaiveDate,
    /// Time within which a missed call is to be called back.
    pub(crate) callback_within: TimeDelta,
    /// How many answers are kept for requests that are repeated.
    pub(crate) answers: AnswerLimits,
    /// Which other systems are told of calls.
    pub(crate) events: Arc<EventsOut>,
}

/// The agent who writes.
#[derive(Debug, Clone)]
pub(crate) struct Worker {
    /// The agent's code.
    pub(crate) agent_code: String,
    /// The agent's name.
    pub(crate) agent_name: String,
    /// What the agent may do.
    pub(crate) permissions: Permissions,
    /// When the agent asked.
    pub(crate) now: DateTime<Utc>,
}

/// The result of a write.
#[derive(Debug, Default)]
pub(crate) struct Written {
    /// The data of the agent's answer.
    pub(crate) answer: Box<RawValue>,
    /// Missed calls and callbacks that changed.
    pub(crate) effects: CallEffects,
    /// Customers whose cards changed.
    pub(crate) customers: Vec<String>,
    /// Numbers that have a new owner.
    pub(crate) numbers: Vec<String>,
    /// What changes on the agents' screens, in this order.
    pub(crate) changes: Vec<Change>,
    /// What happened to calls, for those who listen.
    pub(crate) events: Vec<CallEvent>,
}

impl Written {
    /// A write that changed this customer's card.
    pub(crate) fn of_customer(customer_code: String) -> Self {
        Self { customers: vec![customer_code], changes: vec![Change::Due], ..Self::default() }
    }

    /// A write that changed this missed call.
    pub(crate) fn of_missed(missed: MissedCall) -> Self {
        let effects = CallEffects { missed: vec![missed], ..CallEffects::default() };
        Self { effects, changes: vec![Change::Due], ..Self::default() }
    }
}

/// Something that an agent writes.
pub(crate) type AgentWrite =
    Box<dyn FnOnce(&mut Transaction<'_>, Draft) -> Result<Written, StoreError> + Send>;

/// What an agent's write works with.
pub(crate) struct Draft {
    /// The agent, who may write to what the request names.
    pub(crate) by: Worker,
    /// The call to write to.
    pub(super) call: Option<(CallRecord, CallEffects)>,
    /// Where the recordings of each PBX can be listened to, by its name.
    pub(crate) recording_urls: BTreeMap<String, RecordingUrl>,
}

impl Draft {
    /// The call to write to as it is stored, and what storing it changed.
    pub(crate) fn call(&self) -> Result<(CallRecord, CallEffects), StoreError> {
        self.call
            .clone()
            .ok_or_else(|| StoreError::Conflict(message!("通話が見つかりません", "there is no such call")))
    }

    /// Stores the agent's word on who calls with the call, so that a restarted bridge still knows it. Without a call there
    /// is nothing to store.
    pub(crate) fn caller_is(
        &self,
        tx: &mut Transaction<'_>,
        choice: &Choice,
    ) -> Result<CallEffects, StoreError> {
        let Some((call, effects)) = self.call.clone() else { return Ok(CallEffects::default()) };
        self.store_choice(tx, &call.call_id, choice)?;
        Ok(effects)
    }

    /// Stores who calls with a call that is recorded, as the agent says.
    pub(crate) fn store_choice(
        &self,
        tx: &mut Transaction<'_>,
        call_id: &str,
        choice: &Choice,
    ) -> Result<(), StoreError> {
        tx.write_call_work(&CallWork {
            call_id: call_id.to_owned(),
            by: self.by.agent_code.clone(),
            at: self.by.now,
            customer_code: choice.customer_code.clone(),
            lead_code: choice.lead_code.clone(),
            contact_id: choice.contact_id,
            site: choice.site.clone(),
            draft: true,
            ..CallWork::default()
        })
        .map(|_| ())
    }
}

/// A change on the agents' screens that follows from a write.
#[derive(Debug)]
pub(crate) enum Change {
    /// An agent chose who calls, or the choice was forgotten.
    Choice { call_id: String, chosen: Option<(Choice, Worker)> },
    /// A call has a new note.
    Note { call_id: String, text: String, by: Worker },
    /// The agent's after-call work for this call is done.
    WrappedUp { agent_code: String, call_id: String },
    /// Callbacks or missed calls are due at other times.
    Due,
}

impl Change {
    /// The caller was registered during the call, if there was one.
    pub(crate) fn caller_is(call_id: Option<String>, choice: Choice, by: Worker) -> Vec<Self> {
        call_id.map(|call_id| Self::Choice { call_id, chosen: Some((choice, by)) }).into_iter().collect()
    }
}

/// Why a write was not kept. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotKept {
    /// Too many writes wait already, or another program holds the store.
    #[error("too much waits for the store")]
    Busy,
    /// The store refused it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl NotKept {
    fn refusal(&self) -> Refusal {
        match self {
            Self::Store(error @ StoreError::Conflict(_)) => {
                Refusal::new(ErrorCode::Conflict, error.message())
            }
            Self::Store(error @ StoreError::Forbidden(_)) => {
                Refusal::new(ErrorCode::Forbidden, error.message())
            }
            Self::Busy | Self::Store(StoreError::Busy { .. }) => Refusal::new(
                ErrorCode::Busy,
                message!(
                    "元データが使用中のため保存していません。もう一度お試しください",
                    "the store is busy; nothing was saved; try again"
                ),
            ),
            Self::Store(other) => {
                tracing::error!(error = %other, "an agent's write could not be kept");
                Refusal::new(ErrorCode::Internal, message!("保存できませんでした", "it could not be saved"))
            }
        }
    }
}

/// Who asked for a write.
#[derive(Debug)]
pub(crate) enum Requester {
    /// An agent, who is answered when the loop has applied the write.
    Agent(Reply<Box<RawValue>>),
    /// The bridge itself, for this purpose. A failure is logged.
    Bridge(&'static str),
    /// Who sends events, who waits until the results of attempts are kept.
    Outbox(oneshot::Sender<()>),
}

impl Requester {
    /// Ends the request: with the answer's data, or with why nothing was kept.
    pub(crate) fn end(self, result: Result<Box<RawValue>, NotKept>) {
        match (self, result) {
            (Self::Agent(reply), result) => {
                reply.send(result.map_err(|error| error.refusal()));
            }
            (Self::Bridge(_), Ok(_)) => {}
            // The sender may have been stopped. Dropped without a word, it tries again.
            (Self::Outbox(kept), Ok(_)) => drop(kept.send(())),
            (Self::Outbox(_), Err(error)) => tracing::warn!(%error, "results of events were not kept"),
            (Self::Bridge(purpose), Err(error)) => tracing::warn!(purpose, %error, "a write was not kept"),
        }
    }
}

/// A write that has ended.
#[derive(Debug)]
pub(crate) struct Done {
    /// What it did, or why nothing was kept.
    pub(crate) result: Result<Written, NotKept>,
    /// Who asked for it.
    pub(crate) requester: Requester,
}
