//! `history`: a customer's timeline, newest first.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::card::Interaction;
use shared::store::{AuditAction, HistoryCursor};

use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::permission::Permission;
use crate::protocol::Refusal;
use crate::protocol::fields::Limit;

/// Which part of which timeline.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct History {
    /// The customer.
    pub customer_code: String,
    /// Only entries after this one, `at/kind/reference`, or before an instant.
    pub before: Option<HistoryCursor>,
    /// Entries of the answer at most.
    #[serde(default)]
    pub limit: Limit<20, 100>,
}

/// A part of a timeline.
#[derive(Debug, Serialize, JsonSchema)]
pub struct HistoryAnswer {
    entries: Vec<Interaction>,
    /// Whether there are older entries.
    more: bool,
}

impl Operation for History {
    const PERMISSION: Option<Permission> = Some(Permission::Lookup);

    const EXAMPLE: &'static str =
        r#"{"customer_code": "C1", "before": "2026-10-31T05:02:11Z", "limit": 100}"#;

    type Answer = HistoryAnswer;

    fn object(&self) -> Object {
        Object::Shared
    }

    fn cost(&self) -> Cost {
        Cost::CARD
    }

    fn handle(self, cx: &Context) -> Result<Step<HistoryAnswer>, Refusal> {
        let cx = cx.clone();
        Ok(Step::read(move |reader| {
            let Self { customer_code, before, limit: Limit(limit) } = self;
            let mut entries = reader.history(&customer_code, before.as_ref(), limit + 1)?;
            // An unknown code shows nothing and may be anything, so it is not kept.
            if !entries.is_empty() {
                cx.audit.note(&cx.agent_code, AuditAction::History, Some(&customer_code), None);
            }
            let more = entries.len() > limit;
            entries.truncate(limit);
            Ok(HistoryAnswer { entries, more })
        }))
    }
}
