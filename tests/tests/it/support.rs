//! What several of these tests do: files of sales, rows counted, commands killed at a random moment.

use std::process::Command;
use std::time::Duration;

use shared::dataset;
use test_support::{Company, Process};

/// Comma-separated values: `rows` under a header line.
pub(crate) fn csv(header: &str, rows: impl Iterator<Item = String>) -> String {
    let mut text = format!("{header}\n");
    for row in rows {
        text += &row;
        text.push('\n');
    }
    text
}

/// A file of `rows` slips with one line each, numbered from `first` after the prefix.
pub(crate) fn sales(company: &Company, name: &str, prefix: &str, rows: std::ops::Range<usize>) -> String {
    let line = |row| format!("{prefix}{row},1,2026-01-{:02},C{},100.25", row % 28 + 1, row % 7);
    company.file(name, &csv("slip_no,line_no,sold_on,customer_code,amount", rows.map(line)))
}

/// The sales lines in the store.
pub(crate) fn sales_rows(company: &Company) -> u64 {
    company.store().reader().unwrap().control_total(&dataset::SALES, None).unwrap().rows
}

/// How often a test kills a program: `usual` times, or `CHAKUDEN_KILLS` times for a longer search.
pub(crate) fn kills(usual: usize) -> usize {
    let wanted = std::env::var("CHAKUDEN_KILLS");
    wanted.map_or(usual, |number| number.parse().expect("CHAKUDEN_KILLS is a number"))
}

/// Starts a command and kills it after this time; returns whether it had succeeded before.
pub(crate) fn killed_after(time: Duration, command: Command) -> bool {
    let mut process = Process::start(command);
    let succeeded = process.ended_within(time).is_some_and(|status| status.success());
    process.kill();
    succeeded
}
