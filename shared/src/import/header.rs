//! Which data set a file is, and which of its columns is which.

use std::io;
use std::path::Path;

use super::decode::{Decoded, detect};
use super::report::Fault;
use super::rows::{BadRow, COLUMNS_MAX, Found, Rows};
use crate::dataset::{DATASETS, Dataset};
use crate::text::search_key;

/// Where the columns of a data set are in a file.
#[derive(Debug)]
pub(super) struct Mapping {
    /// For each column of the data set, the file's column.
    pub(super) sources: Vec<Option<usize>>,
    /// Headers that the data set does not have.
    pub(super) unknown: Vec<String>,
    /// File columns that hold secrets, whose cells appear nowhere.
    pub(super) secret: Vec<usize>,
    /// How many columns the file has.
    pub(super) width: usize,
}

/// The data set that a file is: by its name (`sales.csv`, `sales-2025.csv`, `売上明細.csv`), else by its header.
pub(super) fn identify(path: &Path) -> io::Result<Result<&'static Dataset, Fault>> {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    if let Some(dataset) = by_file_name(&stem) {
        return Ok(Ok(dataset));
    }
    let detected = detect(path, &mut |_| {})?;
    let mut rows = Rows::new(Decoded::open(path, detected.encoding)?);
    Ok(read_header(&mut rows)?.and_then(|headers| by_header(&headers)))
}

/// The cells of the first row.
pub(super) fn read_header<R: io::Read>(rows: &mut Rows<R>) -> io::Result<Result<Vec<String>, Fault>> {
    let fault = |code, message: String| Fault { line: 1, column: None, code, message, raw: String::new() };
    Ok(match rows.next()? {
        Found::Row => {
            let cells = (0..rows.len()).map(|at| String::from_utf8_lossy(rows.cell(at)).trim().to_owned());
            Ok(cells.map(|cell| cell.trim_start_matches('\u{FEFF}').to_owned()).collect())
        }
        Found::End => {
            Err(fault("empty_file", "the file is empty; its first line must be the headers".to_owned()))
        }
        Found::Bad(BadRow::UnclosedQuote) => Err(fault(
            "unclosed_quote",
            "a quote in the headers is not closed; check the first line".to_owned(),
        )),
        Found::Bad(BadRow::TooLarge | BadRow::ColumnCount(_)) => Err(fault(
            "row_too_large",
            format!("the first line has more than {COLUMNS_MAX} columns or 1 MiB; is this a CSV file?"),
        )),
    })
}

fn by_file_name(stem: &str) -> Option<&'static Dataset> {
    let stem = stem.to_lowercase();
    let starts = |name: &str| {
        stem.strip_prefix(name)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_', '.', ' ', '(']))
    };
    DATASETS.iter().copied().find(|dataset| starts(dataset.name) || starts(&dataset.title_ja.to_lowercase()))
}

/// The data set whose needed columns are all there, and of which most are.
fn by_header(headers: &[String]) -> Result<&'static Dataset, Fault> {
    let known = DATASETS.iter().copied().filter_map(|dataset| {
        let mapping = map(dataset, headers).ok()?;
        let needed =
            dataset.columns.iter().zip(&mapping.sources).all(|(column, at)| !column.required || at.is_some());
        needed.then(|| (mapping.sources.iter().flatten().count(), dataset))
    });
    let mut best: Vec<(usize, &'static Dataset)> = known.collect();
    best.sort_by_key(|(columns, _)| std::cmp::Reverse(*columns));
    match best.as_slice() {
        [] => Err(unknown("neither the file's name nor its headers are those of a data set")),
        [(first, _), (second, _), ..] if first == second => Err(unknown("the headers fit several data sets")),
        [(_, dataset), ..] => Ok(dataset),
    }
}

fn unknown(what: &str) -> Fault {
    let message = format!("{what}; name it after its data set, for example sales.csv (docs/datasets.md)");
    Fault { line: 1, column: None, code: "unknown_dataset", message, raw: String::new() }
}

/// Finds each column of the data set in the headers. The key's columns must be there unless they have a default.
pub(super) fn map(dataset: &'static Dataset, headers: &[String]) -> Result<Mapping, Fault> {
    let fault = |column, code, message| Fault { line: 1, column, code, message, raw: String::new() };
    let mut mapping = Mapping {
        sources: vec![None; dataset.columns.len()],
        unknown: Vec::new(),
        secret: Vec::new(),
        width: headers.len(),
    };
    for (at, header) in headers.iter().enumerate().filter(|(_, header)| !header.is_empty()) {
        let Some(column) = position(dataset, header) else {
            if is_secret(header) {
                mapping.secret.push(at);
            }
            mapping.unknown.push(header.clone());
            continue;
        };
        if let Some(before) = mapping.sources[column].replace(at) {
            let name = dataset.columns[column].name;
            let message =
                format!("columns {} and {} are both {name} ({header}); keep one of them", before + 1, at + 1);
            return Err(fault(Some(name), "duplicate_column", message));
        }
    }
    for (column, at) in dataset.columns.iter().zip(&mapping.sources) {
        if at.is_none() && column.default.is_none() && dataset.key.contains(&column.name) {
            let message = format!(
                "the file has no column {} ({}), by which rows of {} are known",
                column.name, column.label_ja, dataset.name
            );
            return Err(fault(Some(column.name), "missing_column", message));
        }
    }
    Ok(mapping)
}

/// The column that a header names: its identifier first, whatever others call theirs.
fn position(dataset: &Dataset, header: &str) -> Option<usize> {
    let key = search_key(header);
    let by = |names: fn(&crate::dataset::Column) -> Vec<&'static str>| {
        dataset
            .columns
            .iter()
            .position(|column| names(column).into_iter().any(|name| search_key(name) == key))
    };
    by(|column| vec![column.name])
        .or_else(|| by(|column| vec![column.label_ja]))
        .or_else(|| by(|column| column.aliases.to_vec()))
}

/// Whether a column holds passwords, which are never taken in.
fn is_secret(header: &str) -> bool {
    let key = search_key(header);
    ["PASSWORD", "パスワード", "PASSWD", "暗証番号"].iter().any(|word| key.contains(word))
}
