//! Any bytes from a telephone system: however they are cut the messages are the same, nothing grows beyond its limit,
//! and what agents are told keeps its promises.
#![no_main]

mod screens;

use chrono::DateTime;
use cti_bridge::call::{CallIds, CallSignal, CallTracker, TrackerLimits};
use cti_bridge::source::ami::{AmiConfig, AmiDecoder, AmiLimits, AmiMessage, AmiTranslator, DecodeError, Parties, Presentation, PresentationPolicy};
use cti_bridge::source::Secret;
use libfuzzer_sys::fuzz_target;
use screens::Screens;

const LIMITS: AmiLimits = AmiLimits { line_bytes_max: 256, message_bytes_max: 2_048, message_lines_max: 40 };
const TRACKER: TrackerLimits = TrackerLimits { calls_max: 4, channels_max: 8, gone_max: 6 };

/// The messages of bytes that come in pieces of this size, and how it ended.
fn messages(bytes: &[u8], piece: usize) -> (Vec<AmiMessage>, Option<DecodeError>) {
    let mut decoder = AmiDecoder::new(LIMITS);
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

fuzz_target!(|input: &[u8]| {
    let Some((piece, bytes)) = input.split_first() else { return };
    let (read, error) = messages(bytes, usize::from(*piece).max(1));
    let (whole, whole_error) = messages(bytes, LIMITS.line_bytes_max);
    assert_eq!((&read, &error), (&whole, &whole_error), "however the bytes are cut");

    let parties = Parties::from(&AmiConfig::new("pbx:5038", "u", Secret::new("s")));
    let mut translator = AmiTranslator::new(parties, PresentationPolicy::Ask, 8);
    let mut tracker = CallTracker::new(TRACKER, CallIds::seeded(1));
    let mut screens = Screens::default();
    let now = DateTime::UNIX_EPOCH;
    let (mut signals, mut asks) = (Vec::new(), Vec::new());
    for message in &read {
        match message.response() {
            // The answers come in the order of the questions, if at all.
            Some(_) => {
                let answer = message.get("Value").map_or(Presentation::Unanswered, Presentation::parse);
                if !asks.is_empty() {
                    translator.presentation(&asks.remove(0), answer, &mut signals);
                }
                match message.get("EventList") {
                    Some("start") => signals.push(CallSignal::SnapshotBegin),
                    Some("lost") => signals.push(CallSignal::SourceLost),
                    _ => {}
                }
            }
            None => translator.translate(message, &mut signals, &mut asks),
        }
        if message.event() == Some("CoreShowChannelsComplete") {
            signals.push(CallSignal::SnapshotEnd);
        }
        for change in signals.drain(..).flat_map(|signal| tracker.apply(now, signal)).collect::<Vec<_>>() {
            screens.show(change);
        }
        assert!(tracker.calls_len() <= TRACKER.calls_max && tracker.channels_len() <= TRACKER.channels_max);
        assert!(tracker.links_len() <= 2 * TRACKER.channels_max && tracker.gone_len() <= TRACKER.gone_max);
    }
    for signal in [CallSignal::SnapshotBegin, CallSignal::SnapshotEnd] {
        tracker.apply(now, signal).into_iter().for_each(|change| screens.show(change));
    }
    assert!(screens.are_empty() && tracker.calls_len() == 0 && tracker.links_len() == 0);
});
