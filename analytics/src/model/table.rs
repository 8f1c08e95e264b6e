//! Tables that reports count, and the masters that their rows refer to.

use shared::dataset::Dataset;

use crate::labels::Label;

/// A master that rows refer to: customers, products, members of staff.
#[derive(Debug)]
pub struct Entity {
    /// The relation.
    pub relation: &'static str,
    /// Its alias in every query.
    pub alias: &'static str,
    /// The column that rows refer to.
    pub key: &'static str,
    /// The data sets behind it.
    pub reads: &'static [&'static Dataset],
    /// The data set whose extension fields divide rows.
    pub dataset: Option<&'static Dataset>,
}

/// How a table's rows refer to a master.
#[derive(Debug)]
pub struct Reference {
    /// The master.
    pub entity: &'static Entity,
    /// The row's column with the key.
    pub key: &'static str,
    /// What people call the thing referred to, over the master and the row.
    pub name: &'static str,
}

/// A kind of rows that reports count.
#[derive(Debug)]
pub struct Table {
    /// The identifier in a report's file.
    pub id: &'static str,
    /// What its rows are.
    pub label: Label,
    /// The data set or view.
    pub relation: &'static str,
    /// Its alias.
    pub alias: &'static str,
    /// The civil date of a row, over `r`: the period is about it.
    pub date: &'static str,
    /// The masters that rows refer to.
    pub references: &'static [Reference],
    /// The data sets behind the relation.
    pub reads: &'static [&'static Dataset],
    /// The data set whose extension fields the rows have, and their key as in `extension_values`.
    pub row: Option<(&'static Dataset, &'static str)>,
    /// The columns that make rows one slip, of a table whose rows are lines of slips.
    pub slip: &'static [&'static str],
    /// The amount whose sum over all rows of the slip tells purchases from returns.
    pub slip_amount: &'static str,
}

impl Table {
    /// How rows refer to a master, if they do.
    pub fn reference(&self, entity: &Entity) -> Option<&'static Reference> {
        self.references.iter().find(|reference| reference.entity.alias == entity.alias)
    }
}

impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl PartialEq for Entity {
    fn eq(&self, other: &Self) -> bool {
        self.alias == other.alias
    }
}
