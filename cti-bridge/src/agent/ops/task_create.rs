//! `task.create`: creates a task for a customer.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::store::NewTask;

use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::bridge::write::{Worker, Written};
use crate::permission::Permission;
use crate::protocol::Refusal;
use crate::protocol::fields::{Date, Name, OptionalName};

/// The task and its customer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct TaskCreate {
    /// The customer.
    pub customer_code: Name,
    /// What is to be done.
    pub title: Name,
    /// By when.
    pub due_on: Option<Date>,
    /// The name of who does it; the writer when it is left out.
    #[serde(default)]
    pub assignee: OptionalName,
}

/// A task for a customer who is known already.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct TaskText {
    /// What is to be done.
    pub title: Name,
    /// By when.
    pub due_on: Option<Date>,
    /// The name of who does it; the writer when it is left out.
    #[serde(default)]
    pub assignee: OptionalName,
}

impl TaskText {
    /// The task as this agent creates it.
    pub(super) fn by(self, worker: &Worker, customer_code: String) -> NewTask {
        NewTask {
            customer_code,
            title: self.title.0,
            due_on: self.due_on.map(|day| day.0),
            assignee: self.assignee.0.or_else(|| Some(worker.agent_name.clone())),
        }
    }
}

/// The task that was created.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TaskCreateAnswer {
    task_no: String,
}

impl Operation for TaskCreate {
    const PERMISSION: Option<Permission> = Some(Permission::CallsWork);

    const EXAMPLE: &'static str = r#"{
        "customer_code": "C1", "title": "カタログ送付", "due_on": "2026-11-21", "assignee": "佐藤"
    }"#;

    type Answer = TaskCreateAnswer;

    fn object(&self) -> Object {
        Object::Shared
    }

    fn cost(&self) -> Cost {
        Cost::WRITE
    }

    fn handle(self, _: &Context) -> Result<Step<TaskCreateAnswer>, Refusal> {
        let Self { customer_code: Name(customer_code), title, due_on, assignee } = self;
        Ok(Step::write(move |tx, draft| {
            let text = TaskText { title, due_on, assignee };
            let task_no = tx.open_task(&text.by(&draft.by, customer_code.clone()), draft.by.now)?;
            Ok((TaskCreateAnswer { task_no }, Written::of_customer(customer_code)))
        }))
    }
}
