//! `call.wrapup`: what came of a call.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::message;
use shared::store::{CallWork, StoreError, Transaction};

use super::inquiry_create::InquiryText;
use super::step::{Context, Cost, Operation, Step};
use super::task_create::TaskText;
use crate::bridge::access::Object;
use crate::bridge::write::{Change, Draft, Worker, Written};
use crate::permission::Permission;
use crate::popup::Choice;
use crate::protocol::Refusal;
use crate::protocol::fields::{Instant, Name, Note, OptionalName, Yes};

/// The wrap-up; what is left out stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct CallWrapup {
    /// The call.
    pub call_id: Name,
    /// A code of the master.
    #[serde(default)]
    pub category: OptionalName,
    /// A code of the master.
    #[serde(default)]
    pub result: OptionalName,
    /// A code of the master.
    #[serde(default)]
    pub status: OptionalName,
    /// The note of the call.
    pub note: Option<Note>,
    /// When to call back.
    pub follow_up_at: Option<Instant>,
    /// The code of the agent who calls back; the writer when it is left out.
    #[serde(default)]
    pub follow_up_by: OptionalName,
    /// Who called.
    #[serde(default)]
    pub customer_code: OptionalName,
    /// An inquiry to open.
    pub inquiry: Option<InquiryText>,
    /// A task to create.
    pub task: Option<TaskText>,
    /// Whether after-call work is over.
    #[serde(default)]
    pub done: Yes,
}

/// What was opened with the wrap-up; `null` where nothing was asked for.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CallWrapupAnswer {
    inquiry_no: Option<String>,
    task_no: Option<String>,
    callback_no: Option<i64>,
}

impl Operation for CallWrapup {
    const PERMISSION: Option<Permission> = Some(Permission::CallsWork);

    const EXAMPLE: &'static str = r#"{
        "call_id": "c-1", "category": "order", "result": "done", "status": "done", "note": "納期の確認",
        "follow_up_at": "2026-10-31T05:02:11Z", "follow_up_by": "A202", "customer_code": "C1",
        "inquiry": {"kind": "complaint", "subject": "納期", "body": "品番違い"},
        "task": {"title": "カタログ送付", "due_on": "2026-11-21", "assignee": "佐藤"}, "done": false
    }"#;

    type Answer = CallWrapupAnswer;

    fn object(&self) -> Object {
        Object::Call(Some(self.call_id.0.clone()))
    }

    fn cost(&self) -> Cost {
        // Only with a customer is the caller looked up again.
        match self.customer_code.0 {
            Some(_) => Cost::WRITE.and_card(),
            None => Cost::WRITE,
        }
    }

    fn handle(self, _: &Context) -> Result<Step<CallWrapupAnswer>, Refusal> {
        Ok(Step::write(|tx, draft| self.keep(tx, &draft)))
    }
}

impl CallWrapup {
    fn keep(
        self,
        tx: &mut Transaction<'_>,
        draft: &Draft,
    ) -> Result<(CallWrapupAnswer, Written), StoreError> {
        let (call, effects) = draft.call()?;
        let by = &draft.by;
        let changes = self.changes(by);
        let customer_code = self.customer_code.0.clone().or(call.customer_code.clone());
        let callback_no = tx.write_call_work(&CallWork {
            call_id: self.call_id.0,
            by: by.agent_code.clone(),
            at: by.now,
            category: self.category.0,
            result: self.result.0,
            status: self.status.0,
            note: self.note.map(|note| note.0),
            customer_code: self.customer_code.0,
            follow_up_at: self.follow_up_at.map(|at| at.0),
            follow_up_by: self.follow_up_by.0,
            ..CallWork::default()
        })?;
        let known = || {
            customer_code.clone().ok_or_else(|| {
                StoreError::Conflict(message!(
                    "通話に得意先がありません。先に得意先を選択してください",
                    "the call has no customer yet; choose the customer first"
                ))
            })
        };
        let inquiry_no = match self.inquiry {
            Some(text) => Some(tx.open_inquiry(&text.by(by, known()?))?),
            None => None,
        };
        let task_no = match self.task {
            Some(text) => Some(tx.open_task(&text.by(by, known()?), by.now)?),
            None => None,
        };
        let customers = call.customer_code.into_iter().chain(customer_code).collect();
        let answer = CallWrapupAnswer { inquiry_no, task_no, callback_no };
        Ok((answer, Written { effects, customers, changes, ..Written::default() }))
    }

    /// What the wrap-up changes on the agents' screens.
    fn changes(&self, by: &Worker) -> Vec<Change> {
        let call_id = &self.call_id.0;
        let mut changes = Vec::new();
        if let Some(code) = self.customer_code.0.clone() {
            let chosen = Some((Choice::customer(code), by.clone()));
            changes.push(Change::Choice { call_id: call_id.clone(), chosen });
        }
        if let Some(Note(text)) = self.note.clone() {
            changes.push(Change::Note { call_id: call_id.clone(), text, by: by.clone() });
        }
        if self.done.0 {
            let agent_code = by.agent_code.clone();
            changes.push(Change::WrappedUp { agent_code, call_id: call_id.clone() });
        }
        changes.push(Change::Due);
        changes
    }
}
