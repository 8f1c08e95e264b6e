//! Native files, with our headers: which data set one is, and in which row its header is.

use super::extensions::Extensions;
use super::header::{Mapping, by_file_name, has_key, has_needed, map};
use crate::dataset::{CONTACTS, CUSTOMERS, DATASETS, Dataset};
use crate::import::input::first_rows::{FirstRow, FirstRows};
use crate::import::input::source::Source;
use crate::import::layout::Layout;
use crate::import::options::ImportSettings;
use crate::import::report::fault::Fault;
use crate::message;
use crate::message::{Label, Message};

/// The code of headers that are those of two data sets.
pub(super) const AMBIGUOUS: &str = "ambiguous_dataset";

/// The columns of contacts that say how to reach somebody.
const REACHES: [&str; 3] = ["phone", "email", "fax"];

/// A row of headers as those of a data set: how many are known and whether all needed ones are, and where it is.
type Fitting<'f> = ((usize, bool), &'static Dataset, &'f FirstRows, usize, Mapping);

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
    let mut best: Vec<Fitting<'_>> = Vec::new();
    for first in forms {
        for (at, row) in first.rows.iter().enumerate() {
            for dataset in &candidates {
                let mapping = map(dataset, row, settings, extensions);
                let fits = |mapping: &Mapping| named.is_some() || is_one(dataset, mapping);
                let mapping = mapping.ok().filter(fits);
                // Below the first row, a single known word is not a header.
                let Some(mapping) = mapping.filter(|mapping| at == 0 || mapping.known() > 1) else {
                    continue;
                };
                // Of data sets with as many known columns, one of which the file has all that rows need.
                let known = (mapping.known(), has_needed(dataset, &mapping));
                let better = best.first().is_none_or(|(most, ..)| known > *most);
                let equal = best.first().is_some_and(|(most, other, rows, header, _)| {
                    known == *most && other.name != dataset.name && rows.form == first.form && *header == at
                });
                if better {
                    best.clear();
                }
                if better || equal {
                    best.push((known, dataset, first, at, mapping));
                }
            }
        }
    }
    if best.len() > 1 {
        let names = best.iter().map(|(_, dataset, ..)| dataset.label());
        let message = message!(
            "見出しが複数のデータ種別に当てはまります: {names}。ファイル名をデータ種別の名前(例: sales.csv)にしてください\
             (docs/datasets.md)",
            "the headers fit several data sets: {names}; name the file after its data set, for example sales.csv \
             (docs/datasets.md)",
            names = Message::join(names, Label::new("、", ", ")),
        );
        return Err(Fault::of_file(best[0].2.rows[best[0].3].line, AMBIGUOUS, message));
    }
    match best.pop() {
        Some((_, dataset, first, at, mapping)) => {
            if named.is_none() && [CUSTOMERS.name, CONTACTS.name].contains(&dataset.name) {
                check_customers_or_contacts(&first.rows[at], settings, extensions)?;
            }
            let whole = mapping.is_whole();
            Ok(Native { layout: mapping.layout(dataset, first, at), dataset, whole })
        }
        None => Err(no_header(named, forms, settings, extensions)),
    }
}

/// Whether a file may be of this data set by its headers: it has all that a new row needs, or all that identifies a row
/// and a column more, which changes rows of the store. A list of contacts says how to reach somebody.
fn is_one(dataset: &'static Dataset, mapping: &Mapping) -> bool {
    let has = |name: &str| dataset.column_index(name).is_some_and(|at| mapping.sources[at].is_some());
    if dataset.name == CONTACTS.name && !REACHES.into_iter().any(has) {
        return false;
    }
    has_needed(dataset, mapping) || has_key(dataset, mapping) && mapping.known() > dataset.key.len()
}

/// Headers that fit a list of customers and a list of their contacts alike are refused: one of the two would lose
/// telephone numbers, the other names.
fn check_customers_or_contacts(
    row: &FirstRow,
    settings: &ImportSettings,
    extensions: &Extensions,
) -> Result<(), Fault> {
    let both = (map(&CUSTOMERS, row, settings, extensions), map(&CONTACTS, row, settings, extensions));
    let (Ok(customers), Ok(contacts)) = both else { return Ok(()) };
    let has = |name: &str| CONTACTS.column_index(name).is_some_and(|at| contacts.sources[at].is_some());
    let reaches = REACHES.into_iter().any(has);
    if !is_one(&CUSTOMERS, &customers) || !reaches || has("purpose") {
        return Ok(());
    }
    let name = CUSTOMERS.column_index("customer_name").and_then(|at| customers.sources[at]);
    let Some(name) = name.map(|at| row.cells[at].as_str()) else {
        let known = |at: &usize| contacts.sources.contains(&Some(*at));
        // A list of contacts may have notes, as a list of customers may.
        if customers.sources.iter().flatten().all(known) {
            return Ok(());
        }
        let message = message!(
            "見出しが「{customers}」にも「{contacts}」にも当てはまります。得意先の項目を更新するならファイル名を customers.csv、\
             連絡先なら contacts.csv にしてください",
            "the headers fit both {customers} and {contacts}: call the file customers.csv to change customers, or \
             contacts.csv for contacts",
            customers = CUSTOMERS.label(),
            contacts = CONTACTS.label(),
        );
        return Err(Fault::of_file(row.line, AMBIGUOUS, message));
    };
    let message = message!(
        "得意先の一覧とも連絡先の一覧とも読み取れます。得意先の一覧なら --profile customer-list --map {name}=顧客名 を\
         指定し、得意先の連絡先ならファイル名を contacts.csv にしてください",
        "the headers fit both customers and contacts: for a list of customers choose --profile \
         customer-list --map {name}=顧客名, for contacts of customers call the file contacts.csv",
        name = name,
    );
    Err(Fault::of_file(row.line, AMBIGUOUS, message))
}

/// Why no row is a header: for a known data set, what its first row lacks.
fn no_header(
    named: Option<&'static Dataset>,
    forms: &[&FirstRows],
    settings: &ImportSettings,
    extensions: &Extensions,
) -> Fault {
    let first = forms.first().and_then(|first| first.rows.first());
    let lacks = named.zip(first).and_then(|(dataset, row)| map(dataset, row, settings, extensions).err());
    lacks.unwrap_or_else(|| {
        Fault::unknown_dataset(&message!(
            "ファイル名からも見出しからもデータ種別を判別できません",
            "neither the file name nor the headers match a data set",
        ))
    })
}
