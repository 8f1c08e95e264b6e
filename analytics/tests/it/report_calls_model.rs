//! The call report against a naive model that goes call by call, on random calls.

use std::collections::BTreeMap;

use crate::common::Company;
use analytics::report::calls::{Args, CallAxis, CallDirection, Figures, compute};
use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;
use shared::clock::japan_time;
use shared::dataset::CALLS;

/// Seconds that a call counts as answered in time.
const WITHIN: i64 = 20;
const QUEUES: &[&str] = &["", "sales", "support"];
const OUTCOMES: &[&str] = &["completed", "abandoned", "no_answer", "busy", "failed"];
const NUMBERS: &[&str] = &["", "+81311110001", "+81311110002"];

/// One call; times are seconds after 2025-10-31T14:59:30Z, half a minute before the period begins in Japan.
#[derive(Debug, Clone)]
struct Call {
    direction: &'static str,
    number: &'static str,
    queue: &'static str,
    started: i64,
    queued: Option<i64>,
    answered: Option<i64>,
    ended: Option<i64>,
    outcome: &'static str,
    talk: Option<i64>,
    uncertain: bool,
}

prop_compose! {
    fn call()(
        direction in prop::sample::select(&["inbound", "outbound", "internal"][..]),
        number in prop::sample::select(NUMBERS),
        queue in prop::sample::select(QUEUES),
        started in 0i64..120,
        // Also after the answer, and before the call: transfers and imported logs.
        queued in prop::option::of(-10i64..60),
        answered in prop::option::of(-10i64..60),
        ended in prop::option::of(0i64..90),
        outcome in prop::sample::select(OUTCOMES),
        talk in prop::option::of(-5i64..100),
        uncertain in any::<bool>(),
    ) -> Call {
        let after = |seconds: Option<i64>| seconds.map(|seconds| started + seconds);
        Call {
            direction, number, queue, started, queued: after(queued), answered: after(answered),
            ended: after(ended), outcome, talk, uncertain,
        }
    }
}

fn instant(seconds: i64) -> DateTime<Utc> {
    let begin: DateTime<Utc> = "2025-10-31T14:59:30Z".parse().unwrap();
    begin + Duration::seconds(seconds)
}

fn company(calls: &[Call]) -> Company {
    let company = Company::new();
    let header = [
        "call_id",
        "direction",
        "caller_kind",
        "caller_e164",
        "queue",
        "started_at",
        "queued_at",
        "answered_at",
        "ended_at",
        "outcome",
        "talk_seconds",
        "uncertain",
    ];
    let text = |seconds: i64| instant(seconds).format("%Y-%m-%dT%H:%M:%S.000Z").to_string();
    let at = |seconds: Option<i64>| seconds.map(text).unwrap_or_default();
    let row = |(index, call): (usize, &Call)| {
        vec![
            format!("{index:03}"),
            call.direction.to_owned(),
            if call.number.is_empty() { "withheld" } else { "number" }.to_owned(),
            call.number.to_owned(),
            call.queue.to_owned(),
            text(call.started),
            at(call.queued),
            at(call.answered),
            at(call.ended),
            call.outcome.to_owned(),
            call.talk.map(|talk| talk.to_string()).unwrap_or_default(),
            u8::from(call.uncertain).to_string(),
        ]
    };
    let rows: Vec<Vec<String>> = calls.iter().enumerate().map(row).collect();
    company.put_rows(&CALLS, &header.map(str::to_owned), &rows);
    company.sync();
    company
}

/// When the number of a missed call was next talked to, in seconds.
fn response(calls: &[Call], missed: usize) -> Option<i64> {
    let call = &calls[missed];
    let later = |(index, other): &(usize, &Call)| (other.started, *index) > (call.started, missed);
    let talks = |other: &Call| other.answered.is_some() && other.direction != "internal";
    let same = |other: &Call| !call.number.is_empty() && other.number == call.number;
    let calls = calls.iter().enumerate().filter(later);
    calls.filter(|(_, other)| same(other) && talks(other)).map(|(_, other)| other.started).min()
}

/// The expected report, call by call.
fn model(calls: &[Call], direction: &str) -> BTreeMap<Option<String>, Figures> {
    let mut out: BTreeMap<Option<String>, Figures> = BTreeMap::new();
    let first = "2025-11-01".parse().unwrap();
    for (index, call) in calls.iter().enumerate() {
        if call.direction != direction || japan_time(instant(call.started)).date_naive() < first {
            continue;
        }
        let key = (!call.queue.is_empty()).then(|| call.queue.to_owned());
        let figures = out.entry(key).or_default();
        figures.calls += 1;
        // All calls are within minutes of each other.
        let before = |(at, other): (usize, &Call)| {
            other.direction == call.direction
                && other.number == call.number
                && (other.started, at) < (call.started, index)
        };
        let repeated = !call.number.is_empty() && calls.iter().enumerate().any(before);
        figures.repeated += u64::from(repeated);
        figures.uncertain += u64::from(call.uncertain);
        if let Some(answered) = call.answered {
            let from = call.queued.filter(|queued| *queued <= answered).unwrap_or(call.started);
            let wait = (answered - from).max(0);
            figures.answered += 1;
            figures.answered_within += u64::from(wait <= WITHIN);
            figures.wait_ms += u64::try_from(wait * 1_000).unwrap();
            figures.talk_seconds += u64::try_from(call.talk.unwrap_or(0).max(0)).unwrap();
            continue;
        }
        figures.abandoned += u64::from(call.outcome == "abandoned");
        if call.direction == "inbound" && ["abandoned", "no_answer", "busy"].contains(&call.outcome) {
            figures.missed += 1;
            if let Some(response) = response(calls, index) {
                let waited = (response - call.ended.unwrap_or(call.started)).max(0);
                figures.responded += 1;
                figures.response_ms += u64::try_from(waited * 1_000).unwrap();
            }
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_report_agrees_with_a_naive_count_of_calls(calls in prop::collection::vec(call(), 0..40)) {
        let company = company(&calls);
        for (direction, name) in [(CallDirection::Inbound, "inbound"), (CallDirection::Outbound, "outbound")] {
            let within = u32::try_from(WITHIN).unwrap();
            let args = Args { by: vec![CallAxis::Queue], within, direction, ..Args::default() };
            let report = compute(&company.context, &args).unwrap();
            let found: BTreeMap<Option<String>, Figures> =
                report.rows.iter().map(|row| (row.keys[0].clone(), row.figures)).collect();
            prop_assert_eq!(found.len(), report.rows.len());
            prop_assert_eq!(found, model(&calls, name));
        }
    }
}
