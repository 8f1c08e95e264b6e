//! Workbooks (`.xlsx`): their sheets cell by cell, in bounded memory whatever they say of themselves.
//!
//! What is kept: the sheets' titles, how styles show numbers (`styles`), and the texts that cells share (`strings`,
//! beyond a limit in a file). The rest is read piece by piece (`xml`), one cell at a time (`cells`).

mod cells;
mod number;
mod strings;
mod styles;
mod text;
mod xml;

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};

use super::archive::Archive;
use strings::Strings;
use styles::Styles;
use xml::{Piece, Xml, attribute};

/// In front of a cell that holds an error (`#N/A`); alone, a formula without the value that it had. No text of a
/// sheet begins with it.
pub(super) const ERROR_MARK: char = '\u{1}';

/// Behind a day that a cell holds as a day: a column of codes must not take it for text. It is blank, so whoever
/// does not ask for it trims it away.
pub(super) const DATE_MARK: char = '\u{2028}';

/// Behind a number of a workbook whose days are counted from 1904 and not from 1900; blank as well.
pub(super) const SERIAL_1904_MARK: char = '\u{2029}';

/// The most sheets: each has a file of its own while an import runs.
const SHEETS_MAX: usize = 500;

/// The most parts that a workbook refers to.
const RELATIONS_MAX: usize = 10_000;

/// Why a workbook is not read.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The workbook.
    Broken(String),
    /// The folder for temporary files.
    Temporary(io::Error),
}

impl From<String> for Trouble {
    fn from(reason: String) -> Self {
        Self::Broken(reason)
    }
}

/// A sheet.
#[derive(Debug, Clone)]
pub(super) struct Sheet {
    /// What it is called.
    pub(super) title: String,
    /// Whether people do not see it.
    pub(super) hidden: bool,
    part: String,
}

/// A workbook that is open.
pub(super) struct Book {
    archive: Archive,
    sheets: Vec<Sheet>,
    strings: Strings,
    styles: Styles,
    since_1904: bool,
}

impl Book {
    pub(super) fn open(file: File) -> Result<Self, Trouble> {
        let mut archive = Archive::open(file)?;
        let home = relations(&mut archive, "_rels/.rels", "")?.into_values();
        let home = home.filter(|part| part.kind == "officeDocument").map(|part| part.target).next();
        let home = home.unwrap_or_else(|| "xl/workbook.xml".to_owned());
        let (folder, name) = home.rsplit_once('/').unwrap_or(("", &home));
        let parts = relations(&mut archive, &format!("{folder}/_rels/{name}.rels"), folder)?;
        let (sheets, since_1904) =
            in_part(&mut archive, &home, |part| contents(part, &parts).map_err(Into::into))?
                .ok_or_else(|| format!("it has no part {home}: it is no .xlsx"))?;
        let named =
            |kind: &str| parts.values().find(|part| part.kind == kind).map(|part| part.target.clone());
        let styles = match named("styles") {
            Some(name) => in_part(&mut archive, &name, |part| Styles::read(part).map_err(Into::into))?,
            None => None,
        };
        let strings = match named("sharedStrings") {
            Some(name) => in_part(&mut archive, &name, |part| Strings::read(part))?,
            None => None,
        };
        let (styles, strings) = (styles.unwrap_or_default(), strings.unwrap_or_default());
        Ok(Self { archive, sheets, strings, styles, since_1904 })
    }

    /// Its sheets, in their order.
    pub(super) fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    /// Gives each cell of a sheet that is not empty: its row and its column from 0, and its text.
    pub(super) fn cells(
        &mut self,
        sheet: &Sheet,
        each: &mut dyn FnMut(u32, u32, &str) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        let Self { archive, strings, styles, since_1904, .. } = self;
        let Some(part) = archive.part(&sheet.part)? else {
            return Err(Trouble::Broken(format!("it has no part {}", sheet.part)));
        };
        cells::Cells::new(part, strings, styles, *since_1904).read(each)
    }
}

/// Reads a part; `None` when it is not there.
fn in_part<T>(
    archive: &mut Archive,
    name: &str,
    read: impl FnOnce(super::archive::Part<'_>) -> Result<T, Trouble>,
) -> Result<Option<T>, Trouble> {
    let Some(part) = archive.part(name)? else { return Ok(None) };
    read(part).map(Some).map_err(|trouble| match trouble {
        Trouble::Broken(reason) => Trouble::Broken(format!("its part {name}: {reason}")),
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
    let read = |part: super::archive::Part<'_>| {
        let mut found = HashMap::new();
        let mut xml = Xml::new(part);
        while let Some(piece) = xml.next()? {
            let Piece::Start(element) = &piece else { continue };
            let (id, kind) = (attribute(element, "Id")?, attribute(element, "Type")?);
            if let (Some(id), Some(kind), Some(target)) = (id, kind, attribute(element, "Target")?) {
                let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                found.insert(id.into_owned(), Relation { kind, target: resolved(folder, &target) });
            }
            if found.len() > RELATIONS_MAX {
                return Err(Trouble::Broken(format!("it refers to more than {RELATIONS_MAX} parts")));
            }
        }
        Ok(found)
    };
    in_part(archive, name, read).map(Option::unwrap_or_default)
}

/// The name of a part, told from a folder of the workbook.
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

/// The sheets with cells, and whether days are counted from 1904.
fn contents(part: impl Read, parts: &HashMap<String, Relation>) -> Result<(Vec<Sheet>, bool), String> {
    let (mut sheets, mut since_1904) = (Vec::<Sheet>::new(), false);
    let mut xml = Xml::new(part);
    while let Some(piece) = xml.next()? {
        let Piece::Start(element) = &piece else { continue };
        match element.local_name().as_ref() {
            "workbookPr" => {
                since_1904 = attribute(element, "date1904")?.is_some_and(|yes| matches!(&*yes, "1" | "true"));
            }
            "sheet" => {
                let title = attribute(element, "name")?.unwrap_or_default().into_owned();
                let hidden = attribute(element, "state")?.is_some_and(|state| state != "visible");
                let id = attribute(element, "id")?.unwrap_or_default();
                // Sheets of charts and dialogs have no cells.
                let Some(part) = parts.get(&*id).filter(|part| part.kind == "worksheet") else { continue };
                if sheets.iter().any(|sheet| sheet.title.to_lowercase() == title.to_lowercase()) {
                    return Err(format!("two sheets are called {title}: give one another name"));
                }
                if sheets.len() == SHEETS_MAX {
                    return Err(format!("it has more than {SHEETS_MAX} sheets"));
                }
                sheets.push(Sheet { title, hidden, part: part.target.clone() });
            }
            _ => {}
        }
    }
    Ok((sheets, since_1904))
}

#[cfg(test)]
mod tests {
    use super::resolved;

    #[test]
    fn parts_are_named_from_where_they_are_told() {
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
