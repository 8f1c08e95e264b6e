//! Files that a run writes: metrics for monitoring, a report page for people.

use std::path::PathBuf;

use shared::exit::Failure;
use shared::message;

use crate::context::Context;
use crate::output::file::{check_output, write_whole};
use crate::rank::run::metrics_file::{self, Attempt};
use crate::rank::run::outcome::Done;
use crate::rank::run::report_page;

/// How the files begin; only such a file is replaced.
const METRICS_BEGIN: &str = "# HELP chakuden_";
const PAGE_BEGIN: &str = "<!doctype html>";

/// Files that a run writes beside the store.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct OutputFiles {
    /// Write metrics for the textfile collector of Prometheus, also after a failure; the name should end in .prom.
    #[arg(long, value_name = "FILE")]
    pub(crate) metrics_file: Option<PathBuf>,
    /// Write a report page: how many ranks changed, the furthest changes, and changes of the settings.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
}

impl OutputFiles {
    /// Refuses files that cannot be written or are not earlier output, before anything is done.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        if self.report.is_some() && self.report == self.metrics_file {
            return Err(Failure::usage(message!(
                "--report と --metrics-file に同じファイルは指定できません。別のファイルにしてください(何もしていません)",
                "--report and --metrics-file name the same file; give each its own (nothing was done)",
            )));
        }
        let files = [(&self.metrics_file, METRICS_BEGIN), (&self.report, PAGE_BEGIN)];
        files.iter().try_for_each(|(path, begins)| match path {
            Some(path) => check_output(path, begins),
            None => Ok(()),
        })
    }

    /// Writes the metrics of an attempt, whatever its outcome.
    pub(crate) fn write_metrics(&self, context: &Context, attempt: &Attempt) -> Result<(), Failure> {
        match &self.metrics_file {
            Some(path) => write_whole(path, &metrics_file::text(context, attempt)),
            None => Ok(()),
        }
    }

    /// Writes the report page of a run.
    pub(crate) fn write_report(&self, context: &Context, done: &Done) -> Result<(), Failure> {
        match &self.report {
            Some(path) => write_whole(path, &report_page::page(context, done)?),
            None => Ok(()),
        }
    }
}
