//! `cti-bridge events`: what other systems were not told of.

use serde_json::Value;

use crate::cli_commands::{complaint, run, stdout, text};
use crate::common::company;

#[test]
fn events_that_were_given_up_are_listed_and_retried() {
    let company = company();
    let store = company.path();
    let store = text(&store);
    let now = shared::Clock::now(&shared::SystemClock);
    company
        .store
        .write(|tx| {
            for (id, endpoint) in [("evt_1", "crm"), ("evt_2", "chat"), ("evt_3", "crm")] {
                let (kind, call_id, body) = ("call.ended", "c-1", "{\"number\":\"+81312345678\"}");
                let event = shared::store::NewEvent { event_id: id, endpoint, kind, call_id, body };
                tx.send_event(&event, now, 9)?;
            }
            let error = "status 500".to_owned();
            for event_no in [1, 2] {
                tx.note_attempt(
                    event_no,
                    &shared::store::Attempt::Failed { next_at: None, error: error.clone() },
                )?;
            }
            Ok::<_, shared::store::StoreError>(())
        })
        .unwrap();
    let listed = |more: &[&str]| {
        let out = run(&[&["events", "list", "--store", store, "--format", "json"], more].concat());
        let events: Vec<Value> = serde_json::from_str(&stdout(&out)).expect("JSON");
        assert!(!stdout(&out).contains("+81"), "no number");
        events.iter().map(|event| event["event_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(listed(&[]), ["evt_1", "evt_2", "evt_3"]);
    assert_eq!(listed(&["--given-up"]), ["evt_1", "evt_2"]);
    assert_eq!(listed(&["--given-up", "--endpoint", "crm"]), ["evt_1"]);
    let table = stdout(&run(&["events", "list", "--store", store]));
    assert!(table.contains("given up") && table.contains("status 500"), "{table}");
    let none = run(&["events", "retry", "--store", store, "--endpoint", "nobody"]);
    assert_eq!(complaint(&none, &["given up", "events list"]), 65);
    let retried = run(&["events", "retry", "--store", store, "--id", "evt_2"]);
    assert_eq!(stdout(&retried), "events that are sent again: 1\n");
    assert_eq!(listed(&["--given-up"]), ["evt_1"]);
}
