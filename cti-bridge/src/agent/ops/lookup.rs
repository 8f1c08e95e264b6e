//! `lookup`: who has this number, or the card of this customer or lead.

use schemars::JsonSchema;
use serde::Deserialize;
use shared::message;
use shared::store::AuditAction;

use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::metrics::Kind;
use crate::permission::Permission;
use crate::popup::{self, SeenProfile, Subject};
use crate::protocol::{ErrorCode, Refusal};

/// Exactly one field names whom to look up.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Lookup {
    /// A number in any written form.
    pub number: Option<String>,
    /// A customer's code.
    pub customer_code: Option<String>,
    /// A lead's code.
    pub lead_code: Option<String>,
}

impl Lookup {
    fn subject(self) -> Result<Subject, Refusal> {
        match (self.number, self.customer_code, self.lead_code) {
            (Some(number), None, None) => Ok(Subject::Number(number)),
            (None, Some(code), None) => Ok(Subject::Customer(code)),
            (None, None, Some(code)) => Ok(Subject::Lead(code)),
            _ => Err(Refusal::new(
                ErrorCode::BadRequest,
                message!(
                    "`number`、`customer_code`、`lead_code` のいずれか1つを指定してください",
                    "exactly one of `number`, `customer_code` and `lead_code` must be given"
                ),
            )),
        }
    }
}

impl Operation for Lookup {
    const PERMISSION: Option<Permission> = Some(Permission::Lookup);

    const EXAMPLE: &'static str = r#"{"customer_code": "C1"}"#;

    /// A pop-up without a call.
    type Answer = SeenProfile;

    fn object(&self) -> Object {
        Object::Shared
    }

    fn cost(&self) -> Cost {
        Cost::CARD
    }

    fn handle(self, cx: &Context) -> Result<Step<SeenProfile>, Refusal> {
        let (subject, cx) = (self.subject()?, cx.clone());
        Ok(Step::read(move |reader| {
            let profile = popup::by_subject(reader, &subject, cx.today)?;
            cx.lookups.get_or_create(&Kind { kind: profile.kind.word() }).inc();
            cx.audit.note(&cx.agent_code, AuditAction::Lookup, profile.code(), None);
            Ok(SeenProfile { profile, permissions: cx.permissions })
        }))
    }
}
