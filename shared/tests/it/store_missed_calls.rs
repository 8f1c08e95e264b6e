//! Missed calls and callbacks: counted, taken up, closed.

use crate::calls_support::{at, call, new_store, record, work};
use shared::call::{CallDirection, CallOutcome, MissedFilter, MissedResult, MissedStatus};
use shared::caller::CallerKind;
use shared::store::{CallEffects, CallRecord, CallWork, StoreError};

#[test]
fn unanswered_calls_of_one_number_are_one_missed_call() {
    let (_folder, store) = new_store();
    let first = record(&store, &call("c-1", 0, "abandoned"));
    assert_eq!((first.missed[0].count, first.missed[0].due_at), (1, at(30)));
    let second = record(&store, &call("c-2", 5, "no_answer"));
    assert_eq!(second.missed[0].missed_no, first.missed[0].missed_no);
    assert_eq!((second.missed[0].count, second.missed[0].reason), (2, CallOutcome::NoAnswer));
    assert_eq!((second.missed[0].first_at, second.missed[0].last_at), (at(0), at(5)));
    assert_eq!(
        record(&store, &call("c-2", 5, "no_answer")),
        CallEffects::default(),
        "told twice, counted once"
    );
    assert_eq!(record(&store, &call("c-3", 6, "unknown")), CallEffects::default(), "nobody saw how it ended");
    assert_eq!(store.reader().unwrap().missed_calls(MissedFilter::Open, 10).unwrap().len(), 1);
    assert_eq!(store.reader().unwrap().missed_calls_open().unwrap(), 1);
}

#[test]
fn unanswered_calls_without_a_number_are_separate_missed_calls() {
    let (_folder, store) = new_store();
    for id in ["c-1", "c-2"] {
        let withheld = CallRecord {
            caller_kind: CallerKind::Withheld,
            caller_e164: None,
            customer_code: None,
            ..call(id, 0, "abandoned")
        };
        record(&store, &withheld);
    }
    assert_eq!(store.reader().unwrap().missed_calls(MissedFilter::Open, 10).unwrap().len(), 2);
}

#[test]
fn a_missed_call_closes_itself_when_somebody_answered_or_called_back() {
    use CallDirection::{Inbound, Outbound};
    for (direction, outcome, closes) in
        [(Inbound, "completed", true), (Outbound, "completed", true), (Outbound, "no_answer", false)]
    {
        let (_folder, store) = new_store();
        record(&store, &call("c-1", 0, "abandoned"));
        let later = CallRecord { direction, ..call("c-2", 10, outcome) };
        let effects = record(&store, &later);
        let status = if closes { MissedStatus::Done } else { MissedStatus::InProgress };
        assert_eq!(effects.missed[0].status, status, "{direction} {outcome}");
        assert_eq!(effects.missed[0].closed_by_call.as_deref(), closes.then_some("c-2"));
        assert_eq!(effects.missed[0].assignee.as_deref(), Some("A201"), "who called has it");
    }
}

#[test]
fn a_closed_missed_call_is_not_opened_again_but_a_new_one_begins() {
    let (_folder, store) = new_store();
    let first = record(&store, &call("c-1", 0, "abandoned")).missed[0].missed_no;
    record(&store, &call("c-2", 5, "completed"));
    let again = record(&store, &call("c-3", 9, "abandoned"));
    assert_ne!(again.missed[0].missed_no, first);
    assert_eq!(again.missed[0].count, 1);
}

#[test]
fn missed_calls_are_listed_by_rank_then_waiting_time() {
    let (_folder, store) = new_store();
    let of = |id: &str, minute, number: &str, customer: Option<&str>| CallRecord {
        caller_e164: Some(number.to_owned()),
        customer_code: customer.map(str::to_owned),
        ..call(id, minute, "abandoned")
    };
    record(&store, &of("c-1", 0, "+81300000001", None));
    record(&store, &of("c-2", 1, "+81300000002", Some("C1")));
    record(&store, &of("c-3", 2, "+81300000003", Some("C1")));
    record(&store, &of("c-4", 3, "+81300000004", Some("C2")));
    let list = store.reader().unwrap().missed_calls(MissedFilter::Open, 10).unwrap();
    let order: Vec<&str> = list.iter().map(|m| m.caller_e164.as_deref().unwrap()).collect();
    assert_eq!(order, ["+81300000004", "+81300000002", "+81300000003", "+81300000001"]);
}

#[test]
fn only_one_agent_can_take_a_missed_call() {
    let (_folder, store) = new_store();
    let no = record(&store, &call("c-1", 0, "abandoned")).missed[0].missed_no;
    let take = |agent: &str, take: bool| store.write(|tx| tx.assign_missed(no, agent, take, false));
    assert_eq!(take("A201", true).unwrap().status, MissedStatus::InProgress);
    assert!(matches!(take("A202", true), Err(StoreError::Conflict(_))));
    assert!(matches!(take("A202", false), Err(StoreError::Conflict(_))));
    assert_eq!(take("A201", false).unwrap().status, MissedStatus::Open);
    assert_eq!(take("A202", true).unwrap().assignee.as_deref(), Some("A202"));
    let no_need = MissedResult::NoNeed;
    let closed = store.write(|tx| tx.close_missed(no, no_need, Some("広告"), "A202", at(8))).unwrap();
    assert_eq!((closed.status, closed.note.as_deref()), (MissedStatus::NoNeed, Some("広告")));
    assert!(matches!(take("A202", true), Err(StoreError::Conflict(_))), "it is closed");
    assert!(store.reader().unwrap().missed_calls(MissedFilter::Open, 10).unwrap().is_empty());
}

#[test]
fn a_callback_is_due_until_the_number_is_talked_to() {
    let (_folder, store) = new_store();
    record(&store, &call("c-1", 0, "completed"));
    let promise =
        CallWork { follow_up_at: Some(at(60)), note: Some("折り返し".to_owned()), ..work("c-1") };
    let no = store.write(|tx| tx.write_call_work(&promise)).unwrap().unwrap();
    let due = |minute| {
        let list = store.reader().unwrap().callbacks(Some("A201"), Some(at(minute)), 9).unwrap();
        list.iter().map(|c| c.callback_no).collect::<Vec<_>>()
    };
    assert_eq!((due(59), due(60)), (vec![], vec![no]));
    assert!(store.reader().unwrap().callbacks(Some("A202"), None, 9).unwrap().is_empty());
    let later = CallWork { follow_up_at: Some(at(90)), ..work("c-1") };
    assert_eq!(store.write(|tx| tx.write_call_work(&later)).unwrap(), Some(no), "put off, not doubled");
    assert_eq!((due(89), due(90)), (vec![], vec![no]));
    let back = CallRecord { direction: CallDirection::Outbound, ..call("c-2", 70, "completed") };
    assert_eq!(record(&store, &back).callbacks[0].callback_no, no);
    assert!(due(99).is_empty());
    assert!(!store.write(|tx| tx.finish_callback(no, at(99))).unwrap(), "done already");
}
