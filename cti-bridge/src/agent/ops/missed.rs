//! `missed`: missed calls, the highest rank first, then those that wait longest.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::call::MissedFilter;

use super::step::{Context, Operation, Step};
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

    fn handle(self, _: &Context) -> Result<Step<MissedAnswer>, Refusal> {
        let filter = self.status.unwrap_or(MissedFilter::Open);
        Ok(Step::read(move |reader| {
            let missed = reader.missed_calls(filter, self.limit.0)?;
            Ok(MissedAnswer { missed: missed.into_iter().map(MissedEntry::from).collect() })
        }))
    }
}
