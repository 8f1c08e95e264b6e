//! Calls and what agents make of them: after-call work, choices, registrations.

use crate::calls_support::{NUMBER, at, call, card, new_store, put, record, today, work};
use chrono::TimeDelta;
use shared::call::DispositionKind;
use shared::caller::CallerKind;
use shared::card::CallerLevel;
use shared::customer::ContactPurpose;
use shared::dataset;
use shared::label::Open;
use shared::phone::PhoneNumber;
use shared::sales::{InquiryKind, InquiryStatus};
use shared::store::{
    AnswerLimits, CallRecord, CallWork, Disposition, KeptAnswer, NewInquiry, NewParty, NewTask, NumberChoice,
    StoreError, Transaction,
};

#[test]
fn a_failed_part_of_a_write_is_rolled_back_alone() {
    let (_folder, store) = new_store();
    let record = |tx: &mut Transaction<'_>, id: &str| {
        tx.record_call(&call(id, 1, "completed"), today(), TimeDelta::minutes(30)).map(|_| ())
    };
    let failed = store.write(|tx| {
        record(tx, "c-1")?;
        let failed = tx.part(|tx| {
            record(tx, "c-2")?;
            Err::<(), _>(StoreError::Conflict(shared::message!("いいえ", "no")))
        })?;
        tx.part(|tx| record(tx, "c-3"))??;
        Ok::<_, StoreError>(failed)
    });
    assert!(matches!(failed, Ok(Err(StoreError::Conflict(_)))));
    let mut reader = store.reader().unwrap();
    assert_eq!(["c-1", "c-2", "c-3"].map(|id| reader.call(id).unwrap().is_some()), [true, false, true]);
    assert!(reader.verify_cards(&mut |_| ()).unwrap().different.is_empty());
}

#[test]
fn an_imported_part_in_a_call_gives_nobody_a_right_to_it() {
    let (_folder, store) = new_store();
    let rang = CallRecord { agents: vec!["A203".to_owned()], ..call("c-1", 0, "completed") };
    record(&store, &rang);
    let part = [
        ("part_id", "p-1"),
        ("call_id", "c-1"),
        ("agent_code", "A202"),
        ("began_at", "2026-11-18T00:00:00Z"),
    ];
    put(&store, &dataset::CALL_PARTS, &part);
    let is_work_of = |agent: &str| store.write(|tx| tx.is_work_of(&rang, agent)).unwrap();
    assert_eq!(["A201", "A202", "A203"].map(is_work_of), [true, false, true]);
}

#[test]
fn after_call_work_is_in_the_timeline_and_kept_when_the_call_ends() {
    let (_folder, store) = new_store();
    let live = CallRecord { ended_at: None, outcome: None, ..call("c-1", 0, "completed") };
    record(&store, &live);
    let wrapped = CallWork {
        category: Some("delivery_date".to_owned()),
        result: Some("done".to_owned()),
        status: Some("done".to_owned()),
        note: Some("11/25 に着く".to_owned()),
        ..work("c-1")
    };
    store.write(|tx| tx.write_call_work(&wrapped)).unwrap();
    record(&store, &call("c-1", 0, "completed"));
    store.write(|tx| tx.add_after_call_work("c-1", None, 12)).unwrap();
    store.write(|tx| tx.add_after_call_work("c-1", None, 5)).unwrap();
    let kept = store.reader().unwrap().call("c-1").unwrap().unwrap();
    assert_eq!((kept.category.as_deref(), kept.acw_seconds), (Some("delivery_date"), Some(17)));
    assert_eq!(
        (kept.wrapped_by.as_deref(), kept.outcome.as_ref().map(Open::as_str)),
        (Some("A201"), Some("completed"))
    );
    let entry = &card(&store, "C1").interactions[0];
    assert_eq!((entry.subject.as_deref(), entry.body.as_deref()), (Some("納期確認"), Some("11/25 に着く")));
    assert_eq!(store.reader().unwrap().verify_cards(&mut |_| ()).unwrap().different, Vec::<String>::new());
}

#[test]
fn a_late_record_leaves_what_an_agent_said() {
    let (_folder, store) = new_store();
    let live = CallRecord { ended_at: None, outcome: None, ..call("c-1", 0, "completed") };
    record(&store, &live);
    let chosen = CallWork {
        customer_code: Some("C2".to_owned()),
        site: Some("大阪支店".to_owned()),
        note: Some("明日".to_owned()),
        draft: true,
        ..work("c-1")
    };
    store.write(|tx| tx.write_call_work(&chosen)).unwrap();
    // Written from what was known before the choice, and by a bridge that knows neither caller nor queue any more.
    record(&store, &live);
    record(
        &store,
        &CallRecord { caller_kind: CallerKind::Unknown, caller_e164: None, ..call("c-1", 0, "completed") },
    );
    let mut reader = store.reader().unwrap();
    let kept = reader.call("c-1").unwrap().unwrap();
    assert_eq!((kept.customer_code.as_deref(), kept.note.as_deref()), (Some("C2"), Some("明日")));
    assert_eq!(kept.caller_e164.as_deref(), Some(NUMBER));
    let said = reader.call_annotations("c-1").unwrap().unwrap();
    let caller = said.caller.unwrap();
    assert_eq!((caller.site.as_deref(), caller.by.as_str(), caller.at), (Some("大阪支店"), "A201", at(9)));
    assert_eq!(said.note_by.as_deref(), Some("A201"));
    assert_eq!((card(&store, "C1").interactions.len(), card(&store, "C2").interactions.len()), (0, 1));
    assert_eq!(reader.verify_cards(&mut |_| ()).unwrap().different, Vec::<String>::new());
    // A wrap-up that names the same customer leaves the site; the choice that is taken back leaves nothing.
    let wrapped = CallWork { customer_code: Some("C2".to_owned()), ..work("c-1") };
    store.write(|tx| tx.write_call_work(&wrapped)).unwrap();
    assert_eq!(
        reader.call_annotations("c-1").unwrap().unwrap().caller.unwrap().site.as_deref(),
        Some("大阪支店")
    );
    store.write(|tx| tx.forget_caller_choice("c-1")).unwrap();
    assert_eq!(reader.call_annotations("c-1").unwrap().unwrap().caller, None);
    record(&store, &call("c-1", 0, "completed"));
    assert_eq!(reader.call("c-1").unwrap().unwrap().customer_code.as_deref(), Some("C1"));
}

#[test]
fn answers_are_kept_for_each_agent_up_to_their_number_and_age() {
    let (_folder, store) = new_store();
    let limits = AnswerLimits { per_agent_max: 2, age: TimeDelta::minutes(10) };
    let keep = |agent: &str, key: &str, minute: i64| {
        let kept = KeptAnswer { request: key.to_owned(), answer: format!("{minute}") };
        store.write(|tx| tx.keep_answer(agent, key, &kept, at(minute), limits)).unwrap();
    };
    let known = |agent: &str| -> Vec<bool> {
        store
            .write(|tx| {
                ["a", "b", "c"]
                    .iter()
                    .map(|key| Ok::<_, StoreError>(tx.kept_answer(agent, key)?.is_some()))
                    .collect()
            })
            .unwrap()
    };
    keep("A201", "a", 0);
    keep("A202", "a", 0);
    keep("A201", "b", 1);
    assert_eq!((known("A201"), known("A202")), (vec![true, true, false], vec![true, false, false]));
    keep("A201", "c", 2);
    assert_eq!(
        (known("A201"), known("A202")),
        (vec![false, true, true], vec![true, false, false]),
        "two of each"
    );
    keep("A203", "a", 11);
    assert_eq!(
        (known("A201"), known("A202")),
        (vec![false, true, true], vec![false, false, false]),
        "ten minutes"
    );
}

#[test]
fn a_reassigned_call_leaves_the_first_customers_timeline() {
    let (_folder, store) = new_store();
    record(&store, &call("c-1", 0, "completed"));
    assert_eq!(card(&store, "C1").interactions.len(), 1);
    let other = CallWork { customer_code: Some("C2".to_owned()), ..work("c-1") };
    store.write(|tx| tx.write_call_work(&other)).unwrap();
    assert_eq!((card(&store, "C1").interactions.len(), card(&store, "C2").interactions.len()), (0, 1));
}

#[test]
fn unknown_codes_and_calls_are_refused() {
    let (_folder, store) = new_store();
    record(&store, &call("c-1", 0, "completed"));
    let refused = |work: CallWork| {
        let done = store.write(|tx| tx.write_call_work(&work));
        assert!(matches!(done, Err(StoreError::Conflict(_))), "{work:?}");
    };
    refused(CallWork { category: Some("nonsense".to_owned()), ..work("c-1") });
    refused(CallWork { result: Some("order".to_owned()), ..work("c-1") });
    refused(CallWork { customer_code: Some("C9".to_owned()), ..work("c-1") });
    refused(work("c-9"));
    assert_eq!(store.reader().unwrap().call("c-1").unwrap().unwrap().wrapped_at, None);
}

#[test]
fn the_choice_for_a_number_is_remembered_until_forgotten() {
    let (_folder, store) = new_store();
    let number = PhoneNumber::parse("03-1234-5678").unwrap();
    let choice = NumberChoice {
        e164: NUMBER.to_owned(),
        level: CallerLevel::Site,
        customer_code: Some("C2".to_owned()),
        lead_code: None,
        contact_id: None,
        site: Some("大阪支店".to_owned()),
        chosen_by: Some("A201".to_owned()),
        chosen_at: at(1),
    };
    store.write(|tx| tx.choose_number(&choice)).unwrap();
    assert_eq!(store.reader().unwrap().number_choice(&number).unwrap(), Some(choice.clone()));
    let other = NumberChoice { level: CallerLevel::Company, site: None, ..choice };
    store.write(|tx| tx.choose_number(&other)).unwrap();
    assert_eq!(store.reader().unwrap().number_choice(&number).unwrap(), Some(other));
    assert!(store.write(|tx| tx.forget_number(NUMBER)).unwrap());
    assert!(!store.write(|tx| tx.forget_number(NUMBER)).unwrap());
    assert_eq!(store.reader().unwrap().number_choice(&number).unwrap(), None);
}

#[test]
fn an_unknown_caller_can_become_a_customer_lead_or_contact() {
    let (_folder, store) = new_store();
    put(
        &store,
        &dataset::LEADS,
        &[("lead_code", "CK-L0000001"), ("company_name", "先客"), ("origin", "here")],
    );
    let party = |name: &str, phone: &str| NewParty {
        name: name.to_owned(),
        person_name: Some("山田".to_owned()),
        phone: Some(phone.to_owned()),
        ..NewParty::default()
    };
    let customer = store.write(|tx| tx.register_customer(&party("新規商店", "+81611112222"), at(0))).unwrap();
    let lead = store.write(|tx| tx.register_lead(&party("見込商店", "+81611113333"), at(0))).unwrap();
    assert_eq!(
        (customer.as_str(), lead.as_str()),
        ("CK-N0000001", "CK-L0000002"),
        "a code that is taken is passed over"
    );
    store
        .write(|tx| tx.attach_contact("C2", "+81611114444", "", ContactPurpose::Sales, at(0)).map(|_| ()))
        .unwrap();
    let who = |number: &str| {
        let found = store.reader().unwrap().match_phone(&PhoneNumber::parse(number).unwrap()).unwrap();
        found.into_iter().map(|c| c.customer_code.or(c.lead_code).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(who("06-1111-2222"), std::slice::from_ref(&customer));
    assert_eq!(who("06-1111-3333"), [lead]);
    assert_eq!(who("06-1111-4444"), ["C2"]);
    assert_eq!(card(&store, &customer).customer.contacts[0].person_name.as_deref(), Some("山田"));
    let none = store.write(|tx| tx.attach_contact("C9", "+81611115555", "", ContactPurpose::Sales, at(0)));
    assert!(matches!(none, Err(StoreError::Conflict(_))));
}

#[test]
fn open_inquiries_complaints_and_tasks_are_on_the_card() {
    let (_folder, store) = new_store();
    let inquiry = NewInquiry {
        customer_code: "C1".to_owned(),
        kind: InquiryKind::Complaint,
        subject: "納期遅延".to_owned(),
        body: None,
        opened_at: at(3),
        assignee: Some("佐藤 花子".to_owned()),
    };
    let inquiry_no = store.write(|tx| tx.open_inquiry(&inquiry)).unwrap();
    let task = NewTask {
        customer_code: "C1".to_owned(),
        title: "再回答".to_owned(),
        due_on: Some(today()),
        assignee: None,
    };
    let task_no = store.write(|tx| tx.open_task(&task, at(0))).unwrap();
    let open = card(&store, "C1").open;
    assert_eq!((open.inquiries[0].subject.as_str(), open.tasks[0].title.as_str()), ("納期遅延", "再回答"));
    let done = store.write(|tx| tx.set_inquiry_status(&inquiry_no, InquiryStatus::Done, at(5))).unwrap();
    assert_eq!(done.as_deref(), Some("C1"));
    assert_eq!(store.write(|tx| tx.finish_task(&task_no)).unwrap().as_deref(), Some("C1"));
    let open = card(&store, "C1").open;
    assert!(open.inquiries.is_empty() && open.tasks.is_empty());
    assert_eq!(store.write(|tx| tx.set_inquiry_status("none", InquiryStatus::Done, at(5))).unwrap(), None);
}

#[test]
fn several_people_on_one_number_are_listed_and_none_is_picked() {
    let (_folder, store) = new_store();
    for person in ["赤木", "黒木"] {
        let phone = format!("03-9999-8888 内線{}", person.len());
        let cells = [("customer_code", "C1"), ("person_name", person), ("phone", phone.as_str())];
        put(&store, &dataset::CONTACTS, &cells);
    }
    let number = PhoneNumber::parse("03-9999-8888").unwrap();
    let found = store.reader().unwrap().match_phone(&number).unwrap();
    assert_eq!(found.len(), 1);
    let matched = found[0].matched_contact.as_ref().unwrap();
    assert_eq!((matched.person_name.as_deref(), matched.level), (None, CallerLevel::Company));
    let people: Vec<_> =
        found[0].people.iter().map(|p| (p.person_name.as_deref(), p.extension.as_deref())).collect();
    assert_eq!(people, [(Some("赤木"), Some("6")), (Some("黒木"), Some("6"))]);
}

#[test]
fn the_masters_can_be_edited_and_the_timeline_says_the_new_label() {
    let (_folder, store) = new_store();
    record(&store, &call("c-1", 0, "completed"));
    let order = CallWork { category: Some("order".to_owned()), ..work("c-1") };
    store.write(|tx| tx.write_call_work(&order)).unwrap();
    assert_eq!(card(&store, "C1").interactions[0].subject.as_deref(), Some("注文"));
    let entry = Disposition {
        kind: DispositionKind::Category,
        code: "order".to_owned(),
        label: "ご注文".to_owned(),
        label_en: "Order".to_owned(),
        position: 5,
        hidden: true,
    };
    store.write(|tx| tx.set_disposition(&entry)).unwrap();
    assert!(store.reader().unwrap().dispositions().unwrap().contains(&entry));
    assert_eq!(card(&store, "C1").interactions[0].subject.as_deref(), Some("ご注文"));
}

#[test]
fn calls_cut_off_by_a_bridge_stop_end_as_unknown() {
    let (_folder, store) = new_store();
    let open = |id: &str, answered: bool| CallRecord {
        ended_at: None,
        outcome: None,
        answered_at: answered.then(|| at(0)),
        ..call(id, 0, "completed")
    };
    record(&store, &open("c-1", true));
    record(&store, &open("c-2", false));
    assert_eq!(store.write(|tx| tx.close_unfinished_calls(at(5))).unwrap(), 2);
    let mut reader = store.reader().unwrap();
    let (one, two) = (reader.call("c-1").unwrap().unwrap(), reader.call("c-2").unwrap().unwrap());
    assert_eq!(
        (one.outcome.as_ref().map(Open::as_str), two.outcome.as_ref().map(Open::as_str)),
        (Some("completed"), Some("unknown"))
    );
    assert!(one.uncertain && two.uncertain && one.ended_at == Some(at(5)));
    // It went on after all, and its real end is seen.
    assert_eq!(record(&store, &call("c-2", 0, "abandoned")).missed.len(), 1);
}
