//! `callback.done`: a callback is done.

use schemars::JsonSchema;
use serde::Deserialize;
use shared::message;
use shared::store::StoreError;

use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::bridge::write::{Change, Written};
use crate::permission::Permission;
use crate::protocol::fields::RecordNo;
use crate::protocol::{Empty, Refusal};

/// The callback.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct CallbackDone {
    /// Its number.
    pub callback_no: RecordNo,
}

impl Operation for CallbackDone {
    const PERMISSION: Option<Permission> = Some(Permission::CallsWork);

    const EXAMPLE: &'static str = r#"{"callback_no": 7}"#;

    type Answer = Empty;

    fn object(&self) -> Object {
        Object::Callback(self.callback_no.0)
    }

    fn cost(&self) -> Cost {
        Cost::WRITE
    }

    fn handle(self, _: &Context) -> Result<Step<Empty>, Refusal> {
        Ok(Step::write(move |tx, draft| {
            if !tx.finish_callback(self.callback_no.0, draft.by.now)? {
                return Err(StoreError::Conflict(message!(
                    "未完了の折り返しが見つかりません",
                    "there is no such open callback"
                )));
            }
            Ok((Empty {}, Written { changes: vec![Change::Due], ..Written::default() }))
        }))
    }
}
