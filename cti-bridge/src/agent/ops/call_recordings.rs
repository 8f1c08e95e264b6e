//! `call.recordings`: where the recordings of a call can be listened to. Each time it is audited.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::store::{AuditAction, AuditEntry, StoreError, Transaction};

use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::bridge::write::{Draft, Written};
use crate::permission::Permission;
use crate::protocol::Refusal;
use crate::protocol::fields::Name;

/// Which call.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct CallRecordings {
    /// The call.
    pub call_id: Name,
}

/// The recordings of a call.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CallRecordingsAnswer {
    recordings: Vec<Recording>,
}

/// A recording.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Recording {
    /// The file, as the PBX names it.
    file: String,
    /// Where it can be listened to; `null` when the settings do not say (`recording_url`).
    url: Option<String>,
}

impl Operation for CallRecordings {
    const PERMISSION: Option<Permission> = Some(Permission::RecordingsListen);

    const EXAMPLE: &'static str = r#"{"call_id": "c-1"}"#;

    type Answer = CallRecordingsAnswer;

    fn object(&self) -> Object {
        Object::Call(Some(self.call_id.0.clone()))
    }

    fn cost(&self) -> Cost {
        Cost::WRITE
    }

    fn handle(self, _: &Context) -> Result<Step<CallRecordingsAnswer>, Refusal> {
        // Who may hear them is checked, and audited, each time.
        Ok(Step::write(|tx, draft| listed(tx, &draft)).each_time())
    }
}

fn listed(tx: &mut Transaction<'_>, draft: &Draft) -> Result<(CallRecordingsAnswer, Written), StoreError> {
    let (call, effects) = draft.call()?;
    tx.audit(&AuditEntry {
        at: draft.by.now,
        actor: draft.by.agent_code.clone(),
        action: AuditAction::Recording.into(),
        subject: call.customer_code,
        detail: Some(call.call_id),
    })?;
    let url = call.source.and_then(|source| draft.recording_urls.get(&source));
    let id = call.pbx_call_id.as_deref();
    let recording = |file: String| Recording { url: url.map(|url| url.fill(&file, id)), file };
    let recordings = call.recordings.into_iter().map(recording).collect();
    Ok((CallRecordingsAnswer { recordings }, Written { effects, ..Written::default() }))
}
