//! Files of ours, or of anybody who uses our headers: which data set one is, and in which row its header stands.

use super::ImportSettings;
use super::extend::Extensions;
use super::head::Head;
use super::header::{Mapping, by_file_name, has_needed, map, unknown};
use super::layout::Layout;
use super::report::Fault;
use super::source::Source;
use crate::dataset::{CONTACTS, CUSTOMERS, DATASETS, Dataset};

/// The fault of headers that are those of two data sets.
pub(super) const AMBIGUOUS: &str = "ambiguous_dataset";

/// A file of ours, or of anybody who uses our headers.
pub(super) struct Native {
    pub(super) layout: Layout,
    pub(super) dataset: &'static Dataset,
    /// Whether every header is known.
    pub(super) whole: bool,
}

/// The data set by the file's name, else by its headers; the header is the row of which most is known, read with
/// the delimiter with which most is known.
pub(super) fn native(
    source: &Source,
    heads: &[&Head],
    settings: &ImportSettings,
    extensions: &Extensions,
) -> Result<Native, Fault> {
    let named = by_file_name(&source.stem);
    let candidates: Vec<&'static Dataset> = named.map_or_else(|| DATASETS.to_vec(), |dataset| vec![dataset]);
    let mut best: Vec<(usize, &'static Dataset, &Head, usize, Mapping)> = Vec::new();
    for head in heads {
        for (row, cells) in head.rows.iter().enumerate() {
            for dataset in &candidates {
                let mapping = map(dataset, &cells.cells, cells.line, settings, extensions);
                let mapping = mapping.ok().filter(|mapping| named.is_some() || has_needed(dataset, mapping));
                // A word by itself is no header further down.
                let Some(mapping) = mapping.filter(|mapping| row == 0 || mapping.known() > 1) else {
                    continue;
                };
                let known = mapping.known();
                let better = best.first().is_none_or(|(most, ..)| known > *most);
                let equal = best.first().is_some_and(|(most, other, at, line, _)| {
                    known == *most && other.name != dataset.name && at.form == head.form && *line == row
                });
                if better {
                    best.clear();
                }
                if better || equal {
                    best.push((known, dataset, head, row, mapping));
                }
            }
        }
    }
    if best.len() > 1 {
        let names: Vec<&str> = best.iter().map(|(_, dataset, ..)| dataset.name).collect();
        return Err(unknown(&format!("the headers fit several data sets: {}", names.join(", "))));
    }
    match best.pop() {
        Some((_, dataset, head, row, mapping)) => {
            let cells = &head.rows[row].cells;
            if named.is_none() && [CUSTOMERS.name, CONTACTS.name].contains(&dataset.name) {
                one_of_two(cells, head.rows[row].line, settings, extensions)?;
            }
            let whole = mapping.is_whole();
            Ok(Native { layout: mapping.layout(dataset, head, row), dataset, whole })
        }
        None => Err(no_header(named, heads, settings, extensions)),
    }
}

/// Headers that are those of a list of customers and of a list of their contacts alike are never guessed: the one
/// would lose numbers, the other names.
fn one_of_two(
    headers: &[String],
    line: u64,
    settings: &ImportSettings,
    extensions: &Extensions,
) -> Result<(), Fault> {
    let both = (
        map(&CUSTOMERS, headers, line, settings, extensions),
        map(&CONTACTS, headers, line, settings, extensions),
    );
    let (Ok(customers), Ok(contacts)) = both else { return Ok(()) };
    let has = |name: &str| CONTACTS.column_index(name).is_some_and(|at| contacts.sources[at].is_some());
    let reaches = ["phone", "email", "fax"].into_iter().any(has);
    if !has_needed(&CUSTOMERS, &customers) || !reaches || has("purpose") {
        return Ok(());
    }
    let name = CUSTOMERS.column_index("customer_name").and_then(|at| customers.sources[at]);
    let name = name.map_or("", |at| headers[at].as_str());
    let message = format!(
        "the headers are those of customers and of contacts alike: for a list of customers choose --profile \
         customer-list --map {name}=顧客名, for people of customers call the file contacts.csv"
    );
    Err(Fault { line, column: None, code: AMBIGUOUS, message, raw: String::new() })
}

/// Why no row is a header: for a data set that is known, what its first row lacks.
fn no_header(
    named: Option<&'static Dataset>,
    heads: &[&Head],
    settings: &ImportSettings,
    extensions: &Extensions,
) -> Fault {
    let first = heads.first().and_then(|head| head.rows.first());
    let lacks = named
        .zip(first)
        .and_then(|(dataset, row)| map(dataset, &row.cells, row.line, settings, extensions).err());
    lacks.unwrap_or_else(|| unknown("neither the file's name nor its headers are those of a data set"))
}
