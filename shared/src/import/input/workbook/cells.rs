//! The cells of one sheet, one at a time, each as it is displayed.

use std::io::Read;

use quick_xml::events::BytesStart;

use super::area::{Area, COLUMNS_MAX, ROWS_MAX, from_one, place};
use super::shared_strings::SharedStrings;
use super::styles::Styles;
use super::text::{Text, push_limited};
use super::xml::{Piece, Xml, attribute};
use super::{Calculation, DATE_MARK, ERROR_MARK, Trouble, numbers, said};
use crate::message;
use crate::message::Message;

/// The most areas of merged cells, and of formulas for several cells.
const AREAS_MAX: usize = 1_000_000;

/// Reads a sheet.
pub(super) struct Cells<'a, R: Read> {
    xml: Xml<R>,
    known: Known<'a>,
    at: Cell,
    text: String,
    found: CellsFound,
}

/// What is known of a sheet at its end.
#[derive(Debug, Default)]
pub(crate) struct CellsFound {
    /// Areas of merged cells.
    pub(crate) merged: Vec<Area>,
    /// Rows with cells that are hidden, by a filter or by hand.
    pub(crate) hidden_rows: u64,
}

/// What the sheets of a workbook share.
struct Known<'a> {
    strings: &'a mut SharedStrings,
    styles: &'a Styles,
    calculation: Calculation,
    /// When formulas are to be computed: the areas whose cells have their formula in the first.
    computed: Vec<Area>,
}

/// Where the reading is.
#[derive(Debug, Default)]
struct Cell {
    /// Whether the reader is among the rows.
    rows: bool,
    /// Row and column of the cell, from 0, and the position of a next cell that does not state its own.
    row: u32,
    column: u32,
    next_row: u32,
    next_column: u32,
    /// Whether the row is hidden, and no cell of it was met yet.
    hidden: bool,
    /// Its declared type.
    kind: Kind,
    declared_inline: bool,
    style: usize,
    formula: bool,
    /// How many values it has, and how many texts within a cell that is declared to have one.
    values: u32,
    texts: u32,
    within_value: bool,
    value: String,
    /// Text that is written within it.
    inline: Text,
}

/// What the value of a cell is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Kind {
    #[default]
    Number,
    Shared,
    Inline,
    Text,
    Flag,
    Error,
    Day,
    Unknown,
}

impl<'a, R: Read> Cells<'a, R> {
    pub(super) fn new(
        part: R,
        strings: &'a mut SharedStrings,
        styles: &'a Styles,
        calculation: Calculation,
    ) -> Self {
        let known = Known { strings, styles, calculation, computed: Vec::new() };
        Self {
            xml: Xml::new(part),
            known,
            at: Cell::default(),
            text: String::new(),
            found: CellsFound::default(),
        }
    }

    /// Calls `each` with every cell that is not empty.
    pub(super) fn read(
        mut self,
        each: &mut dyn FnMut(u32, u32, &str) -> Result<(), Trouble>,
    ) -> Result<CellsFound, Trouble> {
        while let Some(piece) = self.xml.next()? {
            match &piece {
                Piece::Start(element) if element.local_name().as_ref() == "mergeCell" => {
                    add_area(&mut self.found.merged, element)?;
                }
                Piece::Start(element) => {
                    self.at.begin(element)?;
                    if self.known.calculation.stale && element.local_name().as_ref() == "f" {
                        add_area(&mut self.known.computed, element)?;
                    }
                }
                Piece::End(element) => {
                    let name = element.local_name();
                    if self.at.rows && name.as_ref() == "c" {
                        self.text.clear();
                        self.at.finish(&mut self.known, &mut self.text)?;
                        if !self.text.is_empty() {
                            self.found.hidden_rows += u64::from(std::mem::take(&mut self.at.hidden));
                            each(self.at.row, self.at.column, &self.text)?;
                        }
                    }
                    self.at.end(name.as_ref());
                }
                Piece::Text(text) if self.at.within_value => push_limited(&mut self.at.value, text),
                Piece::Text(_) | Piece::Nothing => {}
            }
            if self.at.rows && self.at.kind == Kind::Inline {
                self.at.inline.take(&piece);
            }
        }
        Ok(self.found)
    }
}

/// Adds the area that an element names, when it is more than one cell.
fn add_area(areas: &mut Vec<Area>, element: &BytesStart<'_>) -> Result<(), Message> {
    let area = attribute(element, "ref")?.and_then(|reference| Area::parse(&reference));
    areas.extend(area.filter(|area| !area.is_single()));
    if areas.len() > AREAS_MAX {
        return Err(message!(
            "結合セルまたは配列数式が{max}個を超えています",
            "it has more than {max} merged areas, or formulas for several cells",
            max = AREAS_MAX,
        ));
    }
    Ok(())
}

impl Cell {
    fn begin(&mut self, element: &BytesStart<'_>) -> Result<(), Message> {
        match element.local_name().as_ref() {
            "sheetData" => self.rows = true,
            "row" if self.rows => {
                self.row = match attribute(element, "r")? {
                    Some(row) => from_one(&row, ROWS_MAX).ok_or_else(|| {
                        message!("行番号 {row} は不正です", "{row} is not a row of a sheet", row = row)
                    })?,
                    None => self.next_row,
                };
                self.next_row = self.row + 1;
                self.hidden = attribute(element, "hidden")?.is_some_and(|is| is == "1" || is == "true");
                self.next_column = 0;
            }
            "c" if self.rows => self.begin_cell(element)?,
            "v" if self.rows => {
                self.within_value = true;
                self.values += 1;
            }
            // Where the type says so, the text within the cell is its value, whatever else is there.
            "is" if self.rows && self.declared_inline => self.texts += 1,
            "is" if self.rows => {
                self.kind = Kind::Inline;
                self.values += 1;
            }
            "f" if self.rows => self.formula = true,
            _ => {}
        }
        Ok(())
    }

    fn begin_cell(&mut self, element: &BytesStart<'_>) -> Result<(), Message> {
        self.column = self.next_column;
        (self.kind, self.style, self.formula) = (Kind::Number, 0, false);
        (self.values, self.texts, self.declared_inline) = (0, 0, false);
        self.value.clear();
        self.inline.clear();
        for attribute in element.attributes().with_checks(false) {
            let attribute = attribute.map_err(said)?;
            let value = attribute.value.as_ref();
            match attribute.key.as_ref() {
                "r" => {
                    let place = place(value).ok_or_else(|| {
                        message!(
                            "セル番地 {value:.20} は不正です",
                            "{value:.20} is not a cell of a sheet",
                            value = value,
                        )
                    })?;
                    (self.row, self.column) = place;
                    self.next_row = self.row + 1;
                }
                "s" => self.style = value.parse().unwrap_or_default(),
                "t" => {
                    self.kind = match value {
                        "n" => Kind::Number,
                        "s" => Kind::Shared,
                        "inlineStr" => Kind::Inline,
                        "str" => Kind::Text,
                        "b" => Kind::Flag,
                        "e" => Kind::Error,
                        "d" => Kind::Day,
                        _ => Kind::Unknown,
                    };
                }
                _ => {}
            }
        }
        self.declared_inline = self.kind == Kind::Inline;
        if self.column >= COLUMNS_MAX || self.row >= ROWS_MAX {
            return Err(message!(
                "行または列がシートの上限を超えています",
                "it has more rows or columns than a sheet can have",
            ));
        }
        self.next_column = self.column + 1;
        Ok(())
    }

    fn end(&mut self, name: &str) {
        match name {
            "sheetData" => self.rows = false,
            "v" => self.within_value = false,
            _ => {}
        }
    }

    /// Whether the value of a formula that is yet to be computed only holds its place.
    fn is_placeholder(&self, known: &Known<'_>) -> bool {
        let value = self.value.trim();
        let nothing = value.is_empty() || value.parse::<f64>().is_ok_and(|number| number == 0.0);
        let computed = || known.computed.iter().any(|area| area.contains(self.row, self.column));
        nothing && self.texts == 0 && (self.formula || self.values > 0 && computed())
    }

    /// Writes the cell's text; nothing when it is empty.
    fn finish(&mut self, known: &mut Known<'_>, text: &mut String) -> Result<(), Trouble> {
        let error = |text: &mut String, error: &str| {
            text.push(ERROR_MARK);
            text.push_str(error);
        };
        if self.values > 1 || self.texts > 1 {
            error(text, "two values");
            return Ok(());
        }
        if self.texts == 1 {
            self.value.clear();
        }
        // The value of a formula may be an empty text, but not an empty number.
        let empty = self.value.trim().is_empty();
        let missing =
            self.values + self.texts == 0 || empty && !matches!(self.kind, Kind::Text | Kind::Inline);
        if self.formula && missing || known.calculation.stale && self.is_placeholder(known) {
            text.push(ERROR_MARK);
            return Ok(());
        }
        if empty && !matches!(self.kind, Kind::Inline | Kind::Text | Kind::Error) {
            return Ok(());
        }
        let value = self.value.as_str();
        let known_value = match self.kind {
            Kind::Number => {
                numbers::push(value, known.styles.shown(self.style), known.calculation.since_1904, text)
            }
            Kind::Shared => match value.trim().parse() {
                Ok(number) => known.strings.append(number, text)?,
                Err(_) => false,
            },
            Kind::Inline => {
                text.push_str(self.inline.decoded());
                // Some programs put the text where the value of a number belongs.
                push_limited(text, value);
                true
            }
            Kind::Text => {
                text.push_str(value);
                true
            }
            Kind::Flag => push_flag(value, text),
            Kind::Day => push_day(value.trim(), text),
            Kind::Error | Kind::Unknown => false,
        };
        if !known_value {
            text.clear();
            error(text, if empty { "?" } else { value.trim() });
        } else if !matches!(self.kind, Kind::Number | Kind::Flag | Kind::Day) && text.contains(ERROR_MARK) {
            *text = text.replace(ERROR_MARK, "\u{2}");
        }
        Ok(())
    }
}

fn push_flag(value: &str, text: &mut String) -> bool {
    match value.trim() {
        "1" | "true" => text.push_str("TRUE"),
        "0" | "false" => text.push_str("FALSE"),
        _ => return false,
    }
    true
}

/// A date in ISO 8601, with or without a time.
fn push_day(value: &str, text: &mut String) -> bool {
    let (day, time) = value.split_once('T').unwrap_or((value, ""));
    let time = time.trim_end_matches('Z');
    let time = time.split_once('.').map_or(time, |(whole, _)| whole);
    text.push_str(day);
    if !time.is_empty() && time != "00:00:00" {
        text.push(' ');
        text.push_str(time);
    }
    text.push(DATE_MARK);
    true
}
