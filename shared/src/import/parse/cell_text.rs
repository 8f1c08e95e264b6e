//! Text of cells: what exports and spreadsheets put around it, its limits, and the place of its value.

use crate::import::report::fault::CellFault;
use crate::message;
use crate::store::Value;
use crate::text::may_be_formula;

/// The longest code, in characters.
pub const CODE_CHARS_MAX: usize = 64;

/// The longest text of one cell, in characters: what a spreadsheet's cell can hold.
pub const TEXT_CHARS_MAX: usize = 32_767;

/// The text of Excel's notation against numbers: `="00001"` is 00001.
pub(super) fn unquoted(text: &str) -> &str {
    let inner = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    inner.map_or(text, str::trim)
}

/// Removes the apostrophe that an export puts before text that a spreadsheet would take for a formula.
pub(super) fn unguard(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if may_be_formula(rest) => rest,
        _ => text,
    }
}

/// Removes the apostrophe by which a spreadsheet keeps digits as text: `'00101` is 00101.
pub(super) fn without_apostrophe(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit() || "+-".contains(c)) => rest,
        _ => text,
    }
}

/// Text without the apostrophe of an export, or else without that of a spreadsheet and its quotes.
pub(super) fn bare(text: &str) -> &str {
    let guarded = unguard(text);
    if guarded == text { unquoted(without_apostrophe(text)) } else { guarded }
}

/// Puts text into a place, reusing its memory.
pub(super) fn put(place: &mut Option<Value>, text: &str) {
    if let Some(Value::Text(kept)) = place {
        kept.clear();
        kept.push_str(text);
    } else {
        *place = Some(Value::Text(text.to_owned()));
    }
}

pub(super) fn free_text(text: &str, place: &mut Option<Value>) -> Result<(), CellFault> {
    if text.len() > TEXT_CHARS_MAX && text.chars().count() > TEXT_CHARS_MAX {
        return Err(too_long(TEXT_CHARS_MAX));
    }
    put(place, text);
    Ok(())
}

pub(super) fn too_long(most: usize) -> CellFault {
    let message = message!(
        "{most}文字を超えています。{most}文字以内にしてください",
        "the text is longer than {most} characters; shorten it",
        most = most,
    );
    CellFault::new("too_long", message)
}
