//! Figures in the text format of Prometheus (`docs/rank.md#monitoring`).

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use shared::exit::{self, Failure};
use shared::store::{RankChangeCounts, RankRun};

use crate::context::Context;

/// How an attempt to run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Attempt {
    pub(crate) started_at: DateTime<Utc>,
    pub(crate) exit_code: u8,
}

/// Exit codes that are not failures.
const SUCCESSES: [u8; 3] = [exit::OK, exit::NOTHING_DUE, exit::WARNED];

/// The whole file. A store that cannot be read gives the attempt alone: that it failed is what matters then.
pub(crate) fn text(context: &Context, attempt: &Attempt) -> String {
    let mut out = Text::default();
    let is_success = SUCCESSES.contains(&attempt.exit_code);
    out.gauge(
        "success",
        "Whether the last attempt ended well: done, done with warnings, or nothing to do.",
        u8::from(is_success),
    );
    out.gauge("exit_code", "The exit code of the last attempt.", attempt.exit_code);
    out.gauge("attempt_timestamp_seconds", "When the last attempt began.", seconds(attempt.started_at));
    if let Ok(Some((run, changes))) = last(context) {
        out.run(&run, &changes);
    }
    out.0
}

fn last(context: &Context) -> Result<Option<(RankRun, RankChangeCounts)>, Failure> {
    let mut reader = context.store()?.reader()?;
    let Some(run) = reader.last_rank_run()? else { return Ok(None) };
    let changes = reader.rank_change_counts(run.run_id)?;
    Ok(Some((run, changes)))
}

#[derive(Default)]
struct Text(String);

impl Text {
    fn head(&mut self, name: &str, help: &str) {
        // Writing to a String does not fail.
        let _ = writeln!(self.0, "# HELP chakuden_rank_{name} {help}\n# TYPE chakuden_rank_{name} gauge");
    }

    fn gauge(&mut self, name: &str, help: &str, value: impl std::fmt::Display) {
        self.head(name, help);
        let _ = writeln!(self.0, "chakuden_rank_{name} {value}");
    }

    fn run(&mut self, run: &RankRun, changes: &RankChangeCounts) {
        self.gauge(
            "run_timestamp_seconds",
            "When the last run in the store ended.",
            seconds(run.finished_at),
        );
        let millis = (run.finished_at - run.started_at).num_milliseconds().max(0);
        self.gauge(
            "run_duration_seconds",
            "How long the last run computed before it was written.",
            format!("{}.{:03}", millis / 1000, millis % 1000),
        );
        self.gauge("run_id", "The number of the last run.", run.run_id);
        let midnight = run.as_of.and_time(chrono::NaiveTime::MIN).and_utc();
        self.gauge("run_as_of_timestamp_seconds", "Midnight UTC of the last run's date.", seconds(midnight));
        self.gauge("run_evaluated", "Customers that the last run scored.", run.evaluated);
        self.gauge("run_changed", "Customers whose rank the last run changed.", run.changed);
        self.gauge("run_excluded", "Customers that are excluded from the update.", run.excluded);
        self.gauge("run_not_target", "Customers whose rank is not updated.", run.not_target);
        self.gauge("run_warnings", "Warnings of the last run.", run.warnings);
        self.gauge(
            "run_config_changed",
            "Changes of the last run that its settings made.",
            changes.config_changed,
        );
        self.head("run_changes", "Changes of the last run by direction.");
        for (direction, n) in [("up", changes.up), ("down", changes.down), ("initial", changes.initial)] {
            let _ = writeln!(self.0, "chakuden_rank_run_changes{{direction=\"{direction}\"}} {n}");
        }
    }
}

fn seconds(at: DateTime<Utc>) -> i64 {
    at.timestamp()
}
