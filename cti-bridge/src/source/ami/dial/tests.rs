use tokio::sync::oneshot;

use super::*;
use crate::source::Secret;

fn config() -> AmiConfig {
    let mut config = AmiConfig::new("pbx:5038", "chakuden", Secret::new("s"));
    config.dial_context = "outgoing".to_owned();
    config.dial_prefix = "0".to_owned();
    config
}

fn number() -> Destination {
    Destination::Number("0312345678".to_owned())
}

fn event(text: &str) -> AmiMessage {
    AmiMessage::parse(text.replace('\n', "\r\n").as_bytes())
}

/// A request that Asterisk has accepted, with its answer and its channel.
fn queued(dials: &mut Dials) -> (oneshot::Receiver<Result<(), DialError>>, ChannelId) {
    let (reply, answer) = oneshot::channel();
    let channel = dials.originate(&config(), "201", &number(), reply, &mut Vec::new()).unwrap();
    dials.answer("dial-1", "Success", Some("Originate successfully queued"), 8_000);
    (answer, channel)
}

#[tokio::test(start_paused = true)]
async fn a_dial_request_names_phone_and_number_and_is_answered_once() {
    let (mut dials, mut bytes) = (Dials::default(), Vec::new());
    let (reply, answer) = oneshot::channel();
    let channel = dials.originate(&config(), "201", &number(), reply, &mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    for line in [
        "Channel: PJSIP/201",
        "Context: outgoing",
        "Exten: 00312345678",
        "Async: true",
        "Variable: CONNECTEDLINE(num,i)=0312345678",
    ] {
        assert!(text.contains(&format!("{line}\r\n")), "{text}");
    }
    assert!(!text.contains("CallerID:"), "the carrier would get the customer's own number: {text}");
    assert!(text.contains(&format!("ChannelId: {channel}\r\n")), "{text}");
    dials.answer("dial-1", "Error", Some("Originate failed"), 8_000);
    let error = answer.await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), "the PBX refused: Originate failed");
    dials.answer("dial-1", "Success", None, 8_000);
    assert_eq!(dials.deadline(), None);
}

#[tokio::test(start_paused = true)]
async fn a_request_without_an_answer_times_out() {
    let (mut dials, mut bytes) = (Dials::default(), Vec::new());
    let (reply, mut answer) = oneshot::channel();
    dials.originate(&config(), "201", &number(), reply, &mut bytes).unwrap();
    let deadline = dials.deadline().unwrap();
    dials.expire(deadline - Duration::from_millis(1));
    assert!(answer.try_recv().is_err());
    dials.expire(deadline);
    assert_eq!(answer.try_recv().unwrap(), Err(DialError::Timeout));
    // Asterisk carries it out after all.
    assert_eq!(ended(&mut dials), "");
    let channel = dials.phones.keys().next().unwrap().clone();
    dials.event(&event(&format!("Event: Newchannel\nUniqueid: {channel}\nChannelState: 0")));
    assert!(ended(&mut dials).contains("Channel: PJSIP/201-1\r\n"));
}

#[tokio::test(start_paused = true)]
async fn a_request_succeeds_when_the_phone_rings_and_fails_when_it_is_silent() {
    for ring in [
        "Event: Newstate\nUniqueid: CHANNEL\nChannelState: 5",
        "Event: Newstate\nUniqueid: CHANNEL\nChannelState: 6",
        "Event: DialState\nDestUniqueid: CHANNEL\nDialStatus: PROGRESS",
        "Event: OriginateResponse\nActionID: dial-1\nResponse: Success\nReason: 4",
    ] {
        let mut dials = Dials::default();
        let (mut answer, channel) = queued(&mut dials);
        dials.event(&event("Event: Newstate\nUniqueid: other\nChannelState: 5"));
        assert!(answer.try_recv().is_err());
        dials.event(&event(&ring.replace("CHANNEL", channel.as_str())));
        assert_eq!(answer.try_recv().unwrap(), Ok(()), "{ring}");
        assert_eq!(dials.deadline(), None);
    }
    let mut dials = Dials::default();
    let (mut answer, _) = queued(&mut dials);
    let deadline = dials.deadline().unwrap();
    assert_eq!(deadline - Instant::now(), Duration::from_millis(8_000));
    dials.expire(deadline);
    assert_eq!(answer.try_recv().unwrap(), Err(DialError::PhoneSilent));
}

/// The ends that were written for phones that were given up.
fn ended(dials: &mut Dials) -> String {
    let mut bytes = Vec::new();
    dials.end_given_up(|_| Some("PJSIP/201-1".to_owned()), &mut bytes);
    String::from_utf8(bytes).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_silent_phone_is_hung_up_once_and_makes_no_sound_later() {
    let mut dials = Dials::default();
    let (mut answer, channel) = queued(&mut dials);
    dials.event(&event(&format!("Event: Newchannel\nUniqueid: {channel}\nChannelState: 0")));
    let deadline = dials.deadline().unwrap();
    dials.expire(deadline - Duration::from_millis(1));
    assert_eq!(ended(&mut dials), "", "it may still ring");
    dials.expire(deadline);
    assert_eq!(answer.try_recv().unwrap(), Err(DialError::PhoneSilent));
    assert_eq!(ended(&mut dials), "Action: Hangup\r\nActionID: end-1\r\nChannel: PJSIP/201-1\r\n\r\n");
    dials.expire(deadline + Duration::from_secs(1));
    assert_eq!(ended(&mut dials), "", "once");
    dials.event(&event(&format!("Event: Hangup\nUniqueid: {channel}\nCause: 16")));
    assert!(dials.phones.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_extension_is_called_inside_without_the_prefix() {
    let to = Destination::Extension("202".to_owned());
    for (transfer_context, context) in [("internal", "internal"), ("", "outgoing")] {
        let mut config = config();
        config.transfer_context = transfer_context.to_owned();
        let (reply, _answer) = oneshot::channel();
        let mut bytes = Vec::new();
        Dials::default().originate(&config, "201", &to, reply, &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains(&format!("Context: {context}\r\nExten: 202\r\n")), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_phone_that_cannot_be_rung_fails_the_request_with_the_reason() {
    let failure =
        "Event: OriginateResponse\nActionID: dial-1\nResponse: Failure\nReason: 0\nUniqueid: CHANNEL";
    let new = "Event: Newchannel\nUniqueid: CHANNEL\nChannelState: 0";
    for (events, fault) in [
        (vec![failure], PhoneFault::Unreachable),
        (vec![new, failure, "Event: DialEnd\nDestUniqueid: CHANNEL\nDialStatus: BUSY"], PhoneFault::Busy),
        (vec![new, failure, "Event: Hangup\nUniqueid: CHANNEL\nCause: 17"], PhoneFault::Busy),
        (vec![new, failure, "Event: Hangup\nUniqueid: CHANNEL\nCause: 21"], PhoneFault::Busy),
        (vec![new, "Event: Hangup\nUniqueid: CHANNEL\nCause: 20", failure], PhoneFault::Unreachable),
        (vec![new, "Event: DialEnd\nDestUniqueid: CHANNEL\nDialStatus: NOANSWER"], PhoneFault::NoAnswer),
    ] {
        let mut dials = Dials::default();
        let (mut answer, channel) = queued(&mut dials);
        for text in &events {
            dials.event(&event(&text.replace("CHANNEL", channel.as_str())));
        }
        assert_eq!(answer.try_recv().unwrap(), Err(DialError::Phone(fault)), "{events:?}");
        assert_eq!(dials.deadline(), None);
    }
    // Asterisk does not say what the phone did.
    let mut dials = Dials::default();
    let (mut answer, channel) = queued(&mut dials);
    for text in [new, failure] {
        dials.event(&event(&text.replace("CHANNEL", channel.as_str())));
    }
    assert!(answer.try_recv().is_err());
    dials.expire(dials.deadline().unwrap());
    assert_eq!(answer.try_recv().unwrap(), Err(DialError::Phone(PhoneFault::Unreachable)));
}

#[tokio::test(start_paused = true)]
async fn injection_is_refused() {
    let mut unset = config();
    unset.dial_context.clear();
    for (config, extension, number) in [
        (config(), "201\r\nAction: Command", "0312345678"),
        (config(), "201", "0312345678&SIP/evil"),
        (config(), "201", "${SHELL(rm)}"),
        (config(), "201", ""),
        (unset, "201", "0312345678"),
    ] {
        let (mut dials, mut bytes) = (Dials::default(), Vec::new());
        let (reply, mut answer) = oneshot::channel();
        let to = Destination::Number(number.to_owned());
        assert!(dials.originate(&config, extension, &to, reply, &mut bytes).is_none());
        assert!(answer.try_recv().unwrap().is_err() && bytes.is_empty(), "{number}");
    }
}
