//! Numbers as Asterisk writes them: prefixes of outside lines, the company's own numbers; click-to-call and IVR codes.

use cti_bridge::call::{CallChange, CallSignal};
use cti_bridge::source::LineNumbers;
use cti_bridge::source::Secret;
use cti_bridge::source::ami::{AmiConfig, AmiDecoder, AmiLimits, AmiTranslator, Parties, PresentationPolicy};
use shared::phone::PhoneNumber;

use crate::ami_support::{apply, check_contract, lines, recording, tracker};

pub(crate) fn translator() -> AmiTranslator {
    let parties = Parties::from(&AmiConfig::new("pbx:5038", "chakuden", Secret::new("s")));
    AmiTranslator::new(parties, PresentationPolicy::AssumeAllowed, 1_000)
}

/// The signals of these messages.
pub(crate) fn heard(translator: &mut AmiTranslator, bytes: &[u8]) -> Vec<CallSignal> {
    let mut decoder = AmiDecoder::without_banner(AmiLimits::default());
    decoder.push(bytes);
    let (mut signals, mut questions) = (Vec::new(), Vec::new());
    while let Some(message) = decoder.next_message().unwrap() {
        translator.translate(&message, &mut signals, &mut questions);
    }
    signals
}

fn changes(translator: &mut AmiTranslator, bytes: &[u8]) -> Vec<CallChange> {
    let changes = apply(&mut tracker(), heard(translator, bytes));
    check_contract(&changes);
    changes
}

/// Extension 201 dials; the trunk's phone rings.
fn dials(exten: &str) -> String {
    format!(
        "Event: Newchannel\nChannel: PJSIP/201-01\nChannelState: 4\nCallerIDNum: 201\nExten: {exten}\nUniqueid: 1.1\n\
         Linkedid: 1.1\n\nEvent: Newchannel\nChannel: PJSIP/trunk-02\nChannelState: 0\nCallerIDNum: {exten}\nExten: \n\
         Uniqueid: 1.2\nLinkedid: 1.1\n\nEvent: DialBegin\nChannel: PJSIP/201-01\nUniqueid: 1.1\nLinkedid: 1.1\n\
         DestChannel: PJSIP/trunk-02\nDestUniqueid: 1.2\nDestLinkedid: 1.1\n\n"
    )
}

/// A caller rings extension 201.
fn calls(number: &str) -> String {
    format!(
        "Event: Newchannel\nChannel: PJSIP/trunk-01\nChannelState: 4\nCallerIDNum: {number}\nExten: 0331112222\n\
         Uniqueid: 1.1\nLinkedid: 1.1\n\nEvent: DialBegin\nChannel: PJSIP/trunk-01\nUniqueid: 1.1\nLinkedid: 1.1\n\
         DestChannel: PJSIP/201-02\nDestUniqueid: 1.2\nDestLinkedid: 1.1\n\nEvent: Newstate\nChannel: PJSIP/201-02\n\
         ChannelState: 5\nUniqueid: 1.2\nLinkedid: 1.1\n\n"
    )
}

#[test]
fn the_digit_for_an_outside_line_is_not_dialled_to_a_foreigner() {
    for (exten, expected) in [
        ("00312345678", "call1 placed by 201: +81312345678 ⇒ 0312345678"),
        ("0312345678", "call1 placed by 201: +81312345678 ⇒ 0312345678"),
        ("01840312345678", "call1 placed by 201: +81312345678 ⇒ 1840312345678"),
        ("009012345678", "call1 placed by 201: +819012345678 ⇒ 09012345678"),
        ("00104420 79460958", "call1 placed by 201: +442079460958 ⇒ 0104420 79460958"),
        ("104", "call1 placed by 201: Internal(\"104\") ⇒ 104"),
    ] {
        assert_eq!(lines(&changes(&mut translator(), dials(exten).as_bytes())), [expected], "{exten}");
    }
    let nine = LineNumbers { outside_prefixes: vec!["9".to_owned()], ..LineNumbers::default() };
    let told = changes(&mut translator().with_numbers(nine), dials("909012345678").as_bytes());
    assert_eq!(lines(&told), ["call1 placed by 201: +819012345678 ⇒ 09012345678"]);
}

#[test]
fn a_callers_number_is_read_without_the_prefix_and_the_parameters() {
    for number in [
        "00312345678",
        "0312345678",
        "+81312345678;verstat=TN-Validation-Passed",
        "0312345678;npdi;rn=+81300000000",
        "+81312345678;phone-context=+81",
    ] {
        let told = lines(&changes(&mut translator(), calls(number).as_bytes()));
        assert_eq!(told, ["call1 rings 201: +81312345678 → 0331112222"], "{number}");
    }
}

#[test]
fn the_companys_own_number_is_no_customers() {
    let mut numbers = LineNumbers::default();
    numbers.own.insert(PhoneNumber::parse("03-3111-2222").unwrap());
    let told = lines(&changes(&mut translator().with_numbers(numbers), calls("0331112222").as_bytes()));
    assert_eq!(told, ["call1 rings 201: Internal(\"0331112222\") → 0331112222"]);
}

#[test]
fn an_agent_who_dials_the_companys_own_number_calls_no_customer() {
    let own = || [PhoneNumber::parse("03-3111-2222").unwrap()].into();
    for (exten, expected) in [
        ("0331112222", "call1 placed by 201: Internal(\"0331112222\") ⇒ 0331112222"),
        ("00331112222", "call1 placed by 201: Internal(\"0331112222\") ⇒ 0331112222"),
        ("0331112223", "call1 placed by 201: +81331112223 ⇒ 0331112223"),
    ] {
        let mut tracker = tracker().with_own_numbers(own());
        let changes = apply(&mut tracker, heard(&mut translator(), dials(exten).as_bytes()));
        check_contract(&changes);
        assert_eq!(lines(&changes), [expected], "{exten}");
    }
}

#[test]
fn an_inherited_variable_is_the_callers_code_too() {
    let bytes = recording("ivr-code-inherited");
    let events = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let signals = heard(&mut translator(), &bytes[events..]);
    let code = |signal: &CallSignal| match signal {
        CallSignal::CustomerCode { customer_code, .. } => Some(customer_code.clone()),
        _ => None,
    };
    assert_eq!(signals.iter().find_map(code).as_deref(), Some("000009"));
    for (variable, counts) in [
        ("CHAKUDEN_CUSTOMER_CODE", true),
        ("_CHAKUDEN_CUSTOMER_CODE", true),
        ("___CHAKUDEN_CUSTOMER_CODE", false),
    ] {
        let text = format!("Event: VarSet\nUniqueid: 1.1\nVariable: {variable}\nValue: C1\n\n");
        assert_eq!(
            heard(&mut translator(), text.as_bytes()).iter().any(|s| code(s).is_some()),
            counts,
            "{variable}"
        );
    }
}

#[test]
fn click_to_call_to_a_busy_phone_is_no_call() {
    let bytes = recording("dial-phone-busy");
    let events = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let mut translator = translator();
    translator.expect_dial("chakuden-c52083ec33ca19d5".into(), "0455550106".to_owned());
    let mut tracker = tracker();
    assert_eq!(apply(&mut tracker, heard(&mut translator, &bytes[events..])), []);
    assert_eq!(tracker.size().calls, 0);
}

#[test]
fn click_to_call_begins_when_the_agents_phone_is_answered() {
    let mut translator = translator();
    translator.expect_dial("1.1".into(), "0312345678".to_owned());
    let own = |event: &str, state: u8| {
        format!(
            "Event: {event}\nChannel: PJSIP/201-01\nChannelState: {state}\nExten: s\nUniqueid: 1.1\nLinkedid: 1.1\n\n"
        )
    };
    let rings = [own("Newchannel", 0), own("Newstate", 5)].concat();
    assert_eq!(apply(&mut tracker(), heard(&mut translator, rings.as_bytes())), []);
    let far = dials("00312345678").replacen("Event: Newchannel", "Event: Newexten", 1);
    let told = lines(&changes(&mut translator, [own("Newstate", 6), far].concat().as_bytes()));
    assert_eq!(told, ["call1 placed by 201: +81312345678 ⇒ 0312345678"]);
}

#[test]
fn the_last_event_of_a_call_that_ended_at_once_may_show_its_number() {
    for (variable, expected) in [
        ("ChanVariable: CALLERID(num-pres)=allowed_not_screened\n", "+81312345678"),
        ("ChanVariable: CALLERID(num-pres)=prohib_not_screened\n", "Withheld"),
        ("ChanVariable: CALLERID(num-pres)=\n", "Unknown"),
        ("ChanVariable: OTHER=allowed\n", "Unknown"),
        ("", "Unknown"),
    ] {
        let parties = Parties::from(&AmiConfig::new("pbx:5038", "chakuden", Secret::new("s")));
        let mut translator = AmiTranslator::new(parties, PresentationPolicy::Ask, 1_000);
        // The event of the beginning says `allowed` for every number.
        let begin = "ChanVariable: CALLERID(num-pres)=allowed_not_screened\nCallerIDNum: 0312345678\n";
        let text = format!(
            "Event: Newchannel\nChannel: PJSIP/trunk-01\nChannelState: 4\n{begin}Exten: 0331112222\nUniqueid: 1.1\n\
             Linkedid: 1.1\n\nEvent: Hangup\nChannel: PJSIP/trunk-01\nUniqueid: 1.1\nLinkedid: 1.1\nCause: 20\n{variable}\n"
        );
        let told = lines(&changes(&mut translator, text.as_bytes()));
        let end = told.last().unwrap();
        assert!(end.contains(expected), "{variable}: {told:?}");
    }
}
