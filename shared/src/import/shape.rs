//! Whether rows without a header look like those of a layout.
//!
//! The number of columns says much in a text, where every row has them all, and nearly nothing in a sheet, whose rows
//! end with their last filled cell: there a row must reach the last column that the layout's shape names, and most
//! rows must have more than three of these columns filled.

use super::cell::amount;
use super::head::{Head, HeadRow};
use crate::era::parse_date;
use crate::profile::{Profile, Shape};

/// Columns of a sheet's row that must be filled as the layout has them.
const FILLED_MIN: usize = 4;

/// Whether the first row and most of the others look as the profile says; `cells` are its columns in the file.
pub(super) fn fits(profile: &Profile, head: &Head, cells: &[Option<usize>]) -> bool {
    let place = |(column, shape): &'_ (String, Shape)| {
        let at = profile.position(column).and_then(|at| cells.get(at).copied().flatten());
        at.map(|at| (at, shape.clone()))
    };
    let Some(shape) = profile.detect.shape.iter().map(place).collect::<Option<Vec<_>>>() else {
        return false;
    };
    let rows: Vec<&HeadRow> = head.rows.iter().filter(|row| row.line >= profile.first_row).collect();
    let fits = |row: &&&HeadRow| shape.iter().all(|(at, shape)| is_shape(shape, text(row, *at)));
    let (Some(first), false) = (rows.first(), shape.is_empty()) else { return false };
    let many = |count: usize| count * 2 > rows.len();
    fits(&first) && many(rows.iter().filter(fits).count()) && (!head.form.numbered || reaches(&rows, &shape))
}

/// Whether a sheet's rows are as long, and as full, as the layout's.
fn reaches(rows: &[&HeadRow], shape: &[(usize, Shape)]) -> bool {
    let last = shape.iter().map(|(at, _)| *at).max().unwrap_or_default();
    let longest = rows.iter().map(|row| row.cells.len()).max().unwrap_or_default();
    let filled = |row: &&&HeadRow| {
        shape
            .iter()
            .filter(|(at, shape)| !text(row, *at).is_empty() && is_shape(shape, text(row, *at)))
            .count()
            >= FILLED_MIN
    };
    longest > last && rows.iter().filter(filled).count() * 2 > rows.len()
}

fn text(row: &HeadRow, at: usize) -> &str {
    row.cells.get(at).map_or("", String::as_str)
}

fn is_shape(shape: &Shape, cell: &str) -> bool {
    match shape {
        Shape::Date => parse_date(cell).is_ok() || is_short_date(cell),
        Shape::Digits => !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_digit()),
        Shape::Number => cell.is_empty() || amount(cell).is_ok(),
        Shape::Filled => !cell.is_empty(),
        Shape::Postal => {
            let digits = cell.bytes().filter(u8::is_ascii_digit).count();
            cell.is_empty() || digits == 7 && cell.chars().count() <= 9
        }
        Shape::Phone => {
            let digits = cell.chars().filter(|c| matches!(c, '0'..='9' | '０'..='９')).count();
            cell.is_empty() || digits * 2 >= cell.chars().count()
        }
        Shape::OneOf(values) => values.iter().any(|value| value == cell),
    }
}

/// A date with two digits of the year, which looks like a date and is refused as one.
fn is_short_date(cell: &str) -> bool {
    let parts: Vec<&str> = cell.split(['/', '-', '.']).collect();
    let is_part =
        |part: &&str| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.len() == 3 && parts.iter().all(is_part)
}
