//! One cell: text as written, to the value that is stored.

use super::cell_text::{free_text, put, unguard, unquoted};
use super::choice::{choose, flag, unknown_choice};
use super::code::{check_not_a_date, code};
use super::date::{date, instant, since_1900};
use super::number::{integer, scaled_amount};
use crate::dataset::{Column, ColumnKind};
use crate::import::input::{DATE_MARK, SERIAL_1904_MARK};
use crate::import::report::fault::CellFault;
use crate::message;
use crate::store::Value;

/// Checks a cell and writes its value into `place`, whose memory is reused.
pub(crate) fn convert(column: &Column, cell: &str, place: &mut Option<Value>) -> Result<(), CellFault> {
    let text = cell.trim();
    if text.is_empty() {
        return convert_empty(column, place);
    }
    match column.kind {
        ColumnKind::Code => {
            check_not_a_date(cell)?;
            code(text, place)
        }
        ColumnKind::Text | ColumnKind::Phone => free_text(unguard(text), place),
        ColumnKind::Date | ColumnKind::Instant if cell.ends_with(SERIAL_1904_MARK) => {
            convert(column, &since_1900(text), place)
        }
        // A cell of a workbook that holds a date and a time is that date.
        ColumnKind::Date if cell.ends_with(DATE_MARK) => date(text.get(..10).unwrap_or(text), place),
        ColumnKind::Date => date(unquoted(text), place),
        ColumnKind::Instant => instant(unquoted(text), place),
        ColumnKind::Decimal => {
            scaled_amount(without_percent(column, text)).map(|scaled| *place = Some(Value::Integer(scaled)))
        }
        ColumnKind::Integer => {
            integer(without_percent(column, text)).map(|number| *place = Some(Value::Integer(number)))
        }
        ColumnKind::Flag => flag(text).map(|yes| *place = Some(Value::Integer(i64::from(yes)))),
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

/// A rate may have a percent sign: `8%`. In other columns the sign is refused: 10 % of what?
fn without_percent<'t>(column: &Column, text: &'t str) -> &'t str {
    let rate = column.name.ends_with("_rate") || column.name == "probability";
    text.strip_suffix(['%', '％']).filter(|_| rate).unwrap_or(text)
}
