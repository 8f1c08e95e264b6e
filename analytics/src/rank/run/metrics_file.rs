//! Figures for Prometheus' textfile collector (`docs/rank.md#monitoring`).

use std::fmt;

use chrono::{DateTime, NaiveTime, Utc};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode_registry;
use prometheus_client::encoding::{DescriptorEncoder, EncodeGaugeValue, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;
use shared::exit::{self, Failure};
use shared::store::{RankChangeCounts, RankRun};

use crate::context::Context;

/// How an attempt to run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Attempt {
    pub(crate) started_at: DateTime<Utc>,
    pub(crate) exit_code: u8,
}

/// Exit codes of an attempt that went well.
const SUCCESSES: [u8; 3] = [exit::OK, exit::NOTHING_DUE, exit::WARNED];

/// The text of the whole file. When the store cannot be read it holds the attempt only, which then has failed.
pub(crate) fn text(context: &Context, attempt: &Attempt) -> String {
    let mut registry = Registry::with_prefix("chakuden_rank");
    registry.register_collector(Box::new(Figures { attempt: *attempt, run: last(context).ok().flatten() }));
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = encode_registry(&mut text, &registry);
    text
}

fn last(context: &Context) -> Result<Option<(RankRun, RankChangeCounts)>, Failure> {
    let mut reader = context.store()?.reader()?;
    let Some(run) = reader.last_rank_run()? else { return Ok(None) };
    let changes = reader.rank_change_counts(run.run_id)?;
    Ok(Some((run, changes)))
}

/// The content of the file: the last attempt, and the last run in the store.
#[derive(Debug)]
struct Figures {
    attempt: Attempt,
    run: Option<(RankRun, RankChangeCounts)>,
}

impl Collector for Figures {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut out = Out(&mut encoder);
        let attempt = &self.attempt;
        let is_success = u32::from(SUCCESSES.contains(&attempt.exit_code));
        out.gauge(
            "success",
            "Whether the last attempt ended well: done, done with warnings, or nothing to do.",
            is_success,
        )?;
        out.gauge("exit_code", "The exit code of the last attempt.", u32::from(attempt.exit_code))?;
        out.gauge(
            "attempt_timestamp_seconds",
            "When the last attempt began.",
            attempt.started_at.timestamp(),
        )?;
        match &self.run {
            Some((run, changes)) => out.run(run, changes),
            None => Ok(()),
        }
    }
}

struct Out<'a, 'e>(&'a mut DescriptorEncoder<'e>);

impl Out<'_, '_> {
    fn gauge(&mut self, name: &str, help: &str, value: impl EncodeGaugeValue) -> fmt::Result {
        ConstGauge::new(value).encode(self.0.encode_descriptor(name, help, None, MetricType::Gauge)?)
    }

    fn run(&mut self, run: &RankRun, changes: &RankChangeCounts) -> fmt::Result {
        let finished = run.finished_at.timestamp();
        self.gauge("run_timestamp_seconds", "When the last run in the store ended.", finished)?;
        let duration = (run.finished_at - run.started_at).to_std().unwrap_or_default();
        self.gauge(
            "run_duration_seconds",
            "How long the last run computed before it was written.",
            duration.as_secs_f64(),
        )?;
        self.gauge("run_id", "The number of the last run.", run.run_id)?;
        let midnight = run.as_of.and_time(NaiveTime::MIN).and_utc().timestamp();
        self.gauge("run_as_of_timestamp_seconds", "Midnight UTC of the last run's date.", midnight)?;
        self.gauge("run_evaluated", "Customers that the last run scored.", run.evaluated)?;
        self.gauge("run_changed", "Customers whose rank the last run changed.", run.changed)?;
        self.gauge("run_excluded", "Customers that are excluded from the update.", run.excluded)?;
        self.gauge("run_not_target", "Customers whose rank is not updated.", run.not_target)?;
        self.gauge("run_warnings", "Warnings of the last run.", run.warnings)?;
        self.gauge(
            "run_config_changed",
            "Changes of the last run caused by changed settings.",
            changes.config_changed,
        )?;
        let help = "Changes of the last run by direction.";
        let mut family = self.0.encode_descriptor("run_changes", help, None, MetricType::Gauge)?;
        for (direction, n) in [("up", changes.up), ("down", changes.down), ("initial", changes.initial)] {
            ConstGauge::new(n).encode(family.encode_family(&[("direction", direction)])?)?;
        }
        Ok(())
    }
}
