//! `search`: customers and leads by name, kana, short name, code or whole number.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::card::Candidate;
use shared::store::{AuditAction, Found};

use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::permission::Permission;
use crate::protocol::Refusal;
use crate::protocol::fields::{Limit, SearchText};

/// What to search for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Search {
    /// Name, kana, short name, code or whole number.
    pub q: SearchText,
    /// Entries of the answer at most.
    #[serde(default)]
    pub limit: Limit<20, 50>,
}

/// Who was found.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SearchAnswer {
    customers: Vec<Candidate>,
    /// `false`: the search was cut short (`search_max_ms`), and there may be others. What starts with `q`, a code and a
    /// whole number are always found.
    complete: bool,
}

impl Operation for Search {
    const PERMISSION: Option<Permission> = Some(Permission::Lookup);

    const EXAMPLE: &'static str = r#"{"q": "赤木", "limit": 50}"#;

    type Answer = SearchAnswer;

    fn object(&self) -> Object {
        Object::Shared
    }

    fn cost(&self) -> Cost {
        Cost::CARD
    }

    fn handle(self, cx: &Context) -> Result<Step<SearchAnswer>, Refusal> {
        let cx = cx.clone();
        Ok(Step::search(move |reader| {
            let found = reader.search(&self.q.0, self.limit.0, cx.search_max)?;
            let Found { customers, complete } = found;
            let found = format!("{} found", customers.len());
            cx.audit.note(&cx.agent_code, AuditAction::Search, None, Some(found));
            Ok(SearchAnswer { customers, complete })
        }))
    }
}
