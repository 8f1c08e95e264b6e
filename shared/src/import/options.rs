//! Options of an import, and its progress reports.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::input::columnar::ColumnarReader;
use crate::encoding::Encoding;
use crate::profile::Profile;
use crate::text::search_key;

/// Options of an import.
#[derive(Debug, Clone, Copy)]
pub struct ImportOptions {
    /// Now, for the batch.
    pub at: DateTime<Utc>,
    /// The day for which cards are rebuilt.
    pub today: NaiveDate,
    /// Whether cards are rebuilt at the end. Without, the next reader of a card rebuilds it.
    pub refresh_cards: bool,
    /// Whether each file is complete, so that what it lacks is removed, and how.
    pub snapshot: Option<SnapshotOptions>,
    /// The batch whose refused rows the files correct: settled by a file in which nothing is refused.
    pub corrects: Option<i64>,
    /// Whether rows of merged customers go to the customers that they were merged into.
    pub follow_merges: bool,
}

/// How a snapshot is imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SnapshotOptions {
    /// The file is complete for the months that it contains, and says nothing about other months.
    pub by_month: bool,
    /// The largest share of the rows in scope that may be removed, 0 to 1.
    pub max_ratio: Decimal,
}

/// How files are read, where their content does not tell or tells something else.
#[derive(Debug, Clone, Default)]
pub struct ImportSettings {
    /// The layout; without one it is detected.
    pub profile: Option<Arc<Profile>>,
    /// Only files with our own headers, in any spelling: no profile is looked for.
    pub native_only: bool,
    /// The encoding.
    pub encoding: Option<Encoding>,
    /// The byte between two cells.
    pub delimiter: Option<u8>,
    /// Whether runs of blanks are one delimiter.
    pub blank_runs: bool,
    /// Whether an empty cell leaves what is stored as it is, whatever the profile says.
    pub keep_filled: bool,
    /// The one sheet of each workbook.
    pub sheet: Option<String>,
    /// What reads files of columns (Parquet, Arrow), if the program can.
    pub columnar: Option<ColumnarReader>,
    /// Headers and the columns that they are, before all other names.
    pub map: Vec<(String, String)>,
    /// Whether an unknown column becomes an extension field.
    pub extend: bool,
    /// Whether everything is checked and nothing is written.
    pub dry_run: bool,
    /// Whether an era's years may continue after its end: 平成32年 is 2020.
    pub lenient_era: bool,
}

/// Behind the header of a column whose cells are passwords, though its header does not say so.
const PASSWORD: &str = " (password)";

/// The header of a column whose cells are passwords.
pub(super) fn of_passwords(header: &str) -> String {
    format!("{header}{PASSWORD}")
}

/// A header as the file has it.
pub(super) fn in_file(header: &str) -> &str {
    header.strip_suffix(PASSWORD).unwrap_or(header)
}

impl ImportSettings {
    /// Whether runs of blanks are one delimiter: as chosen, else as the chosen profile says.
    pub(super) fn has_blank_runs(&self) -> bool {
        let says = |profile: &Arc<Profile>| profile.blank_runs;
        self.blank_runs || (self.delimiter.is_none() && self.profile.as_ref().is_some_and(says))
    }

    /// The column that `map` gives to a header, whatever its width and kana.
    pub(super) fn mapped(&self, header: &str) -> Option<&str> {
        if self.map.is_empty() {
            return None;
        }
        let header = in_file(header);
        let key = search_key(header);
        let exact = self.map.iter().find(|(name, _)| name == header);
        let found = exact.or_else(|| self.map.iter().find(|(name, _)| search_key(name) == key));
        found.map(|(_, column)| column.as_str())
    }
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportProgress<'a> {
    /// A file is read for its encoding and its keys.
    Checking {
        /// The file.
        file: &'a str,
        /// Bytes so far.
        bytes_done: u64,
        /// Bytes in all.
        bytes_total: u64,
    },
    /// Rows of a file are written.
    Writing {
        /// The file.
        file: &'a str,
        /// Bytes so far.
        bytes_done: u64,
        /// Bytes in all.
        bytes_total: u64,
        /// Rows so far.
        rows: u64,
    },
    /// Cards are rebuilt.
    Cards {
        /// Cards so far.
        done: u64,
    },
}
