//! Any text from an agent's socket: it is a request, or refused with an answer that is JSON.
#![no_main]

use cti_bridge::agent::protocol::{self, ID_BYTES_MAX, Request, SEARCH_CHARS_MAX};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("what we answer is JSON")
}

fuzz_target!(|text: &str| {
    match protocol::parse(text) {
        Err(refusal) => {
            let answer = json(&protocol::refuse(None, &refusal));
            assert_eq!((&answer["re"], &answer["ok"]), (&Value::Null, &Value::Bool(false)));
        }
        Ok(parsed) => {
            assert!(parsed.id.len() <= ID_BYTES_MAX + 2);
            let id = json(&parsed.id);
            assert!(id.is_number() || id.is_string());
            assert_eq!(json(&protocol::answer(&parsed.id, "{}"))["re"], id);
            match parsed.request {
                Err(refusal) => assert_eq!(json(&protocol::refuse(Some(&parsed.id), &refusal))["re"], id),
                Ok(Request::Search { q, limit }) => {
                    assert!((1..=SEARCH_CHARS_MAX).contains(&q.chars().count()) && (1..=50).contains(&limit));
                }
                Ok(_) => {}
            }
        }
    }
});
