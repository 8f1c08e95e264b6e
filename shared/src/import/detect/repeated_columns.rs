//! Columns that a file has several times beside each other: 商品1, 数量1, 商品2, 数量2, or the same headers again.

use std::collections::{BTreeMap, BTreeSet};

use crate::import::input::first_rows::FirstRow;
use crate::profile::Profile;
use crate::text::search_key;

/// The most groups beside each other; a column with a higher number is one that the layout does not know.
const GROUPS_MAX: u32 = 100;

/// The layout's columns whose first cell has a number in its header, with that cell.
pub(super) fn first_cells(
    profile: &Profile,
    row: &FirstRow,
    columns: &[Option<usize>],
) -> Vec<(usize, usize)> {
    let found = profile.repeat.iter().filter_map(|name| Some((name, profile.position(name)?)));
    let first = |(name, column): (&String, usize)| {
        if columns.contains(&Some(column)) {
            return None;
        }
        let (_, cell) = cells_of(profile, name, row, columns).into_iter().next()?;
        Some((column, cell))
    };
    found.filter_map(first).collect()
}

/// For each group the file's columns, in the order of the layout's repeated ones.
pub(super) fn groups(
    profile: &Profile,
    row: &FirstRow,
    columns: &[Option<usize>],
) -> Vec<Vec<Option<usize>>> {
    let found: Vec<BTreeMap<u32, usize>> =
        profile.repeat.iter().map(|name| cells_of(profile, name, row, columns)).collect();
    let numbers: BTreeSet<u32> = found.iter().flat_map(BTreeMap::keys).copied().collect();
    numbers.iter().map(|number| found.iter().map(|cells| cells.get(number).copied()).collect()).collect()
}

/// The cells of a repeated column by the number of their group: that in the header, else the place among equal headers.
fn cells_of(
    profile: &Profile,
    name: &str,
    row: &FirstRow,
    columns: &[Option<usize>],
) -> BTreeMap<u32, usize> {
    let own = profile.position(name);
    let aliases = profile.aliases.iter().filter(|(column, _)| profile.position(column) == own);
    let mut keys: Vec<String> =
        aliases.flat_map(|(_, aliases)| aliases).map(|alias| search_key(alias)).collect();
    keys.push(search_key(name));
    let is_known = |key: &str| keys.iter().any(|known| known == key);
    let is_open = |at: &usize| !row.secret[*at] && (columns[*at].is_none() || columns[*at] == own);
    let mut found = BTreeMap::new();
    let mut plain = 0;
    for at in (0..row.keys.len()).filter(is_open) {
        let key = row.keys[at].as_str();
        let stem = key.trim_end_matches(|letter: char| letter.is_ascii_digit());
        let number = key[stem.len()..].parse().ok().filter(|number| (1..=GROUPS_MAX).contains(number));
        match number {
            _ if is_known(key) => {
                plain += 1;
                if plain <= GROUPS_MAX {
                    found.entry(plain).or_insert(at);
                }
            }
            Some(number) if is_known(stem) => {
                found.entry(number).or_insert(at);
            }
            _ => {}
        }
    }
    found
}
