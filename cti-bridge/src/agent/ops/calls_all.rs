//! `calls.all`: everybody's calls since a time, newest first.

use schemars::JsonSchema;
use serde::Deserialize;
use shared::clock::japan_midnight;

use super::calls::{CallEntry, CallsAnswer};
use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::permission::Permission;
use crate::protocol::Refusal;
use crate::protocol::fields::{Instant, Limit};

/// Since when, and how many.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct CallsAll {
    /// Calls that began then or later; without it those of today.
    pub since: Option<Instant>,
    /// Entries of the answer at most.
    #[serde(default)]
    pub limit: Limit<100, 1000>,
}

impl Operation for CallsAll {
    const PERMISSION: Option<Permission> = Some(Permission::CallsListen);

    const EXAMPLE: &'static str = r#"{"since": "2026-10-31T05:02:11Z", "limit": 1000}"#;

    type Answer = CallsAnswer;

    fn object(&self) -> Object {
        Object::Shared
    }

    fn cost(&self) -> Cost {
        Cost::FREE
    }

    fn handle(self, cx: &Context) -> Result<Step<CallsAnswer>, Refusal> {
        let since = self.since.map_or_else(|| japan_midnight(cx.today), |since| since.0);
        let permissions = cx.permissions;
        Ok(Step::read(move |reader| {
            let records = reader.calls_since(since, self.limit.0)?;
            // A note is for those who work on calls.
            let seen =
                records.into_iter().map(|record| CallEntry::seen_by(permissions, record).without_note());
            Ok(CallsAnswer::of(seen.collect()))
        }))
    }
}
