//! `calls`: the agent's calls of today, newest first.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::clock::japan_midnight;
use shared::phone::PhoneNumber;
use shared::store::CallRecord;

use super::step::{Context, Operation, Step};
use crate::permission::Permission;
use crate::protocol::Refusal;
use crate::protocol::fields::Limit;

/// How many calls.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Calls {
    /// Entries of the answer at most.
    #[serde(default)]
    pub limit: Limit<100, 200>,
}

/// The calls.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CallsAnswer {
    calls: Vec<CallEntry>,
}

/// A call record with the number as it is written in Japan.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CallEntry {
    #[serde(flatten)]
    record: CallRecord,
    caller_display: Option<String>,
}

impl From<CallRecord> for CallEntry {
    fn from(record: CallRecord) -> Self {
        let number = record.caller_e164.as_deref().and_then(|n| PhoneNumber::parse(n).ok());
        Self { caller_display: number.map(|n| n.display()), record }
    }
}

impl Operation for Calls {
    const PERMISSION: Option<Permission> = Some(Permission::CallsOwn);

    const EXAMPLE: &'static str = r#"{"limit": 200}"#;

    type Answer = CallsAnswer;

    fn handle(self, cx: &Context) -> Result<Step<CallsAnswer>, Refusal> {
        let (agent_code, since) = (cx.agent_code.clone(), japan_midnight(cx.today));
        Ok(Step::read(move |reader| {
            let records = reader.calls_of_agent(&agent_code, since, self.limit.0)?;
            Ok(CallsAnswer { calls: records.into_iter().map(CallEntry::from).collect() })
        }))
    }
}
