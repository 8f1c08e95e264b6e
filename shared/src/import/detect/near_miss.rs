//! Files that nearly have a layout's headers.

use super::column_places::{Names, has_absent};
use super::header;
use crate::import::input::first_rows::{FirstRow, FirstRows};
use crate::import::options::ImportSettings;
use crate::import::report::fault::Fault;
use crate::message;
use crate::message::{Label, Message};
use crate::profile::{ColumnRule, HeaderForm, Profile};

/// Needed headers that must be there before a file is taken for a layout's.
const NEAR_MIN: usize = 3;

/// A layout of which most needed headers are there.
pub(super) struct NearMiss {
    profile: &'static Profile,
    line: u64,
    /// How many of the needed headers are there.
    pub(super) found: usize,
    missing: Vec<String>,
    /// Headers that the layout does not have.
    foreign: Vec<String>,
}

impl NearMiss {
    /// Whether the layout would use one of these headers.
    pub(super) fn uses_one_of(&self, headers: &[String]) -> bool {
        headers.iter().filter_map(|header| self.profile.column_of(header)).any(|at| self.profile.uses(at))
    }

    /// What is missing, and what to do about it.
    pub(super) fn fault(&self) -> Fault {
        let map = self.missing.iter().map(|missing| match self.candidate(missing) {
            Some(header) => {
                message!(
                    "--map {header}={missing}",
                    "--map {header}={missing}",
                    header = header,
                    missing = missing
                )
            }
            None => message!("--map 見出し={missing}", "--map HEADER={missing}", missing = missing),
        });
        let message = message!(
            "取込プロファイル {name} の形式に近いですが、「{missing}」の列がありません。{map} で列を指定してください。\
             そのまま取り込む場合は --profile {name}、docs/datasets.md の見出しとして取り込む場合は --profile native を\
             指定してください",
            "the file looks like {name}, but {missing} is missing: name the column with {map}, or choose the layout with \
             --profile {name}, or --profile native for the headers of docs/datasets.md",
            name = self.profile.name,
            missing = Message::join(&self.missing, Label::new("」「", ", ")),
            map = Message::join(map, Label::new(" ", " ")),
        );
        Fault::of_file(self.line, "profile_mismatch", message)
    }

    /// The header that means what comes from the missing column.
    fn candidate(&self, missing: &str) -> Option<&str> {
        let main = self.profile.targets.first()?;
        let feeds = |(_, rule): &&(&'static str, ColumnRule)| rule.from.iter().any(|from| from == missing);
        let (column, _) = main.columns.iter().find(feeds)?;
        let wanted = main.dataset.column_index(column);
        let means = |known: &&String| header::position(main.dataset, known) == wanted;
        self.foreign.iter().find(means).map(String::as_str)
    }
}

/// The row that has most of the profile's needed headers, when at most a third of them are missing.
pub(super) fn near_miss(
    profile: &'static Profile,
    first: &FirstRows,
    settings: &ImportSettings,
) -> Option<NearMiss> {
    if profile.header == HeaderForm::None {
        return None;
    }
    let names = Names::of(profile);
    let near = |row: &FirstRow| {
        let columns = names.columns(row, settings);
        let is_missing = |name: &&String| !columns.contains(&profile.position(name));
        let missing: Vec<String> = profile.detect.headers.iter().filter(is_missing).cloned().collect();
        let (needed, lacks) = (profile.detect.headers.len(), missing.len());
        let is_near =
            lacks > 0 && needed - lacks >= NEAR_MIN && lacks * 3 <= needed && !has_absent(profile, row);
        let foreign = row.cells.iter().zip(&columns).filter(|(_, column)| column.is_none());
        is_near.then(|| NearMiss {
            profile,
            line: row.line,
            found: needed - lacks,
            missing,
            foreign: foreign.map(|(cell, _)| cell.clone()).collect(),
        })
    };
    first.rows.iter().filter_map(near).max_by_key(|near| near.found)
}
