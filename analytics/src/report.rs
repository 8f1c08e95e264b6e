//! Reports. Most are declared ([`declaration`]): a file under `analytics/reports/` names the table, the attributes, the
//! figures and the shape. The reports by segment and of calls have queries of their own.

pub mod calls;
pub mod catalog;
pub mod declaration;
pub mod declared;
pub mod kpi;
mod list;
pub mod measured;
pub mod options;
pub mod period;
pub mod request;
pub mod segment;
pub mod segments;
pub mod shape;
pub(crate) mod sums;

use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::{ArgMatches, Error, FromArgMatches, Subcommand};
use shared::cause::Cause as _;
use shared::exit::{self, Failure};
use shared::message;

use crate::context::Context;
use declaration::Declaration;
use options::QueryArgs;

/// `report`: a built-in report, or one of the company's own.
#[derive(Debug, Clone, clap::Args)]
#[command(args_conflicts_with_subcommands = true, arg_required_else_help = true)]
pub struct ReportArgs {
    /// A report of the company's own: a TOML file (docs/reports.md).
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// The options of that report.
    #[command(flatten)]
    query: QueryArgs,
    /// Which report.
    #[command(subcommand)]
    report: Option<Command>,
}

impl ReportArgs {
    /// Whether it only lists what there is, which needs no store.
    pub(crate) fn is_list(&self) -> bool {
        matches!(&self.report, Some(Command::BuiltIn(report)) if matches!(**report, BuiltIn::List(_)))
    }
}

/// The reports.
#[derive(Debug, Clone)]
pub enum Command {
    /// One with a query of its own.
    BuiltIn(Box<BuiltIn>),
    /// A declared one, with its options.
    Declared(&'static Declaration, Box<ArgMatches>),
}

/// The reports with queries of their own.
#[derive(Debug, Clone, Subcommand)]
pub enum BuiltIn {
    /// The reports, and what their options may name.
    List(list::Args),
    /// Sales, margin, customers and averages by segment.
    Segment(segment::Args),
    /// Calls, answers, service level and handling time by queue, half hour, agent and more.
    Calls(calls::Args),
    /// The key figures of all reports on one page.
    Kpi(kpi::Args),
}

impl FromArgMatches for Command {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let (name, options) = matches.subcommand().ok_or_else(|| Error::new(ErrorKind::MissingSubcommand))?;
        match catalog::find(name) {
            Some(report) => Ok(Self::Declared(report, Box::new(options.clone()))),
            None => BuiltIn::from_arg_matches(matches).map(|report| Self::BuiltIn(Box::new(report))),
        }
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Subcommand for Command {
    fn augment_subcommands(command: clap::Command) -> clap::Command {
        let command = BuiltIn::augment_subcommands(command);
        catalog::declared().iter().fold(command, |all, report| all.subcommand(declared::command(report)))
    }

    fn augment_subcommands_for_update(command: clap::Command) -> clap::Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        catalog::find(name).is_some() || BuiltIn::has_subcommand(name)
    }
}

/// Runs a report.
///
/// # Errors
/// As the report's own `compute`.
pub fn run(context: &Context, args: &ReportArgs) -> Result<(), Failure> {
    match (&args.report, &args.file) {
        (Some(Command::Declared(report, matches)), _) => declared::run(context, report, matches),
        (Some(Command::BuiltIn(report)), _) => match &**report {
            BuiltIn::List(args) => list::run(context, args),
            BuiltIn::Segment(args) => segment::run(context, args),
            BuiltIn::Calls(args) => calls::run(context, args),
            BuiltIn::Kpi(args) => kpi::run(context, args),
        },
        (None, Some(file)) => {
            let report = own(file)?;
            let options = declared::options_of(&report)?;
            context.emit_report(&declared::compute(context, &report, &args.query, &options)?)
        }
        (None, None) => Err(Failure::usage(message!(
            "集計の名前を指定してください(一覧: analytics report list)",
            "name a report (they are listed by: analytics report list)",
        ))),
    }
}

/// The report of a file.
///
/// # Errors
/// No such file (exit code 66), or it has mistakes (78).
fn own(file: &Path) -> Result<Declaration, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        Failure::no_input(message!(
            "集計の定義ファイル {file} を読み取れません: {reason}",
            "the report's file {file} cannot be read: {reason}",
            file = file.display(),
            reason = error.cause(),
        ))
    })?;
    declaration::declaration(&text, &shape::names())
        .map_err(|mistakes| Failure::mistakes(exit::CONFIG, file, &mistakes))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use shared::dataset::{Dataset, by_name};

    use super::{calls, segments};

    const VIEWS: &str = include_str!("../sql/views.sql");
    const SEGMENTS: &[&str] = &[
        include_str!("../sql/segment.sql"),
        include_str!("../sql/segment_control.sql"),
        include_str!("../sql/ltv_customers.sql"),
        include_str!("../sql/ltv_segments.sql"),
        include_str!("../sql/ltv_control.sql"),
    ];
    const CALLS: &[&str] = &[include_str!("../sql/calls.sql"), include_str!("../sql/calls_control.sql")];

    /// The data sets that a query reads, also through views.
    fn datasets(sql: &'static str) -> BTreeSet<&'static str> {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let words: Vec<&str> = sql.split(|c| !is_part(c)).filter(|word| !word.is_empty()).collect();
        // A common table expression (`members AS (…)`) is no data set, whatever its name.
        let is_local = |name: &str| sql.contains(&format!("{name} AS ("));
        let named = words.windows(2).filter(|pair| ["FROM", "JOIN"].contains(&pair[0])).map(|pair| pair[1]);
        let named = named.filter(|name| !is_local(name));
        let resolved = |name: &'static str| match VIEWS.split_once(&format!("CREATE VIEW {name} AS")) {
            Some((_, rest)) => datasets(rest.split(';').next().unwrap_or_default()),
            None => by_name(name).map(|dataset| dataset.name).into_iter().collect(),
        };
        named.flat_map(resolved).collect()
    }

    #[test]
    fn reports_declare_every_data_set_that_they_read() {
        for (queries, declared) in [(SEGMENTS, segments::READS), (CALLS, calls::READS)] {
            let read: BTreeSet<&str> = queries.iter().flat_map(|sql| datasets(sql)).collect();
            assert!(!read.is_empty());
            let is_declared = |name: &&str| declared.iter().any(|dataset: &&Dataset| dataset.name == *name);
            assert!(read.iter().all(is_declared), "{read:?}");
        }
    }
}
