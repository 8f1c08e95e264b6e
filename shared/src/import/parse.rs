//! From cells to checked values.

mod cell;
pub(crate) mod cell_text;
mod choice;
mod code;
mod date;
pub(crate) mod derived;
pub(crate) mod extension_value;
mod line_numbers;
pub(crate) mod number;
pub(crate) mod row_check;
