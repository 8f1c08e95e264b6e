//! Where in a file the columns of a layout are: by its headers, or by their positions.

use std::collections::HashMap;

use super::super::ImportSettings;
use super::super::head::{Head, HeadRow};
use super::super::header;
use super::super::report::Fault;
use super::fault;
use crate::profile::{ColumnRule, HeaderForm, Profile};
use crate::text::search_key;

/// Needed headers that must be there before a file is thought to be a layout's.
const NEAR_MIN: usize = 3;

/// Where in the file the layout's columns are.
pub(super) struct Place {
    /// For each column of the layout, the file's column.
    pub(super) cells: Vec<Option<usize>>,
    /// How many are known by name.
    pub(super) known: usize,
    pub(super) headers: Vec<String>,
    pub(super) unknown: Vec<(usize, String)>,
    pub(super) width: usize,
    pub(super) skip_through: u64,
}

/// The row with the profile's headers, of which at least so many must be there.
pub(super) fn with_header(
    profile: &Profile,
    head: &Head,
    settings: &ImportSettings,
    needed: usize,
) -> Option<Place> {
    if profile.header == HeaderForm::None {
        return None;
    }
    let names = Names::of(profile);
    let fits = |row: &HeadRow| {
        let columns = names.columns(row, settings);
        let has = |name: &&String| columns.contains(&profile.position(name));
        let detect = &profile.detect;
        let fits = detect.headers.iter().filter(has).count() >= needed.max(1)
            && (detect.any.is_empty() || needed <= 1 || detect.any.iter().any(|name| has(&name)))
            && !has_absent(profile, row);
        fits.then(|| named(profile, row, &columns, settings))
    };
    head.rows.iter().filter_map(fits).max_by_key(|place| place.known)
}

fn has_absent(profile: &Profile, row: &HeadRow) -> bool {
    profile.detect.absent.iter().any(|name| row.keys.contains(&search_key(name)))
}

/// A layout's names by their search keys.
struct Names<'p> {
    profile: &'p Profile,
    columns: HashMap<String, usize>,
    aliases: HashMap<String, usize>,
}

impl<'p> Names<'p> {
    fn of(profile: &'p Profile) -> Self {
        let mut names = Names { profile, columns: HashMap::new(), aliases: HashMap::new() };
        for (at, name) in profile.columns.iter().enumerate() {
            names.columns.entry(search_key(name)).or_insert(at);
        }
        for (column, aliases) in &profile.aliases {
            let Some(at) = profile.position(column) else { continue };
            for alias in aliases {
                names.aliases.entry(search_key(alias)).or_insert(at);
            }
        }
        names
    }

    /// For each cell of a row the layout's column that it names: what `--map` says before all, then the layout's own
    /// names, then its further ones. A column is named once.
    fn columns(&self, row: &HeadRow, settings: &ImportSettings) -> Vec<Option<usize>> {
        let mut taken = vec![false; self.profile.columns.len()];
        let mut columns = vec![None; row.cells.len()];
        let told: Vec<Option<&str>> = row.cells.iter().map(|cell| settings.mapped(cell)).collect();
        let mut pass = |named: &dyn Fn(usize) -> Option<usize>| {
            for (at, column) in columns.iter_mut().enumerate() {
                if column.is_none()
                    && let Some(found) = named(at)
                    && let Some(free) = taken.get_mut(found).filter(|taken| !**taken)
                {
                    (*free, *column) = (true, Some(found));
                }
            }
        };
        pass(&|at| self.profile.column_of(told[at]?));
        let untold = |at: usize| told[at].is_none() && !row.keys[at].is_empty();
        pass(&|at| self.profile.columns.iter().position(|name| untold(at) && *name == row.cells[at]));
        pass(&|at| self.columns.get(&row.keys[at]).copied().filter(|_| untold(at)));
        pass(&|at| self.aliases.get(&row.keys[at]).copied().filter(|_| untold(at)));
        columns
    }

    fn is_one(&self, key: &str) -> bool {
        self.columns.contains_key(key) || self.aliases.contains_key(key)
    }
}

fn named(profile: &Profile, row: &HeadRow, columns: &[Option<usize>], settings: &ImportSettings) -> Place {
    let names = Names::of(profile);
    let cell_of = |column: usize| columns.iter().position(|found| *found == Some(column));
    let cells: Vec<Option<usize>> = (0..profile.columns.len()).map(cell_of).collect();
    // A second column with the layout's own name is passed over, unless --map put another in its place.
    let is_foreign =
        |at: usize| columns[at].is_none() && (!names.is_one(&row.keys[at]) || !settings.map.is_empty());
    let foreign = row.cells.iter().enumerate().filter(|(at, header)| !header.is_empty() && is_foreign(*at));
    Place {
        known: cells.iter().flatten().count(),
        unknown: foreign.map(|(at, header)| (at, header.clone())).collect(),
        headers: row.cells.clone(),
        width: row.cells.len(),
        skip_through: row.line,
        cells,
    }
}

/// A layout of which most of the needed headers are there.
pub(in super::super) struct NearMiss {
    profile: &'static Profile,
    line: u64,
    /// How many of the needed headers are there.
    pub(in super::super) found: usize,
    missing: Vec<String>,
    /// Headers that the layout does not have.
    foreign: Vec<String>,
}

impl NearMiss {
    /// Whether the layout would use one of these headers.
    pub(in super::super) fn uses_one_of(&self, headers: &[String]) -> bool {
        headers.iter().filter_map(|header| self.profile.column_of(header)).any(|at| self.profile.uses(at))
    }

    /// What is missing, and what to do about it.
    pub(in super::super) fn fault(&self) -> Fault {
        let name = &self.profile.name;
        let map: Vec<String> = self
            .missing
            .iter()
            .map(|missing| format!("--map {}={missing}", self.candidate(missing).unwrap_or("HEADER")))
            .collect();
        let message = format!(
            "the file looks like {name}, but {} is missing: name the column with {}, or choose the layout with \
             --profile {name}, or --profile native for the headers of docs/datasets.md",
            self.missing.join(", "),
            map.join(" "),
        );
        fault(self.line, "profile_mismatch", message)
    }

    /// The header that means what the missing column feeds.
    fn candidate(&self, missing: &str) -> Option<&str> {
        let main = self.profile.targets.first()?;
        let feeds = |(_, rule): &&(&'static str, ColumnRule)| rule.from.iter().any(|from| from == missing);
        let (column, _) = main.columns.iter().find(feeds)?;
        let wanted = main.dataset.column_index(column);
        let means = |known: &&String| header::position(main.dataset, known) == wanted;
        self.foreign.iter().find(means).map(String::as_str)
    }
}

/// The row that has most of the profile's needed headers, when no more than a third of them are missing.
pub(in super::super) fn near_miss(
    profile: &'static Profile,
    head: &Head,
    settings: &ImportSettings,
) -> Option<NearMiss> {
    if profile.header == HeaderForm::None {
        return None;
    }
    let names = Names::of(profile);
    let near = |row: &HeadRow| {
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
    head.rows.iter().filter_map(near).max_by_key(|near| near.found)
}

/// The columns by their positions, when the rows have as many as the layout.
pub(super) fn by_position(profile: &Profile, head: &Head) -> Option<Place> {
    if profile.header == HeaderForm::Names {
        return None;
    }
    let data = || head.rows.iter().filter(|row| row.line >= profile.first_row);
    let width = if head.form.numbered {
        // A sheet's rows end with their last filled cell.
        let longest = data().map(|row| row.cells.len()).max()?;
        let all = profile.lead + profile.widths.iter().max()?;
        (longest <= all).then_some(all)?
    } else {
        let first = data().next()?.cells.len();
        profile.widths.iter().map(|width| width + profile.lead).find(|width| *width == first)?
    };
    let cells = (0..profile.columns.len()).map(|at| at + profile.lead).map(|at| (at < width).then_some(at));
    Some(Place {
        cells: cells.collect(),
        known: 0,
        headers: Vec::new(),
        unknown: Vec::new(),
        width,
        skip_through: profile.first_row - 1,
    })
}
