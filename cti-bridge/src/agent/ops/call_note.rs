//! `call.note`: the note of a call, while it is being written.

use schemars::JsonSchema;
use serde::Deserialize;
use shared::store::CallWork;

use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::bridge::write::{Change, Written};
use crate::permission::Permission;
use crate::protocol::fields::{Name, Note};
use crate::protocol::{Empty, Refusal};

/// The whole note as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct CallNote {
    /// The call.
    pub call_id: Name,
    /// The note.
    pub text: Note,
}

impl Operation for CallNote {
    const PERMISSION: Option<Permission> = Some(Permission::CallsWork);

    const EXAMPLE: &'static str = r#"{"call_id": "c-1", "text": "納期の確認\n折り返しは午後"}"#;

    type Answer = Empty;

    fn object(&self) -> Object {
        Object::Call(Some(self.call_id.0.clone()))
    }

    fn cost(&self) -> Cost {
        Cost::WRITE
    }

    fn handle(self, _: &Context) -> Result<Step<Empty>, Refusal> {
        let Self { call_id: Name(call_id), text: Note(text) } = self;
        Ok(Step::write(move |tx, draft| {
            let (_, effects) = draft.call()?;
            tx.write_call_work(&CallWork {
                call_id: call_id.clone(),
                by: draft.by.agent_code.clone(),
                at: draft.by.now,
                note: Some(text.clone()),
                draft: true,
                ..CallWork::default()
            })?;
            // The customer's card shows the note after the wrap-up; until then it is the call's own.
            let changes = vec![Change::Note { call_id, text, by: draft.by }];
            Ok((Empty {}, Written { effects, changes, ..Written::default() }))
        }))
    }
}
