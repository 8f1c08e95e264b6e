//! The AMI decoder: what it reads, what it refuses, and what it never does.

use cti_bridge::source::ami::{AmiDecoder, AmiLimits, AmiMessage, DecodeError};
use proptest::prelude::*;

const LIMITS: AmiLimits = AmiLimits { line_bytes_max: 40, message_bytes_max: 100, message_lines_max: 5 };

/// Feeds chunks; returns the messages up to the end or the first error.
fn decode(mut decoder: AmiDecoder, chunks: &[&[u8]]) -> (Vec<AmiMessage>, Option<DecodeError>) {
    let mut messages = Vec::new();
    for chunk in chunks {
        decoder.push(chunk);
        loop {
            match decoder.next_message() {
                Ok(Some(message)) => messages.push(message),
                Ok(None) => break,
                Err(error) => return (messages, Some(error)),
            }
        }
    }
    (messages, None)
}

fn one(bytes: &[u8]) -> AmiMessage {
    let (mut messages, error) = decode(AmiDecoder::without_banner(AmiLimits::default()), &[bytes]);
    assert_eq!((messages.len(), error), (1, None));
    messages.remove(0)
}

fn error(bytes: &[u8]) -> Option<DecodeError> {
    decode(AmiDecoder::without_banner(LIMITS), &[bytes]).1
}

#[test]
fn headers_are_read_as_asterisk_writes_them() {
    let message = one(
        "Event: Newstate\r\nCallerIDName: 佐藤 花子\r\nChannel:PJSIP/201-1\r\nAccountCode: \r\nTime: 12:30:00\r\n\
         Variable: a=1\r\nVariable: b=2\r\nno colon\r\nCallerIDNum: <unknown>\r\n\r\n"
            .as_bytes(),
    );
    assert_eq!(message.event(), Some("Newstate"));
    assert_eq!(message.get("calleridname"), Some("佐藤 花子"), "keys compare without case");
    assert_eq!(message.get("Channel"), Some("PJSIP/201-1"), "the blank after the colon may be missing");
    assert_eq!((message.get("AccountCode"), message.known("AccountCode")), (Some(""), None));
    assert_eq!(message.get("Time"), Some("12:30:00"), "only the first colon divides");
    assert_eq!((message.get("CallerIDNum"), message.known("CallerIDNum")), (Some("<unknown>"), None));
    let variables: Vec<_> = message.headers().filter(|(key, _)| *key == "Variable").map(|(_, v)| v).collect();
    assert_eq!(variables, ["a=1", "b=2"]);
    assert_eq!(message.get("no colon"), Some(""));
    assert_eq!(message.len(), 9);
}

#[test]
fn an_answer_is_not_an_event_and_an_event_is_not_an_answer() {
    let answer = one(b"Response: Success\r\nActionID: pres-1\r\n\r\n");
    assert_eq!(
        (answer.response(), answer.event(), answer.action_id()),
        (Some("Success"), None, Some("pres-1"))
    );
    let event = one(b"Event: OriginateResponse\r\nResponse: Failure\r\n\r\n");
    assert_eq!((event.response(), event.event()), (None, Some("OriginateResponse")));
}

#[test]
fn a_lone_line_feed_ends_a_line_too() {
    assert_eq!(one(b"Event: Hangup\nUniqueid: 1.1\n\n").get("Uniqueid"), Some("1.1"));
    let (messages, error) =
        decode(AmiDecoder::without_banner(LIMITS), &[b"\r\n\n", b"A: 1\r\n\r\n\r\n\n", b"B: 2\n\n"]);
    assert_eq!((messages.len(), error), (2, None), "empty lines between messages are no messages");
}

#[test]
fn another_encoding_garbles_only_the_value() {
    let message = one(b"Event: Newstate\r\nCallerIDName: \x8d\x82\x8b\xb4\r\nUniqueid: 7.7\r\n\r\n");
    assert!(message.get("CallerIDName").unwrap().contains('\u{fffd}'));
    assert_eq!(message.get("Uniqueid"), Some("7.7"));
}

#[test]
fn debug_output_hides_what_callers_are_known_by() {
    let text = format!("{:?}", one(b"Event: Newchannel\r\nCallerIDNum: 0312345678\r\n\r\n"));
    assert!(text.contains("Newchannel") && !text.contains("0312345678"), "{text}");
}

#[test]
fn the_banner_comes_first_and_only_once() {
    let mut decoder = AmiDecoder::new(LIMITS);
    decoder.push(b"Asterisk Call Manager/13");
    assert_eq!(decoder.next_message(), Ok(None));
    assert_eq!(decoder.banner(), None);
    decoder.push(b".0.0\r\nEvent: A\r\n\r\n");
    assert_eq!(decoder.next_message().unwrap().unwrap().event(), Some("A"));
    assert_eq!(decoder.banner(), Some("Asterisk Call Manager/13.0.0"));
    for bytes in [&b"X"[..], b"Asterisk call", b"\r\n", b"Asterisk Call Manager\r\n", b"\xff"] {
        let (_, error) = decode(AmiDecoder::new(LIMITS), &[bytes]);
        assert_eq!(error, Some(DecodeError::NotAmi), "{bytes:?}");
    }
    let (_, error) = decode(AmiDecoder::new(LIMITS), &[b"Asterisk Call Manager/", &[b'9'; 40]]);
    assert_eq!(error, Some(DecodeError::LineTooLong { limit: 40 }));
}

#[test]
fn each_limit_holds_to_the_byte() {
    let line = |bytes: usize| [vec![b'k'; bytes], b"\n\n".to_vec()].concat();
    assert_eq!(error(&line(40)), None);
    assert_eq!(error(&line(41)), Some(DecodeError::LineTooLong { limit: 40 }));
    // A line is refused as soon as it is too long, even before its end.
    assert_eq!(error(&[b'k'; 40]), None);
    assert_eq!(error(&[b'k'; 41]), Some(DecodeError::LineTooLong { limit: 40 }));

    assert_eq!(error(b"k\nk\nk\nk\nk\n\n"), None);
    assert_eq!(error(b"k\nk\nk\nk\nk\nk\n"), Some(DecodeError::TooManyLines { limit: 5 }));

    let message = |last: usize| [&[b'k'; 39][..], b"\n", &[b'k'; 39], b"\n", &vec![b'k'; last]].concat();
    assert_eq!(error(&message(20)), None);
    assert_eq!(error(&message(21)), Some(DecodeError::MessageTooLong { limit: 100 }));
    // The limits apply to a message, not to the stream.
    assert_eq!(error(&b"k: v\nk: v\n\n".repeat(1_000)), None);
}

/// What the decoder should return, without chunks and limits.
fn naive(text: &str) -> Vec<Vec<(String, String)>> {
    let mut messages = vec![Vec::new()];
    for line in text.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
        let line = line.trim_end_matches(['\r', '\n']);
        if line.is_empty() {
            messages.push(Vec::new());
            continue;
        }
        let (key, value) = line.split_once(':').unwrap_or((line, ""));
        if let Some(message) = messages.last_mut() {
            message.push((key.trim_end().to_owned(), value.trim().to_owned()));
        }
    }
    // Without an empty line after it, it is not a message yet.
    messages.pop();
    messages.retain(|message| !message.is_empty());
    messages
}

fn owned(message: &AmiMessage) -> Vec<(String, String)> {
    message.headers().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_cut_of_the_bytes_is_read_like_a_naive_reader(
        lines in prop::collection::vec("[A-Za-z]{0,6}:? ?[ -~あ-ん]{0,12}|", 0..40),
        ends in prop::collection::vec(prop_oneof![Just("\n"), Just("\r\n")], 40),
        sizes in prop::collection::vec(1_usize..30, 1..10),
    ) {
        let text: String = lines.iter().zip(ends).flat_map(|(line, end)| [line.as_str(), end]).collect();
        let (mut rest, mut chunks, mut at) = (text.as_bytes(), Vec::new(), 0);
        while !rest.is_empty() {
            let (chunk, tail) = rest.split_at(sizes[at % sizes.len()].min(rest.len()));
            chunks.push(chunk);
            (rest, at) = (tail, at + 1);
        }
        let (messages, error) = decode(AmiDecoder::without_banner(AmiLimits::default()), &chunks);
        prop_assert_eq!(error, None);
        prop_assert_eq!(messages.iter().map(owned).collect::<Vec<_>>(), naive(&text));
    }

    #[test]
    fn no_bytes_make_it_panic_or_exceed_its_limits(
        chunks in prop::collection::vec(prop::collection::vec(
            prop_oneof![any::<u8>(), Just(b'\n'), Just(b'\r'), Just(b':')], 0..64), 0..64),
        expects_banner in any::<bool>(),
    ) {
        let mut decoder =
            if expects_banner { AmiDecoder::new(LIMITS) } else { AmiDecoder::without_banner(LIMITS) };
        'stream: for chunk in chunks {
            decoder.push(&chunk);
            loop {
                match decoder.next_message() {
                    Ok(Some(message)) => prop_assert!(message.len() <= LIMITS.message_lines_max),
                    Ok(None) => break,
                    Err(_) => break 'stream,
                }
            }
            prop_assert!(decoder.buffered() <= LIMITS.message_bytes_max, "{}", decoder.buffered());
        }
    }
}
