//! Reports, LTV and the customer rank update over the company's whole sales history.
//!
//! Code map: [`cli`] reads the arguments and [`context`] is what every command gets; [`commands`] and
//! [`exchange`] are the commands around the store and its files, [`quality`] those that keep it right. [`mirror`] copies the
//! store into Parquet files, [`warehouse`] answers SQL over them; those two alone name DuckDB. [`report`],
//! [`ltv`] and [`metrics`] each pair one file of `sql/` with its shaping; [`output`] writes what people and
//! programs read, with the words of [`labels`]. [`schedule`] says when the monthly rank run is owed.

pub mod cli;
pub mod commands;
pub mod context;
mod describe;
pub mod exchange;
pub mod exit;
pub mod labels;
pub mod ltv;
pub mod metrics;
pub mod mirror;
pub mod output;
pub mod progress;
pub mod quality;
pub mod rank;
pub mod report;
pub mod sample;
pub mod schedule;
pub mod warehouse;
