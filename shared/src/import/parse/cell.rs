//! One cell: text as written, to the value that is stored.

use std::borrow::Cow;

use super::cell_text::{free_text, put, unguard, unquoted, without_apostrophe};
use super::choice::{choose, color, flag, unknown_choice};
use super::code::{check_not_a_date, code};
use super::date::{date, instant, since_1900};
use super::duration::length_of_time;
use super::number::{integer, scaled_amount};
use super::words::{error_cell, error_word, is_null_word};
use super::zeros::{phone, postal_code};
use crate::dataset::{Column, ColumnKind};
use crate::import::input::{DATE_MARK, MERGED_MARK, SERIAL_1904_MARK};
use crate::import::report::fault::CellFault;
use crate::message;
use crate::store::Value;
use crate::text::visible;

/// What was done to a cell before it was stored, or is worth a look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Repair {
    /// Characters that nobody sees were left out.
    pub(crate) invisible: bool,
    /// A zero that a spreadsheet had taken was put back.
    pub(crate) zeros: bool,
    /// The text is a word with which programs write that there is no value.
    pub(crate) null_word: bool,
}

/// Checks a cell and writes its value into `place`, whose memory is reused.
pub(crate) fn convert(column: &Column, cell: &str, place: &mut Option<Value>) -> Result<Repair, CellFault> {
    let seen = if column.is_exact() { visible(cell) } else { Cow::Borrowed(cell) };
    let mut repair = Repair { invisible: seen.len() != cell.len(), ..Repair::default() };
    let text = seen.trim();
    if text.is_empty() {
        return convert_empty(column, place).map(|()| repair);
    }
    if let Some(error) = error_word(text) {
        return Err(error_cell(error));
    }
    match column.kind {
        ColumnKind::Text => match column.name {
            "postal_code" => repair.zeros = postal_code(text, place)?,
            "fax" => repair.zeros = phone(text, place)?,
            _ => {
                free_text(unguard(text), place)?;
                repair.null_word = is_null_word(text);
            }
        },
        ColumnKind::Phone => repair.zeros = phone(text, place)?,
        _ => of_kind(column, &seen, text, place)?,
    }
    Ok(repair)
}

/// A cell that is not free text.
fn of_kind(column: &Column, cell: &str, text: &str, place: &mut Option<Value>) -> Result<(), CellFault> {
    match column.kind {
        ColumnKind::Code => {
            check_not_a_date(cell)?;
            code(text, place)
        }
        ColumnKind::Text | ColumnKind::Phone => free_text(unguard(text), place),
        ColumnKind::Date | ColumnKind::Instant if cell.ends_with(SERIAL_1904_MARK) => {
            of_kind(column, "", &since_1900(text), place)
        }
        // A cell of a workbook that holds a date and a time is that date.
        ColumnKind::Date if cell.ends_with(DATE_MARK) => date(text.get(..10).unwrap_or(text), place),
        ColumnKind::Date => date(unquoted(without_apostrophe(text)), place),
        ColumnKind::Instant => instant(unquoted(without_apostrophe(text)), place),
        ColumnKind::Decimal | ColumnKind::Integer => {
            number(column, cell, without_apostrophe(text)).map(|number| *place = Some(Value::Integer(number)))
        }
        ColumnKind::Flag => flag(text).map(|yes| *place = Some(Value::Integer(i64::from(yes)))),
        ColumnKind::Color => color(text, place),
        ColumnKind::Choice(choices) => match choose(text, choices) {
            Some(identifier) => {
                put(place, identifier);
                Ok(())
            }
            None => Err(unknown_choice(text, choices)),
        },
        ColumnKind::OpenChoice(choices) => match choose(text, choices) {
            Some(identifier) => {
                put(place, identifier);
                Ok(())
            }
            None => free_text(unguard(text), place),
        },
    }
}

/// A number, whole or in 1/10000.
fn number(column: &Column, cell: &str, text: &str) -> Result<i64, CellFault> {
    if cell.starts_with(MERGED_MARK) && !is_rate(column) {
        return Err(merged(text));
    }
    if let Some(length) = length_of_time(column, text) {
        return length;
    }
    // A rate may have a percent sign: `8%`. In other columns the sign is refused: 10 % of what?
    let text = text.strip_suffix(['%', '％']).filter(|_| is_rate(column)).unwrap_or(text);
    if column.kind == ColumnKind::Integer { integer(text) } else { scaled_amount(text) }
}

/// The fault of a number in a cell that is merged over several rows: it would be counted in each.
fn merged(text: &str) -> CellFault {
    let message = message!(
        "「{text}」は複数の行にわたって結合されたセルの値です。結合を解除し、行ごとに数値を入力してください",
        "{text} is in a cell that is merged over several rows; unmerge it and enter the number of each row",
        text = crate::import::report::fault::shown(text),
    );
    CellFault::new("merged_cell", message)
}

fn is_rate(column: &Column) -> bool {
    column.name.ends_with("_rate") || column.name == "probability"
}

fn convert_empty(column: &Column, place: &mut Option<Value>) -> Result<(), CellFault> {
    if column.required {
        let message = message!(
            "「{column}」が空です。すべての行に入力してください",
            "\"{column}\" is empty; every row needs it",
            column = column.label,
        );
        return Err(CellFault::new("required", message));
    }
    match column.empty_value() {
        Value::Text(default) => put(place, &default),
        other => *place = Some(other),
    }
    Ok(())
}
