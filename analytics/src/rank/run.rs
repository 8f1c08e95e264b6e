//! Runs: computing and writing new ranks, the files that a run leaves, and reverting a run.

mod args;
pub(crate) mod card_figures;
mod command;
pub(crate) mod execute;
pub(crate) mod in_force;
mod limits;
pub(crate) mod metrics_file;
pub(crate) mod outcome;
pub(crate) mod output_files;
mod precedence;
mod publish;
mod report_page;
mod result;
pub(crate) mod revert;
mod revert_plan;
mod revert_view;

pub(crate) use self::args::{Args, DueArgs};
pub(crate) use self::command::run;
