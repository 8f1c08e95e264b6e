//! Reports, LTV and the customer rank update over the company's whole sales history.
//!
//! Code map: [`cli`] reads the arguments and makes the [`context`] of a command; [`commands`] and [`exchange`] are the
//! commands for the store and its files, [`quality`] those that keep its data right. [`mirror`] copies the store into
//! Parquet files, [`warehouse`] runs SQL over them, both with an [`engine`] (DuckDB), which only these three name.
//! [`model`] declares what reports count and by what they divide it. [`prediction`] has the models of purchases. [`report`],
//! [`ltv`] and [`metrics`] each pair files of `sql/` with the shaping of their results; [`output`] renders
//! them, with the words of [`labels`]. [`rank`] is the rank update, [`schedule`] its timetable.

pub mod cli;
pub mod commands;
pub mod context;
pub mod engine;
pub mod exchange;
pub mod exit;
pub mod labels;
pub mod ltv;
pub mod metrics;
pub mod mirror;
pub mod model;
pub mod output;
pub mod pack;
pub mod prediction;
pub mod progress;
pub mod quality;
pub mod query;
pub mod rank;
pub mod report;
pub mod sample;
pub mod schedule;
pub mod warehouse;
