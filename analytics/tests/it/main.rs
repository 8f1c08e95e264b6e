//! All integration tests of this crate, in one program: it is linked once.
#![allow(clippy::unwrap_used, reason = "a test ends at the first error")]

mod cli_contract;
mod cli_files;
mod common;
mod import_columnar;
mod ltv_historical;
mod mirror_killed;
mod mirror_sync;
mod output_file;
mod quality_dedupe;
mod quality_merge;
mod quality_quarantine;
mod quality_validate;
mod rank_after;
mod rank_check;
mod rank_config;
mod rank_explain;
mod rank_guard;
mod rank_model;
mod rank_preview;
mod rank_records;
mod rank_rules;
mod rank_run;
mod rank_settings;
mod rank_simulate;
mod rank_standing;
mod rank_vectors;
mod report_axes;
mod report_calls;
mod report_calls_model;
mod report_calls_parts;
mod report_model;
mod report_segment;
mod sample_company;
mod schedule_run;
