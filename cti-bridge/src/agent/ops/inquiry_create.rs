//! `inquiry.create`: opens an inquiry, complaint or request of a customer.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::sales::InquiryKind;
use shared::store::NewInquiry;

use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::bridge::write::{Worker, Written};
use crate::permission::Permission;
use crate::protocol::Refusal;
use crate::protocol::fields::{Name, Note};

/// The inquiry and its customer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct InquiryCreate {
    /// The customer.
    pub customer_code: Name,
    /// What it is.
    pub kind: InquiryKind,
    /// The subject.
    pub subject: Name,
    /// Everything else.
    pub body: Option<Note>,
}

/// An inquiry of a customer who is known already.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct InquiryText {
    /// What it is.
    pub kind: InquiryKind,
    /// The subject.
    pub subject: Name,
    /// Everything else.
    pub body: Option<Note>,
}

impl InquiryText {
    /// The inquiry as this agent opens it.
    pub(super) fn by(self, worker: &Worker, customer_code: String) -> NewInquiry {
        NewInquiry {
            customer_code,
            kind: self.kind,
            subject: self.subject.0,
            body: self.body.map(|body| body.0),
            opened_at: worker.now,
            assignee: Some(worker.agent_name.clone()),
        }
    }
}

/// The inquiry that was opened.
#[derive(Debug, Serialize, JsonSchema)]
pub struct InquiryCreateAnswer {
    inquiry_no: String,
}

impl Operation for InquiryCreate {
    const PERMISSION: Option<Permission> = Some(Permission::CallsWork);

    const EXAMPLE: &'static str = r#"{
        "customer_code": "C1", "kind": "request", "subject": "納期", "body": "午前中に届けてほしい"
    }"#;

    type Answer = InquiryCreateAnswer;

    fn object(&self) -> Object {
        Object::Shared
    }

    fn cost(&self) -> Cost {
        Cost::WRITE
    }

    fn handle(self, _: &Context) -> Result<Step<InquiryCreateAnswer>, Refusal> {
        let Self { customer_code: Name(customer_code), kind, subject, body } = self;
        Ok(Step::write(move |tx, draft| {
            let text = InquiryText { kind, subject, body };
            let inquiry_no = tx.open_inquiry(&text.by(&draft.by, customer_code.clone()))?;
            Ok((InquiryCreateAnswer { inquiry_no }, Written::of_customer(customer_code)))
        }))
    }
}
