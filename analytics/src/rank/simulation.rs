//! What a run would do, shown without writing anything.

mod boundaries;
mod boundary_view;
pub(crate) mod preview;
mod score_json;
mod selection;
pub(crate) mod simulate;
