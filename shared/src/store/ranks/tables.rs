//! The tables of the rank update, as files.

use std::ops::ControlFlow;

use crate::store::driver::Cell;
use crate::store::{Reader, StoreError};

/// A table of the rank update that can be written to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of docs/rank.md#after-the-run")]
pub enum RankTable {
    Runs,
    Scores,
    Changes,
    Monthly,
    Settings,
    Edits,
}

impl RankTable {
    /// Every table, in the order of the documentation.
    pub const ALL: [Self; 6] =
        [Self::Runs, Self::Scores, Self::Changes, Self::Monthly, Self::Settings, Self::Edits];

    /// The table's name, which is the file's too.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Runs => "rank_run",
            Self::Scores => "rank_score",
            Self::Changes => "rank_change",
            Self::Monthly => "rank_monthly",
            Self::Settings => "rank_config",
            Self::Edits => "rank_edit",
        }
    }

    /// The columns, those of the key first.
    #[must_use]
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Runs => &[
                "run_id",
                "as_of",
                "trigger",
                "mode",
                "reverts",
                "config_version",
                "config_hash",
                "started_at",
                "finished_at",
                "evaluated",
                "changed",
                "excluded",
                "not_target",
                "warnings",
                "actor",
                "config",
            ],
            Self::Scores => &[
                "run_id",
                "customer_code",
                "latest_date",
                "months_within",
                "count",
                "amount",
                "points_recency",
                "points_count",
                "points_amount",
                "total",
                "rank_before",
                "rank_after",
                "reason",
            ],
            Self::Changes => &[
                "run_id",
                "customer_code",
                "changed_on",
                "rank_from",
                "rank_to",
                "direction",
                "total",
                "config_changed",
            ],
            Self::Monthly => &["month", "rank", "customers"],
            Self::Settings => &["version", "saved_at", "hash", "note", "actor", "document"],
            Self::Edits => {
                &["edit_id", "customer_code", "edited_at", "rank_from", "rank_to", "direction", "actor"]
            }
        }
    }

    fn key_columns(self) -> usize {
        match self {
            Self::Runs | Self::Settings | Self::Edits => 1,
            Self::Scores | Self::Changes | Self::Monthly => 2,
        }
    }
}

impl Reader {
    /// Rows of a table of the rank update (`rank_run`, `rank_score`, `rank_change`, `rank_monthly`, `rank_config`)
    /// as text, in the order of its key and the columns of [`RankTable::columns`]. Nothing is kept.
    pub fn scan_ranks(
        &mut self,
        table: RankTable,
        each: &mut dyn FnMut(&[Option<String>]) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let columns = table.columns();
        let key = &columns[..table.key_columns()];
        let sql = format!("SELECT {} FROM {} ORDER BY {}", columns.join(", "), table.name(), key.join(", "));
        let mut cells: Vec<Option<String>> = vec![None; columns.len()];
        self.db.each(&sql, &[], |row| {
            for (at, text) in cells.iter_mut().enumerate() {
                *text = match row.cell(at)? {
                    Cell::Text(text) => Some(text.into_owned()),
                    Cell::Integer(number) => Some(number.to_string()),
                    Cell::Null => None,
                };
            }
            Ok(each(&cells))
        })
    }
}
