//! `missed.claim`: the agent takes a missed call.

use schemars::JsonSchema;
use serde::Deserialize;

use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::bridge::write::Written;
use crate::permission::Permission;
use crate::protocol::fields::RecordNo;
use crate::protocol::{Empty, Refusal};

/// The missed call.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct MissedClaim {
    /// Its number.
    pub missed_no: RecordNo,
}

impl Operation for MissedClaim {
    const PERMISSION: Option<Permission> = Some(Permission::CallsWork);

    const EXAMPLE: &'static str = r#"{"missed_no": 7}"#;

    type Answer = Empty;

    fn object(&self) -> Object {
        Object::MissedCall { missed_no: self.missed_no.0, claims: true }
    }

    fn cost(&self) -> Cost {
        Cost::WRITE
    }

    fn handle(self, _: &Context) -> Result<Step<Empty>, Refusal> {
        Ok(Step::write(move |tx, draft| {
            let over = draft.by.permissions.has(Permission::MissedAssign);
            let missed = tx.assign_missed(self.missed_no.0, &draft.by.agent_code, true, over)?;
            Ok((Empty {}, Written::of_missed(missed)))
        }))
    }
}
