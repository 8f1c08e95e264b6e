//! What a run would do, shown without writing anything.

mod boundaries;
mod boundary_view;
mod drill;
pub(crate) mod preview;
mod score_json;
mod score_sheet;
mod selection;
pub(crate) mod simulate;
