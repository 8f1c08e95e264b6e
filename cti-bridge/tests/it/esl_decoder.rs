//! The event-socket decoder: what it reads, what it refuses, and what it never does.

use crate::esl_support::{RECORDINGS, event, messages, recording};
use cti_bridge::source::freeswitch::{EslDecodeError, EslDecoder, EslKind, EslLimits, EslMessage};
use proptest::prelude::*;

const LIMITS: EslLimits =
    EslLimits { line_bytes_max: 40, headers_max: 5, body_bytes_max: 60, message_bytes_max: 120 };

/// Feeds chunks; returns the messages up to the end or the first error.
fn decode(limits: EslLimits, chunks: &[&[u8]]) -> (Vec<EslMessage>, Option<EslDecodeError>) {
    let (mut decoder, mut messages) = (EslDecoder::new(limits), Vec::new());
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

fn error(bytes: &[u8]) -> Option<EslDecodeError> {
    decode(LIMITS, &[bytes]).1
}

#[test]
fn messages_are_read_as_freeswitch_writes_them() {
    let bytes = b"Content-Type: auth/request\n\nContent-Type: command/reply\nReply-Text: +OK a%20b\n\n\
        Content-Type: api/response\nContent-Length: 10\n\n+OK a\n\nb%\nContent-Type: text/rude-rejection\n\n\
        Content-Type: text/disconnect-notice\nContent-Length: 4\n\nbye\n";
    let (messages, error) = decode(EslLimits::default(), &[bytes]);
    assert_eq!(error, None);
    let kinds: Vec<_> = messages.iter().map(EslMessage::kind).collect();
    assert_eq!(
        kinds,
        [
            EslKind::AuthRequest,
            EslKind::CommandReply,
            EslKind::ApiResponse,
            EslKind::Rejection,
            EslKind::DisconnectNotice
        ]
    );
    assert_eq!(messages[1].reply(), "+OK a%20b", "outer headers are not encoded");
    assert_eq!(
        messages[2].body(),
        "+OK a\n\nb%\n",
        "a body is not encoded, and an empty line does not end it"
    );
    assert_eq!(messages[4].body(), "bye\n");
}

#[test]
fn headers_of_an_event_are_decoded_and_repeated_ones_are_kept() {
    let bytes = event(
        "CHANNEL_HANGUP_COMPLETE",
        &[
            ("Caller-Caller-ID-Name", "佐藤 花子+1"),
            ("Hangup-Cause", "NORMAL_CLEARING"),
            ("variable_sdp", "v=0\r\no=x"),
            ("Hangup-Cause", "OTHER"),
            ("Empty", ""),
            ("Undefined", "_undef_"),
        ],
    );
    let (messages, error) = decode(EslLimits::default(), &[&bytes]);
    assert_eq!((messages.len(), error), (1, None));
    let message = &messages[0];
    assert_eq!(message.event(), Some("CHANNEL_HANGUP_COMPLETE"));
    assert_eq!(message.get("caller-caller-id-name"), Some("佐藤 花子+1"), "keys compare without case");
    assert_eq!(message.get("Hangup-Cause"), Some("NORMAL_CLEARING"), "the first of two");
    assert_eq!(message.headers().filter(|(key, _)| *key == "Hangup-Cause").count(), 2);
    assert_eq!(message.get("variable_sdp"), Some("v=0\r\no=x"));
    assert_eq!((message.get("Empty"), message.known("Empty")), (Some(""), None));
    assert_eq!((message.get("Undefined"), message.known("Undefined")), (Some("_undef_"), None));
    assert_eq!(message.body(), "");
}

#[test]
fn a_custom_event_begins_with_its_subclass() {
    let body = "Event-Subclass: callcenter%3A%3Ainfo\nEvent-Name: CUSTOM\nCC-Action: agent-offering\n\n";
    let bytes = format!("Content-Length: {}\nContent-Type: text/event-plain\n\n{body}", body.len());
    let (messages, _) = decode(EslLimits::default(), &[bytes.as_bytes()]);
    assert_eq!(messages[0].event(), Some("CUSTOM"));
    assert_eq!(messages[0].get("Event-Subclass"), Some("callcenter::info"));
}

#[test]
fn the_result_of_a_job_is_the_body_of_its_event() {
    let body = "Event-Name: BACKGROUND_JOB\nJob-UUID: u-1\nContent-Length: 15\n\n-ERR USER_BUSY\n";
    let bytes = format!("Content-Length: {}\nContent-Type: text/event-plain\n\n{body}", body.len());
    let (messages, _) = decode(EslLimits::default(), &[bytes.as_bytes()]);
    assert_eq!((messages[0].get("Job-UUID"), messages[0].body()), (Some("u-1"), "-ERR USER_BUSY\n"));
}

#[test]
fn crlf_and_empty_lines_between_messages_are_accepted() {
    let bytes =
        b"\n\r\nContent-Type: command/reply\r\nReply-Text: +OK\r\n\r\n\nContent-Type: auth/request\n\n";
    let (messages, error) = decode(EslLimits::default(), &[bytes]);
    assert_eq!((messages.len(), error), (2, None));
    assert_eq!(messages[0].reply(), "+OK");
}

#[test]
fn another_encoding_garbles_only_the_value() {
    let body = b"Event-Name: CHANNEL_CREATE\nName: \x8d\x82\x8b\xb4\nOther: %8d%82\nUnique-ID: u\n\n";
    let head = format!("Content-Length: {}\nContent-Type: text/event-plain\n\n", body.len());
    let (messages, _) = decode(EslLimits::default(), &[head.as_bytes(), body]);
    assert!(messages[0].get("Name").unwrap().contains('\u{fffd}'));
    assert!(messages[0].get("Other").unwrap().contains('\u{fffd}'));
    assert_eq!(messages[0].get("Unique-ID"), Some("u"));
}

#[test]
fn another_protocol_is_recognized_at_its_first_bytes() {
    for bytes in [&b"SSH-2.0"[..], b"Asterisk Call Manager/13", b"HTTP/1.1 400", b"\x16\x03\x01", b"Contents"]
    {
        assert_eq!(error(bytes), Some(EslDecodeError::NotEsl), "{bytes:?}");
    }
    for bytes in [&b"C"[..], b"Content-", b"Content-Type: au"] {
        assert_eq!(error(bytes), None, "{bytes:?} may become one");
    }
}

#[test]
fn each_limit_holds_to_the_byte() {
    let line = |bytes: usize| [b"Content-", &vec![b'k'; bytes - 8][..], b"\n\n"].concat();
    assert_eq!(error(&line(40)), None);
    assert_eq!(error(&line(41)), Some(EslDecodeError::LineTooLong { limit: 40 }));
    // A line is refused as soon as it is too long, even before its end.
    assert_eq!(error(&line(41)[..40]), None);
    assert_eq!(error(&line(41)[..41]), Some(EslDecodeError::LineTooLong { limit: 40 }));

    let headers = |count: usize| "Content-X: 1\n".repeat(count) + "\n";
    assert_eq!(error(headers(5).as_bytes()), None);
    assert_eq!(error(headers(6).as_bytes()), Some(EslDecodeError::TooManyHeaders { limit: 5 }));

    let body = |length: usize| format!("Content-Length: {length}\n\n").into_bytes();
    assert_eq!(error(&body(60)), None);
    assert_eq!(error(&body(61)), Some(EslDecodeError::BodyTooLong { limit: 60 }));
    assert_eq!(error(&body(usize::MAX)), Some(EslDecodeError::BodyTooLong { limit: 60 }));
    let endless = "Content-Length: 99999999999999999999999\n\n";
    assert_eq!(error(endless.as_bytes()), Some(EslDecodeError::BodyTooLong { limit: 60 }));
    for length in ["-1", "+1", "1 2", "0x10", "一"] {
        let bytes = format!("Content-Length: {length}\n\n");
        assert_eq!(error(bytes.as_bytes()), Some(EslDecodeError::BadLength), "{length}");
    }

    // 59 bytes of headers and the empty line, then the body: at most 120 together.
    let message = |extra: usize| {
        let padding = "k".repeat(30 + extra);
        format!("Content-Length: 60\nContent-{padding}\n\n").into_bytes()
    };
    assert_eq!(message(1).len(), 60);
    assert_eq!(error(&message(1)), None);
    assert_eq!(error(&message(2)), Some(EslDecodeError::MessageTooLong { limit: 120 }));
    // The limits apply to a message, not to the stream.
    assert_eq!(error(&b"Content-Length: 2\n\nab".repeat(1_000)), None);
}

#[test]
fn the_limits_hold_inside_an_event_too() {
    let limits = EslLimits { body_bytes_max: 1_000, message_bytes_max: 2_000, ..LIMITS };
    let event = |body: &str| {
        let head = format!("Content-Length: {}\nContent-Type: text/event-plain\n\n", body.len());
        decode(limits, &[head.as_bytes(), body.as_bytes()]).1
    };
    assert_eq!(event(&format!("{}\n\n", "k".repeat(40))), None);
    assert_eq!(event(&format!("{}\n\n", "k".repeat(41))), Some(EslDecodeError::LineTooLong { limit: 40 }));
    assert_eq!(event(&("k: v\n".repeat(5) + "\n")), None);
    assert_eq!(event(&("k: v\n".repeat(6) + "\n")), Some(EslDecodeError::TooManyHeaders { limit: 5 }));
}

#[test]
fn debug_output_hides_what_callers_are_known_by() {
    let bytes = event("CHANNEL_CREATE", &[("Caller-Caller-ID-Number", "0312345678")]);
    let (messages, _) = decode(EslLimits::default(), &[&bytes]);
    let text = format!("{:?}", messages[0]);
    assert!(text.contains("CHANNEL_CREATE") && !text.contains("0312345678"), "{text}");
}

#[test]
fn all_recorded_bytes_are_messages() {
    let events =
        |name: &str| messages(&recording(name), &[4096]).iter().filter(|m| m.event().is_some()).count();
    let counts = RECORDINGS.map(events);
    assert_eq!(counts, [44, 36, 45, 22, 22, 22, 39, 12], "as the recordings' description counts them");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cutting_recorded_bytes_anywhere_changes_nothing(
        which in 0..RECORDINGS.len(),
        sizes in prop::collection::vec(1_usize..5_000, 1..20),
    ) {
        let bytes = recording(RECORDINGS[which]);
        prop_assert!(messages(&bytes, &sizes) == messages(&bytes, &[usize::MAX]));
    }

    #[test]
    fn any_cut_of_written_messages_is_read(
        written in prop::collection::vec(prop::collection::vec(("[A-Za-z-]{1,8}", "[ -~あ-ん\r\n%+]{0,12}"), 0..6), 1..6),
        sizes in prop::collection::vec(1_usize..40, 1..10),
    ) {
        let bytes: Vec<u8> = written
            .iter()
            .flat_map(|headers| {
                let headers: Vec<_> = headers.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
                event("X", &headers)
            })
            .collect();
        let read: Vec<Vec<(String, String)>> = messages(&bytes, &sizes)
            .iter()
            .map(|message| message.headers().skip(1).map(|(k, v)| (k.to_owned(), v.to_owned())).collect())
            .collect();
        prop_assert_eq!(read, written);
    }

    #[test]
    fn no_bytes_make_it_panic_or_exceed_its_limits(
        chunks in prop::collection::vec(prop_oneof![
            prop::collection::vec(prop_oneof![any::<u8>(), Just(b'\n'), Just(b':'), Just(b'%')], 0..64),
            Just(b"Content-Length: 30\n".to_vec()),
            Just(b"Content-Type: text/event-plain\n".to_vec()),
            Just(b"\n".to_vec()),
        ], 0..64),
    ) {
        let mut decoder = EslDecoder::new(LIMITS);
        decoder.push(b"Content-Type: auth/request\n\n");
        'stream: for chunk in chunks {
            decoder.push(&chunk);
            loop {
                match decoder.next_message() {
                    Ok(Some(message)) => prop_assert!(message.len() <= LIMITS.headers_max),
                    Ok(None) => break,
                    Err(_) => break 'stream,
                }
            }
            prop_assert!(decoder.buffered() <= LIMITS.message_bytes_max, "{}", decoder.buffered());
        }
    }
}
