//! `masters`: the codes of after-call work, the reasons for being away, and the ranks, in their order.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::call::DispositionKind;
use shared::store::{Disposition, RankEntry};

use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::permission::Permission;
use crate::protocol::Refusal;

/// It has no fields.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Masters {}

/// The codes that can be chosen.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MastersAnswer {
    categories: Vec<Disposition>,
    results: Vec<Disposition>,
    statuses: Vec<Disposition>,
    away_reasons: Vec<Disposition>,
    /// The company's ranks with their colours, the best first.
    ranks: Vec<RankEntry>,
}

impl Operation for Masters {
    const PERMISSION: Option<Permission> = None;

    const EXAMPLE: &'static str = "{}";

    type Answer = MastersAnswer;

    fn object(&self) -> Object {
        Object::Shared
    }

    fn cost(&self) -> Cost {
        Cost::FREE
    }

    fn handle(self, _: &Context) -> Result<Step<MastersAnswer>, Refusal> {
        Ok(Step::read(|reader| {
            let all = reader.dispositions()?;
            let of = |kind: DispositionKind| -> Vec<Disposition> {
                all.iter().filter(|entry| entry.kind == kind && !entry.hidden).cloned().collect()
            };
            Ok(MastersAnswer {
                categories: of(DispositionKind::Category),
                results: of(DispositionKind::Result),
                statuses: of(DispositionKind::Status),
                away_reasons: of(DispositionKind::AwayReason),
                ranks: reader.rank_entries()?,
            })
        }))
    }
}
