//! The AMI translator in situations that no recording contains, above all withheld numbers.

use cti_bridge::call::{CallSignal, Caller, GoneCause, Party, Role};
use cti_bridge::source::Secret;
use cti_bridge::source::ami::{
    AmiConfig, AmiDecoder, AmiLimits, AmiTranslator, Parties, Presentation, PresentationPolicy,
    PresentationQuestion,
};
use shared::caller::CallerNumber;

struct Bench {
    translator: AmiTranslator,
    signals: Vec<CallSignal>,
    questions: Vec<PresentationQuestion>,
}

impl Bench {
    fn new(channels_max: usize) -> Self {
        let parties = Parties::from(&AmiConfig::new("pbx:5038", "u", Secret::new("s")));
        let translator = AmiTranslator::new(parties, PresentationPolicy::Ask, channels_max);
        Self { translator, signals: Vec::new(), questions: Vec::new() }
    }

    /// Translates messages written with `|` between the lines; returns the signals that they add.
    fn take(&mut self, messages: &[&str]) -> Vec<CallSignal> {
        self.signals.clear();
        for message in messages {
            let mut decoder = AmiDecoder::without_banner(AmiLimits::default());
            decoder.push(format!("{}\n\n", message.replace('|', "\n")).as_bytes());
            let message = decoder.next_message().unwrap().unwrap();
            self.translator.translate(&message, &mut self.signals, &mut self.questions);
        }
        std::mem::take(&mut self.signals)
    }

    fn answer(&mut self, question: usize, answer: Presentation) -> Vec<CallSignal> {
        let question = self.questions[question].clone();
        self.translator.presentation(&question, answer, &mut self.signals);
        std::mem::take(&mut self.signals)
    }
}

fn newchannel(number: &str, name: &str) -> String {
    format!(
        "Event: Newchannel|Channel: PJSIP/trunk-00000001|ChannelState: 4|CallerIDNum: {number}|\
         CallerIDName: {name}|Exten: 0120111111|Uniqueid: 1.1|Linkedid: 1.1"
    )
}

/// An entry of the list of live channels for a called phone; no application runs in it before it rings.
fn listed(state: u8, application: &str, data: &str) -> String {
    format!(
        "Event: CoreShowChannel|Channel: PJSIP/201-00000002|ChannelState: {state}|CallerIDNum: 201|\
         Exten: 0120111111|Uniqueid: 1.2|Linkedid: 1.1|Application: {application}|ApplicationData: {data}"
    )
}

#[test]
fn a_phone_found_before_it_rings_is_a_called_phone() {
    for (state, application, data, expected) in [
        (0, "", "", Role::Destination),
        (5, "AppQueue", "(Outgoing Line)", Role::Destination),
        (4, "", "", Role::Origin),
        (6, "Dial", "PJSIP/202", Role::Origin),
    ] {
        let signals = Bench::new(10).take(&[&listed(state, application, data)]);
        // The party comes first: the channel may have been known as another party's.
        let [CallSignal::PartyChanged { .. }, CallSignal::ChannelSeen { role, .. }, ..] = &signals[..] else {
            panic!("{signals:?}")
        };
        assert_eq!(*role, expected, "{state} {application} {data}");
    }
}

fn known(signals: &[CallSignal]) -> Vec<CallerNumber> {
    let caller = |signal: &CallSignal| match signal {
        CallSignal::CallerKnown { caller, .. } => Some(caller.clone()),
        CallSignal::ChannelSeen { caller: Some(Caller::Known(caller)), .. } => Some(caller.clone()),
        _ => None,
    };
    signals.iter().filter_map(caller).collect()
}

fn number(text: &str) -> CallerNumber {
    CallerNumber::from_caller_id(text, "")
}

#[test]
fn a_number_is_pending_until_answered() {
    for (answer, name, expected) in [
        (Presentation::parse("allowed_not_screened"), "", number("0312345678")),
        (Presentation::parse("allowed_passed_screen"), "田中", number("0312345678")),
        (Presentation::parse("allowed"), "", number("0312345678")),
        (Presentation::parse("prohib_not_screened"), "", CallerNumber::Withheld),
        (Presentation::parse("prohib_passed_screen"), "Anonymous", CallerNumber::Withheld),
        (Presentation::parse("prohib"), "Coin line/payphone", CallerNumber::Payphone),
        (Presentation::parse("unavailable"), "", CallerNumber::OutOfArea),
        (Presentation::parse("unavailable"), "Interaction with other service", CallerNumber::ServiceConflict),
        (Presentation::parse(""), "", CallerNumber::Unknown),
        (Presentation::parse("ALLOWED?"), "", CallerNumber::Unknown),
        (Presentation::Unanswered, "", CallerNumber::Unknown),
    ] {
        let mut bench = Bench::new(10);
        let signals = bench.take(&[&newchannel("0312345678", name)]);
        assert!(matches!(&signals[..], [CallSignal::ChannelSeen { caller: Some(Caller::Pending), .. }]));
        assert_eq!(
            (bench.questions.len(), bench.questions[0].channel_name.as_str()),
            (1, "PJSIP/trunk-00000001")
        );
        assert_eq!(known(&bench.answer(0, answer)), [expected], "{answer:?} {name}");
    }
}

#[test]
fn without_a_number_nothing_is_asked() {
    for (word, name, expected) in [
        ("anonymous", "Coin line/payphone", CallerNumber::Payphone),
        ("anonymous", "Anonymous", CallerNumber::Withheld),
        ("<unknown>", "Unavailable", CallerNumber::OutOfArea),
        ("", "", CallerNumber::Unknown),
    ] {
        let mut bench = Bench::new(10);
        assert_eq!(known(&bench.take(&[&newchannel(word, name)])), [expected]);
        assert!(bench.questions.is_empty());
    }
}

#[test]
fn a_changed_number_is_asked_about_again_and_the_old_answer_is_ignored() {
    let mut bench = Bench::new(10);
    bench.take(&[&newchannel("0312345678", "")]);
    let renumbered = "Event: NewCallerid|Channel: PJSIP/trunk-00000001|CallerIDNum: 0398765432|Uniqueid: 1.1|Linkedid: 1.1";
    assert_eq!(bench.take(&[renumbered]), []);
    assert_eq!(bench.questions.len(), 2);
    assert_eq!(bench.answer(0, Presentation::Allowed), [], "it was given about the first number");
    assert_eq!(known(&bench.answer(1, Presentation::Prohibited)), [CallerNumber::Withheld]);
    assert_eq!(bench.answer(1, Presentation::Allowed), [], "a question is answered once");
}

#[test]
fn the_same_number_is_not_asked_about_again() {
    let mut bench = Bench::new(10);
    let same = "Event: NewCallerid|Channel: PJSIP/trunk-00000001|CallerIDNum: 0312345678|Uniqueid: 1.1|Linkedid: 1.1";
    bench.take(&[&newchannel("0312345678", ""), same]);
    bench.answer(0, Presentation::Allowed);
    bench.take(&[same]);
    assert_eq!(bench.questions.len(), 1);
}

#[test]
fn a_late_answer_about_the_number_counts() {
    let mut bench = Bench::new(10);
    bench.take(&[&newchannel("0312345678", "")]);
    assert_eq!(known(&bench.answer(0, Presentation::Unanswered)), [CallerNumber::Unknown]);
    assert_eq!(known(&bench.answer(0, Presentation::Allowed)), [number("0312345678")]);
}

#[test]
fn a_forgotten_channel_shows_no_number() {
    let mut bench = Bench::new(1);
    bench.take(&[&newchannel("0312345678", "")]);
    bench.take(&["Event: Newchannel|Channel: PJSIP/201-2|Uniqueid: 1.2|Linkedid: 1.1"]);
    assert_eq!(bench.answer(0, Presentation::Allowed), []);
    bench.take(&["Event: Hangup|Uniqueid: 1.2|Linkedid: 1.1"]);
    assert_eq!(bench.answer(0, Presentation::Allowed), []);
}

#[test]
fn nothing_is_asked_about_agents_phones() {
    let mut bench = Bench::new(10);
    let signals = bench.take(&[
        "Event: Newchannel|Channel: PJSIP/203-2|ChannelState: 4|CallerIDNum: 203|Exten: 201|Uniqueid: 2.1|Linkedid: 2.1",
        "Event: Newchannel|Channel: PJSIP/trunk-3|ChannelState: 0|CallerIDNum: 0312345678|Exten: s|Uniqueid: 2.2|Linkedid: 2.1",
    ]);
    assert!(bench.questions.is_empty());
    let [
        CallSignal::ChannelSeen { party, role, dialled, caller: None, .. },
        CallSignal::ChannelSeen { role: Role::Destination, dialled: None, caller: None, .. },
    ] = &signals[..]
    else {
        panic!("{signals:?}")
    };
    assert_eq!((party, *role), (&Party::Agent { extension: "203".into() }, Role::Origin));
    assert_eq!(dialled.as_deref(), Some("201"));
}

#[test]
fn parking_joins_no_calls_and_a_masquerade_changes_the_party() {
    let mut bench = Bench::new(10);
    bench.take(&["Event: Newchannel|Channel: PJSIP/201-1|Uniqueid: 3.1|Linkedid: 3.1"]);
    let signals = bench.take(&[
        "Event: BridgeEnter|BridgeUniqueid: p|BridgeTechnology: holding_bridge|Uniqueid: 3.1|Linkedid: 3.1",
        "Event: Rename|Channel: PJSIP/201-1|Newname: PJSIP/201-1<MASQ>|Uniqueid: 3.1",
        "Event: Rename|Channel: PJSIP/201-1<MASQ>|Newname: PJSIP/202-7|Uniqueid: 3.1",
    ]);
    let party = Party::Agent { extension: "202".into() };
    let alone = CallSignal::SetAside { channel: "3.1".into() };
    assert_eq!(signals, [alone, CallSignal::PartyChanged { channel: "3.1".into(), party }]);
}

#[test]
fn a_missed_rename_is_corrected_at_the_next_step_of_the_call() {
    let party = Party::Agent { extension: "202".into() };
    let changed = CallSignal::PartyChanged { channel: "3.1".into(), party };
    for (event, changes) in [
        ("Event: Newstate|ChannelState: 6|Channel: PJSIP/202-7|Uniqueid: 3.1", true),
        ("Event: BridgeEnter|BridgeUniqueid: b|Channel: PJSIP/202-7|Uniqueid: 3.1", true),
        ("Event: DialEnd|DialStatus: ANSWER|DestChannel: PJSIP/202-7|DestUniqueid: 3.1", true),
        ("Event: Newstate|ChannelState: 6|Channel: |Uniqueid: 3.1", false),
        ("Event: Newstate|ChannelState: 6|Channel: PJSIP/202-7<MASQ>|Uniqueid: 3.1", false),
    ] {
        let mut bench = Bench::new(10);
        bench.take(&["Event: Newchannel|Channel: PJSIP/201-1|Uniqueid: 3.1|Linkedid: 3.1"]);
        assert_eq!(bench.take(&[event]).contains(&changed), changes, "{event}");
    }
}

#[test]
fn a_failed_transfer_is_ignored() {
    let mut bench = Bench::new(10);
    let failed = "Event: BlindTransfer|Result: Fail|TransfererUniqueid: 1.2";
    let done = "Event: BlindTransfer|Result: Success|TransfererUniqueid: 1.2";
    let by = vec!["1.2".into()];
    assert_eq!(bench.take(&[failed, done]), [CallSignal::Transferred { by }]);
}

#[test]
fn causes_are_read_by_q850() {
    for (cause, expected) in [
        ("16", GoneCause::Normal),
        ("26", GoneCause::AnsweredElsewhere),
        ("17", GoneCause::Busy),
        ("21", GoneCause::Busy),
        ("19", GoneCause::NoAnswer),
        ("20", GoneCause::Failed),
        ("-1", GoneCause::Normal),
        ("99999999999", GoneCause::Normal),
    ] {
        let signals = Bench::new(10).take(&[&format!("Event: Hangup|Uniqueid: 1.1|Cause: {cause}")]);
        assert_eq!(signals, [CallSignal::Gone { channel: "1.1".into(), cause: expected }]);
    }
}
