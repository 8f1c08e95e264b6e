//! Merged cells: a sheet has their value once, and people see it beside every row that they span.
//!
//! The merged areas stand behind the cells, so the rows are written once more when a sheet has some.

use std::fs::File;
use std::io::{self, Seek, SeekFrom};

use super::{Lines, Spooled};
use crate::import::input::rows::{COLUMNS_MAX, Form, Found, Rows};
use crate::import::input::workbook::area::Area;
use crate::import::input::workbook::{ERROR_MARK, MERGED, MERGED_MARK, Trouble};
use crate::message;

/// An area that the current row is in.
struct Open {
    area: Area,
    /// What its cells on the left have, and its other cells.
    value: String,
    beside: String,
}

/// Gives every row of a merged area its value, marked when several rows share it; the cells beside it are errors,
/// because it may be the value of any of their columns.
pub(super) fn fill(rows: &File, areas: Vec<Area>, spooled: &mut Spooled) -> Result<File, Trouble> {
    let (mut areas, numbers) = (areas, numbers(rows).map_err(Trouble::Temporary)?);
    areas.retain(|area| column(area.left) <= COLUMNS_MAX);
    areas.sort_by_key(|area| area.top);
    let mut coming = areas.into_iter().peekable();
    let mut open: Vec<Open> = Vec::new();
    let mut reader = read(rows).map_err(Trouble::Temporary)?;
    let mut lines = Lines::new().map_err(Trouble::Temporary)?;
    let mut cells: Vec<String> = Vec::new();
    loop {
        let found = reader.next().map_err(Trouble::Temporary)?;
        if found == Found::End {
            break;
        }
        let row = row_of(&reader);
        if found != Found::Row {
            lines.too_large(row).map_err(Trouble::Temporary)?;
            continue;
        }
        cells.clear();
        cells.extend((0..reader.len()).map(|at| String::from_utf8_lossy(reader.cell(at)).into_owned()));
        open.retain(|open| open.area.bottom >= row);
        while let Some(area) = coming.next_if(|area| area.top <= row) {
            open.extend(opened(area, row, &cells, &numbers));
        }
        if open.len() > COLUMNS_MAX {
            return Err(Trouble::Broken(message!("結合セルが重なっています", "its merged areas overlap")));
        }
        for open in &open {
            open.put(&mut cells);
        }
        for (at, text) in cells.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            spooled.add(text)?;
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            lines.put((row, at), text).map_err(Trouble::Temporary)?;
        }
    }
    lines.finish().and_then(|file| file.map_or_else(tempfile::tempfile, Ok)).map_err(Trouble::Temporary)
}

/// An area that begins in this row, unless it is empty or the row is one within it.
fn opened(area: Area, row: u32, cells: &[String], numbers: &[u32]) -> Option<Open> {
    let value = cells.get(column(area.left)).filter(|value| area.top == row && !value.is_empty())?;
    let first = numbers.partition_point(|number| *number < area.top);
    let rows = numbers[first..].iter().take(2).filter(|number| **number <= area.bottom).count();
    let shared = rows > 1 && !value.starts_with(ERROR_MARK);
    let value = if shared { format!("{MERGED_MARK}{value}") } else { value.clone() };
    Some(Open { area, value, beside: format!("{ERROR_MARK}{MERGED}") })
}

impl Open {
    fn put(&self, cells: &mut Vec<String>) {
        let (left, right) = (column(self.area.left), column(self.area.right).min(COLUMNS_MAX));
        if cells.len() <= right {
            cells.resize(right + 1, String::new());
        }
        cells[left].clone_from(&self.value);
        for cell in &mut cells[left + 1..=right] {
            cell.clone_from(&self.beside);
        }
    }
}

/// The numbers of the rows that have cells.
fn numbers(rows: &File) -> io::Result<Vec<u32>> {
    let (mut reader, mut numbers) = (read(rows)?, Vec::new());
    while reader.next()? != Found::End {
        numbers.push(row_of(&reader));
    }
    Ok(numbers)
}

fn read(rows: &File) -> io::Result<Rows<File>> {
    let mut rows = rows.try_clone()?;
    rows.seek(SeekFrom::Start(0))?;
    Ok(Rows::new(rows, Form::SHEET))
}

/// The number of the current row, from 0.
fn row_of(reader: &Rows<File>) -> u32 {
    u32::try_from(reader.line().saturating_sub(1)).unwrap_or(u32::MAX)
}

fn column(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
