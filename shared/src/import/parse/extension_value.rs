//! Values of extension fields, in the form in which they are stored.

use super::cell::convert;
use crate::dataset::{Column, ColumnKind, EXTENSION_VALUES, ExtensionKind};
use crate::import::report::fault::CellFault;
use crate::message::Message;
use crate::store::Value;

/// A value as it is stored, from any way in which a file or a person may write it: a number without separators, a date
/// as `YYYY-MM-DD`, yes or no as 1 or 0.
///
/// # Errors
/// What is wrong with the text, and what to write instead.
pub fn field_value(kind: ExtensionKind, text: &str) -> Result<String, Message> {
    let stored = stored_form(kind.column_kind(), text, &mut None);
    stored.map(Option::unwrap_or_default).map_err(|fault| fault.message)
}

/// A cell as it is stored; `None` when it is empty. The memory of `place` is reused.
pub(crate) fn stored_form(
    kind: ColumnKind,
    cell: &str,
    place: &mut Option<Value>,
) -> Result<Option<String>, CellFault> {
    let value = EXTENSION_VALUES.columns.iter().find(|column| column.name == "value");
    let Some(value) = value else { return Ok(None) };
    convert(&Column { kind, required: false, default: None, ..*value }, cell, place)?;
    Ok(match place {
        Some(Value::Text(text)) if !text.is_empty() => Some(text.clone()),
        Some(Value::Integer(number)) if kind == ColumnKind::Decimal => {
            Some(crate::money::from_scaled(*number).to_string())
        }
        Some(Value::Integer(number)) => Some(number.to_string()),
        _ => None,
    })
}
