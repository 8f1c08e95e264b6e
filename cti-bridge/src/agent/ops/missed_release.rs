//! `missed.release`: the agent gives a missed call back.

use schemars::JsonSchema;
use serde::Deserialize;

use super::step::{Context, Operation, Step};
use crate::bridge::write::Written;
use crate::permission::Permission;
use crate::protocol::fields::RecordNo;
use crate::protocol::{Empty, Refusal};

/// The missed call.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct MissedRelease {
    /// Its number.
    pub missed_no: RecordNo,
}

impl Operation for MissedRelease {
    const PERMISSION: Option<Permission> = Some(Permission::CallsWork);

    const EXAMPLE: &'static str = r#"{"missed_no": 7}"#;

    type Answer = Empty;

    fn handle(self, _: &Context) -> Result<Step<Empty>, Refusal> {
        Ok(Step::write(None, move |tx, draft| {
            let missed = tx.assign_missed(self.missed_no.0, &draft.by.agent_code, false)?;
            Ok((Empty {}, Written::of_missed(missed)))
        }))
    }
}
