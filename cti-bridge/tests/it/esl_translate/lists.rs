//! The list of live channels, and the answers to the questions about it.

use super::Bench;
use crate::esl_support::Leg;
use crate::esl_support::scenes::NUMBER;
use cti_bridge::call::{CallSignal, Caller};
use cti_bridge::source::freeswitch::{EslAnswer, EslQuestion, EslTopic};

const CALLER_ROW: &str = r#"{"uuid":"A","direction":"inbound","cid_num":"0398765432","cid_name":"0398765432",
    "dest":"201","initial_dest":"0120111111","callstate":"ACTIVE","call_uuid":"A","initial_context":"public"}"#;
const RINGING_ROW: &str = r#"{"uuid":"B","direction":"outbound","cid_num":"0398765432","dest":"201",
    "initial_dest":"201","presence_id":"201@pbx.example","callstate":"RINGING","call_uuid":"B"}"#;

fn about_a_queue(question: &EslQuestion) -> EslAnswer<'static> {
    match question.topic {
        EslTopic::Presentation => EslAnswer::Value("false"),
        EslTopic::Queue => EslAnswer::Value("support@default"),
        EslTopic::Owner(_) => EslAnswer::Value("A"),
        EslTopic::Privacy => EslAnswer::Missing,
        EslTopic::CustomerCode => EslAnswer::Value("C00017"),
    }
}

#[test]
fn a_listed_queue_phone_is_linked_to_its_caller_by_a_question() {
    let mut bench = Bench::new();
    bench.list(&[RINGING_ROW, CALLER_ROW]);
    let commands: Vec<_> = bench.questions.iter().map(|question| question.command("code")).collect();
    assert_eq!(
        commands,
        [
            "api uuid_getvar A privacy_hide_number",
            "api uuid_getvar A sip_Privacy",
            "api uuid_getvar A cc_queue",
            "api uuid_getvar A code",
            "api uuid_getvar B cc_member_session_uuid",
        ]
    );
    assert!(!format!("{:?}{:?}{:?}", bench.signals, bench.questions, bench.translator).contains("98765432"));
    bench.answer(about_a_queue);
    assert_eq!(bench.lines(), ["call1 rings 201: +81398765432 → 0120111111 (support@default) uncertain"]);
    let code = CallSignal::CustomerCode { channel: "A".into(), customer_code: "C00017".into() };
    assert!(bench.signals.contains(&code));
}

#[test]
fn a_listed_number_is_shown_only_after_the_answer_false() {
    for (answer, expected) in [
        (EslAnswer::Value("true"), "Withheld"),
        (EslAnswer::Value("FALSE"), "Unknown"),
        (EslAnswer::Value("0"), "Unknown"),
        (EslAnswer::Missing, "Unknown"),
    ] {
        let mut bench = Bench::new();
        bench.list(&[CALLER_ROW, RINGING_ROW]);
        bench.answer(
            |question| {
                if question.topic == EslTopic::Presentation { answer } else { about_a_queue(question) }
            },
        );
        let line = format!("call1 rings 201: {expected} → 0120111111 (support@default) uncertain");
        assert_eq!(bench.lines(), [line], "{answer:?}");
        assert!(!format!("{:?}", bench.signals).contains("98765432"));
    }
}

#[test]
fn a_late_answer_about_a_listed_channel_still_counts() {
    let mut bench = Bench::new();
    bench.list(&[CALLER_ROW]);
    let question = bench.questions[0].clone();
    bench.translator.unanswered(&question, &mut bench.signals);
    let mut late = Vec::new();
    bench.translator.answer(&question, EslAnswer::Value("false"), &mut late);
    assert!(late.is_empty(), "the header may still withhold it: {late:?}");
    let header = bench.questions[1].clone();
    bench.translator.answer(&header, EslAnswer::Missing, &mut late);
    assert!(
        matches!(&late[..], [CallSignal::CallerKnown { caller, .. }] if caller.number().is_some()),
        "{late:?}"
    );
    late.clear();
    bench.translator.answer(&question, EslAnswer::Value("false"), &mut late);
    assert!(late.is_empty(), "a question is answered once");
}

#[test]
fn events_take_precedence_over_the_list() {
    let mut bench = Bench::new();
    // The list lags: it still names a leg that has ended, and one that is already known.
    bench.take(&[Leg::outbound("B", "201", "A").hangup("NORMAL_CLEARING")]);
    bench
        .take(&[Leg::inbound("A", NUMBER, "0331112222").with("Caller-Privacy-Hide-Number", "true").create()]);
    bench.list(&[CALLER_ROW, RINGING_ROW]);
    assert!(bench.questions.is_empty());
    let seen = bench.signals.iter().filter(|s| matches!(s, CallSignal::ChannelSeen { .. })).count();
    assert_eq!(seen, 1);
}

#[test]
fn a_channel_that_has_ended_by_the_answer_is_gone() {
    let mut bench = Bench::new();
    bench.list(&[CALLER_ROW, RINGING_ROW]);
    bench.answer(|_| EslAnswer::Gone);
    assert_eq!(
        (bench.translator.legs_len(), bench.lines()),
        (0, vec!["call1 ended: NoAnswer by [] Unknown → 0120111111 uncertain".to_owned()])
    );
}

#[test]
fn a_running_click_to_call_is_an_outbound_call_of_the_agent() {
    let l = r#"{"uuid":"L","direction":"outbound","dest":"0312345678","initial_dest":"201",
        "presence_id":"201@pbx","callstate":"ACTIVE","call_uuid":"L"}"#;
    let m = r#"{"uuid":"M","direction":"outbound","name":"sofia/external/0312345678","dest":"0312345678",
        "initial_dest":"0312345678","callstate":"ACTIVE","call_uuid":"L"}"#;
    let mut bench = Bench::new();
    bench.list(&[l, m]);
    bench.answer(|_| EslAnswer::Missing);
    let m = Leg::outbound("M", "", "L");
    bench.take(&[m.hangup("NORMAL_CLEARING"), Leg::outbound("L", "201", "").hangup("NORMAL_CLEARING")]);
    let lines = bench.lines();
    assert_eq!(
        lines,
        [
            "call1 placed by 201: +81312345678 ⇒ 0312345678 uncertain",
            "call1 answered by 201",
            "call1 ended: Completed by [201] +81312345678 ⇒ 0312345678 uncertain",
        ]
    );
}

#[test]
fn a_payphone_in_a_list_needs_no_answer() {
    let row = r#"{"uuid":"A","direction":"inbound","cid_num":"anonymous","cid_name":"Coin line/payphone",
        "dest":"0331112222","callstate":"ACTIVE","call_uuid":"A"}"#;
    let mut bench = Bench::new();
    bench.list(&[row]);
    let known = bench.signals.iter().find_map(|signal| match signal {
        CallSignal::ChannelSeen { caller: Some(Caller::Known(caller)), .. } => Some(caller.kind().as_str()),
        _ => None,
    });
    assert_eq!(known, Some("payphone"));
}
