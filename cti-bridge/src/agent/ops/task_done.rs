//! `task.done`: a task is done.

use schemars::JsonSchema;
use serde::Deserialize;
use shared::message;
use shared::store::StoreError;

use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::bridge::write::Written;
use crate::permission::Permission;
use crate::protocol::fields::Name;
use crate::protocol::{Empty, Refusal};

/// The task.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct TaskDone {
    /// Its number.
    pub task_no: Name,
}

impl Operation for TaskDone {
    const PERMISSION: Option<Permission> = Some(Permission::CallsWork);

    const EXAMPLE: &'static str = r#"{"task_no": "T1"}"#;

    type Answer = Empty;

    fn object(&self) -> Object {
        Object::Shared
    }

    fn cost(&self) -> Cost {
        Cost::WRITE
    }

    fn handle(self, _: &Context) -> Result<Step<Empty>, Refusal> {
        Ok(Step::write(move |tx, _| {
            let customer = tx.finish_task(&self.task_no.0)?;
            let customer = customer.ok_or_else(|| {
                StoreError::Conflict(message!("ToDoが見つかりません", "there is no such task"))
            })?;
            Ok((Empty {}, Written::of_customer(customer)))
        }))
    }
}
