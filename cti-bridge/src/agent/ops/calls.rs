//! `calls`: the agent's calls of today, newest first.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::clock::japan_midnight;
use shared::phone::PhoneNumber;
use shared::store::CallRecord;

use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::permission::{Permission, Permissions};
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

impl CallEntry {
    /// The record for an agent with these permissions: who may not look customers up is told no customer.
    pub(super) fn seen_by(permissions: Permissions, record: CallRecord) -> Self {
        let record = match permissions.has(Permission::Lookup) {
            true => record,
            false => CallRecord { customer_code: None, customer_name: None, lead_code: None, ..record },
        };
        let record = match permissions.has(Permission::RecordingsListen) {
            true => record,
            false => CallRecord { recordings: Vec::new(), ..record },
        };
        let number = record.caller_e164.as_deref().and_then(|n| PhoneNumber::parse(n).ok());
        Self { caller_display: number.map(|n| n.display()), record }
    }

    /// The entry without what agents wrote.
    pub(super) fn without_note(mut self) -> Self {
        self.record.note = None;
        self
    }
}

impl CallsAnswer {
    pub(super) fn of(calls: Vec<CallEntry>) -> Self {
        Self { calls }
    }
}

impl Operation for Calls {
    const PERMISSION: Option<Permission> = Some(Permission::CallsOwn);

    const EXAMPLE: &'static str = r#"{"limit": 200}"#;

    type Answer = CallsAnswer;

    fn object(&self) -> Object {
        Object::Own
    }

    fn cost(&self) -> Cost {
        Cost::FREE
    }

    fn handle(self, cx: &Context) -> Result<Step<CallsAnswer>, Refusal> {
        let (agent_code, since) = (cx.agent_code.clone(), japan_midnight(cx.today));
        let permissions = cx.permissions;
        Ok(Step::read(move |reader| {
            let records = reader.calls_of_agent(&agent_code, since, self.limit.0)?;
            let seen = records.into_iter().map(|record| CallEntry::seen_by(permissions, record));
            Ok(CallsAnswer { calls: seen.collect() })
        }))
    }
}
