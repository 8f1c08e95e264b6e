//! `missed.close`: closes a missed call by hand.

use schemars::JsonSchema;
use serde::Deserialize;
use shared::call::MissedResult;

use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::bridge::write::Written;
use crate::permission::Permission;
use crate::protocol::fields::{Note, RecordNo};
use crate::protocol::{Empty, Refusal};

/// The missed call and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct MissedClose {
    /// Its number.
    pub missed_no: RecordNo,
    /// How it ended.
    pub result: MissedResult,
    /// Why.
    pub note: Option<Note>,
}

impl Operation for MissedClose {
    const PERMISSION: Option<Permission> = Some(Permission::CallsWork);

    const EXAMPLE: &'static str = r#"{"missed_no": 7, "result": "no_need", "note": "間違い電話"}"#;

    type Answer = Empty;

    fn object(&self) -> Object {
        Object::MissedCall { missed_no: self.missed_no.0, claims: false }
    }

    fn cost(&self) -> Cost {
        Cost::WRITE
    }

    fn handle(self, _: &Context) -> Result<Step<Empty>, Refusal> {
        Ok(Step::write(move |tx, draft| {
            let (note, by) = (self.note.as_ref().map(|note| note.0.as_str()), draft.by);
            let missed = tx.close_missed(self.missed_no.0, self.result, note, &by.agent_code, by.now)?;
            Ok((Empty {}, Written::of_missed(missed)))
        }))
    }
}
