//! Rank settings for tests.

use analytics::rank::settings::{RankSettings, SettingsError};
use shared::message;
use shared::rank::RankMaster;
use shared::settings_reader::Mistake;

pub(crate) use test_support::RANK_SETTINGS as SAMPLE;

/// The sample with some of its lines replaced.
pub(crate) fn sample(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(SAMPLE.to_owned(), |text, (old, new)| {
        assert!(text.contains(old), "the sample has no {old}");
        text.replace(old, new)
    })
}

/// Reads settings, or finds their mistakes.
pub(crate) fn read(text: &str) -> Result<RankSettings, Vec<Mistake>> {
    let origin = message!("テスト", "test");
    RankSettings::parse(text, &RankMaster::default(), &origin).map_err(|error| match error {
        SettingsError::Invalid { mistakes, .. } => mistakes,
        SettingsError::Unreadable { .. } => panic!("no file was read"),
    })
}
