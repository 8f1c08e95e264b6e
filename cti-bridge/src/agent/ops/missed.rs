//! `missed`: missed calls, the highest rank first, then those that wait longest.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::call::MissedFilter;

use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::hub::view::MissedEntry;
use crate::permission::Permission;
use crate::protocol::Refusal;
use crate::protocol::fields::Limit;

/// Which missed calls.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Missed {
    /// Open ones unless the client asks for all.
    pub status: Option<MissedFilter>,
    /// Entries of the answer at most.
    #[serde(default)]
    pub limit: Limit<100, 200>,
}

/// The missed calls.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MissedAnswer {
    missed: Vec<MissedEntry>,
}

impl Operation for Missed {
    const PERMISSION: Option<Permission> = Some(Permission::MissedRead);

    const EXAMPLE: &'static str = r#"{"status": "all", "limit": 200}"#;

    type Answer = MissedAnswer;

    fn object(&self) -> Object {
        Object::Shared
    }

    fn cost(&self) -> Cost {
        Cost::FREE
    }

    fn handle(self, cx: &Context) -> Result<Step<MissedAnswer>, Refusal> {
        let permissions = cx.permissions;
        let filter = self.status.unwrap_or(MissedFilter::Open);
        Ok(Step::read(move |reader| {
            let missed = reader.missed_calls(filter, self.limit.0)?;
            let seen = missed.into_iter().map(|missed| MissedEntry::seen_by(permissions, missed));
            Ok(MissedAnswer { missed: seen.collect() })
        }))
    }
}
