//! Any webhook bodies, one per line: each is an event or is refused, nothing exceeds its limit, and the changes that agents
//! see keep their contract. Reading a profile from the same bytes does not panic either.
#![no_main]

mod screens;

use chrono::{DateTime, TimeDelta};
use cti_bridge::call::{CallIds, CallTracker, TrackerLimits};
use cti_bridge::source::webhook::{Silence, WebhookEvent, WebhookProfile, WebhookTranslator};
use libfuzzer_sys::fuzz_target;
use screens::Screens;

const EXAMPLE: &str = include_str!("../../../data/webhook/example.toml");

fuzz_target!(|input: &[u8]| {
    let profile = WebhookProfile::parse(EXAMPLE).expect("the example is right");
    let mut translator = WebhookTranslator::new(3, 8);
    let mut tracker = CallTracker::new(TrackerLimits::default(), CallIds::seeded(1));
    let mut screens = Screens::default();
    for (second, body) in (0..).zip(input.split(|byte| *byte == b'\n')) {
        let now = DateTime::from_timestamp(second, 0).unwrap_or_default();
        let _ = profile.read(body);
        let Ok(event) = WebhookEvent::read(body) else { continue };
        let mut signals = Vec::new();
        translator.translate(&event, now, &mut signals);
        for signal in signals {
            tracker.apply(now, signal).into_iter().for_each(|change| screens.show(change));
        }
        let (calls, ids) = translator.remembered();
        assert!(calls <= 3 && ids <= 8 && tracker.size().calls <= 3);
    }
    let _ = WebhookProfile::parse(&String::from_utf8_lossy(input));
    let late = DateTime::from_timestamp(i64::from(u32::MAX), 0).unwrap_or_default();
    let limits = Silence { ringing: TimeDelta::minutes(5), talking: TimeDelta::hours(4) };
    while let Some((at, signals)) = translator.give_up(late, limits) {
        for signal in signals {
            tracker.apply(at, signal).into_iter().for_each(|change| screens.show(change));
        }
    }
    assert!(screens.are_empty() && tracker.size().calls == 0);
});
