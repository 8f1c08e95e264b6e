//! Whether rows without a header look like those of a layout.
//!
//! The number of columns tells much in a text, where every row has them all, and little in a sheet, whose rows end with
//! their last filled cell: there a row must reach the last column of the layout's shape, and most rows must have at
//! least four of these columns filled.

use crate::era::parse_date;
use crate::import::input::first_rows::{FirstRow, FirstRows};
use crate::import::parse::number::scaled_amount;
use crate::profile::{Profile, Shape};

/// Columns of a sheet's row that must be filled in the layout's shape.
const FILLED_MIN: usize = 4;

/// Whether the first row and most of the others have the profile's shape; `cells` are its columns in the file.
pub(super) fn fits(profile: &Profile, first: &FirstRows, cells: &[Option<usize>]) -> bool {
    let place = |(column, shape): &'_ (String, Shape)| {
        let at = profile.position(column).and_then(|at| cells.get(at).copied().flatten());
        at.map(|at| (at, shape.clone()))
    };
    let Some(shape) = profile.detect.shape.iter().map(place).collect::<Option<Vec<_>>>() else {
        return false;
    };
    let rows: Vec<&FirstRow> = first.rows.iter().filter(|row| row.line >= profile.first_row).collect();
    let fits = |row: &&&FirstRow| shape.iter().all(|(at, shape)| is_shape(shape, text(row, *at)));
    let (Some(top), false) = (rows.first(), shape.is_empty()) else { return false };
    let many = |count: usize| count * 2 > rows.len();
    fits(&top) && many(rows.iter().filter(fits).count()) && (!first.form.numbered || reaches(&rows, &shape))
}

/// Whether a sheet's rows are as long, and as full, as the layout's.
fn reaches(rows: &[&FirstRow], shape: &[(usize, Shape)]) -> bool {
    let last = shape.iter().map(|(at, _)| *at).max().unwrap_or_default();
    let longest = rows.iter().map(|row| row.cells.len()).max().unwrap_or_default();
    let filled = |row: &&&FirstRow| {
        shape
            .iter()
            .filter(|(at, shape)| !text(row, *at).is_empty() && is_shape(shape, text(row, *at)))
            .count()
            >= FILLED_MIN
    };
    longest > last && rows.iter().filter(filled).count() * 2 > rows.len()
}

fn text(row: &FirstRow, at: usize) -> &str {
    row.cells.get(at).map_or("", String::as_str)
}

fn is_shape(shape: &Shape, cell: &str) -> bool {
    match shape {
        Shape::Date => parse_date(cell).is_ok() || is_short_date(cell),
        Shape::Digits => !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_digit()),
        Shape::Number => cell.is_empty() || scaled_amount(cell).is_ok(),
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
