//! Where a record comes from. The data sets with this column are those whose records can be made here.

use super::{Column, ColumnKind, Dataset};
use crate::label::labelled_enum;

labelled_enum! {
    /// Where a record comes from.
    pub enum Origin {
        /// Another system's file.
        Imported = "imported", "取込", "Imported", ["インポート"];
        /// This installation: an agent registered it, or the bridge recorded it.
        Here = "here", "本システム", "Made here", ["自社登録"];
    }
}

/// The column's name.
pub(crate) const ORIGIN: &str = "origin";

/// The column. A stored record keeps its value whatever a file says.
pub(super) const fn column() -> Column {
    Column::new(ORIGIN, "登録元", "origin", ColumnKind::Choice(Origin::CHOICES))
        .default(Origin::Imported.as_str())
        .about(
            "取込データか、本システムで登録した記録かの別。登録後は変わらない。本システムで登録した記録は取込で削除されず、本システムの番号が付いたものは変更もされない",
            "Whether a file brought the record in or it was made here. It never changes. No import \
             removes what was made here, or changes a record that got its number here.",
        )
}

impl Dataset {
    /// Whether its records can be made here.
    #[must_use]
    pub fn has_origin(&self) -> bool {
        self.column(ORIGIN).is_some()
    }

    /// Whether its records can be made here and have a number of their own, so that a file's row with the number of one
    /// is another record. A contact has none: a row with the same key is the same contact.
    pub(crate) fn is_numbered_here(&self) -> bool {
        let customers = self.customer_indexes();
        self.has_origin() && !self.key_indexes().iter().any(|at| customers.contains(at))
    }
}
