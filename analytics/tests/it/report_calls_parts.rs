//! The call report by agent against a naive model that goes part by part, on random calls with random parts.

use std::collections::BTreeMap;

use crate::common::Company;
use analytics::report::calls::{Args, CallAxis, CallDirection, Figures, compute};
use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;
use shared::dataset::{CALL_PARTS, CALLS};

/// Seconds that a call counts as answered in time.
const WITHIN: i64 = 20;
const AGENTS: &[&str] = &["", "A201", "A202", "A203"];
const ENDS: &[&str] =
    &["left", "transferred", "answered_elsewhere", "no_answer", "caller_hung_up", "rejected"];

/// A part in a call; times are seconds after the start of the call.
#[derive(Debug, Clone)]
struct Part {
    agent: &'static str,
    outside: bool,
    began: i64,
    answered: Option<i64>,
    end: &'static str,
    talk: i64,
    hold: i64,
    work: Option<i64>,
}

#[derive(Debug, Clone)]
struct Call {
    direction: &'static str,
    agent: &'static str,
    answered: Option<i64>,
    talk: i64,
    parts: Vec<Part>,
}

prop_compose! {
    fn part()(
        agent in prop::sample::select(AGENTS),
        outside in prop::bool::weighted(0.2),
        began in 0i64..50,
        wait in prop::option::of(0i64..40),
        end in prop::sample::select(ENDS),
        talk in 0i64..100,
        hold in 0i64..30,
        work in prop::option::of(0i64..30),
    ) -> Part {
        Part { agent, outside, began, answered: wait.map(|wait| began + wait), end, talk, hold, work }
    }
}

prop_compose! {
    fn call()(
        direction in prop::sample::select(&["inbound", "outbound"][..]),
        agent in prop::sample::select(AGENTS),
        answered in prop::option::of(0i64..40),
        talk in 0i64..100,
        parts in prop::collection::vec(part(), 0..5),
    ) -> Call {
        Call { direction, agent, answered, talk, parts }
    }
}

/// Calls begin an hour apart.
fn instant(call: usize, seconds: i64) -> String {
    let begin: DateTime<Utc> = "2025-11-03T00:00:00Z".parse().unwrap();
    let at = begin + Duration::hours(i64::try_from(call).unwrap()) + Duration::seconds(seconds);
    at.format("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

fn company(calls: &[Call]) -> Company {
    let company = Company::new();
    let header =
        ["call_id", "direction", "agent_code", "started_at", "answered_at", "outcome", "talk_seconds"];
    let row = |(no, call): (usize, &Call)| {
        let outcome = if call.answered.is_some() { "completed" } else { "no_answer" };
        let answered = call.answered.map(|at| instant(no, at)).unwrap_or_default();
        let (agent, started) = (call.agent.to_owned(), instant(no, 0));
        let talk = call.talk.to_string();
        vec![no.to_string(), call.direction.to_owned(), agent, started, answered, outcome.to_owned(), talk]
    };
    let rows: Vec<Vec<String>> = calls.iter().enumerate().map(row).collect();
    company.put_rows(&CALLS, &header.map(str::to_owned), &rows);
    let header = [
        "part_id",
        "call_id",
        "kind",
        "agent_code",
        "began_at",
        "answered_at",
        "part_end",
        "talk_seconds",
        "hold_seconds",
        "acw_seconds",
    ];
    let mut rows = Vec::new();
    for (no, call) in calls.iter().enumerate() {
        for (at, part) in call.parts.iter().enumerate() {
            rows.push(vec![
                format!("{no}/{at}"),
                no.to_string(),
                if part.outside { "outside" } else { "agent" }.to_owned(),
                if part.outside { "" } else { part.agent }.to_owned(),
                instant(no, part.began),
                part.answered.map(|at| instant(no, at)).unwrap_or_default(),
                part.end.to_owned(),
                part.talk.to_string(),
                part.hold.to_string(),
                part.work.map(|work| work.to_string()).unwrap_or_default(),
            ]);
        }
    }
    company.put_rows(&CALL_PARTS, &header.map(str::to_owned), &rows);
    company.sync();
    company
}

/// The expected report, part by part. Calls have no numbers here, so nothing is a response to anything.
fn model(calls: &[Call], direction: &str) -> BTreeMap<Option<String>, Figures> {
    let mut out: BTreeMap<Option<String>, Figures> = BTreeMap::new();
    for call in calls.iter().filter(|call| call.direction == direction) {
        let own: Vec<&Part> = call.parts.iter().filter(|part| !part.outside).collect();
        let whole = Part {
            agent: call.agent,
            outside: false,
            began: 0,
            answered: call.answered,
            end: "no_answer",
            talk: call.talk,
            hold: 0,
            work: None,
        };
        let counted = if own.is_empty() { vec![&whole] } else { own };
        for part in counted {
            let figures = out.entry((!part.agent.is_empty()).then(|| part.agent.to_owned())).or_default();
            figures.calls += 1;
            match part.answered {
                Some(answered) => {
                    figures.answered += 1;
                    let wait = answered - part.began;
                    figures.answered_within += u64::from(wait <= WITHIN);
                    figures.wait_ms += u64::try_from(wait * 1_000).unwrap();
                    figures.talk_seconds += u64::try_from(part.talk).unwrap();
                    figures.hold_seconds += u64::try_from(part.hold).unwrap();
                    figures.acw_seconds += u64::try_from(part.work.unwrap_or(0)).unwrap();
                }
                None => {
                    let missed = matches!(part.end, "no_answer" | "caller_hung_up" | "rejected");
                    figures.abandoned += u64::from(part.end == "caller_hung_up");
                    figures.missed += u64::from(missed && direction == "inbound");
                }
            }
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_report_by_agent_counts_parts(calls in prop::collection::vec(call(), 0..30)) {
        let company = company(&calls);
        for direction in [CallDirection::Inbound, CallDirection::Outbound] {
            let args = Args {
                by: vec![CallAxis::Agent],
                within: u32::try_from(WITHIN).unwrap(),
                direction,
                ..Args::default()
            };
            let report = compute(&company.context, &args).unwrap();
            let rows: BTreeMap<Option<String>, Figures> =
                report.rows.iter().map(|row| (row.keys[0].clone(), row.figures)).collect();
            prop_assert_eq!(rows, model(&calls, direction.name()));
        }
    }
}
