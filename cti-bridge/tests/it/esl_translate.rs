//! FreeSWITCH events that no recording contains, as observed or as its source code describes them.

use crate::ami_support::{apply, check_contract, lines, tracker};
use crate::esl_support::scenes::{self, NUMBER, answered_by_203, caller};
use crate::esl_support::{Leg, config, event, messages};
use cti_bridge::call::{CallChange, CallSignal, Caller, Party, Role};
use cti_bridge::source::freeswitch::{
    EslAnswer, EslQuestion, EslTopic, EslTranslator, FreeSwitchConfig, channel_rows,
};

/// A translator and a tracker behind it.
struct Bench {
    translator: EslTranslator,
    signals: Vec<CallSignal>,
    questions: Vec<EslQuestion>,
}

impl Bench {
    fn new() -> Self {
        Self::with(&config())
    }

    fn with(config: &FreeSwitchConfig) -> Self {
        Self { translator: EslTranslator::new(config), signals: Vec::new(), questions: Vec::new() }
    }

    /// Translates events; returns the signals that they add.
    fn take(&mut self, events: &[Vec<u8>]) -> Vec<CallSignal> {
        let mut out = Vec::new();
        for message in messages(&events.concat(), &[usize::MAX]) {
            self.translator.translate(&message, &mut out);
        }
        self.signals.extend(out.iter().cloned());
        out
    }

    /// Applies a list of live channels, given as the rows of its JSON.
    fn list(&mut self, rows: &[&str]) {
        let json = format!("{{\"row_count\":{},\"rows\":[{}]}}", rows.len(), rows.join(","));
        self.signals.push(CallSignal::ChannelListBegin);
        self.translator.channel_list(channel_rows(&json).unwrap(), &mut self.signals, &mut self.questions);
    }

    /// Answers the open questions in order.
    fn answer(&mut self, how: impl Fn(&EslQuestion) -> EslAnswer<'static>) {
        for question in std::mem::take(&mut self.questions) {
            self.translator.answer(&question, how(&question), &mut self.signals);
        }
        self.signals.push(CallSignal::ChannelListEnd);
    }

    /// The changes that agents see from all signals so far.
    fn lines(&self) -> Vec<String> {
        let changes = apply(&mut tracker(), self.signals.clone());
        check_contract(&changes);
        lines(&changes)
    }
}

#[test]
fn after_an_attended_transfer_the_outside_caller_is_with_the_one_who_was_asked() {
    let mut bench = Bench::new();
    bench.take(&scenes::attended_transfer());
    let lines = bench.lines();
    assert_eq!(
        lines[..5],
        [
            "call1 rings 203: +81312345678 → 0331112222",
            "call1 answered by 203",
            "call1 held by 203",
            "call2 rings 201: Internal(\"203\") ~ 201",
            "call2 answered by 201",
        ],
        "the question is no outside caller"
    );
    assert_eq!(
        lines[5..],
        [
            "call2 leaves 201: Transferred",
            "call2 ended: Completed by [201] Internal(\"203\") ~ 201",
            "call1 rings 201: +81312345678 → 0331112222",
            "call1 answered by 201",
            "call1 leaves 203: Transferred",
            "call1 ended: Completed by [203+201] +81312345678 → 0331112222",
        ]
    );
}

#[test]
fn without_the_transfer_s_variables_the_bridge_alone_reveals_an_attended_transfer() {
    let mut bench = Bench::new();
    bench.take(&scenes::attended_transfer_without_variables());
    let lines = bench.lines();
    assert_eq!(
        lines[lines.len() - 5..],
        [
            "call2 ended: Completed by [201] Internal(\"203\") ~ 201",
            "call1 leaves 203: Transferred",
            "call1 rings 201: +81312345678 → 0331112222",
            "call1 answered by 201",
            "call1 ended: Completed by [203+201] +81312345678 → 0331112222",
        ]
    );
}

#[test]
fn a_hold_is_reported_and_ended() {
    let mut bench = Bench::new();
    bench.take(&scenes::hold_and_unhold());
    assert_eq!(
        bench.lines()[2..],
        [
            "call1 held by 203",
            "call1 resumed by 203",
            "call1 ended: Completed by [203] +81312345678 → 0331112222",
        ]
    );
}

#[test]
fn a_number_withheld_in_a_queue_stays_withheld_although_the_agents_legs_show_it() {
    let mut bench = Bench::new();
    bench.take(&scenes::withheld_in_a_queue());
    assert!(!format!("{:?}{:?}", bench.signals, bench.translator).contains("98765432"));
    assert_eq!(
        bench.lines(),
        [
            "call1 rings 201: Withheld → 0120111111 (support@default)",
            "call1 rings 202: Withheld → 0120111111 (support@default)",
            "call1 answered by 201",
            "call1 leaves 202: AnsweredElsewhere",
            "call1 held by 201",
            "call1 ended: Completed by [201] Withheld → 0120111111 (support@default)",
        ]
    );
}

#[test]
fn each_way_of_saying_withheld_counts_on_the_caller_s_own_leg() {
    for (key, value, expected) in [
        ("Caller-Privacy-Hide-Number", "true", "Withheld"),
        ("variable_sip_Privacy", "user;id", "Withheld"),
        ("Caller-Privacy-Hide-Number", "false", "+81312345678"),
        ("variable_sip_Privacy", "none", "+81312345678"),
        ("Caller-Screen-Bit", "true", "+81312345678"),
        ("Caller-Privacy-Hide-Name", "true", "+81312345678"),
    ] {
        let a = caller().with(key, value);
        let b = Leg::outbound("B", "203", "A");
        let mut bench = Bench::new();
        bench.take(&[a.create(), b.create(), b.progress()]);
        assert_eq!(bench.lines(), [format!("call1 rings 203: {expected} → 0331112222")], "{key}: {value}");
    }
}

#[test]
fn when_any_leg_says_withheld_later_the_number_is_removed() {
    for key in ["Caller-Privacy-Hide-Number", "Other-Leg-Privacy-Hide-Number"] {
        let (a, b) = (caller(), Leg::outbound("B", "203", "A"));
        let mut bench = Bench::new();
        bench.take(&[a.create(), b.create(), b.progress()]);
        let told = bench.take(&[b.with(key, "true").answer()]);
        assert!(
            told.iter()
                .any(|s| matches!(s, CallSignal::CallerKnown { channel, .. } if channel.as_str() == "A"))
        );
        let lines = bench.lines();
        assert_eq!(lines[1], "call1 is from Withheld → 0331112222", "{key}");
        let again = bench.take(&[a.with("Caller-Privacy-Hide-Number", "true").event("CALL_UPDATE")]);
        assert!(again.is_empty(), "it is said once: {again:?}");
    }
}

#[test]
fn an_agent_phone_s_privacy_withholds_no_customer() {
    let c = Leg::inbound("C", "203", "0312345678").with("Caller-Privacy-Hide-Number", "true");
    let m = Leg::outbound("M", "", "C")
        .with("Caller-Destination-Number", NUMBER)
        .with("variable_sip_gateway_name", "carrier")
        .with("Other-Leg-Privacy-Hide-Number", "true");
    let mut bench = Bench::new();
    bench.take(&[c.create(), m.create(), m.progress(), m.answer(), c.answer(), c.hangup("NORMAL_CLEARING")]);
    bench.take(&[m.hangup("NORMAL_CLEARING")]);
    assert_eq!(
        bench.lines(),
        [
            "call1 placed by 203: +81312345678 ⇒ 0312345678",
            "call1 answered by 203",
            "call1 ended: Completed by [203] +81312345678 ⇒ 0312345678",
        ]
    );
}

#[test]
fn a_customer_code_of_an_ivr_is_told_once_from_whichever_leg_has_it() {
    let a = caller().with("variable_chakuden_customer_code", " C00017 ");
    let b = Leg::outbound("B", "203", "A").with("variable_chakuden_customer_code", "C00017");
    let mut bench = Bench::new();
    let told = bench.take(&[caller().create(), a.answer(), a.event("CALL_UPDATE")]);
    let code = |signal: &&CallSignal| matches!(signal, CallSignal::CustomerCode { .. });
    assert_eq!(
        told.iter().filter(code).collect::<Vec<_>>(),
        [&CallSignal::CustomerCode { channel: "A".into(), customer_code: "C00017".into() }]
    );
    bench.take(&[b.create(), b.progress()]);
    let changes = apply(&mut tracker(), bench.signals.clone());
    let [CallChange::Ringing { call, .. }] = &changes[..] else { panic!("{changes:?}") };
    assert_eq!(call.customer_code.as_deref(), Some("C00017"));
}

#[test]
fn the_customer_code_variable_is_configurable_and_limited() {
    let mut config = config();
    config.customer_code_variable = "ivr_code".to_owned();
    let longest = "9".repeat(64);
    for (value, is_one) in
        [("C1", true), (&*longest, true), (&*format!("{longest}9"), false), ("a\tb", false), (" ", false)]
    {
        let told = Bench::with(&config).take(&[caller().with("variable_ivr_code", value).create()]);
        let code = told.iter().any(|s| matches!(s, CallSignal::CustomerCode { .. }));
        assert_eq!(code, is_one, "{value:?}");
    }
    let other = Bench::with(&config).take(&[caller().with("variable_chakuden_customer_code", "C1").create()]);
    assert_eq!(other.len(), 1);
}

#[test]
fn a_phone_that_is_busy_shows_no_pop_up() {
    let (a, b) = (caller(), Leg::outbound("B", "203", "A"));
    let mut bench = Bench::new();
    bench.take(&[a.create(), b.create(), b.hangup("USER_BUSY"), a.hangup("USER_BUSY")]);
    assert_eq!(bench.lines(), ["call1 ended: Busy by [] +81312345678 → 0331112222"]);
}

#[test]
fn who_hung_up_decides_between_abandoned_and_not_answered() {
    for (cause, disposition, expected) in [
        ("ORIGINATOR_CANCEL", "recv_cancel", "Abandoned"),
        ("NORMAL_CLEARING", "recv_bye", "Abandoned"),
        ("NORMAL_CLEARING", "send_bye", "NoAnswer"),
        ("NO_ANSWER", "send_refuse", "NoAnswer"),
    ] {
        let (a, b) = (caller(), Leg::outbound("B", "203", "A"));
        let mut bench = Bench::new();
        bench.take(&[a.create(), b.create(), b.progress(), b.hangup("NO_ANSWER")]);
        bench.take(&[a.with("variable_sip_hangup_disposition", disposition).hangup(cause)]);
        let end = bench.lines().pop().unwrap();
        assert!(end.starts_with(&format!("call1 ended: {expected} ")), "{cause} {disposition}: {end}");
    }
}

#[test]
fn a_late_end_of_the_first_bridge_does_not_end_the_second() {
    let (a, b, events) = answered_by_203();
    let d = Leg::outbound("D", "201", "A");
    let mut bench = Bench::new();
    bench.take(&events);
    let b_goes = b.with("variable_transfer_to", "blind:A").hangup("NORMAL_CLEARING");
    bench.take(&[b_goes, d.create(), d.progress(), d.answer(), a.bridge("CHANNEL_BRIDGE", &d)]);
    let late = bench.take(&[a.bridge("CHANNEL_UNBRIDGE", &b)]);
    let bridge =
        |s: &CallSignal| matches!(s, CallSignal::BridgeLeave { bridge, .. } if bridge.as_str() == "A|B");
    assert!(late.iter().all(bridge) && late.len() == 2, "{late:?}");
    assert_eq!(bench.lines().last().unwrap(), "call1 answered by 201");
}

#[test]
fn a_picked_up_call_goes_to_who_picked_it_up() {
    let mut bench = Bench::new();
    bench.take(&scenes::picked_up());
    let lines = bench.lines();
    assert_eq!(lines[0], "call1 rings 201: +81312345678 → 0331112222");
    assert!(lines.contains(&"call1 answered by 202".to_owned()), "{lines:?}");
    assert!(lines.contains(&"call1 leaves 201: AnsweredElsewhere".to_owned()), "{lines:?}");
    assert_eq!(lines.last().unwrap(), "call1 ended: Completed by [202] +81312345678 → 0331112222");
}

#[test]
fn a_parked_call_goes_to_who_takes_it_and_leaves_who_parked_it() {
    let mut bench = Bench::new();
    bench.take(&scenes::parked_and_taken_by_another());
    assert_eq!(
        bench.lines(),
        [
            "call1 rings 203: +81312345678 → 0331112222",
            "call1 answered by 203",
            "call1 leaves 203: Transferred",
            "call2 ended: NoAnswer by [] Internal(\"201\") ~ 6001",
            "call1 rings 201: +81312345678 → 0331112222",
            "call1 answered by 201",
            "call1 ended: Completed by [203+201] +81312345678 → 0331112222",
        ]
    );
}

#[test]
fn a_parked_call_that_nobody_takes_comes_back_to_who_parked_it() {
    let mut bench = Bench::new();
    bench.take(&scenes::parked_and_timed_out());
    assert_eq!(
        bench.lines(),
        [
            "call1 rings 203: +81312345678 → 0331112222",
            "call1 answered by 203",
            "call1 leaves 203: Transferred",
            "call1 rings 203: +81312345678 → 0331112222",
            "call1 answered by 203",
            "call1 ended: Completed by [203] +81312345678 → 0331112222",
        ]
    );
}

#[test]
fn click_to_call_is_an_outbound_call_of_the_agent() {
    let l =
        Leg::outbound("L", "201", "").with("Other-Type", "").with("variable_chakuden_dialled_number", NUMBER);
    let m = Leg::outbound("M", "", "L")
        .with("Caller-Destination-Number", NUMBER)
        .with("variable_sip_gateway_name", "carrier");
    let mut bench = Bench::new();
    let seen = bench.take(&[l.create()]);
    let [CallSignal::ChannelSeen { party, role: Role::Origin, dialled, .. }] = &seen[..] else {
        panic!("{seen:?}")
    };
    assert_eq!((party, dialled.as_deref()), (&Party::Agent { extension: "201".into() }, Some(NUMBER)));
    bench.take(&[
        l.progress(),
        l.answer(),
        m.create(),
        m.progress(),
        m.answer(),
        l.bridge("CHANNEL_BRIDGE", &m),
    ]);
    bench.take(&[m.hangup("NORMAL_CLEARING"), l.hangup("NORMAL_CLEARING")]);
    assert_eq!(
        bench.lines(),
        [
            "call1 placed by 201: +81312345678 ⇒ 0312345678",
            "call1 answered by 201",
            "call1 ended: Completed by [201] +81312345678 ⇒ 0312345678",
        ]
    );
}

#[test]
fn a_dialler_s_call_shows_whom_it_called() {
    let m = Leg::outbound("M", "", "")
        .with("Other-Type", "")
        .with("Caller-Destination-Number", "09012345678")
        .with("variable_sip_gateway_name", "carrier");
    let b = Leg::outbound("B", "203", "M");
    let mut bench = Bench::new();
    bench.take(&[m.create(), m.progress(), m.answer(), b.create(), b.progress()]);
    assert_eq!(bench.lines(), ["call1 rings 203: +819012345678 → ?"]);
}

#[test]
fn a_leg_that_gets_another_identity_keeps_ringing() {
    let (a, b) = (caller(), Leg::outbound("B", "203", "A"));
    let renamed = event("CHANNEL_UUID", &[("Unique-ID", "B2"), ("Old-Unique-ID", "B")]);
    let b2 = Leg::outbound("B2", "203", "A");
    let mut bench = Bench::new();
    bench.take(&[a.create(), b.create(), b.progress(), renamed, b2.answer()]);
    assert_eq!(bench.lines(), ["call1 rings 203: +81312345678 → 0331112222", "call1 answered by 203"]);
}

#[test]
fn internal_legs_between_caller_and_phone_ring_nobody_twice() {
    let a = caller();
    let near = Leg::outbound("N", "", "A").with("Channel-Name", "loopback/201-a");
    let far = Leg::inbound("F", NUMBER, "201")
        .with("Channel-Name", "loopback/201-b")
        .with("variable_other_loopback_leg_uuid", "N");
    let b = Leg::outbound("B", "201", "F");
    let mut bench = Bench::new();
    bench.take(&[
        a.create(),
        near.create(),
        far.create(),
        b.create(),
        near.progress(),
        b.progress(),
        b.answer(),
    ]);
    assert_eq!(bench.lines(), ["call1 rings 201: +81312345678 → 0331112222", "call1 answered by 201"]);
}

#[test]
fn memory_is_bounded_and_a_forgotten_leg_still_ends() {
    let mut config = config();
    config.channels_max = 3;
    let mut bench = Bench::with(&config);
    for n in 0..50 {
        bench.take(&[Leg::inbound(&format!("A{n}"), NUMBER, "0331112222").create()]);
    }
    assert_eq!(bench.translator.legs_len(), 3);
    let end = bench.take(&[Leg::inbound("A0", NUMBER, "0331112222").hangup("NORMAL_CLEARING")]);
    assert!(!end.is_empty() && end.iter().all(|s| matches!(s, CallSignal::Gone { .. })), "{end:?}");
}

#[test]
fn a_leg_first_seen_by_its_call_state_is_not_a_caller() {
    let (a, b) = (Leg::inbound("A", NUMBER, "0120111111"), Leg::queued("B", "201", "A"));
    // For a queue's phone this event has no variables.
    let bare =
        Leg::outbound("B", "", "").with("Other-Type", "").with("Channel-Presence-ID", "201@pbx.example");
    let mut bench = Bench::new();
    bench.take(&[a.create(), bare.with("Channel-Call-State", "RINGING").event("CHANNEL_CALLSTATE")]);
    bench.take(&[b.answer()]);
    assert_eq!(bench.lines(), ["call1 rings 201: +81312345678 → 0120111111", "call1 answered by 201"]);
}

#[test]
fn a_leg_whose_end_arrives_before_its_beginning_never_rings() {
    let (a, b) = (caller(), Leg::outbound("B", "203", "A"));
    let mut bench = Bench::new();
    bench.take(&[a.create(), b.hangup("NO_ANSWER"), b.create(), b.progress(), a.hangup("NORMAL_CLEARING")]);
    assert_eq!(bench.lines(), ["call1 ended: NoAnswer by [] +81312345678 → 0331112222"]);
}

#[test]
fn a_caller_first_seen_later_is_marked_and_has_the_number_dialled_first() {
    let a = caller().with("Caller-Destination-Number", "201").with("variable_sip_req_user", "0331112222");
    let mut bench = Bench::new();
    let told = bench.take(&[a.with("Answer-State", "answered").event("CALL_UPDATE")]);
    let [CallSignal::ChannelSeen { dialled, uncertain: true, .. }] = &told[..] else { panic!("{told:?}") };
    assert_eq!(dialled.as_deref(), Some("0331112222"));
}

const CALLER_ROW: &str = r#"{"uuid":"A","direction":"inbound","cid_num":"0398765432","cid_name":"0398765432",
    "dest":"201","initial_dest":"0120111111","callstate":"ACTIVE","call_uuid":"A","initial_context":"public"}"#;
const RINGING_ROW: &str = r#"{"uuid":"B","direction":"outbound","cid_num":"0398765432","dest":"201",
    "initial_dest":"201","presence_id":"201@pbx.example","callstate":"RINGING","call_uuid":"B"}"#;

fn about_a_queue(question: &EslQuestion) -> EslAnswer<'static> {
    match question.topic {
        EslTopic::Presentation => EslAnswer::Value("false"),
        EslTopic::Queue => EslAnswer::Value("support@default"),
        EslTopic::Owner(_) => EslAnswer::Value("A"),
        EslTopic::CustomerCode => EslAnswer::Value("C00017"),
    }
}

#[test]
fn a_queue_s_ringing_phone_in_a_list_is_linked_with_its_caller_by_a_question() {
    let mut bench = Bench::new();
    bench.list(&[RINGING_ROW, CALLER_ROW]);
    let commands: Vec<_> = bench.questions.iter().map(|question| question.command("code")).collect();
    assert_eq!(
        commands,
        [
            "api uuid_getvar A privacy_hide_number",
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
fn nothing_but_the_word_false_lets_a_number_from_a_list_be_shown() {
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
    assert!(
        matches!(&late[..], [CallSignal::CallerKnown { caller, .. }] if caller.number().is_some()),
        "{late:?}"
    );
    late.clear();
    bench.translator.answer(&question, EslAnswer::Value("false"), &mut late);
    assert!(late.is_empty(), "a question is answered once");
}

#[test]
fn what_events_said_is_newer_than_the_list() {
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
fn a_click_to_call_found_running_is_the_agent_s() {
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
        CallSignal::ChannelSeen { caller: Some(Caller::Known(caller)), .. } => Some(caller.kind()),
        _ => None,
    });
    assert_eq!(known, Some("payphone"));
}
