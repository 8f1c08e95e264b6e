//! From files to rows of cells.

pub(crate) mod columnar;
mod decode;
pub(crate) mod first_rows;
mod packed;
pub(crate) mod paths;
pub(crate) mod rows;
pub(crate) mod secret;
mod sheets;
pub(crate) mod source;
mod workbook;

pub(crate) use decode::Decoded;
pub use workbook::shown_number;
pub(crate) use workbook::{DATE_MARK, ERROR_MARK, MERGED, MERGED_MARK, SERIAL_1904_MARK};
