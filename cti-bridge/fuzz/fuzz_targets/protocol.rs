//! Any text from an agent's socket: it is a request, or refused with an answer that is JSON.
#![no_main]

use cti_bridge::agent::ops::{self, Request};
use cti_bridge::protocol::{self, Empty, ID_BYTES_MAX, SEARCH_CHARS_MAX};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use shared::lang::Lang;

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("an answer is JSON")
}

fuzz_target!(|text: &str| {
    match ops::parse(text) {
        Err(refusal) => {
            let answer = json(&protocol::refuse(None, &refusal, Lang::Ja));
            assert_eq!((&answer["re"], &answer["ok"]), (&Value::Null, &Value::Bool(false)));
        }
        Ok(parsed) => {
            assert!(parsed.id.get().len() <= ID_BYTES_MAX + 2);
            let id = json(parsed.id.get());
            assert!(id.is_number() || id.is_string());
            assert_eq!(json(&protocol::answer(&parsed.id, &Empty {}))["re"], id);
            match parsed.request {
                Err(refusal) => {
                    assert_eq!(json(&protocol::refuse(Some(&parsed.id), &refusal, Lang::En))["re"], id);
                }
                Ok(Request::Search(search)) => {
                    assert!((1..=SEARCH_CHARS_MAX).contains(&search.q.0.chars().count()));
                    assert!((1..=50).contains(&search.limit.0));
                }
                Ok(_) => {}
            }
        }
    }
});
