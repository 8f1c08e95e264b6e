//! Any bytes from a FreeSWITCH: however they are cut the messages are the same, nothing grows beyond its limit, and what
//! agents are told keeps its promises.
#![no_main]

mod screens;

use chrono::DateTime;
use cti_bridge::call::{CallIds, CallSignal, CallTracker, TrackerLimits};
use cti_bridge::source::Secret;
use cti_bridge::source::freeswitch::{
    EslDecodeError, EslDecoder, EslLimits, EslMessage, EslTranslator, FreeSwitchConfig,
};
use libfuzzer_sys::fuzz_target;
use screens::Screens;

const LIMITS: EslLimits =
    EslLimits { line_bytes_max: 1_024, headers_max: 400, body_bytes_max: 16_384, message_bytes_max: 20_000 };
const TRACKER: TrackerLimits = TrackerLimits { calls_max: 4, channels_max: 8, gone_max: 6 };

/// The messages of bytes that come in pieces of this size, and how it ended.
fn messages(bytes: &[u8], piece: usize) -> (Vec<EslMessage>, Option<EslDecodeError>) {
    let mut decoder = EslDecoder::new(LIMITS);
    let mut messages = Vec::new();
    for piece in bytes.chunks(piece) {
        decoder.push(piece);
        loop {
            match decoder.next_message() {
                Ok(Some(message)) => messages.push(message),
                Ok(None) => break,
                Err(error) => return (messages, Some(error)),
            }
        }
        assert!(decoder.buffered() <= LIMITS.message_bytes_max + LIMITS.line_bytes_max);
    }
    (messages, None)
}

/// Everything that a message says.
fn said(message: &EslMessage) -> (String, Vec<(String, String)>) {
    let headers = message.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    (message.body().to_owned(), headers)
}

fuzz_target!(|input: &[u8]| {
    let Some((piece, bytes)) = input.split_first() else { return };
    let (read, error) = messages(bytes, usize::from(*piece).max(1));
    let (whole, whole_error) = messages(bytes, LIMITS.line_bytes_max);
    assert!(read.iter().map(said).eq(whole.iter().map(said)), "however the bytes are cut");
    assert_eq!(error.is_some(), whole_error.is_some());

    let mut config = FreeSwitchConfig::new("pbx:8021", Secret::new("s"));
    config.channels_max = 8;
    let mut translator = EslTranslator::new(&config);
    let mut tracker = CallTracker::new(TRACKER, CallIds::seeded(1));
    let mut screens = Screens::default();
    let now = DateTime::UNIX_EPOCH;
    let mut signals = Vec::new();
    for message in &read {
        translator.translate(message, &mut signals);
        for signal in signals.drain(..) {
            tracker.apply(now, signal).into_iter().for_each(|change| screens.show(change));
        }
        assert!(translator.legs_len() <= config.channels_max);
        assert!(tracker.calls_len() <= TRACKER.calls_max && tracker.channels_len() <= TRACKER.channels_max);
    }
    for signal in [CallSignal::SnapshotBegin, CallSignal::SnapshotEnd] {
        tracker.apply(now, signal).into_iter().for_each(|change| screens.show(change));
    }
    assert!(screens.are_empty() && tracker.calls_len() == 0);
});
