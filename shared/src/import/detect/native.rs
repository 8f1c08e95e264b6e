//! Native files, with our headers: which data set one is, and in which row its header is.

use super::extensions::Extensions;
use super::header::{Mapping, by_file_name, has_needed, map};
use crate::dataset::{CONTACTS, CUSTOMERS, DATASETS, Dataset};
use crate::import::input::first_rows::FirstRows;
use crate::import::input::source::Source;
use crate::import::layout::Layout;
use crate::import::options::ImportSettings;
use crate::import::report::fault::Fault;
use crate::message;
use crate::message::{Label, Message};

/// The code of headers that are those of two data sets.
pub(super) const AMBIGUOUS: &str = "ambiguous_dataset";

/// A native file.
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
    forms: &[&FirstRows],
    settings: &ImportSettings,
    extensions: &Extensions,
) -> Result<Native, Fault> {
    let named = by_file_name(&source.stem);
    let candidates: Vec<&'static Dataset> = named.map_or_else(|| DATASETS.to_vec(), |dataset| vec![dataset]);
    let mut best: Vec<(usize, &'static Dataset, &FirstRows, usize, Mapping)> = Vec::new();
    for first in forms {
        for (row, cells) in first.rows.iter().enumerate() {
            for dataset in &candidates {
                let mapping = map(dataset, &cells.cells, cells.line, settings, extensions);
                let mapping = mapping.ok().filter(|mapping| named.is_some() || has_needed(dataset, mapping));
                // Below the first row, a single known word is not a header.
                let Some(mapping) = mapping.filter(|mapping| row == 0 || mapping.known() > 1) else {
                    continue;
                };
                let known = mapping.known();
                let better = best.first().is_none_or(|(most, ..)| known > *most);
                let equal = best.first().is_some_and(|(most, other, at, line, _)| {
                    known == *most && other.name != dataset.name && at.form == first.form && *line == row
                });
                if better {
                    best.clear();
                }
                if better || equal {
                    best.push((known, dataset, first, row, mapping));
                }
            }
        }
    }
    if best.len() > 1 {
        let names = best.iter().map(|(_, dataset, ..)| dataset.label());
        return Err(Fault::unknown_dataset(&message!(
            "見出しが複数のデータ種別に当てはまります: {names}",
            "the headers fit several data sets: {names}",
            names = Message::join(names, Label::new("、", ", ")),
        )));
    }
    match best.pop() {
        Some((_, dataset, first, row, mapping)) => {
            let cells = &first.rows[row].cells;
            if named.is_none() && [CUSTOMERS.name, CONTACTS.name].contains(&dataset.name) {
                check_customers_or_contacts(cells, first.rows[row].line, settings, extensions)?;
            }
            let whole = mapping.is_whole();
            Ok(Native { layout: mapping.layout(dataset, first, row), dataset, whole })
        }
        None => Err(no_header(named, forms, settings, extensions)),
    }
}

/// Headers that fit a list of customers and a list of their contacts alike are refused: one of the two would lose
/// telephone numbers, the other names.
fn check_customers_or_contacts(
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
    let message = message!(
        "得意先の一覧とも連絡先の一覧とも読み取れます。得意先の一覧なら --profile customer-list --map {name}=顧客名 を\
         指定し、得意先の連絡先ならファイル名を contacts.csv にしてください",
        "the headers fit both customers and contacts: for a list of customers choose --profile \
         customer-list --map {name}=顧客名, for contacts of customers call the file contacts.csv",
        name = name,
    );
    Err(Fault::of_file(line, AMBIGUOUS, message))
}

/// Why no row is a header: for a known data set, what its first row lacks.
fn no_header(
    named: Option<&'static Dataset>,
    forms: &[&FirstRows],
    settings: &ImportSettings,
    extensions: &Extensions,
) -> Fault {
    let first = forms.first().and_then(|first| first.rows.first());
    let lacks = named
        .zip(first)
        .and_then(|(dataset, row)| map(dataset, &row.cells, row.line, settings, extensions).err());
    lacks.unwrap_or_else(|| {
        Fault::unknown_dataset(&message!(
            "ファイル名からも見出しからもデータ種別を判別できません",
            "neither the file name nor the headers match a data set",
        ))
    })
}
