//! Any bytes from an Asterisk: however they are cut, the messages are the same, nothing exceeds its limit, and the changes
//! that agents see keep their contract.
#![no_main]

mod pieces;
mod screens;

use chrono::DateTime;
use cti_bridge::call::{CallIds, CallSignal, CallTracker, TrackerLimits};
use cti_bridge::source::Secret;
use cti_bridge::source::ami::{
    AmiConfig, AmiDecoder, AmiLimits, AmiTranslator, Parties, Presentation, PresentationPolicy,
};
use libfuzzer_sys::fuzz_target;
use pieces::messages;
use screens::Screens;

const LIMITS: AmiLimits = AmiLimits { line_bytes_max: 256, message_bytes_max: 2_048, message_lines_max: 40 };
const TRACKER: TrackerLimits = TrackerLimits { calls_max: 4, channels_max: 8, gone_max: 6 };

/// What a decoder may hold between two pieces.
const BUFFERED_MAX: usize = LIMITS.message_bytes_max + LIMITS.line_bytes_max;

fuzz_target!(|input: &[u8]| {
    let Some((piece, bytes)) = input.split_first() else { return };
    let (read, error) = messages!(AmiDecoder::new(LIMITS), bytes, usize::from(*piece).max(1), BUFFERED_MAX);
    let (whole, whole_error) = messages!(AmiDecoder::new(LIMITS), bytes, LIMITS.line_bytes_max, BUFFERED_MAX);
    assert_eq!((&read, &error), (&whole, &whole_error), "however the bytes are cut");

    let parties = Parties::from(&AmiConfig::new("pbx:5038", "u", Secret::new("s")));
    let mut translator = AmiTranslator::new(parties, PresentationPolicy::Ask, 8);
    let mut tracker = CallTracker::new(TRACKER, CallIds::seeded(1));
    let mut screens = Screens::default();
    let now = DateTime::UNIX_EPOCH;
    let (mut signals, mut questions) = (Vec::new(), Vec::new());
    for message in &read {
        match message.response() {
            // Answers arrive in the order of the questions, if at all.
            Some(_) => {
                let answer = message.get("Value").map_or(Presentation::Unanswered, Presentation::parse);
                if !questions.is_empty() {
                    translator.presentation(&questions.remove(0), answer, &mut signals);
                }
                match message.get("EventList") {
                    Some("start") => signals.push(CallSignal::ChannelListBegin),
                    Some("lost") => signals.push(CallSignal::SourceLost),
                    _ => {}
                }
            }
            None => translator.translate(message, &mut signals, &mut questions),
        }
        if message.event() == Some("CoreShowChannelsComplete") {
            signals.push(CallSignal::ChannelListEnd);
        }
        for change in signals.drain(..).flat_map(|signal| tracker.apply(now, signal)).collect::<Vec<_>>() {
            screens.show(change);
        }
        assert!(tracker.size().calls <= TRACKER.calls_max && tracker.size().channels <= TRACKER.channels_max);
        assert!(tracker.size().links <= 2 * TRACKER.channels_max && tracker.size().gone <= TRACKER.gone_max);
    }
    for signal in [CallSignal::ChannelListBegin, CallSignal::ChannelListEnd] {
        tracker.apply(now, signal).into_iter().for_each(|change| screens.show(change));
    }
    assert!(screens.are_empty() && tracker.size().calls == 0 && tracker.size().links == 0);
});
