//! An event of a call.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use shared::call::{CallDirection, CallOutcome};
pub use shared::call::{EventField, EventKind};
use shared::caller::CallerKind;
use shared::label::Open;
use shared::store::CallRecord;
use shared::text::hex;

/// Something that happened to a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CallEvent {
    /// What.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// When it happened.
    pub timestamp: DateTime<Utc>,
    /// The call as it was then. What is not known, or not told, is left out.
    pub data: EventCall,
}

/// A call as other systems are told of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "the fields of docs/events.md")]
#[serde(default)]
pub struct EventCall {
    pub call_id: String,
    pub direction: CallDirection,
    pub caller_kind: CallerKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pbx_call_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub called: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
    pub started_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Open<CallOutcome>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ring_seconds: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub talk_seconds: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold_seconds: Option<i64>,
    /// The call was found already running, or its end was not observed.
    pub uncertain: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow_up_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wrapped_by: Option<String>,
}

impl CallEvent {
    /// What happened at this time to a call that is recorded so.
    #[must_use]
    pub fn of(kind: EventKind, timestamp: DateTime<Utc>, call: CallRecord) -> Self {
        // Of an outgoing call this is the customer's number.
        let called = call.called.filter(|_| call.direction != CallDirection::Outbound);
        let data = EventCall {
            call_id: call.call_id,
            direction: call.direction,
            caller_kind: call.caller_kind,
            source: call.source,
            pbx_call_id: call.pbx_call_id,
            number: call.caller_e164,
            called,
            queue: call.queue,
            customer_code: call.customer_code,
            customer_name: call.customer_name,
            lead_code: call.lead_code,
            agent_code: call.agent_code,
            extension: call.extension,
            started_at: call.started_at,
            answered_at: call.answered_at,
            ended_at: call.ended_at,
            outcome: call.outcome,
            ring_seconds: call.ring_seconds,
            talk_seconds: call.talk_seconds,
            hold_seconds: call.hold_seconds,
            uncertain: call.uncertain,
            category: call.category,
            result: call.result,
            status: call.status,
            note: call.note,
            follow_up_at: call.follow_up_at,
            wrapped_by: call.wrapped_by,
        };
        Self { kind, timestamp, data }
    }

    /// The identity: the same when the same event is written again.
    #[must_use]
    pub fn id(&self) -> String {
        let EventCall { call_id, extension, .. } = &self.data;
        let extension = extension.as_deref().unwrap_or_default();
        let text =
            format!("{call_id}\n{}\n{extension}\n{}", self.kind.as_str(), self.timestamp.timestamp_millis());
        let hash = hex(&Sha256::digest(text));
        format!("evt_{}", hash.get(..32).unwrap_or_default())
    }

    /// The event with no personal data but this.
    #[must_use]
    pub fn only(&self, fields: &BTreeSet<EventField>) -> Self {
        let mut event = self.clone();
        let data = &mut event.data;
        if !fields.contains(&EventField::Number) {
            data.number = None;
        }
        if !fields.contains(&EventField::Customer) {
            (data.customer_code, data.customer_name, data.lead_code) = (None, None, None);
        }
        if !fields.contains(&EventField::Note) {
            data.note = None;
        }
        event
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call() -> CallRecord {
        CallRecord {
            call_id: "c-1".to_owned(),
            direction: CallDirection::Outbound,
            caller_kind: CallerKind::Number,
            caller_e164: Some("+81312345678".to_owned()),
            called: Some("00312345678".to_owned()),
            customer_code: Some("C1".to_owned()),
            customer_name: Some("赤木".to_owned()),
            lead_code: Some("L1".to_owned()),
            extension: Some("201".to_owned()),
            note: Some("メモ".to_owned()),
            ..CallRecord::default()
        }
    }

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000 + second, 0).unwrap()
    }

    #[test]
    fn an_event_tells_no_personal_data_but_the_fields_that_are_named() {
        let event = CallEvent::of(EventKind::Ended, at(0), call());
        for (fields, told) in [
            (&[][..], &[][..]),
            (&[EventField::Number], &["+81312345678"]),
            (&[EventField::Customer], &["C1", "赤木", "L1"]),
            (&[EventField::Note], &["メモ"]),
        ] {
            let text = serde_json::to_string(&event.only(&fields.iter().copied().collect())).unwrap();
            for part in ["312345678", "C1", "赤木", "L1", "メモ"] {
                let expected = told.iter().any(|told| told.contains(part));
                assert_eq!(text.contains(part), expected, "{part} with {fields:?}: {text}");
            }
        }
    }

    #[test]
    fn the_same_event_has_the_same_identity_and_no_other_has() {
        let event = |kind, second, call: CallRecord| CallEvent::of(kind, at(second), call).id();
        let one = event(EventKind::Ringing, 0, call());
        assert!(one.starts_with("evt_") && one.len() == 36, "{one}");
        assert_eq!(one, event(EventKind::Ringing, 0, CallRecord { customer_code: None, ..call() }));
        for other in [
            event(EventKind::Answered, 0, call()),
            event(EventKind::Ringing, 1, call()),
            event(EventKind::Ringing, 0, CallRecord { call_id: "c-2".to_owned(), ..call() }),
            event(EventKind::Ringing, 0, CallRecord { extension: Some("202".to_owned()), ..call() }),
        ] {
            assert_ne!(one, other);
        }
    }
}
