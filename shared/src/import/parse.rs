//! From cells to checked values.

pub(crate) mod cell;
pub(crate) mod cell_text;
mod choice;
mod code;
mod counters;
mod date;
pub(crate) mod derived;
mod duration;
pub(crate) mod extension_value;
mod line_numbers;
mod moment;
pub(crate) mod number;
pub(crate) mod row_check;
pub(crate) mod words;
mod zeros;
