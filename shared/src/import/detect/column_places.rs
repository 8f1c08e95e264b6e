//! Where in a file the columns of a layout are: by its headers, or by their positions.

use std::collections::HashMap;

use super::repeated_columns;
use crate::import::input::first_rows::{FirstRow, FirstRows};
use crate::import::input::secret::is_secret;
use crate::import::options::ImportSettings;
use crate::profile::{HeaderForm, Profile};
use crate::text::search_key;

/// Where in the file the layout's columns are.
pub(super) struct Place {
    /// For each column of the layout, the file's column.
    pub(super) cells: Vec<Option<usize>>,
    /// How many are known by name.
    pub(super) known: usize,
    pub(super) headers: Vec<String>,
    pub(super) unknown: Vec<(usize, String)>,
    /// For each group of repeated columns the file's columns.
    pub(super) groups: Vec<Vec<Option<usize>>>,
    pub(super) width: usize,
    pub(super) skip_through: u64,
}

/// The row with the profile's headers, of which at least `needed` must be there.
pub(super) fn with_header(
    profile: &Profile,
    first: &FirstRows,
    settings: &ImportSettings,
    needed: usize,
) -> Option<Place> {
    if profile.header == HeaderForm::None {
        return None;
    }
    let names = Names::of(profile);
    let fits = |row: &FirstRow| {
        let columns = names.columns(row, settings);
        let has = |name: &&String| columns.contains(&profile.position(name));
        let detect = &profile.detect;
        let fits = detect.headers.iter().filter(has).count() >= needed.max(1)
            && (detect.any.is_empty() || needed <= 1 || detect.any.iter().any(|name| has(&name)))
            && !has_absent(profile, row);
        fits.then(|| named(profile, row, &columns))
    };
    first.rows.iter().filter_map(fits).max_by_key(|place| place.known)
}

/// Whether the row has a header that the layout must not have.
pub(super) fn has_absent(profile: &Profile, row: &FirstRow) -> bool {
    profile.detect.absent.iter().any(|name| row.keys.contains(&search_key(name)))
}

/// A layout's names by their search keys.
pub(super) struct Names<'p> {
    profile: &'p Profile,
    columns: HashMap<String, usize>,
    aliases: HashMap<String, usize>,
}

impl<'p> Names<'p> {
    pub(super) fn of(profile: &'p Profile) -> Self {
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

    /// For each cell of a row the layout's column that it names: first by `--map`, then by the layout's own names, then by
    /// its aliases. A column is named once, and one with passwords never.
    pub(super) fn columns(&self, row: &FirstRow, settings: &ImportSettings) -> Vec<Option<usize>> {
        let mut taken = vec![false; self.profile.columns.len()];
        let mut columns = vec![None; row.cells.len()];
        let mapped: Vec<Option<&str>> = row.cells.iter().map(|cell| settings.mapped(cell)).collect();
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
        let open = |at: usize| !row.secret[at];
        pass(&|at| self.profile.column_of(mapped[at]?).filter(|_| open(at)));
        let unmapped = |at: usize| mapped[at].is_none() && !row.keys[at].is_empty() && open(at);
        pass(&|at| self.profile.columns.iter().position(|name| unmapped(at) && *name == row.cells[at]));
        pass(&|at| self.columns.get(&row.keys[at]).copied().filter(|_| unmapped(at)));
        pass(&|at| self.aliases.get(&row.keys[at]).copied().filter(|_| unmapped(at)));
        for (name, cell) in repeated_columns::first_cells(self.profile, row, &columns) {
            columns[cell] = Some(name);
        }
        columns
    }
}

fn named(profile: &Profile, row: &FirstRow, columns: &[Option<usize>]) -> Place {
    let cell_of = |column: usize| columns.iter().position(|found| *found == Some(column));
    let cells: Vec<Option<usize>> = (0..profile.columns.len()).map(cell_of).collect();
    // A second column that the layout takes for one of its own is named like every other that it does not use.
    let groups = repeated_columns::groups(profile, row, columns);
    let is_grouped = |at: usize| groups.iter().flatten().any(|cell| *cell == Some(at));
    let is_foreign = |at: usize| columns[at].is_none() && !is_grouped(at);
    let foreign = row.cells.iter().enumerate().filter(|(at, header)| !header.is_empty() && is_foreign(*at));
    Place {
        known: cells.iter().flatten().count(),
        unknown: foreign.map(|(at, header)| (at, header.clone())).collect(),
        headers: row.cells.clone(),
        groups,
        width: row.cells.len(),
        skip_through: row.line,
        cells,
    }
}

/// The columns by their positions, when the rows have as many as the layout.
pub(super) fn by_position(profile: &Profile, first: &FirstRows) -> Option<Place> {
    if profile.header == HeaderForm::Names {
        return None;
    }
    let data = || first.rows.iter().filter(|row| row.line >= profile.first_row);
    let width = if first.form.numbered {
        // A sheet's rows end with their last filled cell.
        let longest = data().map(|row| row.cells.len()).max()?;
        let all = profile.lead + profile.widths.iter().max()?;
        (longest <= all).then_some(all)?
    } else {
        let found = data().next()?.cells.len();
        profile.widths.iter().map(|width| width + profile.lead).find(|width| *width == found)?
    };
    let at = |column: usize| Some(column + profile.lead).filter(|at| *at < width);
    let secret = |column: &usize| is_secret(&profile.columns[*column]);
    let columns = 0..profile.columns.len();
    let passwords = columns.clone().filter(secret).filter_map(at);
    Some(Place {
        unknown: passwords.map(|at| (at, profile.columns[at - profile.lead].clone())).collect(),
        cells: columns.map(|column| at(column).filter(|_| !secret(&column))).collect(),
        known: 0,
        headers: Vec::new(),
        groups: Vec::new(),
        width,
        skip_through: profile.first_row - 1,
    })
}
