//! Workbooks (`.xlsx`): their sheets cell by cell, in bounded memory whatever sizes they declare.
//!
//! What is kept: the sheets' titles, how styles show numbers (`styles`), and the texts that cells share
//! (`shared_strings`, beyond a limit in a file). The rest is read event by event (`xml`), one cell at a time (`cells`).

pub(super) mod archive;
pub(super) mod area;
mod cells;
mod numbers;
mod scope;
mod shared_strings;
mod styles;
mod text;
mod xml;

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};

use quick_xml::events::BytesStart;

use crate::cause::Cause;
use crate::message;
use crate::message::Message;
use archive::{Archive, Part};
pub(crate) use cells::CellsFound;
pub use numbers::shown_number;
use shared_strings::SharedStrings;
use styles::Styles;
use xml::{Piece, Xml, attribute, foreign_attributes};

/// In front of a cell that holds an error (`#N/A`); alone, a formula without its cached value. No text of a sheet
/// begins with it.
pub(crate) const ERROR_MARK: char = '\u{1}';

/// Behind a date that a cell holds as a date: a column of codes must not take it for text. It is a blank, so code that
/// does not look for it trims it away.
pub(crate) const DATE_MARK: char = '\u{2028}';

/// Behind a number of a workbook whose dates are counted from 1904 instead of 1900; a blank as well.
pub(crate) const SERIAL_1904_MARK: char = '\u{2029}';

/// In front of a value that the cell shares with cells of other rows: a number must not count several times. A blank as
/// well.
pub(crate) const MERGED_MARK: char = '\u{1680}';

/// What follows [`ERROR_MARK`] in a cell that is merged with the one on its left.
pub(crate) const MERGED: &str = "merged";

/// The most sheets: each has a file of its own while an import runs.
const SHEETS_MAX: usize = 500;

/// The most parts that a workbook refers to.
const RELATIONS_MAX: usize = 10_000;

/// Why a workbook is not read.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The workbook.
    Broken(Message),
    /// The folder for temporary files.
    Temporary(io::Error),
}

impl From<Message> for Trouble {
    fn from(reason: Message) -> Self {
        Self::Broken(reason)
    }
}

/// A sheet.
#[derive(Debug, Clone)]
pub(crate) struct Sheet {
    /// What it is called.
    pub(crate) title: String,
    /// Whether users do not see it.
    pub(crate) hidden: bool,
    part: String,
}

/// A workbook that is open.
pub(crate) struct Workbook {
    archive: Archive,
    sheets: Vec<Sheet>,
    strings: SharedStrings,
    styles: Styles,
    calculation: Calculation,
}

/// What a workbook says of all its numbers.
#[derive(Debug, Clone, Copy, Default)]
struct Calculation {
    /// Whether dates are counted from 1904.
    since_1904: bool,
    /// Whether the values of formulas are to be computed when it is opened: a stored 0 is only a placeholder.
    stale: bool,
}

impl Workbook {
    pub(crate) fn open(file: File) -> Result<Self, Trouble> {
        let mut archive = Archive::open(file)?;
        let home = relations(&mut archive, "_rels/.rels", "")?.into_values();
        let home = home.filter(|part| part.kind == "officeDocument").map(|part| part.target).next();
        let home = home.unwrap_or_else(|| "xl/workbook.xml".to_owned());
        let (folder, name) = home.rsplit_once('/').unwrap_or(("", &home));
        let parts = relations(&mut archive, &format!("{folder}/_rels/{name}.rels"), folder)?;
        let (sheets, calculation) =
            in_part(&mut archive, &home, |part| contents(part, &parts).map_err(Into::into))?.ok_or_else(
                || {
                    message!(
                        "部品 {part} がありません。.xlsx ではありません",
                        "it has no part {part}: it is not an .xlsx",
                        part = home,
                    )
                },
            )?;
        let named =
            |kind: &str| parts.values().find(|part| part.kind == kind).map(|part| part.target.clone());
        let styles = match named("styles") {
            Some(name) => in_part(&mut archive, &name, |part| Styles::read(part).map_err(Into::into))?,
            None => None,
        };
        let strings = match named("sharedStrings") {
            Some(name) => in_part(&mut archive, &name, |part| SharedStrings::read(part))?,
            None => None,
        };
        let (styles, strings) = (styles.unwrap_or_default(), strings.unwrap_or_default());
        Ok(Self { archive, sheets, strings, styles, calculation })
    }

    /// Its sheets, in their order.
    pub(crate) fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    /// Calls `each` with every cell of a sheet that is not empty: its row and column from 0, and its text. Gives the
    /// areas in which cells are merged, and how many rows are hidden.
    pub(crate) fn cells(
        &mut self,
        sheet: &Sheet,
        each: &mut dyn FnMut(u32, u32, &str) -> Result<(), Trouble>,
    ) -> Result<CellsFound, Trouble> {
        let Self { archive, strings, styles, calculation, .. } = self;
        let Some(part) = archive.part(&sheet.part)? else {
            return Err(Trouble::Broken(no_part(&sheet.part)));
        };
        cells::Cells::new(part, strings, styles, *calculation).read(each)
    }
}

/// The words for an error of a library.
fn said(error: impl Cause) -> Message {
    error.cause()
}

fn no_part(name: &str) -> Message {
    message!("部品 {name} がありません", "it has no part {name}", name = name)
}

/// Reads a part; `None` when it is not there.
fn in_part<T>(
    archive: &mut Archive,
    name: &str,
    read: impl FnOnce(Part<'_>) -> Result<T, Trouble>,
) -> Result<Option<T>, Trouble> {
    let Some(part) = archive.part(name)? else { return Ok(None) };
    read(part).map(Some).map_err(|trouble| match trouble {
        Trouble::Broken(reason) => Trouble::Broken(message!(
            "部品 {name}: {reason}",
            "its part {name}: {reason}",
            name = name,
            reason = reason,
        )),
        other => other,
    })
}

/// A part that another one refers to.
struct Relation {
    /// The last word of its type.
    kind: String,
    target: String,
}

/// What a part refers to, by the names that it gives to it.
fn relations(archive: &mut Archive, name: &str, folder: &str) -> Result<HashMap<String, Relation>, Trouble> {
    let read = |part: Part<'_>| {
        let mut found = HashMap::new();
        let mut xml = Xml::new(part);
        while let Some(piece) = xml.next()? {
            let Piece::Start(element) = &piece else { continue };
            if element.local_name().as_ref() != "Relationship" {
                continue;
            }
            let (id, kind) = (attribute(element, "Id")?, attribute(element, "Type")?);
            if let (Some(id), Some(kind), Some(target)) = (id, kind, attribute(element, "Target")?) {
                let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                found.insert(id.into_owned(), Relation { kind, target: resolved(folder, &target) });
            }
            if found.len() > RELATIONS_MAX {
                return Err(Trouble::Broken(message!(
                    "参照する部品が{max}個を超えています",
                    "it refers to more than {max} parts",
                    max = RELATIONS_MAX,
                )));
            }
        }
        Ok(found)
    };
    in_part(archive, name, read).map(Option::unwrap_or_default)
}

/// The name of a part, relative to a folder of the workbook.
fn resolved(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let mut parts: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.join("/")
}

/// The sheets with cells, and what holds for all of them.
fn contents(
    part: impl Read,
    parts: &HashMap<String, Relation>,
) -> Result<(Vec<Sheet>, Calculation), Message> {
    let (mut sheets, mut calculation) = (Vec::<Sheet>::new(), Calculation::default());
    let mut xml = Xml::new(part);
    while let Some(piece) = xml.next()? {
        let Piece::Start(element) = &piece else { continue };
        match element.local_name().as_ref() {
            "workbookPr" => calculation.since_1904 = flag(element, "date1904")? == Some(true),
            "calcPr" => {
                calculation.stale = flag(element, "fullCalcOnLoad")? == Some(true)
                    || flag(element, "calcCompleted")? == Some(false);
            }
            "sheet" => {
                let title = attribute(element, "name")?.unwrap_or_default().into_owned();
                let hidden = attribute(element, "state")?.is_some_and(|state| state != "visible");
                // Sheets of charts and dialogs have no cells.
                let mut related = foreign_attributes(element, "id").filter_map(|id| parts.get(&*id));
                let Some(part) = related.find(|part| part.kind == "worksheet") else { continue };
                if sheets.iter().any(|sheet| sheet.title.to_lowercase() == title.to_lowercase()) {
                    return Err(message!(
                        "「{title}」というシートが2つあります。どちらかの名前を変えてください",
                        "two sheets are called {title}; rename one of them",
                        title = title,
                    ));
                }
                if sheets.len() == SHEETS_MAX {
                    return Err(message!(
                        "シートが{max}枚を超えています",
                        "it has more than {max} sheets",
                        max = SHEETS_MAX,
                    ));
                }
                sheets.push(Sheet { title, hidden, part: part.target.clone() });
            }
            _ => {}
        }
    }
    Ok((sheets, calculation))
}

/// An attribute that is true or false; `None` when it is not there.
fn flag(element: &BytesStart<'_>, name: &str) -> Result<Option<bool>, Message> {
    Ok(attribute(element, name)?.map(|value| matches!(value.trim(), "1" | "true")))
}

#[cfg(test)]
mod tests {
    use super::resolved;

    #[test]
    fn parts_are_named_relative_to_their_folder() {
        for (folder, target, name) in [
            ("xl", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl", "/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl/a", "../styles.xml", "xl/styles.xml"),
            ("", "xl/workbook.xml", "xl/workbook.xml"),
            ("xl", "..\\..\\..\\x.xml", "x.xml"),
        ] {
            assert_eq!(resolved(folder, target), name, "{folder} {target}");
        }
    }
}
