//! What is removed when its time is over, and what stays.

use crate::calls_support::{NUMBER, at, call, new_store, put, record, work};
use chrono::{DateTime, Utc};
use shared::call::{MissedFilter, MissedResult};
use shared::dataset;
use shared::store::{CallRecord, CallWork, EventFilter, Expiring, NewEvent, Store};

/// Removes what is older, three rows at a time; returns how many rows went in each slice.
fn remove(store: &Store, what: Expiring, before: DateTime<Utc>) -> Vec<u64> {
    let counted = store.reader().unwrap().count_expired(what, before).unwrap();
    let slice = || store.write(|tx| tx.remove_expired(what, before, 3)).unwrap();
    let slices: Vec<u64> = std::iter::repeat_with(slice).take_while(|removed| *removed > 0).collect();
    assert_eq!(slices.iter().sum::<u64>(), counted);
    assert!(slices.iter().all(|removed| *removed <= 3), "{slices:?}");
    slices
}

#[test]
fn a_calls_number_and_note_go_and_the_call_stays() {
    let (_folder, store) = new_store();
    for (id, minute) in [("c-1", 0), ("c-2", 59), ("c-3", 60)] {
        record(&store, &call(id, minute, "completed"));
        let note = CallWork { note: Some("内緒".to_owned()), ..work(id) };
        store.write(|tx| tx.write_call_work(&note)).unwrap();
    }
    let running = CallRecord { ended_at: None, outcome: None, ..call("c-4", 1, "completed") };
    record(&store, &running);
    let before = store.reader().unwrap().change_no().unwrap();
    assert_eq!(remove(&store, Expiring::CallDetails, at(60)), [2]);
    let mut reader = store.reader().unwrap();
    let mut of = |id: &str| {
        let call = reader.call(id).unwrap().unwrap();
        (call.caller_e164, call.note, call.customer_code.is_some())
    };
    assert_eq!(of("c-1"), (None, None, true));
    assert_eq!(of("c-2"), (None, None, true));
    assert_eq!(of("c-3"), (Some(NUMBER.to_owned()), Some("内緒".to_owned()), true));
    assert_eq!(of("c-4").0, Some(NUMBER.to_owned()), "it is not over");
    assert!(reader.change_no().unwrap() > before, "the mirror has to follow");
    assert!(reader.verify_cards(&mut |_| {}).unwrap().different.is_empty());
}

#[test]
fn the_number_of_an_open_missed_call_stays_however_old() {
    let (_folder, store) = new_store();
    let open = record(&store, &call("c-1", 0, "abandoned")).missed.remove(0);
    remove(&store, Expiring::CallDetails, at(60));
    let missed = || store.reader().unwrap().missed_calls(MissedFilter::All, 10).unwrap().remove(0);
    assert_eq!(missed().caller_e164.as_deref(), Some(NUMBER));
    store
        .write(|tx| tx.close_missed(open.missed_no, MissedResult::NoNeed, Some("内緒"), "A201", at(1)))
        .unwrap();
    remove(&store, Expiring::CallDetails, at(60));
    assert_eq!((missed().caller_e164, missed().note), (None, None));
}

#[test]
fn activities_go_in_slices_and_leave_the_card() {
    let (_folder, store) = new_store();
    for number in 0..8 {
        let (number, month) = (format!("A{number}"), format!("2026-0{}-01T00:00:00.000Z", number + 1));
        let row =
            [("activity_no", number.as_str()), ("customer_code", "C1"), ("happened_at", month.as_str())];
        put(&store, &dataset::ACTIVITIES, &row);
        let row = [("log_no", number.as_str()), ("action", "login"), ("happened_at", month.as_str())];
        put(&store, &dataset::ACTIVITY_LOGS, &row);
    }
    let before = "2026-06-01T00:00:00Z".parse().unwrap();
    assert_eq!(remove(&store, Expiring::Activities, before), [3, 2]);
    assert_eq!(remove(&store, Expiring::ActivityLogs, before), [3, 2]);
    let mut reader = store.reader().unwrap();
    for kept in [&dataset::ACTIVITIES, &dataset::ACTIVITY_LOGS] {
        assert_eq!(reader.control_total(kept, None).unwrap().rows, 3);
    }
    assert!(reader.verify_cards(&mut |_| {}).unwrap().different.is_empty());
}

#[test]
fn events_that_were_not_delivered_go_when_they_are_old() {
    let (_folder, store) = new_store();
    for (id, minute) in [("evt_1", 0), ("evt_2", 59), ("evt_3", 60)] {
        let event =
            NewEvent { event_id: id, endpoint: "crm", kind: "call.ended", call_id: "c-1", body: "{}" };
        assert!(store.write(|tx| tx.send_event(&event, at(minute), 9)).unwrap());
    }
    let (id, again) = ("evt_3", at(60));
    let event = NewEvent { event_id: id, endpoint: "crm", kind: "call.ended", call_id: "c-1", body: "{}" };
    assert!(store.write(|tx| tx.send_event(&event, again, 9)).unwrap(), "it is there already");
    assert!(!store.write(|tx| tx.send_event(&event, again, 3)).unwrap(), "no room");
    assert_eq!(remove(&store, Expiring::EventsOut, at(60)), [2]);
    let left = store.reader().unwrap().out_events(&EventFilter::default(), 9).unwrap();
    assert_eq!(left.iter().map(|event| event.event_id.as_str()).collect::<Vec<_>>(), [id]);
}
