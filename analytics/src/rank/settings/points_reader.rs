//! `points`: the least total of each rank.

use shared::message;
use shared::rank::RankMaster;
use shared::settings_reader::{MistakeKind, Table};

use crate::rank::settings::document_values::ENTRIES_MAX;
use crate::rank::settings::model::Threshold;

/// The largest `min` of a rank.
const MIN_MAX: u32 = 10_000_000;

/// Reads the points of the table that has them.
pub(crate) fn points(table: &Table<'_>, master: &RankMaster) -> Vec<Threshold> {
    let rows = table.get("points").map(|value| value.tables(ENTRIES_MAX)).unwrap_or_default();
    let mut points: Vec<Threshold> = Vec::new();
    // Including rows with other mistakes.
    let mut names: Vec<String> = Vec::new();
    for row in &rows {
        row.only(&["rank", "min"]);
        let needed = || message!("rank と min の両方を書いてください", "a row needs a rank and a min");
        let rank = row.required("rank", needed()).and_then(|value| {
            let name = value.name()?;
            if names.contains(&name) {
                let message = message!(
                    "このランクの行は既にあります。1つにしてください",
                    "this rank already has a row; remove one"
                );
                value.mistake(MistakeKind::Rule("RANK_DUPLICATE_RANK"), message);
            }
            if master.position(&name).is_none() {
                let message = message!(
                    "ランクマスターにありません。登録されているのは {known} です",
                    "the rank master does not have this rank; it has {known}",
                    known = master.ranks().join(", "),
                );
                value.mistake(MistakeKind::Rule("RANK_UNKNOWN_RANK"), message);
            }
            names.push(name.clone());
            Some(name)
        });
        let min = row.required("min", needed()).and_then(|value| value.whole(0..=MIN_MAX));
        points.extend(rank.zip(min).map(|(rank, min)| Threshold { rank, min }));
    }
    if !points.iter().any(|row| row.min == 0) {
        let message = message!(
            "min = 0 の行が必要です。点数のない顧客のランクを min = 0 で書いてください",
            "a row with min = 0 is needed: the rank of a customer without points",
        );
        table.mistake(MistakeKind::Rule("RANK_NO_ZERO"), "points", message);
    }
    points
}
