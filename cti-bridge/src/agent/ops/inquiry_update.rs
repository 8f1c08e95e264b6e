//! `inquiry.update`: an inquiry is open, in progress or done.

use schemars::JsonSchema;
use serde::Deserialize;
use shared::message;
use shared::sales::InquiryStatus;
use shared::store::StoreError;

use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::bridge::write::Written;
use crate::permission::Permission;
use crate::protocol::fields::Name;
use crate::protocol::{Empty, Refusal};

/// The inquiry and its new status.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct InquiryUpdate {
    /// The inquiry.
    pub inquiry_no: Name,
    /// Its status from now on.
    pub status: InquiryStatus,
}

impl Operation for InquiryUpdate {
    const PERMISSION: Option<Permission> = Some(Permission::CallsWork);

    const EXAMPLE: &'static str = r#"{"inquiry_no": "I1", "status": "in_progress"}"#;

    type Answer = Empty;

    fn object(&self) -> Object {
        Object::Shared
    }

    fn cost(&self) -> Cost {
        Cost::WRITE
    }

    fn handle(self, _: &Context) -> Result<Step<Empty>, Refusal> {
        Ok(Step::write(move |tx, draft| {
            let customer = tx.set_inquiry_status(&self.inquiry_no.0, self.status, draft.by.now)?;
            let customer = customer.ok_or_else(|| {
                StoreError::Conflict(message!("問合せが見つかりません", "there is no such inquiry"))
            })?;
            Ok((Empty {}, Written::of_customer(customer)))
        }))
    }
}
