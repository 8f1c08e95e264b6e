//! `call.nuisance`: the call's number is a nuisance, or is none after all.

use schemars::JsonSchema;
use serde::Deserialize;
use shared::message;
use shared::store::{AuditAction, AuditEntry, StoreError};

use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::bridge::write::Written;
use crate::permission::Permission;
use crate::protocol::fields::{Name, Yes};
use crate::protocol::{Empty, Refusal};

/// The call whose number it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct CallNuisance {
    /// The call.
    pub call_id: Name,
    /// Whether it is a nuisance.
    #[serde(default)]
    pub nuisance: Yes,
}

impl Operation for CallNuisance {
    const PERMISSION: Option<Permission> = Some(Permission::CallsWork);

    const EXAMPLE: &'static str = r#"{"call_id": "c-1", "nuisance": false}"#;

    type Answer = Empty;

    fn object(&self) -> Object {
        Object::Call(Some(self.call_id.0.clone()))
    }

    fn cost(&self) -> Cost {
        Cost::WRITE.and_card()
    }

    fn handle(self, _: &Context) -> Result<Step<Empty>, Refusal> {
        let (call_id, nuisance) = (self.call_id.0, self.nuisance.0);
        Ok(Step::write(move |tx, draft| {
            let (call, effects) = draft.call()?;
            let e164 = call.caller_e164.ok_or_else(|| {
                StoreError::Conflict(message!(
                    "この通話には番号がないため、迷惑電話に登録できません",
                    "this call has no number that could be marked"
                ))
            })?;
            let by = draft.by;
            match nuisance {
                true => tx.mark_nuisance(&e164, &by.agent_code, by.now)?,
                false => tx.unmark_nuisance(&e164)?,
            }
            let what = if nuisance { "marked" } else { "unmarked" };
            tx.audit(&AuditEntry {
                at: by.now,
                actor: by.agent_code,
                action: AuditAction::Nuisance.into(),
                subject: None,
                detail: Some(format!("{what} {call_id}")),
            })?;
            Ok((Empty {}, Written { effects, numbers: vec![e164], ..Written::default() }))
        }))
    }
}
