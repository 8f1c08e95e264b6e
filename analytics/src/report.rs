//! Reports: each is a file with its arguments and figures, with its query and its sheet beside it.

pub mod axis;
pub mod calls;
pub mod division;
pub mod extension;
pub mod filter;
pub mod period;
pub mod segment;
pub mod segments;
pub(crate) mod sums;

use clap::Subcommand;
use shared::exit::Failure;

use crate::context::Context;

/// The reports.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Sales, margin, customers and averages by segment.
    Segment(segment::Args),
    /// Calls, answers, service level and handling time by queue, half hour, agent and more.
    Calls(calls::Args),
}

/// Runs a report.
///
/// # Errors
/// As the report's own `compute`.
pub fn run(context: &Context, command: &Command) -> Result<(), Failure> {
    match command {
        Command::Segment(args) => segment::run(context, args),
        Command::Calls(args) => calls::run(context, args),
    }
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
