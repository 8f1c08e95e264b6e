//! Whose work a request touches, and who may touch it (`docs/security.md` has the table; a test compares them).
//!
//! The identity in a request names an object and authorizes nothing: whether the agent may write follows from what is
//! stored about the object, in the transaction of the write.

use shared::message;
use shared::message::Message;
use shared::store::{AuditAction, AuditEntry, CallEffects, CallRecord, Holder, StoreError, Transaction};

use super::write::{Rules, Worker};
use crate::permission::Permission;

/// What a request acts on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Object {
    /// Nothing that is one agent's work: the operation's permission is enough.
    Shared,
    /// The agent's own presence, sockets and lists; another agent's cannot be named.
    Own,
    /// A call, if the request names one.
    Call(Option<String>),
    /// A missed call.
    MissedCall {
        /// Its number.
        missed_no: i64,
        /// Whether the agent claims it: then another agent's is a conflict, as for everybody who comes second.
        claims: bool,
    },
    /// A callback.
    Callback(i64),
}

/// How an agent is related to an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Relation {
    /// It is the agent's own work.
    Own,
    /// It is nobody's.
    Nobodys,
    /// It is another agent's.
    Others {
        /// The agent's code.
        agent_code: String,
        /// The agent's name.
        agent_name: String,
    },
}

impl Object {
    /// The word of its kind in `docs/security.md`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Shared => "shared",
            Self::Own => "own",
            Self::Call(_) => "call",
            Self::MissedCall { .. } => "missed call",
            Self::Callback(_) => "callback",
        }
    }

    /// The permission that an agent of this relation needs beside the operation's own.
    #[must_use]
    pub const fn needs(&self, relation: &Relation) -> Option<Permission> {
        match (self, relation) {
            (Self::Shared | Self::Own, _) | (_, Relation::Own) => None,
            (Self::Call(_), _) => Some(Permission::CallsAll),
            (_, Relation::Nobodys) => None,
            (_, Relation::Others { .. }) => Some(Permission::MissedAssign),
        }
    }

    /// The call that the request names.
    pub(crate) fn call_id(&self) -> Option<&str> {
        match self {
            Self::Call(call_id) => call_id.as_deref(),
            _ => None,
        }
    }

    /// The object in the audit log.
    fn name(&self) -> String {
        match self {
            Self::Shared | Self::Own | Self::Call(None) => String::new(),
            Self::Call(Some(call_id)) => call_id.clone(),
            Self::MissedCall { missed_no: no, .. } | Self::Callback(no) => no.to_string(),
        }
    }

    fn refusal(&self, relation: &Relation) -> Message {
        match (self, relation) {
            (Self::MissedCall { .. }, Relation::Others { agent_name, .. }) => message!(
                "この不在着信は {name} が対応中です。{name} かスーパーバイザーに依頼してください",
                "{name} is handling this missed call; ask {name} or a supervisor",
                name = agent_name
            ),
            (Self::Callback(_), Relation::Others { agent_name, .. }) => message!(
                "この折り返しは {name} の担当です。{name} かスーパーバイザーに依頼してください",
                "this callback is assigned to {name}; ask {name} or a supervisor",
                name = agent_name
            ),
            _ => message!(
                "この通話には参加していないため操作できません。通話を担当したオペレーターかスーパーバイザーに依頼してください",
                "you took no part in this call; ask an agent who did, or a supervisor"
            ),
        }
    }
}

/// A request that writes: which operation, on what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// The operation.
    pub(crate) op: &'static str,
    /// What it acts on.
    pub(crate) object: Object,
}

impl Target {
    /// How the audit log names a request.
    pub(crate) fn audited(&self) -> String {
        format!("{} {}", self.op, self.object.name()).trim_end().to_owned()
    }

    /// Lets the agent write on the object, or refuses. Writing on somebody else's goes into the audit log with the write
    /// itself. Returns the call that is written on; what the loop knows of it is stored first.
    pub(super) fn admit(
        &self,
        tx: &mut Transaction<'_>,
        by: &Worker,
        rules: &Rules,
        so_far: Option<&CallRecord>,
    ) -> Result<Option<(CallRecord, CallEffects)>, StoreError> {
        let call = match &self.object {
            Object::Call(Some(call_id)) => Some(stored(tx, call_id, rules, so_far)?),
            _ => None,
        };
        let relation = self.relation(tx, by, call.as_ref().map(|(call, _)| call))?;
        let Some(needed) = self.object.needs(&relation) else { return Ok(call) };
        if by.permissions.has(needed) {
            tx.audit(&self.entry(by, &relation))?;
            return Ok(call);
        }
        match self.object {
            Object::MissedCall { claims: true, .. } => Ok(call),
            _ => Err(StoreError::Forbidden(self.object.refusal(&relation))),
        }
    }

    fn relation(
        &self,
        tx: &Transaction<'_>,
        by: &Worker,
        call: Option<&CallRecord>,
    ) -> Result<Relation, StoreError> {
        let holder = match (&self.object, call) {
            (Object::Call(_), Some(call)) => {
                return Ok(match (tx.is_work_of(call, &by.agent_code)?, call.agent_code.clone()) {
                    (true, _) => Relation::Own,
                    (false, Some(code)) => Relation::Others { agent_name: code.clone(), agent_code: code },
                    (false, None) => Relation::Nobodys,
                });
            }
            (Object::MissedCall { missed_no, .. }, _) => tx.missed_call_holder(*missed_no)?,
            (Object::Callback(callback_no), _) => tx.callback_holder(*callback_no)?,
            _ => return Ok(Relation::Own),
        };
        Ok(match holder {
            // The operation itself answers that it is closed or not there.
            Holder::Closed => Relation::Own,
            Holder::Nobody => Relation::Nobodys,
            Holder::Agent { agent_code, .. } if agent_code == by.agent_code => Relation::Own,
            Holder::Agent { agent_code, agent_name } => Relation::Others { agent_code, agent_name },
        })
    }

    fn entry(&self, by: &Worker, relation: &Relation) -> AuditEntry {
        let whose = match relation {
            Relation::Others { agent_code, .. } => format!("{} of {agent_code}", self.audited()),
            Relation::Own | Relation::Nobodys => self.audited(),
        };
        AuditEntry {
            at: by.now,
            actor: by.agent_code.clone(),
            action: AuditAction::OthersWork.into(),
            subject: None,
            detail: Some(whose),
        }
    }
}

/// The call as the store has it, after what the loop knows of it was stored.
fn stored(
    tx: &mut Transaction<'_>,
    call_id: &str,
    rules: &Rules,
    so_far: Option<&CallRecord>,
) -> Result<(CallRecord, CallEffects), StoreError> {
    let mut effects = CallEffects::default();
    if let Some(so_far) = so_far {
        effects = tx.record_call(so_far, rules.today, rules.callback_within)?;
    }
    let call = tx.call(call_id)?;
    call.map(|call| (call, effects))
        .ok_or_else(|| StoreError::Conflict(message!("通話が見つかりません", "there is no such call")))
}
