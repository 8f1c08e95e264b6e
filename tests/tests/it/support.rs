//! What several of these tests do: files of sales, rows counted, programs run within a limit, commands killed while they
//! write.

use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Output, Stdio};

use shared::dataset;
use test_support::Company;

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

/// Runs a command through another program that ends by running its arguments.
pub(crate) fn wrapped(mut wrapper: Command, command: &Command) -> Output {
    let set = command.get_envs().filter_map(|(name, value)| Some((name, value?)));
    wrapper
        .envs(set)
        .arg(command.get_program())
        .args(command.get_args())
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// How often a test kills a program: `usual` times, or `CHAKUDEN_KILLS` times for a longer search.
pub(crate) fn kills(usual: u64) -> u64 {
    let wanted = std::env::var("CHAKUDEN_KILLS");
    wanted.map_or(usual, |number| number.parse().expect("CHAKUDEN_KILLS is a number"))
}

/// The size of the store's file, with everything written into it and its log empty.
pub(crate) fn store_kib(company: &Company) -> u64 {
    drop(company.store());
    company.store_path().metadata().unwrap().len() / 1024
}

/// Runs a command that the kernel kills at its first write beyond `kib` of any file: the same write in every run, on a
/// fast machine or a slow one. Returns whether the command succeeded before.
///
/// A commit appends to the store's log, and the pages go into the store's file when the store is closed: a limit below
/// the size of the commit kills before it is complete, a higher one after it.
pub(crate) fn killed_at(kib: u64, command: &Command) -> bool {
    const SIGXFSZ: i32 = 25;
    let mut shell = Command::new("bash");
    shell.args(["-c", &format!("ulimit -c 0; ulimit -f {kib}; exec \"$0\" \"$@\"")]);
    let output = wrapped(shell, command);
    let killed = output.status.signal() == Some(SIGXFSZ);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(killed || output.status.success(), "{kib}: {} {complaint}", output.status);
    !killed
}
