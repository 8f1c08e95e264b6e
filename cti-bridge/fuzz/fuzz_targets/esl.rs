//! Any bytes from a FreeSWITCH: however they are cut, the messages are the same, nothing exceeds its limit, and the changes
//! that agents see keep their contract.
#![no_main]

mod pieces;
mod screens;

use chrono::DateTime;
use cti_bridge::call::{CallIds, CallSignal, CallTracker, TrackerLimits};
use cti_bridge::source::Secret;
use cti_bridge::source::freeswitch::{EslDecoder, EslLimits, EslMessage, EslTranslator, FreeSwitchConfig};
use libfuzzer_sys::fuzz_target;
use pieces::messages;
use screens::Screens;

const LIMITS: EslLimits =
    EslLimits { line_bytes_max: 1_024, headers_max: 400, body_bytes_max: 16_384, message_bytes_max: 20_000 };
const TRACKER: TrackerLimits = TrackerLimits { calls_max: 4, channels_max: 8, gone_max: 6 };

/// What a decoder may hold between two pieces.
const BUFFERED_MAX: usize = LIMITS.message_bytes_max + LIMITS.line_bytes_max;

/// Body and headers of a message.
fn content(message: &EslMessage) -> (String, Vec<(String, String)>) {
    let headers = message.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    (message.body().to_owned(), headers)
}

fuzz_target!(|input: &[u8]| {
    let Some((piece, bytes)) = input.split_first() else { return };
    let (read, error) = messages!(EslDecoder::new(LIMITS), bytes, usize::from(*piece).max(1), BUFFERED_MAX);
    let (whole, whole_error) = messages!(EslDecoder::new(LIMITS), bytes, LIMITS.line_bytes_max, BUFFERED_MAX);
    assert!(read.iter().map(content).eq(whole.iter().map(content)), "however the bytes are cut");
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
        assert!(tracker.size().calls <= TRACKER.calls_max && tracker.size().channels <= TRACKER.channels_max);
    }
    for signal in [CallSignal::ChannelListBegin, CallSignal::ChannelListEnd] {
        tracker.apply(now, signal).into_iter().for_each(|change| screens.show(change));
    }
    assert!(screens.are_empty() && tracker.size().calls == 0);
});
