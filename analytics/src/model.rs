//! What reports count and by what they divide it: tables, axes and figures, each declared once.
//!
//! A [`Table`] is what is counted (slip lines, deals, inquiries), an [`Axis`] an attribute that divides it, a [`Figure`]
//! a number about it. [`cube`] makes one query of them. Identifiers, labels, units and definitions of every report, its
//! help and `docs/reports.md` follow from the declarations.

pub mod axes;
pub mod axis;
pub mod condition;
pub mod cube;
pub mod dimension;
pub mod document;
pub mod extension;
pub mod figure;
pub mod figures;
pub mod table;
pub mod tables;
pub mod time;

pub use axis::{Axis, AxisKind, Source};
pub use condition::Conditions;
pub use cube::{Cube, CubeQuery, Shift};
pub use dimension::Dimension;
pub use extension::{ExtensionField, ExtensionFields};
pub use figure::{Expression, Figure};
pub use table::{Entity, Table};
