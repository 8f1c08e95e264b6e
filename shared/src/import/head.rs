//! The first rows of a file, from which follows what it is: its delimiter, its header, its profile.

use std::io;

use super::ImportSettings;
use super::extend::Extensions;
use super::foreign;
use super::header::{Mapping, by_file_name, has_needed, map, unknown};
use super::layout::Layout;
use super::report::Fault;
use super::rows::{BadRow, COLUMNS_MAX, Form, Found};
use super::source::Source;
use crate::dataset::{DATASETS, Dataset};
use crate::profile::{self, Profile};

/// Rows that are looked at: titles above the header, and some of the data.
const ROWS_MAX: usize = 20;

/// The first rows, taken apart in one way.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) form: Form,
    pub(super) rows: Vec<HeadRow>,
    /// What is wrong with the first row.
    bad: Option<BadRow>,
}

/// One of the first rows.
#[derive(Debug)]
pub(super) struct HeadRow {
    pub(super) line: u64,
    pub(super) cells: Vec<String>,
}

impl Head {
    fn read(source: &Source, form: Form) -> io::Result<Self> {
        let mut rows = source.rows(form)?;
        let mut head = Head { form, rows: Vec::new(), bad: None };
        while head.rows.len() < ROWS_MAX {
            match rows.next()? {
                Found::End => break,
                Found::Bad(bad) if head.rows.is_empty() => {
                    head.bad = Some(bad);
                    break;
                }
                Found::Bad(_) => {}
                Found::Row => {
                    let cell = |at| {
                        let text = String::from_utf8_lossy(rows.cell(at));
                        text.trim().trim_start_matches('\u{FEFF}').to_owned()
                    };
                    let cells = (0..rows.len()).map(cell).collect();
                    head.rows.push(HeadRow { line: rows.line(), cells });
                }
            }
        }
        Ok(head)
    }

    /// Why there is nothing to read, when that is so.
    fn fault(&self) -> Option<Fault> {
        let fault =
            |code, message: String| Fault { line: 1, column: None, code, message, raw: String::new() };
        match self.bad {
            Some(BadRow::UnclosedQuote | BadRow::StrayQuote) => Some(fault(
                "unclosed_quote",
                "a quote in the headers is not closed; check the first line".to_owned(),
            )),
            Some(BadRow::TooLarge | BadRow::ColumnCount(_)) => Some(fault(
                "row_too_large",
                format!("the first line has more than {COLUMNS_MAX} columns or 1 MiB; is this a CSV file?"),
            )),
            None if self.rows.is_empty() => {
                Some(fault("empty_file", "the file is empty; its first line must be the headers".to_owned()))
            }
            None => None,
        }
    }
}

/// What a file is and what its columns mean.
pub(super) fn identify(
    source: &Source,
    settings: &ImportSettings,
    extensions: &Extensions,
) -> io::Result<Result<Layout, Fault>> {
    let mut heads = Vec::new();
    for form in source.forms(settings) {
        heads.push(Head::read(source, form)?);
    }
    let readable: Vec<&Head> = heads.iter().filter(|head| head.fault().is_none()).collect();
    if readable.is_empty() {
        let fault = heads.first().and_then(Head::fault);
        return Ok(Err(fault.unwrap_or_else(|| unknown("the file cannot be read"))));
    }
    if let Some(profile) = &settings.profile {
        return Ok(foreign::chosen(profile, &readable, settings, extensions));
    }
    let native = native(source, &readable, settings, extensions);
    if settings.native_only || native.as_ref().is_ok_and(|native| native.whole) {
        return Ok(native.map(|native| native.layout));
    }
    let fitting = |profile: &&'static Profile| {
        readable.iter().find_map(|head| foreign::detect(profile, head, settings, extensions))
    };
    let mut found: Vec<Layout> = profile::builtin().iter().filter_map(|profile| fitting(&profile)).collect();
    Ok(match (found.pop(), found.as_slice()) {
        (Some(layout), []) => Ok(layout),
        (Some(last), others) => {
            let mut names: Vec<&str> = others.iter().map(|layout| layout.profile.as_str()).collect();
            names.push(&last.profile);
            Err(ambiguous(&names))
        }
        // The likeliest way to take it apart may be the one in which it cannot be.
        (None, _) => native
            .map(|native| native.layout)
            .map_err(|unknown| heads.iter().find_map(Head::fault).unwrap_or(unknown)),
    })
}

fn ambiguous(names: &[&str]) -> Fault {
    let message =
        format!("the file fits several profiles: {}; choose one with --profile NAME", names.join(", "));
    Fault { line: 1, column: None, code: "ambiguous_profile", message, raw: String::new() }
}

/// A file of ours, or of anybody who uses our headers.
struct Native {
    layout: Layout,
    /// Whether every header is known.
    whole: bool,
}

/// The data set by the file's name, else by its headers; the header is the row of which most is known, read with
/// the delimiter with which most is known.
fn native(
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
        return Err(unknown("the headers fit several data sets"));
    }
    match best.pop() {
        Some((_, dataset, head, row, mapping)) => {
            let whole = mapping.is_whole();
            Ok(Native { layout: mapping.layout(dataset, head, row), whole })
        }
        None => Err(no_header(named, heads, settings, extensions)),
    }
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
