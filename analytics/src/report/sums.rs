//! The sums of a report's rows. They are declared once: read from the query's columns of the same names, and added up
//! to the total.

use rust_decimal::Decimal;

use crate::warehouse::{Columns, WarehouseError};

/// The type of a sum: a count, or an exact amount.
pub(crate) trait Sum: Sized {
    /// The sums of all rows.
    fn column(columns: &Columns<'_>, name: &str) -> Result<Vec<Self>, WarehouseError>;

    /// Adds another row's sum.
    fn add(&mut self, other: &Self);
}

impl Sum for u64 {
    fn column(columns: &Columns<'_>, name: &str) -> Result<Vec<Self>, WarehouseError> {
        columns.counts(name)
    }

    fn add(&mut self, other: &Self) {
        *self += other;
    }
}

impl Sum for Decimal {
    fn column(columns: &Columns<'_>, name: &str) -> Result<Vec<Self>, WarehouseError> {
        columns.amounts(name)
    }

    fn add(&mut self, other: &Self) {
        *self += other;
    }
}

/// A sum that is unknown when none of its rows has a value.
impl Sum for Option<Decimal> {
    fn column(columns: &Columns<'_>, name: &str) -> Result<Vec<Self>, WarehouseError> {
        columns.decimals(name)
    }

    fn add(&mut self, other: &Self) {
        if let Some(other) = other {
            *self.get_or_insert_default() += other;
        }
    }
}

/// Declares the sums of a row.
macro_rules! sums {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$of_field:meta])* pub $field:ident: $kind:ty,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub struct $name {
            $($(#[$of_field])* pub $field: $kind,)+
        }

        impl $name {
            /// Adds another row's sums.
            pub(crate) fn add(&mut self, other: &Self) {
                $($crate::report::sums::Sum::add(&mut self.$field, &other.$field);)+
            }

            /// The sums of each row of a query.
            pub(crate) fn read(
                columns: &$crate::warehouse::Columns<'_>,
            ) -> Result<Vec<Self>, $crate::warehouse::WarehouseError> {
                $(let $field = <$kind as $crate::report::sums::Sum>::column(columns, stringify!($field))?;)+
                Ok((0..columns.0.height()).map(|at| Self { $($field: $field[at],)+ }).collect())
            }
        }
    };
}
pub(crate) use sums;
