//! The settings of the rank update (`docs/rank.md#settings`): the model, and above it what reads, writes and reviews it.

mod canonical;
mod criteria_reader;
mod document;
mod document_values;
mod load;
mod model;
mod points_reader;
mod problem;
mod source_block;
mod warnings;

pub use self::model::{
    AmountBasis, Criteria, Criterion, RATE_ONE, RELATED_SLOTS, RankSettings, Rates, Source, SourceSettings,
    Threshold, ZeroRate, hundredths,
};
pub use self::problem::{SettingsError, Warning, code_of};
