//! The settings of the rank update (`docs/rank.md#settings`): the model, and above it what reads, writes and reviews it.

mod canonical;
mod document;
mod load;
mod model;
mod problem;
mod source_block;
mod toml_values;
mod warnings;

pub use self::model::{
    Criteria, Criterion, RATE_ONE, RELATED_SLOTS, RankSettings, Rates, Source, SourceSettings, Threshold,
    ZeroRate, hundredths,
};
pub use self::problem::{Problem, SettingsError};
